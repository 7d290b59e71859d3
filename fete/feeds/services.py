"""Write the fragments that are missing."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from operator import attrgetter
from typing import Any

from fete.core.db import upsert_rows
from fete.core.kept import Kept
from fete.core.settings import settings
from fete.core.templating import absolute_url
from fete.feeds.ical import WRITER, fragment, withdrawn
from fete.feeds.models import Fragment
from fete.feeds.queries import MOST_NAMED, openings_of, slots_to_write, written_slots
from fete.programme.models import Activity, Slot
from fete.programme.queries.catalogue import times_of
from fete.programme.rules import stretches
from fete.programme.rules.filters import Filters
from fete.programme.views.structured import picture_address

# What a worker keeps of the calendars that it sent last: calendars are asked for again and again.
calendars = Kept(4 * 1024 * 1024)


def writer() -> str:
    """Return what the bytes of a fragment depend on beside its slot: the writer and the public address."""
    return f"{WRITER} {settings().public_address}"


def write_fragments(numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Return the fragments of these slots as rows, to be kept; those of one stretch of opening hours are the same."""
    rows = []
    for start in range(0, len(numbers), MOST_NAMED):
        slots = slots_to_write(numbers[start : start + MOST_NAMED])
        together = _stretches_with(slots)
        rows += [
            {
                "slot_id": slot.id,
                "revision": slot.revision,
                "writer": writer(),
                "content": fragment(
                    *together.get(slot.id, [slot]),
                    page=page_of(slot.activity),
                    picture=picture_address(slot.activity),
                ),
            }
            for slot in slots
        ]
    return rows


def write_ahead(keeping: Callable[[], AbstractContextManager[None]]) -> int:
    """Write the events that calendars have not asked for yet, so that nobody waits for them; return how many.

    A few at a time, each in a transaction of its own: others write in between.
    """
    known = written_slots(writer=writer())
    missing = [time.slot for time in times_of(Filters()) if time.slot not in known]
    for start in range(0, len(missing), MOST_NAMED):
        # Before the transaction: nobody waits for what is only being written down.
        rows = write_fragments(missing[start : start + MOST_NAMED])
        with keeping():
            keep_fragments(rows)
    return len(missing)


def _stretches_with(slots: Sequence[Slot]) -> dict[int, list[Slot]]:
    """Return, for each of these slots that is part of a stretch of opening hours, the whole of it."""
    opened = sorted({slot.activity_id for slot in slots if slot.is_opening})
    return {
        slot.id: stretch
        for _activity_id, its_slots in groupby(openings_of(opened), attrgetter("activity_id"))
        for stretch in stretches(its_slots)
        for slot in stretch
    }


def withdrawn_events(activity: Activity) -> list[bytes]:
    """Return the events of what was withdrawn, cancelled under the names that they had."""
    together = [tuple(stretch) for stretch in stretches(activity.slots)]
    alone = [(slot,) for slot in activity.slots if not any(slot in each for each in together)]
    return [withdrawn(*slots, page=page_of(activity)) for slots in (*alone, *together)]


def keep_fragments(rows: list[dict[str, Any]]) -> None:
    """Keep fragments from now on; one that is old before it is kept is written anew when next asked for."""
    for start in range(0, len(rows), MOST_NAMED):
        upsert_rows(Fragment, rows[start : start + MOST_NAMED], key=("slot_id",))


def page_of(activity: Activity) -> str:
    """Return the public address of an activity, the same in every feed."""
    return absolute_url("programme.show", activity_id=activity.id, slug=activity.slug)
