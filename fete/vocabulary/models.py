"""The words that people rename each year, under codes that never change."""

from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fete.core.db import Model, choice
from fete.core.i18n import current_language


class TermList(StrEnum):
    """The lists of words."""

    KIND = "kind"
    THEME = "theme"
    AUDIENCE = "audience"
    LEVEL = "level"
    FAMILY = "family"
    LEGAL_STATUS = "legal_status"
    ACCESSIBILITY = "accessibility"


class Term(Model):
    """One word of a list: renamed or retired, never deleted."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("list", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list: Mapped[TermList] = mapped_column(choice(TermList))
    code: Mapped[str]
    label_fr: Mapped[str]
    label_en: Mapped[str]
    position: Mapped[int]
    # A kind: whether it holds other activities, counts as a lab open day, or is told apart from the others.
    is_container: Mapped[bool] = mapped_column(default=False)
    is_lab_open_day: Mapped[bool] = mapped_column(default=False)
    counts_apart: Mapped[bool] = mapped_column(default=False)
    # What it belongs to: the sector of a legal status, the school of a level, the national theme of another scheme.
    group: Mapped[str] = mapped_column(default="")
    is_retired: Mapped[bool] = mapped_column(default=False)

    @property
    def label(self) -> str:
        """The word in the language of the reader."""
        return self.label_en if current_language() == "en" else self.label_fr
