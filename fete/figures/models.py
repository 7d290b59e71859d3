"""Figures that were published elsewhere, and those of an edition as they were frozen here; never mixed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.db import Model, choice
from fete.programme.models import Edition


class Nature(StrEnum):
    """What a published figure is worth: told beforehand, measured afterwards, or computed here then printed."""

    ANNOUNCED = "announced"
    MEASURED = "measured"
    COMPUTED = "computed"


class Headline(Model):
    """A figure published elsewhere, with its source, its scope and its nature."""

    __tablename__ = "headline"
    __table_args__ = (UniqueConstraint("year", "key", "scope", "nature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # The year of the edition: a figure can be older than any edition kept here.
    year: Mapped[int]
    # The same names as computed totals: `activities`, `visitors`, `pupils`…
    key: Mapped[str]
    value: Mapped[int]
    scope: Mapped[str]
    nature: Mapped[Nature] = mapped_column(choice(Nature))
    source: Mapped[str]


class Snapshot(Model):
    """The figures of an edition as they were frozen: nothing of it changes, but whether it is published."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    # 1, then 2 for its correction.
    number: Mapped[int]
    frozen_at: Mapped[datetime]
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    # Why the one before was not the last word.
    reason: Mapped[str] = mapped_column(Text)
    # Totals, breakdowns, definitions and coverage as JSON, and the SHA-256 of it.
    content: Mapped[str] = mapped_column(Text, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    edition: Mapped[Edition] = relationship()
    frozen_by: Mapped[User | None] = relationship(foreign_keys=[frozen_by_id])
    published_by: Mapped[User | None] = relationship(foreign_keys=[published_by_id])


class EditionCount(Model):
    """The figures of an edition as they were counted ahead: who starts finds them there, as long as they stand."""

    __tablename__ = "edition_count"

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True
    )
    # By which rules they were counted; up to which change, and to which session that had ended.
    rules: Mapped[str]
    latest: Mapped[str]
    ended: Mapped[datetime | None]
    # Totals, and what else is told of the edition, as JSON.
    totals: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
