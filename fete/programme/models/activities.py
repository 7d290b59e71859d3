"""Activities and their slots: what is declared, when and where it is held."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.clock import to_paris
from fete.core.db import Model, choice
from fete.core.text import fold, slug
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.models.editions import Edition
from fete.programme.models.venues import Venue
from fete.programme.workflow import SlotState, Status
from fete.vocabulary.models import Term, TermList

if TYPE_CHECKING:
    from fete.programme.models.pictures import Picture
    from fete.programme.models.review import ActivityVersion, Decision, Remark
    from fete.programme.models.sharing import CoOrganiser, Handover, StandRequest

TITLE_LENGTH = 140
STANDFIRST_LENGTH = 200
DESCRIPTION_LENGTH = 10_000
NOTE_LENGTH = 200
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


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


class SlotAudience(StrEnum):
    """Whom a slot is for."""

    ALL = "all"
    PUBLIC = "public"
    SCHOOLS = "schools"


# The further places of a container of several sites; its own place is the first of them.
activity_site = Table(
    "activity_site",
    Model.metadata,
    Column("activity_id", ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True),
    Column("venue_id", ForeignKey("venue.id"), primary_key=True, index=True),
)

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
        # When anything that is published of an edition last changed is asked again and again.
        Index("ix_activity_changes", "edition_id", "status", "changed_at"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="own_parent"),
        CheckConstraint("age_min IS NULL OR age_max IS NULL OR age_min <= age_max", name="ages"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)
    # The activity of an earlier edition that it renews.
    renewed_from_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)
    # The fields taken over from it that nobody has read again yet, by name, between commas.
    to_confirm: Mapped[str] = mapped_column(default="")
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
    # When its members corrected what is published: until the coordination has seen it.
    corrected_at: Mapped[datetime | None] = mapped_column(index=True)
    # Raised at each change: two people who edit at once are told apart by it.
    version: Mapped[int] = mapped_column(default=1)

    edition: Mapped[Edition] = relationship()
    organisation: Mapped[Organisation] = relationship()
    parent: Mapped["Activity | None"] = relationship(
        remote_side=[id], foreign_keys=[parent_id], back_populates="children"
    )
    children: Mapped[list["Activity"]] = relationship(
        foreign_keys=[parent_id], back_populates="parent", order_by="Activity.id"
    )
    renewed_from: Mapped["Activity | None"] = relationship(
        remote_side=[id], foreign_keys=[renewed_from_id]
    )
    kind: Mapped[Term | None] = relationship()
    venue: Mapped[Venue | None] = relationship(foreign_keys=[venue_id])
    sites: Mapped[list[Venue]] = relationship(secondary=activity_site, order_by=Venue.id)
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

    co_organisers: Mapped[list["CoOrganiser"]] = relationship(
        back_populates="activity", cascade="all, delete-orphan", order_by="CoOrganiser.id"
    )
    handovers: Mapped[list["Handover"]] = relationship(
        back_populates="activity", cascade="all, delete-orphan", order_by="Handover.id"
    )
    stand_requests: Mapped[list["StandRequest"]] = relationship(
        foreign_keys="StandRequest.activity_id",
        back_populates="activity",
        cascade="all, delete-orphan",
        order_by="StandRequest.id",
    )
    picture: Mapped["Picture | None"] = relationship(
        back_populates="activity", cascade="all, delete-orphan"
    )
    versions: Mapped[list["ActivityVersion"]] = relationship(
        back_populates="activity", cascade="all, delete-orphan", order_by="ActivityVersion.id"
    )

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return slug(self.title)

    @property
    def place(self) -> Venue | None:
        """Its own place, or its container's."""
        return self.venue or (self.parent.venue if self.parent else None)

    @property
    def organisers(self) -> list[Organisation]:
        """The structures that organise it: the one that declares it, then the others as they came."""
        return [self.organisation, *(each.organisation for each in self.co_organisers)]

    @property
    def commune(self) -> Commune | None:
        """The commune where it is held: that of its place."""
        return self.place.commune if self.place else None

    @property
    def grounds(self) -> list[Venue]:
        """Its place and its sites, all open at the same hours; its container's when it has none of its own."""
        owner = self.parent if self.venue is None and self.parent is not None else self
        return _once([owner.venue, *owner.sites])

    @property
    def places_to_name(self) -> list[Venue]:
        """The places that a slot of it may name: its own and its sites, then its container's."""
        parent = self.parent
        return _once(
            [
                self.venue,
                *self.sites,
                *([parent.venue, *parent.sites] if parent is not None else []),
            ]
        )

    @property
    def places(self) -> list[Venue]:
        """Every place where it is held, in the order of its times."""
        held = [place for slot in self.times for place in self.places_at(slot)]
        return _once(held) if held else self.grounds

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
        """Whether every time of it is cancelled: its own, else its container's."""
        return bool(self.times) and all(slot.state is SlotState.CANCELLED for slot in self.times)

    @property
    def booking_from(self) -> "Activity":
        """Whose booking it is: its own when it says anything of it, else its container's."""
        says = (self.booking_phone, self.booking_email, self.booking_link)
        if self.parent is None or self.booking is not Booking.NONE or any(says):
            return self
        return self.parent

    @property
    def asked_stand(self) -> "StandRequest | None":
        """The stand that it asks for, as long as nobody answered."""
        return next((each for each in self.stand_requests if each.is_asked), None)

    @property
    def times(self) -> list["Slot"]:
        """Its slots; those of its container when it has none of its own."""
        return self.slots or (self.parent.slots if self.parent else [])

    @property
    def published_children(self) -> list["Activity"]:
        """What it holds that the public may see, by its first hour, then by title; last, what is there all along."""
        shown = [child for child in self.children if child.status is Status.PUBLISHED]
        shown.sort(key=lambda child: fold(child.title))
        return sorted(
            shown, key=lambda child: child.slots[0].starts_at if child.slots else _FOR_EVER
        )

    @property
    def last_ends_at(self) -> datetime | None:
        """When its last slot ends: its report is due from then on."""
        return max((slot.ends_at for slot in self.slots), default=None)

    def places_at(self, slot: "Slot") -> list[Venue]:
        """Return where it is held at one of its times: where the slot says, else on all its grounds.

        What stays at its own place, at the hours of an itinerant container, does not follow it.
        """
        is_own = slot.activity is self or slot in self.slots
        if slot.venue is not None and (self.venue is None or is_own):
            return [slot.venue]
        return self.grounds

    @property
    def destinations(self) -> list[Venue]:
        """Where one goes to be there, at all its times taken together; before it has any, on its grounds."""
        if not self.times:
            return self.grounds if self.mode is not Mode.ONLINE else []
        return self.destinations_at(self.times)

    def destinations_at(self, slots: Iterable["Slot"]) -> list[Venue]:
        """Return where one goes to be there at some of its times: nowhere for those that are held online."""
        if self.mode is Mode.ONLINE:
            return []
        on_site = (slot for slot in slots if slot.state is not SlotState.MOVED_ONLINE)
        return _once(place for slot in on_site for place in self.places_at(slot))

    def is_online_at(self, slots: Iterable["Slot"]) -> bool:
        """Whether one can be there from afar at one of some of its times."""
        return self.mode is not Mode.ON_SITE or any(
            slot.state is SlotState.MOVED_ONLINE for slot in slots
        )

    @property
    def approved(self) -> "ActivityVersion | None":
        """How it stood when the coordination last approved it."""
        return next((each for each in self.versions if each.state == "approved"), None)

    @property
    def proposal(self) -> "ActivityVersion | None":
        """What its members wish to change of it, and the coordination has not answered yet."""
        return next((each for each in self.versions if each.state == "proposed"), None)

    def terms_of(self, of: TermList) -> list[Term]:
        """Return its words from one list, in the order of the list."""
        return [term for term in self.terms if term.list == of]


class Slot(Model):
    """A time at which an activity is held: one event of a calendar."""

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("classes IS NULL OR classes > 0", name="classes"),
        Index("ix_slot_starts_at", "starts_at"),
        # Which one ended last is asked whenever figures are.
        Index("ix_slot_ends_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), index=True
    )
    # Permanent name in calendars: never changes, never used again.
    uid: Mapped[str] = mapped_column(String(36), unique=True, insert_default=lambda: str(uuid4()))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # In people, or in school classes, or both.
    capacity: Mapped[int | None]
    classes: Mapped[int | None]
    audience: Mapped[SlotAudience] = mapped_column(choice(SlotAudience), default=SlotAudience.ALL)
    # Opening hours, as of an exhibition: one comes when one likes.
    is_opening: Mapped[bool] = mapped_column(default=False)
    # Where this one is held, when it is not where its activity is: an itinerant village goes from place to place.
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    state: Mapped[SlotState] = mapped_column(choice(SlotState), default=SlotState.SCHEDULED)
    # What visitors should know of its state: « La salle est inondée ».
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    # Raised, with the date, at each change that a calendar should learn, of the slot or of its activity.
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship(back_populates="slots")
    venue: Mapped[Venue | None] = relationship()

    @property
    def day(self) -> date:
        """The day of Paris on which it begins."""
        return to_paris(self.starts_at).date()

    @property
    def last_day(self) -> date:
        """The last day of Paris that it touches: one that ends at midnight ends the day before."""
        return to_paris(self.ends_at - timedelta(microseconds=1)).date()

    @property
    def place(self) -> Venue | None:
        """Where it is held: the place that it names, else that of its activity or of its container."""
        return self.venue or self.activity.place

    @property
    def places(self) -> list[Venue]:
        """Where it is held: several when its activity has sites and it names none of them."""
        return self.activity.places_at(self)

    @property
    def is_online(self) -> bool:
        """Whether it is held nowhere but online."""
        return self.activity.mode is Mode.ONLINE or self.state is SlotState.MOVED_ONLINE

    @property
    def is_for_schools(self) -> bool:
        """Whether only school groups are welcome: it says so, or its activity does for all its slots."""
        if self.audience is SlotAudience.ALL:
            return self.activity.for_schools and not self.activity.for_public
        return self.audience is SlotAudience.SCHOOLS


def _once(venues: Iterable[Venue | None]) -> list[Venue]:
    return list(dict.fromkeys(venue for venue in venues if venue is not None))
