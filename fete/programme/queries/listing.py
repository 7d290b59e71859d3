"""The programme as the public reads it: pages of activities under their days, and one activity whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from fete.core.clock import to_paris
from fete.core.db import db
from fete.core.pagination import PAGE_SIZE, Page, page_number
from fete.core.text import asked_words
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.models import Activity, CoOrganiser, Slot, Venue
from fete.programme.queries.catalogue import catalogue_of, remembered, rows_of, said
from fete.programme.rules.around import first_for_all
from fete.programme.rules.catalogue import Ranked, Ranking, ranked, welcomes_schools
from fete.programme.rules.filters import Filters
from fete.programme.workflow import SlotState

_DEPARTEMENT = joinedload(Venue.commune).joinedload(Commune.departement)
_PLACE = joinedload(Activity.venue).options(_DEPARTEMENT)
_SITES = selectinload(Activity.sites).options(_DEPARTEMENT)
_SLOTS = selectinload(Activity.slots).joinedload(Slot.venue).options(_DEPARTEMENT)
_CONTAINER = joinedload(Activity.parent)
_CARD: tuple[ExecutableOption, ...] = (
    joinedload(Activity.kind),
    joinedload(Activity.organisation),
    selectinload(Activity.co_organisers).joinedload(CoOrganiser.organisation),
    _PLACE,
    _SITES,
    _CONTAINER.options(_PLACE, _SITES, _SLOTS),
    joinedload(Activity.picture),
    _CONTAINER.joinedload(Activity.kind),
    selectinload(Activity.terms),
    _SLOTS,
)
_WHOLE: tuple[ExecutableOption, ...] = (
    *_CARD,
    joinedload(Activity.edition),
    joinedload(Activity.organisation).joinedload(Organisation.commune),
    selectinload(Activity.children).options(
        joinedload(Activity.kind), joinedload(Activity.organisation), selectinload(Activity.slots)
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An activity of the list under the day of its next slot, with the slots of that day and its other days."""

    activity: Activity
    day: date
    is_over: bool
    slots: tuple[Slot, ...]
    other_days: tuple[date, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """What stands under one day of the list."""

    day: date
    is_over: bool
    listed: tuple[Listed, ...]


def page_of_programme(filters: Filters, *, now: datetime, number: int = 1) -> Page[Listed]:
    """Return a page of the activities asked for, each once, by its next slot; those that are over come last.

    A slot that will not take place is next only when no other is. What is looked for by words comes by how much of
    its title they are.
    """
    found = _ranked(filters, now)
    number = page_number(number, len(found))
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return Page(rows=_shown(shown, filters, now), number=number, total=len(found))


def next_of_programme(edition_id: int, *, now: datetime, most: int) -> list[Listed]:
    """Return the first activities of an edition that everybody may come to from now on."""
    found = [
        Ranked(number=each.entry.number, starts_at=each.time.starts_at, is_over=False)
        for each in first_for_all(catalogue_of(edition_id), now, most=most)
    ]
    return _shown(found, Filters(edition_id=edition_id, with_cancelled=False), now)


def count_of(filters: Filters) -> int:
    """Return how many activities are asked for."""
    return catalogue_of(filters.edition_id).entries_among(rows_of(filters))


def _ranked(filters: Filters, now: datetime) -> Sequence[Ranked]:
    """Return the activities asked for in the order of the list, reckoned anew only when one of their slots ended."""
    known = remembered(("ranked", filters), _Latest)
    if known.ranking is None or not known.ranking.since <= now < known.ranking.until:
        words = asked_words(filters.text) if filters.text else ()
        known.ranking = ranked(
            catalogue_of(filters.edition_id),
            rows_of(filters),
            now,
            words=words,
            there=said(filters).there,
        )
    return known.ranking.found


@dataclass(slots=True)
class _Latest:
    ranking: Ranking | None = None


def by_day(listed: Sequence[Listed]) -> list[Day]:
    """Return the activities of a page under their days, in the order of the page."""
    return [
        Day(day=day, is_over=is_over, listed=tuple(group))
        for (is_over, day), group in groupby(listed, key=lambda each: (each.is_over, each.day))
    ]


def find_shown(activity_id: int) -> Activity | None:
    """Return an activity with all that its public page shows, whatever its status."""
    return db.session.scalar(
        select(Activity)
        .where(Activity.id == activity_id)
        .options(*_WHOLE)
        .execution_options(populate_existing=True)
    )


def _shown(found: Sequence[Ranked], filters: Filters, now: datetime) -> list[Listed]:
    activities = with_cards([each.number for each in found])
    return [
        _listed(activities[each.number], each.starts_at, filters, now=now, is_over=each.is_over)
        for each in found
    ]


def with_cards(numbers: Sequence[int]) -> dict[int, Activity]:
    """Return the activities of these numbers with all that a card shows, by number, whatever their status."""
    statement = select(Activity).where(Activity.id.in_(numbers)).options(*_CARD)
    return {activity.id: activity for activity in db.session.scalars(statement)}


def _listed(
    activity: Activity, starts_at: datetime, filters: Filters, *, now: datetime, is_over: bool
) -> Listed:
    # What began before the first day asked for, or before today, is still on: it stands under that day.
    earliest = [to_paris(starts_at).date()]
    earliest += [filters.first] if filters.first else []
    earliest += [] if is_over else [to_paris(now).date()]
    day = max(earliest)
    slots = [
        slot
        for slot in activity.times
        if (filters.with_cancelled or slot.state is not SlotState.CANCELLED)
        and (
            not filters.for_schools
            or welcomes_schools(slot.audience, for_schools=activity.for_schools, day=slot.day)
        )
    ]
    there = tuple(
        slot
        for slot in slots
        if slot.day <= day <= slot.last_day and (is_over or slot.ends_at > now)
    )
    others = {slot.day for slot in slots if slot not in there and (is_over or slot.ends_at > now)}
    return Listed(
        activity=activity,
        day=day,
        is_over=is_over,
        slots=there,
        other_days=tuple(sorted(others - {day})),
    )
