"""Ask the database how it is, and what the pages of the site are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from fete.core.db import db, is_migrated
from fete.network.queries import listed_names
from fete.programme.models import Activity
from fete.programme.queries.search import is_published


class DatabaseState(StrEnum):
    """How the database is."""

    OK = "ok"
    OUTDATED = "outdated"
    UNREACHABLE = "unreachable"


def database_state() -> DatabaseState:
    """Return whether the database answers and has every migration."""
    try:
        db.session.execute(select(1)).one()
        return DatabaseState.OK if is_migrated() else DatabaseState.OUTDATED
    except SQLAlchemyError:
        db.session.rollback()
        return DatabaseState.UNREACHABLE


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A structure or an activity that has a page, with when it last changed, where that is known."""

    id: int
    name: str
    changed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """How many structures and activities have a page, and when each edition last changed, by its number."""

    structures: int
    activities: int
    changed_at: dict[int, datetime]


def extent() -> Extent:
    """Return how much the public may read: two questions, whatever there is."""
    by_edition = db.session.execute(
        select(Activity.edition_id, func.count(), func.max(Activity.changed_at))
        .where(is_published())
        .group_by(Activity.edition_id)
    ).all()
    return Extent(
        structures=db.session.scalar(
            select(func.count()).select_from(listed_names().order_by(None).subquery())
        )
        or 0,
        activities=sum(count for _edition, count, _at in by_edition),
        changed_at={edition: at for edition, _count, at in by_edition},
    )


def shown_structures(*, offset: int, limit: int) -> Sequence[Shown]:
    """Return some of the structures that have a page, in the order of numbers."""
    found = db.session.execute(listed_names().offset(offset).limit(limit))
    return [Shown(id=number, name=name) for number, name in found]


def shown_activities(*, offset: int, limit: int) -> Sequence[Shown]:
    """Return some of the activities that have a page, in the order of numbers."""
    statement = (
        select(Activity.id, Activity.title, Activity.changed_at)
        .where(is_published())
        .order_by(Activity.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        Shown(id=number, name=title, changed_at=at)
        for number, title, at in db.session.execute(statement)
    ]
