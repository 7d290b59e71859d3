"""The month and the order that an address asks for."""

from datetime import date

import pytest

from fete.programme.forms.arrangements import read_month, read_order


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("", None), ("2026-10", date(2026, 10, 1)), ("9999-12", date(9999, 12, 1))],
)
def test_a_month_is_read(app, typed, expected):
    with app.test_request_context():
        assert read_month(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "2026-13",
        "2026-00",
        "0000-10",
        "-2026-10",
        "2026-10-03",
        "octobre",
        "26-10",
        "٢٠٢٦-10",
        "9" * 1000,
    ],
)
def test_what_is_no_month_is_refused_in_words(app, typed):
    with app.test_request_context(), pytest.raises(ValueError, match="calendrier"):
        read_month(typed)


def test_an_unknown_order_is_that_of_the_hours():
    assert [read_order(typed) for typed in ("commune", "heure", "", "prix")] == [
        "commune",
        "heure",
        "heure",
        "heure",
    ]
