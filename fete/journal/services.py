"""Write the journal."""

from datetime import datetime

from sqlalchemy import delete

from fete.core.db import Model, db
from fete.journal.models import Entry, number_of


def record(act: str, *, on: Model, person_id: int | None, at: datetime, detail: str = "") -> None:
    """Add one line about an object that has its number, inside the caller's transaction."""
    db.session.add(
        Entry(
            at=at,
            person_id=person_id,
            act=act,
            object_kind=on.__tablename__,
            object_id=number_of(on),
            detail=detail,
        )
    )


def forget_entries(*, before: datetime) -> int:
    """Remove the lines written before this instant; return how many there were."""
    gone = delete(Entry).where(Entry.at < before).returning(Entry.id)
    return len(db.session.scalars(gone).all())
