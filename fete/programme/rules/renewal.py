"""The rules of renewing, pure: where last year's slots fall in the new edition, what must be read again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from fete.core import clock
from fete.programme.models import Activity, Edition, Slot
from fete.programme.rules.declaring import TERM_LISTS, terms_of
from fete.programme.workflow import SlotState, Status

_WEEK = 7
# What an edition that took it in says of an activity: these are offered first.
_HELD = frozenset({Status.PUBLISHED, Status.LABELLED})
# What is taken over as it stands; each of them is read again when it holds something.
_READ_AGAIN = (
    "description",
    "scientific_referent",
    "partners",
    "parent",
    "venue",
    "slots",
    "booking_phone",
    "booking_email",
    "booking_link",
)
# What may speak of the year that is over: « Exposition 2025 ».
_DATED = ("title", "standfirst", "access_note", "conditions")


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """The official days of an edition, both included."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A slot of an earlier edition and where it falls in the new one: nowhere when there is no room left."""

    slot: Slot
    starts_at: datetime | None
    ends_at: datetime | None


def window_days(edition: Edition) -> Window:
    """Return the official days of an edition."""
    return Window(first=edition.starts_on, last=edition.ends_on)


def moved_day(day: date, old: Window, new: Window) -> date:
    """Return the day of the new window that stands for a day of the old one.

    The same weekday, of the same rank: the second Friday stays the second Friday. Where the new window has fewer of
    them, its last; where it has none, the nearest of its days. A day before or after the window stays on its side of
    it, on its weekday, as far from it as it was.
    """
    if day < old.first:
        moved = _same_weekday(new.first + (day - old.first), day)
        return moved if moved < new.first else moved - timedelta(days=_WEEK)
    if day > old.last:
        moved = _same_weekday(new.last + (day - old.last), day)
        return moved if moved > new.last else moved + timedelta(days=_WEEK)
    rank = (day - _first(day.weekday(), old.first)).days // _WEEK
    moved = _first(day.weekday(), new.first) + timedelta(days=_WEEK * rank)
    while moved > new.last and moved - timedelta(days=_WEEK) >= new.first:
        moved -= timedelta(days=_WEEK)
    return min(moved, new.last)


def moved_times(
    starts_at: datetime, ends_at: datetime, old: Window, new: Window
) -> tuple[datetime, datetime]:
    """Return when a slot falls in the new window: the same hours on the clocks of Paris.

    An hour that these clocks skip that day is taken an hour later; the slot keeps its length when its end would
    otherwise come before its start.
    """
    start, end = clock.to_paris(starts_at), clock.to_paris(ends_at)
    day = moved_day(start.date(), old, new)
    moved_start = _instant(day, start.time())
    moved_end = _instant(day + (end.date() - start.date()), end.time())
    if moved_end <= moved_start:
        moved_end = moved_start + (ends_at - starts_at)
    return moved_start, moved_end


def moved_slots(activity: Activity, edition: Edition) -> list[Moved]:
    """Return the slots of an activity with where each falls in a later edition; the cancelled ones are left behind.

    Two slots that a shorter window would put at the same time do not both fit: the first stays, the other falls
    nowhere. Nor does one that would leave the year.
    """
    old, new = window_days(activity.edition), window_days(edition)
    found: list[Moved] = []
    for slot in activity.slots:
        if slot.state is SlotState.CANCELLED:
            continue
        starts_at, ends_at = moved_times(slot.starts_at, slot.ends_at, old, new)
        fits = clock.to_paris(starts_at).year == edition.year and not any(
            _collide(each, slot, starts_at, ends_at) for each in found
        )
        found.append(
            Moved(
                slot=slot, starts_at=starts_at if fits else None, ends_at=ends_at if fits else None
            )
        )
    return found


def renewed_content(activity: Activity) -> dict[str, Any]:
    """Return what a renewal takes over of an activity, its place, its container and its slots apart.

    Words retired from the lists are dropped. What only holds for one edition is asked anew: the commitment to be
    free, the answer to the theme, the link of an online event.
    """
    kind = activity.kind if activity.kind is not None and not activity.kind.is_retired else None
    words = {
        name: [term for term in terms_of(activity, name) if not term.is_retired]
        for name in TERM_LISTS
    }
    return {
        "kind": kind,
        **words,
        **{name: getattr(activity, name) for name in _TAKEN_OVER},
        "is_free": False,
        "matches_edition_theme": None,
        "online_link": "",
    }


_TAKEN_OVER = (
    "title",
    "standfirst",
    "description",
    "scientific_referent",
    "partners",
    "for_public",
    "for_schools",
    "age_min",
    "age_max",
    "mode",
    "access_note",
    "booking",
    "booking_phone",
    "booking_email",
    "booking_link",
    "conditions",
    "accessibility_known",
    "accessibility_note",
    "expected_researchers",
    "expected_mediators",
    "expected_volunteers",
    "expected_visitors",
)


def fields_to_confirm(source: Activity, edition: Edition) -> list[str]:
    """Return which fields somebody must read again before what was renewed may be deposited."""
    held = [name for name in _READ_AGAIN if getattr(source, name)]
    year = str(source.edition.year)
    dated = [name for name in _DATED if year in getattr(source, name)]
    theme = ["matches_edition_theme"] if edition.theme else []
    return [*dated, *held, *theme, "is_free"]


def was_held(activity: Activity) -> bool:
    """Whether its edition took it in: labelled or published."""
    return activity.status in _HELD


def in_offer_order(activities: Sequence[Activity]) -> list[Activity]:
    """Return activities as they are offered to renew: what was labelled or published first, then by date and title."""
    return sorted(
        activities,
        key=lambda each: (
            not was_held(each),
            not each.times,
            each.times[0].starts_at.timestamp() if each.times else 0,
            each.title,
            each.id,
        ),
    )


def _first(weekday: int, since: date) -> date:
    return since + timedelta(days=(weekday - since.weekday()) % _WEEK)


def _same_weekday(near: date, like: date) -> date:
    """Return the day nearest to `near` that is on the weekday of `like`."""
    ahead = (like.weekday() - near.weekday()) % _WEEK
    return near + timedelta(days=ahead if ahead <= _WEEK // 2 else ahead - _WEEK)


def _instant(day: date, hour: time) -> datetime:
    try:
        return clock.from_paris(day, hour.replace(fold=0))
    except clock.NoSuchTimeError:
        return clock.from_paris(day, hour.replace(hour=hour.hour + 1, fold=0))


def _collide(other: Moved, slot: Slot, starts_at: datetime, ends_at: datetime) -> bool:
    if other.starts_at is None or other.ends_at is None:
        return False
    together = starts_at < other.ends_at and other.starts_at < ends_at
    # Those that were held at the same time already, as in two places, may be again.
    before = slot.starts_at < other.slot.ends_at and other.slot.starts_at < slot.ends_at
    return together and not before
