"""What was remarked and decided about an activity, who reads it now, and how it stood when it was approved."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.db import Model, choice
from fete.programme.models.activities import Activity
from fete.programme.workflow import Step

SENTENCE_TITLE_LENGTH = 80


class Side(StrEnum):
    """Who speaks in the conversation about an activity."""

    DECLARERS = "declarers"
    COORDINATION = "coordination"


class Remark(Model):
    """A message of the conversation about an activity, between those who declare it and its coordination."""

    __tablename__ = "remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    side: Mapped[Side] = mapped_column(choice(Side), default=Side.COORDINATION)
    # The fields that it asks to complete or correct, by name, between commas.
    fields: Mapped[str] = mapped_column(default="")

    activity: Mapped[Activity] = relationship(back_populates="remarks")
    person: Mapped[User | None] = relationship()


class Decision(Model):
    """The label given or refused: when, by whom, why."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    step: Mapped[Step] = mapped_column(choice(Step))
    reason: Mapped[str] = mapped_column(Text, default="")
    # The committee that decided, and on what day, when it was not the coordination on the spot.
    committee: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    # The criteria of the label that were found to hold, by code, between commas.
    criteria: Mapped[str] = mapped_column(default="")

    activity: Mapped[Activity] = relationship(back_populates="decisions")
    person: Mapped[User | None] = relationship()


class VersionState(StrEnum):
    """What a version is kept for."""

    # As it stood when the coordination last labelled it, published it or saw its corrections.
    APPROVED = "approved"
    # As its members wish it from now on, while the approved one stays published.
    PROPOSED = "proposed"


class ActivityVersion(Model):
    """The content of an activity, slots included, at one moment: one approved and one proposed at most."""

    __tablename__ = "activity_version"
    __table_args__ = (UniqueConstraint("activity_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    state: Mapped[VersionState] = mapped_column(choice(VersionState))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    # By field, as `rules.versions` writes it: plain values, codes of words, numbers of places, slots as rows.
    # Of a proposal only what it changes, under `proposed`, and what stood then, under `before`.
    content: Mapped[dict[str, Any]]

    activity: Mapped[Activity] = relationship(back_populates="versions")
    person: Mapped[User | None] = relationship()


class Reading(Model):
    """A coordinator has an activity before their eyes: others are told."""

    __tablename__ = "reading"

    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]

    person: Mapped[User] = relationship()


class Sentence(Model):
    """A sentence that a coordinator writes often, kept under a title of theirs."""

    __tablename__ = "sentence"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(SENTENCE_TITLE_LENGTH))
    text: Mapped[str] = mapped_column(Text)
