"""Count an edition: its totals and their parts, what missing reports would tell, and what changes when they do."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from fete.core.clock import now
from fete.core.db import db
from fete.figures.arithmetic import (
    PERSONAL,
    Estimate,
    Ledger,
    Totals,
    frozen_estimate,
    frozen_totals,
    secret_parts,
    thawed_estimate,
    thawed_totals,
)
from fete.figures.models import EditionCount
from fete.figures.queries.labels import forget_labels, labels_of
from fete.figures.queries.ledgers import VERSIONS_KEPT_LAST, WAYS, forget_ledgers, ledger_of
from fete.figures.queries.lines import lines_of
from fete.figures.rules import ADDITIVE
from fete.geography.rules import departement_of
from fete.programme.models import Edition, Slot
from fete.programme.queries.standing import standing

Parts = Mapping[str | None, Totals]
_Marks = tuple[object, ...]
# What a page of frozen figures is made of: the programme with all that is shown beside it, and reports.
_STANDING = (
    "SELECT (SELECT token FROM standing), (SELECT sum(id) FROM"
    " (SELECT id FROM report_version ORDER BY id DESC LIMIT 200) AS kept)"
)
_kept_last = VERSIONS_KEPT_LAST.subquery()
_MARKS = select(
    select(func.max(_kept_last.c.id)).scalar_subquery(),
    select(func.sum(_kept_last.c.id)).scalar_subquery(),
    select(func.max(Slot.ends_at)).where(Slot.ends_at <= bindparam("at")).scalar_subquery(),
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
            totals=remembered(
                ("totals", marks, each.id), partial(_totals, each, marks=marks, at=at)
            ),
        )
        for each in editions
    ]


def _totals(edition: Edition, *, marks: _Marks, at: datetime) -> Totals:
    ahead = _counted_ahead(edition, EditionCount.totals, marks=marks)
    if ahead is not None:
        return thawed_totals(ahead)
    with ledger_of(edition, at=at) as ledger:
        return ledger.totals


def _sums_of(edition: Edition, *, at: datetime, known_on: datetime | None) -> _Sums:
    marks = _marks(at)

    def count() -> _Sums:
        if known_on is not None:
            return _sums(Ledger(lines_of(edition, at=at, known_on=known_on), WAYS))
        ahead = _counted_ahead(edition, EditionCount.content, marks=marks)
        if ahead is not None:
            return _thawed(ahead)
        with ledger_of(edition, at=at) as ledger:
            return _sums(ledger)

    return remembered(("edition", marks, edition.id, known_on), count)


def _sums(ledger: Ledger) -> _Sums:
    return _Sums(
        totals=ledger.totals,
        received=ledger.received,
        estimate=ledger.estimate,
        parts={name: ledger.parts(name) for name in WAYS},
    )


def is_counted_ahead(edition: Edition, *, at: datetime) -> bool:
    """Whether the figures of an edition are kept as they stand: whoever starts finds them there."""
    return _counted_ahead(edition, EditionCount.totals, marks=_marks(at)) is not None


def count_to_keep(edition: Edition, *, at: datetime) -> dict[str, object]:
    """Return the figures of an edition as the row under which they are kept for others."""
    signature = _signature(_marks(at), [edition])
    with ledger_of(edition, at=at) as ledger:
        sums = _sums(ledger)
    return {
        "edition_id": edition.id,
        "signature": signature,
        "totals": json.dumps(frozen_totals(sums.totals)),
        "content": json.dumps(_frozen(sums)),
    }


def _counted_ahead(
    edition: Edition, column: InstrumentedAttribute[str], *, marks: _Marks
) -> Mapping[str, Any] | None:
    """Return what was counted ahead of an edition, if it still stands."""
    statement = select(column).where(
        EditionCount.edition_id == edition.id,
        EditionCount.signature == _signature(marks, [edition]),
    )
    content = db.session.scalar(statement)
    return json.loads(content) if content is not None else None


def _frozen(sums: _Sums) -> dict[str, Any]:
    return {
        "totals": frozen_totals(sums.totals),
        "received": frozen_totals(sums.received),
        "estimate": frozen_estimate(sums.estimate),
        "parts": {
            name: [[code, frozen_totals(each)] for code, each in parts.items()]
            for name, parts in sums.parts.items()
        },
    }


def _thawed(kept: Mapping[str, Any]) -> _Sums:
    return _Sums(
        totals=thawed_totals(kept["totals"]),
        received=thawed_totals(kept["received"]),
        estimate=thawed_estimate(kept["estimate"]),
        parts={
            name: {code: thawed_totals(each) for code, each in parts}
            for name, parts in kept["parts"].items()
        },
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


def forget() -> None:
    """Forget every figure that this process remembers, as one that has just started."""
    with _lock:
        _kept.clear()
    forget_labels()
    forget_ledgers()


def held_activities(edition: Edition, *, at: datetime) -> frozenset[int]:
    """Return the numbers of the activities that a validated report says were held, in full or in part."""
    with ledger_of(edition, at=at) as ledger:
        return frozenset(number for number, line in ledger.lines.items() if line.is_taken)


def signature_of(editions: Sequence[Edition], *, at: datetime) -> str:
    """Return what changes whenever the figures of these editions may, by two short questions whatever their size."""
    return _signature(_marks(at), editions)


def _signature(marks: _Marks, editions: Sequence[Edition]) -> str:
    parts = (*marks, *((each.id, each.version) for each in editions))
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _marks(at: datetime) -> _Marks:
    """Return what changes whenever any figures may.

    Each step of a report keeps a version of it, whose number only rises; a slot that ends makes a report due. All else
    changes the token of the programme, frozen figures and those of others too.
    """
    return standing(), *db.session.execute(_MARKS, {"at": at}).one()


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
