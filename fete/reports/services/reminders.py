"""Ask for the reports that are due, rung after rung: one letter a person, and no rung twice."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from fete.accounts.models import User
from fete.accounts.queries import hold_person
from fete.core.clock import to_paris
from fete.core.db import db
from fete.network.queries import members_of_all
from fete.programme.models import Activity, Edition
from fete.reports import mails
from fete.reports.models import ReportReminder
from fete.reports.queries.ladder import editions_asking, ladder_of, reminded
from fete.reports.queries.reporting import owed_reports
from fete.reports.rules import due_since
from fete.reports.rules.ladder import Rungs, rungs_of, rungs_passed


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A report that a person is asked for now, and the rungs on which they were not asked for it yet."""

    activity: Activity
    rungs: list[str]


def remind_of_reports(*, at: datetime, keeping: Callable[[], AbstractContextManager[None]]) -> int:
    """Write to each person who owes reports one letter inside `keeping()`, a transaction each; return how many.

    Run twice, or by two machines at once, it writes once. Where several rungs passed at once, one letter stands
    for all of them.
    """
    written = 0
    for number in people_to_remind(at=at):
        with keeping():
            written += _write_to(number, at=at)
    return written


def people_to_remind(*, at: datetime) -> list[int]:
    """Return the numbers of those to whom a reminder is to be written now."""
    return sorted(_asked(at=at))


def _write_to(number: int, *, at: datetime) -> bool:
    # Held until the letter is kept: whoever comes to write it at the same time waits, then finds it written.
    person = hold_person(number)
    asked = _asked(at=at, person=person).get(number, []) if person is not None else []
    if person is None or not asked:
        return False
    mails.remind_of_reports(person, [each.activity for each in asked], at=at)
    db.session.add_all(
        ReportReminder(activity_id=each.activity.id, person_id=person.id, rung=rung, sent_at=at)
        for each in asked
        for rung in each.rungs
    )
    db.session.flush()
    return True


def _asked(*, at: datetime, person: User | None = None) -> dict[int, list[Asked]]:
    """Return what each person is to be asked for, by their number: everybody, or one only."""
    found: dict[int, list[Asked]] = {}
    for edition in editions_asking(to_paris(at).date()):
        done = reminded(edition, person=person)
        due = _due(edition, at=at, person=person)
        members = members_of_all({each.id for activity, _ in due for each in activity.organisers})
        for activity, rungs in due:
            for number in _people_of(activity, members):
                left = [each for each in rungs if (number, activity.id, each) not in done]
                if left and (person is None or number == person.id):
                    asked = Asked(activity=activity, rungs=left)
                    found.setdefault(number, []).append(asked)
    return found


def _due(
    edition: Edition, *, at: datetime, person: User | None
) -> list[tuple[Activity, list[str]]]:
    ladder = rungs_of(ladder_of(edition))
    owed = owed_reports(edition, at=at, by=person)
    due = [(activity, _passed(ladder, activity, at=at)) for activity in owed]
    return [(activity, rungs) for activity, rungs in due if rungs]


def _passed(ladder: Rungs, activity: Activity, *, at: datetime) -> list[str]:
    over = due_since(activity)
    if over is None:
        return []
    return rungs_passed(
        ladder,
        over_on=to_paris(over).date(),
        deadline=activity.edition.report_deadline,
        today=to_paris(at).date(),
    )


def _people_of(activity: Activity, members: dict[int, list[User]]) -> set[int]:
    return {person.id for each in activity.organisers for person in members.get(each.id, ())}
