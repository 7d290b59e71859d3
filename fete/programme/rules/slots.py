"""The rules of slots, pure: when they begin and end by the clocks of Paris, whom they welcome, which cannot be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from fete.core import clock
from fete.core.i18n import gettext as _
from fete.programme.models import Activity, Edition, Slot, SlotAudience, Venue

LONGEST_SLOT = timedelta(hours=24)
MOST_PEOPLE = 1_000_000
MOST_CLASSES = 100
# As many as OpenAgenda takes for one event.
MOST_SLOTS = 800


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedSlot:
    """A slot as somebody wishes it: `id` names the one that stands already; capacity in people, and in classes.

    A new one is known in calendars under `uid`, drawn when it is left empty. Without a `venue` it is held where its
    activity is.
    """

    starts_at: datetime
    ends_at: datetime
    capacity: int | None = None
    classes: int | None = None
    audience: SlotAudience = SlotAudience.ALL
    is_opening: bool = False
    venue: Venue | None = None
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


def planned_of(slot: Slot) -> PlannedSlot:
    """Return a slot that stands as somebody would wish it again."""
    return PlannedSlot(
        id=slot.id,
        uid=slot.uid,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=slot.capacity,
        classes=slot.classes,
        audience=slot.audience,
        is_opening=slot.is_opening,
        venue=slot.venue,
    )


def usual_audience(activity: Activity) -> SlotAudience:
    """Return whom a new slot is for, unless somebody says otherwise: whomever the activity welcomes."""
    only_schools = activity.for_schools and not activity.for_public
    return SlotAudience.SCHOOLS if only_schools else SlotAudience.ALL


def slot_faults(
    slots: Sequence[PlannedSlot], edition: Edition | None = None, *, held: Activity | None = None
) -> list[SlotFault]:
    """Return what is wrong with the slots of one activity, in their order; nothing when all can be.

    With the activity they are `held` in, those whom it does not welcome and places that are none of its own too.
    """
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
    if held is not None:
        found += [
            fault for number, slot in enumerate(slots) for fault in _held_faults(number, slot, held)
        ]
    if len(slots) > MOST_SLOTS:
        message = _("Une activité a %(most)s créneaux au plus.", most=MOST_SLOTS)
        found.append(SlotFault(number=MOST_SLOTS, field="day", message=message))
    if not found:
        found = _overlaps(slots, held.grounds if held is not None else ())
    return sorted(found, key=lambda fault: fault.number)


def strangers(activity: Activity) -> list[Slot]:
    """Return the slots for people whom the activity does not welcome: it changed its mind since."""
    return [slot for slot in activity.slots if _audience_fault(slot.audience, activity)]


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
    if slot.classes is not None and not 0 < slot.classes <= MOST_CLASSES:
        found.append(
            (
                "classes",
                _("Le nombre de classes va de 1 à 100 ; laissez vide s’il n’est pas limité."),
            )
        )
    elif slot.classes is not None and slot.audience is SlotAudience.PUBLIC:
        found.append(
            (
                "classes",
                _("Ce créneau est pour le grand public : laissez vide le nombre de classes."),
            )
        )
    return [SlotFault(number=number, field=field, message=message) for field, message in found]


def _held_faults(number: int, slot: PlannedSlot, activity: Activity) -> list[SlotFault]:
    found = []
    if message := _audience_fault(slot.audience, activity):
        found.append(("audience", message))
    elif slot.classes is not None and activity.for_public and not activity.for_schools:
        found.append(("classes", _no_schools()))
    if slot.venue is not None and slot.venue not in activity.places_to_name:
        found.append(
            ("venue", _("Ce lieu n’est pas un des lieux de l’activité : choisissez-en un autre."))
        )
    return [SlotFault(number=number, field=field, message=text) for field, text in found]


def _audience_fault(audience: SlotAudience, activity: Activity) -> str:
    """Return why the activity welcomes nobody of these; nothing as long as it has not said whom it welcomes."""
    if audience is SlotAudience.SCHOOLS and activity.for_public and not activity.for_schools:
        return _no_schools()
    if audience is SlotAudience.PUBLIC and activity.for_schools and not activity.for_public:
        return str(
            _(
                "Cette activité est réservée aux groupes scolaires : choisissez un autre public, ou ouvrez-la à tout le monde dans « Pour qui »."
            )
        )
    return ""


def _no_schools() -> str:
    return str(
        _(
            "Cette activité n’est pas ouverte aux groupes scolaires : choisissez un autre public, ou ouvrez-la d’abord aux classes dans « Pour qui »."
        )
    )


def _shown_length(slot: PlannedSlot) -> timedelta:
    # By the clock on the wall: the night of October that lasts an hour more breaks no rule.
    return clock.to_paris(slot.ends_at).replace(tzinfo=None) - clock.to_paris(
        slot.starts_at
    ).replace(tzinfo=None)


def _overlaps(slots: Sequence[PlannedSlot], grounds: Iterable[Venue]) -> list[SlotFault]:
    """Return the slots that begin at a place before another has ended there, whomever they are for.

    One that names no place is held on all the grounds; two at different places may be at the same time.
    """
    everywhere = (None, *grounds)
    at: dict[Venue | None, list[tuple[int, PlannedSlot]]] = {}
    for number, slot in enumerate(slots):
        for place in (slot.venue,) if slot.venue is not None else everywhere:
            at.setdefault(place, []).append((number, slot))
    found: dict[int, SlotFault] = {}
    for there in at.values():
        for fault in _overlaps_at(there):
            found.setdefault(fault.number, fault)
    return list(found.values())


def _overlaps_at(slots: Iterable[tuple[int, PlannedSlot]]) -> list[SlotFault]:
    ordered = sorted(slots, key=lambda each: (each[1].starts_at, each[0]))
    found = []
    latest = ordered[0][1]
    for (_before, _slot), (number, slot) in pairwise(ordered):
        if slot.starts_at < latest.ends_at:
            start = clock.to_paris(latest.starts_at)
            message = _(
                "Ce créneau chevauche celui du %(day)s à %(hour)s.",
                day=f"{start:%d/%m/%Y}",
                hour=f"{start:%H:%M}",
            )
            found.append(SlotFault(number=number, field="starts", message=message))
        if slot.ends_at > latest.ends_at:
            latest = slot
    return found
