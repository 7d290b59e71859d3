"""Notice what changes of the public programme, and say so in the transaction that changes it."""

from collections.abc import Iterable
from uuid import uuid4

from sqlalchemy import event, inspect
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
    Venue,
    activity_site,
    activity_term,
)
from fete.programme.queries.catalogue import CHANGED, TOKEN
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
# What is shown beside it, and nothing below knows of.
_beside: set[type[Model]] = set()


def notice_changes(*beside: type[Model]) -> None:
    """Notice from now on, in every session, what changes of the public programme, and of what is shown beside it."""
    _beside.update(beside)
    for moment, act in (
        ("before_flush", _notice),
        ("do_orm_execute", _notice_statement),
        ("before_commit", _say),
        ("after_soft_rollback", _forget),
    ):
        if not event.contains(db.session, moment, act):
            event.listen(db.session, moment, act)


def _notice(session: Session, *_rest: object) -> None:
    changed: Iterable[object] = (*session.new, *session.dirty, *session.deleted)
    if any(map(_is_public, changed)):
        _has_changed(session)


def _notice_statement(state: ORMExecuteState) -> None:
    # Many rows at once, as when two places are made one: no object tells of them.
    statement = state.statement
    if isinstance(statement, UpdateBase) and getattr(statement.table, "name", "") in _TABLES:
        _has_changed(state.session)


def _has_changed(session: Session) -> None:
    session.info[CHANGED] = True
    session.info.pop(TOKEN, None)


def _say(session: Session) -> None:
    session.flush()
    session.info.pop(TOKEN, None)
    if session.info.pop(CHANGED, False):
        # Last of all: two people who change the programme wait for each other no longer than this takes.
        upsert_rows(Standing, [{"id": 1, "token": uuid4().hex}], key=("id",))


def _forget(session: Session, undone: SessionTransaction) -> None:
    if undone.nested:
        # What was changed before it stays changed.
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
