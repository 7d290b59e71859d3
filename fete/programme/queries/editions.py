"""Find editions."""

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fete.accounts.models import User
from fete.core.db import db
from fete.network.models import Organisation
from fete.network.queries import acting_for
from fete.programme.models import Activity, Edition, EditionState, LateEntry, Slot
from fete.programme.rules import window_of
from fete.programme.workflow import SlotState, Status


def editions() -> Sequence[Edition]:
    """Return every edition, the latest first."""
    return db.session.scalars(select(Edition).order_by(Edition.year.desc())).all()


def shown_editions() -> Sequence[Edition]:
    """Return the editions that the public may see, the latest first."""
    return db.session.scalars(_shown()).all()


def _shown() -> Select[Edition]:
    return (
        select(Edition).where(Edition.state != EditionState.PREPARED).order_by(Edition.year.desc())
    )


def find_edition(year: int) -> Edition | None:
    """Return the edition of a year; a number that is no year has none, and is not asked for."""
    if not MINYEAR <= year <= MAXYEAR:
        return None
    return db.session.scalar(select(Edition).where(Edition.year == year))


def current_edition(today: date) -> Edition | None:
    """Return the open edition that is under way or comes next, else the latest that was shown."""
    coming = db.session.scalar(
        select(Edition)
        .where(Edition.state == EditionState.OPEN, Edition.ends_on >= today)
        .order_by(Edition.starts_on)
        .limit(1)
    )
    return coming or db.session.scalar(_shown().limit(1))


def shown_edition(year: int | None, *, today: date) -> Edition | None:
    """Return the edition of a year if it is shown, else the one under way or to come."""
    asked = find_edition(year) if year is not None else None
    is_shown = asked is not None and asked.state is not EditionState.PREPARED
    return asked if is_shown else current_edition(today)


def open_calls(today: date) -> Sequence[Edition]:
    """Return the editions for which one may declare today, the next to come first."""
    return db.session.scalars(
        select(Edition)
        .where(
            Edition.state == EditionState.OPEN,
            Edition.call_opens_on <= today,
            Edition.call_closes_on >= today,
        )
        .order_by(Edition.ends_on < today, Edition.starts_on)
    ).all()


def calls_open_to(organisation: Organisation, today: date) -> Sequence[Edition]:
    """Return the editions for which a structure may declare today: their call is open, or it may come late."""
    late = {
        entry.edition_id
        for entry in _late_entries(today, LateEntry.organisation_id == organisation.id)
    }
    known = open_calls(today)
    further = [each for each in open_editions() if each.id in late and each not in known]
    return [*known, *further] if late else known


def calls_open_to_person(user: User, today: date) -> Sequence[Edition]:
    """Return the editions for which one structure at least of the person may declare today, as `calls_open_to`."""
    known = open_calls(today)
    late = (entry.edition for entry in late_entries_for(user, today))
    return [*known, *dict.fromkeys(each for each in late if each not in known)]


def late_entries_for(user: User, today: date) -> Sequence[LateEntry]:
    """Return what lets the person's structures declare today though the call is over, the first to end first."""
    return _late_entries(today, LateEntry.organisation_id.in_(acting_for(user)))


def _late_entries(today: date, whose: ColumnElement[bool]) -> Sequence[LateEntry]:
    statement = (
        select(LateEntry)
        .join(LateEntry.edition)
        .where(
            whose,
            LateEntry.until >= today,
            Edition.state == EditionState.OPEN,
            Edition.call_closes_on < today,
        )
        .options(joinedload(LateEntry.edition), joinedload(LateEntry.organisation))
        .order_by(LateEntry.until, LateEntry.id)
    )
    return db.session.scalars(statement).all()


def late_entry_of(edition: Edition, organisation: Organisation) -> LateEntry | None:
    """Return the exception granted to a structure for an edition, even when it ended."""
    return db.session.scalar(
        select(LateEntry).where(
            LateEntry.edition_id == edition.id, LateEntry.organisation_id == organisation.id
        )
    )


def late_entries_of(edition: Edition) -> Sequence[LateEntry]:
    """Return the exceptions granted for an edition with their structures, the last to end first."""
    statement = (
        select(LateEntry)
        .where(LateEntry.edition_id == edition.id)
        .options(
            joinedload(LateEntry.organisation).joinedload(Organisation.commune),
            joinedload(LateEntry.granted_by).lazyload(User.roles),
        )
        .order_by(LateEntry.until.desc(), LateEntry.id)
    )
    return db.session.scalars(statement).all()


def find_late_entry(number: int) -> LateEntry | None:
    """Return an exception with its edition and its structure."""
    return db.session.scalar(
        select(LateEntry)
        .where(LateEntry.id == number)
        .options(
            joinedload(LateEntry.edition),
            joinedload(LateEntry.organisation).joinedload(Organisation.commune),
        )
    )


def outside_the_window(edition: Edition) -> Sequence[Activity]:
    """Return the activities of an edition with slots outside its dates, by title, those refused or withdrawn apart."""
    first, last = window_of(edition)
    outside = Activity.slots.any(
        and_(
            Slot.state != SlotState.CANCELLED,
            or_(Slot.starts_at < first, Slot.starts_at >= last),
        )
    )
    statement = (
        select(Activity)
        .where(
            Activity.edition_id == edition.id,
            Activity.status.not_in((Status.REFUSED, Status.WITHDRAWN)),
            outside,
        )
        .options(joinedload(Activity.organisation), selectinload(Activity.slots))
        .order_by(Activity.title, Activity.id)
    )
    return db.session.scalars(statement).all()


def activities_by_edition() -> dict[int, int]:
    """Return how many activities were deposited for each edition, by the edition's number."""
    statement = (
        select(Activity.edition_id, func.count())
        .where(Activity.status != Status.DRAFT)
        .group_by(Activity.edition_id)
        .order_by(Activity.edition_id)
    )
    return {edition_id: number for edition_id, number in db.session.execute(statement)}  # noqa: C416  # rows are no pairs to the type checker


def open_editions() -> Sequence[Edition]:
    """Return the editions that can still be changed, the next to come first."""
    return db.session.scalars(
        select(Edition).where(Edition.state == EditionState.OPEN).order_by(Edition.starts_on.desc())
    ).all()
