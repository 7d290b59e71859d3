"""Letters about who organises an activity with whom, and to whom it is handed over."""

from collections.abc import Sequence
from datetime import datetime

from fete.accounts.models import User
from fete.core.templating import path_of
from fete.mailing.models import Topic
from fete.network.models import Organisation
from fete.network.queries import members_of
from fete.programme.mails.addressing import MEMBER_PAGE, write_about
from fete.programme.models import Activity, CoOrganiser, Handover
from fete.programme.queries.sharing import people_of

SHARING_PAGE = "sharing.show"
OWN_PAGE = "activities.index"


def tell_co_organiser(shared: CoOrganiser, *, by: User, at: datetime) -> None:
    """Tell the members of a structure that it organises the activity with another, and how to take it off."""
    to = [shared.organisation_id]
    _tell_of_sharing("programme/co_organiser_added", shared, to, SHARING_PAGE, by=by, at=at)


def tell_co_organiser_removed(shared: CoOrganiser, *, by: User, at: datetime) -> None:
    """Tell the members of a structure that it organises the activity no more."""
    to = [shared.organisation_id]
    _tell_of_sharing("programme/co_organiser_removed", shared, to, OWN_PAGE, by=by, at=at)


def tell_co_organiser_left(shared: CoOrganiser, *, by: User, at: datetime) -> None:
    """Tell those who declare the activity that a structure took itself off."""
    to = [shared.activity.organisation_id]
    _tell_of_sharing("programme/co_organiser_left", shared, to, SHARING_PAGE, by=by, at=at)


def _tell_of_sharing(
    kind: str, shared: CoOrganiser, to: Sequence[int], page: str, *, by: User, at: datetime
) -> None:
    of_one = {"activity_id": shared.activity_id} if page == SHARING_PAGE else {}
    write_about(
        kind,
        [person for person in members_of(to) if person.id != by.id],
        shared.activity,
        at=at,
        page=page,
        topic=Topic.DECISIONS,
        leads_to=path_of(page, **of_one),
        by=by,
        organisation=shared.organisation,
    )


def ask_to_take_over(handover: Handover, *, by: User, at: datetime) -> bool:
    """Ask the members of a structure whether it takes the activity over; return whether there was anybody to ask."""
    people = members_of([handover.to_organisation_id])
    write_about(
        "programme/handover_asked",
        people,
        handover.activity,
        at=at,
        page="sharing.offer",
        leads_to=path_of("sharing.offer", handover_id=handover.id),
        by=by,
        handover=handover,
    )
    return bool(people)


def tell_handover_declined(handover: Handover, *, by: User, at: datetime) -> None:
    """Tell those who declare the activity that the other structure does not take it over."""
    _tell_of_handover("programme/handover_declined", handover, by=by, at=at)


def tell_handover_withdrawn(handover: Handover, *, by: User, at: datetime) -> None:
    """Tell the members of the structure that was asked that there is nothing to answer any more."""
    write_about(
        "programme/handover_withdrawn",
        members_of([handover.to_organisation_id]),
        handover.activity,
        at=at,
        page=OWN_PAGE,
        topic=Topic.DECISIONS,
        leads_to=path_of(OWN_PAGE),
        by=by,
        handover=handover,
    )


def _tell_of_handover(kind: str, handover: Handover, *, by: User, at: datetime) -> None:
    write_about(
        kind,
        people_of(handover.activity),
        handover.activity,
        at=at,
        page=SHARING_PAGE,
        topic=Topic.DECISIONS,
        leads_to=path_of(SHARING_PAGE, activity_id=handover.activity_id),
        by=by,
        handover=handover,
    )


def tell_handed_over(
    activity: Activity, *, before: Organisation, by: User, at: datetime, reason: str
) -> None:
    """Tell the members of both structures that the one now declares what the other did."""
    theirs = {person.id: person for person in people_of(activity)}
    both = {person.id: person for person in members_of([before.id])} | theirs
    for number, person in both.items():
        write_about(
            "programme/handed_over",
            [person],
            activity,
            at=at,
            page=MEMBER_PAGE,
            topic=Topic.DECISIONS,
            leads_to=path_of(MEMBER_PAGE, activity_id=activity.id) if number in theirs else "",
            by=by,
            before=before,
            is_theirs=number in theirs,
            reason=reason,
        )
