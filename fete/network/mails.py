"""Letters of the network: somebody asks to join, is invited, admitted or not, comes and goes; a charter is signed."""

from datetime import datetime

from fete.accounts.mails import recipient
from fete.accounts.models import User
from fete.accounts.queries import coordinators_of, find_by_email
from fete.core.templating import path_of
from fete.core.tokens import sign
from fete.mailing.models import Topic
from fete.mailing.services import Recipient, write_letter
from fete.network.models import CharterSignature, Invitation, Membership, Organisation
from fete.network.queries import active_members
from fete.network.rules import INVITATION_LASTS

# What the link of an invitation is good for; one of another purpose opens nothing.
INVITATION = "network-invitation"


def ask_for_an_answer(membership: Membership, *, at: datetime) -> None:
    """Write to the structure's members and to its coordination that somebody asks to join; once to each."""
    organisation = membership.organisation
    members = {person.id: person for person in active_members(organisation)}
    coordinators = {person.id: person for person in coordinators_of(organisation.departement_code)}
    for number, person in (coordinators | members).items():
        is_member = number in members
        write_letter(
            kind="network/requested",
            to=recipient(person),
            at=at,
            topic=None if is_member else Topic.REVIEW,
            leads_to=path_of("organisation.members", organisation_id=organisation.id)
            if is_member
            else path_of("admissions.index"),
            organisation=organisation,
            asker=membership.person,
            quality=membership.quality,
            is_member=is_member,
        )


def tell_admitted(membership: Membership, *, at: datetime) -> None:
    """Write to who asked: you act for the structure now."""
    organisation = membership.organisation
    write_letter(
        kind="network/admitted",
        to=recipient(membership.person),
        at=at,
        leads_to=path_of("organisation.show", organisation_id=organisation.id),
        organisation=organisation,
    )


def tell_not_admitted(person: User, organisation: Organisation, *, at: datetime) -> None:
    """Write to who asked: the answer is no."""
    write_letter(
        kind="network/not_admitted",
        to=recipient(person),
        at=at,
        leads_to=path_of("organisation.index"),
        organisation=organisation,
    )


def invite(invitation: Invitation, *, at: datetime) -> None:
    """Write to the address invited, whoever reads there: with the link that proves it is theirs."""
    person = find_by_email(invitation.email)
    is_known = person is not None and person.is_active
    to = (
        recipient(person)
        if person is not None and is_known
        else Recipient(address=invitation.email, name="", person_id=None)
    )
    write_letter(
        kind="network/invited",
        to=to,
        at=at,
        # Whoever has an account finds the invitation there too; the link itself is for the letter alone.
        leads_to=path_of("organisation.index") if is_known else "",
        organisation=invitation.organisation,
        inviter=invitation.invited_by,
        quality=invitation.quality,
        token=sign(INVITATION, [invitation.id]),
        days=INVITATION_LASTS.days,
    )


def tell_joined(invitation: Invitation, person: User, *, at: datetime) -> None:
    """Write to the other members that the colleague who was invited has come."""
    organisation = invitation.organisation
    for member in active_members(organisation):
        if member.id != person.id:
            write_letter(
                kind="network/joined",
                to=recipient(member),
                at=at,
                leads_to=path_of("organisation.members", organisation_id=organisation.id),
                organisation=organisation,
                newcomer=person,
                quality=invitation.quality,
            )


def tell_removed(person: User, organisation: Organisation, *, by: User, at: datetime) -> None:
    """Write to who acted for the structure that they do so no more, and who said so."""
    write_letter(
        kind="network/removed",
        to=recipient(person),
        at=at,
        leads_to=path_of("organisation.index"),
        organisation=organisation,
        by=by,
    )


def acknowledge_charter(signature: CharterSignature, signer: User, *, at: datetime) -> None:
    """Write to who signed: what was signed, and how to take a consent back."""
    write_letter(
        kind="network/charter",
        to=recipient(signer),
        at=at,
        leads_to=path_of("organisation.sign", organisation_id=signature.organisation_id),
        organisation=signature.organisation,
        signature=signature,
    )
