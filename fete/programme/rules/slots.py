"""The rules of slots, pure: when they begin and end by the clocks of Paris, which cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from fete.core import clock
from fete.core.i18n import gettext as _
from fete.programme.models import Edition

LONGEST_SLOT = timedelta(hours=24)
MOST_PEOPLE = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedSlot:
    """A slot as somebody wishes it: `id` names the one that stands already; capacity in people.

    A new one is known in calendars under `uid`, drawn when it is left empty.
    """

    starts_at: datetime
    ends_at: datetime
    capacity: int | None = None
    id: int | None = None
    uid: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotFault:
    """Why a slot cannot be: its number in the list from 0, the field, the sentence."""

    number: int
    field: str
    message: str


def start_of(day: date, starts: time) -> datetime:
    """Return when a slot starts; raise `NoSuchTimeError` for the hour that the clocks of Paris skip."""
    return clock.from_paris(day, starts)


def end_of(day: date, starts: time, ends: time) -> datetime:
    """Return when a slot of that day ends: an end before the start is on the next day.

    Raise `NoSuchTimeError` as `start_of` does.
    """
    return clock.from_paris(day + timedelta(days=1) if ends < starts else day, ends)


def same_time(one: datetime, other: datetime) -> bool:
    """Whether the clocks of Paris show the same day and hour: the hour repeated in autumn is one."""
    return clock.to_paris(one).replace(tzinfo=None, fold=0) == clock.to_paris(other).replace(
        tzinfo=None, fold=0
    )


def slot_faults(slots: Sequence[PlannedSlot], edition: Edition | None = None) -> list[SlotFault]:
    """Return what is wrong with the slots of one activity, in their order; nothing when all can be."""
    found = [fault for number, slot in enumerate(slots) for fault in _own_faults(number, slot)]
    if edition is not None:
        found += [
            SlotFault(
                number=number,
                field="day",
                message=_("Cette date n’est pas en %(year)s.", year=edition.year),
            )
            for number, slot in enumerate(slots)
            if clock.to_paris(slot.starts_at).year != edition.year
        ]
    if not found:
        found = _overlaps(slots)
    return sorted(found, key=lambda fault: fault.number)


def _own_faults(number: int, slot: PlannedSlot) -> list[SlotFault]:
    found = []
    if slot.ends_at <= slot.starts_at:
        found.append(("ends", _("La fin doit venir après le début.")))
    elif _shown_length(slot) > LONGEST_SLOT:
        found.append(("ends", _("Un créneau dure 24 heures au plus : faites-en plusieurs.")))
    if slot.capacity is not None and not 0 < slot.capacity <= MOST_PEOPLE:
        found.append(
            (
                "capacity",
                _("Le nombre de places va de 1 à un million ; laissez vide s’il n’est pas limité."),
            )
        )
    return [SlotFault(number=number, field=field, message=message) for field, message in found]


def _shown_length(slot: PlannedSlot) -> timedelta:
    # By the clock on the wall: the night of October that lasts an hour more breaks no rule.
    return clock.to_paris(slot.ends_at).replace(tzinfo=None) - clock.to_paris(
        slot.starts_at
    ).replace(tzinfo=None)


def _overlaps(slots: Sequence[PlannedSlot]) -> list[SlotFault]:
    ordered = sorted(enumerate(slots), key=lambda each: (each[1].starts_at, each[0]))
    found = []
    latest = ordered[0][1] if ordered else None
    for (_before, _slot), (number, slot) in pairwise(ordered):
        if latest is not None and slot.starts_at < latest.ends_at:
            start = clock.to_paris(latest.starts_at)
            message = _(
                "Ce créneau chevauche celui du %(day)s à %(hour)s.",
                day=f"{start:%d/%m/%Y}",
                hour=f"{start:%H:%M}",
            )
            found.append(SlotFault(number=number, field="starts", message=message))
        if latest is None or slot.ends_at > latest.ends_at:
            latest = slot
    return found
