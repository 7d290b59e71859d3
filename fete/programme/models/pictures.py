"""The picture of an activity: where its files are kept, and what is said of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.core.db import Model
from fete.core.imaging import LARGE, SMALL, fitted
from fete.programme.models.activities import Activity

ALTERNATIVE_LENGTH = 255
CREDIT_LENGTH = 255


class Picture(Model):
    """A picture, re-encoded by us in two sizes under one key of the store."""

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), unique=True
    )
    # Drawn anew with each picture: what is under an address never changes.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    alternative: Mapped[str] = mapped_column(String(ALTERNATIVE_LENGTH), default="")
    credit: Mapped[str] = mapped_column(String(CREDIT_LENGTH), default="")
    # Of the larger size, in pixels.
    width: Mapped[int]
    height: Mapped[int]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship(back_populates="picture")

    @property
    def files(self) -> dict[int, str]:
        """The names of its files in the store, by size."""
        return {size: f"{self.key}-{size}.webp" for size in (LARGE, SMALL)}

    @property
    def small_size(self) -> tuple[int, int]:
        """The width and height of its smaller size, in pixels."""
        return fitted(self.width, self.height, SMALL)
