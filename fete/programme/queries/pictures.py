"""Find pictures by the key under which their files stand."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fete.core.db import db
from fete.network.models import Organisation
from fete.programme.models import Activity, Picture


def find_picture(key: str) -> Picture | None:
    """Return a picture with what tells who may see it."""
    activity = joinedload(Picture.activity, innerjoin=True)
    return db.session.scalar(
        select(Picture)
        .where(Picture.key == key)
        .options(
            activity.joinedload(Activity.edition),
            activity.joinedload(Activity.organisation).selectinload(Organisation.memberships),
        )
    )


def keys_in_use() -> frozenset[str]:
    """Return the keys of every picture."""
    return frozenset(db.session.scalars(select(Picture.key)))
