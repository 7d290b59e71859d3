"""Who declares, edits, reviews and cancels."""

from fete.accounts.models import User
from fete.accounts.policies import coordinates, is_coordinator, is_regional
from fete.network.policies import can_act_for, is_member
from fete.programme.models import Activity, Circular, Edition, EditionState
from fete.programme.rules import was_never_shown
from fete.programme.rules.merging import Entry, Made, departement_of
from fete.programme.workflow import (
    CANCELLABLE,
    COORDINATOR_STEPS,
    DECLARER_STEPS,
    Status,
    Step,
    possible_steps,
)

_EDITABLE_BY_DECLARER = frozenset({Status.DRAFT, Status.CHANGES_REQUESTED, Status.SUBMITTED})
_VISIBLE_TO_COORDINATION = frozenset(set(Status) - {Status.DRAFT})


def can_see(user: User, activity: Activity) -> bool:
    """Whether the person may see it before the public: its structure's members, its coordination."""
    return declares(user, activity) or can_review(user, activity)


def declares(user: User, activity: Activity) -> bool:
    """Whether the person declares it: a member of its structure, or the coordinator who began it for the structure."""
    return is_member(user, activity.organisation) or (
        activity.created_by_id == user.id and can_act_for(user, activity.organisation)
    )


def can_delete(user: User, activity: Activity) -> bool:
    """Whether the person may take it away altogether: a draft that only those who declare it ever saw."""
    return (
        declares(user, activity)
        and was_never_shown(activity)
        and activity.edition.state is not EditionState.CLOSED
    )


def can_edit(user: User, activity: Activity) -> bool:
    """Whether the person may change it: members until it is labelled, the coordination from its deposit on."""
    if activity.edition.state is EditionState.CLOSED:
        return False
    if declares(user, activity) and activity.status in _EDITABLE_BY_DECLARER:
        return True
    return can_review(user, activity) and activity.status not in {Status.REFUSED, Status.WITHDRAWN}


def can_review(user: User, activity: Activity) -> bool:
    """Whether the person reviews it: coordination of its département or of the region, once it was deposited."""
    return (
        is_coordinator(user)
        and _was_shown(activity)
        and coordinates(user, activity.departement_code)
    )


def _was_shown(activity: Activity) -> bool:
    # A draft withdrawn before any deposit stays between the members.
    if activity.status is Status.WITHDRAWN:
        return activity.submitted_at is not None
    return activity.status in _VISIBLE_TO_COORDINATION


def can_cancel(user: User, activity: Activity) -> bool:
    """Whether the person may say that it, or one of its slots, will not take place: until the edition is closed."""
    return (
        activity.edition.state is not EditionState.CLOSED
        and activity.status in CANCELLABLE
        and can_see(user, activity)
    )


def steps_for(user: User, activity: Activity) -> frozenset[Step]:
    """Return the steps that the person may take now: none once the edition is closed."""
    mine: frozenset[Step] = frozenset()
    if activity.edition.state is EditionState.CLOSED:
        return mine
    if declares(user, activity):
        mine |= DECLARER_STEPS
    if can_review(user, activity):
        mine |= COORDINATOR_STEPS
    return mine & possible_steps(activity.status)


def can_submit(user: User, activity: Activity) -> bool:
    """Whether the person may deposit it now."""
    return Step.SUBMIT in steps_for(user, activity)


def can_withdraw(user: User, activity: Activity) -> bool:
    """Whether the person may take back what they declared; the coordination does it from its own pages."""
    return declares(user, activity) and Step.WITHDRAW in steps_for(user, activity)


def can_reopen(user: User, activity: Activity) -> bool:
    """Whether the person may make a draft again of what was withdrawn or refused."""
    return Step.REOPEN in steps_for(user, activity)


def can_merge(user: User, entry: Entry) -> bool:
    """Whether the person may make this structure or place one with another: the coordination of its département."""
    return is_coordinator(user) and coordinates(user, departement_of(entry))


def can_undo_merge(user: User, made: Made) -> bool:
    """Whether the person may undo a merge: who may merge both its entries."""
    return all(entry is not None and can_merge(user, entry) for entry in (made.survivor, made.gone))


def can_read_circular(user: User, circular: Circular) -> bool:
    """Whether the person may read a letter to a group again: the region, and who wrote it."""
    return is_regional(user) or (is_coordinator(user) and circular.by_id == user.id)


def can_manage_editions(user: User) -> bool:
    """Whether the person may open, describe and close editions."""
    return is_regional(user)


def can_manage_edition(user: User, edition: Edition) -> bool:  # noqa: ARG001  # as every policy on an object
    """Whether the person may describe and close this edition: as `can_manage_editions`."""
    return can_manage_editions(user)


def can_see_edition(user: User | None, edition: Edition) -> bool:
    """Whether the edition may be shown: all but one in preparation, to all."""
    return edition.state is not EditionState.PREPARED or (user is not None and is_coordinator(user))
