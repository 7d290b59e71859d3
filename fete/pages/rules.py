"""What the home page says of an edition, by the day on which it is read."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


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
