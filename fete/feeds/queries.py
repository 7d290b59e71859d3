"""The slots of a feed with their fragments, and the state of a whole feed for conditional requests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from fete.core.db import db
from fete.feeds.models import Fragment
from fete.network.models import Organisation
from fete.network.queries import find_listed, survivors_of
from fete.programme.models import Activity, CoOrganiser, Slot, Venue, activity_site
from fete.programme.queries.search import (
    Filters,
    activity_conditions,
    is_organised_by,
    is_timed,
    names_its_place,
    owns_grounds,
    published_slots,
    slot_conditions,
)
from fete.programme.queries.venues import find_venue
from fete.programme.workflow import SlotState, Status

# What the public sees, and what it saw: a feed changes too when something leaves it.
_SEEN = (Status.PUBLISHED, Status.WITHDRAWN)
_OFF = (SlotState.CANCELLED, SlotState.POSTPONED)
# As much as a reader of news takes at once, and what shows on one screen what one subscribes to.
MOST_NEWS = 50
MOST_NEXT = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedState:
    """What changes whenever the bytes of a feed do: which slots, and how far each has been revised."""

    # How many slots, the first and last of their permanent names, and sums of their numbers and revisions that
    # no exchange of some slots for others keeps.
    slots: int = 0
    names: tuple[str, str] = ("", "")
    numbers: int = 0
    squares: int = 0
    revisions: int = 0
    # The last change to anything of the edition that the public saw: never earlier than the feed's own.
    changed_at: datetime | None = field(default=None, compare=False)


def state_of(
    filters: Filters, *, activity_id: int | None = None, venue_id: int | None = None
) -> FeedState:
    """Return the state of a feed, by one query that reads no text."""
    seen = select(func.max(Slot.changed_at)).join(Slot.activity).where(Activity.status.in_(_SEEN))
    if filters.edition_id is not None:
        seen = seen.where(Activity.edition_id == filters.edition_id)
    number = cast(Slot.id, BigInteger)
    statement = (
        _chosen(filters, activity_id, venue_id)
        .order_by(None)
        .with_only_columns(
            func.count(Slot.id),
            func.min(Slot.uid),
            func.max(Slot.uid),
            func.sum(number),
            func.sum(number * number),
            func.sum(number * Slot.revision),
            seen.scalar_subquery(),
        )
    )
    count, first, last, numbers, squares, revisions, changed_at = db.session.execute(
        statement
    ).one()
    if not count:
        return FeedState(changed_at=changed_at)
    return FeedState(
        slots=count,
        names=(first, last),
        numbers=int(numbers),
        squares=int(squares),
        revisions=int(revisions),
        changed_at=changed_at,
    )


def fragments_of(
    filters: Filters, *, writer: str, activity_id: int | None = None, venue_id: int | None = None
) -> list[tuple[int, bytes | None]]:
    """Return the slots of a feed in order, each with its fragment, or with nothing when it has to be written."""
    current = and_(
        Fragment.slot_id == Slot.id, Fragment.revision == Slot.revision, Fragment.writer == writer
    )
    statement = (
        _chosen(filters, activity_id, venue_id)
        .outerjoin(Fragment, current)
        .with_only_columns(Slot.id, Fragment.content)
    )
    return [(number, content) for number, content in db.session.execute(statement)]


def slots_to_write(numbers: Sequence[int]) -> Sequence[Slot]:
    """Return these slots with all that their fragments tell."""
    statement = (
        select(Slot)
        .join(Slot.activity)
        .where(Slot.id.in_(numbers))
        .options(
            contains_eager(Slot.activity).options(
                joinedload(Activity.kind),
                joinedload(Activity.organisation),
                joinedload(Activity.picture),
                joinedload(Activity.venue).joinedload(Venue.commune),
                joinedload(Activity.parent).joinedload(Activity.venue).joinedload(Venue.commune),
                joinedload(Activity.parent).selectinload(Activity.sites),
                selectinload(Activity.sites),
                selectinload(Activity.terms),
            ),
            joinedload(Slot.venue).joinedload(Venue.commune),
        )
        .order_by(Slot.id)
    )
    return db.session.scalars(statement).unique().all()


def openings_of(activity_ids: Sequence[int]) -> Sequence[Slot]:
    """Return the opening hours of these activities, those of each together."""
    if not activity_ids:
        return []
    statement = (
        select(Slot)
        .where(Slot.activity_id.in_(activity_ids), Slot.is_opening)
        .order_by(Slot.activity_id, Slot.starts_at, Slot.id)
    )
    return db.session.scalars(statement).all()


def latest(
    filters: Filters, *, activity_id: int | None = None, venue_id: int | None = None
) -> Sequence[Activity]:
    """Return the activities of a feed that were published or changed last, the newest first, with what news tell."""
    changed_at = (
        select(func.max(Slot.changed_at))
        .where(Slot.activity_id == Activity.id)
        .correlate(Activity)
        .scalar_subquery()
    )
    held = exists(Slot.id).where(is_timed(), *slot_conditions(filters), *_at(venue_id))
    statement = (
        select(Activity)
        .where(*activity_conditions(filters), held.correlate(Activity), *_alone(activity_id))
        .options(
            joinedload(Activity.edition),
            joinedload(Activity.kind),
            joinedload(Activity.organisation),
            joinedload(Activity.picture),
            joinedload(Activity.venue).joinedload(Venue.commune),
            joinedload(Activity.parent).options(
                joinedload(Activity.venue).joinedload(Venue.commune), selectinload(Activity.slots)
            ),
            selectinload(Activity.co_organisers).joinedload(CoOrganiser.organisation),
            selectinload(Activity.slots),
            selectinload(Activity.terms),
        )
        .order_by(func.coalesce(changed_at, Activity.published_at).desc(), Activity.id.desc())
        .limit(MOST_NEWS)
    )
    return db.session.scalars(statement).unique().all()


def next_slots(filters: Filters, *, now: datetime) -> Sequence[Slot]:
    """Return the first slots of a feed that are not over and will take place, with where they are held."""
    statement = (
        published_slots(filters)
        .where(Slot.ends_at > now, Slot.state.not_in(_OFF))
        .options(
            contains_eager(Slot.activity).options(
                joinedload(Activity.venue).joinedload(Venue.commune),
                joinedload(Activity.parent).joinedload(Activity.venue).joinedload(Venue.commune),
            ),
            joinedload(Slot.venue).joinedload(Venue.commune),
        )
        .limit(MOST_NEXT)
    )
    return db.session.scalars(statement).unique().all()


def find_structure(number: int) -> Organisation | None:
    """Return a structure that the public knows; of one that was merged, the one that stands in its place.

    It agreed to be listed, or something that it organises was published.
    """
    listed = find_listed(number)
    if listed is not None:
        return listed
    standing = survivors_of([number]).get(number, number)
    was_seen = exists().where(is_organised_by([standing]), Activity.published_at.is_not(None))
    return db.session.scalar(select(Organisation).where(Organisation.id == standing, was_seen))


def find_place(number: int) -> Venue | None:
    """Return a place where something was published once; of one that was merged, the one that stands in its place."""
    found = find_venue(number)
    if found is None:
        return None
    there = or_(
        Activity.venue_id == found.id,
        Activity.slots.any(Slot.venue_id == found.id),
        Activity.sites.any(Venue.id == found.id),
    )
    statement = select(Activity.id).where(there, Activity.published_at.is_not(None)).limit(1)
    return found if db.session.scalar(statement) is not None else None


def _chosen(filters: Filters, activity_id: int | None, venue_id: int | None) -> Select[Slot]:
    return published_slots(filters).where(*_alone(activity_id), *_at(venue_id))


def _alone(activity_id: int | None) -> list[ColumnElement[bool]]:
    return [] if activity_id is None else [Activity.id == activity_id]


def _at(venue_id: int | None) -> list[ColumnElement[bool]]:
    """Return the condition that one of the times of an activity is at a place, as `Activity.places_at` tells it."""
    if venue_id is None:
        return []
    owner = aliased(Activity)
    on_grounds = (
        exists()
        .where(
            owner.id == owns_grounds(),
            or_(
                owner.venue_id == venue_id,
                exists()
                .where(
                    activity_site.c.activity_id == owner.id, activity_site.c.venue_id == venue_id
                )
                .correlate(owner),
            ),
        )
        .correlate(Activity)
    )
    return [case((names_its_place(), Slot.venue_id == venue_id), else_=on_grounds)]
