"""What a field of an activity holds, in the words that a person reads."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from fete.core.clock import to_paris
from fete.core.i18n import gettext as _, lazy_gettext, spaced
from fete.core.templating import day, hour, short_day
from fete.programme.models import Activity, Booking, Mode, Slot, SlotAudience, Venue
from fete.programme.rules.slots import PlannedSlot
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
SLOT_AUDIENCES = {
    SlotAudience.ALL: lazy_gettext("tout le monde et les groupes scolaires"),
    SlotAudience.PUBLIC: lazy_gettext("tout le monde, sans groupe scolaire"),
    SlotAudience.SCHOOLS: lazy_gettext("les groupes scolaires seulement"),
}
# Whom a slot is for, when it is not for whomever the activity welcomes.
_FOR_SOME = {
    SlotAudience.PUBLIC: lazy_gettext("grand public"),
    SlotAudience.SCHOOLS: lazy_gettext("groupes scolaires"),
}


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
    if isinstance(value, SlotAudience):
        return str(SLOT_AUDIENCES[value])
    if isinstance(value, Term):
        return value.label
    if isinstance(value, Activity):
        return value.title
    if isinstance(value, Venue):
        return ", ".join(filter(None, (value.name, value.address, value.commune.name)))
    if isinstance(value, Slot | PlannedSlot):
        return _slot_in_words(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        said = [words(each) for each in value]
        # Where one of them holds a comma, a comma no longer tells them apart.
        return (f"{spaced(';')} " if any("," in each for each in said) else ", ").join(said)
    return str(value)


def _slot_in_words(slot: Slot | PlannedSlot) -> str:
    said, also = times_in_words(slot), _beside(slot)
    return f"{said} ({', '.join(also)})" if also else said


def times_in_words(slot: Slot | PlannedSlot) -> str:
    """Return the day and the hours of a slot: « sam. 3 oct. de 10 h à 12 h »."""
    return str(
        _(
            "%(day)s de %(start)s à %(end)s",
            day=short_day(to_paris(slot.starts_at).date()),
            start=hour(slot.starts_at),
            end=hour(slot.ends_at),
        )
    )


class Held(Protocol):
    """What is held from one instant to another."""

    @property
    def starts_at(self) -> datetime:
        """When it begins."""

    @property
    def ends_at(self) -> datetime:
        """When it ends."""


def time_in_full(held: Held) -> str:
    """Return when it is: « samedi 3 octobre 2026, de 10 h à 12 h »; with its last day when that is another."""
    starts, ends = held.starts_at, held.ends_at
    if to_paris(ends - timedelta(microseconds=1)).date() == to_paris(starts).date():
        return str(
            _(
                "%(day)s, de %(start)s à %(end)s",
                day=day(starts),
                start=hour(starts),
                end=hour(ends),
            )
        )
    return str(
        _(
            "du %(first)s à %(start)s au %(last)s à %(end)s",
            first=day(starts),
            start=hour(starts),
            last=day(ends),
            end=hour(ends),
        )
    )


def _beside(slot: Slot | PlannedSlot) -> list[str]:
    """Return what a slot says beside its time."""
    also = []
    if slot.capacity is not None:
        also.append(_("places : %(capacity)s", capacity=slot.capacity))
    if slot.classes is not None:
        also.append(_("classes : %(classes)s", classes=slot.classes))
    if slot.audience in _FOR_SOME:
        also.append(_FOR_SOME[slot.audience])
    if slot.is_opening:
        also.append(_("horaires d’ouverture"))
    if slot.venue is not None:
        also.append(f"{slot.venue.name}, {slot.venue.commune.name}")
    return [str(each) for each in also]
