"""Find what reports are held against, the doubts that they raise, and how each was answered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from fete.accounts.models import User
from fete.accounts.policies import territory_of
from fete.core.clock import to_paris
from fete.core.db import db
from fete.core.pagination import Page, paginate
from fete.programme.models import Activity, Edition, Slot, Venue
from fete.programme.models.activities import activity_site
from fete.programme.queries.territory import departement_of_activity, within
from fete.programme.workflow import Status
from fete.reports.arithmetic import Counts
from fete.reports.models import ExplainedDoubt, Report, SessionCount, Tap
from fete.reports.queries.reporting import ReportLine
from fete.reports.queries.sent_back import sent_back
from fete.reports.rules.doubts import Beside, Peer, Peers, Raised, raised_by
from fete.reports.workflow import ReportStatus

_COMPARED = ("outcome", "public", "pupils", "adults", "online")
# Beyond so many reports, all those of their editions are read rather than named one by one.
_MANY = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubted:
    """A doubt about a report, with the answer of the coordination if it has one for these very figures."""

    raised: Raised
    explained: ExplainedDoubt | None = None

    @property
    def is_open(self) -> bool:
        """Whether the coordination has still to answer it."""
        return self.explained is None


def doubts_about(lines: Sequence[ReportLine]) -> dict[int, list[Doubted]]:
    """Return, by number of activity, every doubt about these reports, answered or not."""
    told = [(line, line.report) for line in lines if line.report is not None]
    beside = _beside([line for line, _report in told])
    answers = _answers([report.id for _line, report in told])
    return {
        line.activity.id: [
            Doubted(raised=each, explained=answers.get((report.id, each.key)))
            for each in raised_by(report, beside[line.activity.id])
        ]
        for line, report in told
    }


def open_doubts(lines: Sequence[ReportLine]) -> dict[int, list[Raised]]:
    """Return, by number of activity, the doubts about these reports that nobody of the coordination answered."""
    return {
        number: [each.raised for each in doubts if each.is_open]
        for number, doubts in doubts_about(lines).items()
    }


def explained_doubts(
    user: User, *, edition: Edition, departements: Sequence[str], number: int = 1
) -> Page[ExplainedDoubt]:
    """Return a page of what was answered about the reports of a coordinator's territory, the latest first."""
    statement = (
        select(ExplainedDoubt)
        .join(ExplainedDoubt.report)
        .join(Report.activity)
        .where(Activity.edition_id == edition.id, within(territory_of(user)))
        .options(
            joinedload(ExplainedDoubt.explained_by),
            joinedload(ExplainedDoubt.report).joinedload(Report.activity),
        )
        .order_by(ExplainedDoubt.explained_at.desc(), ExplainedDoubt.id.desc())
    )
    if departements:
        statement = statement.where(departement_of_activity().in_(sorted(departements)))
    return paginate(statement, number=number)


def _answers(report_ids: Sequence[int]) -> dict[tuple[int, str], ExplainedDoubt]:
    found = db.session.scalars(
        select(ExplainedDoubt)
        .where(ExplainedDoubt.report_id.in_(report_ids))
        .options(joinedload(ExplainedDoubt.explained_by))
    )
    return {(each.report_id, each.key): each for each in found}


def _beside(lines: Sequence[ReportLine]) -> dict[int, Beside]:
    """Return what each report is held against, in as many questions for one as for a thousand."""
    activities = [line.activity for line in lines]
    numbers = [activity.id for activity in activities]
    peers = Peers(_peers(_like(activities)))
    before = _before(activities)
    grounds, sessions, taps = _grounds(activities), _sessions(numbers), _taps(numbers)
    asked_about = sent_back(
        [line.report.id for line in lines if line.report and line.report.question]
    )
    return {
        activity.id: Beside(
            peers=peers,
            before=before.get(activity.renewed_from_id or 0),
            gate=line.gate,
            grounds=grounds.get(activity.parent_id or 0, frozenset()),
            sessions=sessions.get(activity.id),
            taps=taps.get(activity.id),
            sent_back=asked_about.get(line.report.id) if line.report else None,
        )
        for line, activity in zip(lines, activities, strict=True)
    }


def _like(activities: Sequence[Activity]) -> ColumnElement[bool]:
    """Return which reports may look like those of these activities, or be of what they hold."""
    of_editions = Activity.edition_id.in_({each.edition_id for each in activities})
    if len(activities) > _MANY:
        return of_editions
    communes = {each.place.commune_code for each in activities if each.place is not None}
    return and_(
        of_editions,
        or_(
            Activity.organisation_id.in_({each.organisation_id for each in activities}),
            Activity.parent_id.in_({each.id for each in activities}),
            _commune().in_(communes),
        ),
    )


def _before(activities: Sequence[Activity]) -> dict[int, Peer]:
    numbers = {each.renewed_from_id for each in activities if each.renewed_from_id is not None}
    renewed = and_(Activity.id.in_(numbers), Report.status == ReportStatus.VALIDATED)
    found = _peers(renewed)
    return {each.activity_id: each for each in found if _is_known(each)}


def _is_known(peer: Peer) -> bool:
    return peer.counts.took_place and peer.counts.visitors is not None


def _peers(wanted: ColumnElement[bool]) -> list[Peer]:
    statement = (
        select(
            Activity.id,
            Activity.title,
            Activity.edition_id,
            Edition.year,
            Activity.organisation_id,
            Activity.parent_id,
            _commune().label("commune_code"),
            departement_of_activity().label("departement_code"),
            func.coalesce(_begins(Activity.id), _begins(Activity.parent_id)).label("begins_at"),
            *(getattr(Report, name).label(name) for name in _COMPARED),
        )
        .join(Report, Report.activity_id == Activity.id)
        .join(Edition, Edition.id == Activity.edition_id)
        .where(
            wanted,
            Activity.status == Status.PUBLISHED,
            Report.status.in_((ReportStatus.FILED, ReportStatus.VALIDATED)),
        )
    )
    return [
        Peer(
            activity_id=row.id,
            title=row.title,
            edition_id=row.edition_id,
            year=row.year,
            organisation_id=row.organisation_id,
            parent_id=row.parent_id,
            commune_code=row.commune_code,
            departement_code=row.departement_code,
            day=to_paris(row.begins_at).date() if row.begins_at else None,
            counts=Counts(**{name: getattr(row, name) for name in _COMPARED}),
        )
        for row in db.session.execute(statement)
    ]


def _commune() -> ColumnElement[str | None]:
    """Return the commune where an activity is held: that of its place, else of its container's."""
    container = aliased(Activity)
    own = select(Venue.commune_code).where(Venue.id == Activity.venue_id)
    inherited = (
        select(Venue.commune_code)
        .join(container, container.venue_id == Venue.id)
        .where(container.id == Activity.parent_id)
    )
    return func.coalesce(
        own.correlate(Activity).scalar_subquery(), inherited.correlate(Activity).scalar_subquery()
    )


def _begins(activity_id: InstrumentedAttribute[Any]) -> ScalarSelect[datetime]:
    slot = aliased(Slot)
    first = select(func.min(slot.starts_at)).where(slot.activity_id == activity_id)
    return first.correlate(Activity).scalar_subquery()


def _grounds(activities: Sequence[Activity]) -> dict[int, frozenset[int]]:
    """Return the places of the containers that hold these activities."""
    places: defaultdict[int, set[int]] = defaultdict(set)
    for activity in activities:
        if activity.parent is not None and activity.parent.venue_id is not None:
            places[activity.parent.id].add(activity.parent.venue_id)
    containers = {each.parent_id for each in activities if each.parent_id is not None}
    sites = select(activity_site.c.activity_id, activity_site.c.venue_id)
    for container_id, venue_id in db.session.execute(
        sites.where(activity_site.c.activity_id.in_(containers))
    ):
        places[container_id].add(venue_id)
    return {number: frozenset(found) for number, found in places.items()}


def _sessions(activity_ids: Sequence[int]) -> dict[int, Counts]:
    """Return the visitors of the sessions together, of the reports that tell them one by one."""
    statement = (
        select(
            Report.activity_id,
            func.sum(SessionCount.public),
            func.sum(SessionCount.pupils),
            func.sum(SessionCount.adults),
        )
        .join(SessionCount, SessionCount.report_id == Report.id)
        .where(Report.activity_id.in_(activity_ids))
        .group_by(Report.activity_id)
    )
    return {
        number: Counts(public=public, pupils=pupils, adults=adults)
        for number, public, pupils, adults in db.session.execute(statement)
    }


def _taps(activity_ids: Sequence[int]) -> dict[int, int]:
    statement = (
        select(Tap.activity_id, func.sum(Tap.amount))
        .where(Tap.activity_id.in_(activity_ids))
        .group_by(Tap.activity_id)
    )
    return {number: int(total) for number, total in db.session.execute(statement)}
