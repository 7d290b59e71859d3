"""The lines that figures are counted from: one a published activity, with its report. Knows nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fete.reports.arithmetic import Counts, Method, total_of
from fete.reports.workflow import ReportStatus

_RECEIVED = frozenset({ReportStatus.FILED, ReportStatus.VALIDATED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """The visitors of one session, when they were told session by session."""

    # The day of Paris, as ISO writes it.
    day: str
    minutes: int
    public: int = 0
    pupils: int = 0
    adults: int = 0

    @property
    def visitors(self) -> int:
        """Those who came to it."""
        return self.public + self.pupils + self.adults


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One published activity with its report, as far as the figures need to know."""

    activity_id: int
    edition_id: int = 0
    parent_id: int | None = None
    organisation_id: int = 0
    kind: str | None = None
    is_container: bool = False
    is_lab_open_day: bool = False
    counts_apart: bool = False
    # Official codes of where it is held; what has no place takes that of its container.
    commune: str | None = None
    departement: str | None = None
    # Each commune of its sessions with its département, when they are not all where it is held.
    stops: tuple[tuple[str, str], ...] = ()
    family: str | None = None
    themes: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    # The day of each session that it was to hold, but for those called off; and how long a visit lasts, in minutes.
    days: tuple[str, ...] = ()
    minutes: int = 0
    # Whether its last slot has ended: its report is awaited, unless its container counted at its gate.
    is_due: bool = True
    status: ReportStatus | None = None
    method: Method | None = None
    counts: Counts = field(default_factory=Counts)
    # When it told its visitors session by session: they add up to those of its counts.
    sessions: tuple[Session, ...] = ()

    @property
    def hosts(self) -> tuple[tuple[str, str | None], ...]:
        """The communes where it was held, each with its département."""
        if self.stops:
            return self.stops
        return ((self.commune, self.departement),) if self.commune is not None else ()

    @property
    def is_received(self) -> bool:
        """Whether its report was handed in."""
        return self.status in _RECEIVED

    @property
    def is_taken(self) -> bool:
        """Whether its report was validated and says that it was held."""
        return self.status is ReportStatus.VALIDATED and self.counts.took_place

    @property
    def visitor_minutes(self) -> int:
        """How long its visitors stayed, all together; nothing once its container tells them in its place."""
        if told := self.told_sessions:
            return sum(each.visitors * each.minutes for each in told)
        return (self.counts.visitors or 0) * self.minutes

    @property
    def told_sessions(self) -> tuple[Session, ...]:
        """Its sessions, when they tell the very visitors of its report: none is lost nor doubled by parting them."""
        if not self.sessions or self.counts.visitors is None:
            return ()
        tells_them = all(
            sum(getattr(each, name) for each in self.sessions) == (getattr(self.counts, name) or 0)
            for name in ("public", "pupils", "adults")
        )
        return self.sessions if tells_them else ()


def settled(lines: Sequence[Line]) -> list[Line]:
    """Return the lines without what their container tells in their place, nor what is not awaited any more."""
    known = {line.activity_id: line for line in lines}
    return [settle(line, within=known) for line in lines]


def settle(line: Line, *, within: Mapping[int, Line]) -> Line:
    """Return a line without what its container tells in its place, and not awaited once that one counted at its gate."""
    container = within.get(line.parent_id) if line.parent_id is not None else None
    if container is None or not container.is_container:
        return line
    if not (container.is_received and container.counts.took_place):
        return line
    gate = container.counts
    if line.is_due and gate.visitors is not None:
        line = replace(line, is_due=False)
    return _behind(gate, line) if container.is_taken else line


def as_received(lines: Iterable[Line]) -> list[Line]:
    """Return the lines as they would be if every report that was handed in had been validated."""
    return [
        replace(line, status=ReportStatus.VALIDATED) if line.is_received else line for line in lines
    ]


def _behind(gate: Counts, line: Line) -> Line:
    told: dict[str, Any] = {}
    if gate.visitors is not None:
        told |= {"public": None, "pupils": None, "adults": None}
    if total_of(gate.researchers, gate.mediators, gate.volunteers) is not None:
        told |= {"researchers": None, "mediators": None, "volunteers": None, "others": None}
    if gate.online is not None:
        told |= {"online": None}
    return replace(line, counts=replace(line.counts, **told)) if told else line
