"""Remind of a call that ends: those who have something to deposit or took part last year, and nobody twice."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from fete.accounts.models import User
from fete.core.clock import to_paris
from fete.core.db import db
from fete.network.models import Organisation
from fete.network.queries import members_of_all
from fete.programme import mails
from fete.programme.models import Activity, CallReminder, Edition
from fete.programme.queries.editions import open_calls
from fete.programme.queries.reminders import drafts_of, reminders_of, silent_since_last
from fete.programme.rules import days_left, reminder_due


@dataclass(kw_only=True, slots=True)
class Reminded:
    """What one person is reminded of: their drafts, and their structures that declared nothing yet."""

    person: User
    drafts: list[Activity] = field(default_factory=list)
    silent: list[Organisation] = field(default_factory=list)


def remind_of_calls(*, at: datetime, keeping: Callable[[], AbstractContextManager[None]]) -> int:
    """Write the reminders that are due inside `keeping()`, a transaction for each edition; return how many letters.

    Run as often as one likes, each is written once.
    """
    written = 0
    for edition in open_calls(to_paris(at).date()):
        with keeping():
            written += remind_of_call(edition, at=at)
    return written


def remind_of_call(edition: Edition, *, at: datetime) -> int:
    """Write to each person concerned one letter that gathers all their structures; return how many there are."""
    today = to_paris(at).date()
    due = reminder_due(edition, today, done=reminders_of(edition))
    if due is None:
        return 0
    try:
        with db.session.begin_nested():
            db.session.add(CallReminder(edition_id=edition.id, days_before=due, sent_at=at))
    except IntegrityError:
        # Another machine does it in the same instant.
        return 0
    reminded = _people_concerned(edition)
    for each in reminded:
        mails.remind_of_call(
            each.person,
            edition,
            days=days_left(edition, today),
            drafts=each.drafts,
            silent=each.silent,
            at=at,
        )
    return len(reminded)


def _people_concerned(edition: Edition) -> list[Reminded]:
    drafts, silent = drafts_of(edition), silent_since_last(edition)
    members = members_of_all({each.organisation_id for each in drafts} | {s.id for s in silent})
    found: dict[int, Reminded] = {}
    for draft in drafts:
        for person in members.get(draft.organisation_id, ()):
            found.setdefault(person.id, Reminded(person=person)).drafts.append(draft)
    for organisation in silent:
        for person in members.get(organisation.id, ()):
            found.setdefault(person.id, Reminded(person=person)).silent.append(organisation)
    return list(found.values())
