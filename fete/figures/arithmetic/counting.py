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

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
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


def breakdown(lines: Iterable[Line], keys: Callable[[Line], Iterable[Key]]) -> dict[Key, Totals]:
    """Return the figures of the lines under each of their keys.

    A container's gate replaces what it holds before the lines are parted, so that no visitor is lost nor doubled:
    where every line has exactly one key, the additive figures of the parts add up to the totals.
    """
    return parted(lines, under(keys))


def parted(lines: Iterable[Line], way: Way) -> dict[Any, Totals]:
    """Return the figures of the lines under each of the keys that this way gives them."""
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
    told = line.told_sessions
    days = sorted({*line.days, *(each.day for each in told)})
    if len(days) == 1:
        return [(days[0], worth)]
    nobody: dict[str, Any] = {"public": None, "pupils": None, "adults": None} if told else {}
    # Who made it, and all else that is told once, is of no day.
    whole = replace(line, days=(), sessions=(), counts=replace(line.counts, **nobody))
    return [
        (None, worth_of(whole)),
        *((day, worth_of(_on(day, line, told))) for day in days),
    ]


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


def departement_parts(lines: Sequence[Line]) -> dict[str | None, Totals]:
    """Return the figures under each département: a line in the one that reviews it, a host commune in its own."""
    return parted(lines, in_departements)


def commune_parts(lines: Sequence[Line]) -> dict[str | None, Totals]:
    """Return the figures under each commune: a line where it is held first, and each host commune as one."""
    return parted(lines, in_communes)


def day_parts(lines: Sequence[Line]) -> dict[str | None, Totals]:
    """Return the figures under each day of Paris; what nobody can part stands under `None`."""
    return parted(lines, by_days)


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
