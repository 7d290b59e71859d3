"""Who declares, edits, shares, reviews and cancels."""

from fete.accounts.models import User
from fete.accounts.policies import coordinates, is_coordinator, is_regional
from fete.network.models import Organisation
from fete.network.policies import can_act_for, is_member
from fete.programme.models import (
    Activity,
    Answer,
    Circular,
    Edition,
    EditionState,
    Handover,
    LateEntry,
    Sentence,
)
from fete.programme.rules import was_never_shown
from fete.programme.rules.merging import Entry, Made, departement_of
from fete.programme.rules.versions import awaits_answer, is_public_matter
from fete.programme.workflow import (
    CANCELLABLE,
    CO_ORGANISER_STEPS,
    COORDINATOR_STEPS,
    DECLARER_STEPS,
    Status,
    Step,
    possible_steps,
)

_SETTLED = frozenset({Status.REFUSED, Status.WITHDRAWN})
_CORRECTABLE = frozenset({Status.LABELLED, Status.PUBLISHED})
_VISIBLE_TO_COORDINATION = frozenset(set(Status) - {Status.DRAFT})


def can_see(user: User, activity: Activity) -> bool:
    """Whether the person may see it before the public: its structures' members, its coordination."""
    return works_on(user, activity) or can_review(user, activity)


def can_read(user: User, activity: Activity) -> bool:
    """Whether the person may know of it: everybody once it is published, those who may see it before."""
    return activity.status is Status.PUBLISHED or can_see(user, activity)


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
    """Whether the person may change it: members at any time, the coordination from its deposit on.

    What members change once it is labelled is told apart: see `proposes`. Once the edition is closed, only the
    region corrects, and says why.
    """
    if activity.edition.state is EditionState.CLOSED:
        return can_correct(user, activity)
    return activity.status not in _SETTLED and can_see(user, activity)


def proposes(user: User, activity: Activity) -> bool:
    """Whether what the person changes of it waits for the coordination, words apart: it is labelled or published."""
    return is_public_matter(activity) and not can_review(user, activity)


def can_take_back(user: User, activity: Activity) -> bool:
    """Whether the person may take back the change that its members propose."""
    return works_on(user, activity) and can_edit(user, activity) and awaits_answer(activity)


def can_picture(user: User, activity: Activity) -> bool:
    """Whether the person may give it a picture: who declares it or reviews it, published or not, until the edition is closed."""
    return (
        activity.edition.state is not EditionState.CLOSED
        and activity.status not in {Status.REFUSED, Status.WITHDRAWN}
        and can_see(user, activity)
    )


def is_public(activity: Activity) -> bool:
    """Whether everybody may see it."""
    return activity.status is Status.PUBLISHED and can_see_edition(None, activity.edition)


def was_public(activity: Activity) -> bool:
    """Whether everybody may see it, or once could: whoever knows it learns what became of it."""
    return (
        activity.status is Status.PUBLISHED or activity.published_at is not None
    ) and can_see_edition(None, activity.edition)


def can_correct(user: User, activity: Activity) -> bool:
    """Whether the person may correct it though its edition is closed: the region, what was labelled or published."""
    return (
        activity.edition.state is EditionState.CLOSED
        and activity.status in _CORRECTABLE
        and is_regional(user)
    )


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


def can_write_to_coordination(user: User, activity: Activity) -> bool:
    """Whether the person may write to its coordination about it: those who work on it, once it was deposited."""
    return works_on(user, activity) and _was_shown(activity)


def can_keep(user: User, sentence: Sentence) -> bool:
    """Whether the sentence is the person's own, and they still coordinate."""
    return is_coordinator(user) and sentence.person_id == user.id


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


def can_grant_late_entries(user: User, edition: Edition) -> bool:
    """Whether the person may let structures come late: any coordinator, while the edition is open."""
    return is_coordinator(user) and edition.state is EditionState.OPEN


def can_grant_late_entry(user: User, organisation: Organisation) -> bool:
    """Whether the person may let this structure come late: its coordination."""
    return is_coordinator(user) and coordinates(user, organisation.departement_code)


def can_revoke_late_entry(user: User, entry: LateEntry) -> bool:
    """Whether the person may take this exception back: who may grant it, while the edition is open."""
    return can_grant_late_entries(user, entry.edition) and can_grant_late_entry(
        user, entry.organisation
    )


def can_see_edition(user: User | None, edition: Edition) -> bool:
    """Whether the edition may be shown: all but one in preparation, to all."""
    return edition.state is not EditionState.PREPARED or (user is not None and is_coordinator(user))
