"""How many activities each value of each filter would leave, the other filters kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, select, union, union_all
from sqlalchemy.orm import InstrumentedAttribute

from fete.core.clock import day_bounds, to_paris
from fete.core.db import db
from fete.core.text import fold
from fete.geography.models import Commune, Departement
from fete.network.models import Organisation
from fete.programme.models import (
    Activity,
    CoOrganiser,
    Edition,
    Slot,
    Venue,
    activity_site,
    activity_term,
)
from fete.programme.queries.search import (
    TERM_FIELDS,
    Filters,
    Names,
    activity_conditions,
    commune_of_activity,
    conditions,
    is_held,
    is_timed,
    names_its_place,
    names_of,
    owns_grounds,
    slot_conditions,
)
from fete.programme.queries.territory import departement_of_activity
from fete.vocabulary.models import Term, TermList

# Slots farther from the edition's dates than this are in the list, but have no day of their own to click.
_AROUND = timedelta(days=31)


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """One value of a filter: as the address writes it, as people read it, and what it would leave."""

    code: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCount:
    """A day of the programme and how many activities there are on it."""

    day: date
    count: int
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """The values of every filter that would leave something, and those chosen even if they do not."""

    days: Sequence[DayCount]
    departements: Sequence[Value]
    communes: Sequence[Value]
    kinds: Sequence[Value]
    themes: Sequence[Value]
    audiences: Sequence[Value]
    accessibility: Sequence[Value]
    organisations: Sequence[Value]


def facets(filters: Filters, edition: Edition, names: Names | None = None) -> Facets:
    """Return the counts of every filter, each reckoned as if it asked nothing itself."""
    names = names or names_of(filters)
    return Facets(
        days=_days(filters, edition),
        departements=_departements(filters, names),
        communes=_communes(filters, names),
        kinds=_kinds(filters, names),
        organisations=_organisations(filters, names),
        **{field: _terms(of, field, filters, names) for of, field in TERM_FIELDS.items()},
    )


def _days(filters: Filters, edition: Edition) -> list[DayCount]:
    bounds = db.session.execute(
        select(func.min(Slot.starts_at), func.max(Slot.ends_at))
        .join(Slot.activity)
        .where(*activity_conditions(Filters(edition_id=edition.id)))
        .group_by(Activity.edition_id)
    ).one_or_none()
    if bounds is None:
        return []
    start = max(to_paris(bounds[0]).date(), edition.starts_on - _AROUND)
    end = min(to_paris(bounds[1]).date(), edition.ends_on + _AROUND)
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    if not days:
        return []
    counts = db.session.execute(
        select(*(_activities_on(day) for day in days))
        .select_from(Activity)
        .join(Slot, is_timed())
        .where(*conditions(filters, but="days"))
    ).one()
    chosen = filters.first if filters.first == filters.last else None
    return [
        DayCount(day=day, count=count, is_chosen=day == chosen)
        for day, count in zip(days, counts, strict=True)
        if count or day == chosen or edition.starts_on <= day <= edition.ends_on
    ]


def _activities_on(day: date) -> ColumnElement[int]:
    start, end = day_bounds(day)
    return func.count(
        case(((Slot.starts_at < end) & (Slot.ends_at > start), Activity.id)).distinct()
    )


def _departements(filters: Filters, names: Names) -> list[Value]:
    found = _by_place(
        filters,
        "departements",
        departement_of_activity(),
        (Departement.code, Departement.name),
        where=Commune.departement_code,
    )
    return _values(found, filters.departements, names.departements)


def _communes(filters: Filters, names: Names) -> list[Value]:
    found = _by_place(
        filters,
        "communes",
        commune_of_activity(),
        (Commune.code, Commune.name),
        where=Commune.code,
    )
    return _values(found, filters.communes, names.communes)


def _by_place(
    filters: Filters,
    field: str,
    usual: ColumnElement[Any],
    named: tuple[InstrumentedAttribute[str], InstrumentedAttribute[str]],
    *,
    where: InstrumentedAttribute[str],
) -> list[tuple[str, str, int]]:
    """Return how many activities there are in each commune or département: one that travels is in several."""
    code, name = named
    asked = activity_conditions(filters, but=field)
    times = slot_conditions(filters, but=field)
    at_home = exists(Slot.id).where(is_timed(), ~names_its_place(), *times).correlate(Activity)
    placed = union(
        select(Activity.id, usual.label("place")).where(*asked, at_home),
        select(Activity.id, where)
        .select_from(Activity)
        .join(activity_site, activity_site.c.activity_id == owns_grounds())
        .join(Venue, Venue.id == activity_site.c.venue_id)
        .join(Venue.commune)
        .where(*asked, at_home),
        select(Activity.id, where)
        .select_from(Activity)
        .join(Slot, is_timed())
        .join(Venue, Venue.id == Slot.venue_id)
        .join(Venue.commune)
        .where(*asked, names_its_place(), *times),
    ).subquery()
    statement = (
        select(code, name, func.count()).join(placed, placed.c.place == code).group_by(code, name)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(statement)]


def _organisations(filters: Filters, names: Names) -> list[Value]:
    asked = (*activity_conditions(filters, but="organisations"), is_held(filters))
    # Under each of the structures that organise it.
    organising = union_all(
        select(Activity.organisation_id.label("number")).where(*asked),
        select(CoOrganiser.organisation_id).join(CoOrganiser.activity).where(*asked),
    ).subquery()
    statement = (
        select(Organisation.id, Organisation.name, func.count())
        .join(organising, organising.c.number == Organisation.id)
        .group_by(Organisation.id, Organisation.name)
    )
    found = [(str(number), name, count) for number, name, count in db.session.execute(statement)]
    chosen = [str(number) for number in filters.organisations]
    return _values(found, chosen, {str(key): name for key, name in names.organisations.items()})


def _kinds(filters: Filters, names: Names) -> list[Value]:
    statement = (
        select(Term, func.count())
        .join(Activity, Activity.kind_id == Term.id)
        .where(*activity_conditions(filters, but="kinds"), is_held(filters))
        .group_by(Term.id)
    )
    return _of_list(TermList.KIND, statement, filters.kinds, names)


def _terms(of: TermList, field: str, filters: Filters, names: Names) -> list[Value]:
    statement = (
        select(Term, func.count())
        .join(activity_term, activity_term.c.term_id == Term.id)
        .join(Activity, Activity.id == activity_term.c.activity_id)
        .where(Term.list == of, *activity_conditions(filters, but=field), is_held(filters))
        .group_by(Term.id)
    )
    return _of_list(of, statement, getattr(filters, field), names)


def _of_list(
    of: TermList, statement: Select[Term, int], chosen: Sequence[str], names: Names
) -> list[Value]:
    counts = {row[0]: row[1] for row in db.session.execute(statement)}
    asked = [term for (its_list, _code), term in names.terms.items() if its_list is of]
    terms = sorted({*counts, *asked}, key=lambda term: (term.position, term.code))
    return [
        Value(
            code=term.code,
            label=term.label,
            count=counts.get(term, 0),
            is_chosen=term.code in chosen,
        )
        for term in terms
    ]


def _values(
    found: Sequence[tuple[str, str, int]], chosen: Sequence[str], names: Mapping[str, str]
) -> list[Value]:
    counts = {code: count for code, _name, count in found}
    labels = {code: name for code, name, _count in found} | dict(names)
    return [
        Value(code=code, label=label, count=counts.get(code, 0), is_chosen=code in chosen)
        for code, label in sorted(labels.items(), key=lambda item: (fold(item[1]), item[0]))
    ]
