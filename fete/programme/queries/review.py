"""What waits for the coordination, and where everything stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fete.core.db import db
from fete.core.pagination import Page, paginate
from fete.core.text import stems
from fete.network.models import Organisation
from fete.programme.models import Activity, Edition, EditionState
from fete.programme.queries.territory import departement_of_activity, within
from fete.programme.workflow import Status
from fete.vocabulary.models import Term

Territory = frozenset[str] | None
# What waits is read from the oldest deposit on; what is settled, from the latest change on.
_WAITING = frozenset({Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.LABELLED})


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueFilters:
    """What a coordinator asks of the queue; the edition is every open one unless a year is given."""

    status: Status = Status.SUBMITTED
    departement: str | None = None
    kind: str | None = None
    text: str = ""
    year: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How many activities wait for a first answer, and since when the oldest does."""

    number: int
    since: datetime | None


def awaiting_review(
    territory: Territory, filters: QueueFilters, *, number: int = 1
) -> Page[Activity]:
    """Return one page of the activities in the asked status, with what a line shows of each."""
    statement = (
        select(Activity)
        .where(Activity.status == filters.status, *_conditions(territory, filters))
        .options(
            joinedload(Activity.edition),
            joinedload(Activity.kind),
            joinedload(Activity.venue),
            joinedload(Activity.parent).options(
                joinedload(Activity.venue), selectinload(Activity.slots)
            ),
            joinedload(Activity.organisation).joinedload(Organisation.commune),
            selectinload(Activity.slots),
        )
    )
    if filters.status in _WAITING:
        statement = statement.order_by(Activity.submitted_at.asc(), Activity.id.asc())
    else:
        statement = statement.order_by(Activity.changed_at.desc(), Activity.id.desc())
    return paginate(statement, number=number)


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
    conditions.extend(
        Activity.search.contains(stem, autoescape=True) for stem in stems(filters.text)
    )
    return conditions
