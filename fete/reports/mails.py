"""Letters about a report: to the members of the structures when it is sent back."""

from datetime import datetime

from fete.mailing.services import Recipient, write_letter
from fete.programme.queries.sharing import people_of
from fete.reports.models import Report


def tell_of_question(report: Report, *, at: datetime) -> None:
    """Tell the members what the coordination asks about the report of their activity."""
    activity = report.activity
    for person in people_of(activity):
        write_letter(
            kind="reports/sent_back",
            to=Recipient(address=person.email, name=person.name, person_id=person.id),
            at=at,
            activity=activity,
            question=report.question,
        )
