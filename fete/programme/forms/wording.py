"""What a declaration holds, in words; and, of two people who write at once, what the other wrote."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fete.core.i18n import gettext as _, lazy_gettext
from fete.programme.models import Activity, Slot
from fete.programme.rules import (
    FIELD_NAMES,
    FIELDS,
    TERM_LISTS,
    Gap,
    Part,
    asked_of,
    part_of,
    terms_of,
)
from fete.programme.rules.wording import words

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
_LEADS = {
    "slots": "slots-0-day",
    "venue": "venue_name",
    "for_public": "welcome-0",
    "for_schools": "welcome-0",
}
# Fields of several buttons or boxes: a link leads to the first of them.
_CHOICES = frozenset(
    {
        *("themes", "matches_edition_theme", "welcome", "audiences", "levels", "mode"),
        *("booking", "accessibility_known", "accessibility"),
    }
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
    return place_of(gap.field)


def place_of(field: str) -> str:
    """Return where on the page of its part a field is."""
    if field in _LEADS:
        return _LEADS[field]
    return f"{field}-0" if field in _CHOICES else field


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A field that the coordination asks to complete: what it is called, the part and the place where it is."""

    name: str
    part: Part
    anchor: str


def asked_points(activity: Activity, part: Part | None = None) -> list[Point]:
    """Return the fields that the coordination asks to complete, of one part or of all, while it waits for them."""
    return [
        Point(name=str(FIELD_NAMES[field]), part=part_of(field), anchor=place_of(field))
        for field in asked_of(activity)
        if part in {None, part_of(field)}
    ]


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
    said = [
        (str(FIELD_NAMES[name]), words(_held(activity, name)))
        for name in FIELDS[part]
        # What nobody confirmed yet is not said to be untrue.
        if name != "is_free" or activity.is_free
    ]
    return [(name, text) for name, text in said if text]


def _held(activity: Activity, name: str) -> Any:  # noqa: ANN401
    if name in TERM_LISTS:
        return terms_of(activity, name)
    if name == "slots":
        return _in_order(activity.slots)
    return getattr(activity, name)


def _in_order(slots: Sequence[Slot]) -> list[Slot]:
    return sorted(slots, key=lambda slot: slot.starts_at)
