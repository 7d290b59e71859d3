"""Count an edition: its totals and their parts, what missing reports would tell, and what changes when they do."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from fete import __version__
from fete.core.clock import now
from fete.core.db import db
from fete.core.kept import Remembered
from fete.figures.arithmetic import (
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
from fete.figures.queries.ledgers import WAYS, forget_ledgers, ledger_of
from fete.geography.rules import departement_of
from fete.programme.models import Activity, Edition, Slot
from fete.programme.queries.standing import changed_between, latest

Parts = Mapping[str | None, Totals]
Counted = TypeVar("Counted")
# The rules by which all this is counted: what was kept under others is counted anew. The number rises with them.
RULES = f"{__version__} 1"
# What a worker keeps of what it counted last: totals and parts, never lines.
_remembered = Remembered(60)
remembered = _remembered.give


_ENDED = select(func.max(Slot.ends_at)).where(Slot.ends_at <= bindparam("at"))


class Marks(NamedTuple):
    """What changes whenever any figures may: the token of all that is told, and the last session that has ended."""

    latest: str
    ended: datetime | None


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
    """Return the figures of several editions side by side, in their order: by as many questions whatever their number."""

    def count(edition: Edition) -> Totals:
        with ledger_of(edition, at=at) as ledger:
            return ledger.totals

    found = _followed_totals.give(
        editions, marks=marks_of(at), ahead=EditionCount.totals, thaw=thawed_totals, count=count
    )
    return [EditionTotals(edition=each, totals=found[each.id]) for each in editions]


def _sums_of(edition: Edition, *, at: datetime, known_on: datetime | None) -> _Sums:
    def count(edition: Edition) -> _Sums:
        with ledger_of(edition, at=at, known_on=known_on) as ledger:
            return _sums(ledger)

    marks = marks_of(at)
    if known_on is not None:
        return remembered(("edition", marks, edition.id, known_on), partial(count, edition))
    found = _followed_sums.give(
        [edition], marks=marks, ahead=EditionCount.content, thaw=_thawed, count=count
    )
    return found[edition.id]


class _Followed(Generic[Counted]):
    """What a worker counted last of each edition, as long as nothing of that edition changes."""

    def __init__(self) -> None:
        self._marks: Marks | None = None
        self._kept: dict[int, Counted] = {}
        self._lock = Lock()

    def give(
        self,
        editions: Sequence[Edition],
        *,
        marks: Marks,
        ahead: InstrumentedAttribute[str],
        thaw: Callable[[Mapping[str, Any]], Counted],
        count: Callable[[Edition], Counted],
    ) -> Mapping[int, Counted]:
        """Return what is known of each edition, by its number: kept here, counted ahead, or counted now."""
        with self._lock:
            self._follow(marks)
            found = {each.id: self._kept[each.id] for each in editions if each.id in self._kept}
        missing = [each for each in editions if each.id not in found]
        if missing:
            kept = _counted_ahead(missing, ahead, marks=marks)
            found |= {number: thaw(json.loads(content)) for number, content in kept.items()}
            found |= {each.id: count(each) for each in missing if each.id not in kept}
            with self._lock:
                # Somebody may have come meanwhile for whom more has changed.
                if self._marks == marks:
                    self._kept |= found
        return found

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._marks, self._kept = None, {}

    def _follow(self, marks: Marks) -> None:
        if self._marks != marks:
            touched = editions_touched(self._marks, marks) if self._marks else None
            if touched is None:
                self._kept.clear()
            else:
                for number in touched:
                    self._kept.pop(number, None)
            self._marks = marks


_followed_totals: _Followed[Totals] = _Followed()
_followed_sums: _Followed[_Sums] = _Followed()


def _sums(ledger: Ledger) -> _Sums:
    return _Sums(
        totals=ledger.totals,
        received=ledger.received,
        estimate=ledger.estimate,
        parts={name: ledger.parts(name) for name in WAYS},
    )


def marks_of(at: datetime) -> Marks:
    """Return what changes whenever any figures may: each step of a report, and a slot that ends, makes one due."""
    return Marks(latest(), db.session.scalar(_ENDED, {"at": at}))


def next_end(*, at: datetime) -> datetime | None:
    """Return when the next session ends, from which on its report is due."""
    return db.session.scalar(select(func.min(Slot.ends_at)).where(Slot.ends_at > at))


def counted_ahead(editions: Sequence[Edition], *, marks: Marks) -> frozenset[int]:
    """Return the numbers of those editions of which the figures are kept as they stand: who starts finds them there."""
    return frozenset(_counted_ahead(editions, EditionCount.rules, marks=marks))


def count_to_keep(edition: Edition, *, at: datetime) -> dict[str, object]:
    """Return the figures of an edition as the row under which they are kept for others."""
    marks = marks_of(at)
    with ledger_of(edition, at=at) as ledger:
        sums = _sums(ledger)
    return {
        "edition_id": edition.id,
        "rules": RULES,
        **marks._asdict(),
        "totals": json.dumps(frozen_totals(sums.totals)),
        "content": json.dumps(_frozen(sums)),
    }


def _counted_ahead(
    editions: Sequence[Edition], column: InstrumentedAttribute[str], *, marks: Marks
) -> Mapping[int, str]:
    """Return what was counted ahead of these editions and still stands, by their numbers."""
    statement = select(EditionCount.edition_id, EditionCount.latest, EditionCount.ended, column)
    rows = db.session.execute(
        statement.where(
            EditionCount.edition_id.in_([each.id for each in editions]), EditionCount.rules == RULES
        )
    ).all()
    touched = {
        kept: editions_touched(kept, marks)
        for kept in {Marks(latest, ended) for _number, latest, ended, _content in rows}
    }
    return {
        number: content
        for number, latest, ended, content in rows
        if (since := touched[Marks(latest, ended)]) is not None and number not in since
    }


def editions_touched(before: Marks, after: Marks) -> frozenset[int] | None:
    """Return the editions of which figures may differ under these two marks; `None` when any may."""
    touched: frozenset[int] = frozenset()
    if after.ended != before.ended:
        if before.ended is None or after.ended is None or after.ended < before.ended:
            return None
        ended = select(Activity.edition_id).join(
            Slot,
            (Slot.activity_id == Activity.id) & Slot.ends_at.between(before.ended, after.ended),
        )
        touched |= frozenset(db.session.scalars(ended.distinct()))
    if after.latest != before.latest:
        changed = changed_between(before.latest, after.latest)
        if changed is None:
            return None
        if changed:
            whose = select(Activity.edition_id).where(Activity.id.in_(sorted(changed)))
            touched |= frozenset(db.session.scalars(whose.distinct()))
    return touched


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


def forget() -> None:
    """Forget every figure that this process remembers, as one that has just started."""
    _remembered.forget()
    _followed_totals.forget()
    _followed_sums.forget()
    forget_labels()
    forget_ledgers()


def held_activities(edition: Edition, *, at: datetime) -> frozenset[int]:
    """Return the numbers of the activities that a validated report says were held, in full or in part."""
    with ledger_of(edition, at=at) as ledger:
        return frozenset(number for number, line in ledger.lines.items() if line.is_taken)


def signature_of(editions: Sequence[Edition], *, at: datetime) -> str:
    """Return what changes whenever the figures of these editions may, by two short questions whatever their size."""
    return _signature(marks_of(at), editions)


def _signature(marks: Marks, editions: Sequence[Edition]) -> str:
    parts = (RULES, *marks, *((each.id, each.version) for each in editions))
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


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
    sums.append((parts.keys(), whole.is_of_few))
    return secret_parts(parts, sums)
