"""Letters of the network: somebody asks to join, is admitted or not, a charter is signed."""

from datetime import datetime

from fete.accounts.models import User
from fete.accounts.queries import coordinators_of
from fete.core.templating import path_of
from fete.mailing.models import Topic
from fete.mailing.services import Recipient, write_letter
from fete.network.models import CharterSignature, Membership, Organisation
from fete.network.queries import active_members


def _to(person: User) -> Recipient:
    return Recipient(address=person.email, name=person.name, person_id=person.id)


def ask_for_an_answer(membership: Membership, *, at: datetime) -> None:
    """Write to the structure's members and to its coordination that somebody asks to join; once to each."""
    organisation = membership.organisation
    members = {person.id: person for person in active_members(organisation)}
    coordinators = {person.id: person for person in coordinators_of(organisation.departement_code)}
    for number, person in (coordinators | members).items():
        is_member = number in members
        write_letter(
            kind="network/requested",
            to=_to(person),
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
        to=_to(membership.person),
        at=at,
        leads_to=path_of("organisation.show", organisation_id=organisation.id),
        organisation=organisation,
    )


def tell_not_admitted(person: User, organisation: Organisation, *, at: datetime) -> None:
    """Write to who asked: the answer is no."""
    write_letter(
        kind="network/not_admitted",
        to=_to(person),
        at=at,
        leads_to=path_of("organisation.index"),
        organisation=organisation,
    )


def acknowledge_charter(signature: CharterSignature, signer: User, *, at: datetime) -> None:
    """Write to who signed: what was signed, and how to take a consent back."""
    write_letter(
        kind="network/charter",
        to=_to(signer),
        at=at,
        leads_to=path_of("organisation.sign", organisation_id=signature.organisation_id),
        organisation=signature.organisation,
        signature=signature,
    )
