"""Read an edition as lines: one a published activity, with its report as it stands or as it was known on a day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from fete.core.clock import to_paris
from fete.core.db import db
from fete.figures.arithmetic import Line, Session
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.models import Activity, Edition, Slot, Venue, activity_site, activity_term
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import Counts
from fete.reports.models import Report, ReportVersion, SessionCount
from fete.vocabulary.models import Term, TermList

_FIGURES = tuple(each.name for each in fields(Counts))
_NOT_HELD = (SlotState.CANCELLED, SlotState.POSTPONED)
# How long one stays where one comes and goes as one likes.
_VISIT = 60  # minutes
_NO_TERMS: Mapping[TermList, tuple[str, ...]] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hours:
    """When an activity is held: the day of each session that was not called off, and how long a visit lasts."""

    days: tuple[str, ...]
    minutes: int
    # When the last session ends, called off or not: its report is due from then on.
    ends_at: datetime


def lines_of(
    *editions: Edition,
    at: datetime,
    known_on: datetime | None = None,
    only: Collection[int] | None = None,
) -> list[Line]:
    """Return one line for each published activity of these editions, in the order of their numbers; or for some `only`.

    With `known_on`, reports are told as they stood then; the programme is told as it stands.
    """
    those: ColumnElement[bool] = Activity.edition_id.in_([edition.id for edition in editions])
    around = those
    if only is not None:
        those = and_(those, Activity.id.in_(only))
        # A stand may have its hours and its place from its container.
        own, containers = select(Activity.id).where(those), select(Activity.parent_id).where(those)
        around = Activity.id.in_(union_all(own, containers))
    # Of a day that is not over, what is still to come is not known.
    moment = at if known_on is None else min(at, known_on)
    hours, terms, places = _hours_where(around), _terms_where(those), _places_where(around)
    sessions = _sessions_where(those)
    return [
        _line(
            row,
            hours=hours.get(row.id) or _in_container(hours.get(row.parent_id)),
            terms=terms.get(row.id, _NO_TERMS),
            stops=places.stops_of(row, has_hours=row.id in hours),
            sessions=sessions.get(row.id, ()),
            at=moment,
        )
        for row in db.session.execute(_lines_statement(those, known_on=known_on))
    ]


def _in_container(hours: _Hours | None) -> _Hours | None:
    """Return the hours of what has none of its own: those of its container, where one comes and goes as one likes."""
    return replace(hours, minutes=_VISIT) if hours is not None else None


def _line(
    row: Row[Any],
    *,
    hours: _Hours | None,
    terms: Mapping[TermList, tuple[str, ...]],
    stops: tuple[tuple[str, str], ...],
    sessions: tuple[Session, ...],
    at: datetime,
) -> Line:
    return Line(
        activity_id=row.id,
        edition_id=row.edition_id,
        parent_id=row.parent_id,
        organisation_id=row.organisation_id,
        kind=row.kind,
        is_container=bool(row.is_container),
        is_lab_open_day=bool(row.is_lab_open_day),
        counts_apart=bool(row.counts_apart),
        commune=row.commune,
        departement=row.departement,
        stops=stops,
        family=row.family,
        themes=terms.get(TermList.THEME, ()),
        audiences=terms.get(TermList.AUDIENCE, ()),
        levels=terms.get(TermList.LEVEL, ()),
        days=hours.days if hours else (),
        minutes=_VISIT if row.is_container else hours.minutes if hours else 0,
        is_due=hours is not None and hours.ends_at <= at,
        status=row.status,
        method=row.method,
        counts=_counts(row),
        sessions=sessions,
    )


def _counts(row: Row[*tuple[Any, ...]]) -> Counts:
    return Counts(**{name: getattr(row, name) for name in _FIGURES})


def _lines_statement(
    condition: ColumnElement[bool], *, known_on: datetime | None
) -> Select[*tuple[Any, ...]]:
    container, its_venue, seat, place, family = _aliases()
    told, of_activity = (Report, Report.activity_id) if known_on is None else _known_on(known_on)
    return (
        select(
            Activity.id,
            Activity.edition_id,
            Activity.parent_id,
            Activity.organisation_id,
            Term.code.label("kind"),
            Term.is_container,
            Term.is_lab_open_day,
            Term.counts_apart,
            family.code.label("family"),
            place.code.label("commune"),
            Activity.venue_id.is_not(None).label("has_place"),
            func.coalesce(place.departement_code, seat.departement_code).label("departement"),
            told.status,
            told.method,
            *(getattr(told, name) for name in _FIGURES),
        )
        .join(Activity.organisation)
        .outerjoin(seat, seat.code == Organisation.commune_code)
        .outerjoin(family, family.id == Organisation.family_id)
        .outerjoin(Activity.kind)
        .outerjoin(Venue, Venue.id == Activity.venue_id)
        .outerjoin(container, container.id == Activity.parent_id)
        .outerjoin(its_venue, its_venue.id == container.venue_id)
        .outerjoin(place, place.code == func.coalesce(Venue.commune_code, its_venue.commune_code))
        .outerjoin(told, of_activity == Activity.id)
        .where(condition, Activity.status == Status.PUBLISHED)
        .order_by(Activity.id)
    )


@cache
def _aliases() -> tuple[type[Activity], type[Venue], type[Commune], type[Commune], type[Term]]:
    """Return the other rows that a line is read from, named once: naming them costs more than reading a line."""
    return (
        aliased(Activity, name="container"),
        aliased(Venue, name="its_venue"),
        aliased(Commune, name="seat"),
        aliased(Commune, name="place"),
        aliased(Term, name="family"),
    )


def _known_on(moment: datetime) -> tuple[Any, Any]:
    """Return the reports as they stood at a moment, and the activity of each."""
    latest = (
        select(ReportVersion.report_id, func.max(ReportVersion.version).label("version"))
        .where(ReportVersion.at <= moment)
        .group_by(ReportVersion.report_id)
        .subquery()
    )
    known = (
        select(Report.activity_id.label("of_activity"), ReportVersion)
        .join(Report, Report.id == ReportVersion.report_id)
        .join(
            latest,
            (latest.c.report_id == ReportVersion.report_id)
            & (latest.c.version == ReportVersion.version),
        )
        .subquery()
    )
    return aliased(ReportVersion, known), known.c.of_activity


def _hours_where(condition: ColumnElement[bool]) -> dict[int, _Hours]:
    """Return the hours of each activity that has its own; those of the others are their container's."""
    statement = (
        select(Slot.activity_id, Slot.starts_at, Slot.ends_at, Slot.is_opening, Slot.state)
        # Also of what is not published: a stand may have its hours from a village that is not.
        .join(Slot.activity)
        .where(condition)
        .order_by(Slot.activity_id, Slot.starts_at, Slot.id)
    )
    slots: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    for row in db.session.execute(statement):
        slots.setdefault(row.activity_id, []).append(row)
    return {activity_id: _hours(rows) for activity_id, rows in slots.items()}


def _hours(rows: Sequence[Row[*tuple[Any, ...]]]) -> _Hours:
    held = [row for row in rows if row.state not in _NOT_HELD]
    visits = [_length(row) for row in held]
    return _Hours(
        days=tuple(_day(row) for row in held),
        minutes=round(sum(visits) / len(visits)) if visits else 0,
        ends_at=max(row.ends_at for row in rows),
    )


def _length(row: Row[*tuple[Any, ...]]) -> int:
    """Return how long a visit to a session lasts, in minutes."""
    return _VISIT if row.is_opening else round((row.ends_at - row.starts_at).total_seconds() / 60)


def _day(row: Row[*tuple[Any, ...]]) -> str:
    return to_paris(row.starts_at).date().isoformat()


def _sessions_where(condition: ColumnElement[bool]) -> dict[int, tuple[Session, ...]]:
    statement = (
        select(
            Report.activity_id,
            Slot.starts_at,
            Slot.ends_at,
            # In a container one comes and goes as one likes.
            or_(
                Slot.is_opening,
                Slot.activity_id != Report.activity_id,
                func.coalesce(Term.is_container, false()),
            ).label("is_opening"),
            SessionCount.public,
            SessionCount.pupils,
            SessionCount.adults,
        )
        .join(SessionCount.report)
        .join(SessionCount.slot)
        .join(Report.activity)
        .outerjoin(Activity.kind)
        .where(condition, Activity.status == Status.PUBLISHED)
        .order_by(Slot.starts_at, Slot.id)
    )
    sessions: dict[int, tuple[Session, ...]] = {}
    for row in db.session.execute(statement):
        told = Session(
            day=_day(row),
            minutes=_length(row),
            public=row.public or 0,
            pupils=row.pupils or 0,
            adults=row.adults or 0,
        )
        sessions[row.activity_id] = (*sessions.get(row.activity_id, ()), told)
    return sessions


def _terms_where(
    condition: ColumnElement[bool],
) -> dict[int, dict[TermList, tuple[str, ...]]]:
    statement = (
        select(activity_term.c.activity_id, Term.list, Term.code)
        .join(Term, Term.id == activity_term.c.term_id)
        .join(Activity, Activity.id == activity_term.c.activity_id)
        .where(
            Term.list.in_((TermList.THEME, TermList.AUDIENCE, TermList.LEVEL)),
            condition,
            Activity.status == Status.PUBLISHED,
        )
        .order_by(activity_term.c.activity_id, Term.position, Term.code)
    )
    terms: dict[int, dict[TermList, tuple[str, ...]]] = {}
    for activity_id, of, code in db.session.execute(statement):
        lists = terms.setdefault(activity_id, {})
        lists[of] = (*lists.get(of, ()), code)
    return terms


@dataclass(frozen=True, kw_only=True, slots=True)
class _Places:
    """Where activities are held beside their own place, by their number: a commune and its département each time."""

    named: Mapping[int, set[tuple[str, str]]]
    sites: Mapping[int, set[tuple[str, str]]]
    # Those that name a place for some sessions, and hold others where they are.
    partly_at_home: frozenset[int]

    def stops_of(self, row: Row[Any], *, has_hours: bool) -> tuple[tuple[str, str], ...]:
        """Return the communes of the sessions of an activity, as `Activity.places` has them; none for the usual one."""
        follows = not row.has_place and row.parent_id is not None
        timed_by = row.id if has_hours else row.parent_id
        named = self.named.get(timed_by, set()) if has_hours or follows else set()
        sites = self.sites.get(row.parent_id if follows else row.id, set())
        if not named and not sites:
            return ()
        at_home = not named or timed_by in self.partly_at_home
        home = {(row.commune, row.departement)} if row.commune is not None else set()
        return tuple(sorted(named | home | sites if at_home else named))


def _places_where(condition: ColumnElement[bool]) -> _Places:
    """Return the places that sessions name, and the sites, in one reading: few activities have any."""
    inside = select(Activity.id).where(condition)
    travelling = select(Slot.activity_id).where(
        Slot.venue_id.is_not(None), Slot.activity_id.in_(inside)
    )
    statement = union_all(
        select(Slot.activity_id, Commune.code, Commune.departement_code, false().label("is_site"))
        .outerjoin(Slot.venue)
        .outerjoin(Venue.commune)
        .where(
            Slot.activity_id.in_(inside),
            Slot.activity_id.in_(travelling),
            Slot.state.not_in(_NOT_HELD),
        ),
        select(activity_site.c.activity_id, Commune.code, Commune.departement_code, true())
        .join(Venue, Venue.id == activity_site.c.venue_id)
        .join(Venue.commune)
        .where(activity_site.c.activity_id.in_(inside)),
    )
    named: dict[int, set[tuple[str, str]]] = {}
    sites: dict[int, set[tuple[str, str]]] = {}
    at_home = set()
    for activity_id, commune, departement, is_site in db.session.execute(statement):
        if commune is None:
            at_home.add(activity_id)
        else:
            places = sites if is_site else named
            places.setdefault(activity_id, set()).add((commune, departement))
    return _Places(named=named, sites=sites, partly_at_home=frozenset(at_home))
