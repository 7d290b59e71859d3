"""What is told to who follows a slot, and when."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from fete.alerts.rules import (
    QUIET,
    SOON,
    Change,
    Pending,
    Standing,
    changes,
    due,
    in_words,
    news_due_since,
    next_time,
    standing_of,
)
from fete.core.clock import from_paris
from fete.programme.models import Mode
from fete.programme.workflow import SlotState, Status
from tests.factories.programme import make_activity, make_venue

TEN = from_paris(date(2026, 10, 3), time(10))
KNOWN = Standing(
    starts_at=TEN,
    ends_at=TEN + timedelta(hours=2),
    place="Halle aux grains, 1 rue des Écoles, Auch",
    state=SlotState.SCHEDULED,
)
LATER = {"starts_at": TEN + timedelta(hours=4), "ends_at": TEN + timedelta(hours=6)}
ELSEWHERE = {"place": "Salle des fêtes, Gimont"}
ONLINE: dict[str, Any] = {"place": "", "state": SlotState.MOVED_ONLINE}
FULL, CANCELLED, POSTPONED = (
    {"state": state} for state in (SlotState.FULL, SlotState.CANCELLED, SlotState.POSTPONED)
)
GONE = {"is_shown": False}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {}, []),
        # What calendars learn, and nobody needs to be written.
        ({}, {"state": SlotState.RESCHEDULED}, []),
        ({}, {"place": "HALLE AUX GRAINS — 1, rue des écoles (Auch)"}, []),
        # Two places of one name in a town are two places.
        ({}, {"place": "Halle aux grains, 200 avenue Foch, Auch"}, ["place"]),
        ({}, LATER, ["time"]),
        ({}, {"ends_at": TEN + timedelta(hours=3)}, ["time"]),
        ({}, LATER | {"state": SlotState.RESCHEDULED}, ["time"]),
        ({}, ELSEWHERE, ["place"]),
        ({}, LATER | ELSEWHERE, ["time", "place"]),
        ({}, ONLINE, ["online"]),
        ({}, {"place": ""}, ["online"]),
        (ONLINE, {}, ["place"]),
        ({}, FULL, ["full"]),
        ({}, FULL | LATER, ["time", "full"]),
        (FULL, {}, ["free"]),
        (FULL, LATER, ["time", "free"]),
        (FULL, ONLINE, ["online", "free"]),
        # Of what does not take place, neither the hour nor the place matters.
        ({}, CANCELLED | LATER | ELSEWHERE, ["cancelled"]),
        ({}, POSTPONED | LATER, ["postponed"]),
        (FULL, CANCELLED, ["cancelled"]),
        (CANCELLED, CANCELLED | LATER, []),
        (POSTPONED, POSTPONED | ELSEWHERE, []),
        (POSTPONED, CANCELLED, ["cancelled"]),
        (CANCELLED, POSTPONED, ["postponed"]),
        (CANCELLED, {}, ["back"]),
        (POSTPONED, LATER, ["back", "time"]),
        (CANCELLED, FULL, ["back", "full"]),
        (CANCELLED, ONLINE, ["back", "online"]),
        # Off the programme and on it again.
        ({}, GONE, ["withdrawn"]),
        (FULL, GONE | LATER, ["withdrawn"]),
        (POSTPONED, GONE, ["withdrawn"]),
        (CANCELLED, GONE, []),
        (GONE, GONE | LATER, []),
        (GONE, {}, ["back"]),
        (GONE, LATER | ELSEWHERE, ["back", "time", "place"]),
        (GONE, CANCELLED, ["cancelled"]),
        (GONE | POSTPONED, POSTPONED, ["postponed"]),
        (GONE | CANCELLED, CANCELLED, []),
    ],
)
def test_what_matters_is_told_and_nothing_else(before, after, told):
    assert changes(replace(KNOWN, **before), replace(KNOWN, **after)) == told


@pytest.mark.parametrize(
    ("change", "after", "words"),
    [
        ("withdrawn", GONE, "n’est plus au programme."),
        ("cancelled", CANCELLED, "annulé."),
        ("postponed", POSTPONED, "reporté, à une date qui n’est pas encore connue."),
        ("back", {}, "aura bien lieu."),
        ("time", LATER, "nouvel horaire\u00a0: samedi 3 octobre 2026, de 14\u00a0h à 16\u00a0h."),
        ("online", ONLINE, "se tient désormais en ligne."),
        ("place", ELSEWHERE, "nouveau lieu\u00a0: Salle des fêtes, Gimont."),
        ("full", FULL, "complet."),
        ("free", {}, "il y a de nouveau de la place."),
    ],
)
def test_each_change_has_its_words(app, change, after, words):
    assert in_words(Change(change), replace(KNOWN, **after)) == words


def test_a_slot_stands_where_and_as_the_public_sees_it(db):
    hall = make_venue(name="Halle aux grains")
    activity = make_activity(TEN, venue=hall)
    (slot,) = activity.slots
    assert standing_of(activity, slot) == KNOWN
    activity.sites.append(make_venue("32147", name="Moulin"))
    assert (
        standing_of(activity, slot).place
        == "Halle aux grains, 1 rue des Écoles, Auch\u00a0; Moulin, 1 rue des Écoles, Gimont"
    )
    slot.venue = activity.sites[0]
    assert standing_of(activity, slot).place == "Moulin, 1 rue des Écoles, Gimont"
    slot.state = SlotState.MOVED_ONLINE
    assert standing_of(activity, slot) == replace(KNOWN, **ONLINE)
    slot.state, activity.mode = SlotState.SCHEDULED, Mode.ONLINE
    assert standing_of(activity, slot) == replace(KNOWN, place="")
    activity.status = Status.WITHDRAWN
    assert not standing_of(activity, slot).is_shown


def test_a_stand_at_its_container_s_hours_stands_at_its_own_place_or_the_container_s(db):
    village = make_activity(TEN, kind="science_village", venue=make_venue(name="Halle aux grains"))
    stand = make_activity(parent=village)
    stand.slots.clear()
    stand.venue = None
    (slot,) = village.slots
    assert standing_of(stand, slot) == KNOWN
    stand.venue = make_venue(name="Cour")
    assert standing_of(stand, slot) == replace(KNOWN, place="Cour, 1 rue des Écoles, Auch")
    assert standing_of(village, slot) == KNOWN


def test_what_is_new_is_shown_by_its_next_time_that_takes_place(db):
    at = TEN - timedelta(days=1)
    activity = make_activity(
        TEN - timedelta(days=2), TEN, TEN + timedelta(days=1), venue=make_venue(name="Halle")
    )
    assert next_time(activity, at=at) == (
        "samedi 3 octobre 2026, de 10\u00a0h à 12\u00a0h — Halle, 1 rue des Écoles, Auch"
    )
    activity.slots[1].state = SlotState.CANCELLED
    assert next_time(activity, at=at).startswith("dimanche 4 octobre")
    activity.mode = Mode.ONLINE
    assert next_time(activity, at=at).endswith(" — en ligne")
    activity.slots[2].state = SlotState.POSTPONED
    assert next_time(activity, at=at) == ""


MINUTE, AT = timedelta(minutes=1), TEN - timedelta(days=20)


def changed(*, since: timedelta, starts_in: timedelta = timedelta(days=9), is_off: bool = False):
    return Pending(activity_id=1, starts_at=AT + starts_in, is_off=is_off, changed_at=AT - since)


@pytest.mark.parametrize(
    ("slots", "is_due"),
    [
        ([changed(since=QUIET)], True),
        ([changed(since=QUIET - MINUTE)], False),
        # As long as somebody goes on changing it, the rest waits too.
        ([changed(since=QUIET), changed(since=MINUTE)], False),
        # Urgent: cancelled or withdrawn, and about to begin.
        ([changed(since=MINUTE, starts_in=SOON - MINUTE, is_off=True)], True),
        ([changed(since=MINUTE, starts_in=SOON, is_off=True)], False),
        ([changed(since=MINUTE, starts_in=SOON - MINUTE)], False),
        ([changed(since=MINUTE, starts_in=-MINUTE, is_off=True)], False),
        ([changed(since=MINUTE), changed(since=MINUTE, starts_in=MINUTE, is_off=True)], True),
    ],
)
def test_changes_wait_for_quiet_unless_they_are_urgent(slots, is_due):
    assert due(slots, at=AT) == ({1} if is_due else set())


def test_one_activity_does_not_wait_for_another():
    waiting = replace(changed(since=MINUTE), activity_id=2)
    assert due([changed(since=QUIET), waiting], at=AT) == {1}


@pytest.mark.parametrize(
    ("hour", "since"),
    [(time(6, 59), None), (time(7), date(2026, 10, 3)), (time(23), date(2026, 10, 3))],
)
def test_news_of_the_day_are_due_from_seven_on(hour, since):
    found = news_due_since(from_paris(date(2026, 10, 3), hour))
    assert found == (since and from_paris(since, time(0)))
