"""Find people, and who did what."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import selectinload

from fete.accounts.models import Role, RoleName, Sketch, User
from fete.core.db import Model, db
from fete.core.text import fold_name
from fete.geography.models import Departement
from fete.journal.models import Entry, number_of

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
    person = db.session.get(User, int(number)) if number.isdecimal() else None
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
    """Return who coordinates a département; the regional ones if it has nobody, then the administrators."""
    of_it = Role.departements.any(Departement.code == departement_code)
    return (
        _holders(RoleName.DEPARTMENTAL, of_it)
        or _holders(RoleName.REGIONAL)
        or _holders(RoleName.ADMINISTRATOR)
    )


def _holders(name: RoleName, *further: ColumnElement[bool]) -> Sequence[User]:
    statement = (
        select(User)
        .where(
            User.roles.any(and_(Role.name == name, *further)),
            User.checked_at.is_not(None),
            User.erased_at.is_(None),
        )
        .order_by(User.id)
    )
    return db.session.scalars(statement).all()


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


def acts_on(thing: Model, *, limit: int = 200) -> Sequence[Act]:
    """Return what was done to an object and by whom, the latest first."""
    return _acts(_entries_of(thing).limit(limit))


def latest_act(thing: Model, acts: Iterable[str]) -> Act | None:
    """Return the latest of these acts on an object."""
    found = _acts(_entries_of(thing).where(Entry.act.in_(sorted(acts))).limit(1))
    return found[0] if found else None


def _entries_of(thing: Model) -> Select[Entry, str]:
    return (
        select(Entry, User.name)
        .outerjoin(User, User.id == Entry.person_id)
        .where(Entry.object_kind == thing.__tablename__, Entry.object_id == number_of(thing))
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
