"""Editions, venues, activities and their slots; what was remarked and decided about them."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.clock import to_paris
from fete.core.db import Model, choice
from fete.core.text import slug
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.workflow import SlotState, Status, Step
from fete.vocabulary.models import Term, TermList

FIRST_EDITION_BEFORE = 1991
TITLE_LENGTH = 140
STANDFIRST_LENGTH = 200
DESCRIPTION_LENGTH = 10_000
NOTE_LENGTH = 200


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
    # The call's first and last days, both included, in Paris.
    call_opens_on: Mapped[date]
    call_closes_on: Mapped[date]
    report_deadline: Mapped[date]
    state: Mapped[EditionState] = mapped_column(choice(EditionState))
    # Invented for the demonstration: every page of it says so.
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def ordinal(self) -> int:
        """Its rank since the first one, of 1992."""
        return self.year - FIRST_EDITION_BEFORE


class Venue(Model):
    """A place where activities are held."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    search: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(default="")
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.code"), index=True)
    # Degrees, WGS84; where it is not known, its commune's are shown.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]

    commune: Mapped[Commune] = relationship(lazy="joined", innerjoin=True)


class Mode(StrEnum):
    """Where one takes part."""

    ON_SITE = "on_site"
    ONLINE = "online"
    BOTH = "both"


class Booking(StrEnum):
    """Whether one books."""

    NONE = "none"
    RECOMMENDED = "recommended"
    REQUIRED = "required"


activity_term = Table(
    "activity_term",
    Model.metadata,
    Column("activity_id", ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True),
    Column("term_id", ForeignKey("term.id"), primary_key=True, index=True),
)


class Activity(Model):
    """What an actor declares; a container holds others, one level deep."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_programme", "edition_id", "status"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="own_parent"),
        CheckConstraint("age_min IS NULL OR age_max IS NULL OR age_min <= age_max", name="ages"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)
    status: Mapped[Status] = mapped_column(choice(Status), default=Status.DRAFT)
    # Drawn when the empty form is shown, so that sending it twice declares once.
    form_key: Mapped[str] = mapped_column(
        String(36), unique=True, insert_default=lambda: str(uuid4())
    )

    # What
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    standfirst: Mapped[str] = mapped_column(String(STANDFIRST_LENGTH), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    matches_edition_theme: Mapped[bool | None]
    scientific_referent: Mapped[str] = mapped_column(default="")
    partners: Mapped[str] = mapped_column(default="")

    # For whom
    for_public: Mapped[bool] = mapped_column(default=True)
    for_schools: Mapped[bool] = mapped_column(default=False)
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]

    # Where
    mode: Mapped[Mode] = mapped_column(choice(Mode), default=Mode.ON_SITE)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    access_note: Mapped[str] = mapped_column(default="")
    online_link: Mapped[str] = mapped_column(default="")

    # How
    booking: Mapped[Booking] = mapped_column(choice(Booking), default=Booking.NONE)
    booking_phone: Mapped[str] = mapped_column(default="")
    booking_email: Mapped[str] = mapped_column(default="")
    booking_link: Mapped[str] = mapped_column(default="")
    conditions: Mapped[str] = mapped_column(String(255), default="")
    is_free: Mapped[bool] = mapped_column(default=False)

    # Accessibility: whether it was answered at all, then the terms, then words. Unknown is not « no ».
    accessibility_known: Mapped[bool] = mapped_column(default=False)
    accessibility_note: Mapped[str] = mapped_column(default="")

    # Expected
    expected_researchers: Mapped[int | None]
    expected_mediators: Mapped[int | None]
    expected_volunteers: Mapped[int | None]
    expected_visitors: Mapped[int | None]

    # Stems of what a visitor may search: title, texts, structure, place, commune.
    search: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(index=True)
    published_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    # Raised at each change: two people who edit at once are told apart by it.
    version: Mapped[int] = mapped_column(default=1)

    edition: Mapped[Edition] = relationship()
    organisation: Mapped[Organisation] = relationship()
    parent: Mapped["Activity | None"] = relationship(remote_side=[id], back_populates="children")
    children: Mapped[list["Activity"]] = relationship(
        back_populates="parent", order_by="Activity.id"
    )
    kind: Mapped[Term | None] = relationship()
    venue: Mapped[Venue | None] = relationship()
    created_by: Mapped[User | None] = relationship()
    terms: Mapped[list[Term]] = relationship(secondary=activity_term, order_by=Term.position)
    slots: Mapped[list["Slot"]] = relationship(
        back_populates="activity", order_by="Slot.starts_at, Slot.id", cascade="all, delete-orphan"
    )
    remarks: Mapped[list["Remark"]] = relationship(
        back_populates="activity", order_by="Remark.at.desc()", cascade="all, delete-orphan"
    )
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="activity", order_by="Decision.at.desc()", cascade="all, delete-orphan"
    )

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return slug(self.title)

    @property
    def commune(self) -> Commune | None:
        """The commune where it is held: its own place, or its container's."""
        venue = self.venue or (self.parent.venue if self.parent else None)
        return venue.commune if venue else None

    @property
    def departement_code(self) -> str | None:
        """The département that reviews it: where it is held, else its structure's."""
        commune = self.commune
        return commune.departement_code if commune else self.organisation.departement_code

    @property
    def is_container(self) -> bool:
        """Whether it holds others: village, festival, trail."""
        return self.kind is not None and self.kind.is_container

    @property
    def is_cancelled(self) -> bool:
        """Whether every slot of it is cancelled."""
        return bool(self.slots) and all(slot.state is SlotState.CANCELLED for slot in self.slots)

    @property
    def times(self) -> list["Slot"]:
        """Its slots; those of its container when it has none of its own."""
        return self.slots or (self.parent.slots if self.parent else [])

    @property
    def published_children(self) -> list["Activity"]:
        """What it holds that the public may see."""
        return [child for child in self.children if child.status is Status.PUBLISHED]

    @property
    def last_ends_at(self) -> datetime | None:
        """When its last slot ends: its report is due from then on."""
        return max((slot.ends_at for slot in self.slots), default=None)

    def terms_of(self, of: TermList) -> list[Term]:
        """Return its words from one list, in the order of the list."""
        return [term for term in self.terms if term.list == of]


class Slot(Model):
    """A time at which an activity is held: one event of a calendar."""

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        Index("ix_slot_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), index=True
    )
    # Permanent name in calendars: never changes, never used again.
    uid: Mapped[str] = mapped_column(String(36), unique=True, insert_default=lambda: str(uuid4()))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int | None]
    state: Mapped[SlotState] = mapped_column(choice(SlotState), default=SlotState.SCHEDULED)
    # What visitors should know of its state: « La salle est inondée ».
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    # Raised, with the date, at each change that a calendar should learn, of the slot or of its activity.
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship(back_populates="slots")

    @property
    def day(self) -> date:
        """The day of Paris on which it begins."""
        return to_paris(self.starts_at).date()

    @property
    def last_day(self) -> date:
        """The last day of Paris that it touches: one that ends at midnight ends the day before."""
        return to_paris(self.ends_at - timedelta(microseconds=1)).date()


class Remark(Model):
    """What the coordination wrote when it sent an activity back, or an answer to it."""

    __tablename__ = "remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)

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

    activity: Mapped[Activity] = relationship(back_populates="decisions")
    person: Mapped[User | None] = relationship()
