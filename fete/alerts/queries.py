"""Who follows what, which slots that is, and what of it stands otherwise than they know."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from fete.alerts.models import Follow, Follower, Told
from fete.alerts.rules import Pending
from fete.core.db import db
from fete.programme.models import Activity, Slot, Venue
from fete.programme.queries.catalogue import catalogue_of, rows_of
from fete.programme.rules.catalogue import OFF
from fete.programme.rules.filters import Filters
from fete.programme.workflow import Status

# As many as one statement may name, on both engines.
BATCH = 500
# All that tells where a slot of an activity is held.
_PLACES: tuple[ExecutableOption, ...] = (
    joinedload(Activity.venue).joinedload(Venue.commune),
    joinedload(Activity.parent).joinedload(Activity.venue).joinedload(Venue.commune),
    joinedload(Activity.parent).selectinload(Activity.sites).joinedload(Venue.commune),
    selectinload(Activity.sites).joinedload(Venue.commune),
)


def asked_for(filters: Filters, *, at: datetime) -> list[tuple[int, int]]:
    """Return the published activities asked for, by number, each with its slots that are not over."""
    catalogue = catalogue_of(filters.edition_id)
    found = (catalogue.rows[number] for number in catalogue.numbered(rows_of(filters)))
    return sorted((entry.number, time.slot) for entry, time in found if time.ends_at > at)


def unknown_to(follow: Follow, filters: Filters, *, at: datetime) -> Sequence[tuple[int, int]]:
    """Return the first activities and slots that a follow holds and of which its follower knows nothing yet.

    There are more when they are more than `BATCH`.
    """
    if follow.activity_id is not None:
        filters = replace(filters, activities=(follow.activity_id,))
    told = select(Told.activity_id, Told.slot_id).where(Told.follow_id == follow.id)
    known = {(activity, slot) for activity, slot in db.session.execute(told)}
    unknown = (pair for pair in asked_for(filters, at=at) if pair not in known)
    return list(islice(unknown, BATCH + 1))


def numbers_asked_for(filters: Filters, among: Collection[int], *, at: datetime) -> set[int]:
    """Return which of these activities are asked for."""
    wanted = frozenset(among)
    return {activity for activity, _slot in asked_for(filters, at=at) if activity in wanted}


def find_follower(key: str) -> Follower | None:
    """Return who has this key, with all that they follow."""
    statement = (
        select(Follower)
        .where(Follower.key == key)
        .options(
            selectinload(Follower.follows).options(
                joinedload(Follow.activity), joinedload(Follow.edition)
            )
        )
    )
    return db.session.scalar(statement)


def find_follow(number: int) -> Follow | None:
    """Return a follow with its edition."""
    return db.session.get(Follow, number, options=[joinedload(Follow.edition)])


def find_by_address(email: str) -> Follower | None:
    """Return who left this address."""
    return db.session.scalar(select(Follower).where(Follower.email == email))


def hold_bearer(key: str) -> Follower | None:
    """Return who has this key; until the transaction ends, nobody else holds them."""
    return db.session.scalar(select(Follower).where(Follower.key == key).with_for_update())


def hold_follower(number: int) -> Follower | None:
    """Return a follower; until the transaction ends, nobody else holds them."""
    return db.session.scalar(select(Follower).where(Follower.id == number).with_for_update())


def follows_to_look_through(*, before: datetime) -> Sequence[int]:
    """Return the numbers of the confirmed follows that may hold more than they did, but for those just looked through."""
    held = aliased(Activity)
    changed = (
        select(func.max(Activity.changed_at))
        .where(Activity.edition_id == Follow.edition_id, Activity.status == Status.PUBLISHED)
        .correlate(Follow)
        .scalar_subquery()
    )
    # An activity, or the container whose hours it keeps.
    own = exists().where(
        held.id == Follow.activity_id,
        or_(Activity.id == held.id, Activity.id == held.parent_id),
        Activity.changed_at >= Follow.looked_at,
    )
    may_hold_more = or_(
        and_(Follow.activity_id.is_(None), Follow.looked_at <= changed),
        and_(Follow.activity_id.is_not(None), own),
    )
    statement = (
        select(Follow.id)
        .where(
            Follow.confirmed_at.is_not(None),
            or_(Follow.looked_at.is_(None), and_(Follow.looked_at < before, may_hold_more)),
        )
        .order_by(Follow.id)
    )
    return db.session.scalars(statement).all()


def known_since(follow: Follow, activities: Collection[int]) -> dict[int, datetime]:
    """Return since when its follower knows of each of these activities."""
    statement = (
        select(Told.activity_id, func.min(Told.known_since))
        .where(Told.follow_id == follow.id, Told.activity_id.in_(activities))
        .group_by(Told.activity_id)
    )
    return {activity: moment for activity, moment in db.session.execute(statement)}  # noqa: C416  # rows are no pairs to the type checker


def with_places(pairs: Sequence[tuple[int, int]]) -> list[tuple[Activity, Slot]]:
    """Return activities and slots by their numbers, with all that tells where they are held."""
    activities = {
        activity.id: activity
        for activity in db.session.scalars(
            select(Activity)
            .where(Activity.id.in_({each for each, _slot in pairs}))
            .options(*_PLACES)
        )
    }
    slots = {
        slot.id: slot
        for slot in db.session.scalars(
            select(Slot)
            .where(Slot.id.in_({each for _activity, each in pairs}))
            .options(joinedload(Slot.venue).joinedload(Venue.commune), joinedload(Slot.activity))
        )
    }
    return [
        (activities[activity], slots[slot])
        for activity, slot in pairs
        if activity in activities and slot in slots
    ]


def pending(at: datetime) -> list[Pending]:
    """Return the slots to come that somebody knows otherwise, once for each activity held then."""
    statement = _pending(
        Told.activity_id,
        Told.slot_id,
        Slot.starts_at,
        Slot.state,
        Slot.changed_at,
        Activity.status,
        Activity.changed_at.label("activity_changed_at"),
        at=at,
    ).distinct()
    return [
        Pending(
            activity_id=row.activity_id,
            starts_at=row.starts_at,
            is_off=row.state in OFF or row.status is not Status.PUBLISHED,
            changed_at=max(row.changed_at, row.activity_changed_at),
        )
        for row in db.session.execute(statement)
    ]


def followers_to_tell(activities: Collection[int], *, at: datetime) -> Sequence[int]:
    """Return the numbers of those who know a slot of these activities otherwise, in order."""
    statement = (
        _pending(Follow.follower_id, at=at)
        .where(Told.activity_id.in_(activities))
        .distinct()
        .order_by(Follow.follower_id)
    )
    return db.session.scalars(statement).all()


def pending_of(
    follower: Follower, activities: Collection[int], *, at: datetime
) -> Sequence[tuple[Told, Activity, Slot]]:
    """Return what somebody knows otherwise of these activities, with how it stands, in order of time."""
    statement = (
        _pending(Told, Activity, Slot, at=at)
        .where(Follow.follower_id == follower.id, Told.activity_id.in_(activities))
        .options(*_PLACES, joinedload(Slot.venue).joinedload(Venue.commune))
        .order_by(Told.starts_at, Told.activity_id, Told.slot_id, Told.follow_id)
    )
    return [(told, activity, slot) for told, activity, slot in db.session.execute(statement)]


def _pending(*read: Any, at: datetime) -> Select[Any]:
    """Return what is read of the slots to come that somebody knows otherwise: found by what changed, not by who knows."""
    known, slot, stand = aliased(Told), aliased(Slot), aliased(Activity)
    slots = select(slot.id).where(
        slot.ends_at > at,
        exists().where(known.slot_id == slot.id, known.revision < slot.revision),
    )
    # What has slots of its own raises their revision whatever changes; a stand at its container's hours cannot.
    stands = select(stand.id).where(
        stand.parent_id.is_not(None),
        exists().where(known.activity_id == stand.id, known.version < stand.version),
    )
    return (
        select(*read)
        .select_from(Told)
        .join(Follow, Follow.id == Told.follow_id)
        .join(Slot, Slot.id == Told.slot_id)
        .join(Activity, Activity.id == Told.activity_id)
        .where(
            or_(Told.slot_id.in_(slots), Told.activity_id.in_(stands)),
            or_(Told.revision < Slot.revision, Told.version < Activity.version),
            Slot.ends_at > at,
        )
    )


def followers_of_news(*, since: datetime) -> Sequence[int]:
    """Return the numbers of those who wish to know of newly published activities and were not told since."""
    statement = (
        select(Follow.follower_id)
        .where(Follow.confirmed_at.is_not(None), Follow.wants_new, Follow.news_at < since)
        .distinct()
        .order_by(Follow.follower_id)
    )
    return db.session.scalars(statement).all()


def published_between(edition_id: int, *, after: datetime, until: datetime) -> Sequence[Activity]:
    """Return the activities of an edition published in a stretch of time, its beginning excluded, as they came."""
    statement = (
        select(Activity)
        .where(
            Activity.edition_id == edition_id,
            Activity.status == Status.PUBLISHED,
            Activity.published_at > after,
            Activity.published_at <= until,
        )
        .options(joinedload(Activity.organisation), selectinload(Activity.slots), *_PLACES)
        .order_by(Activity.published_at, Activity.id)
    )
    return db.session.scalars(statement).all()
