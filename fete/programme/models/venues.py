"""Places, and what was made one of two entries of the same thing."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.db import Model, choice
from fete.core.text import slug
from fete.geography.models import Commune


class Venue(Model):
    """A place where activities are held."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    search: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(default="")
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.code"), index=True)
    # Degrees, WGS84; where it is not known, its commune's are shown.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    # Entered twice: what stands in its place. It is offered no more.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)

    commune: Mapped[Commune] = relationship(lazy="joined", innerjoin=True)
    merged_into: Mapped["Venue | None"] = relationship(remote_side=[id])

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return slug(self.name)


class Merged(StrEnum):
    """What two entries may be made one of."""

    ORGANISATION = "organisation"
    VENUE = "venue"


class Merge(Model):
    """Two entries of one structure or place were made one: who stays, who went, and what moved, to be able to undo it."""

    __tablename__ = "merge"
    __table_args__ = (Index("ix_merge_gone", "kind", "gone_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Merged] = mapped_column(choice(Merged))
    survivor_id: Mapped[int]
    gone_id: Mapped[int]
    # The numbers of the rows that moved, by table; what the survivor was given, by field.
    moved: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
