"""Who declares, edits, reviews and cancels."""

from fete.accounts.models import User
from fete.accounts.policies import coordinates, is_coordinator, is_regional
from fete.network.policies import is_member
from fete.programme.models import Activity, Edition, EditionState
from fete.programme.workflow import COORDINATOR_STEPS, DECLARER_STEPS, Status, Step, possible_steps

_EDITABLE_BY_DECLARER = frozenset({Status.DRAFT, Status.CHANGES_REQUESTED, Status.SUBMITTED})
_VISIBLE_TO_COORDINATION = frozenset(set(Status) - {Status.DRAFT})


def can_see(user: User, activity: Activity) -> bool:
    """Whether the person may see it before the public: its structure's members, its coordination."""
    return is_member(user, activity.organisation) or can_review(user, activity)


def can_edit(user: User, activity: Activity) -> bool:
    """Whether the person may change it: members until it is labelled, the coordination from its deposit on."""
    if activity.edition.state is EditionState.CLOSED:
        return False
    if is_member(user, activity.organisation) and activity.status in _EDITABLE_BY_DECLARER:
        return True
    return can_review(user, activity) and activity.status not in {Status.REFUSED, Status.WITHDRAWN}


def can_review(user: User, activity: Activity) -> bool:
    """Whether the person reviews it: coordination of its département or of the region, drafts excepted."""
    return (
        is_coordinator(user)
        and activity.status in _VISIBLE_TO_COORDINATION
        and coordinates(user, activity.departement_code)
    )


def can_cancel(user: User, activity: Activity) -> bool:
    """Whether the person may say that it, or one of its slots, will not take place."""
    return activity.status in {Status.LABELLED, Status.PUBLISHED} and can_see(user, activity)


def steps_for(user: User, activity: Activity) -> frozenset[Step]:
    """Return the steps that the person may take now."""
    mine: frozenset[Step] = frozenset()
    if is_member(user, activity.organisation):
        mine |= DECLARER_STEPS
    if can_review(user, activity):
        mine |= COORDINATOR_STEPS
    return mine & possible_steps(activity.status)


def can_manage_editions(user: User) -> bool:
    """Whether the person may open, describe and close editions."""
    return is_regional(user)


def can_see_edition(user: User | None, edition: Edition) -> bool:
    """Whether the edition may be shown: all but one in preparation, to all."""
    return edition.state is not EditionState.PREPARED or (user is not None and is_coordinator(user))
