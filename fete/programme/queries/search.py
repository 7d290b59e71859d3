"""What the public asks of the programme, and the published slots and activities that answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    column,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from fete.core.clock import day_bounds
from fete.core.db import db
from fete.core.text import asked_words
from fete.geography.models import Commune, Departement
from fete.network.models import Organisation
from fete.programme.models import (
    Activity,
    CoOrganiser,
    Edition,
    EditionState,
    Slot,
    Venue,
    activity_site,
    activity_term,
)
from fete.programme.queries.territory import departement_of_activity
from fete.programme.workflow import SlotState, Status
from fete.vocabulary.models import Term, TermList

_FTS = table("activity_fts", column("rowid"), column("activity_fts"))
_SIMPLE: ColumnElement[str] = literal_column(
    "'simple'"
)  # as the index names it, or it would not serve
Key = TypeVar("Key", str, int)


TERM_FIELDS = {
    TermList.THEME: "themes",
    TermList.AUDIENCE: "audiences",
    TermList.ACCESSIBILITY: "accessibility",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What is asked of the programme: values of one filter are joined by « or », filters by « and »."""

    edition_id: int | None = None
    text: str = ""
    departements: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    # Days of Paris, both included; a slot is there as soon as it touches them.
    first: date | None = None
    last: date | None = None
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    organisations: tuple[int, ...] = ()
    # Containers, each with what it holds; and activities one by one.
    villages: tuple[int, ...] = ()
    activities: tuple[int, ...] = ()
    with_cancelled: bool = True


def published_slots(filters: Filters) -> Select[Slot]:
    """Return the statement of the published slots asked for, joined to their activity, in order of time."""
    return (
        select(Slot)
        .join(Slot.activity)
        .where(*activity_conditions(filters), *slot_conditions(filters))
        .order_by(Slot.starts_at, Activity.id, Slot.id)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What the values of filters are called; an unknown value has no name."""

    departements: Mapping[str, str]
    communes: Mapping[str, str]
    organisations: Mapping[int, str]
    terms: Mapping[tuple[TermList, str], Term]


def names_of(filters: Filters) -> Names:
    """Return the names of the values asked for: one question for each kind of value, none without values."""
    asked = {of: getattr(filters, field) for of, field in TERM_FIELDS.items()}
    asked[TermList.KIND] = filters.kinds
    terms = [and_(Term.list == of, Term.code.in_(codes)) for of, codes in asked.items() if codes]
    return Names(
        departements=_named(Departement.code, Departement.name, filters.departements),
        communes=_named(Commune.code, Commune.name, filters.communes),
        organisations=_named(Organisation.id, Organisation.name, filters.organisations),
        terms={
            (term.list, term.code): term
            for term in (db.session.scalars(select(Term).where(or_(*terms))) if terms else ())
        },
    )


def _named(
    key: InstrumentedAttribute[Key], name: InstrumentedAttribute[str], values: Sequence[Key]
) -> dict[Key, str]:
    if not values:
        return {}
    return {row[0]: row[1] for row in db.session.execute(select(key, name).where(key.in_(values)))}


def is_published() -> ColumnElement[bool]:
    """Return the condition that the public may see an activity."""
    shown = select(Edition.id).where(Edition.state != EditionState.PREPARED)
    return and_(Activity.status == Status.PUBLISHED, Activity.edition_id.in_(shown))


def activity_conditions(filters: Filters, *, but: str = "") -> list[ColumnElement[bool]]:
    """Return what an activity must be, all but what one filter, named as its field, asks."""
    conditions = [is_published()]
    if filters.edition_id is not None:
        conditions.append(Activity.edition_id == filters.edition_id)
    if filters.text:
        conditions.append(_says(filters.text))
    if filters.kinds and but != "kinds":
        conditions.append(Activity.kind_id.in_(_terms(TermList.KIND, filters.kinds)))
    if filters.organisations and but != "organisations":
        conditions.append(is_organised_by(filters.organisations))
    if filters.villages and but != "villages":
        conditions.append(
            or_(Activity.id.in_(filters.villages), Activity.parent_id.in_(filters.villages))
        )
    if filters.activities:
        conditions.append(Activity.id.in_(filters.activities))
    for of, field in TERM_FIELDS.items():
        if getattr(filters, field) and but != field:
            conditions.append(_bears(of, getattr(filters, field)))
    return conditions


def slot_conditions(filters: Filters, *, but: str = "") -> list[ColumnElement[bool]]:
    """Return what a slot must be, where its activity is read too: all but its day when `but` is `days`, and so on."""
    conditions: list[ColumnElement[bool]] = []
    if filters.departements and but != "departements":
        conditions.append(is_held_in(Commune.departement_code, filters.departements))
    if filters.communes and but != "communes":
        conditions.append(is_held_in(Commune.code, filters.communes))
    if filters.first is not None and but != "days":
        conditions.append(Slot.ends_at > day_bounds(filters.first)[0])
    if filters.last is not None and but != "days":
        conditions.append(Slot.starts_at < day_bounds(filters.last)[1])
    if not filters.with_cancelled:
        conditions.append(Slot.state != SlotState.CANCELLED)
    return conditions


def conditions(filters: Filters, *, but: str = "") -> list[ColumnElement[bool]]:
    """Return both: what an activity and one of its slots must be, all but one filter, named as its field."""
    return [*activity_conditions(filters, but=but), *slot_conditions(filters, but=but)]


def is_organised_by(organisations: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that one of these structures organises an activity, alone or with others."""
    shared = select(CoOrganiser.activity_id).where(CoOrganiser.organisation_id.in_(organisations))
    return or_(Activity.organisation_id.in_(organisations), Activity.id.in_(shared))


def is_timed() -> ColumnElement[bool]:
    """Return the condition that a slot is a time of an activity: its own, or its container's when it has none."""
    own = aliased(Slot)
    has_own = exists().where(own.activity_id == Activity.id).correlate(Activity)
    return Slot.activity_id == case((has_own, Activity.id), else_=Activity.parent_id)


def is_held(filters: Filters, *, but: str = "") -> ColumnElement[bool]:
    """Return the condition that an activity has a slot asked for."""
    return exists(Slot.id).where(is_timed(), *slot_conditions(filters, but=but)).correlate(Activity)


def names_its_place() -> ColumnElement[bool]:
    """Return the condition that an activity is, at one of its times, where the slot says, as `Activity.places_at`."""
    own_or_homeless = or_(Slot.activity_id == Activity.id, Activity.venue_id.is_(None))
    return and_(Slot.venue_id.is_not(None), own_or_homeless)


def owns_grounds() -> ColumnElement[int]:
    """Return whose sites an activity is held on, as `Activity.grounds`: its own, or its container's."""
    follows = and_(Activity.venue_id.is_(None), Activity.parent_id.is_not(None))
    return case((follows, Activity.parent_id), else_=Activity.id)


def is_held_in(code: InstrumentedAttribute[str], codes: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that one of the times of an activity is in one of these communes or départements."""
    there = select(Venue.id).join(Venue.commune).where(code.in_(codes))
    of_activity = commune_of_activity() if code is Commune.code else departement_of_activity()
    has_site = (
        exists()
        .where(activity_site.c.activity_id == owns_grounds(), activity_site.c.venue_id.in_(there))
        .correlate(Activity)
    )
    return case(
        (names_its_place(), Slot.venue_id.in_(there)),
        else_=or_(of_activity.in_(codes), has_site),
    )


def commune_of_activity() -> ColumnElement[str | None]:
    """Return, for a statement that reads `Activity`, the code of the commune of its place or its container's."""
    container = aliased(Activity)
    own = (
        select(Venue.commune_code)
        .where(Venue.id == Activity.venue_id)
        .correlate(Activity)
        .scalar_subquery()
    )
    inherited = (
        select(Venue.commune_code)
        .join(container, container.venue_id == Venue.id)
        .where(container.id == Activity.parent_id)
        .correlate(Activity)
        .scalar_subquery()
    )
    return func.coalesce(own, inherited)


def _terms(of: TermList, codes: Sequence[str]) -> Select[int]:
    return select(Term.id).where(Term.list == of, Term.code.in_(codes))


def _bears(of: TermList, codes: Sequence[str]) -> ColumnElement[bool]:
    bearing = select(activity_term.c.activity_id).where(
        activity_term.c.term_id.in_(_terms(of, codes))
    )
    return Activity.id.in_(bearing)


def _says(text: str) -> ColumnElement[bool]:
    words = asked_words(text)
    if not words:
        return false()
    if db.session.get_bind().dialect.name == "sqlite":
        found = select(_FTS.c.rowid).where(_FTS.c.activity_fts.op("MATCH")(_for_sqlite(words)))
        return Activity.id.in_(found)
    vector = func.to_tsvector(_SIMPLE, Activity.search)
    query = func.to_tsquery(_SIMPLE, _for_postgresql(words))
    return vector.bool_op("@@")(query)


# Forms hold letters and digits only, so quoting them is enough. The last word may be unfinished.


def _for_sqlite(words: Sequence[tuple[str, ...]]) -> str:
    *whole, last = [[f'"{form}"' for form in forms] for forms in words]
    groups = [*whole, [f"{form}*" for form in last]]
    return " AND ".join(f"({' OR '.join(group)})" for group in groups)


def _for_postgresql(words: Sequence[tuple[str, ...]]) -> str:
    *whole, last = [[f"'{form}'" for form in forms] for forms in words]
    groups = [*whole, [f"{form}:*" for form in last]]
    return " & ".join(f"({' | '.join(group)})" for group in groups)
