"""What the reports that are missing would tell, were they like those that came. Knows nothing else.

The rule, which is printed wherever the estimate is:
- a missing report is worth the mean of the validated ones of its kind and size (one session, a few, many), of its kind
  when there are fewer than five of these, else of all;
- what was cancelled came too, with nobody; what a container counted at its gate is neither missing nor a ground;
- containers are not estimated: what they hold is;
- the range is two standard deviations on each side: of each missing report around its mean, and of the mean itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from fete.figures.arithmetic.counting import Line, settled
from fete.reports.workflow import ReportStatus

FEWEST = 5
_DEVIATIONS = 2
_FEW, _MANY = 1, 5


class Size(StrEnum):
    """How large an activity is, by the sessions that it holds."""

    ONE = "one"
    FEW = "few"
    MANY = "many"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """On what some missing reports are estimated: how many are missing, how many came, and what these told."""

    # Nothing for all kinds, or all sizes, together.
    kind: str | None
    size: Size | None
    missing: int
    received: int
    mean: float
    variance: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """The visitors that missing reports would tell: never a part of any total."""

    missing: int
    low: int
    likely: int
    high: int
    grounds: tuple[Ground, ...]


def size_of(line: Line) -> Size:
    """Return how large an activity is; one that inherits its hours holds one session."""
    if len(line.days) <= _FEW:
        return Size.ONE
    return Size.FEW if len(line.days) <= _MANY else Size.MANY


def estimate(lines: Sequence[Line]) -> Estimate | None:
    """Return what the missing reports would tell; nothing when none is missing, or too few came to tell."""
    known = settled(lines)
    awaited = [line for line in known if _is_missing(line)]
    told = [line for line in known if _is_ground(line)]
    if not awaited or len(told) < FEWEST:
        return None
    grounds = _grounds(awaited, told)
    likely = sum(each.missing * each.mean for each in grounds)
    spread = _DEVIATIONS * sqrt(
        sum(each.variance * (each.missing + each.missing**2 / each.received) for each in grounds)
    )
    return Estimate(
        missing=len(awaited),
        low=max(0, round(likely - spread)),
        likely=round(likely),
        high=round(likely + spread),
        grounds=grounds,
    )


def _is_missing(line: Line) -> bool:
    is_awaited = line.is_due and not line.is_received and line.status is not ReportStatus.WAIVED
    return is_awaited and not line.is_container and not line.counts_apart


def _is_ground(line: Line) -> bool:
    if line.status is not ReportStatus.VALIDATED or line.is_container or line.counts_apart:
        return False
    return not line.counts.took_place or line.counts.visitors is not None


def _grounds(awaited: Sequence[Line], told: Sequence[Line]) -> tuple[Ground, ...]:
    missing: dict[tuple[str | None, Size | None], int] = {}
    like: dict[tuple[str | None, Size | None], list[int]] = {}
    for line in told:
        for key in ((line.kind, size_of(line)), (line.kind, None), (None, None)):
            like.setdefault(key, []).append(_visitors(line))
    for line in awaited:
        keys = ((line.kind, size_of(line)), (line.kind, None), (None, None))
        key = next(each for each in keys if len(like.get(each, ())) >= FEWEST)
        missing[key] = missing.get(key, 0) + 1
    return tuple(
        _ground(*key, missing=number, told=like[key])
        for key, number in sorted(missing.items(), key=lambda item: tuple(map(str, item[0])))
    )


def _ground(kind: str | None, size: Size | None, *, missing: int, told: Sequence[int]) -> Ground:
    mean = sum(told) / len(told)
    return Ground(
        kind=kind,
        size=size,
        missing=missing,
        received=len(told),
        mean=mean,
        variance=_variance(told, mean),
    )


def _variance(told: Iterable[int], mean: float) -> float:
    squares = [(each - mean) ** 2 for each in told]
    return sum(squares) / (len(squares) - 1)


def _visitors(line: Line) -> int:
    return (line.counts.visitors or 0) if line.counts.took_place else 0
