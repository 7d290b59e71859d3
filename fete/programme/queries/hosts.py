"""Where the programme is held: its communes with how many activities each has, and what was there in other years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fete.core.db import db
from fete.geography.arithmetic import View
from fete.geography.models import Commune
from fete.geography.queries import communes_of, map_of
from fete.programme.models import Activity, Edition, Venue
from fete.programme.queries.catalogue import catalogue_of, remembered, rows_of
from fete.programme.queries.editions import shown_editions
from fete.programme.rules.filters import Filters, Point
from fete.vocabulary.models import Term, TermList

MOST_NEAR = 6
# What a structure held in other years, beyond which its programmes year by year tell the rest.
MOST_PAST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """A commune of the programme, how many activities it has, and how far it is where that is asked."""

    commune: Commune
    count: int
    distance: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """An edition, how many activities of it answer what was asked, and those that are told by name."""

    edition: Edition
    count: int
    activities: Sequence[Activity] = ()


def hosts(edition_id: int | None) -> list[Host]:
    """Return the communes of an edition, by name."""
    counts = _counts(edition_id)
    return [
        Host(commune=commune, count=counts[commune.code]) for commune in communes_of(counts.keys())
    ]


def largest_hosts(edition_id: int, *, most: int) -> list[Host]:
    """Return the communes of an edition that have most activities, in that order."""
    counts = _counts(edition_id)
    codes = sorted(counts, key=lambda code: (-counts[code], code))[:most]
    known = {commune.code: commune for commune in communes_of(codes)}
    return [Host(commune=known[code], count=counts[code]) for code in codes]


def all_places() -> tuple[Sequence[Commune], Mapping[int, str]]:
    """Return the communes where something is published, by name, and the names of the places, by number."""
    places = {
        place.number: place for _entry, time in catalogue_of(None).rows for place in time.places
    }
    codes = {place.commune for place in places.values()}
    return communes_of(codes), {number: places[number].name for number in sorted(places)}


def nearest_hosts(edition_id: int | None, point: Point | None) -> list[Host]:
    """Return the communes of an edition that are nearest to a point; none of a point that nobody knows."""
    if point is None or edition_id is None:
        return []
    found = [
        Host(commune=host.commune, count=host.count, distance=round(there.distance(point), 1))
        for host in hosts(edition_id)
        if (there := point_of(host.commune)) is not None
    ]
    return sorted(found, key=lambda host: host.distance or 0)[:MOST_NEAR]


def point_of(place: Commune | Venue | None) -> Point | None:
    """Return where a place is: its own point, else that of its commune; `None` where neither is known."""
    if place is None:
        return None
    if place.latitude is None or place.longitude is None:
        return point_of(place.commune) if isinstance(place, Venue) else None
    return Point(latitude=place.latitude, longitude=place.longitude)


def map_of_places(places: Sequence[Venue]) -> View | None:
    """Return a small map of these places in their départements; `None` where none of them is drawn."""
    points = [point for place in places if (point := point_of(place)) is not None]
    return map_of(
        [place.commune.departement_code for place in places],
        [(point.longitude, point.latitude) for point in points],
    )


def container_kinds() -> tuple[str, ...]:
    """Return the codes of the kinds that hold other activities, in their order."""
    statement = select(Term.code).where(Term.list == TermList.KIND, Term.is_container)
    return tuple(db.session.scalars(statement.order_by(Term.position)))


def stands_of(edition_id: int) -> dict[int, int]:
    """Return how many activities each container of an edition holds, by number."""
    catalogue = catalogue_of(edition_id)
    return {
        number: sum(each != number for each in held)
        for number, held in catalogue.members["villages"].items()
    }


def years_of(filters: Filters, *, but: int | None) -> list[Year]:
    """Return the editions but one in which something answers these filters, the latest first."""
    return _years(_by_edition(filters, but=but))


def years_by_name(filters: Filters, *, but: int | None) -> list[Year]:
    """Return the editions but one in which something answers these filters, with what does by title, the latest first."""
    by_edition = _by_edition(filters, but=but)
    numbers = sorted(chain.from_iterable(by_edition.values()), reverse=True)
    statement = (
        select(Activity)
        .where(Activity.id.in_(numbers[:MOST_PAST]))
        .options(joinedload(Activity.kind), joinedload(Activity.venue))
        .order_by(Activity.title, Activity.id)
    )
    told: dict[int, list[Activity]] = {}
    for activity in db.session.scalars(statement) if numbers else ():
        told.setdefault(activity.edition_id, []).append(activity)
    return [replace(year, activities=told.get(year.edition.id, ())) for year in _years(by_edition)]


def _years(by_edition: Mapping[int | None, Sequence[int]]) -> list[Year]:
    return [
        Year(edition=edition, count=len(by_edition[edition.id]))
        for edition in (shown_editions() if by_edition else ())
        if edition.id in by_edition
    ]


def _counts(edition_id: int | None) -> Mapping[str, int]:
    def count() -> dict[str, int]:
        catalogue = catalogue_of(edition_id)
        return {str(code): n for code, n in catalogue.counts("communes", catalogue.all).items()}

    return remembered(("hosts", edition_id), count) if edition_id is not None else {}


def _by_edition(filters: Filters, *, but: int | None) -> dict[int | None, list[int]]:
    """Return the numbers of what answers these filters, by edition."""
    by_edition: dict[int | None, list[int]] = {}
    for entry in catalogue_of(filters.edition_id).entries_of(rows_of(filters)):
        if entry.edition != but:
            by_edition.setdefault(entry.edition, []).append(entry.number)
    return by_edition
