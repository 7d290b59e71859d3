"""Shades of a map: values in a few classes of about as many territories each. Knows nothing else."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

MOST_CLASSES = 4
Code = TypeVar("Code", bound=Hashable)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shade:
    """One class of values: how dark it is, its least value and its greatest."""

    rank: int
    low: int
    high: int


def shades_of(values: Mapping[Code, int]) -> tuple[dict[Code, int], list[Shade]]:
    """Return the shade of each territory, and the classes, the lightest first; nothing at all is a shade of its own.

    Equal values have the same shade.
    """
    some = sorted(value for value in values.values() if value)
    bounds = [some[rank * len(some) // MOST_CLASSES] for rank in range(MOST_CLASSES) if some]
    ranks = {
        code: sum(value >= bound for bound in dict.fromkeys(bounds)) if value else 0
        for code, value in values.items()
    }
    classes = [
        Shade(rank=rank, low=min(inside), high=max(inside))
        for rank in sorted(set(ranks.values()))
        for inside in ([values[code] for code, each in ranks.items() if each == rank],)
    ]
    return ranks, classes
