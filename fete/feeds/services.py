"""Write the fragments that are missing."""

from collections.abc import Sequence
from typing import Any

from fete.core.db import upsert_rows
from fete.core.kept import Kept
from fete.core.settings import settings
from fete.core.templating import absolute_url
from fete.feeds.ical import WRITER, fragment
from fete.feeds.models import Fragment
from fete.feeds.queries import MOST_NAMED, slots_to_write
from fete.programme.models import Activity

# What a worker keeps of the calendars that it sent last: calendars are asked for again and again.
calendars = Kept(48 * 1024 * 1024)


def writer() -> str:
    """Return what the bytes of a fragment depend on beside its slot: the writer and the public address."""
    return f"{WRITER} {settings().public_address}"


def write_fragments(numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Return the fragments of these slots as rows, to be kept."""
    return [
        {
            "slot_id": slot.id,
            "revision": slot.revision,
            "writer": writer(),
            "content": fragment(slot, page=page_of(slot.activity)),
        }
        for start in range(0, len(numbers), MOST_NAMED)
        for slot in slots_to_write(numbers[start : start + MOST_NAMED])
    ]


def keep_fragments(rows: list[dict[str, Any]]) -> None:
    """Keep fragments from now on; one that is old before it is kept is written anew when next asked for."""
    for start in range(0, len(rows), MOST_NAMED):
        upsert_rows(Fragment, rows[start : start + MOST_NAMED], key=("slot_id",))


def page_of(activity: Activity) -> str:
    """Return the public address of an activity, the same in every feed."""
    return absolute_url("programme.show", activity_id=activity.id, slug=activity.slug)
