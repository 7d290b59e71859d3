"""Who did what to which object, and when."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, inspect
from sqlalchemy.orm import Mapped, mapped_column

from fete.core.db import Model


class Entry(Model):
    """One line of the journal, written in the transaction of what it tells."""

    __tablename__ = "journal_entry"
    __table_args__ = (Index("ix_journal_entry_object", "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    # People are named by number, so that this package stays below theirs; nobody for what a command did.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    # What was done, by code: `activity.published`, `report.filed`, `person.signed_in`.
    act: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[int | None]
    # A sentence or a few words more, for people: a reason, the fields that changed.
    detail: Mapped[str] = mapped_column(default="")


def number_of(thing: Model) -> int:
    """Return the number under which the database knows an object."""
    (number,) = inspect(thing).identity or (None,)
    if number is None:
        raise ValueError("the journal tells of what the database knows: flush first")
    return int(number)
