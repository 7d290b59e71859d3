"""Share a whole number out, so that the parts add up to it exactly."""

import math
from collections.abc import Sequence


def apportion(
    total: int, weights: Sequence[float], *, most: Sequence[int] | None = None
) -> list[int]:
    """Return whole parts of the total in proportion to the weights, by largest remainders; none above its `most`.

    Raise `ValueError` when there is more to share than the parts can take.
    """
    ceilings: list[float] = list(most) if most is not None else [math.inf] * len(weights)
    exact = _within(total, weights, ceilings)
    parts = [math.floor(part) for part in exact]
    ranks = sorted(range(len(parts)), key=lambda rank: (parts[rank] - exact[rank], rank))
    takers = [rank for rank in ranks if weights[rank] > 0 and parts[rank] < ceilings[rank]]
    for rank in takers[: total - sum(parts)]:
        parts[rank] += 1
    if sum(parts) != total:
        msg = f"{total} to share, {sum(parts)} taken"
        raise ValueError(msg)
    return parts


def _within(total: int, weights: Sequence[float], ceilings: Sequence[float]) -> list[float]:
    """Return exact shares; what would go above a ceiling is shared among the others."""
    exact = [0.0] * len(weights)
    open_ranks = {rank: None for rank, weight in enumerate(weights) if weight > 0}
    left = float(total)
    while open_ranks:
        scale = left / sum(weights[rank] for rank in open_ranks)
        full = [rank for rank in open_ranks if weights[rank] * scale > ceilings[rank]]
        if not full:
            for rank in open_ranks:
                exact[rank] = weights[rank] * scale
            break
        for rank in full:
            exact[rank] = ceilings[rank]
            left -= ceilings[rank]
            del open_ranks[rank]
    return exact
