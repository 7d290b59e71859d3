"""Read which letters wait, and which were given up."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from fete.core.db import Model, db
from fete.mailing.models import Letter

_DEFAULT_LANGUAGE = "fr"


def letters_waiting(*, at: datetime, limit: int) -> Sequence[int]:
    """Return the numbers of the letters to be sent by now, the one that waited longest first."""
    statement = (
        select(Letter.id)
        .where(Letter.sent_at.is_(None), Letter.try_at <= at)
        .order_by(Letter.try_at, Letter.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def letters_given_up() -> Sequence[Letter]:
    """Return the letters that nobody will try to send again, the oldest first."""
    statement = (
        select(Letter)
        .where(Letter.sent_at.is_(None), Letter.try_at.is_(None))
        .order_by(Letter.written_at, Letter.id)
    )
    return db.session.scalars(statement).all()


def count_given_up() -> int:
    """Return how many letters nobody will try to send again."""
    statement = select(func.count(Letter.id)).where(
        Letter.sent_at.is_(None), Letter.try_at.is_(None)
    )
    return db.session.scalar(statement) or 0


def language_of(person_id: int | None) -> str:
    """Return the language in which a person is written to; French for somebody without an account."""
    if person_id is None:
        return _DEFAULT_LANGUAGE
    # People are known here by number only: their table by its name, as the key of `Letter.person_id`.
    people = Model.metadata.tables["user_account"]
    statement = select(people.c.language).where(people.c.id == person_id)
    return db.session.scalar(statement) or _DEFAULT_LANGUAGE
