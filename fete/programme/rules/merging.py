"""Two entries of one structure or place: which may be the same, what the one that stays takes from the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from fete.core.i18n import lazy_gettext
from fete.core.text import fold_name
from fete.network.models import Organisation
from fete.network.rules import FIELD_NAMES, Likeness, near_names
from fete.programme.models import Merge, Merged, Venue

# For how long a merge can be undone.
UNDO_WITHIN = timedelta(hours=24)

# The columns that the one that stays takes from the other where its own are empty, each with its name.
FILLED = {
    Merged.ORGANISATION: {
        "acronym": FIELD_NAMES["acronym"],
        "family_id": FIELD_NAMES["family"],
        "legal_status_id": FIELD_NAMES["legal_status"],
        "siret": FIELD_NAMES["siret"],
        "rna": FIELD_NAMES["rna"],
        "commune_code": FIELD_NAMES["commune_code"],
        "address": FIELD_NAMES["address"],
        "email": FIELD_NAMES["email"],
        "phone": FIELD_NAMES["phone"],
        "website": FIELD_NAMES["website"],
        "description": FIELD_NAMES["description"],
    },
    Merged.VENUE: {
        "address": lazy_gettext("Adresse"),
        "latitude": lazy_gettext("Latitude"),
        "longitude": lazy_gettext("Longitude"),
    },
}
# Numbers that only one structure may bear.
IDENTIFIERS = ("siret", "rna")
# What is true of a place: it says nothing of another commune's.
_OF_THE_PLACE = frozenset({"address", "latitude", "longitude"})

Entry = Organisation | Venue


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A merge with the two entries as they stand now."""

    merge: Merge
    survivor: Entry | None
    gone: Entry | None


class Why(StrEnum):
    """Why two places may be the same."""

    NAME = "name"
    ADDRESS = "address"


@dataclass(frozen=True, kw_only=True, slots=True)
class VenuePair:
    """Two places that may be the same, and why."""

    one: Venue
    other: Venue
    why: Why


def venue_pairs(venues: Sequence[Venue]) -> list[VenuePair]:
    """Return the places of one commune that have near names, then those that have the same address, in the order given."""
    groups: dict[str, list[Venue]] = {}
    for venue in venues:
        groups.setdefault(venue.commune_code, []).append(venue)
    by_name: list[VenuePair] = []
    by_address: list[VenuePair] = []
    for group in groups.values():
        near = set(near_names([Likeness(name=venue.name) for venue in group]))
        by_name += [_pair(group, pair, Why.NAME) for pair in sorted(near)]
        by_address += [
            _pair(group, pair, Why.ADDRESS) for pair in _neighbours(group) if pair not in near
        ]
    return by_name + by_address


def _pair(group: Sequence[Venue], pair: tuple[int, int], why: Why) -> VenuePair:
    return VenuePair(one=group[pair[0]], other=group[pair[1]], why=why)


def _neighbours(group: Sequence[Venue]) -> list[tuple[int, int]]:
    """Return the ranks of those that have the same address, two by two."""
    addresses: dict[str, list[int]] = {}
    for rank, venue in enumerate(group):
        if address := fold_name(venue.address):
            addresses.setdefault(address, []).append(rank)
    return sorted(pair for ranks in addresses.values() for pair in combinations(ranks, 2))


def kind_of(entry: Entry) -> Merged:
    """Return what an entry is one of."""
    return Merged.ORGANISATION if isinstance(entry, Organisation) else Merged.VENUE


def taken_over(survivor: Entry, gone: Entry) -> dict[str, object]:
    """Return, by column, what the one that stays takes from the other: only where it says nothing itself."""
    same_town = survivor.commune_code in {None, gone.commune_code}
    return {
        name: getattr(gone, name)
        for name in FILLED[kind_of(survivor)]
        if getattr(survivor, name) in {None, ""}
        and getattr(gone, name) not in {None, ""}
        and (same_town or name not in _OF_THE_PLACE)
    }


def departement_of(entry: Entry) -> str | None:
    """Return the code of the département whose coordination may merge it."""
    return entry.commune.departement_code if entry.commune is not None else None


def can_be_undone(merge: Merge, at: datetime) -> bool:
    """Whether a merge can still be undone: within a day, and once."""
    return merge.undone_at is None and at - merge.at <= UNDO_WITHIN
