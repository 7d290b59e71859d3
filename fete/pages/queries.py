"""The programme at a glance, for the home page; and how the database is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from fete.core.clock import to_paris
from fete.core.db import db, is_migrated
from fete.pages.rules import Days, Phase, phase_of, rest_of_weekend, shades
from fete.programme.models import Edition
from fete.programme.queries.facets import Facets, facets
from fete.programme.queries.hosts import Host, largest_hosts
from fete.programme.queries.listing import Listed, count_of, next_of_programme
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
