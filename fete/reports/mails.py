"""Letters about reports: to the members of the structures when one is sent back, or is still awaited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fete.accounts.mails import recipient
from fete.accounts.models import User
from fete.core.templating import path_of
from fete.mailing.models import Topic
from fete.mailing.services import write_letter
from fete.programme.models import Activity
from fete.programme.queries.sharing import people_of
from fete.reports.models import Report
from fete.reports.queries.links import link_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Awaited:
    """A report that is awaited, and what its link bears."""

    activity: Activity
    token: str


def tell_of_question(report: Report, *, at: datetime) -> None:
    """Tell the members what the coordination asks about the report of their activity."""
    activity = report.activity
    for person in people_of(activity):
        write_letter(
            kind="reports/sent_back",
            to=recipient(person),
            at=at,
            topic=Topic.DECISIONS,
            leads_to=path_of("reports.fill", activity_id=activity.id),
            activity=activity,
            question=report.question,
        )


def remind_of_reports(person: User, activities: Sequence[Activity], *, at: datetime) -> None:
    """Ask a member for the reports of these activities, each with the link that opens it without a password."""
    write_letter(
        kind="reports/due",
        to=recipient(person),
        at=at,
        topic=Topic.REMINDERS,
        leads_to=path_of("reports.due"),
        reports=[Awaited(activity=each, token=link_of(each)) for each in activities],
    )
