"""Outgoing letters and their fate."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fete.core.db import Model


class Letter(Model):
    """A letter written in the transaction of what it tells, and sent after it."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    written_at: Mapped[datetime]
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    to_address: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str] = mapped_column(default="")
    # Sent, or to be tried again at this time; given up when neither is set.
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    try_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(default="")
