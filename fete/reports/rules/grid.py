"""One row among many, pure: what was typed in it, and whether that says anything new."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum

from fete.reports.arithmetic import Counts, Incoherence, Method
from fete.reports.models import Report
from fete.reports.rules.reporting import Gap, Told


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """What one row tells, and what was seen when it was typed: the version, and its figures."""

    counts: Counts = field(default_factory=Counts)
    method: Method | None = None
    version: int = 0
    seen: str = ""

    @classmethod
    def of(cls, report: Report | None) -> "Typed":
        """Return what is kept, as a row would tell it."""
        if report is None:
            return cls()
        return cls(counts=report.counts, method=report.method, version=report.version)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is told at all."""
        return self.counts == Counts() and self.method is None

    @property
    def figures(self) -> str:
        """The figures in one line: a row that is sent brings back those that it was shown with."""
        told = (getattr(self.counts, each.name) for each in fields(Counts))
        return ":".join("" if each is None else str(each) for each in (*told, self.method))

    @property
    def is_untouched(self) -> bool:
        """Whether it tells what it was shown with."""
        return self.figures == self.seen

    def tells_the_same_as(self, other: "Typed") -> bool:
        """Whether both hold the same figures, whichever version they were seen with."""
        return (self.counts, self.method) == (other.counts, other.method)

    def told_in(self, report: Report | None) -> Told:
        """Return the whole report with these figures: a row has neither remarks nor answers, and leaves them be."""
        if report is None:
            return Told(counts=self.counts, method=self.method)
        return Told(
            counts=self.counts,
            method=self.method,
            remarks=report.remarks,
            explanation=report.explanation,
            is_confirmed=report.is_confirmed,
        )


class RowState(StrEnum):
    """What became of one row."""

    LEFT = "left"
    SAVED = "saved"
    FILED = "filed"
    # Somebody else changed it, and this person did not: what stands is shown.
    RENEWED = "renewed"
    # Both did: the person compares and chooses.
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class RowKept:
    """What became of one row, with what keeps it from being filed."""

    state: RowState
    gaps: Sequence[Gap] = ()
    questions: Sequence[Incoherence] = ()
    refusal: str = ""
