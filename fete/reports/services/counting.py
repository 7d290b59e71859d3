"""Keep what is counted at the doors, each touch once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from fete.core.db import db, insert_new_rows
from fete.programme.models import Activity
from fete.reports.models import Tap, Visitor
from fete.reports.queries.counting import find_touch
from fete.reports.rules.counting import key_of_undoing, moment_of_touch


@dataclass(frozen=True, kw_only=True, slots=True)
class Touch:
    """One touch as its telephone tells it."""

    # Drawn by the telephone: what bears the same one is the same touch.
    key: str
    visitor: Visitor
    amount: int
    slot_id: int | None = None
    touched_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What became of touches that were sent together."""

    # The keys that belong to touches of another activity: these were not kept.
    refused: Sequence[str]
    # The keys of those whose session is none of this activity’s: they count in the whole.
    on_the_whole: Sequence[str]


def keep_touches(activity: Activity, touches: Sequence[Touch], *, at: datetime) -> Kept:
    """Keep the touches that were not kept yet; sent again they change nothing."""
    if not touches:
        return Kept(refused=[], on_the_whole=[])
    slots = {slot.id for slot in activity.slots}
    rows = [
        {
            "key": touch.key,
            "activity_id": activity.id,
            "slot_id": touch.slot_id if touch.slot_id in slots else None,
            "visitor": touch.visitor,
            "amount": touch.amount,
            "touched_at": moment_of_touch(touch.touched_at, activity, at=at),
            "received_at": at,
        }
        # In one order whoever sends them: two telephones do not wait for each other.
        for touch in sorted(touches, key=lambda each: each.key)
    ]
    insert_new_rows(Tap, rows, key=("key",))
    elsewhere = db.session.scalars(
        select(Tap.key)
        .where(Tap.key.in_([touch.key for touch in touches]), Tap.activity_id != activity.id)
        .order_by(Tap.key)
    )
    return Kept(
        refused=list(elsewhere),
        on_the_whole=[
            touch.key
            for touch in touches
            if touch.slot_id is not None and touch.slot_id not in slots
        ],
    )


def take_back(activity: Activity, key: str, *, at: datetime) -> None:
    """Take one touch of this activity back by the opposite touch; taken back already, it stays so."""
    touch = find_touch(activity, key)
    if touch is None:
        return
    opposite = Touch(
        key=key_of_undoing(key),
        visitor=touch.visitor,
        amount=-touch.amount,
        slot_id=touch.slot_id,
    )
    keep_touches(activity, [opposite], at=at)
