"""What happened: the report of one activity, what was known of it earlier, and its sessions one by one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.db import Model, choice
from fete.programme.models import Activity, Slot
from fete.reports.arithmetic import Counts, Method, Outcome
from fete.reports.workflow import ReportStatus, Source, Standing

_FIGURES = (
    "public",
    "pupils",
    "adults",
    "online",
    "researchers",
    "mediators",
    "volunteers",
    "others",
)


def _counts_of(row: "Report | ReportVersion") -> Counts:
    figures = {name: getattr(row, name) for name in _FIGURES}
    return Counts(outcome=row.outcome, **figures)


class Report(Model):
    """What became of one activity: whether it was held, who came, who made it."""

    __tablename__ = "report"
    __table_args__ = tuple(
        CheckConstraint(f"{name} IS NULL OR {name} >= 0", name=name) for name in _FIGURES
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), unique=True
    )
    status: Mapped[ReportStatus] = mapped_column(
        choice(ReportStatus), default=ReportStatus.DRAFT, index=True
    )
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    # On site: general public, pupils, adults who came with them. Visitors are their sum.
    public: Mapped[int | None]
    pupils: Mapped[int | None]
    adults: Mapped[int | None]
    # Connections, never added to visitors.
    online: Mapped[int | None]
    method: Mapped[Method | None] = mapped_column(choice(Method))
    # Presences declared, not distinct people.
    researchers: Mapped[int | None]
    mediators: Mapped[int | None]
    volunteers: Mapped[int | None]
    others: Mapped[int | None]
    # What the person answered when the figures were asked about: words, or that they are right as they stand.
    explanation: Mapped[str] = mapped_column(Text, default="")
    is_confirmed: Mapped[bool] = mapped_column(default=False)
    remarks: Mapped[str] = mapped_column(Text, default="")
    # What the coordination asks when it sends the report back.
    question: Mapped[str] = mapped_column(Text, default="")
    # Why the coordination does not ask for it any more.
    waiver: Mapped[str] = mapped_column(Text, default="")
    # By which way its figures came last.
    source: Mapped[Source] = mapped_column(
        choice(Source), default=Source.ACCOUNT, server_default=Source.ACCOUNT.value
    )
    filed_at: Mapped[datetime | None]
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    validated_at: Mapped[datetime | None]
    validated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)

    activity: Mapped[Activity] = relationship()
    filed_by: Mapped[User | None] = relationship(foreign_keys=[filed_by_id])
    validated_by: Mapped[User | None] = relationship(foreign_keys=[validated_by_id])
    sessions: Mapped[list["SessionCount"]] = relationship(
        back_populates="report", cascade="all, delete-orphan", order_by="SessionCount.slot_id"
    )

    @property
    def standing(self) -> Standing:
        """Where it stands as people see it."""
        if self.status is ReportStatus.DRAFT and self.question:
            return Standing.SENT_BACK
        return Standing(self.status.value)

    @property
    def counts(self) -> Counts:
        """Its figures, apart from everything else."""
        return _counts_of(self)


class SessionCount(Model):
    """Who came to one session, when the structure told it session by session; the report holds their sum."""

    __tablename__ = "session_count"
    __table_args__ = tuple(
        CheckConstraint(f"{name} IS NULL OR {name} >= 0", name=name)
        for name in ("public", "pupils", "adults")
    )

    report_id: Mapped[int] = mapped_column(
        ForeignKey("report.id", ondelete="CASCADE"), primary_key=True
    )
    slot_id: Mapped[int] = mapped_column(
        ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    public: Mapped[int | None]
    pupils: Mapped[int | None]
    adults: Mapped[int | None]

    report: Mapped[Report] = relationship(back_populates="sessions")
    slot: Mapped[Slot] = relationship()


class ReportVersion(Model):
    """A report as it stood from a moment on: what was known on a day is read from these, and none is changed."""

    __tablename__ = "report_version"
    __table_args__ = (
        UniqueConstraint("report_id", "version"),
        Index("ix_report_version_known", "report_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    version: Mapped[int]
    at: Mapped[datetime]
    status: Mapped[ReportStatus] = mapped_column(choice(ReportStatus))
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    public: Mapped[int | None]
    pupils: Mapped[int | None]
    adults: Mapped[int | None]
    online: Mapped[int | None]
    method: Mapped[Method | None] = mapped_column(choice(Method))
    researchers: Mapped[int | None]
    mediators: Mapped[int | None]
    volunteers: Mapped[int | None]
    others: Mapped[int | None]

    @property
    def counts(self) -> Counts:
        """The figures as they stood then."""
        return _counts_of(self)
