"""What waits for the coordination of a territory, of every domain."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from fete.accounts.models import User
from fete.accounts.queries import numbers_of_coordinators
from fete.core.db import db
from fete.geography.models import Departement
from fete.mailing.models import Letter
from fete.mailing.queries import readers_of_digest
from fete.network.queries import waiting_requests
from fete.programme.models import Activity, Edition, EditionState
from fete.programme.policies import can_see
from fete.programme.queries.activities import find_activity
from fete.programme.queries.review import Waiting, progress_by_departement, waiting
from fete.programme.queries.territory import within
from fete.programme.queries.versions import AfterPublication, after_publication
from fete.programme.workflow import Status
from fete.reports.models import Report
from fete.reports.queries.reporting import is_due
from fete.reports.workflow import ReportStatus

# The pages of an activity, for its members and for its coordination: /mes-activites/12/apercu.
_ACTIVITY = re.compile(
    r"/(?:mes-activites|mes-bilans|coordination/relecture|coordination/bilans)/(\d+)(?:/|\Z)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What waits: activities to review, changes made after publication, people who ask to join, reports to validate."""

    activities: Waiting
    changes: AfterPublication
    requests: int
    reports: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        changes = self.changes.proposals.number or self.changes.corrections.number
        return not (self.activities.number or changes or self.requests or self.reports)


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
        changes=after_publication(territory),
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


def people_of_the_day() -> list[int]:
    """Return the numbers of the people to whom there may be something to say today."""
    return sorted({*readers_of_digest(), *numbers_of_coordinators()})


def still_concerning(person: User, letters: Sequence[Letter]) -> list[Letter]:
    """Return the letters without those about an activity that the person may see no more: who left is not told."""
    return [letter for letter in letters if _still_concerns(person, letter)]


def _still_concerns(person: User, letter: Letter) -> bool:
    named = _ACTIVITY.match(letter.page)
    if named is None:
        return True
    activity = find_activity(int(named[1]))
    return activity is not None and can_see(person, activity)
