"""What is behind a figure: the lines that make it, and what each brings to it. Knows nothing else."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from fete.figures.arithmetic.counting import (
    Line,
    by_audience,
    by_commune,
    by_departement,
    by_family,
    by_kind,
    by_level,
    by_theme,
    days_of,
    settled,
    sum_of,
)

Parted = Iterable[tuple[str | None, Line]]
# The codes of a line in each breakdown; by day, what it tells of each.
_PARTS: Mapping[str, Callable[[Line], Iterable[str | None]]] = {
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

    The values add up to the figure, whatever their order.
    """
    brought: dict[int, int] = {}
    for line in _lines(lines, of, code):
        value = getattr(sum_of([line]), key)
        if value:
            brought[line.activity_id] = brought.get(line.activity_id, 0) + value
    return brought


def host_proof(lines: Sequence[Line], *, of: str = "", code: str | None = None) -> dict[str, int]:
    """Return the host communes, or those of one part, each with how many things were held there."""
    is_of_places = of in {"departement", "commune"}
    hosts: dict[str, int] = {}
    for line in settled(lines) if is_of_places else _lines(lines, of, code):
        if line.is_taken and not line.counts_apart:
            for commune, departement in line.hosts:
                if not is_of_places or code == (departement if of == "departement" else commune):
                    hosts[commune] = hosts.get(commune, 0) + 1
    return hosts


def organisation_proof(
    lines: Sequence[Line], *, of: str = "", code: str | None = None
) -> dict[int, int]:
    """Return the structures that took part, or did in one part, each with how many things it held."""
    held: dict[int, int] = {}
    for line in _lines(lines, of, code):
        if line.is_taken and not line.counts_apart:
            held[line.organisation_id] = held.get(line.organisation_id, 0) + 1
    return held


def _lines(lines: Sequence[Line], of: str, code: str | None) -> list[Line]:
    known = settled(lines)
    if not of:
        return known
    return [part for line in known for each, part in _parts(line, of) if each == code]


def _parts(line: Line, of: str) -> Parted:
    return days_of(line) if of == "day" else ((code, line) for code in _PARTS[of](line))
