"""Find what the coordination wrote to groups."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from fete.accounts.models import User
from fete.accounts.policies import is_regional
from fete.core.db import db
from fete.programme.models import Circular


def find_circular(circular_id: int) -> Circular | None:
    """Return a letter to a group with who wrote it."""
    return db.session.scalar(
        select(Circular).where(Circular.id == circular_id).options(joinedload(Circular.by))
    )


def circular_sent_by(form_key: str) -> Circular | None:
    """Return the letter that a form has sent already."""
    return db.session.scalar(select(Circular).where(Circular.form_key == form_key))


def circulars_for(user: User) -> Select[Circular]:
    """Return the letters to groups that the person may read again, the latest first: all for the region, else theirs."""
    statement = (
        select(Circular)
        .options(joinedload(Circular.by).lazyload(User.roles))
        .order_by(Circular.at.desc(), Circular.id.desc())
    )
    return statement if is_regional(user) else statement.where(Circular.by_id == user.id)
