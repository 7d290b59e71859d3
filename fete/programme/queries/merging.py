"""Find entries of the same structure or place, what hangs on each, and the merges that were made."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fete.accounts.models import User
from fete.core.db import Model, db
from fete.core.text import fold_name
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.network.queries import organisations_within
from fete.network.rules import likely_pairs
from fete.programme.models import (
    Activity,
    CoOrganiser,
    Merge,
    Merged,
    Slot,
    Venue,
    activity_site,
)
from fete.programme.rules.merging import UNDO_WITHIN, Entry, Made, VenuePair, venue_pairs

Territory = frozenset[str] | None
MOST_FOUND = 20
_SHORTEST = 2
_OWN: dict[Merged, type[Organisation] | type[Venue]] = {
    Merged.ORGANISATION: Organisation,
    Merged.VENUE: Venue,
}
_WHERE_HELD = (
    joinedload(Activity.venue),
    selectinload(Activity.sites),
    selectinload(Activity.slots).joinedload(Slot.venue),
)


def references_to(kind: Merged) -> list[Column[int]]:
    """Return the columns that point to a structure or to a place, by the names of their tables.

    A table that comes later and points there is among them by itself.
    """
    own = Model.metadata.tables[_OWN[kind].__tablename__].columns["id"]
    return [
        column
        for table in sorted(Model.metadata.tables.values(), key=lambda table: table.name)
        for column in table.columns
        if any(key.column is own for key in column.foreign_keys)
    ]


def what_hangs_on(kind: Merged, numbers: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return, for each of these entries, how many rows of each table point to it, tables without any apart."""
    found: dict[int, dict[str, int]] = {number: {} for number in numbers}
    for column in references_to(kind):
        statement = (
            select(column, func.count())
            .where(column.in_(numbers))
            .group_by(column)
            .order_by(column)
        )
        for number, count in db.session.execute(statement):
            found[number][column.table.name] = count
    return found


def activities_of(kind: Merged, numbers: Sequence[int]) -> dict[int, int]:
    """Return how many activities each of these structures declared, or were planned in each of these places."""
    column = Activity.organisation_id if kind is Merged.ORGANISATION else Activity.venue_id
    statement = (
        select(column, func.count()).where(column.in_(numbers)).group_by(column).order_by(column)
    )
    return {number: count for number, count in db.session.execute(statement) if number is not None}


def twin_organisations(territory: Territory) -> list[tuple[Organisation, Organisation]]:
    """Return the structures of a territory that are likely the same, two by two, in the order of names."""
    return likely_pairs(organisations_within(territory))


def twin_venues(territory: Territory) -> list[VenuePair]:
    """Return the places of a territory that are likely the same, two by two, in the order of names."""
    return venue_pairs(db.session.scalars(_venues(territory)).all())


def matching_venues(typed: str, territory: Territory) -> Sequence[Venue]:
    """Return the places of a territory whose name, address or commune holds every word typed."""
    words = fold_name(typed[:100]).split()
    if len("".join(words)) < _SHORTEST:
        return []
    statement = _venues(territory).limit(MOST_FOUND)
    for word in words:
        # A folded word holds letters and digits only: nothing to escape.
        statement = statement.where(
            or_(
                Venue.search.contains(word),
                func.lower(Venue.address).contains(word),
                Commune.search.contains(word),
                Commune.post_codes.startswith(word),
            )
        )
    return db.session.scalars(statement).all()


def _venues(territory: Territory) -> Select[Venue]:
    statement = (
        select(Venue)
        .join(Commune, Commune.code == Venue.commune_code)
        .where(Venue.merged_into_id.is_(None))
        .order_by(Venue.search, Venue.id)
    )
    if territory is not None:
        statement = statement.where(Commune.departement_code.in_(sorted(territory)))
    return statement


def both_under_lock(kind: Merged, numbers: Sequence[int]) -> dict[int, Entry]:
    """Return these entries by number, locked until the transaction ends: always in one order, so that nobody waits for ever."""
    own = _OWN[kind]
    statement = (
        select(own)
        .where(own.id.in_(numbers))
        .order_by(own.id)
        .with_for_update(of=own)
        .execution_options(populate_existing=True)
    )
    found: Sequence[Any] = db.session.scalars(statement).all()
    return {entry.id: entry for entry in found}


def find_merge(merge_id: int) -> Merge | None:
    """Return a merge with who made it."""
    return db.session.scalar(
        select(Merge)
        .where(Merge.id == merge_id)
        .options(joinedload(Merge.by))
        .execution_options(populate_existing=True)
    )


def merge_of(kind: Merged, gone_id: int) -> Merge | None:
    """Return the merge by which an entry went, unless it was undone."""
    return db.session.scalar(
        select(Merge)
        .where(Merge.kind == kind, Merge.gone_id == gone_id, Merge.undone_at.is_(None))
        .order_by(Merge.id.desc())
        .limit(1)
        .options(joinedload(Merge.by))
    )


def find_made(merge_id: int) -> Made | None:
    """Return a merge with its two entries."""
    merge = find_merge(merge_id)
    return _with_entries([merge])[0] if merge is not None else None


def merges_to_undo(at: datetime) -> list[Made]:
    """Return the merges of the last day that were not undone, the latest first."""
    merges = db.session.scalars(
        select(Merge)
        .where(Merge.at >= at - UNDO_WITHIN, Merge.undone_at.is_(None))
        .order_by(Merge.at.desc(), Merge.id.desc())
        .options(joinedload(Merge.by).lazyload(User.roles))
    ).all()
    return _with_entries(merges)


def _with_entries(merges: Sequence[Merge]) -> list[Made]:
    known = {kind: _entries(kind, merges) for kind in Merged}
    return [
        Made(
            merge=merge,
            survivor=known[merge.kind].get(merge.survivor_id),
            gone=known[merge.kind].get(merge.gone_id),
        )
        for merge in merges
    ]


def _entries(kind: Merged, merges: Sequence[Merge]) -> dict[int, Entry]:
    own = _OWN[kind]
    of_it = [merge for merge in merges if merge.kind is kind]
    numbers = {number for merge in of_it for number in (merge.survivor_id, merge.gone_id)}
    statement = select(own).where(own.id.in_(sorted(numbers))).options(joinedload(own.commune))
    found: Sequence[Any] = db.session.scalars(statement).all()
    return {entry.id: entry for entry in found}


def activities_showing(kind: Merged, numbers: Sequence[int]) -> list[int]:
    """Return the numbers of the activities whose texts name one of these structures, or tell one of these places."""
    if kind is Merged.ORGANISATION:
        shown: ColumnElement[bool] = or_(
            Activity.organisation_id.in_(numbers),
            Activity.id.in_(
                select(CoOrganiser.activity_id).where(CoOrganiser.organisation_id.in_(numbers))
            ),
        )
    else:
        here = Activity.venue_id.in_(numbers)
        container = select(Activity.id).where(here)
        shown = or_(
            here,
            Activity.parent_id.in_(container),
            Activity.id.in_(select(Slot.activity_id).where(Slot.venue_id.in_(numbers))),
            Activity.id.in_(
                select(activity_site.c.activity_id).where(activity_site.c.venue_id.in_(numbers))
            ),
        )
    return list(db.session.scalars(select(Activity.id).where(shown).order_by(Activity.id)))


def activities_to_index(numbers: Sequence[int]) -> Sequence[Activity]:
    """Return these activities with all that one may search of them."""
    statement = (
        select(Activity)
        .where(Activity.id.in_(numbers))
        .options(
            joinedload(Activity.kind),
            joinedload(Activity.organisation),
            selectinload(Activity.co_organisers).joinedload(CoOrganiser.organisation),
            *_WHERE_HELD,
            joinedload(Activity.parent).options(*_WHERE_HELD),
            joinedload(Activity.terms),
        )
        .order_by(Activity.id)
    )
    return db.session.scalars(statement).unique().all()


def rows_pointing(column: Column[int], number: int) -> list[dict[str, object]]:
    """Return the rows of a table whose column holds this number, in the order of their keys."""
    table = column.table
    assert isinstance(table, Table)  # noqa: S101  # foreign keys are of tables
    statement = select(table).where(column == number).order_by(*table.primary_key.columns)
    return [dict(row) for row in db.session.execute(statement).mappings()]
