"""Letters about the stands of a village, festival or trail."""

from datetime import datetime
from typing import Any

from fete.accounts.models import User
from fete.core.templating import path_of
from fete.mailing.models import Topic
from fete.programme.mails.addressing import MEMBER_PAGE, to_members, write_about
from fete.programme.models import Activity, Answer, StandRequest
from fete.programme.queries.stands import hosts_of

STANDS_PAGE = "stands.index"


def ask_for_stand(asked: StandRequest, *, by: User, at: datetime) -> None:
    """Tell the people of a container that an activity asks for a stand there."""
    _to_hosts(
        "programme/stand_asked",
        asked.activity,
        asked.container,
        by=by,
        at=at,
        message=asked.message,
    )


def tell_stand_withdrawn(asked: StandRequest, *, by: User, at: datetime) -> None:
    """Tell the people of a container that an activity asks for a stand there no more."""
    _to_hosts("programme/stand_withdrawn", asked.activity, asked.container, by=by, at=at)


def tell_stand_left(activity: Activity, container: Activity, *, by: User, at: datetime) -> None:
    """Tell the people of a container that an activity which was inside has left."""
    _to_hosts("programme/stand_left", activity, container, by=by, at=at)


def tell_stand_answered(asked: StandRequest, *, by: User, at: datetime) -> None:
    """Tell the members of an activity whether it has its stand."""
    is_accepted = asked.state is Answer.ACCEPTED
    to_members(
        "programme/stand_accepted" if is_accepted else "programme/stand_declined",
        asked.activity,
        at=at,
        by=by,
        asked=asked,
        topic=Topic.DECISIONS,
        leads_to=path_of(MEMBER_PAGE, activity_id=asked.activity_id),
    )


def _to_hosts(
    kind: str, activity: Activity, container: Activity, *, by: User, at: datetime, **context: Any
) -> None:
    write_about(
        kind,
        [person for person in hosts_of(container) if person.id != by.id],
        activity,
        at=at,
        page=STANDS_PAGE,
        topic=Topic.REVIEW,
        leads_to=path_of(STANDS_PAGE, activity_id=container.id),
        by=by,
        container=container,
        **context,
    )
