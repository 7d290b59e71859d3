"""Choose how an edition asks for its reports."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from fete.accounts.models import User
from fete.core.db import db
from fete.journal.services import record
from fete.programme.models import Edition
from fete.reports.models import AskedQuestion, Ladder, Question
from fete.reports.queries.ladder import ladder_of
from fete.reports.rules.ladder import read_days, written


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """What the coordination chooses: the days as they are typed, the questions, what is published."""

    days_after: str
    days_before: str
    shows_estimate: bool
    questions: Collection[Question]


def choose_ladder(edition: Edition, asking: Asking, *, by: User, at: datetime) -> Ladder:
    """Keep when those who owe a report are reminded, what they are asked, and whether an estimate is published."""
    after = written(read_days(asking.days_after, field="days_after"))
    before = written(read_days(asking.days_before, field="days_before"))
    # One after the other: whoever chooses at the same time writes over the whole of it.
    db.session.execute(select(Edition.id).where(Edition.id == edition.id).with_for_update())
    ladder = ladder_of(edition) or Ladder(edition_id=edition.id)
    ladder.days_after, ladder.days_before = after, before
    ladder.shows_estimate = asking.shows_estimate
    db.session.add(ladder)
    db.session.execute(delete(AskedQuestion).where(AskedQuestion.edition_id == edition.id))
    db.session.add_all(
        AskedQuestion(edition_id=edition.id, question=each) for each in asking.questions
    )
    db.session.flush()
    record("edition.reports_asked", on=edition, person_id=by.id, at=at)
    return ladder
