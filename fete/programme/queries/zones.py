"""How far each commune of the region is from what an edition offers, reckoned once for as long as the programme stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import or_, select

from fete.core.db import db
from fete.core.settings import settings
from fete.geography.arithmetic import dots_of
from fete.geography.models import Commune, Departement
from fete.geography.queries import atlas
from fete.programme.models import Activity
from fete.programme.queries.catalogue import catalogue_of, remembered
from fete.programme.rules.zones import (
    Aims,
    Offered,
    Reach,
    Spread,
    Town,
    aims,
    offered,
    reaches,
    spread,
)
from fete.programme.workflow import Status
from fete.vocabulary.models import Term, TermList

# The audiences that the charter puts first, by their codes.
FIRST_AUDIENCES = ("priority", "leisure_centres")
# Inhabitants from which a commune is a larger dot of the map.
SIZES = (0, 500, 2_000)


@dataclass(frozen=True, kw_only=True)
class Zones:
    """The communes of the region by their codes, each with the nearest offer; and that offer."""

    reaches: Sequence[Reach]
    offer: Sequence[Offered]
    free: Collection[int]
    answered: Collection[int]
    impairments: Sequence[str]

    @cached_property
    def spread(self) -> Spread:
        """The sums over all communes."""
        return spread(self.reaches)

    @cached_property
    def aims(self) -> Aims:
        """What the charter asks, measured over all that is offered."""
        return aims(
            self.offer,
            free=self.free,
            answered=self.answered,
            impairments=self.impairments,
            audiences=FIRST_AUDIENCES,
        )

    @cached_property
    def parts(self) -> Mapping[str, "Zones"]:
        """The same of each département by its code: its communes, and what is held in one of them at least."""
        towns: dict[str, list[Reach]] = {}
        for each in self.reaches:
            towns.setdefault(each.town.departement, []).append(each)
        return {
            code: replace(
                self,
                reaches=found,
                offer=[each for each in self.offer if code in each.departements],
            )
            for code, found in towns.items()
        }

    def white(self, radius: int) -> list[Reach]:
        """Return the communes where nothing is within so many kilometres, the most populated first."""
        found = (each for each in self.reaches if each.is_white(radius))
        return sorted(found, key=lambda each: (-each.town.population, each.town.code))


def zones_of(
    edition_id: int, *, with_schools: bool = False, held: frozenset[int] | None = None
) -> Zones:
    """Return the zones of an edition, of what it offers to everybody, to school groups too, or of what was held."""
    # Each validated report makes another set of what was held: only the latest is kept.
    kept: dict[frozenset[int] | None, Zones] = remembered(
        ("zones", edition_id, with_schools, held is not None), dict
    )
    found = kept.get(held)
    if found is None:
        found = _reckoned(edition_id, with_schools=with_schools, held=held)
        kept.clear()
        kept[held] = found
    return found


def dots_by_size(found: Sequence[Reach]) -> list[str]:
    """Return the communes as paths on the drawing of the region, the least populated first; none where none is drawn."""
    drawn = atlas()
    if drawn is None:
        return []
    bounds = zip(SIZES, (*SIZES[1:], float("inf")), strict=True)
    return [
        dots_of(
            drawn.projection.place(*each.town.point)
            for each in found
            if each.town.point is not None and least <= each.town.population < most
        )
        for least, most in bounds
    ]


def _reckoned(edition_id: int, *, with_schools: bool, held: frozenset[int] | None) -> Zones:
    terms = _terms()
    apart = [term.code for term in terms if term.counts_apart]
    offer = list(
        offered(catalogue_of(edition_id), with_schools=with_schools, apart=apart, held=held)
    )
    hosts = frozenset(code for each in offer for code in each.communes)
    towns, home = _towns(hosts)
    free, answered = _said(edition_id)
    return Zones(
        reaches=[each for each in reaches(towns, hosts) if each.town.departement in home],
        offer=offer,
        free=free,
        answered=answered,
        impairments=[term.code for term in terms if term.group == "impairment"],
    )


def _terms() -> Sequence[Term]:
    """Return the kinds that count apart, and the impairments."""
    statement = (
        select(Term)
        .where(or_(Term.counts_apart, Term.group == "impairment"))
        .where(Term.list.in_((TermList.KIND, TermList.ACCESSIBILITY)))
        .order_by(Term.position, Term.code)
    )
    return db.session.scalars(statement).all()


def _towns(hosts: Collection[str]) -> tuple[list[Town], frozenset[str]]:
    """Return the communes of the region and the hosts beyond it, by code; and the départements of the region."""
    statement = (
        select(
            Commune.code,
            Commune.name,
            Commune.departement_code,
            Commune.population,
            Commune.longitude,
            Commune.latitude,
            (Departement.region_code == settings().region).label("is_home"),
        )
        .join(Departement, Departement.code == Commune.departement_code)
        .where(or_(Departement.region_code == settings().region, Commune.code.in_(sorted(hosts))))
        .order_by(Commune.code)
    )
    rows = db.session.execute(statement).all()
    towns = [
        Town(
            code=code,
            name=name,
            departement=departement,
            population=population,
            point=None if longitude is None or latitude is None else (longitude, latitude),
        )
        for code, name, departement, population, longitude, latitude, _is_home in rows
    ]
    return towns, frozenset(row.departement_code for row in rows if row.is_home)


def _said(edition_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """Return the numbers of the activities that say to be free, and of those that answer on accessibility."""
    rows = db.session.execute(
        select(Activity.id, Activity.is_free, Activity.accessibility_known)
        .where(Activity.edition_id == edition_id, Activity.status == Status.PUBLISHED)
        .order_by(Activity.id)
    ).all()
    return (
        frozenset(row.id for row in rows if row.is_free),
        frozenset(row.id for row in rows if row.accessibility_known),
    )
