"""Who declares, edits, shares, reviews and cancels."""

from fete.accounts.models import User
from fete.accounts.policies import coordinates, is_coordinator, is_regional
from fete.network.models import Organisation
from fete.network.policies import can_act_for, is_member
from fete.programme.models import Activity, Answer, Edition, EditionState, Handover
from fete.programme.rules import was_never_shown
from fete.programme.workflow import (
    CANCELLABLE,
    CO_ORGANISER_STEPS,
    COORDINATOR_STEPS,
    DECLARER_STEPS,
    Status,
    Step,
    possible_steps,
)

_EDITABLE_BY_DECLARER = frozenset({Status.DRAFT, Status.CHANGES_REQUESTED, Status.SUBMITTED})
_VISIBLE_TO_COORDINATION = frozenset(set(Status) - {Status.DRAFT})


def can_see(user: User, activity: Activity) -> bool:
    """Whether the person may see it before the public: its structures' members, its coordination."""
    return works_on(user, activity) or can_review(user, activity)


def declares(user: User, activity: Activity) -> bool:
    """Whether the person declares it: a member of its structure, or the coordinator who began it for the structure."""
    return is_member(user, activity.organisation) or (
        activity.created_by_id == user.id and can_act_for(user, activity.organisation)
    )


def organises(user: User, activity: Activity) -> bool:
    """Whether the person is a member of one of the structures that organise it, be it not the one that declares it."""
    return any(is_member(user, organisation) for organisation in activity.organisers)


def works_on(user: User, activity: Activity) -> bool:
    """Whether the person completes, deposits and cancels it: who declares it, and members of its co-organisers."""
    return declares(user, activity) or organises(user, activity)


def can_share(user: User, activity: Activity) -> bool:
    """Whether the person says which structures organise it, and hands it over: who declares it, its coordination."""
    return (
        activity.edition.state is not EditionState.CLOSED
        and activity.status not in {Status.REFUSED, Status.WITHDRAWN}
        and (declares(user, activity) or can_review(user, activity))
    )


def hands_over_at_once(user: User, activity: Activity, to: Organisation) -> bool:
    """Whether nobody else has to agree that the structure takes it over: who acts for both, its coordination."""
    return can_share(user, activity) and (can_act_for(user, to) or can_review(user, activity))


def can_see_handover(user: User, handover: Handover) -> bool:
    """Whether the person is asked to take the activity over, or was: a member of the structure that would."""
    return is_member(user, handover.to_organisation)


def can_settle_handover(user: User, handover: Handover) -> bool:
    """Whether the person may still answer: as `can_see_handover`, as long as nobody answered or took it back."""
    return handover.state is Answer.ASKED and can_see_handover(user, handover)


def receives(user: User, container: Activity) -> bool:
    """Whether the person takes stands in: the container's organisers, its creator, the coordination of its place."""
    return container.is_container and (
        organises(user, container)
        or (
            is_coordinator(user)
            and (
                container.created_by_id == user.id or coordinates(user, container.departement_code)
            )
        )
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
    if works_on(user, activity) and activity.status in _EDITABLE_BY_DECLARER:
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
    if works_on(user, activity):
        mine |= CO_ORGANISER_STEPS
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


def can_manage_editions(user: User) -> bool:
    """Whether the person may open, describe and close editions."""
    return is_regional(user)


def can_manage_edition(user: User, edition: Edition) -> bool:  # noqa: ARG001  # as every policy on an object
    """Whether the person may describe and close this edition: as `can_manage_editions`."""
    return can_manage_editions(user)


def can_see_edition(user: User | None, edition: Edition) -> bool:
    """Whether the edition may be shown: all but one in preparation, to all."""
    return edition.state is not EditionState.PREPARED or (user is not None and is_coordinator(user))
