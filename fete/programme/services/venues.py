"""Keep each place once."""

from collections.abc import MutableMapping

from fete.core.db import db
from fete.core.text import clean, fold_name
from fete.geography.models import Commune
from fete.programme.models import Venue
from fete.programme.queries.venues import VenueKey, venues_named


def find_or_create_venue(
    *,
    name: str,
    commune: Commune,
    address: str = "",
    known: MutableMapping[VenueKey, Venue] | None = None,
) -> Venue:
    """Return the place of this name and address in the commune, made if it is new.

    An address left empty means the place of that name. Who brings many places gives those `known`
    (from `queries.venues.known_venues`), and then nothing is asked of the database.
    """
    name, address = clean(name), clean(address)
    if known is None:
        known = venues_named(name, commune)
    key = (commune.code, fold_name(name), fold_name(address))
    found = known.get(key)
    if found is None:
        found = Venue(
            name=name,
            search=key[1],
            address=address,
            commune=commune,
            commune_code=commune.code,
            latitude=None,
            longitude=None,
        )
        db.session.add(found)
        known[key] = found
        known.setdefault((*key[:2], ""), found)
    return found
