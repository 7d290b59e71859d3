"""The database: the base of the models, the column types, and the only commit of the code."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum as PythonEnum, StrEnum
from functools import lru_cache
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, Enum, MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

_NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_ENUM_LENGTH = 32
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

# SQLite gives its write lock at the first write; taken later than the first read, it fails at once when
# somebody wrote in between. Who is going to write says so first, and then waits for the lock in turn.
_going_to_write: ContextVar[bool] = ContextVar("going_to_write", default=False)
_may_wait: ContextVar[bool] = ContextVar("may_wait", default=True)
_PATIENCE = 10_000  # milliseconds for which one waits for what somebody else is writing
_log = logging.getLogger("fete.database")


class Moment(TypeDecorator[datetime]):
    """An instant: aware in, aware and UTC out, on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a time without zone; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        """Give UTC back."""
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def choice(enumeration: type[StrEnum]) -> Enum:
    """Return a column type that keeps the readable value and refuses any other, on both engines."""

    def values(members: type[PythonEnum]) -> list[str]:
        return [member.value for member in members]

    return Enum(
        enumeration,
        native_enum=False,
        length=_ENUM_LENGTH,
        values_callable=values,
        create_constraint=True,
        name=enumeration.__name__.lower(),
    )


class Model(DeclarativeBase):
    """Base of every table: columns, relations and constraints; no verb."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {datetime: Moment(), dict[str, Any]: JSON()}


db = SQLAlchemy(metadata=Model.metadata)


@contextmanager
def transaction(*, dry_run: bool = False) -> Iterator[None]:
    """Keep everything done inside, or nothing; `dry_run` always keeps nothing."""
    token = _going_to_write.set(True)
    try:
        if not db.session.new and not db.session.dirty and not db.session.deleted:
            # End the reading that led here: what is written is decided on what stands now.
            db.session.commit()
        yield
        if dry_run:
            db.session.rollback()
        else:
            db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _going_to_write.reset(token)


@contextmanager
def transaction_if_free() -> Iterator[None]:
    """Keep everything done inside, or nothing where the database would make one wait or refuses.

    For what can be made again: whoever only reads goes on either way.
    """
    token = _may_wait.set(False)
    try:
        with transaction():
            yield
    except DBAPIError as error:
        _log.info("not kept for now: %s", error.orig)
    finally:
        _may_wait.reset(token)


def upsert_rows(model: type[Model], rows: list[dict[str, Any]], *, key: tuple[str, ...]) -> None:
    """Insert the rows, or rewrite those whose key stands already; quick for tens of thousands."""
    if not rows:
        return
    statement = _INSERT[db.session.get_bind().dialect.name](model)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    db.session.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)


def insert_new_rows(
    model: type[Model], rows: list[dict[str, Any]], *, key: tuple[str, ...]
) -> None:
    """Insert the rows whose key does not stand yet; the others stay as they are, whatever the rows say."""
    if not rows:
        return
    statement = _INSERT[db.session.get_bind().dialect.name](model)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=key), rows)


def is_migrated() -> bool:
    """Whether the database has had every migration, and no other."""
    folder = str(current_app.extensions["migrate"].directory)
    standing = MigrationContext.configure(db.session.connection()).get_current_heads()
    return frozenset(standing) == _latest_migrations(folder)


@lru_cache(maxsize=4)
def _latest_migrations(folder: str) -> frozenset[str]:
    return frozenset(ScriptDirectory(folder).get_heads())


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # a driver's connection
    if type(connection).__module__.startswith("sqlite3"):
        # The driver's own transactions begin too late and end too early: we begin them (below).
        connection.isolation_level = None
        for pragma in (
            "foreign_keys=ON",
            "journal_mode=WAL",
            f"busy_timeout={_PATIENCE}",
            "synchronous=NORMAL",
        ):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        _begin_sqlite(connection)
    elif _going_to_write.get():
        # PostgreSQL would wait for ever.
        patience = _PATIENCE if _may_wait.get() else 1
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience}")


def _begin_sqlite(connection: Connection) -> None:
    if not _going_to_write.get():
        connection.exec_driver_sql("BEGIN")
    elif _may_wait.get():
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_PATIENCE}")
