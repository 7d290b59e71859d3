"""What one may also go to, around an activity."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from math import cos, radians, sin

import pytest
from hypothesis import given, strategies as st

from fete.core.clock import from_paris
from fete.programme.rules.around import (
    MOST_ALSO,
    MOST_NEARBY,
    also_by,
    first_for_all,
    nearby,
    next_time,
)
from fete.programme.rules.catalogue import Catalogue, Entry, Place, Time
from fete.programme.rules.filters import Point
from fete.programme.workflow import SlotState


def at(day: int, hour: int = 10) -> datetime:
    return from_paris(date(2026, 10, day), time(hour))


NOW, THIRD = at(1), at(3)


def place(number: int, kilometres: float, *, point: bool = True) -> Place:
    """Return a place so many kilometres north of Auch."""
    return Place(
        number=number,
        name=f"Lieu {number}",
        commune="32013",
        town="Auch",
        departement="32",
        point=Point(latitude=43.65 + kilometres / 111.195, longitude=0.58) if point else None,
    )


HERE, NEAR, FAR, NOWHERE = place(1, 0), place(2, 4.0), place(3, 15.6), place(4, 0, point=False)


def a_time(starts_at: datetime = THIRD, *, hours: float = 2, **told) -> Time:
    known = {
        "slot": 1,
        "uid": "u",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=hours),
        "state": SlotState.SCHEDULED,
        "revision": 0,
        "is_own": True,
        "is_for_schools": False,
        "welcomes_schools": False,
        "places": (HERE,),
        "changed_at": NOW,
    }
    return Time(**(known | told))  # type: ignore[arg-type]


def an_entry(number: int, *times: Time, **told) -> Entry:
    return Entry(
        **{
            "number": number,
            "title": f"Activité {number}",
            "times": times or (a_time(),),
            "organisations": (number,),
            **told,
        }
    )


def found(
    other: Entry, *more: Entry, around: Entry | None = None, now: datetime = NOW
) -> list[tuple[int, float | None]]:
    """Return the numbers of what is near the activity of number 1, with how far each is."""
    catalogue = Catalogue([around or an_entry(1), other, *more])
    return [(each.entry.number, each.distance) for each in nearby(catalogue, 1, now)]


@pytest.mark.parametrize(
    ("other", "distance"),
    [
        (a_time(), 0.0),
        # The same day, earlier or later, counts; another day does not.
        (a_time(at(3, 20)), 0.0),
        (a_time(at(4)), None),
        (a_time(at(2), hours=24), 0.0),
        # What is near, not what is far nor what nobody can place.
        (a_time(places=(NEAR,)), 4.0),
        (a_time(places=(FAR,)), None),
        (a_time(places=(NOWHERE,)), None),
        (a_time(places=()), None),
        (a_time(places=(FAR, NEAR)), 4.0),
        # What one may go to.
        (a_time(state=SlotState.FULL), None),
        (a_time(state=SlotState.CANCELLED), None),
        (a_time(state=SlotState.POSTPONED), None),
        (a_time(state=SlotState.RESCHEDULED), 0.0),
        (a_time(state=SlotState.MOVED_ONLINE), None),
        (a_time(is_for_schools=True), None),
    ],
)
def test_what_is_near_at_the_same_time(other, distance):
    assert found(an_entry(2, other)) == ([] if distance is None else [(2, distance)])


def test_the_day_is_that_of_the_next_time():
    around = an_entry(1, a_time(at(3)), a_time(at(5)))
    for_classes = an_entry(1, a_time(at(3), is_for_schools=True), a_time(at(5)))
    third, fifth = an_entry(2, a_time(at(3))), an_entry(3, a_time(at(5)))
    assert found(third, fifth, around=around) == [(2, 0.0)]
    assert found(third, fifth, around=around, now=at(4)) == [(3, 0.0)]
    assert found(third, fifth, around=for_classes) == [(3, 0.0)]
    assert found(third, fifth, around=around, now=at(6)) == []


def test_who_looks_for_a_class_is_told_what_is_for_classes():
    around = an_entry(1, a_time(is_for_schools=True))
    assert found(an_entry(2, a_time(is_for_schools=True)), around=around) == [(2, 0.0)]


def test_what_is_over_this_very_day_is_not_told():
    around = an_entry(1, a_time(at(3, 14)))
    assert found(an_entry(2, a_time(at(3, 9))), around=around, now=at(3, 12)) == []


def test_of_what_a_village_holds_the_village_alone_is_told():
    village, stand = an_entry(2, is_container=True), an_entry(3, parent=2)
    assert found(village, stand) == [(2, 0.0)]
    # A stand whose village nobody sees stands for itself.
    assert found(stand) == [(3, 0.0)]


def test_around_a_stand_neither_its_village_nor_its_neighbours_are_told():
    village, neighbour = an_entry(2, is_container=True), an_entry(3, parent=2)
    assert found(village, neighbour, around=an_entry(1, parent=2)) == []
    assert found(an_entry(3, parent=1), around=an_entry(1, is_container=True)) == []


def test_nothing_is_near_what_is_online():
    assert found(an_entry(2), around=an_entry(1, is_online=True)) == []
    assert found(an_entry(2, is_online=True)) == []
    moved = an_entry(1, a_time(state=SlotState.MOVED_ONLINE))
    assert found(an_entry(2), around=moved) == []
    (other,) = also_by(Catalogue([moved, an_entry(2, organisations=(1,))]), 2, NOW)
    assert (other.places, other.is_online) == ((), True)


def test_what_nobody_knows_has_nothing_around():
    catalogue = Catalogue([an_entry(2)])
    assert nearby(catalogue, 1, NOW) == []
    assert also_by(catalogue, 1, NOW) == []


def test_the_nearest_come_first_then_the_soonest_and_not_all():
    others = [
        an_entry(number, a_time(at(3, hour), places=(place(number, kilometres),)))
        for number, hour, kilometres in [
            (2, 9, 9.0),
            (3, 18, 1.0),
            (4, 9, 1.0),
            (5, 9, 2.0),
            (6, 9, 3.0),
            (7, 9, 4.0),
            (8, 9, 5.0),
        ]
    ]
    assert found(*others) == [(4, 1.0), (3, 1.0), (5, 2.0), (6, 3.0), (7, 4.0), (8, 5.0)]
    assert len(others) > MOST_NEARBY


def test_an_activity_is_told_once_at_its_first_time_of_the_day():
    catalogue = Catalogue([an_entry(1), an_entry(2, a_time(at(3, 9)), a_time(at(3, 14)))])
    (other,) = nearby(catalogue, 1, NOW)
    assert other.time.starts_at == at(3, 9)


@given(
    st.floats(41, 51),
    st.floats(-5, 9),
    st.floats(0, 15),
    st.floats(0, 360),
)
def test_all_that_is_within_reach_is_looked_at(latitude, longitude, kilometres, bearing):
    centre = Point(latitude=latitude, longitude=longitude)
    other = Point(
        latitude=latitude + kilometres * cos(radians(bearing)) / 111.3,
        longitude=longitude + kilometres * sin(radians(bearing)) / 111.3 / cos(radians(latitude)),
    )
    there = replace(HERE, point=other)
    catalogue = Catalogue([an_entry(1, a_time(places=(there,)))])
    assert centre.distance(other) <= 15.1
    assert catalogue.rows_about([centre]) == catalogue.all


def test_what_else_a_structure_holds_comes_by_its_next_time():
    others = [
        an_entry(2, a_time(at(5)), organisations=(7,)),
        an_entry(3, a_time(at(4)), organisations=(9, 7)),
        # Another's; over; called off; a stand of it.
        an_entry(4, organisations=(8,)),
        an_entry(5, a_time(NOW - timedelta(days=1)), organisations=(7,)),
        an_entry(6, a_time(state=SlotState.CANCELLED), organisations=(7,)),
        an_entry(8, parent=1, organisations=(7,)),
    ]
    catalogue = Catalogue([an_entry(1, organisations=(7, 8)), *others])
    assert [each.entry.number for each in also_by(catalogue, 1, NOW)] == [3, 2]
    assert [each.distance for each in also_by(catalogue, 1, NOW)] == [None, None]


def test_not_all_that_a_structure_holds_is_told():
    many = [an_entry(number, organisations=(7,)) for number in range(1, 12)]
    assert len(also_by(Catalogue(many), 1, NOW)) == MOST_ALSO


def test_what_comes_first_is_what_everybody_may_come_to():
    catalogue = Catalogue(
        [
            an_entry(1, a_time(at(2))),
            an_entry(2, a_time(at(3)), a_time(at(4))),
            an_entry(3, a_time(at(3), is_for_schools=True), a_time(at(5))),
            an_entry(4, a_time(at(3), state=SlotState.POSTPONED)),
            an_entry(5, a_time(at(3), state=SlotState.FULL)),
            an_entry(6, a_time(at(3)), is_container=True),
            an_entry(7, a_time(at(3)), parent=6),
            an_entry(8, a_time(at(6)), parent=99),
        ]
    )

    def first(now: datetime, most: int = 9) -> list[int]:
        return [each.entry.number for each in first_for_all(catalogue, now, most=most)]

    assert first(NOW) == [1, 2, 5, 6, 3, 8]
    assert first(NOW, 2) == [1, 2]
    # What has begun and is not over is still to see.
    assert first(at(3, 11)) == [2, 5, 6, 3, 8]
    assert first(at(3, 12)) == [2, 3, 8]
    assert first(at(7)) == []


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([], None),
        ([a_time(at(1) - timedelta(days=1))], None),
        ([a_time(at(3), state=SlotState.CANCELLED)], None),
        ([a_time(at(3), state=SlotState.CANCELLED), a_time(at(4))], at(4)),
        ([a_time(at(3), is_for_schools=True), a_time(at(4))], at(4)),
        ([a_time(at(3), is_for_schools=True)], at(3)),
    ],
)
def test_the_next_time_is_one_that_takes_place(times, expected):
    entry = Entry(number=1, title="", times=tuple(times))
    following = next_time(entry, NOW)
    assert (following and following.starts_at) == expected
