"""What happened: the report of one activity."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.db import Model, choice
from fete.programme.models import Activity
from fete.reports.arithmetic import Counts, Method, Outcome
from fete.reports.workflow import ReportStatus, Standing

__all__ = ["Method", "Outcome", "Report", "ReportStatus"]


class Report(Model):
    """What became of one activity: whether it was held, who came, who made it."""

    __tablename__ = "report"
    __table_args__ = tuple(
        CheckConstraint(f"{name} IS NULL OR {name} >= 0", name=name)
        for name in (
            "public",
            "pupils",
            "adults",
            "online",
            "researchers",
            "mediators",
            "volunteers",
            "others",
        )
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
    filed_at: Mapped[datetime | None]
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    validated_at: Mapped[datetime | None]
    validated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)

    activity: Mapped[Activity] = relationship()
    filed_by: Mapped[User | None] = relationship(foreign_keys=[filed_by_id])
    validated_by: Mapped[User | None] = relationship(foreign_keys=[validated_by_id])

    @property
    def standing(self) -> Standing:
        """Where it stands as people see it."""
        if self.status is ReportStatus.DRAFT and self.question:
            return Standing.SENT_BACK
        return Standing(self.status.value)

    @property
    def counts(self) -> Counts:
        """Its figures, apart from everything else."""
        return Counts(
            outcome=self.outcome,
            public=self.public,
            pupils=self.pupils,
            adults=self.adults,
            online=self.online,
            researchers=self.researchers,
            mediators=self.mediators,
            volunteers=self.volunteers,
            others=self.others,
        )
