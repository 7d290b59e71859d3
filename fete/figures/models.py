"""Figures that were published elsewhere, kept apart from those that are computed here."""

from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fete.core.db import Model, choice


class Nature(StrEnum):
    """What a published figure is worth: told beforehand, measured afterwards, or computed here then printed."""

    ANNOUNCED = "announced"
    MEASURED = "measured"
    COMPUTED = "computed"


class Headline(Model):
    """A figure published elsewhere, with its source, its scope and its nature."""

    __tablename__ = "headline"
    __table_args__ = (UniqueConstraint("year", "key", "scope", "nature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # The year of the edition: a figure can be older than any edition kept here.
    year: Mapped[int]
    # The same names as computed totals: `activities`, `visitors`, `pupils`…
    key: Mapped[str]
    value: Mapped[int]
    scope: Mapped[str]
    nature: Mapped[Nature] = mapped_column(choice(Nature))
    source: Mapped[str]
