"""Say that a coordinator has an activity before their eyes."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from fete.accounts.models import User
from fete.core.db import db, upsert_rows
from fete.programme.models import Activity, Reading
from fete.programme.queries.review import READ_FOR

# How often it is written anew while they go on reading.
NOTE_EVERY = timedelta(minutes=1)


def note_reading(activity: Activity, *, by: User, at: datetime) -> None:
    """Let others see that the person reads the activity from now on; what they read long ago is forgotten."""
    db.session.execute(
        delete(Reading).where(Reading.person_id == by.id, Reading.at <= at - READ_FOR)
    )
    upsert_rows(
        Reading,
        [{"activity_id": activity.id, "person_id": by.id, "at": at}],
        key=("activity_id", "person_id"),
    )
