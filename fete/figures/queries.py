"""Count an edition: its lines in two readings, its totals and their parts, and what was published elsewhere."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, false, func, select, true, union_all
from sqlalchemy.orm import aliased

from fete.core.clock import now
from fete.core.db import db
from fete.figures.arithmetic import (
    Line,
    Totals,
    breakdown,
    by_edition,
    by_kind,
    by_theme,
    departement_parts,
    totals,
)
from fete.figures.models import Headline, Nature
from fete.geography.models import Commune, Departement
from fete.network.models import Organisation
from fete.programme.models import (
    Activity,
    Edition,
    EditionState,
    Slot,
    Venue,
    activity_site,
    activity_term,
)
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import Counts, Outcome
from fete.reports.models import Report
from fete.reports.workflow import ReportStatus
from fete.vocabulary.models import Term, TermList

_FIGURES = (
    "outcome",
    "public",
    "pupils",
    "adults",
    "online",
    "researchers",
    "mediators",
    "volunteers",
    "others",
)
_NOT_HELD = (SlotState.CANCELLED, SlotState.POSTPONED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One line of a breakdown: a code, and nothing for what has none; what it is called; its figures."""

    code: str | None
    label: str
    totals: Totals


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionFigures:
    """The figures of an edition and their parts."""

    edition: Edition
    totals: Totals
    departements: Sequence[Part]
    kinds: Sequence[Part]
    themes: Sequence[Part]

    @property
    def breakdowns(self) -> dict[str, Sequence[Part]]:
        """The parts under the names of the breakdowns."""
        return {"departement": self.departements, "kind": self.kinds, "theme": self.themes}


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionTotals:
    """The totals of one edition."""

    edition: Edition
    totals: Totals


def lines_of(*editions: Edition, at: datetime, with_themes: bool = True) -> list[Line]:
    """Return one line for each published activity of these editions, in the order of their numbers."""
    numbers = [edition.id for edition in editions]
    themes = _themes_of(numbers) if with_themes else {}
    places = _places_of(numbers)
    return [
        _line(row, themes.get(row.id, ()), places, at=at)
        for row in db.session.execute(_lines_statement(numbers))
    ]


def totals_of(edition: Edition, *, at: datetime | None = None) -> Totals:
    """Return the figures of an edition as they stand."""
    return totals(lines_of(edition, at=at or now(), with_themes=False))


def figures_of(edition: Edition, *, region: str, at: datetime) -> EditionFigures:
    """Return the figures of an edition with their parts: every département of the region, kinds and themes in use."""
    lines = lines_of(edition, at=at)
    departements = departement_parts(lines)
    return EditionFigures(
        edition=edition,
        totals=totals(lines),
        departements=_departement_parts(departements, region=region),
        kinds=_term_parts(TermList.KIND, breakdown(lines, by_kind)),
        themes=_term_parts(TermList.THEME, breakdown(lines, by_theme)),
    )


def totals_by_edition(editions: Sequence[Edition], *, at: datetime) -> list[EditionTotals]:
    """Return the figures of several editions side by side, in their order."""
    parts = breakdown(lines_of(*editions, at=at, with_themes=False), by_edition)
    return [
        EditionTotals(edition=edition, totals=parts.get(edition.id, Totals()))
        for edition in editions
    ]


def latest_figures(*, at: datetime | None = None) -> EditionTotals | None:
    """Return the totals of the latest edition that has a validated report; nothing when none has."""
    edition = db.session.scalar(
        select(Edition)
        .where(
            Edition.state != EditionState.PREPARED,
            Edition.id.in_(
                select(Activity.edition_id)
                .join(Report, Report.activity_id == Activity.id)
                .where(Activity.status == Status.PUBLISHED, Report.status == ReportStatus.VALIDATED)
            ),
        )
        .order_by(Edition.year.desc())
        .limit(1)
    )
    if edition is None:
        return None
    return EditionTotals(edition=edition, totals=totals_of(edition, at=at))


def held_activities(edition: Edition) -> frozenset[int]:
    """Return the numbers of the activities of an edition that were held, in full or in part, by a validated report."""
    statement = (
        select(Report.activity_id)
        .join(Report.activity)
        .where(
            Activity.edition_id == edition.id,
            Activity.status == Status.PUBLISHED,
            Report.status == ReportStatus.VALIDATED,
            Report.outcome.in_([each for each in Outcome if Counts(outcome=each).took_place]),
        )
        .order_by(Report.activity_id)
    )
    return frozenset(db.session.scalars(statement))


def headlines_of(year: int) -> Sequence[Headline]:
    """Return what was published elsewhere about a year."""
    return db.session.scalars(_headlines().where(Headline.year == year)).all()


def headlines() -> Sequence[Headline]:
    """Return everything that was published elsewhere, the latest year first."""
    return db.session.scalars(_headlines()).all()


def signature_of(editions: Sequence[Edition], *, at: datetime) -> str:
    """Return what changes whenever the figures of these editions may: a few sums instead of a count.

    Versions and revisions only rise, and a slot that ends makes a report due.
    """
    numbers = [edition.id for edition in editions]
    published = (Activity.edition_id.in_(numbers), Activity.status == Status.PUBLISHED)
    parts: list[object] = [(each.id, each.version, each.state.value) for each in editions]
    statements: list[Select[*tuple[Any, ...]]] = [
        select(
            func.count(),
            func.max(Activity.changed_at),
            func.sum(Activity.version),
            func.sum(Activity.id),
            func.sum(Organisation.version),
        )
        .join(Activity.organisation)
        .where(*published),
        select(func.count(), func.sum(Report.version), func.sum(Report.id))
        .join(Report.activity)
        .where(*published),
        select(func.count(), func.sum(Slot.revision))
        .join(Slot.activity)
        .where(*published, Slot.ends_at <= at),
        select(
            func.count(), func.sum(Headline.value), func.sum(Headline.year), func.max(Headline.id)
        ),
        select(
            Term.list,
            Term.code,
            Term.label_fr,
            Term.label_en,
            Term.position,
            Term.is_container,
            Term.is_lab_open_day,
            Term.counts_apart,
        )
        .where(Term.list.in_((TermList.KIND, TermList.THEME)))
        .order_by(Term.id),
    ]
    parts += [tuple(row) for each in statements for row in db.session.execute(each)]
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _headlines() -> Select[Headline]:
    # Results before announcements.
    is_announced = Headline.nature == Nature.ANNOUNCED
    return select(Headline).order_by(
        Headline.year.desc(), is_announced, Headline.scope, Headline.id
    )


def _lines_statement(edition_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    container, its_venue = aliased(Activity), aliased(Venue)
    seat, place = aliased(Commune), aliased(Commune)
    last = (
        select(Slot.activity_id, func.max(Slot.ends_at).label("ends_at"))
        .join(Slot.activity)
        .where(Activity.edition_id.in_(edition_ids))
        .group_by(Slot.activity_id)
        .subquery()
    )
    last_of_container = last.alias()
    return (
        select(
            Activity.id,
            Activity.edition_id,
            Activity.parent_id,
            Term.code.label("kind"),
            Term.is_container,
            Term.is_lab_open_day,
            Term.counts_apart,
            place.code.label("commune"),
            Activity.venue_id.is_not(None).label("has_place"),
            last.c.ends_at.is_not(None).label("has_hours"),
            func.coalesce(place.departement_code, seat.departement_code).label("departement"),
            func.coalesce(last.c.ends_at, last_of_container.c.ends_at).label("ends_at"),
            Report.status,
            Report.method,
            *(getattr(Report, name) for name in _FIGURES),
        )
        .join(Activity.organisation)
        .outerjoin(seat, seat.code == Organisation.commune_code)
        .outerjoin(Activity.kind)
        .outerjoin(Venue, Venue.id == Activity.venue_id)
        .outerjoin(container, container.id == Activity.parent_id)
        .outerjoin(its_venue, its_venue.id == container.venue_id)
        .outerjoin(place, place.code == func.coalesce(Venue.commune_code, its_venue.commune_code))
        .outerjoin(last, last.c.activity_id == Activity.id)
        .outerjoin(last_of_container, last_of_container.c.activity_id == Activity.parent_id)
        .outerjoin(Report, Report.activity_id == Activity.id)
        .where(Activity.edition_id.in_(edition_ids), Activity.status == Status.PUBLISHED)
        .order_by(Activity.id)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Places:
    """Where activities are held beside their own place, by their number: a commune and its département each time."""

    named: Mapping[int, set[tuple[str, str]]]
    sites: Mapping[int, set[tuple[str, str]]]
    # Those that name a place for some sessions, and hold others where they are.
    partly_at_home: frozenset[int]

    def stops_of(self, row: Row[Any]) -> tuple[tuple[str, str], ...]:
        """Return the communes of the sessions of an activity, as `Activity.places` has them; none for the usual one."""
        follows = not row.has_place and row.parent_id is not None
        timed_by = row.id if row.has_hours else row.parent_id
        named = self.named.get(timed_by, set()) if row.has_hours or follows else set()
        sites = self.sites.get(row.parent_id if follows else row.id, set())
        if not named and not sites:
            return ()
        at_home = not named or timed_by in self.partly_at_home
        home = {(row.commune, row.departement)} if row.commune is not None else set()
        return tuple(sorted(named | home | sites if at_home else named))


def _places_of(edition_ids: Sequence[int]) -> _Places:
    """Return the places that sessions name, and the sites, in one reading: few activities have any."""
    inside = select(Activity.id).where(Activity.edition_id.in_(edition_ids))
    travelling = select(Slot.activity_id).where(Slot.venue_id.is_not(None))
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


def _line(row: Row[Any], themes: tuple[str, ...], places: _Places, *, at: datetime) -> Line:
    return Line(
        activity_id=row.id,
        edition_id=row.edition_id,
        parent_id=row.parent_id,
        kind=row.kind,
        is_container=bool(row.is_container),
        is_lab_open_day=bool(row.is_lab_open_day),
        counts_apart=bool(row.counts_apart),
        commune=row.commune,
        departement=row.departement,
        stops=places.stops_of(row),
        themes=themes,
        is_due=row.ends_at is not None and row.ends_at <= at,
        status=row.status,
        method=row.method,
        counts=Counts(**{name: getattr(row, name) for name in _FIGURES}),
    )


def _themes_of(edition_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    statement = (
        select(activity_term.c.activity_id, Term.code)
        .join(Term, Term.id == activity_term.c.term_id)
        .join(Activity, Activity.id == activity_term.c.activity_id)
        .where(
            Term.list == TermList.THEME,
            Activity.edition_id.in_(edition_ids),
            Activity.status == Status.PUBLISHED,
        )
        .order_by(activity_term.c.activity_id, Term.position, Term.code)
    )
    themes: dict[int, tuple[str, ...]] = {}
    for activity_id, code in db.session.execute(statement):
        themes[activity_id] = (*themes.get(activity_id, ()), code)
    return themes


def _departement_parts(parts: Mapping[str | None, Totals], *, region: str) -> list[Part]:
    statement = (
        select(Departement)
        .where((Departement.region_code == region) | Departement.code.in_([*filter(None, parts)]))
        .order_by(Departement.code)
    )
    return _parts(
        parts, {each.code: each.name for each in db.session.scalars(statement)}, keep_empty=True
    )


def _term_parts(of: TermList, parts: Mapping[str | None, Totals]) -> list[Part]:
    statement = select(Term).where(Term.list == of).order_by(Term.position, Term.code)
    return _parts(
        parts, {term.code: term.label for term in db.session.scalars(statement)}, keep_empty=False
    )


def _parts(
    parts: Mapping[str | None, Totals], labels: Mapping[str, str], *, keep_empty: bool
) -> list[Part]:
    found = [
        Part(code=code, label=label, totals=parts.get(code, Totals()))
        for code, label in labels.items()
        if keep_empty or code in parts
    ]
    if None in parts:
        found.append(Part(code=None, label="", totals=parts[None]))
    return found
