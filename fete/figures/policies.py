"""Who follows the figures, and who says that they are the ones to quote."""

from fete.accounts.models import User
from fete.accounts.policies import is_coordinator, is_regional, territory_of
from fete.figures.models import Snapshot
from fete.geography.rules import departement_of
from fete.programme.models import Edition


def can_follow_figures(user: User) -> bool:
    """Whether the person sees figures before they are published: the coordination."""
    return is_coordinator(user)


def can_see_teams(user: User, part: str, code: str | None) -> bool:
    """Whether the person sees who made each activity of a part: the coordination of the département that it lies in."""
    territory = territory_of(user)
    if territory is None:
        return True
    lies_in = {"departement": code, "commune": departement_of(code or "")}
    return lies_in.get(part) in territory


def can_follow_figures_of(user: User, edition: Edition) -> bool:  # noqa: ARG001  # as every policy on an object
    """Whether the person sees the figures of this edition before they are published: as `can_follow_figures`."""
    return can_follow_figures(user)


def can_read_snapshot(user: User, snapshot: Snapshot) -> bool:  # noqa: ARG001  # as every policy on an object
    """Whether the person reads figures that were frozen and not published: as `can_follow_figures`."""
    return can_follow_figures(user)


def can_freeze(user: User, edition: Edition) -> bool:  # noqa: ARG001  # as every policy on an object
    """Whether the person may freeze the figures of an edition: the regional coordination."""
    return is_regional(user)


def can_publish(user: User, snapshot: Snapshot) -> bool:
    """Whether the person may publish frozen figures, and take them off: who may freeze them."""
    return can_freeze(user, snapshot.edition)
