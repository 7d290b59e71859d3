"""The slots of a feed with their fragments, and the state of a whole feed for conditional requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import and_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fete.core.db import db
from fete.feeds.models import Fragment
from fete.programme.models import Activity, Slot, Venue
from fete.programme.queries.catalogue import catalogue_of, remembered, times_of
from fete.programme.rules.filters import Filters

# More slots than one statement may name on both engines are picked among all.
MOST_NAMED = 500


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


def fragments_of(slots: Sequence[int], *, writer: str) -> dict[int, bytes]:
    """Return the fragments of these slots that are up to date, by slot."""
    statement = (
        select(Fragment.slot_id, Fragment.content)
        .join(Slot, and_(Slot.id == Fragment.slot_id, Slot.revision == Fragment.revision))
        .where(Fragment.writer == writer)
    )
    if len(slots) <= MOST_NAMED:
        statement = statement.where(Fragment.slot_id.in_(slots))
    wanted = frozenset(slots)
    return {slot: content for slot, content in db.session.execute(statement) if slot in wanted}


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
