"""Letters about what is changed after it was labelled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fete.accounts.models import User
from fete.programme.mails.addressing import (
    CHANGES_PAGE,
    to_coordination_unless_by_it,
    to_members,
)
from fete.programme.models import Activity
from fete.programme.rules import FIELD_NAMES
from fete.programme.rules.versions import Change
from fete.programme.rules.wording import words


def tell_of_correction(activity: Activity, names: Sequence[str], *, by: User, at: datetime) -> None:
    """Tell the coordination that what is labelled or published was corrected by its members."""
    to_coordination_unless_by_it(
        "programme/corrected",
        activity,
        at=at,
        by=by,
        names=_called(names),
        page=CHANGES_PAGE,
    )


def tell_of_proposal(activity: Activity, names: Sequence[str], *, by: User, at: datetime) -> None:
    """Tell the coordination that a change of what is labelled or published waits for its answer."""
    to_coordination_unless_by_it(
        "programme/change_proposed",
        activity,
        at=at,
        by=by,
        names=_called(names),
        page=CHANGES_PAGE,
    )


def tell_of_accepted_change(
    activity: Activity, changes: Sequence[Change], *, by: User, at: datetime, reason: str
) -> None:
    """Tell the members that the change they proposed stands."""
    to_members(
        "programme/change_accepted",
        activity,
        at=at,
        by=by,
        names=[change.label for change in changes],
        reason=reason,
    )


def tell_of_declined_change(
    activity: Activity, changes: Sequence[Change], *, by: User, at: datetime, reason: str
) -> None:
    """Tell the members why the change they proposed does not stand, and what they had proposed."""
    to_members(
        "programme/change_declined",
        activity,
        at=at,
        by=by,
        changes=changes,
        in_words=words,
        reason=reason,
    )


def _called(names: Sequence[str]) -> list[Any]:
    return [FIELD_NAMES[name] for name in names]
