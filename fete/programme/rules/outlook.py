"""What whoever would come to an activity must know first, pure: it is called off, put off, over, online or full."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fete.programme.models import Activity, Slot
from fete.programme.rules.catalogue import OFF
from fete.programme.workflow import SlotState


class Outlook(StrEnum):
    """What keeps people from coming as they thought that they would."""

    CANCELLED = "cancelled"
    WAS_CANCELLED = "was_cancelled"
    # What was held already stays so: only the rest is cancelled.
    REST_CANCELLED = "rest_cancelled"
    POSTPONED = "postponed"
    WAS_POSTPONED = "was_postponed"
    OVER = "over"
    ONLINE = "online"
    FULL = "full"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where an activity stands: its outlook unless one may just come, and the last of its times that was held."""

    outlook: Outlook | None
    last: Slot | None


def standing_of(activity: Activity, at: datetime) -> Standing:
    """Return where an activity stands: a time that was called off is no time at which it was held."""
    coming = [slot for slot in activity.times if slot.ends_at > at]
    held = [slot for slot in activity.times if slot.ends_at <= at and slot.state not in OFF]
    last = held[-1] if held else None
    if not activity.times:
        return Standing(outlook=None, last=None)
    if not coming:
        return Standing(outlook=_past(activity, is_held=bool(held)), last=last)
    return Standing(outlook=_coming(activity, coming), last=last)


def _past(activity: Activity, *, is_held: bool) -> Outlook:
    if is_held:
        return Outlook.OVER
    return Outlook.WAS_CANCELLED if activity.is_cancelled else Outlook.WAS_POSTPONED


def _coming(activity: Activity, coming: Sequence[Slot]) -> Outlook | None:
    states = {slot.state for slot in coming}
    if activity.is_cancelled:
        return Outlook.CANCELLED
    if states <= OFF:
        return Outlook.POSTPONED if SlotState.POSTPONED in states else Outlook.REST_CANCELLED
    if states - OFF == {SlotState.FULL}:
        return Outlook.FULL
    return Outlook.ONLINE if states - OFF == {SlotState.MOVED_ONLINE} else None
