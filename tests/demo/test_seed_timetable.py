"""The calendar of the demonstration follows the clock, and its sessions the habits of the Fête."""

import random
from collections import Counter
from datetime import date, time, timedelta
from itertools import pairwise

import pytest

from fete.core.clock import to_paris
from fete.demo import writing
from fete.demo.timetable import (
    coming_plan,
    coming_year,
    opening_of,
    past_plan,
    recent_plan,
    sessions_of,
    stand_sessions,
    window_of,
)
from fete.demo.writing import ActivityText
from fete.programme.models import Edition, EditionState
from fete.programme.rules import EditionPlan, call_is_open, edition_fault, slot_faults


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [
        (2017, date(2017, 10, 7), date(2017, 10, 15)),
        (2024, date(2024, 10, 4), date(2024, 10, 14)),
        (2025, date(2025, 10, 3), date(2025, 10, 13)),
        (2026, date(2026, 10, 2), date(2026, 10, 12)),
        (2027, date(2027, 10, 1), date(2027, 10, 11)),
        (2028, date(2028, 10, 6), date(2028, 10, 16)),
    ],
)
def test_an_edition_begins_on_the_first_friday_of_october(year, first, last):
    assert window_of(year) == (first, last)


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2026, 3, 16), 2026),
        (date(2026, 10, 1), 2026),
        (date(2026, 10, 12), 2026),
        (date(2026, 10, 13), 2027),
        (date(2026, 11, 22), 2027),
        (date(2027, 1, 1), 2027),
    ],
)
def test_this_years_edition_comes_until_it_is_over(today, year):
    assert coming_year(today) == year


def test_on_any_day_the_calendars_are_possible_and_both_calls_open():
    for number in range(0, 800, 7):
        today = date(2026, 1, 1) + timedelta(days=number)
        year = coming_year(today)
        recent = recent_plan(year - 1, today=today, theme="")
        coming = coming_plan(year, today=today, theme="")
        assert [edition_fault(plan) for plan in (past_plan(), recent, coming)] == [None] * 3
        assert recent.ends_on < today <= coming.ends_on
        assert call_is_open(edition(recent), today)
        assert call_is_open(edition(coming), today)
        assert recent.call_closes_on == recent.report_deadline > today


def edition(plan: EditionPlan) -> Edition:
    return Edition(
        year=plan.year,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        call_opens_on=plan.call_opens_on,
        call_closes_on=plan.call_closes_on,
        report_deadline=plan.report_deadline,
        state=EditionState.OPEN,
    )


def everything() -> list[ActivityText]:
    return writing.compose(random.Random(8), kinds=dict(writing.available(2026)), year=2026)


@pytest.mark.parametrize("year", [2017, 2026, 2027])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_text_finds_times_that_the_programme_accepts(year, seed):
    rng = random.Random(seed)
    first, last = window_of(year)
    hours: Counter[bool] = Counter()
    for text in everything():
        sessions = sessions_of(rng, text, first=first, last=last)
        slots = [each.planned(f"{text.title}/{rank}") for rank, each in enumerate(sessions)]
        assert 1 <= len(slots) <= 16
        assert slot_faults(slots) == []
        assert all(first <= each.day <= last for each in sessions)
        assert [one.starts_at <= two.starts_at for one, two in pairwise(slots)] == [True] * (
            len(slots) - 1
        )
        if text.moment == "evening" and text.for_public:
            assert {to_paris(each.starts_at).time() >= time(18) for each in slots} == {True}
        if not text.for_public:
            assert {each.day.weekday() < 5 for each in sessions} == {True}
            assert {
                time(9) <= to_paris(each.starts_at).time()
                and to_paris(each.ends_at).time() <= time(17)
                for each in slots
            } == {True}
        hours.update(to_paris(each.ends_at).time() <= time(23) for each in slots)
    # Only long nights outside end later.
    assert hours[False] <= hours[True] / 50


def test_a_village_is_open_for_a_weekend_and_its_stands_within_its_hours():
    rng = random.Random(4)
    first, last = window_of(2026)
    stand = next(text for text in everything() if text.kind == "workshop" and text.for_public)
    for kind in writing.CONTAINERS:
        text = writing.compose_container(rng, kind=kind, commune_name="Albi")
        openings = opening_of(rng, text, first=first, last=last)
        assert {each.day.weekday() for each in openings} <= {4, 5, 6}
        assert {5, 6} & {each.day.weekday() for each in openings}
        hours = {each.day: each.planned("") for each in openings}
        sessions = stand_sessions(rng, stand, openings=openings)
        assert slot_faults([each.planned("") for each in sessions]) == []
        for each in sessions:
            within = hours[each.day]
            assert within.starts_at <= each.planned("").starts_at
            assert each.planned("").ends_at <= within.ends_at
