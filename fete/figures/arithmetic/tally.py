"""What lines are worth, and sums that grow and shrink line by line. Knows nothing else."""

from collections import Counter
from dataclasses import dataclass, field, fields
from operator import add, sub
from typing import Any

from fete.figures.arithmetic.lines import Line
from fete.reports.arithmetic import Method, Returns
from fete.reports.workflow import ReportStatus

# The figures that tell of people who could be recognised, and how many structures tell them together at least.
PERSONAL = frozenset({"researchers", "mediators", "volunteers", "others"})
FEWEST_TOGETHER = 3


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
    # How many structures tell the people of these figures: no figure, but what decides whether they are told.
    teams: int = 0

    @property
    def pupils_share(self) -> float | None:
        """The part of pupils among visitors, from 0 to 1."""
        return self.pupils / self.visitors if self.visitors else None

    @property
    def estimated_share(self) -> float | None:
        """The part of visitors who were estimated, from 0 to 1."""
        return self.estimated / self.visitors if self.visitors else None

    @property
    def is_of_few(self) -> bool:
        """Whether so few structures tell the people of these figures that one would recognise them."""
        return 0 < self.teams < FEWEST_TOGETHER


# What a line is worth in each of these; structures and communes are counted once, whoever tells them.
_DISTINCT = frozenset({"host_communes", "organisations", "teams"})
_ADDED = tuple(each.name for each in fields(Totals) if each.name not in _DISTINCT | {"coverage"})
_RETURNS = tuple(each.name for each in fields(Returns))
_NOTHING = (0,) * len(_ADDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Worth:
    """What one line adds to the figures."""

    figures: tuple[int, ...] = _NOTHING
    returns: tuple[int, ...] = (0,) * len(_RETURNS)
    communes: tuple[str, ...] = ()
    organisation: int | None = None
    # The same, when it tells who made it.
    team: int | None = None


class Tally:
    """Sums of what lines are worth: what was added can be taken away again, in any order."""

    def __init__(self) -> None:
        self.lines = 0
        self._figures, self._returns = list(_NOTHING), [0] * len(_RETURNS)
        self._communes: Counter[str] = Counter()
        self._organisations: Counter[int] = Counter()
        self._teams: Counter[int] = Counter()

    def add(self, worth: Worth, *, times: int = 1) -> None:
        """Add what a line is worth, or take it away with -1 `times`."""
        step = add if times > 0 else sub
        self.lines += times
        # Most lines of an edition in progress are worth nothing yet.
        if worth.figures is not _NOTHING:
            self._figures = list(map(step, self._figures, worth.figures))
        self._returns = list(map(step, self._returns, worth.returns))
        for commune in worth.communes:
            _count(self._communes, commune, times)
        if worth.organisation is not None:
            _count(self._organisations, worth.organisation, times)
        if worth.team is not None:
            _count(self._teams, worth.team, times)

    @property
    def totals(self) -> Totals:
        """The figures as they stand."""
        return Totals(
            **dict(zip(_ADDED, self._figures, strict=True)),
            host_communes=len(self._communes),
            organisations=len(self._organisations),
            coverage=Returns(**dict(zip(_RETURNS, self._returns, strict=True))),
            teams=len(self._teams),
        )


def _count(counter: Counter[Any], key: object, times: int) -> None:
    counter[key] += times
    if not counter[key]:
        del counter[key]


def worth_of(line: Line) -> Worth:
    """Return what a settled line adds to the figures."""
    told = line.is_taken and not line.counts_apart
    return Worth(
        figures=_figures(line),
        returns=_coverage(line),
        communes=tuple({commune for commune, _departement in line.hosts}) if told else (),
        organisation=line.organisation_id if told else None,
        team=line.organisation_id if told and _tells_people(line) else None,
    )


def _tells_people(line: Line) -> bool:
    return any(getattr(line.counts, name) for name in PERSONAL)


def _figures(line: Line) -> tuple[int, ...]:
    if line.status is not ReportStatus.VALIDATED:
        return _NOTHING
    if not line.counts.took_place:
        return _CANCELLED
    visitors = line.counts.visitors or 0
    figures = (
        {"apart_activities": 1, "apart_visitors": visitors}
        if line.counts_apart
        else _told(line, visitors)
    )
    return tuple(figures.get(name, 0) for name in _ADDED)


def _told(line: Line, visitors: int) -> dict[str, int]:
    counts, is_held = line.counts, not line.is_container
    return {
        "activities": int(is_held),
        "lab_open_days": int(is_held and line.is_lab_open_day),
        "slots": len(line.days) if is_held else 0,
        "visitors": visitors,
        "public": counts.public or 0,
        "pupils": counts.pupils or 0,
        "adults": counts.adults or 0,
        "researchers": counts.researchers or 0,
        "mediators": counts.mediators or 0,
        "volunteers": counts.volunteers or 0,
        "others": counts.others or 0,
        "visitor_minutes": line.visitor_minutes,
        "estimated": visitors if line.method is Method.ESTIMATED else 0,
        "containers": int(line.is_container),
        "online": counts.online or 0,
    }


_CANCELLED = tuple(int(name == "cancelled") for name in _ADDED)


def _coverage(line: Line) -> tuple[int, ...]:
    is_waived = line.status is ReportStatus.WAIVED
    returns = {
        "due": line.is_received or (line.is_due and not is_waived),
        "received": line.is_received,
        "validated": line.status is ReportStatus.VALIDATED,
        "waived": is_waived,
    }
    return tuple(int(returns[name]) for name in _RETURNS)
