"""Make two entries of one structure or place one, and undo it within the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Column, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from fete.accounts.models import User
from fete.core.db import Moment, db
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.journal.services import record
from fete.network.models import Membership, MembershipState, Organisation
from fete.network.queries import active_members, owner_of_identifier
from fete.programme import mails
from fete.programme.models import Activity, Answer, Merge, Merged, Slot
from fete.programme.queries.merging import (
    activities_showing,
    activities_to_index,
    both_under_lock,
    find_merge,
    merge_of,
    references_to,
    rows_pointing,
)
from fete.programme.rules.merging import (
    IDENTIFIERS,
    Entry,
    can_be_undone,
    kind_of,
    taken_over,
)
from fete.programme.services.activities import index

Row = dict[str, Any]
# What the journal calls it, on the one that stays and on the one that goes.
_ACTS = {
    Merged.ORGANISATION: ("organisation.merged", "organisation.merged_away"),
    Merged.VENUE: ("venue.merged", "venue.merged_away"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Move:
    """The rows of one table that go from one entry to the other, and those that are set aside for them."""

    column: Column[int]
    going: Sequence[Row]
    aside: Sequence[Row]


def merge(
    survivor: Entry,
    gone: Entry,
    *,
    by: User,
    at: datetime,
    versions: tuple[int, int] | None = None,
) -> Merge:
    """Put one entry in the place of another: all that hangs on the other is its own from now on.

    `versions` are those of the two structures that the person compared; raise `StaleError` when one changed since.
    Done twice by one person, it is done once; whoever comes second is told.
    """
    kind = kind_of(survivor)
    if survivor.id == gone.id:
        raise RuleBrokenError(_("Choisissez deux fiches différentes."))
    known = both_under_lock(kind, sorted((survivor.id, gone.id)))
    made = merge_of(kind, gone.id)
    if made is not None and (made.survivor_id, made.by_id) == (survivor.id, by.id):
        return made
    for entry in known.values():
        _refuse_merged(entry)
    _refuse_changed(survivor, gone, versions)
    readers = active_members(gone) if isinstance(gone, Organisation) else []
    filled = taken_over(survivor, gone)
    shown = activities_showing(kind, [gone.id, survivor.id] if filled else [gone.id])
    moves = [_move(column, survivor.id, gone.id) for column in references_to(kind)]
    for move in moves:
        _set_aside(move.column, move.aside)
        _point(move.column, [_key(row) for row in move.going], gone.id, survivor.id)
    made = Merge(
        kind=kind,
        survivor_id=survivor.id,
        gone_id=gone.id,
        at=at,
        by_id=by.id,
        moved={
            "rows": {
                move.column.table.name: [_key(row) for row in move.going]
                for move in moves
                if move.going
            },
            "aside": {
                move.column.table.name: [_plain(row) for row in move.aside]
                for move in moves
                if move.aside
            },
            "filled": {
                name: [_plain_value(getattr(survivor, name)), _plain_value(value)]
                for name, value in filled.items()
            },
            "identifiers": _free_identifiers(gone),
        },
    )
    db.session.add(made)
    _fill(survivor, filled)
    gone.merged_into_id = survivor.id
    db.session.flush()
    _tell_calendars(shown, at=at)
    merged, away = _ACTS[kind]
    record(merged, on=survivor, person_id=by.id, at=at, detail=gone.name)
    record(away, on=gone, person_id=by.id, at=at, detail=survivor.name)
    if isinstance(survivor, Organisation):
        mails.tell_of_merge(readers, gone=gone.name, survivor=survivor, by=by, at=at)
    db.session.flush()
    return made


def undo(made: Merge, *, by: User, at: datetime) -> None:
    """Put everything back as it stood before a merge, row by row; what came since to the one that stayed stays there.

    Refused after a day, and when something that moved was merged again, taken away or given to others since.
    """
    known = both_under_lock(made.kind, sorted((made.survivor_id, made.gone_id)))
    made = find_merge(made.id) or made
    if made.undone_at is not None and made.undone_by_id == by.id:
        return
    survivor, gone = known.get(made.survivor_id), known.get(made.gone_id)
    if survivor is None or gone is None:
        raise RuleBrokenError(_("L’une des deux fiches n’existe plus : rien ne peut être défait."))
    _refuse_undoing(made, survivor, gone, at=at)
    filled: Mapping[str, Sequence[Any]] = made.moved["filled"]
    members = set(made.moved["rows"].get(Membership.__tablename__, ()))
    _unfill(survivor, filled)
    _give_identifiers_back(gone, made.moved["identifiers"])
    for column in references_to(made.kind):
        numbers = made.moved["rows"].get(column.table.name, ())
        _point(column, numbers, survivor.id, gone.id)
    for column in references_to(made.kind):
        _take_back(column.table, made.moved["aside"].get(column.table.name, ()))
    gone.merged_into_id = None
    made.undone_at, made.undone_by_id = at, by.id
    db.session.flush()
    numbers = [gone.id, survivor.id] if filled else [gone.id]
    _tell_calendars(activities_showing(made.kind, numbers), at=at)
    act = "organisation.separated" if made.kind is Merged.ORGANISATION else "venue.separated"
    record(act, on=survivor, person_id=by.id, at=at, detail=gone.name)
    record(act, on=gone, person_id=by.id, at=at, detail=survivor.name)
    if isinstance(gone, Organisation) and members:
        mails.tell_of_separation(
            active_members(gone), gone=gone, survivor=survivor.name, by=by, at=at
        )
    db.session.flush()


def _refuse_merged(entry: Entry) -> None:
    if entry.merged_into_id is None:
        return
    made = merge_of(kind_of(entry), entry.id)
    name = made.by.name if made is not None and made.by is not None else _("quelqu’un d’autre")
    raise RuleBrokenError(
        _(
            "« %(name)s » vient d’être réunie à une autre fiche par %(person)s.",
            name=entry.name,
            person=name,
        )
    )


def _refuse_changed(survivor: Entry, gone: Entry, versions: tuple[int, int] | None) -> None:
    if versions is None or not isinstance(survivor, Organisation):
        return
    assert isinstance(gone, Organisation)  # noqa: S101  # both are of one kind
    if (survivor.version, gone.version) != versions:
        raise StaleError


def _refuse_undoing(made: Merge, survivor: Entry, gone: Entry, *, at: datetime) -> None:
    if made.undone_at is not None:
        raise RuleBrokenError(_("Quelqu’un d’autre vient de défaire cette réunion."))
    if not can_be_undone(made, at):
        raise RuleBrokenError(
            _("Une réunion ne se défait que dans les 24 heures : celle-ci est plus ancienne.")
        )
    if survivor.merged_into_id is not None or gone.merged_into_id != survivor.id:
        raise RuleBrokenError(
            _(
                "« %(name)s » a été réunie depuis à une autre fiche : défaites d’abord cette réunion-là.",
                name=survivor.name,
            )
        )
    if made.kind is Merged.ORGANISATION:
        moved = made.moved["rows"].get(Activity.__tablename__, [])
        there = select(Activity.id).where(
            Activity.id.in_(moved), Activity.organisation_id == survivor.id
        )
        if len(db.session.scalars(there).all()) < len(moved):
            raise RuleBrokenError(
                _(
                    "Une des activités réunies a été supprimée ou confiée à une autre structure depuis : la réunion ne peut plus être défaite."
                )
            )


# What moves


def _move(column: Column[int], survivor: int, gone: int) -> _Move:
    own, others = rows_pointing(column, survivor), rows_pointing(column, gone)
    aside = _in_the_way(column, own, others, survivor=survivor, gone=gone)
    kept_off = [_key(row) for row in aside if row[column.name] == gone]
    going = [row for row in others if _key(row) not in kept_off]
    return _Move(column=column, going=going, aside=aside)


def _in_the_way(
    column: Column[int], own: Sequence[Row], others: Sequence[Row], *, survivor: int, gone: int
) -> list[Row]:
    """Return the rows that cannot stand beside others once the two entries are one."""
    match column.table.name:
        case "membership":
            return _doubled(own, others, "person_id", better=_is_active)
        case "late_entry":
            return _doubled(own, others, "edition_id", better=_until)
        case "co_organiser":
            with_itself = _of_its_own([*own, *others], survivor, gone)
            rest = [row for row in others if row not in with_itself]
            return with_itself + _doubled(own, rest, "activity_id")
        case "handover":
            asked = [row for row in (*own, *others) if row["state"] is Answer.ASKED]
            return _of_its_own(asked, survivor, gone)
        case "activity_site":
            held_there = _held_there([*own, *others], survivor, gone)
            rest = [row for row in others if row not in held_there]
            return held_there + _doubled(own, rest, "activity_id")
        case _:
            return []


def _doubled(
    own: Sequence[Row],
    others: Sequence[Row],
    key: str,
    *,
    better: Any = None,  # noqa: ANN401  # a key of order
) -> list[Row]:
    """Return, of the rows of both entries about the same thing, the one that gives way: the other's, unless it is better."""
    standing = {row[key]: row for row in own}
    pairs = [(standing[row[key]], row) for row in others if row[key] in standing]
    return [
        mine if better is not None and better(theirs) > better(mine) else theirs
        for mine, theirs in pairs
    ]


def _is_active(row: Row) -> bool:
    return row["state"] is MembershipState.ACTIVE


def _until(row: Row) -> date:
    until: date = row["until"]
    return until


def _of_its_own(rows: Sequence[Row], survivor: int, gone: int) -> list[Row]:
    """Return those about an activity that the structure will declare itself."""
    own = select(Activity.id).where(
        Activity.id.in_([row["activity_id"] for row in rows]),
        Activity.organisation_id.in_((survivor, gone)),
    )
    numbers = set(db.session.scalars(own))
    return [row for row in rows if row["activity_id"] in numbers]


def _held_there(rows: Sequence[Row], survivor: int, gone: int) -> list[Row]:
    """Return the further sites of what is held at the place already."""
    held = select(Activity.id).where(
        Activity.id.in_([row["activity_id"] for row in rows]),
        Activity.venue_id.in_((survivor, gone)),
    )
    numbers = set(db.session.scalars(held))
    return [row for row in rows if row["activity_id"] in numbers]


def _key(row: Row) -> int:
    """Return the number of a row; of a further site, that of its activity."""
    number: int = row["id"] if "id" in row else row["activity_id"]
    return number


def _own_key(table: Table) -> Column[int]:
    return table.columns["id"] if "id" in table.columns else table.columns["activity_id"]


def _point(column: Column[int], numbers: Sequence[int], before: int, after: int) -> None:
    """Let these rows point from one entry to the other; what points elsewhere by now is left alone."""
    table = column.table
    assert isinstance(table, Table)  # noqa: S101  # foreign keys are of tables
    if numbers:
        db.session.execute(
            update(table)
            .where(_own_key(table).in_(numbers), column == before)
            .values({column.name: after})
        )


def _set_aside(column: Column[int], rows: Sequence[Row]) -> None:
    table = column.table
    assert isinstance(table, Table)  # noqa: S101  # foreign keys are of tables
    for number in sorted({row[column.name] for row in rows}):
        keys = [_key(row) for row in rows if row[column.name] == number]
        db.session.execute(delete(table).where(_own_key(table).in_(keys), column == number))


def _take_back(table: Any, rows: Sequence[Row]) -> None:  # noqa: ANN401  # a table, as its columns know it
    forgotten = _forgotten({row["person_id"] for row in rows if "person_id" in row})
    back = [
        {name: _read(table.columns[name], value) for name, value in row.items()}
        for row in rows
        if row.get("person_id") not in forgotten
    ]
    if not back or _inserted(table, back):
        return
    for values in back:
        if not _inserted(table, [values]) and "id" in values:
            # Its number was given to another row since: nothing else points to it.
            _inserted(table, [{name: value for name, value in values.items() if name != "id"}])


def _inserted(table: Table, rows: Sequence[Row]) -> bool:
    try:
        with db.session.begin_nested():
            db.session.execute(insert(table), rows)
    except IntegrityError:
        # What it says stands already, said anew since.
        return False
    return True


def _forgotten(people: set[int]) -> set[int]:
    """Return those of these people who erased their account since."""
    kept = db.session.scalars(select(User.id).where(User.id.in_(people), User.erased_at.is_(None)))
    return people - set(kept)


def _plain(row: Row) -> Row:
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime | date) else value


def _read(column: Column[Any], value: Any) -> Any:  # noqa: ANN401  # any column's value
    if not isinstance(value, str):
        return value
    if isinstance(column.type, Moment):
        return datetime.fromisoformat(value)
    kind = column.type.python_type
    if issubclass(kind, Enum):
        return kind(value)
    return date.fromisoformat(value) if issubclass(kind, date) else value


# What each says of itself


def _fill(survivor: Entry, filled: Mapping[str, object]) -> None:
    for name, value in filled.items():
        setattr(survivor, name, value)
    if filled and isinstance(survivor, Organisation):
        survivor.version += 1


def _unfill(survivor: Entry, filled: Mapping[str, Sequence[Any]]) -> None:
    """Take from the one that stayed what it was given, unless it was written otherwise since."""
    back = {
        name: before for name, (before, given) in filled.items() if getattr(survivor, name) == given
    }
    _fill(survivor, back)
    db.session.flush()


def _free_identifiers(gone: Entry) -> dict[str, str]:
    """Take its numbers from the one that goes: the structure may write either of them."""
    if not isinstance(gone, Organisation):
        return {}
    borne = {name: value for name in IDENTIFIERS if (value := getattr(gone, name))}
    gone.siret = gone.rna = None
    db.session.flush()
    return borne


def _give_identifiers_back(gone: Entry, borne: Mapping[str, str]) -> None:
    if not isinstance(gone, Organisation):
        return
    for name, value in borne.items():
        owner = owner_of_identifier(getattr(Organisation, name), value, other_than=gone)
        if owner is not None:
            raise RuleBrokenError(
                _(
                    "Le numéro %(number)s est maintenant celui de « %(name)s » : la réunion ne peut plus être défaite.",
                    number=value,
                    name=owner.name,
                )
            )
        setattr(gone, name, value)
    db.session.flush()


def _tell_calendars(numbers: Sequence[int], *, at: datetime) -> None:
    """Make these activities findable by what they say now, and raise the revision of their slots."""
    db.session.execute(
        update(Slot)
        .where(Slot.activity_id.in_(numbers))
        .values(revision=Slot.revision + 1, changed_at=at)
    )
    db.session.execute(update(Activity).where(Activity.id.in_(numbers)).values(changed_at=at))
    # The rows moved behind the back of the objects: read them anew.
    db.session.expire_all()
    for activity in activities_to_index(numbers):
        index(activity)
    db.session.flush()
