"""How reports are gathered: links without a password, reminders, questions of an edition, and counting at the door."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.db import Model, choice
from fete.programme.models import Activity, Edition
from fete.reports.arithmetic import Visitor
from fete.reports.models.reports import Report
from fete.reports.workflow import Question


class RevokedLinks(Model):
    """The links to a report that open it no more: those of its activity that bear an earlier generation."""

    __tablename__ = "revoked_links"

    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True
    )
    # What a link must bear to open the report; one that was never revoked bears 0.
    generation: Mapped[int]
    revoked_at: Mapped[datetime]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Ladder(Model):
    """When those who owe a report of an edition are reminded: days after the last slot, and days before the deadline."""

    __tablename__ = "ladder"

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True
    )
    # Numbers between commas, in their order: « 1,7,21 »; nothing for no reminder.
    days_after: Mapped[str] = mapped_column(String(100))
    days_before: Mapped[str] = mapped_column(String(100))
    # Whether what is published adds an estimate of what is missing, apart from what was counted.
    shows_estimate: Mapped[bool] = mapped_column(default=False)

    edition: Mapped[Edition] = relationship()


class ReportReminder(Model):
    """A person was asked for a report by letter on this rung of the ladder, and is not asked for it there again."""

    __tablename__ = "report_reminder"
    __table_args__ = (UniqueConstraint("activity_id", "person_id", "rung"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    # One person, one letter, one transaction: what stops between two people is taken up where it stopped.
    person_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    # `after:7`, `before:3`: days from the last slot, or to the deadline.
    rung: Mapped[str] = mapped_column(String(20))
    sent_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship()


class AskedQuestion(Model):
    """A question that the reports of an edition ask beside the figures; nobody has to answer it."""

    __tablename__ = "asked_question"

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True
    )
    question: Mapped[Question] = mapped_column(choice(Question), primary_key=True)


class ReportAnswer(Model):
    """What a report answers to one of the questions of its edition."""

    __tablename__ = "report_answer"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("report.id", ondelete="CASCADE"), primary_key=True
    )
    question: Mapped[Question] = mapped_column(choice(Question), primary_key=True)
    # In words; a mark is written as its figure.
    answer: Mapped[str] = mapped_column(Text)

    report: Mapped[Report] = relationship()


class Tap(Model):
    """Somebody who counts at a door touched a button once: each touch has its own name, so none counts twice."""

    __tablename__ = "tap"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_tap_activity", "activity_id", "slot_id"),
    )

    # Drawn by the telephone when it is touched.
    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    slot_id: Mapped[int | None] = mapped_column(
        ForeignKey("slot.id", ondelete="SET NULL"), index=True
    )
    visitor: Mapped[Visitor] = mapped_column(choice(Visitor))
    # Less than nothing takes an earlier touch back.
    amount: Mapped[int]
    # By the clock of the telephone, and by ours.
    touched_at: Mapped[datetime]
    received_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship()


class ExplainedDoubt(Model):
    """The coordination answered a doubt about a report: it holds for these very figures, which the key repeats."""

    __tablename__ = "explained_doubt"
    __table_args__ = (UniqueConstraint("report_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    # As it was asked: it is read again when the figures raise it no more.
    question: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(Text)
    explained_at: Mapped[datetime]
    explained_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    report: Mapped[Report] = relationship()
    explained_by: Mapped[User | None] = relationship()
