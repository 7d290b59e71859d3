"""What of a selection is held at the same time: where one is expected twice, and where one comes when one likes."""

from datetime import date, time

import pytest

from fete.core.clock import from_paris
from fete.programme.models import Activity, Slot, SlotAudience
from fete.programme.rules.overlaps import Stay, another_time, is_torn, overlaps
from fete.programme.workflow import SlotState
from fete.vocabulary.models import Term


def slot(starts: float = 10, ends: float = 11, *, day: int = 3, **values: object) -> Slot:
    return Slot(
        starts_at=at(day, starts),
        ends_at=at(day, ends),
        **({"state": SlotState.SCHEDULED} | values),
    )


def at(day: int, hour: float):
    return from_paris(date(2026, 10, day), time(int(hour), round(hour % 1 * 60)))


def stays(**chosen: Activity) -> list[Stay]:
    for name, activity in chosen.items():
        activity.title = name
    return [
        Stay(activity=activity, slot=each)
        for activity in chosen.values()
        for each in activity.times
    ]


def activity(*slots: Slot, **values: object) -> Activity:
    kind = Term(is_container=values.pop("is_village", False))
    known = {"kind": kind, "for_public": True, "for_schools": False, "slots": list(slots)}
    return Activity(**(known | values))


def told(among: list[Stay]) -> dict[str, list[str]]:
    """Return what each activity is told, by title."""
    return {
        stay.activity.title: [other.activity.title for other in others]
        for stay, others in overlaps(among).items()
    }


EACH_OTHER = {"a": ["b"], "b": ["a"]}


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (slot(10, 11), slot(10, 11), EACH_OTHER),
        (slot(10, 11), slot(10.5, 12), EACH_OTHER),
        (slot(10, 12), slot(10.5, 11), EACH_OTHER),
        # One leaves as the other begins; travel is not reckoned.
        (slot(10, 11), slot(11, 12), {}),
        (slot(10, 11), slot(10, 11, day=4), {}),
        (slot(10, 11), slot(10, 11, state=SlotState.CANCELLED), {}),
        (slot(10, 11), slot(10, 11, state=SlotState.POSTPONED), {}),
        (slot(10, 11), slot(10, 11, state=SlotState.RESCHEDULED), EACH_OTHER),
        (slot(10, 11), slot(10, 11, state=SlotState.FULL), EACH_OTHER),
        (slot(10, 11), slot(10, 11, state=SlotState.MOVED_ONLINE), EACH_OTHER),
        # One comes to what is open before or after.
        (slot(10, 11), slot(9, 18, is_opening=True), {"a": ["b"]}),
        (slot(9, 18, is_opening=True), slot(9, 18, is_opening=True), {}),
    ],
)
def test_two_times_overlap_when_one_is_expected_at_both(one, other, found):
    assert told(stays(a=activity(one), b=activity(other))) == found


def test_two_times_of_one_activity_never_overlap():
    assert told(stays(a=activity(slot(10, 12), slot(11, 13)))) == {}


def test_a_village_goes_with_its_stands_and_is_open_to_the_others():
    village = activity(slot(9, 18), is_village=True)
    session = activity(slot(10, 11), parent=village)
    same_hour = activity(slot(10, 11), parent=village)
    stand = activity(parent=village)
    elsewhere = activity(slot(10, 11))
    assert told(
        stays(village=village, stand=stand, one=session, two=same_hour, elsewhere=elsewhere)
    ) == {
        # A stand with the hours of its village is open like it.
        "one": ["stand", "two", "elsewhere"],
        "two": ["stand", "one", "elsewhere"],
        "elsewhere": ["village", "stand", "one", "two"],
    }


def test_what_is_held_meanwhile_is_told_in_order_of_time():
    found = told(
        stays(
            late=activity(slot(12, 14)), long=activity(slot(9, 15)), early=activity(slot(9.5, 10))
        )
    )
    assert found == {"long": ["early", "late"], "early": ["long"], "late": ["long"]}


def test_a_time_that_lasts_over_midnight_overlaps_the_next_day():
    night = slot(22, 23)
    night.ends_at = at(4, 2)
    assert told(stays(a=activity(night), b=activity(slot(1, 3, day=4)))) == EACH_OTHER


@pytest.mark.parametrize(
    ("other_times", "found"),
    [
        ([], None),
        ([slot(15, 16)], 15),
        ([slot(16, 17), slot(17, 18)], 16),
        # At the same time as something else again, cancelled, full, for others.
        ([slot(10.5, 11.5)], None),
        ([slot(15, 16, state=SlotState.CANCELLED)], None),
        ([slot(15, 16, state=SlotState.FULL)], None),
        ([slot(15, 16, audience=SlotAudience.SCHOOLS)], None),
        # During opening hours one may still go.
        ([slot(13, 14)], 13),
    ],
)
def test_another_time_is_one_with_room_when_one_is_free(other_times, found):
    chosen = stays(
        a=activity(slot(10, 11), *other_times),
        b=activity(slot(10, 12)),
        c=activity(slot(12, 14, is_opening=True)),
    )
    meanwhile = overlaps(chosen)
    first = chosen[0]
    assert is_torn(first, meanwhile)
    way = another_time(
        first, [each for each in chosen if each.activity is first.activity], meanwhile
    )
    assert (way.slot.starts_at if way else None) == (at(3, found) if found else None)
