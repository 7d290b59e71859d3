"""What is behind a figure: the lines that make it, and what each brings to it. Knows nothing else."""

from collections.abc import Iterator, Sequence

from fete.figures.arithmetic.counting import Way
from fete.figures.arithmetic.lines import Line, settled
from fete.figures.arithmetic.tally import Tally, Worth, worth_of


def proof(
    lines: Sequence[Line], key: str, *, way: Way | None = None, code: str | None = None
) -> dict[int, int]:
    """Return what each activity brings to a figure, or to the part that bears this code in a way of parting.

    The values add up to the figure; what brings nothing is left out.
    """
    return {
        line.activity_id: value
        for line, worth in _behind(lines, way, code)
        if (value := _told(worth, key))
    }


def host_proof(
    lines: Sequence[Line], *, way: Way | None = None, code: str | None = None
) -> dict[str, int]:
    """Return the host communes, or those of one part, each with how many things were held there."""
    hosts: dict[str, int] = {}
    for _line, worth in _behind(lines, way, code):
        for commune in worth.communes:
            hosts[commune] = hosts.get(commune, 0) + 1
    return hosts


def organisation_proof(
    lines: Sequence[Line], *, way: Way | None = None, code: str | None = None
) -> dict[int, int]:
    """Return the structures that took part, or did in one part, each with how many things it held."""
    held: dict[int, int] = {}
    for _line, worth in _behind(lines, way, code):
        if worth.organisation is not None:
            held[worth.organisation] = held.get(worth.organisation, 0) + 1
    return held


def _told(worth: Worth, key: str) -> int:
    alone = Tally()
    alone.add(worth)
    value: int = getattr(alone.totals, key)
    return value


def _behind(
    lines: Sequence[Line], way: Way | None, code: str | None
) -> Iterator[tuple[Line, Worth]]:
    for line in settled(lines):
        worth = worth_of(line)
        if way is None:
            yield line, worth
            continue
        yield from ((line, share) for key, share in way(line, worth) if key == code)
