"""The journal as a coordinator may read it: of their territory, of every kind of object, or of one object whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from fete.accounts.models import User
from fete.accounts.policies import is_regional, territory_of
from fete.accounts.queries import Act
from fete.core.clock import day_bounds
from fete.core.db import db
from fete.core.pagination import PAGE_SIZE, Page, page_number
from fete.core.text import fold_name
from fete.geography.models import Commune
from fete.journal.models import Entry
from fete.network.models import Organisation
from fete.network.queries import merged_into
from fete.programme.models import Activity, Circular, Edition, Venue
from fete.programme.queries.territory import within
from fete.programme.workflow import Status
from fete.reports.models import Report


class Kind(StrEnum):
    """What the journal tells of, by the word of the address."""

    ACTIVITY = "activites"
    REPORT = "bilans"
    ORGANISATION = "structures"
    VENUE = "lieux"
    CIRCULAR = "lettres"
    EDITION = "editions"
    PERSON = "personnes"


TABLES = {
    Kind.ACTIVITY: Activity.__tablename__,
    Kind.REPORT: Report.__tablename__,
    Kind.ORGANISATION: Organisation.__tablename__,
    Kind.VENUE: Venue.__tablename__,
    Kind.CIRCULAR: Circular.__tablename__,
    Kind.EDITION: Edition.__tablename__,
    Kind.PERSON: User.__tablename__,
}
_KINDS = {table: kind for kind, table in TABLES.items()}
_REGIONAL = frozenset({Kind.EDITION, Kind.PERSON})
# Said each time that somebody comes in: only who looks at people reads them.
_COMINGS = ("person.signed_in", "person.sign_in_failed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is asked of the journal; days of Paris, both included."""

    kind: Kind | None = None
    person: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line: what was done, to an object of what kind and number, what that is called, and the number of its page."""

    act: Act
    kind: Kind
    number: int | None
    name: str
    page: int | None


def kinds_for(user: User) -> list[Kind]:
    """Return the kinds of objects whose journal the person may read."""
    return [kind for kind in Kind if is_regional(user) or kind not in _REGIONAL]


def journal_for(user: User, asked: Asked, *, number: int) -> Page[Line]:
    """Return a page of the journal of a person's territory, the latest first."""
    kinds = [kind for kind in kinds_for(user) if asked.kind in {None, kind}]
    conditions: list[ColumnElement[bool]] = [or_(*(_is_readable(kind, user) for kind in kinds))]
    if asked.kind is not Kind.PERSON:
        conditions.append(Entry.act.not_in(_COMINGS))
    if asked.person:
        conditions.append(Entry.person_id.in_(_people_named(asked.person)))
    if asked.first is not None:
        conditions.append(Entry.at >= day_bounds(asked.first)[0])
    if asked.last is not None:
        conditions.append(Entry.at < day_bounds(asked.last)[1])
    return _page(conditions, number=number)


def find_name(user: User, kind: Kind, number: int) -> str | None:
    """Return what an object is called, if the person may read its journal."""
    if kind not in kinds_for(user):
        return None
    seen = db.session.scalar(_readable(kind, user).where(_NUMBERS[kind] == number))
    return _names(kind, [number]).get(number, ("", None))[0] if seen is not None else None


def history_of(kind: Kind, object_id: int, *, number: int) -> Page[Line]:
    """Return a page of the whole history of an object, the latest first.

    That of an activity holds its report's; that of a structure or a place, those of the entries merged into it.
    """
    of_it = [and_(Entry.object_kind == TABLES[kind], Entry.object_id == object_id)]
    further = {
        Kind.ACTIVITY: (Kind.REPORT, select(Report.id).where(Report.activity_id == object_id)),
        Kind.ORGANISATION: (Kind.ORGANISATION, merged_into(object_id)),
        Kind.VENUE: (Kind.VENUE, select(Venue.id).where(Venue.merged_into_id == object_id)),
    }
    if kind in further:
        its_kind, numbers = further[kind]
        of_it.append(and_(Entry.object_kind == TABLES[its_kind], Entry.object_id.in_(numbers)))
    return _page([or_(*of_it)], number=number)


_NUMBERS: dict[Kind, InstrumentedAttribute[int]] = {
    Kind.ACTIVITY: Activity.id,
    Kind.REPORT: Report.id,
    Kind.ORGANISATION: Organisation.id,
    Kind.VENUE: Venue.id,
    Kind.CIRCULAR: Circular.id,
    Kind.EDITION: Edition.id,
    Kind.PERSON: User.id,
}


def _is_readable(kind: Kind, user: User) -> ColumnElement[bool]:
    return and_(Entry.object_kind == TABLES[kind], Entry.object_id.in_(_readable(kind, user)))


def _readable(kind: Kind, user: User) -> Select[int]:
    """Return the statement of the numbers of the objects of a kind whose journal the person may read."""
    territory = territory_of(user)
    match kind:
        case Kind.ACTIVITY:
            return select(Activity.id).where(_was_deposited(), within(territory))
        case Kind.REPORT:
            return select(Report.id).join(Report.activity).where(within(territory))
        case Kind.ORGANISATION:
            return _of_communes(select(Organisation.id), Organisation.commune_code, territory)
        case Kind.VENUE:
            return _of_communes(select(Venue.id), Venue.commune_code, territory)
        case Kind.CIRCULAR:
            every = select(Circular.id)
            return every if territory is None else every.where(Circular.by_id == user.id)
        case Kind.EDITION:
            return select(Edition.id)
        case Kind.PERSON:
            return select(User.id)


def _was_deposited() -> ColumnElement[bool]:
    # As `policies.can_review`: what only its members ever saw stays between them.
    return and_(
        Activity.status != Status.DRAFT,
        or_(Activity.status != Status.WITHDRAWN, Activity.submitted_at.is_not(None)),
    )


def _of_communes(
    statement: Select[int],
    column: InstrumentedAttribute[str | None] | InstrumentedAttribute[str],
    territory: frozenset[str] | None,
) -> Select[int]:
    if territory is None:
        return statement
    here = select(Commune.code).where(Commune.departement_code.in_(sorted(territory)))
    return statement.where(column.in_(here))


def _people_named(words: str) -> Select[int]:
    statement = select(User.id).where(User.erased_at.is_(None))
    for word in words.lower().split():
        forms = {word, fold_name(word) or word}
        statement = statement.where(
            or_(*(User.search.contains(form, autoescape=True) for form in sorted(forms)))
        )
    return statement


def _page(conditions: Sequence[ColumnElement[bool]], *, number: int) -> Page[Line]:
    total = db.session.scalar(select(func.count(Entry.id)).where(*conditions)) or 0
    number = page_number(number, total)
    statement = (
        select(Entry, User.name)
        .outerjoin(User, User.id == Entry.person_id)
        .where(*conditions)
        .order_by(Entry.at.desc(), Entry.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    found = [(entry, name) for entry, name in db.session.execute(statement)]
    return Page(rows=_lines(found), number=number, total=total)


def _lines(found: Sequence[tuple[Entry, str | None]]) -> list[Line]:
    named = {
        kind: _names(
            kind,
            [
                entry.object_id
                for entry, _name in found
                if entry.object_kind == TABLES[kind] and entry.object_id is not None
            ],
        )
        for kind in {_KINDS[entry.object_kind] for entry, _name in found}
    }
    lines = []
    for entry, person in found:
        kind = _KINDS[entry.object_kind]
        name, page = named[kind].get(entry.object_id or 0, ("", None))
        lines.append(
            Line(
                act=Act(
                    at=entry.at,
                    act=entry.act,
                    person_id=entry.person_id,
                    person_name=person,
                    detail=entry.detail,
                ),
                kind=kind,
                number=entry.object_id,
                name=name,
                page=page,
            )
        )
    return lines


def _names(kind: Kind, numbers: Sequence[int]) -> Mapping[int, tuple[str, int | None]]:
    """Return, of these objects, what each is called and the number of its page."""
    statements: dict[Kind, Callable[[], Select[int, str, int]]] = {
        Kind.ACTIVITY: lambda: select(Activity.id, Activity.title, Activity.id),
        Kind.REPORT: lambda: select(Report.id, Activity.title, Activity.id).join(Report.activity),
        Kind.ORGANISATION: lambda: select(Organisation.id, Organisation.name, Organisation.id),
        Kind.VENUE: lambda: select(Venue.id, Venue.name, Venue.id),
        Kind.CIRCULAR: lambda: select(Circular.id, Circular.subject, Circular.id),
        Kind.EDITION: lambda: select(Edition.id, Edition.year, Edition.year),
        Kind.PERSON: lambda: select(User.id, User.name, User.id),
    }
    statement = statements[kind]().where(_NUMBERS[kind].in_(numbers))
    return {number: (str(name), page) for number, name, page in db.session.execute(statement)}
