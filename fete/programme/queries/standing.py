"""The token under which the public programme stands, and what changed from one to the next."""

from collections.abc import Collection
from uuid import uuid4

from sqlalchemy import ScalarSelect, Select, or_, select

from fete.core.db import db
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


def standing() -> str:
    """Return the token under which the public programme stands now; it changes whenever the programme does."""
    session = db.session()
    if session.new or session.dirty or session.deleted:
        session.flush()
    if TOKEN not in session.info:
        # Changed by this very transaction, which may still be undone: nobody else may find what is kept of it.
        session.info[TOKEN] = (
            uuid4().hex
            if session.info.get(CHANGED)
            else db.session.scalar(select(Standing.token)) or ""
        )
    token: str = session.info[TOKEN]
    return token


def standing_now() -> str:
    """Return the token as it is outside any transaction, by the shortest way there is: a calendar asks nothing else."""
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT token FROM standing")
        row = cursor.fetchone()
        cursor.close()
    finally:
        connection.close()
    return str(row[0]) if row else ""


def changed_between(before: str, after: str) -> frozenset[int] | None:
    """Return the activities of which the place, the hours, the words or the structure may differ under these two tokens.

    `None` when any may, or when nothing leads from one token to the other. Some may be there no more.
    """
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
    """Whether words, communes and départements are surely the same under these two tokens."""
    return _between(before, after) is not None


def _between(before: str, after: str) -> list[dict[str, list[int]]] | None:
    """Return what changed, in order, from one token to the other; `None` when it may be anything."""
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
