"""What is behind a figure: the lines that make it, and what each brings to it. Knows nothing else."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from fete.figures.arithmetic.counting import (
    Line,
    Totals,
    by_audience,
    by_commune,
    by_departement,
    by_family,
    by_kind,
    by_level,
    by_theme,
    day_parts,
    settled,
    totals,
)

# The codes of a line in each breakdown but that by day, where a line tells something of each of its days.
_CODES: Mapping[str, Callable[[Line], Iterable[str | None]]] = {
    "departement": by_departement,
    "commune": by_commune,
    "kind": by_kind,
    "family": by_family,
    "theme": by_theme,
    "audience": by_audience,
    "level": by_level,
}


def proof(
    lines: Sequence[Line], key: str, *, of: str = "", code: str | None = None
) -> dict[int, int]:
    """Return what each activity brings to a figure, or to one part of it: what brings nothing is left out.

    The values add up to the figure.
    """
    return {
        line.activity_id: value
        for line, part in _behind(lines, of, code)
        if (value := getattr(part, key))
    }


def host_proof(lines: Sequence[Line], *, of: str = "", code: str | None = None) -> dict[str, int]:
    """Return the host communes, or those of one part, each with how many things were held there."""
    hosts: dict[str, int] = {}
    # What goes from place to place has a host commune in parts where it does not count itself.
    by_place = of in {"departement", "commune"}
    for line, _part in _behind(lines, "" if by_place else of, code):
        for commune, departement in line.hosts if _counts(line) else ():
            if not by_place or code == (departement if of == "departement" else commune):
                hosts[commune] = hosts.get(commune, 0) + 1
    return hosts


def organisation_proof(
    lines: Sequence[Line], *, of: str = "", code: str | None = None
) -> dict[int, int]:
    """Return the structures that took part, or did in one part, each with how many things it held."""
    held: dict[int, int] = {}
    for line, _part in _behind(lines, of, code):
        if _counts(line):
            held[line.organisation_id] = held.get(line.organisation_id, 0) + 1
    return held


def _counts(line: Line) -> bool:
    return line.is_taken and not line.counts_apart


def _behind(lines: Sequence[Line], of: str, code: str | None) -> list[tuple[Line, Totals]]:
    """Return the lines of one part, or all, each with what it tells there."""
    known = settled(lines)
    if of == "day":
        parted = [(line, day_parts([line])) for line in known]
        return [(line, parts[code]) for line, parts in parted if code in parts]
    return [(line, totals([line])) for line in known if not of or code in _CODES[of](line)]
