"""People, and the roles that the coordination gives them."""

from datetime import date, datetime
from enum import StrEnum
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship, validates

from fete.core.db import Model, choice
from fete.core.text import fold_name
from fete.geography.models import Departement


class RoleName(StrEnum):
    """What the coordination may entrust to a person, beside the structures they are members of."""

    DEPARTMENTAL = "departmental"
    REGIONAL = "regional"
    ADMINISTRATOR = "administrator"


class User(Model):
    """A person with an account."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    # In lower case.
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    # The name and the address as one searches them; follows both by itself.
    search: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="fr")
    password_hash: Mapped[str]
    registered_at: Mapped[datetime]
    # When the address was proved; nobody signs in before.
    checked_at: Mapped[datetime | None]
    # When the account was erased: what is left is a number that other rows point to.
    erased_at: Mapped[datetime | None]
    # Made by the demonstration: said so on the pages.
    is_demo: Mapped[bool] = mapped_column(default=False)
    # Goes into every session of the person: changing it ends them all.
    session_key: Mapped[str] = mapped_column(insert_default=lambda: token_urlsafe(16))

    roles: Mapped[list["Role"]] = relationship(
        back_populates="person", lazy="selectin", cascade="all, delete-orphan"
    )

    # How many messages they have not read on the site: asked for with who signed in, and unknown elsewhere.
    unread: Mapped[int | None] = query_expression()

    # What Flask-Login asks of a person.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in."""
        return self.checked_at is not None and self.erased_at is None

    @validates("name", "email")
    def _follow(self, key: str, value: str) -> str:
        parts = {"name": self.name or "", "email": self.email or ""} | {key: value}
        self.search = f"{fold_name(parts['name'])} {parts['email']}".strip()
        return value

    def get_id(self) -> str:
        """Return what a session keeps of the person."""
        return f"{self.id}.{self.session_key}"


role_departement = Table(
    "role_departement",
    Model.metadata,
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
    Column("departement_code", ForeignKey("departement.code"), primary_key=True),
)


class Role(Model):
    """A role of a person; a departmental one with its territory."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[RoleName] = mapped_column(choice(RoleName))
    granted_at: Mapped[datetime]

    person: Mapped[User] = relationship(back_populates="roles")
    departements: Mapped[list[Departement]] = relationship(
        secondary=role_departement, lazy="selectin", order_by=Departement.code
    )


class Absence(Model):
    """A coordinator is away, both days included: what comes in their territory goes to the regional coordination."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    first_day: Mapped[date]
    last_day: Mapped[date]
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    person: Mapped[User] = relationship(foreign_keys=[person_id])


class Sketch(Model):
    """What a person has typed on a page and not kept yet: given back when they open it again."""

    __tablename__ = "sketch"
    __table_args__ = (UniqueConstraint("person_id", "page"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    # The address of the page, without its language.
    page: Mapped[str]
    # The fields as the browser sends them: names, each with its values.
    fields: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(index=True)
