"""Editions: one a year, with its window, its call, what was reminded and who may come late."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.db import Model, choice
from fete.network.models import Organisation

FIRST_EDITION_BEFORE = 1991


class EditionState(StrEnum):
    """Whether an edition can be seen and changed."""

    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"


class Edition(Model):
    """One year of the Fête: its window, its theme, its call, its deadline."""

    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="window"),
        CheckConstraint("call_closes_on >= call_opens_on", name="call"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    theme: Mapped[str] = mapped_column(default="")
    # What the public and the actors should know of it, in Markdown.
    description: Mapped[str] = mapped_column(Text, default="")
    # The call's first and last days, both included, in Paris.
    call_opens_on: Mapped[date]
    call_closes_on: Mapped[date]
    report_deadline: Mapped[date]
    state: Mapped[EditionState] = mapped_column(choice(EditionState))
    # Invented for the demonstration: every page of it says so.
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    late_entries: Mapped[list["LateEntry"]] = relationship(
        back_populates="edition", cascade="all, delete-orphan", order_by="LateEntry.id"
    )

    @property
    def ordinal(self) -> int:
        """Its rank since the first one, of 1992."""
        return self.year - FIRST_EDITION_BEFORE


class LateEntry(Model):
    """The coordination lets a structure declare and deposit after the end of the call, until a day included."""

    __tablename__ = "late_entry"
    __table_args__ = (UniqueConstraint("edition_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, default="")
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    granted_at: Mapped[datetime]

    edition: Mapped[Edition] = relationship(back_populates="late_entries")
    organisation: Mapped[Organisation] = relationship()
    granted_by: Mapped[User | None] = relationship()


class CallReminder(Model):
    """The call of an edition was reminded this many days before its end: it is not reminded twice."""

    __tablename__ = "call_reminder"
    __table_args__ = (UniqueConstraint("edition_id", "days_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    days_before: Mapped[int]
    sent_at: Mapped[datetime]
