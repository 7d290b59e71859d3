"""The figures of an edition kept up to date line by line: a report that comes in costs what it is worth, not a recount.

Knows nothing else. What stands in it is always what `totals` and `parted` would tell of its lines.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fete.figures.arithmetic.counting import Way
from fete.figures.arithmetic.estimating import Estimate, Grounds
from fete.figures.arithmetic.lines import Line, as_received, settle
from fete.figures.arithmetic.tally import Tally, Totals, Worth, worth_of
from fete.reports.workflow import ReportStatus


class Ledger:
    """Lines with their totals, as validated and as received, and their parts in several ways."""

    def __init__(self, lines: Iterable[Line], ways: Mapping[str, Way]) -> None:
        self.lines: dict[int, Line] = {}
        self._ways = ways
        self._held: dict[int, set[int]] = {}
        self._whole, self._received = Tally(), Tally()
        self._grounds = Grounds()
        self._parts: dict[str, dict[Any, Tally]] = {name: {} for name in ways}
        self.enter(lines)

    def enter(self, lines: Iterable[Line]) -> None:
        """Take these lines, each in the place of the one of the same activity if there is one."""
        for line in lines:
            touched = {line.activity_id, *self._held.get(line.activity_id, ())}
            self._count(touched, times=-1)
            self._put(line)
            self._count(touched, times=1)

    def enter_anew(self, numbers: Iterable[int], lines: Iterable[Line]) -> None:
        """Take these lines in the place of whatever stands under these numbers, which may be no more."""
        entered = list(lines)
        for number in set(numbers) - {line.activity_id for line in entered}:
            touched = {number, *self._held.get(number, ())}
            self._count(touched, times=-1)
            self._take_away(number)
            self._count(touched, times=1)
        self.enter(entered)

    @property
    def totals(self) -> Totals:
        """The figures of validated reports."""
        return self._whole.totals

    @property
    def received(self) -> Totals:
        """The figures as they would be if every report that came in had been validated."""
        return self._received.totals

    @property
    def estimate(self) -> Estimate | None:
        """What the missing reports would tell: in none of the figures."""
        return self._grounds.estimate

    def parts(self, name: str) -> dict[Any, Totals]:
        """Return the figures under each key of one of the ways."""
        return {key: each.totals for key, each in self._parts[name].items()}

    def _put(self, line: Line) -> None:
        self._take_away(line.activity_id)
        if line.parent_id is not None:
            self._held.setdefault(line.parent_id, set()).add(line.activity_id)
        self.lines[line.activity_id] = line

    def _take_away(self, number: int) -> None:
        before = self.lines.pop(number, None)
        if before is not None and before.parent_id is not None:
            self._held[before.parent_id].discard(number)

    def _count(self, numbers: Iterable[int], *, times: int) -> None:
        for number in numbers:
            line = self.lines.get(number)
            if line is None:
                continue
            above = self.lines.get(line.parent_id) if line.parent_id is not None else None
            worth = self._tell(_settled(line, above), times=times)
            if _waits(line) or _waits(above):
                told = as_received([line] if above is None else [line, above])
                worth = worth_of(_settled(*told))
            self._received.add(worth, times=times)

    def _tell(self, line: Line, *, times: int) -> Worth:
        worth = worth_of(line)
        self._whole.add(worth, times=times)
        self._grounds.add(line, times=times)
        for name, way in self._ways.items():
            parts = self._parts[name]
            for key, share in way(line, worth):
                part = parts.setdefault(key, Tally())
                part.add(share, times=times)
                if not part.lines:
                    del parts[key]
        return worth


def _settled(line: Line, above: Line | None = None) -> Line:
    return line if above is None else settle(line, within={above.activity_id: above})


def _waits(line: Line | None) -> bool:
    """Whether a line tells more as received than as validated."""
    return line is not None and line.status is ReportStatus.FILED
