"""What is printed: which activities at which times, and all that is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from fete.core.db import db
from fete.network.models import Organisation
from fete.programme.models import Activity, CoOrganiser, Slot, Venue
from fete.programme.queries.catalogue import catalogue_of, rows_of
from fete.programme.rules.filters import Filters

_PLACE = joinedload(Activity.venue).joinedload(Venue.commune)
_SITES = selectinload(Activity.sites).joinedload(Venue.commune)
_SLOTS = selectinload(Activity.slots).joinedload(Slot.venue).joinedload(Venue.commune)
_CONTAINER = joinedload(Activity.parent)
_ENTRY: tuple[ExecutableOption, ...] = (
    joinedload(Activity.kind),
    joinedload(Activity.organisation),
    selectinload(Activity.co_organisers).joinedload(CoOrganiser.organisation),
    selectinload(Activity.terms),
    _PLACE,
    _SITES,
    _SLOTS,
    _CONTAINER.options(_PLACE, _SITES, _SLOTS),
    selectinload(Activity.children).options(
        joinedload(Activity.kind),
        joinedload(Activity.organisation),
        selectinload(Activity.co_organisers).joinedload(CoOrganiser.organisation),
        selectinload(Activity.slots),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Activities in order of time, by their numbers, and the times of them that were asked for."""

    activities: tuple[int, ...] = ()
    slots: frozenset[int] = frozenset()


def selected(filters: Filters) -> Selection:
    """Return what the public finds of the programme by these filters."""
    catalogue = catalogue_of(filters.edition_id)
    found = [catalogue.rows[number] for number in catalogue.by_time(rows_of(filters))]
    return Selection(
        activities=tuple(dict.fromkeys(entry.number for entry, _time in found)),
        slots=frozenset(time.slot for _entry, time in found),
    )


def state_of(selection: Selection) -> tuple[object, ...]:
    """Return what changes whenever something that is printed of them does, by two queries that read no text."""
    printed = or_(
        Activity.id.in_(selection.activities), Activity.parent_id.in_(selection.activities)
    )
    activities = (
        select(Activity.id, Activity.version, Activity.changed_at, Organisation.version)
        .join(Activity.organisation)
        .where(printed)
        .order_by(Activity.id)
    )
    slots = (
        select(func.count(Slot.id), func.sum(Slot.revision), func.max(Slot.changed_at))
        .join(Slot.activity)
        .where(or_(printed, Slot.id.in_(selection.slots)))
    )
    return (
        tuple(map(tuple, db.session.execute(activities))),
        tuple(db.session.execute(slots).one()),
    )


def entries_of(selection: Selection) -> Sequence[Activity]:
    """Return these activities in their order, each with all that is printed of it."""
    statement = select(Activity).where(Activity.id.in_(selection.activities)).options(*_ENTRY)
    found = {activity.id: activity for activity in db.session.scalars(statement)}
    return [found[number] for number in selection.activities]
