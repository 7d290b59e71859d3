"""What matters to who follows a slot, and when it is told; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from fete.core.clock import to_paris
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.text import fold_name
from fete.programme.models import Activity, Slot
from fete.programme.rules.catalogue import OFF
from fete.programme.rules.wording import time_in_full, words
from fete.programme.workflow import SlotState, Status

# Several changes of one activity make one letter: it is written once nobody changed it for that long.
QUIET = timedelta(minutes=10)
# What is cancelled and begins sooner than that is told at once.
SOON = timedelta(hours=24)
# From when on, on the clocks of Paris, newly published activities are told, once a day.
MORNING = time(7)
# An act is dated when it begins: it may be kept a little later.
LATE = timedelta(minutes=1)


class Change(StrEnum):
    """What became of a slot, as far as it matters to who wants to be there."""

    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    BACK = "back"
    TIME = "time"
    ONLINE = "online"
    PLACE = "place"
    FULL = "full"
    FREE = "free"


# How a letter is called that tells one of these about one activity.
SUBJECTS = {
    Change.WITHDRAWN: lazy_gettext("Retiré du programme : %(title)s"),
    Change.CANCELLED: lazy_gettext("Annulé : %(title)s"),
    Change.POSTPONED: lazy_gettext("Reporté : %(title)s"),
    Change.BACK: lazy_gettext("Aura bien lieu : %(title)s"),
    Change.TIME: lazy_gettext("Nouvel horaire : %(title)s"),
    Change.ONLINE: lazy_gettext("En ligne : %(title)s"),
    Change.PLACE: lazy_gettext("Nouveau lieu : %(title)s"),
    Change.FULL: lazy_gettext("Complet : %(title)s"),
    Change.FREE: lazy_gettext("Il y a de nouveau de la place : %(title)s"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A slot of an activity as one may know it; no place is online."""

    starts_at: datetime
    ends_at: datetime
    place: str
    state: SlotState
    is_shown: bool = True


def standing_of(activity: Activity, slot: Slot) -> Standing:
    """Return a slot as the public sees it now: its own activity's, or a stand's that keeps its hours."""
    return Standing(
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        place=words(activity.destinations_at([slot])),
        state=slot.state,
        is_shown=activity.status is Status.PUBLISHED,
    )


def changes(before: Standing, after: Standing) -> list[Change]:
    """Return what is to be told to who knows a slot as it was, in the order in which it is told."""
    if not after.is_shown:
        knows = not before.is_shown or before.state is SlotState.CANCELLED
        return [] if knows else [Change.WITHDRAWN]
    if after.state in OFF:
        is_known = before.is_shown or after.state is SlotState.CANCELLED
        return [] if is_known and before.state is after.state else [Change(after.state.value)]
    found = []
    if before.state in OFF or not before.is_shown:
        found.append(Change.BACK)
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
        found.append(Change.TIME)
    if fold_name(before.place) != fold_name(after.place):
        found.append(Change.PLACE if after.place else Change.ONLINE)
    if after.state is SlotState.FULL and before.state is not SlotState.FULL:
        found.append(Change.FULL)
    if before.state is SlotState.FULL and after.state is not SlotState.FULL:
        found.append(Change.FREE)
    return found


def in_words(change: Change, after: Standing) -> str:
    """Return one change as a letter says it, after the day and hour that its reader knew."""
    sentences = {
        Change.WITHDRAWN: lazy_gettext("n’est plus au programme."),
        Change.CANCELLED: lazy_gettext("annulé."),
        Change.POSTPONED: lazy_gettext("reporté, à une date qui n’est pas encore connue."),
        Change.BACK: lazy_gettext("aura bien lieu."),
        Change.ONLINE: lazy_gettext("se tient désormais en ligne."),
        Change.FULL: lazy_gettext("complet."),
        Change.FREE: lazy_gettext("il y a de nouveau de la place."),
    }
    if change is Change.TIME:
        return str(_("nouvel horaire : %(time)s.", time=time_in_full(after)))
    if change is Change.PLACE:
        return str(_("nouveau lieu : %(place)s.", place=after.place))
    return str(sentences[change])


def next_time(activity: Activity, *, at: datetime) -> str:
    """Return when and where an activity is held next, as far as it takes place; nothing when it does no more."""
    coming = [slot for slot in activity.times if slot.ends_at > at and slot.state not in OFF]
    if not coming:
        return ""
    standing = standing_of(activity, min(coming, key=lambda slot: slot.starts_at))
    return f"{time_in_full(standing)} — {standing.place or _('en ligne')}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A slot of an activity that somebody knows otherwise: when it begins, how it stands, when it last changed."""

    activity_id: int
    starts_at: datetime
    is_off: bool
    changed_at: datetime


def due(pending: Iterable[Pending], *, at: datetime) -> set[int]:
    """Return the activities whose changes are told now: nobody touched them for a while, or it is urgent."""
    of_each: dict[int, list[Pending]] = {}
    for each in pending:
        of_each.setdefault(each.activity_id, []).append(each)
    return {number for number, slots in of_each.items() if _is_due(slots, at)}


def _is_due(slots: Sequence[Pending], at: datetime) -> bool:
    is_quiet = max(slot.changed_at for slot in slots) <= at - QUIET
    return is_quiet or any(slot.is_off and at < slot.starts_at < at + SOON for slot in slots)


def news_due_since(at: datetime) -> datetime | None:
    """Return since when nobody may have had the news of the day; nothing before the morning."""
    here = to_paris(at)
    return None if here.time() < MORNING else here.replace(hour=0, minute=0, second=0)
