"""The programme arranged otherwise: by place, hour by hour, by month; on objects that were never saved."""

from datetime import date, datetime, time, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given, strategies as st

from fete.core.clock import from_paris
from fete.programme.rules.arrangements import (
    Bar,
    by_commune,
    by_time,
    day_to_show,
    firsts,
    hours_of,
    lanes,
    month_to_show,
    neighbours,
    timetable,
    towns_of,
    weeks_of,
)
from fete.programme.rules.catalogue import Entry, Place, Time
from fete.programme.rules.filters import Point
from fete.programme.workflow import SlotState

DAY = date(2026, 10, 3)
_number = count(1)


def place(name: str, town: str = "Auch", commune: str = "32013") -> Place:
    return Place(
        number=next(_number),
        name=name,
        commune=commune,
        town=town,
        departement=commune[:2],
        point=Point(latitude=43.6, longitude=0.6),
    )


HALL, SCHOOL = place("Halle"), place("École")
MUSEUM = place("Muséum", "Toulouse", "31555")


def at(hours: float, day: date = DAY) -> datetime:
    """Return an instant of a day by the clocks of Paris; 26 is two in the next morning."""
    days, rest = divmod(hours, 24)
    return from_paris(
        day + timedelta(days=int(days)), time(int(rest), round((rest - int(rest)) * 60))
    )


def held(
    starts: float = 10,
    ends: float = 12,
    *places: Place,
    day: date = DAY,
    state: SlotState = SlotState.SCHEDULED,
) -> Time:
    return Time(
        slot=next(_number),
        uid="uid",
        starts_at=at(starts, day),
        ends_at=at(ends, day),
        state=state,
        revision=0,
        changed_at=at(1, DAY),
        is_own=True,
        is_for_schools=False,
        welcomes_schools=False,
        places=places or (HALL,),
    )


def entry(title: str, *times: Time, is_online: bool = False) -> Entry:
    return Entry(number=next(_number), title=title, times=times, is_online=is_online)


def rows(*entries: Entry) -> list[tuple[Entry, Time]]:
    found = [(each, time) for each in entries for time in each.times]
    return sorted(found, key=lambda row: row[1].starts_at)


# By place


def test_what_is_held_stands_under_its_commune_and_its_place_by_name():
    shown = rows(
        entry("Tournée", held(10, 12, MUSEUM), held(14, 16, HALL)),
        entry("Étoiles", held(9, 10, SCHOOL)),
        entry("Chez soi", held(8, 9), is_online=True),
        entry("Retransmise", held(11, 12, state=SlotState.MOVED_ONLINE)),
    )
    towns = towns_of(shown, at(0))
    assert [
        (
            town.place.town if town.place else None,
            town.count,
            [
                (stop.place.name if stop.place else None, [each.entry.title for each in stop.held])
                for stop in town.stops
            ],
        )
        for town in towns
    ] == [
        ("Auch", 2, [("École", ["Étoiles"]), ("Halle", ["Tournée"])]),
        ("Toulouse", 1, [("Muséum", ["Tournée"])]),
        (None, 2, [(None, ["Chez soi", "Retransmise"])]),
    ]


def test_communes_of_one_name_are_two():
    other = place("Mairie", "Auch", "99999")
    towns = towns_of(
        rows(entry("Ici", held(10, 12, HALL)), entry("Là", held(10, 12, other))), at(0)
    )
    assert [town.count for town in towns] == [1, 1]


def test_a_commune_counts_once_what_has_several_places_in_it():
    (town,) = towns_of(rows(entry("Partout", held(10, 12, HALL, SCHOOL))), at(0))
    assert (len(town.stops), town.count) == (2, 1)


@pytest.mark.parametrize(
    ("now", "expected"), [(0, (12, False, 2)), (13, (14, False, 0)), (20, (10, True, 2))]
)
def test_a_place_tells_the_next_time_that_is_sure(now, expected):
    cancelled = held(10, 12, state=SlotState.CANCELLED)
    (town,) = towns_of(rows(entry("Visite", cancelled, held(12, 13), held(14, 16))), at(now))
    (told,) = town.stops[0].held
    hour, is_over, more = expected
    assert (told.time.starts_at, told.is_over, told.more) == (at(hour), is_over, more)


# Hour by hour


def bar(start: int, end: int, *, begins_before: bool = False) -> Bar:
    time = held()
    return Bar(
        entry=entry("Barre", time), time=time, start=start, end=end, begins_before=begins_before
    )


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(40, 48)], [[(40, 48)]]),
        # One after the other shares a lane, even without a break.
        ([(40, 48), (48, 52)], [[(40, 48), (48, 52)]]),
        ([(40, 48), (44, 52)], [[(40, 48)], [(44, 52)]]),
        # The longest first, then what fits behind the first that is free.
        ([(40, 44), (40, 60), (44, 48)], [[(40, 60)], [(40, 44), (44, 48)]]),
        ([(40, 48), (40, 48), (40, 48)], [[(40, 48)], [(40, 48)], [(40, 48)]]),
    ],
)
def test_what_overlaps_takes_as_many_lanes_as_it_must(spans, expected):
    found = lanes([bar(*span) for span in spans])
    assert [[(each.start, each.end) for each in lane] for lane in found] == expected


@given(
    st.lists(
        st.tuples(st.integers(0, 90), st.integers(1, 30)).map(
            lambda span: (span[0], min(96, span[0] + span[1]))
        ),
        max_size=40,
    )
)
def test_lanes_hold_everything_apart_and_are_never_more_than_overlap_at_once(spans):
    found = lanes([bar(*span) for span in spans])
    assert sorted((each.start, each.end) for lane in found for each in lane) == sorted(spans)
    assert all(one.end <= other.start for lane in found for one, other in pairwise(lane))
    at_once = max(
        (sum(start <= each < end for start, end in spans) for each in range(96)), default=0
    )
    assert len(found) == at_once


@pytest.mark.parametrize(
    ("bars", "expected"),
    [
        ([bar(40, 48), bar(57, 70)], range(10, 18)),
        # A timetable of one short thing is still one.
        ([bar(40, 42)], range(10, 14)),
        ([bar(94, 96)], range(20, 24)),
        ([bar(0, 2)], range(4)),
        # Of the night before, the last hour; of a whole day, nothing.
        ([bar(0, 8, begins_before=True), bar(40, 48)], range(1, 12)),
        ([bar(0, 96, begins_before=True), bar(40, 60)], range(10, 15)),
        ([bar(0, 96)], range(12, 16)),
    ],
)
def test_the_hours_are_those_of_the_day(bars, expected):
    assert hours_of(bars) == expected


def drawn(shown):
    """Return a timetable as text: each line with its lanes, a dot a quarter of an hour with nothing."""
    return {
        (line.place and line.place.town): [
            "".join((cell.bar.entry.title[0] if cell.bar else ".") * cell.span for cell in lane)
            for lane in line.lanes
        ]
        for line in shown.lines
    }


def test_a_day_stands_by_commune_against_its_hours():
    shown = timetable(
        rows(
            entry("Atelier", held(10, 11), held(10.5, 11.5, MUSEUM)),
            entry("Bal", held(10.5, 12)),
            entry("Conte", held(13, 14), is_online=True),
            entry("Expo", held(-14, 30, SCHOOL)),
        ),
        DAY,
        by_place=False,
    )
    assert [hour.hour for hour in shown.hours] == [10, 11, 12, 13]
    assert drawn(shown) == {
        "Auch": ["EEEEEEEEEEEEEEEE", "AAAA............", "..BBBBBB........"],
        "Toulouse": ["..AAAA.........."],
        None: ["............CCCC"],
    }
    assert [
        (hour and hour.hour, [each.entry.title for each in bars]) for hour, bars in shown.by_hour
    ] == [(None, ["Expo"]), (10, ["Atelier", "Atelier", "Bal"]), (13, ["Conte"])]


def test_within_a_commune_a_day_stands_by_place():
    shown = timetable(
        rows(entry("Atelier", held(10, 11, HALL)), entry("Bal", held(10, 11, SCHOOL))),
        DAY,
        by_place=True,
    )
    assert [line.place.name for line in shown.lines] == ["École", "Halle"]


def test_what_has_several_places_of_a_commune_stands_once_in_its_line():
    shown = timetable(rows(entry("Partout", held(10, 14, HALL, SCHOOL))), DAY, by_place=False)
    assert drawn(shown) == {"Auch": ["P" * 16]}


@pytest.mark.parametrize("span", [(1.5, 2.5), (2.75, 3.25), (-3, 25), (0, 24), (9, 9.25)])
@pytest.mark.parametrize("day", [DAY, date(2026, 10, 25), date(2026, 3, 29)])
def test_every_lane_is_as_wide_as_the_day_even_when_the_clock_changes(span, day):
    try:
        time = held(*span, day=day)
    except ValueError:  # the hour that spring skips
        return
    shown = timetable(rows(entry("Nuit", time)), day, by_place=False)
    widths = {sum(cell.span for cell in lane) for line in shown.lines for lane in line.lanes}
    assert widths == {4 * len(shown.hours)}
    assert all(cell.span > 0 for line in shown.lines for lane in line.lanes for cell in lane)


# The day and the month that are shown

DAYS = [date(2026, 10, day) for day in (2, 3, 9)]


@pytest.mark.parametrize(
    ("first", "last", "today", "expected"),
    [
        (None, None, date(2026, 3, 1), 2),
        (None, None, date(2026, 10, 4), 9),
        (None, None, date(2026, 11, 1), 2),
        # A day that has nothing is shown all the same to who asks for it.
        (date(2026, 10, 5), date(2026, 10, 5), date(2026, 3, 1), 5),
        (date(2026, 10, 3), date(2026, 10, 9), date(2026, 3, 1), 3),
        (date(2026, 10, 3), None, date(2026, 10, 5), 9),
        (date(2026, 10, 20), None, date(2026, 10, 5), 20),
    ],
)
def test_the_day_shown_is_the_one_asked_for_or_the_next_to_come(first, last, today, expected):
    shown = day_to_show(DAYS, first=first, last=last, today=today)
    assert shown == date(2026, 10, expected)


def test_no_day_is_shown_of_an_empty_programme():
    assert day_to_show([], first=None, last=None, today=DAY) is None


@pytest.mark.parametrize(
    ("asked", "day", "expected"),
    [
        (10, None, 10),
        (11, DAY, None),
        (None, None, 10),
        (None, date(2026, 5, 4), 10),
        (None, date(2026, 11, 4), 12),
        (None, date(2027, 1, 1), 12),
    ],
)
def test_the_month_shown_is_the_one_asked_for_or_has_something(asked, day, expected):
    months = [date(2026, 10, 1), date(2026, 12, 1)]
    shown = month_to_show(months, asked=asked and date(2026, asked, 1), day=day)
    assert shown == (expected and date(2026, expected, 1))
    assert month_to_show([], asked=None, day=DAY) is None


def test_the_days_beside_one_are_those_that_have_something():
    assert neighbours(DAYS, date(2026, 10, 5)) == (date(2026, 10, 3), date(2026, 10, 9))
    assert neighbours(DAYS, DAYS[0]) == (None, DAYS[1])
    assert neighbours(DAYS, DAYS[-1]) == (DAYS[1], None)


def test_a_month_has_the_weeks_that_have_something():
    weeks = weeks_of(
        date(2026, 10, 1),
        {date(2026, 9, 30): (1, []), date(2026, 10, 9): (2, rows(entry("A", held())))},
    )
    (week,) = weeks
    assert [each.day.day for each in week] == list(range(5, 12))
    assert [each.count for each in week] == [0, 0, 0, 0, 2, 0, 0]
    assert [len(each.firsts) for each in week] == [0, 0, 0, 0, 1, 0, 0]
    first = weeks_of(date(2026, 10, 1), {date(2026, 10, 1): (1, [])})[0]
    assert [each.is_of_month for each in first] == [False, False, False, True, True, True, True]


def test_the_first_of_a_day_take_place_and_begin_on_it():
    shown = rows(
        entry("Expo", held(-20, 40)),
        entry("Annulée", held(8, 9, state=SlotState.CANCELLED)),
        entry("Soir", held(20, 21)),
        entry("Matin", held(9, 10), held(11, 12)),
    )
    assert [each.title for each, _time in firsts(shown, DAY)] == ["Matin", "Soir", "Expo"]
    assert next(time.starts_at for _entry, time in firsts(shown, DAY)) == at(9)


# The table


def test_the_table_has_a_line_a_time_or_a_line_a_time_and_a_commune():
    shown = rows(
        entry("Tournée", held(10, 12, MUSEUM, HALL, SCHOOL)),
        entry("Chez soi", held(8, 9), is_online=True),
        entry("Matin", held(9, 10, HALL)),
    )

    def told(lines):
        return [(line.entry.title, [each.name for each in line.places]) for line in lines]

    assert told(by_time(shown)) == [
        ("Chez soi", []),
        ("Matin", ["Halle"]),
        ("Tournée", ["Muséum", "Halle", "École"]),
    ]
    assert told(by_commune(shown)) == [
        ("Matin", ["Halle"]),
        ("Tournée", ["École", "Halle"]),
        ("Tournée", ["Muséum"]),
        ("Chez soi", []),
    ]
