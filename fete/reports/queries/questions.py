"""What the reports of an edition ask beside the figures, and what they answer."""

from sqlalchemy import select

from fete.core.db import db
from fete.programme.models import Edition
from fete.reports.models import AskedQuestion, Question, Report, ReportAnswer


def asked_in(edition: Edition) -> list[Question]:
    """Return what the reports of an edition ask, in the order of their page."""
    statement = select(AskedQuestion.question).where(AskedQuestion.edition_id == edition.id)
    asked = set(db.session.scalars(statement))
    return [each for each in Question if each in asked]


def answers_of(report: Report) -> dict[Question, str]:
    """Return what a report answers, by question, in the order of their page."""
    statement = select(ReportAnswer).where(ReportAnswer.report_id == report.id)
    kept = {
        row.question: row.answer
        for row in db.session.scalars(statement.execution_options(populate_existing=True))
    }
    return {each: kept[each] for each in Question if each in kept}
