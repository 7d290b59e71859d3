"""The programme at a glance, for the home page; how the database is; what the pages of the site are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from fete.core.clock import to_paris
from fete.core.db import db, is_migrated
from fete.network.queries import listed_names
from fete.pages.rules import Days, Phase, phase_of, rest_of_weekend, shades
from fete.programme.models import Activity, Edition
from fete.programme.queries.facets import Facets, facets
from fete.programme.queries.hosts import Host, largest_hosts
from fete.programme.queries.listing import Listed, count_of, next_of_programme
from fete.programme.queries.search import is_published
from fete.programme.rules.filters import Filters

MOST_NEXT, MOST_TOWNS = 4, 8


class DatabaseState(StrEnum):
    """How the database is."""

    OK = "ok"
    OUTDATED = "outdated"
    UNREACHABLE = "unreachable"


def database_state() -> DatabaseState:
    """Return whether the database answers and has every migration."""
    try:
        db.session.execute(select(1)).one()
        return DatabaseState.OK if is_migrated() else DatabaseState.OUTDATED
    except SQLAlchemyError:
        db.session.rollback()
        return DatabaseState.UNREACHABLE


@dataclass(frozen=True, kw_only=True, slots=True)
class Some:
    """Some days of an edition, and how many activities they have."""

    days: Days
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Glance:
    """An edition as the home page shows it on a day: what is next, and how many activities there are, by what."""

    edition: Edition
    phase: Phase
    count: int
    for_schools: int
    # While it runs only.
    today: Some | None
    weekend: Some | None
    coming: Sequence[Listed]
    towns: Sequence[Host]
    counted: Facets
    # How dark each département is on the map, by code.
    shades: Mapping[str, int]


def glance_at(edition: Edition, *, at: datetime) -> Glance:
    """Return what there is to say of an edition at a moment."""
    today, filters = to_paris(at).date(), Filters(edition_id=edition.id)
    days = Days(first=edition.starts_on, last=edition.ends_on)
    phase, weekend = phase_of(days, today), rest_of_weekend(days, today)
    counted = facets(filters, edition)

    def some(days: Days | None) -> Some | None:
        if days is None or phase is not Phase.RUNNING:
            return None
        asked = replace(filters, first=days.first, last=days.last)
        return Some(days=days, count=count_of(asked))

    return Glance(
        edition=edition,
        phase=phase,
        count=count_of(filters),
        for_schools=count_of(replace(filters, for_schools=True)),
        today=some(Days(first=today, last=today)),
        weekend=some(weekend),
        coming=next_of_programme(edition.id, now=at, most=MOST_NEXT),
        towns=largest_hosts(edition.id, most=MOST_TOWNS),
        counted=counted,
        shades=shades({value.code: value.count for value in counted.departements}),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A structure or an activity that has a page, with when it last changed, where that is known."""

    id: int
    name: str
    changed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """How many structures and activities have a page, and when each edition last changed, by its number."""

    structures: int
    activities: int
    changed_at: dict[int, datetime]


def extent() -> Extent:
    """Return how much the public may read: two questions, whatever there is."""
    by_edition = db.session.execute(
        select(Activity.edition_id, func.count(), func.max(Activity.changed_at))
        .where(is_published())
        .group_by(Activity.edition_id)
    ).all()
    return Extent(
        structures=db.session.scalar(
            select(func.count()).select_from(listed_names().order_by(None).subquery())
        )
        or 0,
        activities=sum(count for _edition, count, _at in by_edition),
        changed_at={edition: at for edition, _count, at in by_edition},
    )


def shown_structures(*, offset: int, limit: int) -> Sequence[Shown]:
    """Return some of the structures that have a page, in the order of numbers."""
    found = db.session.execute(listed_names().offset(offset).limit(limit))
    return [Shown(id=number, name=name) for number, name in found]


def shown_activities(*, offset: int, limit: int) -> Sequence[Shown]:
    """Return some of the activities that have a page, in the order of numbers."""
    statement = (
        select(Activity.id, Activity.title, Activity.changed_at)
        .where(is_published())
        .order_by(Activity.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        Shown(id=number, name=title, changed_at=at)
        for number, title, at in db.session.execute(statement)
    ]
