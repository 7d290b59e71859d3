"""The slots of a feed with their fragments, and the state of a whole feed for conditional requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from heapq import nlargest
from itertools import groupby, islice
from operator import attrgetter

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fete.core.db import db
from fete.feeds.models import Fragment
from fete.network.models import Organisation
from fete.network.queries import find_listed, survivors_of
from fete.programme.models import Activity, CoOrganiser, Slot, Venue
from fete.programme.queries.catalogue import catalogue_of, remembered, rows_of, times_of
from fete.programme.queries.listing import count_of
from fete.programme.queries.venues import find_venue
from fete.programme.rules import stretches
from fete.programme.rules.catalogue import OFF
from fete.programme.rules.filters import Filters

# More slots than one statement may name on both engines are picked among all.
MOST_NAMED = 500
# As much as a reader of news takes at once, and what shows on one screen what one subscribes to.
MOST_NEWS = 50
MOST_NEXT = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedState:
    """What changes whenever the bytes of a feed do: which slots are in it, how far each has been revised."""

    # Their numbers, in order of time.
    slots: tuple[int, ...] = ()
    digest: str = ""
    # The last change to anything of the edition that the public saw: never earlier than the feed's own.
    changed_at: datetime | None = None


def state_of(filters: Filters) -> FeedState:
    """Return the state of a feed; reckoned once by each worker for as long as the programme stands."""

    def reckon() -> FeedState:
        times = times_of(filters)
        stand = repr([(time.uid, time.revision) for time in times])
        return FeedState(
            slots=tuple(time.slot for time in times),
            digest=blake2b(stand.encode(), digest_size=16).hexdigest(),
            changed_at=catalogue_of(filters.edition_id).changed_at,
        )

    return remembered(("feed", filters), reckon)


def events_of(filters: Filters) -> int:
    """Return about how many events the calendar of these filters has."""
    return catalogue_of(filters.edition_id).events_among(rows_of(filters))


def count_events(filters: Filters) -> int:
    """Return how many events the calendar of these filters shows: opening hours alike, day after day, are one bar."""
    edition_id = filters.edition_id
    bars = remembered(("bars", edition_id), lambda: _bars(edition_id))
    return len({bars.get(time.slot, -time.slot) for time in times_of(filters)})


def news_of(filters: Filters) -> int:
    """Return how many pieces of news the feed of these filters has."""
    return min(MOST_NEWS, count_of(filters))


def last_change(filters: Filters) -> datetime | None:
    """Return when something of the edition that the public saw changed last; nothing while it saw nothing."""
    return catalogue_of(filters.edition_id).changed_at


def fragments_of(slots: Sequence[int], *, writer: str) -> dict[int, bytes]:
    """Return the fragments of these slots that are up to date, by slot."""
    statement = select(Fragment.slot_id, Fragment.content).where(*_is_current(writer))
    if len(slots) <= MOST_NAMED:
        statement = statement.where(Fragment.slot_id.in_(slots))
    wanted = frozenset(slots)
    return {slot: content for slot, content in db.session.execute(statement) if slot in wanted}


def written_slots(*, writer: str) -> set[int]:
    """Return the slots whose fragment is up to date."""
    return set(db.session.scalars(select(Fragment.slot_id).where(*_is_current(writer))))


def _is_current(writer: str) -> tuple[ColumnElement[bool], ...]:
    stands = exists().where(Slot.id == Fragment.slot_id, Slot.revision == Fragment.revision)
    return Fragment.writer == writer, stands


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


def _bars(edition_id: int | None) -> dict[int, int]:
    """Return, for each slot of an edition that is part of a stretch of opening hours, the first slot of it."""
    catalogue = catalogue_of(edition_id)
    opened = [each.number for each in catalogue.entries if any(t.is_opening for t in each.times)]
    found: dict[int, int] = {}
    for start in range(0, len(opened), MOST_NAMED):
        openings = openings_of(opened[start : start + MOST_NAMED])
        for _activity_id, slots in groupby(openings, attrgetter("activity_id")):
            for stretch in stretches(slots):
                found |= {slot.id: stretch[0].id for slot in stretch}
    return found


def latest(filters: Filters) -> Sequence[Activity]:
    """Return the activities of a feed that were published or changed last, the newest first, with what news tell."""
    catalogue = catalogue_of(filters.edition_id)
    changed: dict[int, datetime] = {}
    for number in catalogue.numbered(rows_of(filters)):
        entry, time = catalogue.rows[number]
        changed[entry.number] = max(time.changed_at, changed.get(entry.number, time.changed_at))
    newest = nlargest(MOST_NEWS, changed, key=lambda number: (changed[number], number))
    statement = (
        select(Activity)
        .where(Activity.id.in_(newest))
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
    )
    found = db.session.scalars(statement).unique().all()
    return sorted(found, key=lambda activity: newest.index(activity.id))


def next_slots(filters: Filters, *, now: datetime) -> Sequence[Slot]:
    """Return the first slots of a feed that are not over and will take place, with where they are held."""
    coming = (time for time in times_of(filters) if time.ends_at > now and time.state not in OFF)
    numbers = [time.slot for time in islice(coming, MOST_NEXT)]
    statement = (
        select(Slot)
        .join(Slot.activity)
        .where(Slot.id.in_(numbers))
        .options(
            contains_eager(Slot.activity).options(
                joinedload(Activity.venue).joinedload(Venue.commune),
                joinedload(Activity.parent).joinedload(Activity.venue).joinedload(Venue.commune),
            ),
            joinedload(Slot.venue).joinedload(Venue.commune),
        )
        .order_by(Slot.starts_at, Activity.id, Slot.id)
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
    shared = select(CoOrganiser.activity_id).where(CoOrganiser.organisation_id == standing)
    organises = or_(Activity.organisation_id == standing, Activity.id.in_(shared))
    was_seen = exists().where(organises, Activity.published_at.is_not(None))
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
