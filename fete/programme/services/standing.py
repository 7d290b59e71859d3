"""Notice what changes of the public programme and of what is told of it, and say so in the transaction that changes it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, event, insert, inspect
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.sql.dml import UpdateBase

from fete.core.db import Model, db, upsert_rows
from fete.geography.models import Commune, Departement
from fete.network.models import CharterSignature, Organisation
from fete.programme.models import (
    Activity,
    CoOrganiser,
    Edition,
    Picture,
    Slot,
    Standing,
    StandingChange,
    Venue,
    activity_site,
    activity_term,
)
from fete.programme.queries.standing import CHANGED, FOLLOWED, TOKEN, UNSEEN
from fete.programme.workflow import Status
from fete.vocabulary.models import Term

# What the public sees, or saw: a calendar changes too when something leaves it.
_SEEN = frozenset({Status.PUBLISHED, Status.WITHDRAWN})
# What is shown with any of them; a signature of the charter says whether a structure is shown by its name.
_OF_ALL = (CharterSignature, Commune, Departement, Edition, Organisation, Term, Venue)
_TABLES = frozenset(
    [
        *(each.__tablename__ for each in (*_OF_ALL, Activity, CoOrganiser, Picture, Slot)),
        activity_site.name,
        activity_term.name,
    ]
)
# What is shown beside it, and what tells of its activities once they are over: nothing below knows of either.
_beside: set[type[Model]] = set()
_told: dict[type[Model], Callable[[Any], int | None]] = {}
# How many rows are worth naming in one change, and how many changes are kept; twice as many before any is forgotten.
_MOST_NAMED = 200
_KEPT = 500


class _Changed:
    """What a session has changed of the programme and not said yet."""

    def __init__(self) -> None:
        # Something that the public sees, not only what is told afterwards.
        self.is_public = False
        self.is_all = False
        self._named: dict[str, set[int]] = {name: set() for name in FOLLOWED}
        # They have no number before they are written.
        self._new: list[Model] = []

    def add(self, row: Model) -> None:
        """Name a row, as soon as it has a number."""
        identity = inspect(row).identity
        if identity is not None:
            self.name(row.__tablename__, *identity)
        elif not self.is_all:
            self._new.append(row)
            self.is_all = len(self._new) > _MOST_NAMED

    def add_owner(self, row: Model | None, table: str, number: int | None) -> None:
        """Name the row of what is its own: that may be new and know the row only, or have left it and know its number."""
        if row is not None:
            self.add(row)
        elif number is not None:
            self.name(table, number)

    def name(self, table: str, number: int) -> None:
        """Name the row of this number."""
        self._named[table].add(number)

    @property
    def numbers(self) -> Mapping[str, list[int]] | None:
        """The numbers of the rows that changed, under the names of their tables; `None` when they are too many to name."""
        for row in self._new:
            # What a savepoint undid has none.
            self._named[row.__tablename__].update(inspect(row).identity or ())
        if self.is_all or sum(map(len, self._named.values())) > _MOST_NAMED:
            return None
        return {name: sorted(numbers) for name, numbers in self._named.items()}


def notice_changes(
    *, beside: Iterable[type[Model]], told: Mapping[type[Model], Callable[[Any], int | None]]
) -> None:
    """Notice from now on, in every session, what changes of the public programme.

    And of what is shown `beside` it; and new rows of what is `told` of activities, each with the way to the number of
    its activity.
    """
    _beside.update(beside)
    _told.update(told)
    for moment, act in (
        ("before_flush", _notice),
        ("do_orm_execute", _notice_statement),
        ("before_commit", _say),
        ("after_soft_rollback", _forget),
    ):
        if not event.contains(db.session, moment, act):
            event.listen(db.session, moment, act)


def _notice(session: Session, *_rest: object) -> None:
    # What was only read, or written as it was, is no change.
    rewritten = (row for row in session.dirty if session.is_modified(row))
    for row in (*session.new, *rewritten, *session.deleted):
        if _is_public(row):
            changed = _has_changed(session)
            changed.is_public = True
            _note(changed, row, is_gone=row in session.deleted)
        elif type(row) in _told:
            number = _told[type(row)](row)
            if number is not None:
                _has_changed(session).name("activity", number)


def _notice_statement(state: ORMExecuteState) -> None:
    # Many rows at once, as when two places are made one: no object tells of them.
    statement = state.statement
    if (
        isinstance(statement, UpdateBase)
        and getattr(statement.table, "name", "") in _TABLES
        and not state.execution_options.keys() & UNSEEN.keys()
    ):
        changed = _has_changed(state.session)
        changed.is_public = changed.is_all = True


def _has_changed(session: Session) -> _Changed:
    session.info.pop(TOKEN, None)
    changed: _Changed = session.info.setdefault(CHANGED, _Changed())
    return changed


def _note(changed: _Changed, row: Model, *, is_gone: bool) -> None:
    """Note whose row changed; what goes with all that was its own, or is shown with any, may be anybody’s."""
    match row:
        case Slot() | CoOrganiser() | Picture():
            changed.add_owner(row.activity, "activity", row.activity_id)
        case CharterSignature():
            changed.add_owner(row.organisation, "organisation", row.organisation_id)
        case Activity() | Organisation() | Venue() if not is_gone and not _has_moved(row):
            changed.add(row)
        case _ if not isinstance(row, (Edition, *_beside)):
            changed.is_all = True
        case _:
            pass


def _has_moved(row: Model) -> bool:
    """Whether an activity leaves an edition, which knows nothing of it any more."""
    if not isinstance(row, Activity):
        return False
    state = inspect(row)
    own = state.attrs.edition_id.history, state.attrs.edition.history
    return state.persistent and any(each.has_changes() for each in own)


def _say(session: Session) -> None:
    if session.in_nested_transaction():
        # Said when all is kept: a savepoint is no end.
        return
    session.flush()
    session.info.pop(TOKEN, None)
    changed: _Changed | None = session.info.pop(CHANGED, None)
    if changed is not None:
        # Last of all: two people who change something wait for each other no longer than this takes.
        latest = uuid4().hex
        tokens = {"token": uuid4().hex} if changed.is_public else {}
        upsert_rows(Standing, [{"id": 1, "latest": latest} | tokens], key=("id",))
        _keep(latest, changed)


def _keep(token: str, changed: _Changed) -> None:
    """Keep what changed under a token, now that whoever else changes something waits: numbers follow the order."""
    numbers = changed.numbers
    row = {"token": token, "is_all": numbers is None, "numbers": numbers or {}}
    number = db.session.scalars(insert(StandingChange).returning(StandingChange.id), [row]).one()
    if number % _KEPT == 0:
        db.session.execute(delete(StandingChange).where(StandingChange.id <= number - _KEPT))


def _forget(session: Session, undone: SessionTransaction) -> None:
    if undone.nested or session.in_nested_transaction():
        # What was changed before the savepoint stays changed.
        return
    session.info.pop(CHANGED, None)
    session.info.pop(TOKEN, None)


def _is_public(changed: object) -> bool:
    if isinstance(changed, Slot | CoOrganiser | Picture):
        return _is_seen(changed.activity)
    if isinstance(changed, Activity):
        return _is_seen(changed)
    return isinstance(changed, (*_OF_ALL, *_beside))


def _is_seen(activity: Activity | None) -> bool:
    """Whether the public sees an activity, or saw it until now.

    A container counts whatever its status: a stand that is published has its hours and its place.
    """
    if activity is None or activity.is_container:
        return True
    before = inspect(activity).attrs.status.history.deleted or ()
    return activity.status in _SEEN or any(each in _SEEN for each in before)
