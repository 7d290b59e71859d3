"""Letters about an edition: its call ends, its dates moved, a structure may come late."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fete.accounts.mails import recipient
from fete.accounts.models import User
from fete.core.templating import path_of
from fete.mailing.models import Topic
from fete.mailing.services import write_letter
from fete.network.models import Organisation
from fete.network.queries import active_members
from fete.programme.models import Activity, Edition, LateEntry


def remind_of_call(
    person: User,
    edition: Edition,
    *,
    days: int,
    drafts: Sequence[Activity],
    silent: Sequence[Organisation],
    at: datetime,
) -> None:
    """Write to a member how long the call still lasts, which drafts wait and which structures said nothing."""
    _remind(
        "programme/call_closing",
        person,
        at=at,
        edition=edition,
        days=days,
        drafts=drafts,
        silent=silent,
    )


def tell_of_moved_dates(
    person: User, edition: Edition, activities: Sequence[Activity], *, at: datetime
) -> None:
    """Write to a member that the edition has other dates, and which activities now fall outside."""
    _remind("programme/dates_moved", person, at=at, edition=edition, activities=activities)


def tell_of_late_entry(entry: LateEntry, *, by: User, at: datetime) -> None:
    """Write to the members that their structure may still declare and deposit, and until when."""
    for person in active_members(entry.organisation):
        write_letter(
            kind="programme/late_entry",
            to=recipient(person),
            at=at,
            topic=Topic.DECISIONS,
            leads_to=path_of("activities.declare", organisation_id=entry.organisation_id),
            entry=entry,
            by=by,
        )


def tell_of_late_entry_revoked(
    edition: Edition, organisation: Organisation, *, by: User, at: datetime
) -> None:
    """Write to the members that their structure may declare late no more."""
    for person in active_members(organisation):
        write_letter(
            kind="programme/late_entry_revoked",
            to=recipient(person),
            at=at,
            topic=Topic.DECISIONS,
            leads_to=path_of("activities.index"),
            edition=edition,
            organisation=organisation,
            by=by,
        )


def _remind(kind: str, person: User, *, at: datetime, **context: Any) -> None:
    write_letter(
        kind=kind,
        to=recipient(person),
        at=at,
        topic=Topic.REMINDERS,
        leads_to=path_of("activities.index"),
        **context,
    )
