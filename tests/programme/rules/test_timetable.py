"""Many slots at once, by the hours on the wall: through both nights when the clocks change too."""

import itertools
from datetime import date, time

import pytest

from fete.core.clock import from_paris, to_paris
from fete.programme.models import Slot, SlotAudience
from fete.programme.rules import (
    Hours,
    Weekdays,
    copied,
    days_between,
    end_of,
    openings,
    repeated,
    sessions,
    start_of,
    stretches,
)
from fete.programme.workflow import SlotState


def hours(month: int, day: int, starts: str, ends: str) -> Hours:
    return Hours(
        day=date(2026, month, day), starts=time.fromisoformat(starts), ends=time.fromisoformat(ends)
    )


def told(found: list[Hours]) -> list[str]:
    return [f"{each.day:%d/%m} {each.starts:%H:%M}-{each.ends:%H:%M}" for each in found]


@pytest.mark.parametrize(
    ("first", "last", "among", "closed", "days"),
    [
        (2, 5, Weekdays.EVERY, (), [2, 3, 4, 5]),
        (2, 2, Weekdays.EVERY, (), [2]),
        (5, 2, Weekdays.EVERY, (), []),
        (2, 12, Weekdays.WORKING, (), [2, 5, 6, 7, 8, 9, 12]),
        (2, 12, Weekdays.WEEKENDS, (), [3, 4, 10, 11]),
        (2, 12, Weekdays.EVERY, (0, 1), [2, 3, 4, 7, 8, 9, 10, 11]),
        (5, 5, Weekdays.EVERY, (0,), []),
    ],
)
def test_days_are_counted_from_the_first_to_the_last(first, last, among, closed, days):
    found = days_between(date(2026, 10, first), date(2026, 10, last), among=among, closed=closed)
    assert [day.day for day in found] == days


def test_a_slot_is_repeated_on_every_day_but_its_own():
    like = hours(10, 3, "10:00", "12:30")
    assert told(repeated(like, date(2026, 10, 2), date(2026, 10, 5))) == [
        "02/10 10:00-12:30",
        "04/10 10:00-12:30",
        "05/10 10:00-12:30",
    ]


def test_a_night_is_repeated_through_the_end_of_the_month():
    like = hours(10, 30, "22:00", "01:00")
    assert told(repeated(like, date(2026, 10, 31), date(2026, 11, 1))) == [
        "31/10 22:00-01:00",
        "01/11 22:00-01:00",
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "every", "length", "found"),
    [
        ("10:00", "11:00", 30, 30, ["03/10 10:00-10:30", "03/10 10:30-11:00"]),
        ("10:00", "11:00", 20, 15, ["03/10 10:00-10:15", "03/10 10:20-10:35", "03/10 10:40-10:55"]),
        ("10:00", "11:00", 45, 30, ["03/10 10:00-10:30"]),
        ("10:00", "10:20", 30, 30, []),
        (
            "23:00",
            "01:00",
            60,
            45,
            ["03/10 23:00-23:45", "04/10 00:00-00:45"],
        ),
        ("23:30", "00:30", 30, 30, ["03/10 23:30-00:00", "04/10 00:00-00:30"]),
    ],
)
def test_sessions_follow_one_another_until_closing_time(opens, closes, every, length, found):
    made = sessions(
        date(2026, 10, 3),
        time.fromisoformat(opens),
        time.fromisoformat(closes),
        every=every,
        length=length,
    )
    assert told(made) == found


def test_a_day_is_copied_whole_to_each_of_the_others():
    day = [hours(10, 3, "10:00", "11:00"), hours(10, 3, "20:00", "00:30")]
    assert told(copied(day, [date(2026, 10, 5), date(2026, 10, 7)])) == [
        "05/10 10:00-11:00",
        "05/10 20:00-00:30",
        "07/10 10:00-11:00",
        "07/10 20:00-00:30",
    ]


def test_an_exhibition_opens_each_day_but_on_the_weekdays_when_it_is_closed():
    made = openings(date(2026, 10, 3), date(2026, 10, 7), time(14), time(18), closed={0, 1})
    assert told(made) == ["03/10 14:00-18:00", "04/10 14:00-18:00", "07/10 14:00-18:00"]


@pytest.mark.parametrize(
    ("starts", "ends", "exist"),
    [
        ("01:30", "03:30", True),
        ("01:30", "02:00", False),
        ("02:00", "03:00", False),
        ("02:59", "04:00", False),
        ("03:00", "04:00", True),
        ("14:00", "02:30", True),
    ],
)
def test_the_hour_that_spring_skips_is_on_no_wall(starts, ends, exist):
    assert hours(3, 29, starts, ends).exist is exist


def test_a_night_that_ends_in_the_hour_that_spring_skips_is_on_no_wall():
    assert not hours(3, 28, "22:00", "02:30").exist


def test_every_half_hour_of_the_night_of_spring_leaves_out_the_hour_that_is_skipped():
    made = sessions(date(2026, 3, 29), time(1), time(4), every=30, length=30)
    assert told([each for each in made if each.exist]) == [
        "29/03 01:00-01:30",
        "29/03 03:00-03:30",
        "29/03 03:30-04:00",
    ]


def test_every_half_hour_of_the_night_of_autumn_does_not_overlap_nor_repeat():
    made = sessions(date(2026, 10, 25), time(1), time(4), every=30, length=30)
    assert all(each.exist for each in made)
    instants = [(start_of(e.day, e.starts), end_of(e.day, e.starts, e.ends)) for e in made]
    assert all(end <= start for (_s, end), (start, _e) in itertools.pairwise(instants))
    assert [f"{to_paris(start):%H:%M %z}" for start, _end in instants] == [
        "01:00 +0200",
        "01:30 +0200",
        "02:00 +0200",
        "02:30 +0200",
        "03:00 +0100",
        "03:30 +0100",
    ]


def test_a_slot_keeps_its_hour_on_the_wall_on_both_sides_of_a_change():
    like = hours(10, 24, "14:00", "16:00")
    made = repeated(like, date(2026, 10, 25), date(2026, 10, 26))
    assert [start_of(each.day, each.starts).hour for each in [like, *made]] == [12, 13, 13]


def opened(day: int, starts: int = 10, ends: int = 18, **values) -> Slot:
    known = {
        "is_opening": True,
        "state": SlotState.SCHEDULED,
        "note": "",
        "audience": SlotAudience.ALL,
        "id": day * 100 + starts,
    }
    return Slot(
        starts_at=from_paris(date(2026, 10, day), time(starts)),
        ends_at=from_paris(date(2026, 10, day + (ends <= starts)), time(ends)),
        **(known | values),
    )


@pytest.mark.parametrize(
    ("slots", "found"),
    [
        ([], []),
        ([opened(3)], []),
        ([opened(5), opened(3), opened(4)], [[3, 4, 5]]),
        # Closed on the 5th; the 9th alone is a day as any other.
        ([opened(3), opened(4), opened(6), opened(7), opened(9)], [[3, 4], [6, 7]]),
        ([opened(3), opened(4), opened(5, 14), opened(6, 14)], [[3, 4], [5, 6]]),
        # In the morning and in the afternoon; on the last day in the morning only.
        (
            [
                *(opened(day, 10, 12) for day in (3, 4, 5)),
                *(opened(day, 14, 18) for day in (3, 4)),
            ],
            [[3, 3, 4, 4]],
        ),
        ([opened(3), opened(4, state=SlotState.CANCELLED), opened(5)], []),
        ([opened(3), opened(4, state=SlotState.RESCHEDULED), opened(5)], [[3, 4, 5]]),
        ([opened(3), opened(4, note="Par l’arrière")], []),
        ([opened(3), opened(4, audience=SlotAudience.SCHOOLS)], []),
        ([opened(3, venue_id=1), opened(4, venue_id=2)], []),
        ([opened(3, is_opening=False), opened(4, is_opening=False)], []),
        # Nights belong to two days.
        ([opened(3, 20, 2), opened(4, 20, 2)], []),
        # The clocks change in the night: the hours on the wall are the same.
        ([opened(24), opened(25)], [[24, 25]]),
    ],
)
def test_opening_hours_that_are_the_same_day_after_day_are_one_stretch(slots, found):
    assert [[slot.day.day for slot in stretch] for stretch in stretches(slots)] == found
