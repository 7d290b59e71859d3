"""Which edition is meant."""

from datetime import date

import pytest

from fete.programme.models import EditionState
from fete.programme.queries.editions import (
    current_edition,
    editions,
    find_edition,
    open_calls,
    shown_edition,
    shown_editions,
)
from tests.factories.programme import make_edition

CLOSED, OPEN, PREPARED = EditionState.CLOSED, EditionState.OPEN, EditionState.PREPARED


@pytest.mark.parametrize(
    ("states", "today", "year"),
    [
        ({}, date(2026, 3, 1), None),
        ({2027: PREPARED}, date(2026, 3, 1), None),
        ({2025: CLOSED, 2026: OPEN}, date(2026, 3, 1), 2026),
        ({2025: OPEN, 2026: OPEN}, date(2025, 10, 12), 2025),
        ({2025: OPEN, 2026: OPEN}, date(2025, 10, 13), 2026),
        ({2025: OPEN, 2026: PREPARED}, date(2025, 12, 1), 2025),
        ({2024: CLOSED, 2025: CLOSED, 2026: PREPARED}, date(2026, 3, 1), 2025),
        ({2026: OPEN, 2027: OPEN}, date(2026, 3, 1), 2026),
    ],
)
def test_the_current_edition_is_under_way_or_comes_next_else_the_latest_shown(
    db, states, today, year
):
    for each, state in states.items():
        make_edition(each, state=state)
    found = current_edition(today)
    assert (found.year if found else None) == year


def test_the_calls_open_today_come_with_the_next_edition_first(db):
    long_call = {"call_opens_on": date(2026, 1, 1), "call_closes_on": date(2027, 12, 31)}
    make_edition(2027, **long_call)
    make_edition(2026)
    make_edition(2025, **long_call)
    make_edition(2024, state=CLOSED, **long_call)
    make_edition(2028, state=PREPARED, **long_call)
    assert [edition.year for edition in open_calls(date(2026, 3, 1))] == [2026, 2027, 2025]
    assert [edition.year for edition in open_calls(date(2026, 5, 1))] == [2027, 2025]


def test_editions_are_found_by_their_year_and_listed_from_the_latest(db):
    for year in (2017, 2026, 2025):
        make_edition(year)
    assert [edition.year for edition in editions()] == [2026, 2025, 2017]
    assert find_edition(2017).ordinal == 26
    assert find_edition(2018) is None


def test_an_edition_in_preparation_is_not_shown(db):
    make_edition(2026)
    make_edition(2027, state=PREPARED)
    make_edition(2025, state=CLOSED)
    assert [each.year for each in shown_editions()] == [2026, 2025]


@pytest.mark.parametrize(("asked", "given"), [(2025, 2025), (2027, 2026), (1, 2026), (None, 2026)])
def test_the_edition_asked_for_is_shown_unless_it_is_in_preparation(asked, given, db):
    make_edition(2026)
    make_edition(2027, state=PREPARED)
    make_edition(2025, state=CLOSED)
    found = shown_edition(asked, today=date(2026, 3, 1))
    assert found is not None
    assert found.year == given
