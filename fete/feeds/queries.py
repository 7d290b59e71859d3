"""The slots of a feed with their fragments, and the state of a whole feed for conditional requests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import BigInteger, Select, and_, cast, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fete.core.db import db
from fete.feeds.models import Fragment
from fete.programme.models import Activity, Slot, Venue
from fete.programme.queries.search import Filters, published_slots
from fete.programme.workflow import Status

# What the public sees, and what it saw: a feed changes too when something leaves it.
_SEEN = (Status.PUBLISHED, Status.WITHDRAWN)


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


def state_of(filters: Filters, *, activity_id: int | None = None) -> FeedState:
    """Return the state of a feed, by one query that reads no text."""
    seen = select(func.max(Slot.changed_at)).join(Slot.activity).where(Activity.status.in_(_SEEN))
    if filters.edition_id is not None:
        seen = seen.where(Activity.edition_id == filters.edition_id)
    number = cast(Slot.id, BigInteger)
    statement = (
        _chosen(filters, activity_id)
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
    filters: Filters, *, writer: str, activity_id: int | None = None
) -> list[tuple[int, bytes | None]]:
    """Return the slots of a feed in order, each with its fragment, or with nothing when it has to be written."""
    current = and_(
        Fragment.slot_id == Slot.id, Fragment.revision == Slot.revision, Fragment.writer == writer
    )
    statement = (
        _chosen(filters, activity_id)
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


def _chosen(filters: Filters, activity_id: int | None) -> Select[Slot]:
    statement = published_slots(filters)
    return statement if activity_id is None else statement.where(Slot.activity_id == activity_id)
