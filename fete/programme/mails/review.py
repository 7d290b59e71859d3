"""Letters of the review: a step is taken, a message is written."""

from collections.abc import Sequence
from datetime import datetime

from fete.accounts.models import User
from fete.accounts.queries import coordinators_of
from fete.mailing.models import Topic
from fete.programme.mails.addressing import (
    COORDINATION_PAGE,
    MEMBER_PAGE,
    to_coordination_unless_by_it,
    write_about,
)
from fete.programme.models import Activity, Side
from fete.programme.queries.sharing import people_of
from fete.programme.rules import FIELD_NAMES, part_of
from fete.programme.workflow import Step

# What the members of the structure get at each step.
_TO_MEMBERS = {
    Step.SUBMIT: "programme/received",
    Step.SEND_BACK: "programme/changes_requested",
    Step.LABEL: "programme/labelled",
    Step.REFUSE: "programme/refused",
    Step.PUBLISH: "programme/published",
    Step.WITHDRAW: "programme/withdrawn",
}


def tell_of_step(
    activity: Activity,
    step: Step,
    *,
    by: User,
    at: datetime,
    reason: str,
    fields: Sequence[str] = (),
) -> None:
    """Tell the members of the structure, and the coordination when it has something to do or to know.

    One letter to each: a member who coordinates reads what is to be reviewed.
    """
    reviewers = coordinators_of(activity.departement_code) if step is Step.SUBMIT else ()
    kind = _TO_MEMBERS.get(step)
    if kind is not None:
        told = {person.id for person in reviewers}
        people = [person for person in people_of(activity) if person.id not in told]
        write_about(
            kind,
            people,
            activity,
            at=at,
            page=MEMBER_PAGE,
            by=by,
            reason=reason,
            decision=activity.decisions[0] if step in {Step.LABEL, Step.REFUSE} else None,
            points=[
                (FIELD_NAMES[name], part_of(name).value) for name in FIELD_NAMES if name in fields
            ],
        )
    write_about(
        "programme/submitted",
        reviewers,
        activity,
        at=at,
        page=COORDINATION_PAGE,
        by=by,
        reason=reason,
    )
    if step is Step.WITHDRAW and activity.submitted_at is not None:
        to_coordination_unless_by_it("programme/withdrawn", activity, at=at, by=by, reason=reason)


def tell_of_message(activity: Activity, text: str, *, side: Side, by: User, at: datetime) -> None:
    """Tell the other side of the conversation what was written."""
    if side is Side.COORDINATION:
        people, page = people_of(activity), MEMBER_PAGE
    else:
        people, page = coordinators_of(activity.departement_code), COORDINATION_PAGE
    write_about(
        "programme/message",
        [person for person in people if person.is_active and person.id != by.id],
        activity,
        at=at,
        page=page,
        topic=Topic.CONVERSATIONS,
        by=by,
        message=text,
        side=side,
    )
