"""Ask the database how it is."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from fete.core.db import db, is_migrated


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
