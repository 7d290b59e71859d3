"""Find editions."""

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, date

from sqlalchemy import func, select

from fete.core.db import db
from fete.programme.models import Activity, Edition, EditionState
from fete.programme.workflow import Status


def editions() -> Sequence[Edition]:
    """Return every edition, the latest first."""
    return db.session.scalars(select(Edition).order_by(Edition.year.desc())).all()


def find_edition(year: int) -> Edition | None:
    """Return the edition of a year; a number that is no year has none, and is not asked for."""
    if not MINYEAR <= year <= MAXYEAR:
        return None
    return db.session.scalar(select(Edition).where(Edition.year == year))


def current_edition(today: date) -> Edition | None:
    """Return the open edition that is under way or comes next, else the latest that was shown."""
    coming = db.session.scalar(
        select(Edition)
        .where(Edition.state == EditionState.OPEN, Edition.ends_on >= today)
        .order_by(Edition.starts_on)
        .limit(1)
    )
    return coming or db.session.scalar(
        select(Edition)
        .where(Edition.state != EditionState.PREPARED)
        .order_by(Edition.year.desc())
        .limit(1)
    )


def open_calls(today: date) -> Sequence[Edition]:
    """Return the editions for which one may declare today, the next to come first."""
    return db.session.scalars(
        select(Edition)
        .where(
            Edition.state == EditionState.OPEN,
            Edition.call_opens_on <= today,
            Edition.call_closes_on >= today,
        )
        .order_by(Edition.ends_on < today, Edition.starts_on)
    ).all()


def activities_by_edition() -> dict[int, int]:
    """Return how many activities were deposited for each edition, by the edition's number."""
    statement = (
        select(Activity.edition_id, func.count())
        .where(Activity.status != Status.DRAFT)
        .group_by(Activity.edition_id)
        .order_by(Activity.edition_id)
    )
    return {edition_id: number for edition_id, number in db.session.execute(statement)}  # noqa: C416  # rows are no pairs to the type checker


def open_editions() -> Sequence[Edition]:
    """Return the editions that can still be changed, the next to come first."""
    return db.session.scalars(
        select(Edition).where(Edition.state == EditionState.OPEN).order_by(Edition.starts_on.desc())
    ).all()
