"""Who acts for a structure, and who admits whom."""

from fete.accounts.models import User
from fete.accounts.policies import coordinates, is_coordinator
from fete.network.models import MembershipState, Organisation


def is_member(user: User, organisation: Organisation) -> bool:
    """Whether the person acts for the structure."""
    return any(
        membership.person_id == user.id and membership.state is MembershipState.ACTIVE
        for membership in organisation.memberships
    )


def can_act_for(user: User, organisation: Organisation) -> bool:
    """Whether the person may declare and describe in the structure's name: its members, its coordination."""
    return is_member(user, organisation) or (
        is_coordinator(user) and coordinates(user, organisation.departement_code)
    )


def can_admit(user: User, organisation: Organisation) -> bool:
    """Whether the person may say yes to who asks to join: as `can_act_for`."""
    return can_act_for(user, organisation)
