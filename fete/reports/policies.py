"""Who reports, who reads and validates what was reported."""

from fete.accounts.models import User
from fete.accounts.policies import is_coordinator
from fete.programme.models import Activity
from fete.programme.policies import can_review, organises
from fete.programme.workflow import Status


def can_report(user: User, activity: Activity) -> bool:
    """Whether the person may say what became of it: its structures' members, its coordination on their behalf."""
    return activity.status is Status.PUBLISHED and (
        organises(user, activity) or can_review(user, activity)
    )


def can_follow_up(user: User) -> bool:
    """Whether the person looks after the reports of a département at least."""
    return is_coordinator(user)


def can_validate(user: User, activity: Activity) -> bool:
    """Whether the person may validate its report, ask about it or do without it."""
    return activity.status is Status.PUBLISHED and can_review(user, activity)
