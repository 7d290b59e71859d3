"""Count an edition: its totals and their parts, what missing reports would tell, and what changes when they do."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import func, select

from fete.core.clock import now
from fete.core.db import db
from fete.figures.arithmetic import PERSONAL, Estimate, Ledger, Totals, secret_parts
from fete.figures.queries.labels import labels_of
from fete.figures.queries.ledgers import WAYS, ledger_of, versions_kept_last
from fete.figures.queries.lines import lines_of
from fete.figures.rules import ADDITIVE
from fete.geography.rules import departement_of
from fete.programme.models import Edition, Slot
from fete.programme.queries.catalogue import standing

Parts = Mapping[str | None, Totals]
# What a page of frozen figures is made of: the programme with all that is shown beside it, and reports.
_STANDING = (
    "SELECT (SELECT token FROM standing), (SELECT sum(id) FROM"
    " (SELECT id FROM report_version ORDER BY id DESC LIMIT 200) AS kept)"
)
Counted = TypeVar("Counted")
# What a worker keeps of what it counted last: totals and parts, never lines.
_MOST_KEPT = 60
_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One line of a breakdown: a code, and nothing for what has none; what it is called; its figures."""

    code: str | None
    label: str
    totals: Totals
    # Too few made it for the people to be told, or one could reckon them.
    is_secret: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionFigures:
    """The figures of an edition and their parts."""

    edition: Edition
    totals: Totals
    # As they would be if every report that came in had been validated.
    received: Totals
    # What the missing reports would tell: in none of the totals.
    estimate: Estimate | None
    # Under the names of the breakdowns, in the order in which people read them.
    breakdowns: Mapping[str, Sequence[Part]]


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionTotals:
    """The totals of one edition."""

    edition: Edition
    totals: Totals


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sums:
    totals: Totals
    received: Totals
    estimate: Estimate | None
    parts: Mapping[str, Parts]


def totals_of(
    edition: Edition, *, at: datetime | None = None, known_on: datetime | None = None
) -> Totals:
    """Return the figures of an edition as they stand; with `known_on`, from the reports as they stood then."""
    if known_on is not None:
        return _sums_of(edition, at=at or now(), known_on=known_on).totals
    (only,) = totals_by_edition([edition], at=at or now())
    return only.totals


def figures_of(
    edition: Edition, *, region: str, at: datetime, known_on: datetime | None = None
) -> EditionFigures:
    """Return the figures of an edition with their parts: every département of the region, and what is in use.

    With `known_on`, from the reports as they stood at that moment.
    """
    sums = _sums_of(edition, at=at, known_on=known_on)
    return EditionFigures(
        edition=edition,
        totals=sums.totals,
        received=sums.received,
        estimate=sums.estimate,
        breakdowns={
            name: parts_of(
                name,
                sums.parts,
                whole=sums.totals,
                labels=labels_of(name, {*parts}, region=region),
            )
            for name, parts in sums.parts.items()
        },
    )


def totals_by_edition(editions: Sequence[Edition], *, at: datetime) -> list[EditionTotals]:
    """Return the figures of several editions side by side, in their order."""
    marks = _marks(at)
    return [
        EditionTotals(
            edition=each,
            totals=remembered(("totals", marks, each.id), partial(_totals, each, at=at)),
        )
        for each in editions
    ]


def _totals(edition: Edition, *, at: datetime) -> Totals:
    with ledger_of(edition, at=at) as ledger:
        return ledger.totals


def _sums_of(edition: Edition, *, at: datetime, known_on: datetime | None) -> _Sums:
    def count() -> _Sums:
        if known_on is not None:
            return _sums(Ledger(lines_of(edition, at=at, known_on=known_on), WAYS))
        with ledger_of(edition, at=at) as ledger:
            return _sums(ledger)

    return remembered(("edition", _marks(at), edition.id, known_on), count)


def _sums(ledger: Ledger) -> _Sums:
    return _Sums(
        totals=ledger.totals,
        received=ledger.received,
        estimate=ledger.estimate,
        parts={name: ledger.parts(name) for name in WAYS},
    )


def remembered(key: Hashable, count: Callable[[], Counted]) -> Counted:
    """Return what was counted under this key, once by each worker: the key changes whenever it would."""
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: Counted = _kept[key]
            return found
    counted = count()
    with _lock:
        _kept[key] = counted
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return counted


def held_activities(edition: Edition, *, at: datetime) -> frozenset[int]:
    """Return the numbers of the activities that a validated report says were held, in full or in part."""
    with ledger_of(edition, at=at) as ledger:
        return frozenset(number for number, line in ledger.lines.items() if line.is_taken)


def signature_of(editions: Sequence[Edition], *, at: datetime) -> str:
    """Return what changes whenever the figures of these editions may, by two short questions whatever their size."""
    parts = (*_marks(at), *((each.id, each.version) for each in editions))
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _marks(at: datetime) -> tuple[object, ...]:
    """Return what changes whenever any figures may.

    Each step of a report keeps a version of it, whose number only rises; a slot that ends makes a report due. All else
    changes the token of the programme, frozen figures and those of others too.
    """
    kept = versions_kept_last().subquery()
    marks = (
        select(func.max(kept.c.id)),
        select(func.sum(kept.c.id)),
        select(func.max(Slot.ends_at)).where(Slot.ends_at <= at),
    )
    row = db.session.execute(select(*(each.scalar_subquery() for each in marks))).one()
    return standing(), *row


def snapshots_stand_now() -> str:
    """Return what changes whenever a page of frozen figures may, outside any transaction, by the shortest way there is.

    Reports count too: the page says when some have changed since.
    """
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(_STANDING)
        row = cursor.fetchone()
        cursor.close()
    finally:
        connection.close()
    return repr(row)


def parts_of(
    name: str, every: Mapping[str, Parts], *, whole: Totals, labels: Mapping[str | None, str]
) -> list[Part]:
    """Return the parts of one of the breakdowns in the order of their labels; those whose people are secret say so."""
    parts, secret = every[name], _secret_codes(name, every, whole=whole)
    return [
        Part(
            code=code,
            label=label,
            totals=parts.get(code, Totals()),
            is_secret=code in secret,
        )
        for code, label in labels.items()
        if code in parts or (name == "departement" and code is not None)
    ]


def _secret_codes(name: str, every: Mapping[str, Parts], *, whole: Totals) -> frozenset[str | None]:
    parts = every[name]
    sums: list[tuple[Collection[str | None], bool]] = []
    if name == "commune":
        above = _secret_codes("departement", every, whole=whole)
        inside: dict[str, list[str | None]] = {}
        for code in filter(None, parts):
            inside.setdefault(departement_of(code), []).append(code)
        sums += [(codes, of in above) for of, codes in inside.items()]
    if ADDITIVE[name] >= PERSONAL:
        sums.append((parts.keys(), whole.is_of_few))
    return secret_parts(parts, sums)
