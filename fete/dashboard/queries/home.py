"""What waits for the coordination of a territory, of every domain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from fete.core.db import db
from fete.geography.models import Departement
from fete.network.queries import waiting_requests
from fete.programme.models import Activity, Edition, EditionState
from fete.programme.queries.review import Waiting, progress_by_departement, waiting
from fete.programme.queries.territory import within
from fete.programme.workflow import Status
from fete.reports.models import Report
from fete.reports.queries import is_due
from fete.reports.workflow import ReportStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What waits: activities to review, people who ask to join, reports to validate."""

    activities: Waiting
    requests: int
    reports: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How many activities of a département stand in each status; no département for those held nowhere in it."""

    departement: Departement | None
    counts: Mapping[Status, int]


def desk_of(territory: frozenset[str] | None, *, at: datetime) -> Desk:
    """Return what waits for an answer in these départements (`None`: everywhere), closed editions apart."""
    requests = waiting_requests(territory).order_by(None).subquery()
    reports = (
        select(func.count())
        .select_from(Report)
        .join(Report.activity)
        .join(Activity.edition)
        .where(
            Report.status == ReportStatus.FILED,
            Edition.state != EditionState.CLOSED,
            is_due(at),
            within(territory),
        )
    )
    return Desk(
        activities=waiting(territory),
        requests=db.session.scalar(select(func.count()).select_from(requests)) or 0,
        reports=db.session.scalar(reports) or 0,
    )


def progress_of(
    territory: frozenset[str] | None,
    *,
    edition: Edition | None,
    departements: Sequence[Departement],
) -> list[Progress]:
    """Return how far each of these départements is with an edition; what belongs to none of them comes last."""
    if edition is None:
        return []
    counts = progress_by_departement(territory, edition=edition)
    lines = [Progress(departement=each, counts=counts.pop(each.code, {})) for each in departements]
    elsewhere: dict[Status, int] = {}
    for rest in counts.values():
        for status, number in rest.items():
            elsewhere[status] = elsewhere.get(status, 0) + number
    return [*lines, Progress(departement=None, counts=elsewhere)] if elsewhere else lines
