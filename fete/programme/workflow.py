"""The life of an activity and of a slot: statuses, steps, and which step leads where. Knows nothing else."""

from enum import StrEnum


class Status(StrEnum):
    """Where an activity stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    LABELLED = "labelled"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What somebody does about an activity."""

    SUBMIT = "submit"
    SEND_BACK = "send_back"
    LABEL = "label"
    REFUSE = "refuse"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


class SlotState(StrEnum):
    """What became of a slot, apart from whether its activity is published."""

    SCHEDULED = "scheduled"
    RESCHEDULED = "rescheduled"
    MOVED_ONLINE = "moved_online"
    POSTPONED = "postponed"
    FULL = "full"
    CANCELLED = "cancelled"


TRANSITIONS: dict[tuple[Status, Step], Status] = {
    (Status.DRAFT, Step.SUBMIT): Status.SUBMITTED,
    (Status.CHANGES_REQUESTED, Step.SUBMIT): Status.SUBMITTED,
    (Status.SUBMITTED, Step.SEND_BACK): Status.CHANGES_REQUESTED,
    (Status.LABELLED, Step.SEND_BACK): Status.CHANGES_REQUESTED,
    (Status.SUBMITTED, Step.LABEL): Status.LABELLED,
    (Status.SUBMITTED, Step.REFUSE): Status.REFUSED,
    (Status.LABELLED, Step.REFUSE): Status.REFUSED,
    # Publishing what was not labelled yet labels it: a small edition needs no second click.
    (Status.SUBMITTED, Step.PUBLISH): Status.PUBLISHED,
    (Status.LABELLED, Step.PUBLISH): Status.PUBLISHED,
    (Status.DRAFT, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.SUBMITTED, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.CHANGES_REQUESTED, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.LABELLED, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.PUBLISHED, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.WITHDRAWN, Step.REOPEN): Status.DRAFT,
    (Status.REFUSED, Step.REOPEN): Status.DRAFT,
}

# The steps of those who declare; the others are the coordination's. Withdrawing is for both.
DECLARER_STEPS = frozenset({Step.SUBMIT, Step.WITHDRAW, Step.REOPEN})
# Of those, what the members of a co-organiser may take too: withdrawing is for the structure that declares.
CO_ORGANISER_STEPS = frozenset({Step.SUBMIT})
COORDINATOR_STEPS = frozenset(
    {Step.SEND_BACK, Step.LABEL, Step.REFUSE, Step.PUBLISH, Step.WITHDRAW}
)
# The steps that must say why.
REASONED_STEPS = frozenset({Step.SEND_BACK, Step.REFUSE})
# Where people may already count on it: what does not take place is then said, not withdrawn.
CANCELLABLE = frozenset({Status.LABELLED, Status.PUBLISHED})


def next_status(status: Status, step: Step) -> Status | None:
    """Return where the step leads from this status, or `None` when it cannot be taken there."""
    return TRANSITIONS.get((status, step))


def possible_steps(status: Status) -> frozenset[Step]:
    """Return the steps that can be taken from this status."""
    return frozenset(step for (start, step) in TRANSITIONS if start is status)
