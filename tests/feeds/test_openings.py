"""Opening hours in calendars: one bar over the days that are alike, and every change of one day learned."""

from datetime import date, datetime, time, timedelta

import pytest
from icalendar import Calendar

from fete.core.clock import from_paris, now
from fete.feeds.queries import state_of
from fete.programme.models import Activity
from fete.programme.queries.activities import find_activity
from fete.programme.rules import PlannedSlot, planned_of
from fete.programme.rules.filters import Filters
from fete.programme.services.activities import plan_slots, rewrite
from fete.programme.services.review import cancel_activity, change_slot
from fete.programme.workflow import SlotState
from tests.factories.accounts import make_coordinator
from tests.factories.programme import make_activity


def at(day: int, hour: int) -> datetime:
    return from_paris(date(2026, 10, day), time(hour))


def opening(day: int, starts: int = 10, ends: int = 18) -> PlannedSlot:
    return PlannedSlot(starts_at=at(day, starts), ends_at=at(day, ends), is_opening=True)


@pytest.fixture
def coordinator(db):
    return make_coordinator()


@pytest.fixture
def exhibition(coordinator):
    """Give an exhibition, open from 3 to 8 October, and a visit of it on the 4th."""
    activity = make_activity(at(4, 20), title="Cristaux", kind="exhibition")
    days = [opening(day) for day in range(3, 9)]
    plan_slots(
        activity, [planned_of(activity.slots[0]), *days], by=coordinator, at=activity.changed_at
    )
    return activity


def anew(activity: Activity) -> Activity:
    found = find_activity(activity.id)
    assert found is not None
    return found


def day_of(activity: Activity, day: int):
    return next(slot for slot in activity.slots if slot.is_opening and slot.day.day == day)


def bars(answer) -> list[tuple[str, str, str, str]]:
    """Give what a calendar shows: title, first day or hour, end, status."""
    return [
        (
            str(event["SUMMARY"]),
            str(event["DTSTART"].dt),
            str(event["DTEND"].dt),
            str(event["STATUS"]),
        )
        for event in Calendar.from_ical(answer.data).walk("VEVENT")
    ]


def learned(answer) -> dict[str, tuple[int, datetime]]:
    """Give the sequence and the date of each event, by its name."""
    return {
        str(event["UID"]): (int(str(event["SEQUENCE"])), event.last_modified)
        for event in Calendar.from_ical(answer.data).walk("VEVENT")
    }


VISIT = ("Cristaux", "2026-10-04 20:00:00+02:00", "2026-10-04 22:00:00+02:00", "CONFIRMED")


def test_days_alike_are_one_bar_with_an_end_that_is_the_day_after(client, exhibition):
    assert bars(client.get("/agenda.ics")) == [
        ("Cristaux", "2026-10-03", "2026-10-09", "CONFIRMED"),
        VISIT,
    ]


@pytest.mark.parametrize("asked", ["date=2026-10-05", "du=2026-10-08", "departement=32"])
def test_whichever_of_its_days_is_asked_for_the_bar_is_the_same(client, exhibition, asked):
    whole = bars(client.get("/agenda.ics"))
    assert bars(client.get(f"/agenda.ics?{asked}"))[0] == whole[0]


def test_a_day_that_is_cancelled_parts_the_bar_and_every_calendar_learns_it(
    client, exhibition, coordinator, clock
):
    before = learned(client.get("/agenda.ics"))
    clock.shift(timedelta(hours=1))
    change_slot(
        day_of(exhibition, 5), SlotState.CANCELLED, by=coordinator, at=now(), reason="Grève"
    )
    answer = client.get("/agenda.ics")
    assert bars(answer) == [
        ("Cristaux", "2026-10-03", "2026-10-05", "CONFIRMED"),
        VISIT,
        (
            "Annulé : Cristaux",
            "2026-10-05 10:00:00+02:00",
            "2026-10-05 18:00:00+02:00",
            "CANCELLED",
        ),
        ("Cristaux", "2026-10-06", "2026-10-09", "CONFIRMED"),
    ]
    # The bar that stands keeps its name, and is newer; the visit did not change.
    after = learned(answer)
    bar, visit = day_of(anew(exhibition), 3).uid, anew(exhibition).slots[2].uid
    assert after[visit] == before[visit]
    assert after[bar][0] > before[bar][0]
    assert after[bar][1] == now()


def test_a_day_put_back_makes_the_bar_whole_under_its_name(client, exhibition, coordinator):
    before = learned(client.get("/agenda.ics"))
    for state in (SlotState.CANCELLED, SlotState.SCHEDULED):
        change_slot(day_of(anew(exhibition), 5), state, by=coordinator, at=now())
        client.get("/agenda.ics")
    after = learned(client.get("/agenda.ics"))
    assert after.keys() == before.keys()
    bar = day_of(anew(exhibition), 3).uid
    assert after[bar][0] == before[bar][0] + 2


@pytest.mark.parametrize("day", [2, 9])
def test_a_day_added_lengthens_the_bar_under_its_name(client, exhibition, coordinator, day):
    before = learned(client.get("/agenda.ics"))
    standing = [planned_of(slot) for slot in exhibition.slots]
    plan_slots(exhibition, [*standing, opening(day)], by=coordinator, at=now())
    after = learned(client.get("/agenda.ics"))
    assert after.keys() == before.keys()
    bar = day_of(anew(exhibition), 3).uid
    assert after[bar][0] == before[bar][0] + 1
    assert ("Cristaux", f"2026-10-0{min(day, 3)}") == bars(client.get("/agenda.ics"))[0][:2]


def test_a_day_moved_to_other_hours_leaves_the_bar_with_them(client, exhibition, coordinator):
    before = learned(client.get("/agenda.ics"))
    wished = [
        opening_moved(slot) if slot is day_of(exhibition, 8) else planned_of(slot)
        for slot in exhibition.slots
    ]
    plan_slots(exhibition, wished, by=coordinator, at=now())
    answer = client.get("/agenda.ics")
    assert [event[1:3] for event in bars(answer)] == [
        ("2026-10-03", "2026-10-08"),
        VISIT[1:3],
        ("2026-10-08 10:00:00+02:00", "2026-10-08 20:00:00+02:00"),
    ]
    bar = day_of(anew(exhibition), 3).uid
    assert learned(answer)[bar][0] == before[bar][0] + 1


def opening_moved(slot) -> PlannedSlot:
    return PlannedSlot(
        id=slot.id, starts_at=slot.starts_at, ends_at=at(slot.day.day, 20), is_opening=True
    )


def test_an_exhibition_cancelled_is_one_bar_cancelled(client, exhibition, coordinator):
    cancel_activity(exhibition, by=coordinator, at=now(), reason="Dégât des eaux")
    assert [(title, start, status) for title, start, _end, status in bars(client.get("/agenda.ics"))] == [
        ("Annulé : Cristaux", "2026-10-03", "CANCELLED"),
        ("Annulé : Cristaux", "2026-10-04 20:00:00+02:00", "CANCELLED"),
    ]  # fmt: skip
    assert bars(client.get("/agenda.ics?annules=non")) == []


def test_a_new_title_is_learned_by_the_bar(client, exhibition, coordinator):
    before = learned(client.get("/agenda.ics"))
    rewrite(exhibition, by=coordinator, at=now(), title="Cristaux et lumière")
    after = learned(client.get("/agenda.ics"))
    assert {uid: sequence for uid, (sequence, _at) in after.items()} == {
        uid: sequence + 1 for uid, (sequence, _at) in before.items()
    }


def test_openings_of_many_exhibitions_cost_no_more_queries(client, coordinator, queries):
    def asked_for(count: int) -> int:
        for _ in range(count):
            activity = make_activity(at(4, 20))
            plan_slots(
                activity,
                [planned_of(activity.slots[0]), opening(3), opening(4)],
                by=coordinator,
                at=now(),
            )
        client.get("/programme")  # the connection is at hand
        with queries() as asked:
            answer = client.get("/agenda/2026.ics")
        assert len(bars(answer)) == 2 * len(state_of(Filters()).slots) / 3
        return len(asked)

    assert asked_for(2) == asked_for(5)
