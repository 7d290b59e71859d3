"""What the public is shown of an edition: the latest figures published of those that were frozen, else the live ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from fete.core.clock import end_of
from fete.core.db import db
from fete.figures.arithmetic import Totals
from fete.figures.models import Snapshot
from fete.figures.queries.counting import EditionFigures, figures_of, totals_by_edition, totals_of
from fete.figures.queries.snapshots import Frozen, published_snapshots, thawed
from fete.figures.rules import definitions, same_day
from fete.programme.models import Activity, Edition, EditionState
from fete.programme.workflow import Status
from fete.reports.models import Ladder, Report
from fete.reports.workflow import ReportStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """The figures of an edition with what they are: frozen and published, or live and provisional."""

    figures: EditionFigures
    frozen: Frozen | None
    # What each figure counts: of the day on which they were frozen.
    definitions: Mapping[str, str]

    @property
    def snapshot(self) -> Snapshot | None:
        """What was frozen; nothing while they are live."""
        return self.frozen.snapshot if self.frozen else None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownTotals:
    """The totals of an edition beside those of others."""

    edition: Edition
    totals: Totals
    snapshot: Snapshot | None
    definitions: Mapping[str, str]


def shown_figures(
    edition: Edition, *, region: str, at: datetime, known_on: datetime | None = None
) -> Shown:
    """Return the figures to show of an edition; with `known_on`, those that were known at that moment."""
    snapshot = None if known_on else published_snapshots([edition]).get(edition.id)
    if snapshot is not None:
        frozen = thawed(snapshot)
        return Shown(figures=frozen.figures, frozen=frozen, definitions=frozen.definitions)
    figures = figures_of(edition, region=region, at=at, known_on=known_on)
    return Shown(figures=figures, frozen=None, definitions=definitions())


def shown_totals(editions: Sequence[Edition], *, at: datetime) -> list[ShownTotals]:
    """Return the totals to show of several editions side by side, in their order."""
    frozen = {
        edition_id: thawed(snapshot)
        for edition_id, snapshot in published_snapshots(editions).items()
    }
    now = definitions()
    return [
        ShownTotals(
            edition=row.edition,
            totals=kept.figures.totals if kept else row.totals,
            snapshot=kept.snapshot if kept else None,
            definitions=kept.definitions if kept else now,
        )
        for row in totals_by_edition(editions, at=at)
        for kept in (frozen.get(row.edition.id),)
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class SameDay:
    """What was known of the edition before, as far from its opening as today is from the one of this edition."""

    edition: Edition
    day: date
    totals: Totals


def same_day_before(
    edition: Edition, every: Sequence[Edition], *, at: datetime, today: date
) -> SameDay | None:
    """Return what was known of the edition before on the same day; nothing while nothing of it was."""
    before = [each for each in every if each.year < edition.year]
    if not before or today < edition.starts_on:
        return None
    previous = max(before, key=lambda each: each.year)
    day = same_day(edition, previous, today=today)
    if day >= today:
        return None
    totals = totals_of(previous, at=at, known_on=end_of(day))
    if not totals.coverage.validated:
        return None
    return SameDay(edition=previous, day=day, totals=totals)


def latest_figures(*, at: datetime) -> ShownTotals | None:
    """Return the totals to show of the latest edition that has a validated report; nothing when none has."""
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
    return shown_totals([edition], at=at)[0] if edition else None


def shows_estimate(edition: Edition) -> bool:
    """Whether the edition publishes an estimate of what is missing, beside what was counted."""
    return bool(
        db.session.scalar(select(Ladder.shows_estimate).where(Ladder.edition_id == edition.id))
    )
