"""What the values of filters are called, and the activities that say the words asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from fete.core.db import db
from fete.core.text import asked_words
from fete.geography.models import Commune, Departement
from fete.network.models import Organisation
from fete.programme.models import (
    Activity,
    Edition,
    EditionState,
    Slot,
    Venue,
    activity_site,
)
from fete.programme.rules.filters import Filters
from fete.programme.workflow import Status
from fete.vocabulary.models import Term, TermList

_FTS = table("activity_fts", column("rowid"), column("activity_fts"))
_SIMPLE: ColumnElement[str] = literal_column(
    "'simple'"
)  # as the index names it, or it would not serve
_FEWEST_LETTERS = 3
Key = TypeVar("Key", str, int)


TERM_FIELDS = {
    TermList.KIND: "kinds",
    TermList.THEME: "themes",
    TermList.AUDIENCE: "audiences",
    TermList.LEVEL: "levels",
    TermList.ACCESSIBILITY: "accessibility",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What the values of filters are called; an unknown value has no name."""

    departements: Mapping[str, str]
    communes: Mapping[str, str]
    organisations: Mapping[int, str]
    # The titles of containers, if they are published.
    villages: Mapping[int, str]
    # Those where something published is held.
    venues: Mapping[int, str]
    terms: Mapping[tuple[TermList, str], Term]


def names_of(filters: Filters) -> Names:
    """Return the names of the values asked for: one question for each kind of value, none without values."""
    asked = {of: getattr(filters, field) for of, field in TERM_FIELDS.items()}
    terms = [and_(Term.list == of, Term.code.in_(codes)) for of, codes in asked.items() if codes]
    return Names(
        departements=_named(Departement.code, Departement.name, filters.departements),
        communes=_named(Commune.code, Commune.name, filters.communes),
        organisations=_named(Organisation.id, Organisation.name, filters.organisations),
        villages=_named(Activity.id, Activity.title, filters.villages, is_published()),
        venues=_named(Venue.id, Venue.name, filters.venues, is_host()),
        terms={
            (term.list, term.code): term
            for term in (db.session.scalars(select(Term).where(or_(*terms))) if terms else ())
        },
    )


def _named(
    key: InstrumentedAttribute[Key],
    name: InstrumentedAttribute[str],
    values: Sequence[Key],
    *conditions: ColumnElement[bool],
) -> dict[Key, str]:
    if not values:
        return {}
    statement = select(key, name).where(key.in_(values), *conditions)
    return {row[0]: row[1] for row in db.session.execute(statement)}


def is_published() -> ColumnElement[bool]:
    """Return the condition that the public may see an activity."""
    shown = select(Edition.id).where(Edition.state != EditionState.PREPARED)
    return and_(Activity.status == Status.PUBLISHED, Activity.edition_id.in_(shown))


def with_containers(published: Select[int]) -> Select[int]:
    """Return the published activities and what holds them: a stand without hours has its village's."""
    parents = select(Activity.parent_id).where(Activity.id.in_(published))
    return select(Activity.id).where(or_(Activity.id.in_(published), Activity.id.in_(parents)))


def is_host() -> ColumnElement[bool]:
    """Return the condition that something which the public may see is held in a place: it is no secret then."""
    held = with_containers(select(Activity.id).where(is_published()))
    sites = activity_site.c
    return or_(
        Venue.id.in_(select(Activity.venue_id).where(Activity.id.in_(held))),
        Venue.id.in_(select(sites.venue_id).where(sites.activity_id.in_(held))),
        Venue.id.in_(select(Slot.venue_id).where(Slot.activity_id.in_(held))),
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


def says(text: str) -> Sequence[int]:
    """Return the numbers of the activities that say the words asked for; of none when nothing can be looked for."""
    words = asked_words(text)
    if not words:
        return []
    if db.session.get_bind().dialect.name == "sqlite":
        match = _FTS.c.activity_fts.op("MATCH")(_for_sqlite(words))
        return db.session.scalars(select(_FTS.c.rowid).where(match)).all()
    vector = func.to_tsvector(_SIMPLE, Activity.search)
    found = vector.bool_op("@@")(func.to_tsquery(_SIMPLE, _for_postgresql(words)))
    return db.session.scalars(select(Activity.id).where(found)).all()


# Forms hold letters and digits only, so quoting them is enough. The last word may be unfinished, and begins others as
# it is typed: its stem, which is shorter, would begin words of another family.


def _for_sqlite(words: Sequence[tuple[str, ...]]) -> str:
    groups = [[f'"{form}"' for form in forms] for forms in words]
    if begun := _begun(words):
        groups[-1].append(f'"{begun}"*')
    return " AND ".join(f"({' OR '.join(group)})" for group in groups)


def _for_postgresql(words: Sequence[tuple[str, ...]]) -> str:
    groups = [[f"'{form}'" for form in forms] for forms in words]
    if begun := _begun(words):
        groups[-1].append(f"'{begun}':*")
    return " & ".join(f"({' | '.join(group)})" for group in groups)


def _begun(words: Sequence[tuple[str, ...]]) -> str:
    """Return the last word, as the beginning of others; nothing when it is so short that it begins too many."""
    last = words[-1][0]
    return last if len(last) >= _FEWEST_LETTERS else ""
