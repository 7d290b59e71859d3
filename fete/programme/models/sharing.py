"""An activity of several structures: who organises it with another, to whom it is handed over, which village it asks to join."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.db import Model, choice
from fete.network.models import Organisation
from fete.programme.models.activities import Activity


class Answer(StrEnum):
    """What became of something that was asked."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CoOrganiser(Model):
    """A structure organises an activity with the one that declares it."""

    __tablename__ = "co_organiser"
    __table_args__ = (UniqueConstraint("activity_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship(back_populates="co_organisers")
    organisation: Mapped[Organisation] = relationship()


class Handover(Model):
    """A structure wishes another to take an activity over."""

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), index=True
    )
    to_organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[Answer] = mapped_column(choice(Answer), default=Answer.ASKED)
    message: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]

    activity: Mapped[Activity] = relationship(back_populates="handovers")
    to_organisation: Mapped[Organisation] = relationship()
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])


class StandRequest(Model):
    """An activity asks for a stand in a village, festival or trail; once accepted, the container is its parent."""

    __tablename__ = "stand_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), index=True
    )
    container_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[Answer] = mapped_column(choice(Answer), default=Answer.ASKED)
    # What the stand needs: tables, electricity.
    message: Mapped[str] = mapped_column(Text, default="")
    # Why it is declined, or what to know when it is accepted.
    answer: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]

    activity: Mapped[Activity] = relationship(
        foreign_keys=[activity_id], back_populates="stand_requests"
    )
    container: Mapped[Activity] = relationship(foreign_keys=[container_id])
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])

    @property
    def is_asked(self) -> bool:
        """Whether it waits for its answer."""
        return self.state is Answer.ASKED
