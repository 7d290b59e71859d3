"""Letters about what becomes of an activity and of its slots."""

from datetime import datetime

from fete.accounts.models import User
from fete.core.i18n import lazy_gettext
from fete.programme.mails.addressing import (
    to_both,
    to_members,
)
from fete.programme.models import Activity, Slot
from fete.programme.policies import organises
from fete.programme.rules.wording import time_in_full
from fete.programme.workflow import SlotState

# How a letter names what became of a slot.
SLOT_WORDS = {
    SlotState.SCHEDULED: lazy_gettext("prévu"),
    SlotState.RESCHEDULED: lazy_gettext("horaire changé"),
    SlotState.MOVED_ONLINE: lazy_gettext("en ligne"),
    SlotState.POSTPONED: lazy_gettext("reporté"),
    SlotState.FULL: lazy_gettext("complet"),
    SlotState.CANCELLED: lazy_gettext("annulé"),
}


def tell_of_cancellation(activity: Activity, *, by: User, at: datetime, reason: str) -> None:
    """Tell the members, and the coordination unless it did it, that the activity will not take place."""
    to_both("programme/cancelled", activity, at=at, by=by, reason=reason, slot=None)


def tell_of_reinstatement(activity: Activity, *, by: User, at: datetime) -> None:
    """Tell the members, and the coordination unless it did it, that the activity will take place after all."""
    to_both("programme/reinstated", activity, at=at, by=by, slot=None)


def tell_of_slot(slot: Slot, *, before: SlotState, by: User, at: datetime) -> None:
    """Tell of a slot cancelled or taken back; of another change, only the members when others made it."""
    activity = slot.activity
    if slot.state is SlotState.CANCELLED:
        to_both("programme/cancelled", activity, at=at, by=by, reason=slot.note, slot=slot)
    elif before is SlotState.CANCELLED and slot.state is SlotState.SCHEDULED:
        to_both("programme/reinstated", activity, at=at, by=by, slot=slot)
    elif not organises(by, activity):
        _tell_members_of_slot(activity, slot, by=by, at=at)


def tell_of_inherited_slot(
    activity: Activity, slot: Slot, *, before: SlotState, by: User, at: datetime
) -> None:
    """Tell the members of a stand what becomes of a slot of its container, when it keeps the container's hours."""
    if slot.state is SlotState.CANCELLED:
        to_members("programme/cancelled", activity, at=at, by=by, reason=slot.note, slot=slot)
    elif before is SlotState.CANCELLED and slot.state is SlotState.SCHEDULED:
        to_members("programme/reinstated", activity, at=at, by=by, slot=slot)
    else:
        _tell_members_of_slot(activity, slot, by=by, at=at)


def _tell_members_of_slot(activity: Activity, slot: Slot, *, by: User, at: datetime) -> None:
    to_members(
        "programme/slot_changed",
        activity,
        at=at,
        by=by,
        reason=slot.note,
        slot=slot,
        slot_word=SLOT_WORDS[slot.state],
    )


def tell_of_inherited_cancellation(
    activity: Activity, *, by: User, at: datetime, reason: str
) -> None:
    """Tell the members of a stand that its container, whose hours it keeps, will not take place."""
    to_members("programme/cancelled", activity, at=at, by=by, reason=reason, slot=None)


def tell_of_inherited_reinstatement(activity: Activity, *, by: User, at: datetime) -> None:
    """Tell the members of a stand that its container, whose hours it keeps, will take place after all."""
    to_members("programme/reinstated", activity, at=at, by=by, slot=None)


def time_of(slot: Slot) -> str:
    """Return when a slot is, and where when it says so: « samedi 3 octobre 2026, de 10 h à 12 h, Halle »."""
    words = time_in_full(slot)
    return f"{words}, {slot.venue.name}" if slot.venue is not None else words
