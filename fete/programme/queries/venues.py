"""Find places."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from fete.core.db import db
from fete.core.text import fold_name
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.models import Activity, Venue
from fete.programme.queries.search import is_host
from fete.programme.rules import is_likely

# The commune's code, the name and the address as one compares them; without an address, any place of that name.
VenueKey = tuple[str, str, str]
MOST_OFFERED = 150


def find_venue(venue_id: int) -> Venue | None:
    """Return the place of this number; of one that was merged, the one that stands in its place."""
    found = db.session.get(Venue, venue_id)
    return (found.merged_into or found) if found is not None else None


def find_host(venue_id: int) -> Venue | None:
    """Return a place where something that the public may see is held; of one that was merged, the one in its place."""
    asked = select(Venue.merged_into_id).where(Venue.id == venue_id).scalar_subquery()
    return db.session.scalar(
        select(Venue).where(Venue.id == func.coalesce(asked, venue_id), is_host())
    )


def venues_in_place_of(numbers: Sequence[int]) -> dict[int, int]:
    """Return, of these places, those that were merged, each with the number of the one in its place."""
    statement = select(Venue.id, Venue.merged_into_id).where(
        Venue.id.in_(numbers), Venue.merged_into_id.is_not(None)
    )
    return {
        gone: survivor for gone, survivor in db.session.execute(statement) if survivor is not None
    }


def find_entry(venue_id: int) -> Venue | None:
    """Return a place as it was entered, merged or not."""
    return db.session.scalar(
        select(Venue).where(Venue.id == venue_id).options(joinedload(Venue.merged_into))
    )


def known_venues() -> dict[VenueKey, Venue]:
    """Return every place under its key, in one reading: for those who bring many."""
    return by_key(db.session.scalars(_as_they_stand()))


def venues_named(name: str, commune: Commune) -> dict[VenueKey, Venue]:
    """Return the places of this name in the commune, under their keys."""
    return by_key(
        db.session.scalars(
            _as_they_stand().where(
                Venue.search == fold_name(name), Venue.commune_code == commune.code
            )
        )
    )


def _as_they_stand() -> Select[Venue]:
    # Those that were merged come last: a name of theirs leads to what stands in their place, if nothing else bears it.
    return (
        select(Venue)
        .options(joinedload(Venue.merged_into))
        .order_by(Venue.merged_into_id.is_not(None), Venue.id)
    )


def by_key(venues: Iterable[Venue]) -> dict[VenueKey, Venue]:
    """Return the places under their keys: the first of a name is also found without its address."""
    found: dict[VenueKey, Venue] = {}
    for venue in venues:
        standing = venue.merged_into or venue
        found.setdefault((venue.commune_code, venue.search, fold_name(venue.address)), standing)
        found.setdefault((venue.commune_code, venue.search, ""), standing)
    return found


def similar_venues(name: str, *, address: str, commune: Commune) -> list[Venue]:
    """Return the places of the commune that are likely the one described, by name; none when it is plainly one of them."""
    if not fold_name(name):
        return []
    found = db.session.scalars(
        select(Venue)
        .where(Venue.commune_code == commune.code, Venue.merged_into_id.is_(None))
        .order_by(Venue.name, Venue.id)
    ).all()
    named = [venue for venue in found if venue.search == fold_name(name)]
    if any(fold_name(venue.address) == fold_name(address) for venue in named):
        return []
    if not address and len(named) == 1:
        return []
    return [venue for venue in found if is_likely(venue, name=name, address=address)]


def venues_of(organisation: Organisation) -> Sequence[Venue]:
    """Return the places where the structure held activities, the most used first."""
    return db.session.scalars(
        select(Venue)
        .join(Activity, Activity.venue_id == Venue.id)
        .where(Activity.organisation_id == organisation.id, Venue.merged_into_id.is_(None))
        .group_by(Venue.id)
        .order_by(func.count().desc(), Venue.name, Venue.id)
        .limit(MOST_OFFERED)
    ).all()


def venues_in(commune_code: str | None) -> Sequence[Venue]:
    """Return the places known in a commune, by name."""
    return db.session.scalars(
        select(Venue)
        .where(Venue.commune_code == commune_code, Venue.merged_into_id.is_(None))
        .order_by(Venue.name, Venue.id)
        .limit(MOST_OFFERED)
    ).all()
