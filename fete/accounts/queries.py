"""Find people, and who did what."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload, with_expression

from fete.accounts.models import Absence, Role, RoleName, Sketch, User
from fete.accounts.policies import territory_of
from fete.core.clock import today
from fete.core.db import Model, db
from fete.core.text import fold_name
from fete.geography.models import Departement
from fete.journal.models import Entry, number_of
from fete.mailing.queries import unread

# What a person's own copy of their data leaves out: it opens doors and tells nothing.
_SECRETS = frozenset({"password_hash", "session_key", "search"})


def find_by_email(email: str) -> User | None:
    """Return the person whose address this is, however its capitals are typed."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def find_person(number: int) -> User | None:
    """Return a person by number, unless the account was erased."""
    return db.session.scalar(select(User).where(User.id == number, User.erased_at.is_(None)))


def find_session_owner(session_id: str) -> User | None:
    """Return the person of a session, unless it was ended since."""
    number, _, key = session_id.partition(".")
    if not number.isdecimal():
        return None
    # How many messages they have not read comes with them: every page of the workshop says it.
    statement = (
        select(User)
        .where(User.id == int(number))
        .options(with_expression(User.unread, unread(User.id)))
        .execution_options(populate_existing=True)
    )
    person = db.session.scalar(statement)
    return person if person is not None and person.session_key == key and person.is_active else None


def people(words: str, role: RoleName | None = None) -> Select[User]:
    """Return the accounts whose name or address holds every word, with their roles, in the order of names."""
    statement = (
        select(User)
        .where(User.erased_at.is_(None))
        .options(selectinload(User.roles).selectinload(Role.departements))
        .order_by(User.search, User.id)
    )
    for word in words.lower().split():
        # An address is searched as it is typed, a name without its accents.
        forms = {word, fold_name(word) or word}
        statement = statement.where(
            or_(*(User.search.contains(form, autoescape=True) for form in sorted(forms)))
        )
    if role is not None:
        statement = statement.where(User.roles.any(Role.name == role))
    return statement


def coordinators_of(departement_code: str | None) -> Sequence[User]:
    """Return who coordinates a département and is not away today; the regional ones if nobody is, then the administrators.

    Where everybody is away, those who would be written to otherwise are.
    """
    of_it = Role.departements.any(Departement.code == departement_code)
    here = ~_is_away()
    return (
        _holders(RoleName.DEPARTMENTAL, of_it, present=here)
        or _holders(RoleName.REGIONAL, present=here)
        or _holders(RoleName.ADMINISTRATOR, present=here)
        or _holders(RoleName.DEPARTMENTAL, of_it)
        or _holders(RoleName.REGIONAL)
        or _holders(RoleName.ADMINISTRATOR)
    )


def _is_away() -> ColumnElement[bool]:
    day = today()
    return exists().where(
        Absence.person_id == User.id, Absence.first_day <= day, Absence.last_day >= day
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Absent:
    """A coordinator who is away, until when, and the départements where nobody else is there meanwhile."""

    person_id: int
    name: str
    until: date
    departements: frozenset[str]


def absent_coordinators() -> list[Absent]:
    """Return the coordinators of départements who leave one of them to the region today, by name."""
    day = today()
    coordinators = db.session.scalars(
        select(User)
        .where(
            User.roles.any(Role.name == RoleName.DEPARTMENTAL),
            User.checked_at.is_not(None),
            User.erased_at.is_(None),
        )
        .order_by(User.search, User.id)
    ).all()
    until: dict[int, date] = {}
    absences = select(Absence).where(Absence.first_day <= day, Absence.last_day >= day)
    for absence in db.session.scalars(absences.order_by(Absence.id)):
        until[absence.person_id] = max(absence.last_day, until.get(absence.person_id, day))
    held = frozenset[str]().union(
        *(territory_of(each) or () for each in coordinators if each.id not in until)
    )
    return [
        Absent(person_id=each.id, name=each.name, until=until[each.id], departements=left)
        for each in coordinators
        if each.id in until and (left := (territory_of(each) or frozenset()) - held)
    ]


def absences_of(person: User) -> Sequence[Absence]:
    """Return the absences of a person that are not over, the nearest first."""
    return db.session.scalars(
        select(Absence)
        .where(Absence.person_id == person.id, Absence.last_day >= today())
        .order_by(Absence.first_day, Absence.id)
    ).all()


def find_absence(absence_id: int) -> Absence | None:
    """Return an absence with the person who is away."""
    return db.session.scalar(
        select(Absence).where(Absence.id == absence_id).options(joinedload(Absence.person))
    )


def _holders(
    name: RoleName, *further: ColumnElement[bool], present: ColumnElement[bool] | None = None
) -> Sequence[User]:
    statement = (
        select(User)
        .where(
            User.roles.any(and_(Role.name == name, *further)),
            *([] if present is None else [present]),
            User.checked_at.is_not(None),
            User.erased_at.is_(None),
        )
        .order_by(User.id)
    )
    return db.session.scalars(statement).all()


def numbers_of_coordinators() -> Sequence[int]:
    """Return the numbers of the people who have a role, in order."""
    return db.session.scalars(select(Role.person_id).distinct().order_by(Role.person_id)).all()


def hold_person(number: int) -> User | None:
    """Return a person who may be written to; until the transaction ends, nobody else holds them."""
    statement = select(User).where(
        User.id == number, User.checked_at.is_not(None), User.erased_at.is_(None)
    )
    return db.session.scalar(statement.with_for_update(of=User))


def count_of_administrators() -> int:
    """Return how many people look after the whole site; until the transaction ends, nobody changes that."""
    statement = (
        select(Role.id)
        .join(Role.person)
        .where(
            Role.name == RoleName.ADMINISTRATOR,
            User.checked_at.is_not(None),
            User.erased_at.is_(None),
        )
        .with_for_update(of=Role)
    )
    return len(db.session.scalars(statement).all())


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One line of the journal with the name of the person; no name for what the site did by itself."""

    at: datetime
    act: str
    person_id: int | None
    person_name: str | None
    detail: str


def acts_on(thing: Model, *, limit: int = 200, also: Select[int] | None = None) -> Sequence[Act]:
    """Return what was done to an object and by whom, the latest first.

    `also` selects the numbers of others of its kind whose history is its own: those that were merged into it.
    """
    return _acts(_entries_of(thing, also).limit(limit))


def rights_of(person: User) -> Sequence[Act]:
    """Return which roles the person was given and lost, when and by whom, the latest first."""
    acts = ("person.role_granted", "person.role_revoked")
    return _acts(_entries_of(person).where(Entry.act.in_(acts)))


def latest_act(thing: Model, acts: Iterable[str]) -> Act | None:
    """Return the latest of these acts on an object."""
    found = _acts(_entries_of(thing).where(Entry.act.in_(sorted(acts))).limit(1))
    return found[0] if found else None


def _entries_of(thing: Model, also: Select[int] | None = None) -> Select[Entry, str]:
    of_it = Entry.object_id == number_of(thing)
    return (
        select(Entry, User.name)
        .outerjoin(User, User.id == Entry.person_id)
        .where(
            Entry.object_kind == thing.__tablename__,
            of_it if also is None else or_(of_it, Entry.object_id.in_(also)),
        )
        .order_by(Entry.at.desc(), Entry.id.desc())
    )


def _acts(statement: Select[Entry, str]) -> list[Act]:
    return [
        Act(
            at=entry.at,
            act=entry.act,
            person_id=entry.person_id,
            person_name=name,
            detail=entry.detail,
        )
        for entry, name in db.session.execute(statement)
    ]


def rows_about(person: User) -> dict[str, list[dict[str, object]]]:
    """Return every row of the database that names the person, by table: whatever table points to people.

    A table that comes later and points to people is in it by itself.
    """
    found: dict[str, list[dict[str, object]]] = {}
    own = User.__table__.columns["id"]
    for table in sorted(Model.metadata.tables.values(), key=lambda table: table.name):
        pointing = [
            column
            for column in table.columns
            if any(key.column is own for key in column.foreign_keys)
        ]
        if table is User.__table__:
            pointing = list(table.primary_key.columns)
        if not pointing:
            continue
        statement = (
            select(table)
            .where(or_(*(column == person.id for column in pointing)))
            .order_by(*table.primary_key.columns)
        )
        rows = db.session.execute(statement).mappings().all()
        if rows:
            found[table.name] = [
                {name: _plain(value) for name, value in row.items() if name not in _SECRETS}
                for row in rows
            ]
    return found


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def find_sketch(person: User, page: str) -> Sketch | None:
    """Return what the person has typed on a page and not kept yet."""
    return db.session.scalar(
        select(Sketch).where(Sketch.person_id == person.id, Sketch.page == page)
    )


def find_sketches(person: User, pages: Collection[str]) -> dict[str, Sketch]:
    """Return what the person has typed on these pages and not kept yet, by page."""
    found = db.session.scalars(
        select(Sketch).where(Sketch.person_id == person.id, Sketch.page.in_(pages))
    )
    return {sketch.page: sketch for sketch in found}
