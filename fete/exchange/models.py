"""What came from outside: the files taken in, and the outside number of each activity."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fete.core.db import Model
from fete.programme.models import Activity


class ImportRun(Model):
    """A file taken in: its digest and what it did."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    filename: Mapped[str]
    digest: Mapped[str]
    created: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]


class SourceLink(Model):
    """Under which number an activity is known outside, so that taking it in again finds it."""

    __tablename__ = "source_link"
    __table_args__ = (UniqueConstraint("edition_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    reference: Mapped[str]
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), index=True
    )
    # The digest of the row as it was last taken in.
    digest: Mapped[str]

    activity: Mapped[Activity] = relationship()
