"""What the home page says, by the day."""

from datetime import date

import pytest

from fete.pages.rules import Days, Phase, phase_of, rest_of_weekend, shades

# From a Friday to a Monday, eleven days.
DAYS = Days(first=date(2026, 10, 2), last=date(2026, 10, 12))


@pytest.mark.parametrize(
    ("today", "phase"),
    [
        (date(2026, 10, 1), Phase.COMING),
        (date(2026, 10, 2), Phase.RUNNING),
        (date(2026, 10, 12), Phase.RUNNING),
        (date(2026, 10, 13), Phase.OVER),
    ],
)
def test_an_edition_is_to_come_under_way_or_over(today, phase):
    assert phase_of(DAYS, today) is phase


@pytest.mark.parametrize(
    ("today", "rest"),
    [
        (date(2026, 9, 25), None),
        (date(2026, 10, 1), (3, 4)),
        (date(2026, 10, 3), (3, 4)),
        (date(2026, 10, 4), (4, 4)),
        (date(2026, 10, 5), (10, 11)),
        (date(2026, 10, 11), (11, 11)),
        (date(2026, 10, 12), None),
    ],
)
def test_of_a_weekend_what_is_left_is_told(today, rest):
    expected = rest and Days(first=date(2026, 10, rest[0]), last=date(2026, 10, rest[1]))
    assert rest_of_weekend(DAYS, today) == expected


def test_a_weekend_is_cut_to_the_edition():
    days = Days(first=date(2026, 10, 4), last=date(2026, 10, 4))
    assert rest_of_weekend(days, date(2026, 10, 2)) == days


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({}, {}),
        ({"31": 0}, {}),
        ({"31": 7}, {"31": 4}),
        ({"31": 100, "32": 1, "34": 25, "46": 26, "48": 0}, {"31": 4, "32": 1, "34": 1, "46": 2}),
    ],
)
def test_the_more_there_is_the_darker_it_is(counts, found):
    assert shades(counts) == found
