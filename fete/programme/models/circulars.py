"""What the coordination wrote to a whole group."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.accounts.models import User
from fete.core.db import Model

SUBJECT_LENGTH = 140


class Circular(Model):
    """A letter to a group: its words, whom it was for, how many received it; each got a letter of their own."""

    __tablename__ = "circular"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Drawn when the empty form is shown, so that sending it twice writes once.
    form_key: Mapped[str] = mapped_column(String(36), unique=True)
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    text: Mapped[str] = mapped_column(Text)
    # The group in words, as it was chosen.
    audience: Mapped[str] = mapped_column(Text, default="")
    recipients: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    by: Mapped[User | None] = relationship()
