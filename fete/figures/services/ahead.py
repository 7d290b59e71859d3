"""Count ahead: who starts, or comes first after a change, finds the figures counted."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import select, update

from fete.core.clock import to_paris
from fete.core.db import db, upsert_rows
from fete.figures.models import EditionCount
from fete.figures.queries.counting import count_to_keep, counted_ahead, marks_of
from fete.programme.queries.editions import shown_editions


def count_ahead(keeping: Callable[[], AbstractContextManager[None]], *, at: datetime) -> int:
    """Keep the figures of the editions that have begun, each inside `keeping()`; return how many were counted anew."""
    begun = [each for each in shown_editions() if each.starts_on <= to_paris(at).date()]
    marks = marks_of(at)
    standing = counted_ahead(begun, marks=marks)
    for edition in begun:
        if edition.id not in standing:
            # Counted before anything is held: others write meanwhile, and what they change is after the marks.
            row = count_to_keep(edition, at=at)
            with keeping():
                upsert_rows(EditionCount, [row], key=("edition_id",))
    behind = EditionCount.edition_id.in_(standing), EditionCount.latest != marks.latest
    if db.session.scalar(select(EditionCount.edition_id).where(*behind).limit(1)) is not None:
        # Nothing of them has changed up to there: said while something still leads from their marks to these.
        with keeping():
            db.session.execute(update(EditionCount).where(*behind).values(marks._asdict()))
    return len(begun) - len(standing)
