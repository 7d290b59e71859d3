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


# What each says; the page reads the same as it is typed in.
READABLE = {
    "75 300": 75_300,
    "75\u202f300": 75_300,
    "1\u00a0200": 1_200,
    "1.200": 1_200,
    "1,200": 1_200,
    "1,234,567": 1_234_567,
    " 1 200 ": 1_200,
    "1 234 567": 1_234_567,
    "9999999": 9_999_999,
    "0007": 7,
    "0": 0,
    "000": 0,
    "zéro": 0,
    "Zero": 0,
    "aucun": 0,
    "Aucune": 0,
    "aucun visiteur": 0,
    "none": 0,
    "nobody": 0,
    "Personne": 0,
    "0 personne": 0,
    "300 personnes": 300,
    "1 200 visiteurs": 1_200,
    "1 élève": 1,
    "30 ÉLÈVES": 30,
    "30 pupils": 30,
    "1,200 people": 1_200,
}
NO_FIGURE = "Écrivez un nombre entier, en chiffres : par exemple 120."
ONE_FIGURE = "Écrivez un seul nombre, celui qui vous semble le plus juste."
TOO_LARGE = "Ce nombre est trop grand."
UNREADABLE = {
    "-1": NO_FIGURE,
    "+5": NO_FIGURE,
    "1,5": NO_FIGURE,
    "1.5": NO_FIGURE,
    "0,500": NO_FIGURE,
    "1,2345": NO_FIGURE,
    "1.200,500": NO_FIGURE,
    "12 00": NO_FIGURE,
    "beaucoup": NO_FIGURE,
    "une trentaine": NO_FIGURE,
    "12 classes": NO_FIGURE,
    "30 élèves, 2 adultes": NO_FIGURE,
    "1e3": NO_FIGURE,
    "٣٠٠": NO_FIGURE,
    "environ 300": "Écrivez seulement le nombre : 300.",
    "Environ 1 200 personnes": "Écrivez seulement le nombre : 1 200.",
    "300 environ": "Écrivez seulement le nombre : 300.",
    "à peu près 300": "Écrivez seulement le nombre : 300.",
    "~50": "Écrivez seulement le nombre : 50.",
    "about 1,200": "Écrivez seulement le nombre : 1,200.",
    "300+": "Écrivez seulement le nombre : 300.",
    "300 à 400": ONE_FIGURE,
    "300-400": ONE_FIGURE,
    "entre 300 et 400 personnes": ONE_FIGURE,
    "300 to 400": ONE_FIGURE,
    "99999999": TOO_LARGE,
    "10 000 000": TOO_LARGE,
    "1000000000000": TOO_LARGE,
    "1" * 1_000: TOO_LARGE,
}


@pytest.mark.parametrize(("typed", "figure"), READABLE.items())
def test_a_figure_is_a_whole_number_as_people_write_it(app, typed, figure):
    with app.test_request_context():
        form = Sample(MultiDict({"figure": typed}))
        assert form.validate()
        assert form.figure.data == figure
        assert form.figure._value() == typed, "what was typed stays"


@pytest.mark.parametrize("typed", ["", "   "])
def test_an_empty_figure_is_not_zero(app, typed):
    with app.test_request_context():
        form = Sample(MultiDict({"figure": typed}))
        assert form.validate()
        assert form.figure.data is None


@pytest.mark.parametrize(("typed", "words"), UNREADABLE.items())
def test_a_figure_that_cannot_be_is_refused_in_words_that_fit(app, typed, words):
    with app.test_request_context():
        form = Sample(MultiDict({"figure": typed}))
        assert not form.validate()
        assert (form.figure.data, form.figure.errors) == (None, [words])
        assert form.figure._value() == typed, "what was typed stays"


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
