"""Files that people send: in a folder, or in a bucket; written before the row that names them, gone after it."""

import importlib
import logging
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, cast
from uuid import uuid4

from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from fete.core.db import db
from fete.core.errors import StoreError
from fete.core.settings import Settings

_NAME = re.compile(r"[0-9a-z][0-9a-z.-]{0,99}")
_WRITTEN, _UNWANTED = "fete.store.written", "fete.store.unwanted"
_log = logging.getLogger("fete.store")


class Store(Protocol):
    """A place where files stand under their names; every method raises `StoreError` when the place fails."""

    def write(self, name: str, content: bytes, content_type: str) -> None:
        """Put a file there."""

    def read(self, name: str) -> bytes | None:
        """Return a file, or `None` when there is none such."""

    def delete(self, name: str) -> None:
        """Take a file away; one that is not there is no matter."""

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Return every file with the instant at which it was written."""


class Folder:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: bytes, content_type: str) -> None:  # noqa: ARG002  # its name says it
        """Put a file there, whole or not at all."""
        path = self._path(name)
        beside = path.with_name(f".{uuid4().hex}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(content)
            os.replace(beside, path)  # noqa: PTH105  # as atomic as the machine can
        except OSError as error:
            raise StoreError(str(error)) from error

    def read(self, name: str) -> bytes | None:
        """Return a file, or `None` when there is none such."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(str(error)) from error

    def delete(self, name: str) -> None:
        """Take a file away; one that is not there is no matter."""
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(str(error)) from error

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Return every file with the instant at which it was written."""
        try:
            for path in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError as error:
            raise StoreError(str(error)) from error

    def _path(self, name: str) -> Path:
        # What a write cut short has left begins with a dot: it may go, never be read.
        if not _NAME.fullmatch(name.removeprefix(".")):
            raise ValueError(name)
        return self.folder / name


def init_store(app: Flask, settings: Settings) -> None:
    """Keep files where the settings say; a bucket asks for the `s3` extra."""
    app.extensions["fete.store"] = (
        importlib.import_module("fete.core.store_s3").Bucket(settings)
        if settings.s3_bucket
        else Folder(Path(settings.uploads_folder))
    )


def store() -> Store:
    """Return the store of the running site."""
    return cast("Store", current_app.extensions["fete.store"])


def write_with_row(name: str, content: bytes, content_type: str) -> None:
    """Put a file there now; it goes again if the transaction under way keeps nothing."""
    _pending(_WRITTEN).append(name)
    store().write(name, content, content_type)


def delete_with_row(*names: str) -> None:
    """Take files away once the transaction under way is kept, and only then."""
    _pending(_UNWANTED).extend(names)


def _pending(kind: str) -> list[str]:
    # A transaction that has asked nothing yet ends without a word: let it begin.
    db.session.connection()
    names: list[str] = db.session.info.setdefault(kind, [])
    return names


@event.listens_for(db.session, "after_commit")
def _kept(session: Session) -> None:
    session.info.pop(_WRITTEN, None)
    _delete(session.info.pop(_UNWANTED, []))


@event.listens_for(db.session, "after_rollback")
def _given_up(session: Session) -> None:
    session.info.pop(_UNWANTED, None)
    _delete(session.info.pop(_WRITTEN, []))


def _delete(names: list[str]) -> None:
    for name in names:
        try:
            store().delete(name)
        except StoreError as error:
            # What was decided stands; `fete purge` comes back for the file.
            _log.warning("a file stays for now: %s", error)
