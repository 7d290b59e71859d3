"""The ledgers of the editions that are asked about: each worker keeps its own, and reads again only what changed."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from sqlalchemy import or_, select

from fete.core.db import db
from fete.figures.arithmetic import (
    Ledger,
    Line,
    by_audience,
    by_days,
    by_family,
    by_kind,
    by_level,
    by_theme,
    in_communes,
    in_departements,
    under,
)
from fete.figures.arithmetic.counting import Way
from fete.figures.queries.lines import as_reported, lines_of
from fete.programme.models import Activity, Edition, Slot
from fete.programme.queries.standing import changed_between, standing
from fete.reports.models import Report, ReportVersion
from fete.reports.queries.reporting import ended_at

WAYS: Mapping[str, Way] = {
    "departement": in_departements,
    "commune": in_communes,
    "kind": under(by_kind),
    "family": under(by_family),
    "day": by_days,
    "theme": under(by_theme),
    "audience": under(by_audience),
    "level": under(by_level),
}
# How many lines a worker keeps, whatever their editions; those of one edition at least.
_MOST_LINES = 20_000
# Two people may keep a version at the same time, and the first be seen after the second: as many are looked at again.
_LOOKED_AT_AGAIN = 200
# Written once: it is asked before each figure that is shown.
VERSIONS_KEPT_LAST = (
    select(ReportVersion.id).order_by(ReportVersion.id.desc()).limit(_LOOKED_AT_AGAIN)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mark:
    """Up to where a ledger has been kept."""

    standing: str
    versions: frozenset[int]
    at: datetime


_ledgers: OrderedDict[int, tuple[_Mark, Ledger]] = OrderedDict()
_lock = Lock()


@contextmanager
def ledger_of(edition: Edition, *, at: datetime) -> Iterator[Ledger]:
    """Give the ledger of an edition as it stands, which nobody else changes meanwhile."""
    with _lock:
        mark = _Mark(standing=standing(), versions=_latest_versions(), at=at)
        before, ledger = _ledgers.pop(edition.id, (None, None))
        changed = _changed(before, mark, edition) if before is not None else None
        if before is None or ledger is None or changed is None:
            ledger = Ledger(lines_of(edition, at=at), WAYS)
        else:
            ledger.enter_anew(changed, lines_of(edition, at=at, only=changed) if changed else ())
            ledger.enter(as_reported(_with_new_reports(ledger, mark.versions - before.versions)))
            ledger.enter(_that_ended(ledger, edition, since=before.at, until=at))
        _ledgers[edition.id] = (mark, ledger)
        _make_room()
        yield ledger


def lines_now(edition: Edition, *, at: datetime) -> list[Line]:
    """Return the lines of an edition as it stands, in the order of their numbers."""
    with ledger_of(edition, at=at) as ledger:
        return [ledger.lines[number] for number in sorted(ledger.lines)]


def forget_ledgers() -> None:
    """Forget the ledgers that this process keeps."""
    with _lock:
        _ledgers.clear()


def _latest_versions() -> frozenset[int]:
    return frozenset(db.session.scalars(VERSIONS_KEPT_LAST))


def _changed(before: _Mark, mark: _Mark, edition: Edition) -> frozenset[int] | None:
    """Return the activities that the programme changed since; `None` when a ledger cannot be kept up to date from there.

    A version of a report may have gone by unseen, or have been undone. Of two who come in the same second, the first
    may be the last: nothing ended in between.
    """
    came, went = mark.versions - before.versions, before.versions - mark.versions
    if len(came) >= _LOOKED_AT_AGAIN or any(each > min(mark.versions, default=0) for each in went):
        return None
    if mark.at < before.at and any(_ended(edition, since=mark.at, until=before.at)):
        return None
    if mark.standing == before.standing:
        return frozenset()
    return changed_between(before.standing, mark.standing)


def _with_new_reports(ledger: Ledger, versions: frozenset[int]) -> list[Line]:
    if not versions:
        return []
    changed = db.session.scalars(
        select(Report.activity_id)
        .join(ReportVersion, ReportVersion.report_id == Report.id)
        .where(ReportVersion.id.in_(sorted(versions)))
        .distinct()
    )
    return [ledger.lines[number] for number in changed if number in ledger.lines]


def _that_ended(
    ledger: Ledger, edition: Edition, *, since: datetime, until: datetime
) -> list[Line]:
    """Return, as due from now on, what ended meanwhile: that of which the last session did."""
    if since >= until:
        return []
    ended = _ended(edition, since=since, until=until)
    return [
        replace(ledger.lines[number], is_due=True) for number in ended if number in ledger.lines
    ]


def _ended(edition: Edition, *, since: datetime, until: datetime) -> Iterable[int]:
    """Return the activities whose last session ended meanwhile: their own, or their container's."""
    timed = select(Slot.activity_id).where(Slot.ends_at > since, Slot.ends_at <= until)
    return db.session.scalars(
        select(Activity.id).where(
            Activity.edition_id == edition.id,
            or_(Activity.id.in_(timed), Activity.parent_id.in_(timed)),
            ended_at() <= until,
        )
    )


def _make_room() -> None:
    while (
        len(_ledgers) > 1
        and sum(len(each.lines) for _mark, each in _ledgers.values()) > _MOST_LINES
    ):
        _ledgers.popitem(last=False)
