"""How the public programme stands: what is kept in memory of it holds as long as this does."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from fete.core.db import Model


class Standing(Model):
    """One row, written anew by every transaction that changes what the public may see."""

    __tablename__ = "standing"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Drawn at random each time: no two states of the programme ever share one.
    token: Mapped[str] = mapped_column(default="", server_default="")
    # The same, drawn too when something is told of an activity once it is over: its figures change, not the programme.
    latest: Mapped[str] = mapped_column(default="", server_default="")


class StandingChange(Model):
    """What changed under each `latest` token: the last hundreds are kept, for whoever follows from one to the next."""

    __tablename__ = "standing_change"

    # They rise in the order in which the transactions ended.
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    # Under the names of their tables, the numbers of the activities, structures and places.
    numbers: Mapped[dict[str, Any]]
    # Something that is shown with any of them, or more than is worth naming.
    is_all: Mapped[bool]
