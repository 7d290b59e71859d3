"""Outgoing letters and their fate."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fete.core.db import Model, choice


class Channel(StrEnum):
    """How a letter reaches its reader; on the site it can always be read."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    SITE = "site"


class Topic(StrEnum):
    """What letters are about, where their reader may choose how to receive them."""

    # To those who declare: what was decided of their activities.
    DECISIONS = "decisions"
    # To both sides: messages of a conversation.
    CONVERSATIONS = "conversations"
    # To coordinators: what is deposited, corrected or asked in their territory.
    REVIEW = "review"
    # To members: calls that end, reports that are due.
    REMINDERS = "reminders"
    # To members who agreed to it: what the coordination writes to a group.
    NEWS = "news"


class LetterPreference(Model):
    """How a person wishes to receive the letters about a topic; without a row, at once."""

    __tablename__ = "letter_preference"
    __table_args__ = (UniqueConstraint("person_id", "topic"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    topic: Mapped[Topic] = mapped_column(choice(Topic))
    channel: Mapped[Channel] = mapped_column(choice(Channel))


class Letter(Model):
    """A letter written in the transaction of what it tells, and sent after it."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    written_at: Mapped[datetime]
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    to_address: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str] = mapped_column(default="")
    # Sent, or to be tried again at this time; given up when neither is set.
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    try_at: Mapped[datetime | None] = mapped_column(index=True)
    # How it reaches its reader; what waits for a digest has no time to be tried.
    channel: Mapped[Channel] = mapped_column(choice(Channel), default=Channel.AT_ONCE)
    # The topic that its reader may choose about; none for what must reach them.
    topic: Mapped[Topic | None] = mapped_column(choice(Topic))
    digested_at: Mapped[datetime | None]
    # Where it leads on the site, and when its reader saw it there; no page for what opens doors.
    page: Mapped[str] = mapped_column(default="")
    # Where a reader who has no account refuses letters of this sort at one stroke; theirs is known by their topic.
    stop_address: Mapped[str] = mapped_column(default="")
    read_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(default="")
