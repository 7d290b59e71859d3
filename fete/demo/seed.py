"""Fill an empty database with three made-up editions, the same ones each time."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select

from fete.core.clock import from_paris, to_paris
from fete.core.db import db
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.demo import coming, people, recent, story, territory, writing
from fete.demo.hosts import Network
from fete.demo.past import fill_past
from fete.demo.timetable import coming_year
from fete.exchange.plan import Progress
from fete.figures.services import load_headlines
from fete.programme.models import Activity, Edition

# What `progress` is told of in all, more or less: activities declared and reports gathered.
LENGTH = 600 + 2 * recent.ACTIVITIES + 210


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """What a demonstration holds: the years of its editions and how many activities each has, in order."""

    activities: Mapping[int, int]


def is_empty() -> bool:
    """Whether nothing was begun here: no edition, no activity."""
    return not any(
        db.session.scalar(select(func.count()).select_from(model)) for model in (Edition, Activity)
    )


def fill(*, at: datetime, progress: Progress = lambda _count: None) -> Filled:
    """Fill the database in the caller's transaction; raise `RuleBrokenError` unless it is empty.

    Two databases filled on the same day hold the same activities, slots, names of slots and figures.
    """
    if not is_empty():
        raise RuleBrokenError(
            _(
                "Cette base contient déjà des éditions ou des activités\u00a0: la démonstration ne se charge "
                "que dans une base vide."
            )
        )
    known = territory.communes_by_departement()
    if not known:
        raise RuleBrokenError(
            _("Les communes manquent\u00a0: lancez d’abord «\u00a0fete reference load\u00a0».")
        )
    today = to_paris(at).date()
    year = coming_year(today)
    letters = people.latest_letter()
    load_headlines()
    persons = people.open_accounts(at=_morning(date(year - 1, 1, 5)))
    cast = story.found_association(persons, known, at=_morning(date(year - 1, 1, 12)))
    network = Network(random.Random("fete"), known, reserved=story.reserved_names())  # noqa: S311  # the same each time
    themes = _themes()
    first = fill_past(network, known, cast, progress=progress)
    held = recent.fill_recent(
        year - 1,
        network,
        known,
        cast,
        theme=themes[(year - 1) % len(themes)],
        before=first,
        today=today,
        progress=progress,
    )
    coming.fill_coming(
        year,
        network,
        known,
        cast,
        theme=themes[year % len(themes)],
        before=held[0],
        today=today,
        progress=progress,
    )
    people.put_letters_away(after=letters)
    return Filled(activities=_activities_by_year())


def _themes() -> list[str]:
    """Return the themes of the editions, without the sentence that explains each."""
    return [theme.split("\u00a0:")[0] for theme in writing.edition_themes()]


def _activities_by_year() -> dict[int, int]:
    db.session.flush()
    statement = (
        select(Edition.year, func.count())
        .join(Activity, Activity.edition_id == Edition.id)
        .group_by(Edition.year)
        .order_by(Edition.year)
    )
    return {year: count for year, count in db.session.execute(statement)}  # noqa: C416  # rows are no pairs to the type checker


def _morning(day: date) -> datetime:
    return from_paris(day, time(10))
