"""Who asked to be told, of what, and what they know so far."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.core.db import Model, choice
from fete.programme.models import TITLE_LENGTH, Activity, Edition
from fete.programme.workflow import SlotState, Status

EMAIL_LENGTH = 254
# As much of a search as the index of a row takes on both engines.
SEARCH_LENGTH = 1_000


class Follower(Model):
    """Somebody of the public who left an address; gone with the last thing that they follow."""

    __tablename__ = "follower"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Names them in the links of their letters: unlike a number, it is never given again.
    key: Mapped[str] = mapped_column(String(36), unique=True, insert_default=lambda: str(uuid4()))
    # In lower case.
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), unique=True)
    # The language in which they last asked or confirmed.
    language: Mapped[str]

    follows: Mapped[list["Follow"]] = relationship(
        back_populates="follower", cascade="all, delete-orphan", order_by="Follow.id"
    )


class Follow(Model):
    """One activity, or one search of an edition, that somebody asked to be told about."""

    __tablename__ = "follow"
    __table_args__ = (
        # Of each pair, the column that stays empty lets the other kind through.
        UniqueConstraint("follower_id", "activity_id"),
        UniqueConstraint("follower_id", "edition_id", "search"),
        CheckConstraint("(activity_id IS NULL) <> (search IS NULL)", name="subject"),
        # Links in letters name it: its number is never given again.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("follower.id", ondelete="CASCADE"))
    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), index=True
    )
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), index=True
    )
    # The parameters of the one address of the search; the search in words of its follower's language, or the title of
    # the activity, as they were when it was asked for.
    search: Mapped[str | None] = mapped_column(String(SEARCH_LENGTH))
    label: Mapped[str] = mapped_column(Text, default="")
    # When the letter that asks to confirm was written last, and when it was answered: nobody is told before.
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    # Up to when it was looked through for slots that it did not hold yet.
    looked_at: Mapped[datetime | None]
    # Whether newly published activities are told too, and up to when they were.
    wants_new: Mapped[bool] = mapped_column(default=False)
    news_at: Mapped[datetime | None]

    follower: Mapped[Follower] = relationship(back_populates="follows")
    edition: Mapped[Edition] = relationship()
    activity: Mapped[Activity | None] = relationship()

    @property
    def name(self) -> str:
        """What the public calls it: the title of what is published, else as it was when somebody asked for it."""
        if self.activity is not None and self.activity.status is Status.PUBLISHED:
            return self.activity.title
        return self.label


class Told(Model):
    """What the follower of something knows of a slot, at which its activity, or a stand in it, is held."""

    __tablename__ = "told"
    __table_args__ = (
        # By these alone one finds what changed since: a revision and a version only rise.
        Index("ix_told_slot_id_revision", "slot_id", "revision"),
        Index("ix_told_activity_id_version", "activity_id", "version"),
    )

    follow_id: Mapped[int] = mapped_column(
        ForeignKey("follow.id", ondelete="CASCADE"), primary_key=True
    )
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True
    )
    slot_id: Mapped[int] = mapped_column(
        ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True
    )
    # Of its activity.
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    known_since: Mapped[datetime]
    # In words, as they were told; nothing for what takes place online.
    place: Mapped[str] = mapped_column(Text)
    state: Mapped[SlotState] = mapped_column(choice(SlotState))
    # Whether the activity stood on the programme.
    is_shown: Mapped[bool]
    # Of the slot, and of the activity.
    revision: Mapped[int]
    version: Mapped[int]

    follow: Mapped[Follow] = relationship()
