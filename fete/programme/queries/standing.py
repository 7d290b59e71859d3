"""The tokens under which the public programme stands, and what is told of it; and what changed from one to the next."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import ScalarSelect, Select, or_, select

from fete.core.db import db
from fete.core.kept import Remembered
from fete.programme.models import Activity, Slot, Standing, StandingChange, activity_site

# What a session knows: what it has changed of the programme and not said yet; the token that it read.
CHANGED = "fete.programme_changed"
TOKEN = "fete.programme_token"  # noqa: S105  # the name of one
# What a statement says of itself when the public sees nothing of what it writes.
UNSEEN = {"unseen": True}
# The tables of which the rows that changed are named.
FOLLOWED = ("activity", "organisation", "venue")
# Beyond these, reading everything again takes no longer.
_MOST_FOLLOWED = 500
# What lies between two tokens never changes: it is read once by each worker for all that is kept of each activity.
_known = Remembered(50)


class Tokens(NamedTuple):
    """Those of the public programme, and of all that is told of it too."""

    token: str
    latest: str


def standing() -> str:
    """Return the token under which the public programme stands now; it changes whenever the programme does."""
    return _tokens().token


def latest() -> str:
    """Return the token that changes whenever the programme does, or what is told of it: all that figures are made of."""
    return _tokens().latest


def _tokens() -> Tokens:
    session = db.session()
    if session.new or session.dirty or session.deleted:
        session.flush()
    if TOKEN not in session.info:
        # Changed by this very transaction, which may still be undone: nobody else may find what is kept of it.
        changed = session.info.get(CHANGED)
        token = uuid4().hex if changed is not None and changed.is_public else None
        session.info[TOKEN] = (
            Tokens(token, uuid4().hex) if token else _read(is_told_more=changed is not None)
        )
    found: Tokens = session.info[TOKEN]
    return found


def _read(*, is_told_more: bool) -> Tokens:
    row = db.session.execute(select(Standing.token, Standing.latest)).one_or_none()
    token, latest = row or ("", "")
    return Tokens(token, uuid4().hex if is_told_more else latest)


def standing_now() -> str:
    """Return the token as it is outside any transaction, by the shortest way there is: a calendar asks nothing else."""
    return _asked_alone("SELECT token FROM standing")


def latest_now() -> str:
    """Return the `latest` one in the same way."""
    return _asked_alone("SELECT latest FROM standing")


def _asked_alone(question: str) -> str:
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(question)
        row = cursor.fetchone()
        cursor.close()
    finally:
        connection.close()
    return str(row[0]) if row else ""


def hold_still() -> None:
    """Let nobody else keep anything that would change a token until this transaction ends; SQLite lets nobody anyway."""
    db.session.execute(select(Standing.id).with_for_update())


def changed_between(before: str, after: str) -> frozenset[int] | None:
    """Return the activities that may differ under these two `latest` tokens: in what they are or what is told of them.

    `None` when any may, or when nothing leads from one token to the other. Some may be there no more.
    """
    return _known.give(("activities", before, after), lambda: _activities(before, after))


def _activities(before: str, after: str) -> frozenset[int] | None:
    changes = _between(before, after)
    if changes is None:
        return None
    activities, organisations, venues = (
        frozenset(number for each in changes for number in each[name]) for name in FOLLOWED
    )
    if organisations or venues:
        activities |= frozenset(db.session.scalars(_of(organisations, venues)))
    held = select(Activity.id).where(Activity.parent_id.in_(activities))
    activities |= frozenset(db.session.scalars(held))
    return activities if len(activities) <= _MOST_FOLLOWED else None


def names_stand(before: str, after: str) -> bool:
    """Whether words, communes and départements are surely the same under these two `latest` tokens."""
    return _between(before, after) is not None


def _between(before: str, after: str) -> list[dict[str, list[int]]] | None:
    """Return what changed, in order, from one token to the other; `None` when it may be anything."""
    return _known.give(("changes", before, after), lambda: _read_between(before, after))


def _read_between(before: str, after: str) -> list[dict[str, list[int]]] | None:
    statement = select(StandingChange.numbers, StandingChange.is_all).where(
        StandingChange.id > _at(before), StandingChange.id <= _at(after)
    )
    changes = db.session.execute(statement).all()
    if not changes or any(each.is_all for each in changes):
        return None
    return [each.numbers for each in changes]


def _at(token: str) -> ScalarSelect[int]:
    return select(StandingChange.id).where(StandingChange.token == token).scalar_subquery()


def _of(organisations: Collection[int], venues: Collection[int]) -> Select[int]:
    """Return the question for the activities of these structures, and for those held at these places."""
    at_sites = select(activity_site.c.activity_id).where(activity_site.c.venue_id.in_(venues))
    return select(Activity.id).where(
        or_(
            Activity.organisation_id.in_(organisations),
            Activity.venue_id.in_(venues),
            Activity.id.in_(select(Slot.activity_id).where(Slot.venue_id.in_(venues))),
            Activity.id.in_(at_sites),
        )
    )
