"""What a declaration holds, in words; and, of two people who write at once, what the other wrote."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fete.core.clock import to_paris
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.templating import hour, short_day
from fete.programme.models import Activity, Booking, Mode, Slot, SlotAudience, Venue
from fete.programme.rules import FIELD_NAMES, FIELDS, TERM_LISTS, Gap, Part, PlannedSlot, terms_of
from fete.vocabulary.models import Term

MODES = {
    Mode.ON_SITE: lazy_gettext("sur place"),
    Mode.ONLINE: lazy_gettext("en ligne"),
    Mode.BOTH: lazy_gettext("sur place et en ligne"),
}
BOOKINGS = {
    Booking.NONE: lazy_gettext("sans réservation"),
    Booking.RECOMMENDED: lazy_gettext("réservation conseillée"),
    Booking.REQUIRED: lazy_gettext("réservation obligatoire"),
}
# Whom a slot is for, when it is not for whomever the activity welcomes.
AUDIENCES = {
    SlotAudience.PUBLIC: lazy_gettext("grand public"),
    SlotAudience.SCHOOLS: lazy_gettext("groupes scolaires"),
}

PART_NAMES = {
    Part.WHAT: lazy_gettext("Quoi"),
    Part.WHOM: lazy_gettext("Pour qui"),
    Part.WHERE: lazy_gettext("Où"),
    Part.WHEN: lazy_gettext("Quand"),
    Part.HOW: lazy_gettext("Comment venir"),
    Part.ACCESS: lazy_gettext("Accessibilité"),
    Part.MEANS: lazy_gettext("Moyens"),
}
# Where several controls make the field: the one that is always there.
_LEADS = {"slots": "slots-0-day", "venue": "venue_name"}
# Fields of several buttons or boxes: a link leads to the first of them.
_CHOICES = frozenset(
    {"themes", "matches_edition_theme", "welcome", "audiences", "levels", "accessibility_known"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A field where what stands is not what was typed: both in words."""

    name: str
    theirs: str
    mine: str


def stamp(activity: Activity, part: Part) -> str:
    """Return what a form keeps of the part it shows: the version, and the fingerprint of its words."""
    said = "\x1f".join(words(_held(activity, name)) for name in FIELDS[part])
    return f"{activity.version}.{hashlib.blake2b(said.encode(), digest_size=8).hexdigest()}"


def anchor(gap: Gap) -> str:
    """Return where on its page the field is that something is missing from."""
    if gap.field in _LEADS:
        return _LEADS[gap.field]
    return f"{gap.field}-0" if gap.field in _CHOICES else gap.field


def is_stale(activity: Activity, part: Part, seen: str) -> bool:
    """Whether somebody changed this part since the form was shown; a change of another part is no matter."""
    version, _dot, _print = seen.partition(".")
    if version == str(activity.version):
        return False
    return seen != "" and seen.partition(".")[2] != stamp(activity, part).partition(".")[2]


def differences(activity: Activity, typed: Mapping[str, Any]) -> list[Difference]:
    """Return the fields where what was typed is not what the activity holds now."""
    found = []
    for name, value in typed.items():
        theirs, mine = words(_held(activity, name)), words(value)
        if theirs != mine:
            found.append(
                Difference(
                    name=str(FIELD_NAMES[name]),
                    theirs=theirs or _("(vide)"),
                    mine=mine or _("(vide)"),
                )
            )
    return found


def in_words(activity: Activity, part: Part) -> list[tuple[str, str]]:
    """Return the fields of a part that hold something, each with its name."""
    said = [(str(FIELD_NAMES[name]), words(_held(activity, name))) for name in FIELDS[part]]
    return [(name, text) for name, text in said if text]


def words(value: Any) -> str:  # noqa: ANN401  # any field's value
    """Return what a field holds, as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("oui") if value else _("non"))
    if isinstance(value, Mode):
        return str(MODES[value])
    if isinstance(value, Booking):
        return str(BOOKINGS[value])
    if isinstance(value, Term):
        return value.label
    if isinstance(value, Activity):
        return value.title
    if isinstance(value, Venue):
        return ", ".join(filter(None, (value.name, value.address, value.commune.name)))
    if isinstance(value, Slot | PlannedSlot):
        return _slot_in_words(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(words(each) for each in value)
    return str(value)


def _held(activity: Activity, name: str) -> Any:  # noqa: ANN401
    if name in TERM_LISTS:
        return terms_of(activity, name)
    if name == "slots":
        return _in_order(activity.slots)
    return getattr(activity, name)


def _in_order(slots: Sequence[Slot]) -> list[Slot]:
    return sorted(slots, key=lambda slot: slot.starts_at)


def _slot_in_words(slot: Slot | PlannedSlot) -> str:
    said: str = _(
        "%(day)s de %(start)s à %(end)s",
        day=short_day(to_paris(slot.starts_at).date()),
        start=hour(slot.starts_at),
        end=hour(slot.ends_at),
    )
    also = _beside(slot)
    return f"{said} ({', '.join(also)})" if also else said


def _beside(slot: Slot | PlannedSlot) -> list[str]:
    """Return what a slot says beside its time."""
    also = []
    if slot.capacity is not None:
        also.append(_("places : %(capacity)s", capacity=slot.capacity))
    if slot.classes is not None:
        also.append(_("classes : %(classes)s", classes=slot.classes))
    if slot.audience in AUDIENCES:
        also.append(AUDIENCES[slot.audience])
    if slot.is_opening:
        also.append(_("horaires d’ouverture"))
    if slot.venue is not None:
        also.append(f"{slot.venue.name}, {slot.venue.commune.name}")
    return [str(each) for each in also]
