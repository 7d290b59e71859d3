"""To whom letters about an activity go: the members of its structures, those who coordinate its département."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fete.accounts.models import User
from fete.accounts.queries import coordinators_of
from fete.core.i18n import lazy_gettext
from fete.core.templating import path_of
from fete.mailing.models import Topic
from fete.mailing.services import Recipient, write_letter
from fete.programme.models import Activity
from fete.programme.policies import can_review
from fete.programme.queries.sharing import people_of

# Where a letter leads, by the name of the page.
MEMBER_PAGE = "activities.preview"
COORDINATION_PAGE = "review.show"
CHANGES_PAGE = "proposals.show"
# What the readers of each may choose about; a letter that leads elsewhere says its topic itself, or must reach them.
_TOPICS = {
    MEMBER_PAGE: Topic.DECISIONS,
    COORDINATION_PAGE: Topic.REVIEW,
    CHANGES_PAGE: Topic.REVIEW,
}


def recipient(person: User) -> Recipient:
    """Return a person as the reader of a letter."""
    return Recipient(address=person.email, name=person.name, person_id=person.id)


def to_members(kind: str, activity: Activity, *, at: datetime, **context: Any) -> None:
    """Write to each member of its structures."""
    write_about(kind, people_of(activity), activity, at=at, page=MEMBER_PAGE, **context)


def to_coordination_unless_by_it(
    kind: str,
    activity: Activity,
    *,
    at: datetime,
    by: User,
    page: str = COORDINATION_PAGE,
    **context: Any,
) -> None:
    """Write to those who coordinate its département and are no members, unless one of them did it."""
    if can_review(by, activity):
        return
    told = {person.id for person in people_of(activity)}
    people = [
        person for person in coordinators_of(activity.departement_code) if person.id not in told
    ]
    write_about(kind, people, activity, at=at, page=page, by=by, **context)


def to_both(kind: str, activity: Activity, *, at: datetime, by: User, **context: Any) -> None:
    """Write to its members, and to its coordination unless it did it."""
    to_members(kind, activity, at=at, by=by, **context)
    to_coordination_unless_by_it(kind, activity, at=at, by=by, **context)


def write_about(
    kind: str,
    people: Iterable[User],
    activity: Activity,
    *,
    at: datetime,
    page: str,
    topic: Topic | None = None,
    leads_to: str | None = None,
    **context: Any,
) -> None:
    """Write to each of these people about the activity; the letter leads to that page of it, or elsewhere, or nowhere."""
    for person in people:
        write_letter(
            kind=kind,
            to=recipient(person),
            at=at,
            topic=topic or _TOPICS.get(page),
            leads_to=path_of(page, activity_id=activity.id) if leads_to is None else leads_to,
            activity=activity,
            title=activity.title or lazy_gettext("Activité sans titre"),
            page=page,
            **context,
        )
