"""Find reports: those that a person owes, those that the coordination follows, and how many have come in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import aliased, defer, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from fete.accounts.models import User
from fete.accounts.policies import territory_of
from fete.core.db import db
from fete.core.pagination import PAGE_SIZE, Page, paginate
from fete.network.models import Membership, Organisation
from fete.programme.models import Activity, CoOrganiser, Edition, EditionState, Slot, Venue
from fete.programme.queries.activities import find_activity
from fete.programme.queries.lineage import lineage_of
from fete.programme.queries.sharing import is_organised_by_structures_of
from fete.programme.queries.territory import departement_of_activity, within
from fete.programme.workflow import Status
from fete.reports.arithmetic import Counts, Outcome, Returns
from fete.reports.models import Report
from fete.reports.rules import due_since, is_counted_at_the_gate, known_counts, standing_of
from fete.reports.workflow import ReportStatus, Standing


class Wanted(StrEnum):
    """Which reports a list shows."""

    TO_VALIDATE = "a-valider"
    MISSING = "manquants"
    VALIDATED = "valides"
    WAIVED = "dispenses"
    ALL = "tous"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportLine:
    """An activity that owes or owed a report, with the report if there is one."""

    activity: Activity
    report: Report | None
    # That of its container, if any.
    gate: Report | None = None

    @property
    def is_optional(self) -> bool:
        """Whether nobody waits for it: its container has counted at its gate."""
        return self.standing in _UNSENT and is_counted_at_the_gate(self.gate)

    @property
    def standing(self) -> Standing:
        """Where the report stands."""
        return standing_of(self.report)

    @property
    def counts(self) -> Counts | None:
        """Its validated figures, when it took place and they are known."""
        return known_counts(self.report)

    @property
    def since(self) -> datetime | None:
        """From when the report is due."""
        return due_since(self.activity)


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpFilters:
    """What a coordinator asks of the list."""

    wanted: Wanted = Wanted.TO_VALIDATE
    departements: Sequence[str] = field(default=())


_AT_A_TIME = 300
_UNSENT = frozenset({Standing.DUE, Standing.DRAFT})
_SHOWN: tuple[ExecutableOption, ...] = (
    joinedload(Activity.edition),
    joinedload(Activity.organisation).joinedload(Organisation.commune),
    joinedload(Activity.kind),
    joinedload(Activity.venue).joinedload(Venue.commune),
    joinedload(Activity.parent).options(joinedload(Activity.venue), selectinload(Activity.slots)),
    selectinload(Activity.slots),
)

_RULED: tuple[ExecutableOption, ...] = (
    defer(Activity.description),
    defer(Activity.search),
    joinedload(Activity.kind),
    joinedload(Activity.edition),
    joinedload(Activity.venue).lazyload(Venue.commune),
    joinedload(Activity.parent).options(joinedload(Activity.venue), selectinload(Activity.slots)),
    selectinload(Activity.slots),
)
_ORGANISED: tuple[ExecutableOption, ...] = (
    joinedload(Activity.organisation)
    .selectinload(Organisation.memberships)
    .joinedload(Membership.person),
    selectinload(Activity.co_organisers)
    .joinedload(CoOrganiser.organisation)
    .selectinload(Organisation.memberships),
)
# Twelve fields a row: well below what one form may hold.
GRID_SIZE = 50


def ended_at() -> ColumnElement[datetime | None]:
    """Return, for a statement that reads `Activity`, when the last slot ends: its own, else its container's.

    As `rules.due_since` tells it.
    """
    own = aliased(Slot)
    inherited = aliased(Slot)
    last_own = (
        select(func.max(own.ends_at))
        .where(own.activity_id == Activity.id)
        .correlate(Activity)
        .scalar_subquery()
    )
    last_inherited = (
        select(func.max(inherited.ends_at))
        .where(inherited.activity_id == Activity.parent_id)
        .correlate(Activity)
        .scalar_subquery()
    )
    return func.coalesce(last_own, last_inherited)


def is_due(at: datetime) -> ColumnElement[bool]:
    """Return, for a statement that reads `Activity`, the condition that a report is due, or was."""
    return and_(Activity.status == Status.PUBLISHED, ended_at() <= at)


def find_reported(activity_id: int) -> Activity | None:
    """Return a published activity with all that its report needs to know of it."""
    return db.session.scalar(
        select(Activity)
        .where(Activity.id == activity_id, Activity.status == Status.PUBLISHED)
        .options(*_SHOWN, *_ORGANISED)
        .execution_options(populate_existing=True)
    )


def find_report(activity: Activity) -> Report | None:
    """Return the report of an activity with who filed and who validated it."""
    return db.session.scalar(
        select(Report)
        .where(Report.activity_id == activity.id)
        .options(joinedload(Report.filed_by), joinedload(Report.validated_by))
        .execution_options(populate_existing=True)
    )


def reports_of(user: User, *, at: datetime, number: int = 1) -> Page[ReportLine]:
    """Return a page of what the person's structures owe and gave: latest edition first, oldest slot first."""
    statement = (
        select(Activity)
        .join(Activity.edition)
        .where(is_due(at), is_organised_by_structures_of(user))
        .options(*_SHOWN)
        .order_by(Edition.year.desc(), ended_at(), Activity.id)
    )
    return _with_reports(paginate(statement, number=number))


def unsent_of(user: User, *, edition: Edition, at: datetime, number: int = 1) -> Page[ReportLine]:
    """Return a page of what the person's structures have still to send for an edition, the oldest slot first."""
    return _unsent_page(is_organised_by_structures_of(user), edition, at=at, number=number)


def unsent_by(
    organisation: Organisation, user: User, *, edition: Edition, at: datetime, number: int = 1
) -> Page[ReportLine]:
    """Return a page of what a structure has still to send in a coordinator's territory, the oldest slot first."""
    its_own = _declared_by(organisation, territory_of(user))
    return _unsent_page(its_own, edition, at=at, number=number)


def find_reporting(organisation_id: int, user: User, *, edition: Edition) -> Organisation | None:
    """Return a structure that published something in a coordinator's territory for an edition."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        return None
    published = select(Activity.id).where(
        _declared_by(organisation, territory_of(user)),
        Activity.edition_id == edition.id,
        Activity.status == Status.PUBLISHED,
    )
    return organisation if db.session.scalar(published.limit(1)) is not None else None


def lines_of(activity_ids: Sequence[int]) -> list[ReportLine]:
    """Return these published activities with their reports, the oldest slot first."""
    statement = (
        select(Activity)
        .where(Activity.id.in_(activity_ids), Activity.status == Status.PUBLISHED)
        .options(*_SHOWN, *_ORGANISED)
        .order_by(ended_at(), Activity.id)
        .execution_options(populate_existing=True)
    )
    return _lines(db.session.scalars(statement).unique().all())


def number_owed(user: User, *, at: datetime) -> int:
    """Return how many reports the person's structures still owe, in editions that are not closed."""
    statement = (
        select(func.count())
        .select_from(Activity)
        .join(Activity.edition)
        .outerjoin(Report, Report.activity_id == Activity.id)
        .where(
            is_due(at),
            is_organised_by_structures_of(user),
            Edition.state != EditionState.CLOSED,
            _is(Wanted.MISSING),
        )
    )
    return db.session.scalar(statement) or 0


def owed_reports(edition: Edition, *, at: datetime, by: User | None = None) -> Sequence[Activity]:
    """Return the activities of an edition whose report is still awaited, all or a person's, the oldest slot first."""
    conditions = [is_due(at), Activity.edition_id == edition.id, _is(Wanted.MISSING)]
    if by is not None:
        conditions.append(is_organised_by_structures_of(by))
    return db.session.scalars(
        select(Activity)
        .outerjoin(Report, Report.activity_id == Activity.id)
        .where(*conditions)
        .options(
            joinedload(Activity.edition),
            joinedload(Activity.organisation),
            joinedload(Activity.parent).selectinload(Activity.slots),
            selectinload(Activity.co_organisers).joinedload(CoOrganiser.organisation),
            selectinload(Activity.slots),
        )
        .order_by(ended_at(), Activity.id)
    ).all()


def followed_reports(
    user: User, *, edition: Edition, filters: FollowUpFilters, at: datetime, number: int = 1
) -> Page[ReportLine]:
    """Return a page of the reports of a coordinator's territory, the oldest slot first."""
    statement = _followed_with(user, edition=edition, filters=filters, at=at).options(*_SHOWN)
    return _with_reports(paginate(statement, number=number, size=PAGE_SIZE))


def every_followed(
    user: User, *, edition: Edition, filters: FollowUpFilters, at: datetime
) -> list[ReportLine]:
    """Return all the reports of a coordinator's territory that are asked for, the oldest slot first.

    They hold what the rules ask of them and no more: there may be thousands; `lines_of` gives those that are shown.
    """
    statement = _followed_with(user, edition=edition, filters=filters, at=at).options(*_RULED)
    return _lines(db.session.scalars(statement).unique().all())


def followed_one_by_one(
    user: User, *, edition: Edition, filters: FollowUpFilters, at: datetime
) -> Iterator[tuple[Activity, Report | None]]:
    """Give all the reports of a coordinator's territory, the oldest slot first, a few hundred of them in memory at a time."""
    statement = (
        select(Activity, Report)
        .outerjoin(Report, Report.activity_id == Activity.id)
        .where(
            *_followed(user, edition=edition, departements=filters.departements, at=at),
            _is(filters.wanted),
        )
        .options(*_SHOWN)
        .order_by(ended_at(), Activity.id)
        .execution_options(yield_per=_AT_A_TIME)
    )
    yield from ((activity, report) for activity, report in db.session.execute(statement))


def returns_by_departement(
    user: User, *, edition: Edition, at: datetime
) -> dict[str | None, Returns]:
    """Return, by code of département, how many reports of a coordinator's territory are due and came in."""
    placed = (
        select(departement_of_activity().label("departement"), Report.status)
        .select_from(Activity)
        .outerjoin(Report, Report.activity_id == Activity.id)
        .where(
            *_followed(user, edition=edition, departements=(), at=at),
            not_(and_(_is_unsent(), _is_counted_at_the_gate())),
        )
        .subquery()
    )

    def number_of(*statuses: ReportStatus) -> ColumnElement[int]:
        return func.sum(case((placed.c.status.in_(statuses), 1), else_=0))

    statement = (
        select(
            placed.c.departement,
            func.count(),
            number_of(ReportStatus.FILED, ReportStatus.VALIDATED),
            number_of(ReportStatus.VALIDATED),
            number_of(ReportStatus.WAIVED),
        )
        .group_by(placed.c.departement)
        .order_by(placed.c.departement)
    )
    return {
        code: Returns(
            due=int(everything) - int(waived),
            received=int(received),
            validated=int(validated),
            waived=int(waived),
        )
        for code, everything, received, validated, waived in db.session.execute(statement)
    }


def history_of(activity: Activity) -> list[ReportLine]:
    """Return the activity, those that it renews and those that renew it, each with its report, the earliest first."""
    return _lines(lineage_of(activity))


def line_of(activity: Activity) -> ReportLine:
    """Return an activity with its report, if it has one, and that of its container."""
    return _lines([activity])[0]


def latest_before(activity: Activity) -> ReportLine | None:
    """Return the activity that this one renews, with its report."""
    if activity.renewed_from_id is None:
        return None
    before = find_activity(activity.renewed_from_id)
    return line_of(before) if before is not None else None


def lines_under(activity_ids: Sequence[int]) -> Sequence[ReportLine]:
    """Return these published activities, locked until the transaction ends, in the order of their numbers."""
    statement = (
        select(Activity)
        .where(Activity.id.in_(activity_ids), Activity.status == Status.PUBLISHED)
        .options(*_SHOWN)
        .order_by(Activity.id)
        .with_for_update(of=Activity)
        .execution_options(populate_existing=True)
    )
    activities = db.session.scalars(statement).unique().all()
    return _lines(activities)


def _with_reports(page: Page[Activity]) -> Page[ReportLine]:
    return Page(rows=_lines(page.rows), number=page.number, total=page.total, size=page.size)


def _lines(activities: Sequence[Activity]) -> list[ReportLine]:
    numbers = {activity.id for activity in activities}
    numbers |= {activity.parent_id for activity in activities if activity.parent_id is not None}
    found = db.session.scalars(
        select(Report)
        .where(Report.activity_id.in_(sorted(numbers)))
        .order_by(Report.id)
        .execution_options(populate_existing=True)
    )
    reports = {report.activity_id: report for report in found}
    return [
        ReportLine(
            activity=each,
            report=reports.get(each.id),
            gate=reports.get(each.parent_id) if each.parent_id is not None else None,
        )
        for each in activities
    ]


def _unsent_page(
    whose: ColumnElement[bool], edition: Edition, *, at: datetime, number: int
) -> Page[ReportLine]:
    statement = (
        select(Activity)
        .outerjoin(Report, Report.activity_id == Activity.id)
        .where(is_due(at), whose, Activity.edition_id == edition.id, _is_unsent())
        .options(*_SHOWN, *_ORGANISED)
        .order_by(ended_at(), Activity.id)
    )
    return _with_reports(paginate(statement, number=number, size=GRID_SIZE))


def _declared_by(
    organisation: Organisation, territory: frozenset[str] | None
) -> ColumnElement[bool]:
    return and_(Activity.organisation_id == organisation.id, within(territory))


def _followed_with(
    user: User, *, edition: Edition, filters: FollowUpFilters, at: datetime
) -> Select[Activity]:
    return (
        select(Activity)
        .outerjoin(Report, Report.activity_id == Activity.id)
        .where(
            *_followed(user, edition=edition, departements=filters.departements, at=at),
            _is(filters.wanted),
        )
        .order_by(ended_at(), Activity.id)
    )


def _followed(
    user: User, *, edition: Edition, departements: Sequence[str], at: datetime
) -> list[ColumnElement[bool]]:
    conditions = [Activity.edition_id == edition.id, is_due(at), within(territory_of(user))]
    if departements:
        conditions.append(departement_of_activity().in_(sorted(departements)))
    return conditions


def _is_unsent() -> ColumnElement[bool]:
    return or_(Report.id.is_(None), Report.status == ReportStatus.DRAFT)


def _is_counted_at_the_gate() -> ColumnElement[bool]:
    """Return, for a statement that reads `Activity`, what `rules.is_counted_at_the_gate` tells of its container."""
    gate = aliased(Report)
    told = exists().where(
        gate.activity_id == Activity.parent_id,
        gate.status.in_((ReportStatus.FILED, ReportStatus.VALIDATED)),
        gate.outcome.in_((Outcome.HELD, Outcome.PARTLY)),
        or_(gate.public.is_not(None), gate.pupils.is_not(None), gate.adults.is_not(None)),
    )
    return told.correlate(Activity)


def _is(wanted: Wanted) -> ColumnElement[bool]:
    match wanted:
        case Wanted.TO_VALIDATE:
            return Report.status == ReportStatus.FILED
        case Wanted.MISSING:
            return and_(_is_unsent(), not_(_is_counted_at_the_gate()))
        case Wanted.VALIDATED:
            return Report.status == ReportStatus.VALIDATED
        case Wanted.WAIVED:
            return Report.status == ReportStatus.WAIVED
        case Wanted.ALL:
            return Activity.id.is_not(None)
