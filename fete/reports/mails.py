"""Letters about a report: to the members of the structures when it is sent back."""

from datetime import datetime

from fete.accounts.mails import recipient
from fete.core.templating import path_of
from fete.mailing.models import Topic
from fete.mailing.services import write_letter
from fete.programme.queries.sharing import people_of
from fete.reports.models import Report


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
