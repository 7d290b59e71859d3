"""What the home page says of an edition, by the day on which it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DARKEST = 4


class Phase(StrEnum):
    """Where an edition stands."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """Some days of an edition, both ends included."""

    first: date
    last: date


def phase_of(days: Days, today: date) -> Phase:
    """Return whether these days are to come, under way or over."""
    if today < days.first:
        return Phase.COMING
    return Phase.RUNNING if today <= days.last else Phase.OVER


def rest_of_weekend(days: Days, today: date) -> Days | None:
    """Return what is left, among these days, of the weekend that is here or comes next."""
    sunday = today + timedelta(days=6 - today.weekday())
    saturday = sunday - timedelta(days=1)
    first, last = max(saturday, today, days.first), min(sunday, days.last)
    return Days(first=first, last=last) if first <= last else None


def shades(counts: Mapping[str, int]) -> dict[str, int]:
    """Return how dark each place of a map is, from 1 to `DARKEST`, by its share of the largest number; 0 has no shade."""
    largest = max(counts.values(), default=0)
    return {code: -(-count * DARKEST // largest) for code, count in counts.items() if count}
