"""The bytes of each slot at one revision, so that a feed is a join and not a rendering."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from fete.core.db import Model


class Fragment(Model):
    """One VEVENT as it stood at a revision of its slot."""

    __tablename__ = "fragment"

    slot_id: Mapped[int] = mapped_column(
        ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True
    )
    revision: Mapped[int]
    # What wrote it: another writer, or another public address, makes it old.
    writer: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
