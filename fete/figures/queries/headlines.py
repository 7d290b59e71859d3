"""What was published elsewhere about an edition, beside what is counted here."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from fete.core.db import db
from fete.figures.models import Headline, Nature


def headlines_of(year: int) -> Sequence[Headline]:
    """Return what was published elsewhere about a year."""
    return db.session.scalars(_headlines().where(Headline.year == year)).all()


def headlines() -> Sequence[Headline]:
    """Return everything that was published elsewhere, the latest year first."""
    return db.session.scalars(_headlines()).all()


def _headlines() -> Select[Headline]:
    # Results before announcements.
    is_announced = Headline.nature == Nature.ANNOUNCED
    return select(Headline).order_by(
        Headline.year.desc(), is_announced, Headline.scope, Headline.id
    )
