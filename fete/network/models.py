"""The structures of the network, the people who act for them, and the charter they signed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.db import Model, choice
from fete.core.text import slug
from fete.geography.models import Commune
from fete.vocabulary.models import Term


class Organisation(Model):
    """A structure: museum, laboratory, association, town; what an actor acts for."""

    __tablename__ = "organisation"
    __table_args__ = (Index("ix_organisation_search", "search"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    acronym: Mapped[str] = mapped_column(default="")
    # The name as one compares it.
    search: Mapped[str]
    family_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    legal_status_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    siret: Mapped[str | None] = mapped_column(unique=True)
    rna: Mapped[str | None] = mapped_column(unique=True)
    address: Mapped[str] = mapped_column(default="")
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("commune.code"), index=True)
    description: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    # Shown to the public: the structure's, not a person's.
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)
    # Entered twice: the structure that stands in its place. It is offered no more, its addresses lead there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)

    family: Mapped[Term | None] = relationship(foreign_keys=[family_id])
    legal_status: Mapped[Term | None] = relationship(foreign_keys=[legal_status_id])
    commune: Mapped[Commune | None] = relationship()
    merged_into: Mapped["Organisation | None"] = relationship(remote_side=[id])
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan"
    )
    invitations: Mapped[list["Invitation"]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan", order_by="Invitation.id"
    )
    signatures: Mapped[list["CharterSignature"]] = relationship(
        back_populates="organisation",
        cascade="all, delete-orphan",
        order_by="CharterSignature.signed_at.desc(), CharterSignature.id.desc()",
    )

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return slug(self.name)

    @property
    def departement_code(self) -> str | None:
        """The département of its commune."""
        return self.commune.departement_code if self.commune else None

    @property
    def sector(self) -> str:
        """`public` or `private`, as its legal status says; empty when that is not known."""
        return self.legal_status.group if self.legal_status else ""


class MembershipState(StrEnum):
    """Whether a person may act for the structure yet."""

    REQUESTED = "requested"
    ACTIVE = "active"


class Membership(Model):
    """A person acts for a structure, or has asked to."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("organisation_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[MembershipState] = mapped_column(choice(MembershipState))
    # What the person does there: « chargée de médiation ».
    quality: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    admitted_at: Mapped[datetime | None]
    admitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    organisation: Mapped[Organisation] = relationship(back_populates="memberships")
    person: Mapped[User] = relationship(foreign_keys=[person_id])


class Invitation(Model):
    """A member invites a colleague by e-mail to act for the structure."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    # In lower case.
    email: Mapped[str] = mapped_column(index=True)
    quality: Mapped[str] = mapped_column(default="")
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    invited_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(back_populates="invitations")
    invited_by: Mapped[User | None] = relationship()


class CharterSignature(Model):
    """A structure accepted a version of the charter: who signed, in what quality, and the three consents."""

    __tablename__ = "charter_signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[str]
    signer_name: Mapped[str]
    signer_quality: Mapped[str]
    signed_at: Mapped[datetime]
    # Three separate statements: the charter itself, being listed, being written to.
    accepts_charter: Mapped[bool]
    agrees_to_be_listed: Mapped[bool]
    agrees_to_letters: Mapped[bool]
    # When each of them was taken back.
    charter_withdrawn_at: Mapped[datetime | None]
    listing_withdrawn_at: Mapped[datetime | None]
    letters_withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(back_populates="signatures")
