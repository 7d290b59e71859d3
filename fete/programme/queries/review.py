"""What waits for the coordination, who reads it, and where everything stands."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from fete.core.db import db
from fete.core.pagination import PAGE_SIZE, Page, page_number
from fete.core.text import stems
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.models import (
    Activity,
    Decision,
    Edition,
    EditionState,
    Reading,
    Remark,
    Side,
    Venue,
)
from fete.programme.queries.territory import departement_of_activity, within
from fete.programme.workflow import Status
from fete.vocabulary.models import Term

Territory = frozenset[str] | None
# What waits is read from the oldest deposit on; what is settled, from the latest change on.
_WAITING = frozenset({Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.LABELLED})
# How long after somebody opened an activity others are told that they read it.
READ_FOR = timedelta(minutes=10)
MOST_COMMITTEES = 10


def _place(venue: Any) -> Any:  # noqa: ANN401  # how a relation is loaded
    # Joined one by one: SQLite would read every place of the region first to join them as a group.
    commune = venue.joinedload(Venue.commune, innerjoin=False)
    return commune.joinedload(Commune.departement, innerjoin=False)


_ON_A_LINE: tuple[ExecutableOption, ...] = (
    joinedload(Activity.edition),
    joinedload(Activity.kind),
    _place(joinedload(Activity.venue)),
    _place(joinedload(Activity.parent).joinedload(Activity.venue)),
    joinedload(Activity.organisation)
    .joinedload(Organisation.commune)
    .joinedload(Commune.departement, innerjoin=False),
    selectinload(Activity.slots),
)
_IN_DETAIL: tuple[ExecutableOption, ...] = (
    *_ON_A_LINE,
    joinedload(Activity.parent).selectinload(Activity.slots),
    joinedload(Activity.parent).joinedload(Activity.kind),
    joinedload(Activity.organisation).selectinload(Organisation.memberships),
    selectinload(Activity.terms),
)


class Sorting(StrEnum):
    """In which order the queue is read, under the words of its address; as the status asks when none is chosen."""

    OLDEST = "ancien"
    LATEST = "recent"
    TITLE = "titre"
    STRUCTURE = "structure"


@dataclass(frozen=True, kw_only=True, slots=True)
class Eyes:
    """Who looks at the queue, and when: what others have before their eyes is told by it."""

    person_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueFilters:
    """What a coordinator asks of the queue; the edition is every open one unless a year is given."""

    status: Status = Status.SUBMITTED
    departement: str | None = None
    # Those of somebody who is away, say.
    departements: frozenset[str] | None = None
    kind: str | None = None
    text: str = ""
    year: int | None = None
    # In a village, a festival or a trail, or on its own.
    in_container: bool | None = None
    # Whether its declarers wrote last.
    awaits_answer: bool | None = None
    # Read by nobody but the one who looks.
    unread_by_others: Eyes | None = None
    sorting: Sorting | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How many activities wait for a first answer, and since when the oldest does."""

    number: int
    since: datetime | None


def awaiting_review(
    territory: Territory,
    filters: QueueFilters,
    *,
    number: int = 1,
    size: int = PAGE_SIZE,
    total: int | None = None,
) -> Page[Activity]:
    """Return one page of the activities in the asked status, with what a line shows of each.

    Who has counted them already gives their `total`.
    """
    if total is None:
        total = counts_by_status(territory, filters)[filters.status]
    number = page_number(number, total, size)
    # Which ones is found without their texts, which weigh: only those of the page are read whole.
    chosen = _chosen(territory, filters).limit(size).offset((number - 1) * size)
    numbers = db.session.scalars(chosen).all()
    return Page(rows=_whole(numbers, _ON_A_LINE), number=number, total=total, size=size)


def for_committee(territory: Territory, filters: QueueFilters, *, limit: int) -> Sequence[Activity]:
    """Return the activities of the queue, in its order, with all that a committee is shown of each."""
    return _whole(numbers_in_queue(territory, filters, limit=limit), _IN_DETAIL)


def with_details(numbers: Iterable[int]) -> Sequence[Activity]:
    """Return these activities as they stand now, with all that a decision about several shows, oldest deposit first."""
    said = (selectinload(Activity.decisions), selectinload(Activity.remarks))
    found = _whole(list(numbers), (*_IN_DETAIL, *said))
    return sorted(found, key=lambda each: (each.submitted_at or each.created_at, each.id))


def numbers_in_queue(territory: Territory, filters: QueueFilters, *, limit: int) -> Sequence[int]:
    """Return the numbers of the first activities of the queue."""
    return db.session.scalars(_chosen(territory, filters).limit(limit)).all()


def readers_of(
    numbers: Collection[int], *, at: datetime, beside: int
) -> Mapping[int, Sequence[str]]:
    """Return who has each of these activities before their eyes now, by name, another than this person."""
    if not numbers:
        return {}
    statement = (
        select(Reading)
        .where(
            Reading.activity_id.in_(sorted(numbers)),
            Reading.at > at - READ_FOR,
            Reading.person_id != beside,
        )
        .options(joinedload(Reading.person).lazyload("*"))
        .order_by(Reading.at.desc(), Reading.person_id)
    )
    found: dict[int, list[str]] = {}
    for reading in db.session.scalars(statement):
        found.setdefault(reading.activity_id, []).append(reading.person.name)
    return found


def last_read_at(activity: Activity, *, person_id: int) -> datetime | None:
    """Return when the person was last seen reading the activity."""
    return db.session.scalar(
        select(Reading.at).where(Reading.activity_id == activity.id, Reading.person_id == person_id)
    )


def awaiting_answer(numbers: Collection[int]) -> frozenset[int]:
    """Return those of these activities whose declarers wrote last."""
    if not numbers:
        return frozenset()
    statement = select(Activity.id).where(Activity.id.in_(sorted(numbers)), _awaits_answer())
    return frozenset(db.session.scalars(statement))


def committees_of(edition: Edition) -> Sequence[str]:
    """Return the committees that decided in an edition, the latest first."""
    latest = func.max(Decision.at)
    statement = (
        select(Decision.committee)
        .join(Decision.activity)
        .where(Activity.edition_id == edition.id, Decision.committee != "")
        .group_by(Decision.committee)
        .order_by(latest.desc(), Decision.committee)
        .limit(MOST_COMMITTEES)
    )
    return db.session.scalars(statement).all()


def counts_by_status(territory: Territory, filters: QueueFilters) -> dict[Status, int]:
    """Return how many activities stand in each status, whatever the status asked."""
    statement = (
        select(Activity.status, func.count().label("number"))
        .where(*_conditions(territory, filters))
        .group_by(Activity.status)
    )
    found = {row.status: row.number for row in db.session.execute(statement)}
    return {status: found.get(status, 0) for status in Status}


def next_to_review(territory: Territory, *, beside: Activity) -> Activity | None:
    """Return the activity that waits longest for a first answer, another than this one."""
    statement = (
        select(Activity)
        .where(
            Activity.status == Status.SUBMITTED,
            Activity.id != beside.id,
            *_conditions(territory, QueueFilters()),
        )
        .order_by(Activity.submitted_at.asc(), Activity.id.asc())
        .limit(1)
    )
    return db.session.scalar(statement)


def waiting(territory: Territory) -> Waiting:
    """Return how many activities of the open editions wait for a first answer, and since when."""
    statement = select(func.count(), func.min(Activity.submitted_at)).where(
        Activity.status == Status.SUBMITTED, *_conditions(territory, QueueFilters())
    )
    number, since = db.session.execute(statement).one()
    return Waiting(number=number, since=since)


def progress_by_departement(
    territory: Territory, *, edition: Edition
) -> dict[str | None, dict[Status, int]]:
    """Return, by code of département, how many activities of an edition stand in each status, drafts apart."""
    placed = (
        select(departement_of_activity().label("departement"), Activity.status)
        .where(Activity.edition_id == edition.id, _was_shown(), within(territory))
        .subquery()
    )
    statement = (
        select(placed.c.departement, placed.c.status, func.count())
        .group_by(placed.c.departement, placed.c.status)
        .order_by(placed.c.departement, placed.c.status)
    )
    progress: dict[str | None, dict[Status, int]] = {}
    for departement, status, number in db.session.execute(statement):
        progress.setdefault(departement, {})[status] = number
    return progress


def _was_shown() -> ColumnElement[bool]:
    # As `policies.can_review`: neither drafts, nor drafts withdrawn before any deposit.
    return (Activity.status != Status.DRAFT) & or_(
        Activity.status != Status.WITHDRAWN, Activity.submitted_at.is_not(None)
    )


def _chosen(territory: Territory, filters: QueueFilters) -> Select[int]:
    chosen = select(Activity.id).where(
        Activity.status == filters.status, *_conditions(territory, filters)
    )
    if filters.sorting is Sorting.STRUCTURE:
        chosen = chosen.join(Activity.organisation)
    return chosen.order_by(*_order(filters))


def _whole(numbers: Sequence[int], options: Sequence[ExecutableOption]) -> Sequence[Activity]:
    """Return these activities as they stand now, in the order of their numbers here."""
    if not numbers:
        return []
    statement = (
        select(Activity)
        .where(Activity.id.in_(numbers))
        .options(*options)
        .execution_options(populate_existing=True)
    )
    found = {activity.id: activity for activity in db.session.scalars(statement).unique()}
    return [found[number] for number in numbers if number in found]


def _order(filters: QueueFilters) -> list[ColumnElement[Any]]:
    oldest_first = filters.status in _WAITING
    sorting = filters.sorting or (Sorting.OLDEST if oldest_first else Sorting.LATEST)
    orders: dict[Sorting, list[ColumnElement[Any]]] = {
        Sorting.OLDEST: [Activity.submitted_at.asc(), Activity.id.asc()],
        Sorting.LATEST: [Activity.changed_at.desc(), Activity.id.desc()],
        Sorting.TITLE: [func.lower(Activity.title), Activity.id.asc()],
        Sorting.STRUCTURE: [
            Organisation.search.asc(),
            Activity.submitted_at.asc(),
            Activity.id.asc(),
        ],
    }
    return orders[sorting]


def _awaits_answer() -> ColumnElement[bool]:
    last = (
        select(Remark.side)
        .where(Remark.activity_id == Activity.id)
        .order_by(Remark.at.desc(), Remark.id.desc())
        .limit(1)
        .correlate(Activity)
        .scalar_subquery()
    )
    return func.coalesce(last, Side.COORDINATION) == Side.DECLARERS


def _read_by_others(eyes: Eyes) -> ColumnElement[bool]:
    return exists().where(
        Reading.activity_id == Activity.id,
        Reading.person_id != eyes.person_id,
        Reading.at > eyes.at - READ_FOR,
    )


def _conditions(territory: Territory, filters: QueueFilters) -> list[ColumnElement[bool]]:
    conditions = [within(territory), _was_shown()]
    editions = select(Edition.id)
    if filters.year is None:
        editions = editions.where(Edition.state != EditionState.CLOSED)
    else:
        editions = editions.where(Edition.year == filters.year)
    conditions.append(Activity.edition_id.in_(editions))
    if filters.departement:
        conditions.append(departement_of_activity() == filters.departement)
    if filters.kind:
        conditions.append(Activity.kind_id.in_(select(Term.id).where(Term.code == filters.kind)))
    if filters.departements is not None:
        conditions.append(within(filters.departements))
    if filters.in_container is not None:
        is_inside = Activity.parent_id.is_not(None)
        conditions.append(is_inside if filters.in_container else ~is_inside)
    if filters.awaits_answer is not None:
        conditions.append(_awaits_answer() if filters.awaits_answer else ~_awaits_answer())
    if filters.unread_by_others is not None:
        conditions.append(~_read_by_others(filters.unread_by_others))
    conditions.extend(
        Activity.search.contains(stem, autoescape=True) for stem in stems(filters.text)
    )
    return conditions
