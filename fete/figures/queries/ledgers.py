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
from fete.figures.queries.lines import lines_of
from fete.programme.models import Activity, Edition, Slot
from fete.programme.queries.standing import changed_between, latest
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mark:
    """Up to where a ledger has been kept."""

    latest: str
    at: datetime


_ledgers: OrderedDict[tuple[int, datetime | None], tuple[_Mark, Ledger]] = OrderedDict()
_lock = Lock()


@contextmanager
def ledger_of(
    edition: Edition, *, at: datetime, known_on: datetime | None = None
) -> Iterator[Ledger]:
    """Give the ledger of an edition as it stands, or with its reports as they stood; nobody else changes it meanwhile."""
    key = (edition.id, known_on)
    with _lock:
        mark = _Mark(latest=latest(), at=at if known_on is None else min(at, known_on))
        before, ledger = _ledgers.pop(key, (None, None))
        changed = _changed(before, mark, edition) if before is not None else None
        if before is None or ledger is None or changed is None:
            ledger = Ledger(lines_of(edition, at=at, known_on=known_on), WAYS)
        elif changed:
            ledger.enter_anew(
                changed, lines_of(edition, at=at, known_on=known_on, only=sorted(changed))
            )
        if before is not None:
            ledger.enter(_that_ended(ledger, edition, since=before.at, until=mark.at))
        _ledgers[key] = (mark, ledger)
        _make_room()
        yield ledger


def lines_now(edition: Edition, *, at: datetime, known_on: datetime | None = None) -> list[Line]:
    """Return the lines of an edition as it stands, or as they were known, in the order of their numbers."""
    with ledger_of(edition, at=at, known_on=known_on) as ledger:
        return [ledger.lines[number] for number in sorted(ledger.lines)]


def forget_ledgers() -> None:
    """Forget the ledgers that this process keeps."""
    with _lock:
        _ledgers.clear()


def _changed(before: _Mark, mark: _Mark, edition: Edition) -> frozenset[int] | None:
    """Return the activities that changed since; `None` when a ledger cannot be kept up to date from there.

    Of two who come in the same second, the first may be the last: nothing ended in between.
    """
    if mark.at < before.at and any(_ended(edition, since=mark.at, until=before.at)):
        return None
    return (
        frozenset() if mark.latest == before.latest else changed_between(before.latest, mark.latest)
    )


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
