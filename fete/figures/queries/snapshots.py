"""Find the figures that were frozen, read them back, and say what has changed since."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from fete.core.db import db
from fete.core.i18n import DEFAULT, current_language
from fete.figures.arithmetic import digest_of, thawed_estimate, thawed_totals
from fete.figures.models import Snapshot
from fete.figures.queries.counting import EditionFigures, Part, parts_of, remembered
from fete.figures.queries.labels import day_label
from fete.programme.models import Activity, Edition
from fete.reports.models import Report, ReportVersion
from fete.reports.workflow import ReportStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Frozen:
    """Figures as they were frozen: with the definitions and the region of that day."""

    snapshot: Snapshot
    figures: EditionFigures
    definitions: Mapping[str, str]
    region: str
    # The last state of a report that they know.
    last_version: int
    # Whether what is kept is still what the digest was made of.
    is_intact: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    """What a text holds, in one language; its figures by their names, without the edition."""

    figures: Mapping[str, Any]
    definitions: Mapping[str, str]
    region: str
    last_version: int
    is_intact: bool


def snapshots_of(edition: Edition) -> Sequence[Snapshot]:
    """Return the figures that were frozen of an edition, the latest first."""
    statement = (
        select(Snapshot).where(Snapshot.edition_id == edition.id).order_by(Snapshot.number.desc())
    )
    return db.session.scalars(statement).all()


def find_snapshot(snapshot_id: int) -> Snapshot | None:
    """Return frozen figures by their number among all."""
    return db.session.get(Snapshot, snapshot_id)


def published_snapshots(editions: Sequence[Edition]) -> dict[int, Snapshot]:
    """Return the latest published figures of each edition that has some, by the number of the edition."""
    statement = (
        select(Snapshot)
        .where(
            Snapshot.edition_id.in_([each.id for each in editions]),
            Snapshot.published_at.is_not(None),
        )
        .order_by(Snapshot.number)
    )
    return {each.edition_id: each for each in db.session.scalars(statement)}


def thawed(snapshot: Snapshot) -> Frozen:
    """Return frozen figures as the others are, in the language of their reader."""
    language = current_language()
    key = ("snapshot", snapshot.id, snapshot.digest, language)
    kept = remembered(key, partial(_kept_in, snapshot, language))
    return Frozen(
        snapshot=snapshot,
        figures=EditionFigures(edition=snapshot.edition, **kept.figures),
        definitions=kept.definitions,
        region=kept.region,
        last_version=kept.last_version,
        is_intact=kept.is_intact,
    )


def changed_since(frozen: Frozen) -> int:
    """Return how many reports of its edition were handed in, validated or waived since figures were frozen."""
    edition_id = frozen.snapshot.edition_id
    statement = (
        select(func.count(func.distinct(ReportVersion.report_id)))
        .join(Report, Report.id == ReportVersion.report_id)
        .join(Report.activity)
        .where(
            Activity.edition_id == edition_id,
            ReportVersion.id > frozen.last_version,
            # A draft that goes on changes nothing; one that was handed in before does.
            (ReportVersion.status != ReportStatus.DRAFT)
            | ReportVersion.report_id.in_(_handed_in(edition_id, frozen.last_version)),
        )
    )
    return db.session.scalar(statement) or 0


def _handed_in(edition_id: int, last_version: int) -> Any:  # noqa: ANN401  # a subquery
    return (
        select(ReportVersion.report_id)
        .join(Report, Report.id == ReportVersion.report_id)
        .join(Report.activity)
        .where(
            Activity.edition_id == edition_id,
            ReportVersion.id <= last_version,
            ReportVersion.status != ReportStatus.DRAFT,
        )
    )


def _kept_in(snapshot: Snapshot, language: str) -> _Kept:
    """Read the text of frozen figures, which may be long: once by each worker."""
    statement = (
        select(Snapshot).where(Snapshot.id == snapshot.id).options(undefer(Snapshot.content))
    )
    content = db.session.scalars(statement).one().content
    kept: Mapping[str, Any] = json.loads(content)
    return _Kept(
        figures={
            "totals": thawed_totals(kept["totals"]),
            "received": thawed_totals(kept["received"]),
            "estimate": thawed_estimate(kept["estimate"]),
            "breakdowns": _breakdowns(kept, language),
        },
        definitions=kept["definitions"][language],
        region=kept["region"],
        last_version=kept["last_version"],
        is_intact=digest_of(content) == snapshot.digest,
    )


def _breakdowns(kept: Mapping[str, Any], language: str) -> Mapping[str, Sequence[Part]]:
    every = {
        name: {part["code"]: thawed_totals(part["totals"]) for part in parts}
        for name, parts in kept["breakdowns"].items()
    }
    return {
        name: parts_of(
            name,
            every,
            whole=thawed_totals(kept["totals"]),
            labels={
                part["code"]: _label(part, name, language) for part in kept["breakdowns"][name]
            },
        )
        for name in kept["order"]
    }


def _label(part: Mapping[str, Any], breakdown: str, language: str) -> str:
    if breakdown == "day" and part["code"]:
        return day_label(part["code"])
    labels: Mapping[str, str] = part["label"]
    return labels.get(language, labels[DEFAULT])
