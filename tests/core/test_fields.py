"""Days, hours, figures and phones as people type them."""

from datetime import date, time

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from fete.core.fields import DayField, FigureField, HourField, PhoneField, read_day, read_hour


@pytest.mark.parametrize(
    "typed",
    ["3/10/2026", "03/10/2026", "3.10.26", "03-10-2026", "2026-10-03", " 3 / 10 / 2026 ".strip()],
)
def test_a_day_is_read_in_the_french_forms_and_in_the_browser_s(app, typed):
    assert read_day(typed) == date(2026, 10, 3)


@pytest.mark.parametrize(
    "typed", ["10/32/2026", "31/02/2026", "demain", "2026", "3/10", "99/99/9999", "00/00/0000"]
)
def test_what_is_no_day_is_refused_in_words(app, typed):
    with app.test_request_context(), pytest.raises(ValueError, match=r"date"):
        read_day(typed)


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


class Sample(Form):
    day = DayField()
    hour = HourField()
    figure = FigureField()
    phone = PhoneField()


@pytest.mark.parametrize(
    ("typed", "figure", "valid"),
    [
        ("75 300", 75300, True),
        ("75\u202f300", 75300, True),
        ("", None, True),
        ("0", 0, True),
        ("-1", None, False),
        ("1,5", None, False),
        ("beaucoup", None, False),
        ("99999999", None, False),
    ],
)
def test_a_figure_is_a_whole_number_and_empty_is_not_zero(app, typed, figure, valid):
    with app.test_request_context():
        form = Sample(MultiDict({"figure": typed}))
        assert form.validate() is valid
        assert form.figure.data == figure


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
