"""A subscriber, by readers that are not ours: each sees the right hours, and learns every change under the same name."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import recurring_ical_events
import vobject
from icalendar import Calendar

from fete.core.clock import from_paris, now
from fete.programme.rules import PlannedSlot, planned_of
from fete.programme.services.activities import plan_slots, rewrite
from fete.programme.services.review import change_slot, take_step
from fete.programme.workflow import SlotState, Step
from tests.factories.accounts import make_coordinator
from tests.factories.programme import make_activity, make_venue
from tests.provision import has_ical_js, ical_js_folder

READER = Path(__file__).parents[1] / "data" / "ical_reader.mjs"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a calendar shows of an event, and what it compares to know that it changed; hours in UTC, days as they are."""

    title: str
    starts: datetime | date
    ends: datetime | date
    place: str
    status: str
    sequence: int
    changed: datetime


def told(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def by_icalendar(content: bytes) -> dict[str, Seen]:
    return {str(event["UID"]): seen(event) for event in Calendar.from_ical(content).walk("VEVENT")}


def by_recurring_ical_events(content: bytes) -> dict[str, Seen]:
    year = (date(2026, 1, 1), date(2027, 1, 1))
    found = recurring_ical_events.of(Calendar.from_ical(content)).between(*year)
    return {str(event["UID"]): seen(event) for event in found}


def seen(event) -> Seen:
    return Seen(
        title=str(event["SUMMARY"]),
        starts=told(event["DTSTART"].dt),
        ends=told(event["DTEND"].dt),
        place=str(event["LOCATION"]),
        status=str(event["STATUS"]),
        sequence=int(event["SEQUENCE"]),
        changed=event["LAST-MODIFIED"].dt,
    )


def by_vobject(content: bytes) -> dict[str, Seen]:
    (calendar,) = vobject.readComponents(content.decode())
    return {
        event.uid.value: Seen(
            title=event.summary.value,
            starts=told(event.dtstart.value),
            ends=told(event.dtend.value),
            place=event.location.value,
            status=event.status.value,
            sequence=int(event.sequence.value),
            changed=told(event.last_modified.value),
        )
        for event in getattr(calendar, "vevent_list", [])
    }


def by_ical_js(content: bytes) -> dict[str, Seen]:
    if not has_ical_js():
        pytest.skip("no Node.js, no npm: ical.js cannot read")
    done = subprocess.run(
        ["node", str(READER), str(ical_js_folder())],
        input=content,
        capture_output=True,
        check=True,
    )
    return {
        each.pop("uid"): Seen(
            **each
            | {name: read(each[name]) for name in ("starts", "ends")}
            | {"changed": datetime.fromisoformat(each["changed"])}
        )
        for each in json.loads(done.stdout)
    }


def read(value: str) -> Any:
    return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)


READERS = [by_icalendar, by_recurring_ical_events, by_vobject, by_ical_js]
Reader = Callable[[bytes], dict[str, Seen]]


def at(day: int, hour: int) -> datetime:
    return from_paris(date(2026, 10, day), time(hour))


@pytest.fixture(params=READERS, ids=lambda reader: reader.__name__)
def subscriber(request, client) -> Callable[[], dict[str, Seen]]:
    """Give what the calendar of one who subscribed shows, each time it is asked."""
    reader: Reader = request.param
    return lambda: reader(client.get("/agenda.ics").data)


@pytest.fixture
def coordinator(db):
    return make_coordinator()


HALL = "Halle aux grains, 1 rue des Écoles, 32000 Auch"


@pytest.fixture
def talk(coordinator):
    """Give a talk at two in the afternoon on both sides of the end of summer time, and its title hard to write."""
    return make_activity(
        at(24, 14),
        at(25, 14),
        title="L’œuf, la poule ; et \\ le coq, n’est-ce pas, à l’École d’ingénieurs ? « Débat »",
        venue=make_venue(name="Halle aux grains"),
    )


@pytest.fixture
def exhibition(coordinator):
    activity = make_activity(at(12, 20), title="Cristaux", venue=make_venue(name="Musée"))
    days = [
        PlannedSlot(starts_at=at(day, 10), ends_at=at(day, 18), is_opening=True)
        for day in range(23, 27)
    ]
    plan_slots(activity, [planned_of(activity.slots[0]), *days], by=coordinator, at=now())
    return activity


def test_every_reader_shows_the_right_hours_on_both_sides_of_the_change(talk, subscriber):
    # Two hours each, by clocks that are two hours ahead of UTC, then one.
    first = Seen(
        title=talk.title,
        starts=datetime(2026, 10, 24, 12, tzinfo=UTC),
        ends=datetime(2026, 10, 24, 14, tzinfo=UTC),
        place=HALL,
        status="CONFIRMED",
        sequence=0,
        changed=now(),
    )
    second = Seen(
        **vars(first)
        | {
            "starts": datetime(2026, 10, 25, 13, tzinfo=UTC),
            "ends": datetime(2026, 10, 25, 15, tzinfo=UTC),
        }
    )
    assert subscriber() == {talk.slots[0].uid: first, talk.slots[1].uid: second}


def test_every_reader_shows_an_exhibition_over_its_days(exhibition, subscriber):
    bar = subscriber()[exhibition.slots[1].uid]
    assert (bar.starts, bar.ends) == (date(2026, 10, 23), date(2026, 10, 27))
    assert len(subscriber()) == 2


def test_a_subscriber_learns_a_new_hour(talk, coordinator, subscriber, clock):
    before = subscriber()
    clock.shift(timedelta(hours=1))
    moved, stays = (planned_of(slot) for slot in talk.slots)
    wished = PlannedSlot(
        id=moved.id, starts_at=at(25, 17), ends_at=at(25, 19), capacity=moved.capacity
    )
    plan_slots(talk, [wished, stays], by=coordinator, at=now())
    after = subscriber()
    uid, other = sorted(before, key=lambda uid: str(before[uid].starts))
    assert after.keys() == before.keys()
    assert after[other] == before[other]
    assert after[uid] == Seen(
        **vars(before[uid])
        | {
            "starts": datetime(2026, 10, 25, 16, tzinfo=UTC),
            "ends": datetime(2026, 10, 25, 18, tzinfo=UTC),
            "sequence": before[uid].sequence + 1,
            "changed": before[uid].changed + timedelta(hours=1),
        }
    )


def test_a_subscriber_learns_a_cancellation_and_keeps_the_hour(
    talk, coordinator, subscriber, clock
):
    before = subscriber()
    clock.shift(timedelta(hours=1))
    slot = talk.slots[1]
    change_slot(slot, SlotState.CANCELLED, by=coordinator, at=now(), reason="Grève")
    after = subscriber()
    assert after[slot.uid] == Seen(
        **vars(before[slot.uid])
        | {
            "title": f"Annulé : {talk.title}",
            "status": "CANCELLED",
            "sequence": before[slot.uid].sequence + 1,
            "changed": now(),
        }
    )
    assert after.keys() == before.keys()


def test_a_subscriber_learns_a_new_title_and_a_new_place(talk, coordinator, subscriber, clock):
    before = subscriber()
    clock.shift(timedelta(hours=1))
    rewrite(talk, by=coordinator, at=now(), title="Le coq", venue=make_venue(name="Gymnase"))
    after = subscriber()
    assert {
        uid: (event.title, event.place.split(",")[0], event.sequence)
        for uid, event in after.items()
    } == {uid: ("Le coq", "Gymnase", event.sequence + 1) for uid, event in before.items()}


def test_what_is_withdrawn_leaves_the_calendar_of_a_subscriber(
    talk, exhibition, coordinator, subscriber
):
    assert len(subscriber()) == 4
    take_step(talk, Step.WITHDRAW, by=coordinator, at=now(), reason="Erreur")
    assert {event.title for event in subscriber().values()} == {"Cristaux"}


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_who_subscribed_to_what_is_withdrawn_sees_it_cancelled(
    client, talk, coordinator, reader: Reader, clock
):
    address = f"/activites/{talk.id}-{talk.slug}.ics"
    before = reader(client.get("/agenda.ics").data)
    clock.shift(timedelta(hours=1))
    take_step(talk, Step.WITHDRAW, by=coordinator, at=now(), reason="Erreur")
    assert reader(client.get(address).data) == {
        uid: Seen(
            **vars(event)
            | {
                "title": f"Annulé : {talk.title}",
                "status": "CANCELLED",
                "sequence": event.sequence + 1,
                "changed": now(),
            }
        )
        for uid, event in before.items()
    }


def test_a_day_of_an_exhibition_that_closes_is_learned_by_every_reader(
    exhibition, coordinator, subscriber, clock
):
    before = subscriber()
    clock.shift(timedelta(hours=1))
    bar, closed, rest = (exhibition.slots[rank] for rank in (1, 3, 4))
    change_slot(closed, SlotState.CANCELLED, by=coordinator, at=now(), reason="Grève")
    after = subscriber()
    assert (after[bar.uid].starts, after[bar.uid].ends) == (date(2026, 10, 23), date(2026, 10, 25))
    assert after[bar.uid].sequence > before[bar.uid].sequence
    # The 25th, when the clocks of Paris are back one hour ahead of UTC.
    assert (after[closed.uid].status, after[closed.uid].starts) == (
        "CANCELLED",
        datetime(2026, 10, 25, 9, tzinfo=UTC),
    )
    assert after[rest.uid].starts == datetime(2026, 10, 26, 9, tzinfo=UTC)
