"""How the public programme stands: what is kept in memory of it holds as long as this does."""

from sqlalchemy.orm import Mapped, mapped_column

from fete.core.db import Model


class Standing(Model):
    """One row, written anew by every transaction that changes what the public may see."""

    __tablename__ = "standing"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Drawn at random each time: no two states of the programme ever share one.
    token: Mapped[str]
