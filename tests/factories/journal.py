"""Read the journal bare."""

from collections.abc import Sequence

from sqlalchemy import select

from fete.core.db import Model, db
from fete.journal.models import Entry, number_of


def history_of(thing: Model, *, limit: int = 200) -> Sequence[Entry]:
    """Return what was done to an object, the latest first."""
    statement = (
        select(Entry)
        .where(Entry.object_kind == thing.__tablename__, Entry.object_id == number_of(thing))
        .order_by(Entry.at.desc(), Entry.id.desc())
        .limit(limit)
    )
    return db.session.scalars(statement).all()
