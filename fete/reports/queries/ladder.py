"""Find the ladder of an edition, and who was reminded on which of its rungs."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from fete.accounts.models import User
from fete.core.db import db
from fete.programme.models import Activity, Edition, EditionState
from fete.reports.models import Ladder, ReportReminder


def ladder_of(edition: Edition) -> Ladder | None:
    """Return how an edition asks for its reports, if somebody chose it."""
    return db.session.get(Ladder, edition.id, populate_existing=True)


def editions_asking(today: date) -> Sequence[Edition]:
    """Return the editions whose reports are still awaited on a day, the earliest first."""
    return db.session.scalars(
        select(Edition)
        .where(Edition.state != EditionState.CLOSED, Edition.report_deadline >= today)
        .order_by(Edition.year)
    ).all()


def reminded(edition: Edition, *, person: User | None = None) -> set[tuple[int, int, str]]:
    """Return who was asked for which report of an edition on which rung: numbers of person and activity, rung."""
    statement = (
        select(ReportReminder.person_id, ReportReminder.activity_id, ReportReminder.rung)
        .join(ReportReminder.activity)
        .where(Activity.edition_id == edition.id)
    )
    if person is not None:
        statement = statement.where(ReportReminder.person_id == person.id)
    return {
        (person_id, activity_id, rung)
        for person_id, activity_id, rung in db.session.execute(statement)
    }
