"""What the reports that are missing would tell, were they like those that came. Knows nothing else.

The rule, which is printed wherever the estimate is:
- a missing report is worth the mean of the validated ones of its kind and size (one session, a few, many), of its kind
  when there are fewer than five of these, else of all;
- what was cancelled came too, with nobody; what a container counted at its gate is neither missing nor a ground;
- containers are not estimated: what they hold is;
- the range is two standard deviations on each side: of each missing report around its mean, and of the mean itself.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from fete.figures.arithmetic.lines import Line, settled
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


_Key = tuple[str | None, Size | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sample:
    """How many told their visitors, how many in all, and the sum of their squares: whole numbers, so that none drifts."""

    number: int = 0
    total: int = 0
    squares: int = 0

    def __add__(self, other: "_Sample") -> "_Sample":
        return _Sample(
            number=self.number + other.number,
            total=self.total + other.total,
            squares=self.squares + other.squares,
        )

    @property
    def mean(self) -> float:
        return self.total / self.number

    @property
    def variance(self) -> float:
        return (self.number * self.squares - self.total**2) / (self.number * (self.number - 1))


def size_of(line: Line) -> Size:
    """Return how large an activity is; one that inherits its hours holds one session."""
    if len(line.days) <= _FEW:
        return Size.ONE
    return Size.FEW if len(line.days) <= _MANY else Size.MANY


class Grounds:
    """What an estimate rests on, line by line: what was added can be taken away again, in any order."""

    def __init__(self) -> None:
        self._missing: Counter[_Key] = Counter()
        self._told: dict[_Key, _Sample] = {}

    def add(self, line: Line, *, times: int = 1) -> None:
        """Add a settled line, or take it away with -1 `times`."""
        key = (line.kind, size_of(line))
        if _is_missing(line):
            self._missing[key] += times
        elif _is_ground(line):
            visitors = (line.counts.visitors or 0) if line.counts.took_place else 0
            self._told[key] = self._told.get(key, _Sample()) + _Sample(
                number=times, total=times * visitors, squares=times * visitors**2
            )

    @property
    def estimate(self) -> Estimate | None:
        """What the missing reports would tell; nothing when none is missing, or too few came to tell."""
        missing = +self._missing
        every = sum(self._told.values(), _Sample())
        if not missing or every.number < FEWEST:
            return None
        grounds = self._grounds(missing, every)
        likely = sum(each.missing * each.mean for each in grounds)
        spread = _DEVIATIONS * sqrt(
            sum(
                each.variance * (each.missing + each.missing**2 / each.received) for each in grounds
            )
        )
        return Estimate(
            missing=missing.total(),
            low=max(0, round(likely - spread)),
            likely=round(likely),
            high=round(likely + spread),
            grounds=grounds,
        )

    def _grounds(self, missing: Mapping[_Key, int], every: _Sample) -> tuple[Ground, ...]:
        of_kind: dict[str | None, _Sample] = {}
        for (kind, _size), sample in self._told.items():
            of_kind[kind] = of_kind.get(kind, _Sample()) + sample
        found: dict[_Key, int] = {}
        samples: dict[_Key, _Sample] = {}
        for (kind, size), number in missing.items():
            steps: tuple[tuple[_Key, _Sample], ...] = (
                ((kind, size), self._told.get((kind, size), _Sample())),
                ((kind, None), of_kind.get(kind, _Sample())),
                ((None, None), every),
            )
            key, sample = next(each for each in steps if each[1].number >= FEWEST)
            found[key] = found.get(key, 0) + number
            samples[key] = sample
        ordered = sorted(found, key=lambda key: tuple(map(str, key)))
        return tuple(
            Ground(
                kind=key[0],
                size=key[1],
                missing=found[key],
                received=samples[key].number,
                mean=samples[key].mean,
                variance=samples[key].variance,
            )
            for key in ordered
        )


def estimate(lines: Sequence[Line]) -> Estimate | None:
    """Return what the missing reports would tell; nothing when none is missing, or too few came to tell."""
    grounds = Grounds()
    for line in settled(lines):
        grounds.add(line)
    return grounds.estimate


def _is_missing(line: Line) -> bool:
    is_awaited = line.is_due and not line.is_received and line.status is not ReportStatus.WAIVED
    return is_awaited and not line.is_container and not line.counts_apart


def _is_ground(line: Line) -> bool:
    if line.status is not ReportStatus.VALIDATED or line.is_container or line.counts_apart:
        return False
    return not line.counts.took_place or line.counts.visitors is not None
