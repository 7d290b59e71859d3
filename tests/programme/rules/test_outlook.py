"""Where an activity stands, for whoever would come."""

from datetime import date, datetime, time, timedelta

import pytest

from fete.core.clock import from_paris
from fete.programme.models import Activity, Slot
from fete.programme.rules.outlook import standing_of
from fete.programme.workflow import SlotState


def at(day: int, hour: int = 10) -> datetime:
    return from_paris(date(2026, 10, day), time(hour))


def an_activity(*states: str) -> Activity:
    """Make an activity with a time in each state, one a day from the first of October."""
    slots = [
        Slot(starts_at=at(day), ends_at=at(day) + timedelta(hours=1), state=SlotState(state))
        for day, state in enumerate(states, 1)
    ]
    return Activity(slots=slots)


@pytest.mark.parametrize(
    ("states", "day", "outlook", "last"),
    [
        ((), 1, None, None),
        (("scheduled", "scheduled"), 1, None, None),
        (("scheduled", "scheduled"), 2, None, 1),
        (("scheduled", "scheduled"), 3, "over", 2),
        (("scheduled", "cancelled"), 3, "over", 1),
        (("full", "postponed"), 3, "over", 1),
        (("cancelled", "cancelled"), 1, "cancelled", None),
        (("cancelled", "cancelled"), 2, "cancelled", None),
        (("cancelled", "cancelled"), 3, "was_cancelled", None),
        (("scheduled", "cancelled"), 2, "rest_cancelled", 1),
        (("postponed", "cancelled"), 1, "postponed", None),
        (("scheduled", "postponed"), 2, "postponed", 1),
        (("postponed", "postponed"), 3, "was_postponed", None),
        (("postponed", "cancelled"), 3, "was_postponed", None),
        (("full", "postponed"), 1, "full", None),
        (("full", "scheduled"), 1, None, None),
        (("scheduled", "full"), 2, "full", 1),
        (("moved_online", "cancelled"), 1, "online", None),
        (("moved_online", "scheduled"), 1, None, None),
        (("moved_online", "full"), 1, None, None),
        (("moved_online",), 2, "over", 1),
    ],
)
def test_what_was_called_off_was_never_held(states, day, outlook, last):
    standing = standing_of(an_activity(*states), at(day, 9))
    assert standing.outlook == outlook
    assert (standing.last.day.day if standing.last else None) == last
