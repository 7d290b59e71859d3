"""Who acts for a structure, who signs in its name, and who admits whom."""

from fete.accounts.models import User
from fete.accounts.policies import coordinates, is_coordinator
from fete.network.models import Invitation, Membership, MembershipState, Organisation


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


def can_invite(user: User, organisation: Organisation) -> bool:
    """Whether the person may invite a colleague, and take an invitation back: as `can_act_for`."""
    return can_act_for(user, organisation)


def can_remove(user: User, organisation: Organisation) -> bool:
    """Whether the person may say that a member acts for the structure no more: as `can_act_for`."""
    return can_act_for(user, organisation)


def is_invited(user: User, invitation: Invitation) -> bool:
    """Whether the invitation is for this very person: their address was proved, and it is the one invited."""
    return user.is_active and user.email == invitation.email


def can_sign(user: User, organisation: Organisation) -> bool:
    """Whether the person may commit the structure: its members only, nobody signs for another."""
    return is_member(user, organisation)


def can_ask_to_join(user: User, organisation: Organisation) -> bool:
    """Whether the person may ask: anybody who is not tied to the structure yet."""
    return all(membership.person_id != user.id for membership in organisation.memberships)


def can_leave(user: User, organisation: Organisation) -> bool:
    """Whether the person has something to leave: a membership, or a request."""
    return not can_ask_to_join(user, organisation)


def can_settle(user: User, membership: Membership) -> bool:
    """Whether the person answers this request for the coordination: that of the structure's département."""
    return (
        membership.state is MembershipState.REQUESTED
        and is_coordinator(user)
        and coordinates(user, membership.organisation.departement_code)
    )
