"""The figures of an edition, counted from its activities and their reports. Knows nothing else.

What is counted, once and for all:
- only what was published, and only what a validated report says was held, in full or in part;
- a container (village, festival, trail) is not an activity: it is counted apart, but its place is a host commune;
- what goes from place to place, or is held at several, makes a host commune of each, in the département of each;
- where a container tells the visitors of its gate, they replace those of the activities it holds; the same goes for
  the people who were there, and for the connections;
- what such a container holds owes no report any more, and is not awaited; what it tells all the same is received;
- kinds that count apart (researchers in class) come into none of the totals, and are told beside them;
- connections are never added to visitors;
- the time that visitors spent is theirs by the length of a visit: that of a session, and an hour where one comes and
  goes as one likes.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from fete.reports.arithmetic import Counts, Method, Returns, total_of
from fete.reports.workflow import ReportStatus

Key = TypeVar("Key", bound=Hashable)

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
        if sum(each.visitors for each in self.sessions) != self.counts.visitors:
            return ()
        return self.sessions


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """The figures of some lines. The names are those of the JSON and CSV files."""

    activities: int = 0
    lab_open_days: int = 0
    slots: int = 0
    host_communes: int = 0
    organisations: int = 0
    visitors: int = 0
    public: int = 0
    pupils: int = 0
    adults: int = 0
    researchers: int = 0
    mediators: int = 0
    volunteers: int = 0
    others: int = 0
    # The time spent by all visitors together.
    visitor_minutes: int = 0
    # Told beside, in none of the above but `estimated`, which says how many of the visitors were not counted one by one.
    estimated: int = 0
    containers: int = 0
    online: int = 0
    cancelled: int = 0
    apart_activities: int = 0
    apart_visitors: int = 0
    coverage: Returns = field(default_factory=Returns)

    @property
    def pupils_share(self) -> float | None:
        """The part of pupils among visitors, from 0 to 1."""
        return self.pupils / self.visitors if self.visitors else None

    @property
    def estimated_share(self) -> float | None:
        """The part of visitors who were estimated, from 0 to 1."""
        return self.estimated / self.visitors if self.visitors else None


def totals(lines: Iterable[Line]) -> Totals:
    """Return the figures of these lines, whatever their order."""
    return _sum(settled(list(lines)))


def as_received(lines: Iterable[Line]) -> list[Line]:
    """Return the lines as they would be if every report that was handed in had been validated."""
    return [
        replace(line, status=ReportStatus.VALIDATED) if line.is_received else line for line in lines
    ]


def breakdown(lines: Iterable[Line], keys: Callable[[Line], Iterable[Key]]) -> dict[Key, Totals]:
    """Return the figures of the lines under each of their keys.

    A container's gate replaces what it holds before the lines are parted, so that no visitor is lost nor doubled:
    where every line has exactly one key, the additive figures of the parts add up to the totals.
    """
    parts: dict[Key, list[Line]] = {}
    for line in settled(list(lines)):
        for key in keys(line):
            parts.setdefault(key, []).append(line)
    return {key: _sum(part) for key, part in parts.items()}


def departement_parts(lines: Sequence[Line]) -> dict[str | None, Totals]:
    """Return the figures under each département: a line in the one that reviews it, a host commune in its own."""
    hosts: dict[str | None, set[str]] = {}
    for commune, departement in _hosts(lines):
        hosts.setdefault(departement, set()).add(commune)
    return _hosted(
        breakdown(lines, by_departement), {code: len(each) for code, each in hosts.items()}
    )


def commune_parts(lines: Sequence[Line]) -> dict[str | None, Totals]:
    """Return the figures under each commune: a line where it is held first, and each host commune as one."""
    hosts: dict[str | None, int] = {commune: 1 for commune, _departement in _hosts(lines)}
    return _hosted(breakdown(lines, by_commune), hosts)


def day_parts(lines: Sequence[Line]) -> dict[str | None, Totals]:
    """Return the figures under each day of Paris.

    Visitors are told of a day when all sessions were on it, or when the structure told them session by session; those
    of the others, which nobody can part, stand under `None`. An activity counts on each of its days.
    """
    parts: dict[str | None, list[Line]] = {}
    for line in settled(list(lines)):
        for day, part in _by_day(line):
            parts.setdefault(day, []).append(part)
    return {day: _sum(part) for day, part in parts.items()}


def _by_day(line: Line) -> list[tuple[str | None, Line]]:
    told = line.told_sessions
    days = sorted({*line.days, *(each.day for each in told)})
    if len(days) == 1:
        return [(days[0], line)]
    nobody: dict[str, Any] = {"public": None, "pupils": None, "adults": None} if told else {}
    # Who made it, and all else that is told once, is of no day.
    whole = replace(line, days=(), sessions=(), counts=replace(line.counts, **nobody))
    return [(None, whole), *((day, _on(day, line, told)) for day in days)]


def _on(day: str, line: Line, told: Sequence[Session]) -> Line:
    """Return what a line tells of one day: its sessions, and who came to them when it is known."""
    sessions = tuple(each for each in told if each.day == day)
    came = {
        name: sum(getattr(each, name) for each in sessions)
        for name in ("public", "pupils", "adults")
        if sessions
    }
    return replace(
        line,
        days=tuple(each for each in line.days if each == day),
        sessions=sessions,
        counts=Counts(outcome=line.counts.outcome, **came),
    )


def _hosts(lines: Iterable[Line]) -> set[tuple[str, str | None]]:
    """Return each commune where something was held, with its département."""
    return {
        host for line in lines if line.is_taken and not line.counts_apart for host in line.hosts
    }


def _hosted(
    parts: Mapping[str | None, Totals], hosts: Mapping[str | None, int]
) -> dict[str | None, Totals]:
    return {
        code: replace(parts.get(code, Totals()), host_communes=hosts.get(code, 0))
        for code in {**parts, **hosts}
    }


def by_departement(line: Line) -> tuple[str | None]:
    """Give the département where a line is held."""
    return (line.departement,)


def by_commune(line: Line) -> tuple[str | None]:
    """Give the commune where a line is held."""
    return (line.commune,)


def by_kind(line: Line) -> tuple[str | None]:
    """Give the kind of a line."""
    return (line.kind,)


def by_family(line: Line) -> tuple[str | None]:
    """Give the family of the structure that declared a line."""
    return (line.family,)


def by_theme(line: Line) -> tuple[str | None, ...]:
    """Give the themes of a line: several, so that the parts do not add up."""
    return line.themes or (None,)


def by_audience(line: Line) -> tuple[str | None, ...]:
    """Give the audiences of a line: several, so that the parts do not add up."""
    return line.audiences or (None,)


def by_level(line: Line) -> tuple[str | None, ...]:
    """Give the school levels of a line: several, so that the parts do not add up."""
    return line.levels or (None,)


def by_edition(line: Line) -> tuple[int]:
    """Give the edition of a line."""
    return (line.edition_id,)


def settled(lines: Sequence[Line]) -> list[Line]:
    """Return the lines without what their container tells in their place, nor what is not awaited any more."""
    gates = {
        line.activity_id
        for line in lines
        if line.is_container
        and line.is_received
        and line.counts.took_place
        and line.counts.visitors is not None
    }
    containers: dict[int | None, Counts] = {
        line.activity_id: line.counts for line in lines if line.is_container and line.is_taken
    }
    return [
        _behind(containers[line.parent_id], line) if line.parent_id in containers else line
        for line in (
            replace(line, is_due=False) if line.parent_id in gates and line.is_due else line
            for line in lines
        )
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


def _sum(lines: Sequence[Line]) -> Totals:
    taken = [line for line in lines if line.is_taken]
    told = [line for line in taken if not line.counts_apart]
    apart = [line for line in taken if line.counts_apart]
    held = [line for line in told if not line.is_container]
    counts = [line.counts for line in told]
    return Totals(
        activities=len(held),
        lab_open_days=sum(line.is_lab_open_day for line in held),
        slots=sum(len(line.days) for line in held),
        host_communes=len({commune for line in told for commune, _departement in line.hosts}),
        organisations=len({line.organisation_id for line in told}),
        visitors=_visitors(told),
        public=sum(each.public or 0 for each in counts),
        pupils=sum(each.pupils or 0 for each in counts),
        adults=sum(each.adults or 0 for each in counts),
        researchers=sum(each.researchers or 0 for each in counts),
        mediators=sum(each.mediators or 0 for each in counts),
        volunteers=sum(each.volunteers or 0 for each in counts),
        others=sum(each.others or 0 for each in counts),
        visitor_minutes=sum(line.visitor_minutes for line in told),
        estimated=_visitors(line for line in told if line.method is Method.ESTIMATED),
        containers=len(told) - len(held),
        online=sum(each.online or 0 for each in counts),
        cancelled=sum(
            line.status is ReportStatus.VALIDATED and not line.counts.took_place for line in lines
        ),
        apart_activities=len(apart),
        apart_visitors=_visitors(apart),
        coverage=_coverage(lines),
    )


def _visitors(lines: Iterable[Line]) -> int:
    return sum(line.counts.visitors or 0 for line in lines)


def _coverage(lines: Sequence[Line]) -> Returns:
    waived = sum(line.status is ReportStatus.WAIVED for line in lines)
    return Returns(
        due=sum(
            line.is_received or (line.is_due and line.status is not ReportStatus.WAIVED)
            for line in lines
        ),
        received=sum(line.is_received for line in lines),
        validated=sum(line.status is ReportStatus.VALIDATED for line in lines),
        waived=waived,
    )
