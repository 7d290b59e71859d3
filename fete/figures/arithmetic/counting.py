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
from dataclasses import replace
from itertools import product
from typing import Any, TypeVar

from fete.figures.arithmetic.lines import Line, Session, settled
from fete.figures.arithmetic.tally import Tally, Totals, Worth, worth_of
from fete.reports.arithmetic import Counts

Key = TypeVar("Key", bound=Hashable)
# How a line is parted: what it is worth as a whole becomes what is told of it under each key.
Way = Callable[[Line, Worth], Iterable[tuple[Any, Worth]]]


def totals(lines: Iterable[Line]) -> Totals:
    """Return the figures of these lines, whatever their order."""
    whole = Tally()
    for line in settled(list(lines)):
        whole.add(worth_of(line))
    return whole.totals


def parted(lines: Iterable[Line], way: Way) -> dict[Any, Totals]:
    """Return the figures of the lines under each of the keys that this way gives them.

    A container's gate replaces what it holds before the lines are parted, so that no visitor is lost nor doubled:
    where every line has exactly one key, the additive figures of the parts add up to the totals.
    """
    parts: dict[Any, Tally] = {}
    for line in settled(list(lines)):
        for key, worth in way(line, worth_of(line)):
            parts.setdefault(key, Tally()).add(worth)
    return {key: each.totals for key, each in parts.items()}


def under(keys: Callable[[Line], Iterable[Key]]) -> Way:
    """Return the way that tells the whole line under each of its keys."""
    return lambda line, worth: ((key, worth) for key in keys(line))


def in_departements(line: Line, worth: Worth) -> Iterable[tuple[str | None, Worth]]:
    """Tell a line in the département that reviews it, and each host commune in its own."""
    return _at(
        line.departement,
        worth,
        [(departement, commune) for commune, departement in line.hosts if worth.communes],
    )


def in_communes(line: Line, worth: Worth) -> Iterable[tuple[str | None, Worth]]:
    """Tell a line in the commune where it is held first, and each host commune as one."""
    return _at(
        line.commune,
        worth,
        [(commune, commune) for commune, _departement in line.hosts if worth.communes],
    )


def _at(
    home: str | None, worth: Worth, hosts: Sequence[tuple[str | None, str]]
) -> Iterable[tuple[str | None, Worth]]:
    if all(key == home for key, _commune in hosts):
        return [(home, worth)]
    there: dict[str | None, set[str]] = {home: set()}
    for key, commune in hosts:
        there.setdefault(key, set()).add(commune)
    return [
        (key, replace(worth if key == home else Worth(), communes=tuple(communes)))
        for key, communes in there.items()
    ]


def by_days(line: Line, worth: Worth) -> Iterable[tuple[str | None, Worth]]:
    """Tell a line on each of its days.

    Visitors are told of a day when all sessions were on it, or when the structure told them session by session; those
    of the others, which nobody can part, stand under `None`. An activity counts on each of its days.
    """
    return [(day, worth if part is line else worth_of(part)) for day, part in _on_days(line)]


def cross(lines: Iterable[Line], names: Sequence[str]) -> dict[tuple[str | None, ...], Totals]:
    """Return the figures under each combination of these breakdowns, as each of them alone parts the lines.

    What adds up in each of them adds up in the whole: no visitor is lost nor doubled by parting twice.
    """
    parts: dict[tuple[str | None, ...], Tally] = {}
    for line in settled(list(lines)):
        for day, part in _on_days(line) if "day" in names else [(None, line)]:
            keys = {name: (day,) if name == "day" else tuple(_KEYS[name](part)) for name in names}
            for key, worth in _combined(part, keys):
                parts.setdefault(key, Tally()).add(worth)
    return {key: each.totals for key, each in parts.items()}


def _combined(
    line: Line, keys: Mapping[str, tuple[str | None, ...]]
) -> Iterable[tuple[tuple[str | None, ...], Worth]]:
    """Give what is told of a line under each combination of its keys; a host commune counts in its own places."""
    worth = worth_of(line)
    own = {key: set[str]() for key in product(*keys.values())}
    there = dict(own)
    for commune, departement in line.hosts if worth.communes else ():
        place = {"commune": (commune,), "departement": (departement,)}
        at = {name: place.get(name, of_name) for name, of_name in keys.items()}
        for key in product(*at.values()):
            there.setdefault(key, set()).add(commune)
    for key, communes in there.items():
        yield key, replace(worth if key in own else Worth(), communes=tuple(communes))


def within(lines: Sequence[Line], departements: frozenset[str] | None) -> list[Line]:
    """Return the lines of these départements (`None`: all), once what containers elsewhere tell is told there."""
    known = settled(lines)
    if departements is None:
        return known
    return [line for line in known if line.departement in departements]


def _on_days(line: Line) -> list[tuple[str | None, Line]]:
    """Return what a line tells of each of its days, and under `None` what nobody can part."""
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


_KEYS: Mapping[str, Callable[[Line], Iterable[str | None]]] = {
    "departement": by_departement,
    "commune": by_commune,
    "kind": by_kind,
    "family": by_family,
    "theme": by_theme,
    "audience": by_audience,
    "level": by_level,
}
