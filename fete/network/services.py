"""Create and describe structures, join, invite to and leave them, sign the charter and take a consent back."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from fete.accounts.models import User
from fete.accounts.services import register_proved
from fete.core.db import db
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.text import fold_name
from fete.core.tokens import read
from fete.geography.models import Commune
from fete.journal.services import record
from fete.network import mails, queries
from fete.network.models import (
    CharterSignature,
    Invitation,
    Membership,
    MembershipState,
    Organisation,
)
from fete.network.policies import is_invited, is_member
from fete.network.rules import (
    CHARTER_VERSION,
    CONSENT_NAMES,
    FIELD_NAMES,
    INVITATION_LASTS,
    awaits_answer,
    is_open,
    may_be_sent_again,
    rna_is_valid,
    siret_is_valid,
)
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import find_term

_NO_MORE = lazy_gettext("Cette invitation ne sert plus : demandez que l’on vous invite de nouveau.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """What a structure says of itself; `family` and `legal_status` are codes of the lists."""

    name: str
    acronym: str = ""
    family: str = ""
    legal_status: str = ""
    siret: str | None = None
    rna: str | None = None
    address: str = ""
    commune_code: str | None = None
    email: str = ""
    phone: str = ""
    website: str = ""
    description: str = ""


class Consent(StrEnum):
    """What a signature says, each part of which can be taken back alone."""

    CHARTER = "charter"
    LISTING = "listing"
    LETTERS = "letters"


def create(described: Description, *, by: User, at: datetime) -> Organisation:
    """Enter a structure whose first member is the person; one they already act for is given back as it is."""
    for known in queries.organisations_of(by):
        if (
            known.search == fold_name(described.name)
            and known.commune_code == described.commune_code
        ):
            return known
    organisation = Organisation(created_at=at)
    _write(organisation, described)
    organisation.memberships.append(
        Membership(
            person=by,
            state=MembershipState.ACTIVE,
            asked_at=at,
            admitted_at=at,
            admitted_by_id=by.id,
        )
    )
    _keep(organisation)
    record("organisation.created", on=organisation, person_id=by.id, at=at)
    return organisation


def describe(
    organisation: Organisation, described: Description, *, version: int, by: User, at: datetime
) -> None:
    """Rewrite what the structure says of itself; raise `StaleError` if somebody did since this version."""
    # Until this transaction ends, nobody else describes it.
    db.session.refresh(organisation, ["version"], with_for_update=True)
    if organisation.version != version:
        raise StaleError
    before = asdict(description_of(organisation))
    _write(organisation, described)
    changed = [
        str(FIELD_NAMES[name]) for name, value in asdict(described).items() if before[name] != value
    ]
    organisation.version += 1
    _keep(organisation)
    record(
        "organisation.described",
        on=organisation,
        person_id=by.id,
        at=at,
        detail=", ".join(changed),
    )


def description_of(organisation: Organisation) -> Description:
    """Return what the structure says of itself now."""
    return Description(
        name=organisation.name,
        acronym=organisation.acronym,
        family=organisation.family.code if organisation.family else "",
        legal_status=organisation.legal_status.code if organisation.legal_status else "",
        siret=organisation.siret,
        rna=organisation.rna,
        address=organisation.address,
        commune_code=organisation.commune_code,
        email=organisation.email,
        phone=organisation.phone,
        website=organisation.website,
        description=organisation.description,
    )


def _write(organisation: Organisation, described: Description) -> None:
    _check_identifiers(organisation, described)
    organisation.name = described.name
    organisation.search = fold_name(described.name)
    organisation.acronym = described.acronym
    organisation.family = find_term(TermList.FAMILY, described.family)
    organisation.legal_status = find_term(TermList.LEGAL_STATUS, described.legal_status)
    organisation.siret = described.siret or None
    organisation.rna = described.rna or None
    organisation.address = described.address
    organisation.commune_code = described.commune_code
    organisation.email = described.email
    organisation.phone = described.phone
    organisation.website = described.website
    organisation.description = described.description


def _check_identifiers(organisation: Organisation, described: Description) -> None:
    if described.siret and not siret_is_valid(described.siret):
        raise RuleBrokenError(
            _("Ce numéro SIRET n’existe pas : vérifiez ses 14 chiffres."), field="siret"
        )
    if described.rna and not rna_is_valid(described.rna):
        raise RuleBrokenError(
            _("Ce numéro RNA n’a pas la bonne forme : la lettre W puis 9 chiffres."), field="rna"
        )
    for column, value in (
        (Organisation.siret, described.siret),
        (Organisation.rna, described.rna),
    ):
        owner = value and queries.owner_of_identifier(column, value, other_than=organisation)
        if owner:
            raise _taken(owner.name, field=column.key)


def _taken(name: str, *, field: str) -> RuleBrokenError:
    return RuleBrokenError(
        _("Ce numéro est déjà celui de « %(name)s » : rejoignez cette structure.", name=name),
        field=field,
    )


def _keep(organisation: Organisation) -> None:
    db.session.add(organisation)
    try:
        db.session.flush()
    except IntegrityError as error:
        # Somebody else took the number in the same instant.
        raise RuleBrokenError(
            _("Ce numéro vient d’être pris par une autre structure."), field="siret"
        ) from error
    db.session.refresh(organisation, ["commune"])


def request_membership(
    organisation: Organisation, *, quality: str, by: User, at: datetime
) -> Membership:
    """Ask to join; asking again changes nothing. The members and the coordination get a letter."""
    known = queries.membership_of(by, organisation)
    if known is not None:
        return known
    membership = Membership(
        organisation=organisation,
        person=by,
        state=MembershipState.REQUESTED,
        quality=quality,
        asked_at=at,
    )
    db.session.add(membership)
    db.session.flush()
    record("organisation.joined", on=organisation, person_id=by.id, at=at)
    mails.ask_for_an_answer(membership, at=at)
    return membership


def admit(membership: Membership, *, by: User, at: datetime) -> None:
    """Let who asked act for the structure; saying it twice changes nothing."""
    if membership.state is MembershipState.ACTIVE:
        return
    membership.state = MembershipState.ACTIVE
    membership.admitted_at, membership.admitted_by_id = at, by.id
    record(
        "organisation.admitted",
        on=membership.organisation,
        person_id=by.id,
        at=at,
    )
    mails.tell_admitted(membership, at=at)


def turn_down(membership: Membership, *, by: User, at: datetime) -> None:
    """Answer no to who asked; they may ask again."""
    if membership.state is MembershipState.ACTIVE:
        raise RuleBrokenError(_("Cette personne a déjà été acceptée entre-temps."))
    organisation, person = membership.organisation, membership.person
    organisation.memberships.remove(membership)
    record(
        "organisation.turned_down",
        on=organisation,
        person_id=by.id,
        at=at,
    )
    mails.tell_not_admitted(person, organisation, at=at)


def leave(organisation: Organisation, *, by: User, at: datetime) -> None:
    """Act for the structure no more, or ask for it no more."""
    membership = queries.membership_of(by, organisation)
    if membership is None:
        return
    organisation.memberships.remove(membership)
    record("organisation.left", on=organisation, person_id=by.id, at=at)


def remove(membership: Membership, *, by: User, at: datetime) -> None:
    """Let a member act for the structure no more, and the invitations they sent serve no more; they get a letter."""
    organisation, person = membership.organisation, membership.person
    if membership.state is not MembershipState.ACTIVE:
        raise RuleBrokenError(_("Cette personne n’est pas membre de la structure."))
    organisation.memberships.remove(membership)
    for invitation in queries.invitations_of(organisation):
        if invitation.invited_by_id == person.id:
            invitation.withdrawn_at = at
    record("organisation.removed", on=organisation, person_id=by.id, at=at)
    db.session.flush()
    mails.tell_removed(person, organisation, by=by, at=at)


def invite(organisation: Organisation, *, email: str, quality: str, by: User, at: datetime) -> bool:
    """Invite an address to act for the structure; return whether a letter left: one a day at most.

    Inviting again keeps one invitation. Nothing tells whether the address has an account, unless it is a member's.
    """
    email = email.strip().lower()
    # Until this transaction ends, nobody else invites: one address has one invitation.
    db.session.refresh(organisation, ["version"], with_for_update=True)
    _refuse_tied(organisation, email)
    invitation = queries.invitation_to(email, organisation)
    if invitation is None:
        invitation = Invitation(
            organisation=organisation, email=email, quality=quality, invited_by=by, invited_at=at
        )
        db.session.add(invitation)
        db.session.flush()
    elif not may_be_sent_again(invitation, at):
        return False
    else:
        invitation.quality = quality or invitation.quality
    _send(invitation, by=by, at=at)
    return True


def invite_again(invitation: Invitation, *, by: User, at: datetime) -> bool:
    """Send the letter of an invitation once more, good for as long again; return whether it left: once a day at most."""
    _hold(invitation)
    if not awaits_answer(invitation):
        raise RuleBrokenError(_("Cette invitation a déjà eu sa réponse, ou elle a été retirée."))
    if not may_be_sent_again(invitation, at):
        return False
    _send(invitation, by=by, at=at)
    return True


def withdraw_invitation(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Take an invitation back, or decline it: its link serves no more. Done twice, it is done once."""
    _hold(invitation)
    if invitation.accepted_at is not None:
        raise RuleBrokenError(_("Trop tard : cette personne a déjà rejoint la structure."))
    if invitation.withdrawn_at is not None:
        return
    invitation.withdrawn_at = at
    act = (
        "organisation.invitation_declined"
        if is_invited(by, invitation)
        else "organisation.invitation_withdrawn"
    )
    record(act, on=invitation.organisation, person_id=by.id, at=at)
    db.session.flush()


def accept_invitation(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Act for the structure from now on; the invitation is spent. Done twice, it is done once."""
    _hold(invitation)
    organisation = invitation.organisation
    if not is_invited(by, invitation):
        raise RuleBrokenError(_("Cette invitation est pour une autre adresse que la vôtre."))
    if invitation.accepted_at is not None:
        return
    if not is_open(invitation, at):
        raise RuleBrokenError(str(_NO_MORE))
    invitation.accepted_at = at
    membership = queries.membership_of(by, organisation)
    if membership is None:
        membership = Membership(person=by, quality=invitation.quality, asked_at=at)
        organisation.memberships.append(membership)
    elif membership.state is MembershipState.ACTIVE:
        return
    membership.state = MembershipState.ACTIVE
    membership.admitted_at, membership.admitted_by_id = at, invitation.invited_by_id
    db.session.flush()
    record("organisation.invitation_accepted", on=organisation, person_id=by.id, at=at)
    mails.tell_joined(invitation, by, at=at)


def register_invited(invitation: Invitation, *, name: str, password: str, at: datetime) -> User:
    """Open the account of the address invited, proved by its letter, and let the person act for the structure."""
    if not is_open(invitation, at):
        raise RuleBrokenError(str(_NO_MORE))
    # The password first: it takes a moment, which must not be spent holding the invitation.
    person = register_proved(email=invitation.email, name=name, password=password, at=at)
    accept_invitation(invitation, by=person, at=at)
    return person


def forget_invitations(*, before: datetime) -> int:
    """Remove the invitations sent before this instant, whatever became of them; return how many there were."""
    gone = delete(Invitation).where(Invitation.invited_at < before).returning(Invitation.id)
    return len(db.session.scalars(gone).all())


def bearer_of(token: str) -> Invitation | None:
    """Return the invitation whose letter held this link, unless it is old or forged; it may be spent already."""
    match read(mails.INVITATION, token, within=INVITATION_LASTS):
        case [int(number)]:
            return queries.find_invitation(number)
        case _:
            return None


def _refuse_tied(organisation: Organisation, email: str) -> None:
    for membership in organisation.memberships:
        if membership.person.email != email:
            continue
        if membership.state is MembershipState.ACTIVE:
            raise RuleBrokenError(
                _("%(name)s fait déjà partie de la structure.", name=membership.person.name),
                field="email",
            )
        raise RuleBrokenError(
            _(
                "%(name)s a déjà demandé à rejoindre la structure : acceptez sa demande.",
                name=membership.person.name,
            ),
            field="email",
        )


def _send(invitation: Invitation, *, by: User, at: datetime) -> None:
    invitation.invited_by, invitation.invited_at = by, at
    db.session.flush()
    record("organisation.invited", on=invitation.organisation, person_id=by.id, at=at)
    mails.invite(invitation, at=at)


def _hold(invitation: Invitation) -> None:
    # Of two people who act at once, the second waits and then sees what the first did.
    db.session.flush()
    db.session.refresh(invitation, with_for_update={"of": Invitation})


def sign_charter(
    organisation: Organisation,
    *,
    signer_name: str,
    signer_quality: str,
    agrees_to_be_listed: bool,
    agrees_to_letters: bool,
    by: User,
    at: datetime,
) -> CharterSignature:
    """Accept the present charter in the structure's name, with its date and what else is agreed to.

    Sending the same signature twice signs once.
    """
    if not is_member(by, organisation):
        raise RuleBrokenError(_("Seul un membre de la structure peut signer en son nom."))
    last = next(iter(organisation.signatures), None)
    said = (
        CHARTER_VERSION,
        by.id,
        signer_name,
        signer_quality,
        agrees_to_be_listed,
        agrees_to_letters,
    )
    if last is not None and said == _said(last):
        return last
    signature = CharterSignature(
        person_id=by.id,
        version=CHARTER_VERSION,
        signer_name=signer_name,
        signer_quality=signer_quality,
        signed_at=at,
        accepts_charter=True,
        agrees_to_be_listed=agrees_to_be_listed,
        agrees_to_letters=agrees_to_letters,
    )
    organisation.signatures.insert(0, signature)
    db.session.flush()
    record(
        "organisation.charter_signed",
        on=organisation,
        person_id=by.id,
        at=at,
        detail=_("version %(version)s", version=CHARTER_VERSION),
    )
    mails.acknowledge_charter(signature, by, at=at)
    return signature


def _said(signature: CharterSignature) -> tuple[object, ...] | None:
    """Return what a signature says, unless some of it was taken back."""
    if any(withdrawn_at(signature, consent) for consent in Consent):
        return None
    return (
        signature.version,
        signature.person_id,
        signature.signer_name,
        signature.signer_quality,
        signature.agrees_to_be_listed,
        signature.agrees_to_letters,
    )


def withdrawn_at(signature: CharterSignature, consent: Consent) -> datetime | None:
    """Return when this part of a signature was taken back."""
    moment: datetime | None = getattr(signature, f"{consent}_withdrawn_at")
    return moment


def withdraw(signature: CharterSignature, consent: Consent, *, by: User, at: datetime) -> None:
    """Take back one part of a signature; what was said before stays in the history."""
    if withdrawn_at(signature, consent) is not None:
        return
    setattr(signature, f"{consent}_withdrawn_at", at)
    record(
        "organisation.consent_withdrawn",
        on=signature.organisation,
        person_id=by.id,
        at=at,
        detail=str(CONSENT_NAMES[consent]),
    )
    db.session.flush()


def enter(described: Description, *, commune: Commune | None, at: datetime) -> Organisation:
    """Enter a structure that nobody acts for yet: it came with a file. Nothing is asked of the database."""
    organisation = Organisation(
        name=described.name,
        search=fold_name(described.name),
        acronym=described.acronym,
        commune_code=commune.code if commune else None,
        commune=commune,
        address=described.address,
        description=described.description,
        website=described.website,
        created_at=at,
    )
    db.session.add(organisation)
    return organisation
