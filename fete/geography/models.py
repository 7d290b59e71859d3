"""Regions, départements and communes of France, under their official INSEE codes."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.core.db import Model
from fete.core.text import slug


class Region(Model):
    """A region of France."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Departement(Model):
    """A département of France."""

    __tablename__ = "departement"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)

    region: Mapped[Region] = relationship()


class Commune(Model):
    """A commune: what « host commune » counts, by code and never by the text typed."""

    __tablename__ = "commune"
    __table_args__ = (Index("ix_commune_search", "search"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"), index=True)
    # Joined by spaces, the first the one to write on an envelope.
    post_codes: Mapped[str]
    # Degrees, WGS84; the centre of the town where it is known, else of the area.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    population: Mapped[int]
    # The name as one searches it: folded, separators as one space.
    search: Mapped[str]
    # The names of former communes that belong to it now, folded, joined by `|`.
    former_names: Mapped[str] = mapped_column(default="")

    departement: Mapped[Departement] = relationship(lazy="joined", innerjoin=True)

    @property
    def post_code(self) -> str:
        """The post code to write on an envelope."""
        return self.post_codes.split(" ", 1)[0]

    @property
    def departement_name(self) -> str:
        """The name of its département."""
        return self.departement.name

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return slug(self.name)

    @property
    def label(self) -> str:
        """The commune as one tells it from others: « Auch (32000) »."""
        return f"{self.name} ({self.post_code or self.code})"
