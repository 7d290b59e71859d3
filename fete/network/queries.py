"""Find structures, their members, who asks to join them, and those that the public may see."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, joinedload, selectinload

from fete.accounts.models import User
from fete.core.db import db
from fete.core.text import fold_name
from fete.geography.models import Commune
from fete.network.models import (
    CharterSignature,
    Invitation,
    Membership,
    MembershipState,
    Organisation,
)
from fete.network.rules import INVITATION_LASTS, Likeness, bare_identifier, twins_among
from fete.vocabulary.models import Term

_SHORTEST = 2


def find_organisation(organisation_id: int) -> Organisation | None:
    """Return a structure with all that its pages show; of one that was merged, the one that stands in its place."""
    statement = (
        select(Organisation)
        .where(Organisation.id == _standing(organisation_id))
        .options(
            joinedload(Organisation.commune),
            joinedload(Organisation.family),
            joinedload(Organisation.legal_status),
            selectinload(Organisation.memberships)
            .joinedload(Membership.person)
            .lazyload(User.roles),
            selectinload(Organisation.signatures),
        )
    )
    return db.session.scalar(statement)


def _standing(organisation_id: int) -> ScalarSelect[int]:
    """Return, in SQL, the number of a structure, or of the one that it was merged into."""
    asked = aliased(Organisation)
    return (
        select(func.coalesce(asked.merged_into_id, asked.id))
        .where(asked.id == organisation_id)
        .scalar_subquery()
    )


def find_entry(organisation_id: int) -> Organisation | None:
    """Return a structure as it was entered, merged or not, with what tells it from another."""
    statement = (
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .options(
            joinedload(Organisation.commune),
            joinedload(Organisation.family),
            joinedload(Organisation.legal_status),
            joinedload(Organisation.merged_into),
        )
    )
    return db.session.scalar(statement)


def survivors_of(numbers: Sequence[int]) -> dict[int, int]:
    """Return, of these structures, those that were merged, each with the number of the one in its place."""
    statement = select(Organisation.id, Organisation.merged_into_id).where(
        Organisation.id.in_(numbers), Organisation.merged_into_id.is_not(None)
    )
    return {
        gone: survivor for gone, survivor in db.session.execute(statement) if survivor is not None
    }


def merged_into(organisation_id: int) -> Select[int]:
    """Return the statement of the numbers of the structures that were merged into one: their history is its own."""
    return select(Organisation.id).where(Organisation.merged_into_id == organisation_id)


def organisations_within(territory: Collection[str] | None) -> Sequence[Organisation]:
    """Return every structure of these départements (`None`: of all) that stands, with what tells it from another."""
    statement = (
        select(Organisation)
        .outerjoin(Organisation.commune)
        .where(is_standing())
        .options(contains_eager(Organisation.commune))
        .order_by(Organisation.search, Organisation.id)
    )
    if territory is not None:
        statement = statement.where(Commune.departement_code.in_(sorted(territory)))
    return db.session.scalars(statement).all()


def is_standing() -> ColumnElement[bool]:
    """Return the condition that a structure was not merged into another."""
    return Organisation.merged_into_id.is_(None)


def organisations_of(user: User) -> Sequence[Organisation]:
    """Return the structures that the person acts for, in the order of names."""
    statement = (
        select(Organisation)
        .where(Organisation.id.in_(acting_for(user)))
        .options(
            joinedload(Organisation.commune),
            selectinload(Organisation.memberships),
            selectinload(Organisation.signatures),
        )
        .order_by(Organisation.search, Organisation.id)
    )
    return db.session.scalars(statement).all()


def acting_for(user: User) -> Select[int]:
    """Return the statement of the numbers of the structures that the person acts for."""
    return select(Membership.organisation_id).where(
        Membership.person_id == user.id, Membership.state == MembershipState.ACTIVE
    )


def requests_of(user: User) -> Sequence[Membership]:
    """Return what the person has asked to join and nobody has answered yet, oldest first."""
    statement = (
        select(Membership)
        .where(Membership.person_id == user.id, Membership.state == MembershipState.REQUESTED)
        .options(joinedload(Membership.organisation).joinedload(Organisation.commune))
        .order_by(Membership.asked_at, Membership.id)
    )
    return db.session.scalars(statement).all()


def active_members(organisation: Organisation) -> Sequence[User]:
    """Return who acts for a structure, in the order of names."""
    return members_of([organisation.id])


def members_of(numbers: Collection[int]) -> Sequence[User]:
    """Return who acts for any of these structures, each once, in the order of names."""
    acting = select(Membership.person_id).where(
        Membership.organisation_id.in_(sorted(numbers)),
        Membership.state == MembershipState.ACTIVE,
    )
    statement = (
        select(User)
        .where(User.id.in_(acting), User.checked_at.is_not(None), User.erased_at.is_(None))
        .order_by(User.search, User.id)
    )
    return db.session.scalars(statement).all()


def members_of_all(numbers: Collection[int]) -> dict[int, list[User]]:
    """Return who acts for each of these structures, by the structure's number, in the order of names."""
    statement = (
        select(Membership.organisation_id, User)
        .join(User, Membership.person_id == User.id)
        .where(
            Membership.organisation_id.in_(sorted(numbers)),
            Membership.state == MembershipState.ACTIVE,
            User.checked_at.is_not(None),
            User.erased_at.is_(None),
        )
        .order_by(User.search, User.id)
    )
    members: dict[int, list[User]] = {}
    for number, person in db.session.execute(statement):
        members.setdefault(number, []).append(person)
    return members


def find_membership(membership_id: int) -> Membership | None:
    """Return a membership with its person and its structure."""
    statement = (
        select(Membership)
        .where(Membership.id == membership_id)
        .options(
            joinedload(Membership.person),
            joinedload(Membership.organisation).joinedload(Organisation.commune),
        )
    )
    return db.session.scalar(statement)


def membership_of(user: User, organisation: Organisation) -> Membership | None:
    """Return what ties the person to the structure, a request included."""
    return db.session.scalar(
        select(Membership).where(
            Membership.person_id == user.id, Membership.organisation_id == organisation.id
        )
    )


def find_invitation(invitation_id: int) -> Invitation | None:
    """Return an invitation with its structure, its members and who invited."""
    statement = (
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .options(
            joinedload(Invitation.organisation).options(
                joinedload(Organisation.commune), selectinload(Organisation.memberships)
            ),
            joinedload(Invitation.invited_by).lazyload(User.roles),
        )
    )
    return db.session.scalar(statement)


def invitations_of(organisation: Organisation) -> Sequence[Invitation]:
    """Return the invitations of a structure that nobody has answered or taken back, oldest first."""
    statement = (
        _unanswered_invitations()
        .where(Invitation.organisation_id == organisation.id)
        .options(joinedload(Invitation.invited_by).lazyload(User.roles))
    )
    return db.session.scalars(statement).all()


def invitation_to(email: str, organisation: Organisation) -> Invitation | None:
    """Return the invitation of this address to the structure that nobody has answered or taken back."""
    return db.session.scalar(
        _unanswered_invitations()
        .where(Invitation.organisation_id == organisation.id, Invitation.email == email)
        .limit(1)
    )


def invitations_for(user: User, *, at: datetime) -> Sequence[Invitation]:
    """Return the invitations that the person can accept now, oldest first."""
    statement = (
        _unanswered_invitations()
        .where(Invitation.email == user.email, Invitation.invited_at > at - INVITATION_LASTS)
        .options(
            joinedload(Invitation.organisation).joinedload(Organisation.commune),
            joinedload(Invitation.invited_by).lazyload(User.roles),
        )
    )
    return db.session.scalars(statement).all()


def _unanswered_invitations() -> Select[Invitation]:
    return (
        select(Invitation)
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .order_by(Invitation.invited_at, Invitation.id)
    )


def waiting_requests(territory: Collection[str] | None) -> Select[Membership]:
    """Return who asks to join a structure of these départements (`None`: of all), oldest first."""
    statement = (
        select(Membership)
        .join(Membership.organisation)
        .outerjoin(Organisation.commune)
        .where(Membership.state == MembershipState.REQUESTED)
        .options(
            joinedload(Membership.person),
            joinedload(Membership.organisation).joinedload(Organisation.commune),
        )
        .order_by(Membership.asked_at, Membership.id)
    )
    if territory is not None:
        statement = statement.where(Commune.departement_code.in_(sorted(territory)))
    return statement


def similar_organisations(
    name: str, commune_code: str | None, siret: str | None, acronym: str = ""
) -> Sequence[Organisation]:
    """Return the structures that are likely the one described, in the order of names.

    One that was merged is found under its old name too: the one in its place is returned.
    """
    like = Likeness(name=name, acronym=acronym, commune_code=commune_code, siret=siret)
    near: list[ColumnElement[bool]] = [Organisation.search == fold_name(name)]
    if commune_code:
        near.append(Organisation.commune_code == commune_code)
    if siret:
        near.append(Organisation.siret == siret)
    statement = (
        select(Organisation)
        .where(or_(*near))
        .options(
            joinedload(Organisation.commune),
            joinedload(Organisation.merged_into).joinedload(Organisation.commune),
        )
        .order_by(Organisation.search, Organisation.id)
    )
    twins = twins_among(like, db.session.scalars(statement))
    return list(dict.fromkeys(twin.merged_into or twin for twin in twins))


def matching_organisations(
    typed: str, limit: int = 20, *, territory: frozenset[str] | None = None
) -> Sequence[Organisation]:
    """Return the structures whose name, acronym or commune holds every word typed, or whose SIRET this is.

    Those of a territory only, the codes of its départements; `None` means everywhere.
    """
    words = fold_name(typed[:100]).split()
    bare = bare_identifier(typed)
    if len("".join(words)) < _SHORTEST:
        return []
    statement = (
        select(Organisation)
        .outerjoin(Organisation.commune)
        .where(is_standing())
        .options(joinedload(Organisation.commune), joinedload(Organisation.family))
        .order_by(Organisation.search, Organisation.id)
        .limit(limit)
    )
    if territory is not None:
        statement = statement.where(Commune.departement_code.in_(sorted(territory)))
    if re.fullmatch(r"[0-9]{9}|[0-9]{14}", bare):
        return db.session.scalars(statement.where(Organisation.siret.startswith(bare))).all()
    return db.session.scalars(statement.where(*_hold(words))).all()


def _hold(words: Sequence[str]) -> list[ColumnElement[bool]]:
    # A folded word holds letters and digits only: nothing to escape.
    return [
        or_(
            Organisation.search.contains(word),
            func.lower(Organisation.acronym) == word,
            Commune.search.contains(word),
            Commune.post_codes.startswith(word),
        )
        for word in words
    ]


def owner_of_identifier(
    column: InstrumentedAttribute[str | None], value: str, *, other_than: Organisation | None
) -> Organisation | None:
    """Return the structure that bears this SIRET or RNA number already, another than the one described."""
    statement = select(Organisation).where(column == value)
    if other_than is not None and other_than.id is not None:
        statement = statement.where(Organisation.id != other_than.id)
    return db.session.scalar(statement)


def _is_listed() -> ColumnElement[bool]:
    """Say in SQL what `CharterSignature` says of the latest one: in the network, and willing to be seen."""
    latest = (
        select(CharterSignature.id)
        .where(CharterSignature.organisation_id == Organisation.id)
        .order_by(CharterSignature.signed_at.desc(), CharterSignature.id.desc())
        .limit(1)
        .correlate(Organisation)
        .scalar_subquery()
    )
    return Organisation.signatures.any(
        (CharterSignature.id == latest)
        & CharterSignature.accepts_charter
        & CharterSignature.agrees_to_be_listed
        & CharterSignature.charter_withdrawn_at.is_(None)
        & CharterSignature.listing_withdrawn_at.is_(None)
    )


def listed_organisations(
    words: str, *, family: Term | None, departement_code: str | None
) -> Select[Organisation]:
    """Return the structures that the public may see, in the order of names."""
    statement = (
        select(Organisation)
        .outerjoin(Organisation.commune)
        .where(is_standing(), _is_listed(), *_hold(fold_name(words[:100]).split()))
        .options(joinedload(Organisation.commune), joinedload(Organisation.family))
        .order_by(Organisation.search, Organisation.id)
    )
    if family is not None:
        statement = statement.where(Organisation.family_id == family.id)
    if departement_code:
        statement = statement.where(Commune.departement_code == departement_code)
    return statement


def listed_names() -> Select[int, str]:
    """Return the number and the name of the structures that the public may see, in the order of numbers."""
    return (
        select(Organisation.id, Organisation.name)
        .where(is_standing(), _is_listed())
        .order_by(Organisation.id)
    )


def find_listed(organisation_id: int) -> Organisation | None:
    """Return a structure that the public may see; of one that was merged, the one that stands in its place."""
    statement = (
        select(Organisation)
        .where(Organisation.id == _standing(organisation_id), _is_listed())
        .options(
            joinedload(Organisation.commune),
            joinedload(Organisation.family),
            joinedload(Organisation.legal_status),
        )
    )
    return db.session.scalar(statement)


def listed_among(numbers: Collection[int]) -> frozenset[int]:
    """Return which of these structures the public may see."""
    statement = select(Organisation.id).where(
        Organisation.id.in_(sorted(numbers)), is_standing(), _is_listed()
    )
    return frozenset(db.session.scalars(statement))
