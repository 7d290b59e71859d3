"""Days, hours, figures and phones as people type them."""

from dataclasses import dataclass
from datetime import date, time

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from fete.core.fields import (
    CommuneField,
    DayField,
    FigureField,
    HourField,
    LinkField,
    PhoneField,
    read_day,
    read_hour,
)


@pytest.mark.parametrize(
    "typed",
    [
        "3/10/2026",
        "03/10/2026",
        "3.10.26",
        "03-10-2026",
        "2026-10-03",
        " 3 / 10 / 2026 ".strip(),
        "3 octobre 2026",
        "samedi 3 Octobre 2026",
        "3 octobre 2026",
    ],
)
def test_a_day_is_read_in_the_french_forms_and_in_the_browser_s(app, typed):
    assert read_day(typed) == date(2026, 10, 3)


@pytest.mark.parametrize(
    "typed",
    [
        "10/32/2026",
        "31/02/2026",
        "demain",
        "2026",
        "3/10",
        "99/99/9999",
        "00/00/0000",
        "31 février 2026",
        "3 brumaire 2026",
        "3 octobre",
        "0 mai 2026",
    ],
)
def test_what_is_no_day_is_refused_in_words(app, typed):
    with app.test_request_context(), pytest.raises(ValueError, match=r"date"):
        read_day(typed)


def test_months_are_read_with_and_without_their_accents(app):
    typed = ["1er février 2026", "1er fevrier 2026", "dimanche 15 août 2027", "25 DÉCEMBRE 2026"]
    assert [read_day(each) for each in typed] == [
        date(2026, 2, 1),
        date(2026, 2, 1),
        date(2027, 8, 15),
        date(2026, 12, 25),
    ]


@pytest.mark.parametrize(
    ("typed", "hour"),
    [
        ("14h30", time(14, 30)),
        ("14:30", time(14, 30)),
        ("14 h", time(14)),
        ("9", time(9)),
        ("9H05", time(9, 5)),
        ("0h", time(0)),
    ],
)
def test_an_hour_is_read_as_people_write_it(app, typed, hour):
    assert read_hour(typed) == hour


@pytest.mark.parametrize("typed", ["24h", "25:00", "12h60", "midi", "-3", "14h3"])
def test_what_is_no_hour_is_refused_in_words(app, typed):
    with app.test_request_context(), pytest.raises(ValueError, match=r"heure"):
        read_hour(typed)


class Sample(Form):  # type: ignore[misc]  # untyped library
    day = DayField()
    hour = HourField()
    figure = FigureField()
    phone = PhoneField()


@pytest.mark.parametrize(
    ("typed", "figure", "valid"),
    [
        ("75 300", 75300, True),
        ("75\u202f300", 75300, True),
        ("1\u00a0200", 1200, True),
        ("1.200", 1200, True),
        (" 1 200 ", 1200, True),
        ("1 234 567", 1234567, True),
        ("9999999", 9999999, True),
        ("0007", 7, True),
        ("", None, True),
        ("   ", None, True),
        ("0", 0, True),
        ("000", 0, True),
        ("-1", None, False),
        ("+5", None, False),
        ("1,5", None, False),
        ("1.5", None, False),
        ("1,200", None, False),
        ("12 00", None, False),
        ("beaucoup", None, False),
        ("environ 300", None, False),
        ("300 environ", None, False),
        ("1e3", None, False),
        ("٣٠٠", None, False),
        ("99999999", None, False),
        ("10 000 000", None, False),
        ("1000000000000", None, False),
        ("1" * 1_000, None, False),
    ],
)
def test_a_figure_is_a_whole_number_and_empty_is_not_zero(app, typed, figure, valid):
    with app.test_request_context():
        form = Sample(MultiDict({"figure": typed}))
        assert form.validate() is valid
        assert form.figure.data == figure
        assert form.figure._value() == typed, "what was typed stays"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("environ 300", "Écrivez un nombre entier, sans virgule ni signe : par exemple 120."),
        ("-3", "Écrivez un nombre entier, sans virgule ni signe : par exemple 120."),
        ("1000000000000", "Ce nombre est trop grand."),
    ],
)
def test_a_figure_that_cannot_be_is_refused_in_words(app, typed, words):
    with app.test_request_context():
        form = Sample(MultiDict({"figure": typed}))
        assert not form.validate()
        assert form.figure.errors == [words]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0561000000", "05 61 00 00 00"),
        ("05.61.00.00.00", "05 61 00 00 00"),
        ("+33 5 61 00 00 00", "+33561000000"),
        ("3949", "3949"),
    ],
)
def test_a_phone_number_is_kept_as_it_reads_best(app, typed, kept):
    with app.test_request_context():
        form = Sample(MultiDict({"phone": typed}))
        assert form.validate()
        assert form.phone.data == kept


def test_a_wrong_day_is_shown_again_as_it_was_typed(app):
    with app.test_request_context():
        form = Sample(MultiDict({"day": "32/13/2026", "hour": "25h", "phone": "06"}))
        assert not form.validate()
        assert form.day._value() == "32/13/2026"
        assert form.hour._value() == "25h"
        assert set(form.errors) == {"day", "hour", "phone"}


@dataclass
class Town:
    code: str
    name: str
    post_codes: str

    @property
    def label(self) -> str:
        return f"{self.name} ({self.post_codes.split()[0]})"


AUCH, AUCHEL = Town("32013", "Auch", "32000"), Town("62048", "Auchel", "62260")
CASTRES, OTHER_CASTRES = Town("81065", "Castres", "81100"), Town("02142", "Castres", "02680")
BELBEZE = Town("31062", "Belbèze-de-Lauragais", "31450")
FOUND = {
    "auch": [AUCH, AUCHEL],
    "Auch (32000)": [AUCH],
    "au": [AUCH, AUCHEL],
    "320": [AUCH],
    "castres": [CASTRES, OTHER_CASTRES],
    "belbeze": [BELBEZE],
    "31062": [BELBEZE],
}
TOWNS = {town.code: town for towns in FOUND.values() for town in towns}


def find_town(code: str) -> Town | None:
    return TOWNS.get(code)


class Place(Form):  # type: ignore[misc]  # untyped library
    commune = CommuneField(search=lambda typed: FOUND.get(typed, []), find=find_town)


@pytest.mark.parametrize(
    ("typed", "picked", "data"),
    [
        # A name written whole means that commune, though others begin like it.
        ("auch", "", AUCH),
        ("auch", AUCHEL.code, AUCH),
        ("Auch (32000)", "", AUCH),
        ("320", "", AUCH),
        ("belbeze", "", BELBEZE),
        ("au", AUCHEL.code, AUCHEL),
        ("castres", OTHER_CASTRES.code, OTHER_CASTRES),
        ("Auchel (62260)", AUCHEL.code, AUCHEL),
        # Several, and nobody said which.
        ("au", "", [AUCH, AUCHEL]),
        ("castres", "", [CASTRES, OTHER_CASTRES]),
        # A pick that the text does not fit any more is forgotten.
        ("au", BELBEZE.code, [AUCH, AUCHEL]),
        ("au", "99999", [AUCH, AUCHEL]),
        # A number that is no post code of the commune found by it: asked about, not taken.
        ("31062", "", [BELBEZE]),
        ("31062", BELBEZE.code, BELBEZE),
        ("nulle part", "", []),
        ("nulle part", AUCH.code, []),
    ],
)
def test_a_commune_is_taken_when_there_is_no_doubt_and_asked_about_otherwise(
    app, typed, picked, data
):
    sent = MultiDict({"commune": typed, "commune_code": picked})
    with app.test_request_context(method="POST", data=sent):
        form = Place(sent)
        valid = form.validate()
        field = form.commune
    if isinstance(data, Town):
        assert (valid, field.data, field.typed) == (True, data.code, data.label)
    else:
        assert (valid, field.data, field.typed) == (False, None, typed)
        assert list(field.candidates) == data


class Page(Form):  # type: ignore[misc]  # untyped library
    """A form that asks for a page of the web."""

    link = LinkField("Page")


@pytest.mark.parametrize(
    ("typed", "data"),
    [
        ("", ""),
        ("https://exemple.fr", "https://exemple.fr"),
        ("  exemple.fr/places?n=1#bas ", "https://exemple.fr/places?n=1#bas"),
        ("HTTP://Exemple.fr:8080/", "HTTP://Exemple.fr:8080/"),
        ("médiathèque.fr", "https://médiathèque.fr"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://exemple.fr", None),
        ("//exemple.fr", None),
        ("https://", None),
        ("https://exemple", None),
        ("exemple point fr", None),
        ('https://exemple.fr/"onload="x', None),
        ("https://moi:secret@exemple.fr", None),
    ],
)
def test_a_page_of_the_web_is_one_that_a_browser_opens(app, typed, data):
    sent = MultiDict({"link": typed})
    with app.test_request_context(method="POST", data=sent):
        form = Page(sent)
        assert form.validate() is (data is not None)
        assert form.link.data == (typed.strip() if data is None else data)
