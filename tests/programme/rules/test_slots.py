"""Which slots cannot be: too long, too many, for people who are not welcome, at the same place at the same time."""

from datetime import date, time, timedelta

import pytest

from fete.core.clock import from_paris
from fete.geography.models import Commune
from fete.programme import rules
from fete.programme.models import Activity, SlotAudience, Venue
from fete.programme.rules import MOST_SLOTS, PlannedSlot

HALL = Venue(name="Halle", commune=Commune(name="Auch"))
SCHOOL = Venue(name="École", commune=Commune(name="Mirande"))
BARN = Venue(name="Grange", commune=Commune(name="Condom"))
ALL, PUBLIC, SCHOOLS = SlotAudience


def at(day: int, hour: int, minute: int = 0):
    return from_paris(date(2026, 10, day), time(hour, minute))


def slot(starts: int = 10, ends: int = 12, *, day: int = 3, **values) -> PlannedSlot:
    return PlannedSlot(starts_at=at(day, starts), ends_at=at(day, ends), **values)


def activity(**values) -> Activity:
    known = {"for_public": True, "for_schools": True, "venue": HALL, "sites": [], "slots": []}
    return Activity(**(known | values))


def faults(*slots: PlannedSlot, held: Activity | None = None) -> list[tuple[int, str]]:
    return [(f.number, f.field) for f in rules.slot_faults(slots, held=held or activity())]


@pytest.mark.parametrize(
    ("classes", "audience", "found"),
    [
        (1, ALL, []),
        (100, SCHOOLS, []),
        (0, SCHOOLS, [(0, "classes")]),
        (101, SCHOOLS, [(0, "classes")]),
        (2, PUBLIC, [(0, "classes")]),
    ],
)
def test_a_slot_takes_from_one_to_a_hundred_classes(app, classes, audience, found):
    assert faults(slot(classes=classes, audience=audience)) == found


@pytest.mark.parametrize(
    ("welcome", "audience", "found"),
    [
        ((True, True), SCHOOLS, []),
        ((True, True), PUBLIC, []),
        ((True, False), ALL, []),
        ((True, False), PUBLIC, []),
        ((True, False), SCHOOLS, [(0, "audience")]),
        ((False, True), SCHOOLS, []),
        ((False, True), ALL, []),
        ((False, True), PUBLIC, [(0, "audience")]),
        ((False, False), SCHOOLS, []),
        ((False, False), PUBLIC, []),
    ],
)
def test_a_slot_is_for_people_whom_the_activity_welcomes(app, welcome, audience, found):
    for_public, for_schools = welcome
    held = activity(for_public=for_public, for_schools=for_schools)
    assert faults(slot(audience=audience), held=held) == found


def test_no_class_comes_where_schools_are_not_welcome(app):
    assert faults(slot(classes=2), held=activity(for_schools=False)) == [(0, "classes")]


def test_a_new_slot_is_for_schools_where_only_schools_are_welcome():
    assert rules.usual_audience(activity(for_public=False)) is SCHOOLS
    assert rules.usual_audience(activity()) is ALL
    assert rules.usual_audience(activity(for_schools=False)) is ALL


@pytest.mark.parametrize(
    ("slots", "found"),
    [
        ([slot(), slot()], [(1, "starts")]),
        ([slot(audience=PUBLIC), slot(audience=SCHOOLS)], [(1, "starts")]),
        ([slot(venue=SCHOOL), slot(venue=BARN)], []),
        ([slot(venue=SCHOOL), slot(11, 13, venue=SCHOOL)], [(1, "starts")]),
        ([slot(venue=SCHOOL), slot(12, 13, venue=SCHOOL)], []),
        # Without a place, it is held on all the grounds.
        ([slot(), slot(11, 13, venue=SCHOOL)], [(1, "starts")]),
        ([slot(11, 13, venue=HALL), slot()], [(0, "starts")]),
        ([slot(9, 18, venue=SCHOOL), slot(10, 11), slot(12, 13)], [(1, "starts"), (2, "starts")]),
    ],
)
def test_two_slots_are_not_at_one_place_at_once_whomever_they_are_for(app, slots, found):
    assert faults(*slots, held=activity(sites=[SCHOOL, BARN])) == found


def test_the_slot_of_a_stand_may_be_in_another_place_than_its_own_meanwhile(app):
    village = Activity(venue=SCHOOL, sites=[BARN])
    stand = activity(parent=village)
    assert faults(slot(), slot(venue=BARN), held=stand) == []
    assert faults(slot(), slot(venue=HALL), held=stand) == [(1, "starts")]


def test_a_slot_is_held_at_a_place_of_its_activity(app):
    assert faults(slot(venue=BARN), held=activity(sites=[SCHOOL])) == [(0, "venue")]


def test_twenty_five_hours_are_refused_and_the_longest_night_of_october_is_not(app):
    start = at(24, 12)
    day = PlannedSlot(starts_at=start, ends_at=at(25, 12))
    assert day.ends_at - day.starts_at == timedelta(hours=25)
    assert faults(day) == []
    assert faults(PlannedSlot(starts_at=at(3, 10), ends_at=at(4, 11))) == [(0, "ends")]


def test_eight_hundred_slots_may_be_and_no_more(app):
    def many(number: int) -> list[PlannedSlot]:
        start = at(2, 8)
        return [
            PlannedSlot(
                starts_at=start + timedelta(minutes=10 * rank),
                ends_at=start + timedelta(minutes=10 * rank + 10),
            )
            for rank in range(number)
        ]

    assert rules.slot_faults(many(MOST_SLOTS)) == []
    assert [(f.number, f.field) for f in rules.slot_faults(many(MOST_SLOTS + 1))] == [(800, "day")]


def test_an_overlap_says_with_which_slot(app):
    (fault,) = rules.slot_faults([slot(10, 12), slot(11, 13)])
    assert fault.message == "Ce créneau chevauche celui du 03/10/2026 à 10:00."
