"""Count editions under each combination of two breakdowns at most, for those who take the figures elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fete.figures.arithmetic import Line, Totals, cross, hidden_keys
from fete.figures.models import Snapshot
from fete.figures.queries.counting import remembered, signature_of
from fete.figures.queries.labels import labels_of
from fete.figures.queries.lines import lines_of
from fete.figures.queries.snapshots import published_snapshots, thawed
from fete.programme.models import Edition

Key = tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """One part of an edition: its code and name in each breakdown, its figures, whether its people are secret."""

    edition: Edition
    codes: Key
    labels: tuple[str, ...]
    totals: Totals
    is_secret: bool
    # Whether any report of it was validated, or none is expected: else its zeros are only what nobody has told yet.
    is_told: bool
    # What was frozen and published, when that is what is told.
    snapshot: Snapshot | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sums:
    parts: Mapping[Key, Totals]
    secret: frozenset[Key]


def crossings_of(
    editions: Sequence[Edition],
    names: Sequence[str],
    *,
    region: str,
    at: datetime,
    known_on: datetime | None = None,
) -> list[Crossing]:
    """Return the parts of these editions in their order, then in that of each breakdown; the whole of each without any.

    By département alone, every one of the region is told. Of an edition whose figures are frozen and published, one
    breakdown at most is told as it was frozen, and two as reports stood then.
    """
    frozen = {} if known_on else published_snapshots(editions)

    def count() -> Mapping[int, _Sums]:
        kept = (
            {} if names[1:] else {number: _kept_in(each, names) for number, each in frozen.items()}
        )
        read = [each for each in editions if each.id not in kept]
        lines = _lines(read, frozen, at=at, known_on=known_on) if read else {}
        return kept | {
            number: _Sums(
                parts=cross(of_edition, names) or ({} if names else {(): Totals()}),
                secret=hidden_keys(of_edition, names),
            )
            for number, of_edition in lines.items()
        }

    key = ("crossing", signature_of(editions, at=at), known_on, *names)
    sums = remembered(key, count)
    begun = {
        number
        for number, each in sums.items()
        if any(part.coverage.validated for part in each.parts.values())
    }
    labels = [
        labels_of(name, {key[place] for each in sums.values() for key in each.parts}, region=region)
        for place, name in enumerate(names)
    ]
    return [
        Crossing(
            edition=edition,
            codes=key,
            labels=tuple(known[code] for known, code in zip(labels, key, strict=True)),
            totals=(part := sums[edition.id].parts.get(key, Totals())),
            is_secret=key in sums[edition.id].secret,
            is_told=edition.id in begun and bool(part.coverage.validated or not part.coverage.due),
            snapshot=frozen.get(edition.id),
        )
        for edition in editions
        for key in _in_order(sums[edition.id].parts, names, labels)
    ]


def _kept_in(snapshot: Snapshot, names: Sequence[str]) -> _Sums:
    figures = thawed(snapshot).figures
    if not names:
        is_secret = figures.totals.is_of_few
        return _Sums(parts={(): figures.totals}, secret=frozenset({()} if is_secret else ()))
    (parts,) = (figures.breakdowns[name] for name in names)
    return _Sums(
        parts={(part.code,): part.totals for part in parts},
        secret=frozenset((part.code,) for part in parts if part.is_secret),
    )


def _lines(
    editions: Sequence[Edition],
    frozen: Mapping[int, Snapshot],
    *,
    at: datetime,
    known_on: datetime | None,
) -> dict[int, list[Line]]:
    """Return the lines of each edition, under its number."""
    alive = [edition for edition in editions if edition.id not in frozen]
    read = lines_of(*alive, at=at, known_on=known_on) if alive else []
    lines: dict[int, list[Line]] = {edition.id: [] for edition in editions}
    for snapshot in frozen.values():
        if snapshot.edition_id in lines:
            read += lines_of(snapshot.edition, at=at, known_on=snapshot.frozen_at)
    for line in read:
        lines[line.edition_id].append(line)
    return lines


def _in_order(
    parts: Mapping[Key, Totals], names: Sequence[str], labels: Sequence[Mapping[str | None, str]]
) -> list[Key]:
    every = (
        {*parts, *((code,) for code in labels[0] if code)} if names == ["departement"] else parts
    )
    ranks = [{code: rank for rank, code in enumerate(known)} for known in labels]
    return sorted(every, key=lambda key: [of[code] for of, code in zip(ranks, key, strict=True)])
