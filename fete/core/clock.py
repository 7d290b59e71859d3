"""Read the clock, and go between Paris wall time and UTC instants; nothing else reads the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """Return the present instant, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  # the one reader of the clock


def today() -> date:
    """Return the present day in Paris."""
    return now().astimezone(PARIS).date()


class NoSuchTimeError(ValueError):
    """The clock of Paris never shows this time: it is skipped when summer time begins."""


def from_paris(day: date, hour: time) -> datetime:
    """Return the UTC instant at which the clocks of Paris show this day and hour.

    In the hour that autumn repeats, the first one (summer time) is meant.
    Raise `NoSuchTimeError` for the hour that spring skips.
    """
    local = datetime.combine(day, hour, tzinfo=PARIS)
    instant = local.astimezone(UTC)
    if instant.astimezone(PARIS).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTimeError
    return instant


def to_paris(instant: datetime) -> datetime:
    """Return the instant as the clocks of Paris show it."""
    return instant.astimezone(PARIS)


def day_bounds(first: date, last: date | None = None) -> tuple[datetime, datetime]:
    """Return the instants between which the Paris days `first` to `last` lie, the end excluded."""
    start = datetime.combine(first, time(), tzinfo=PARIS)
    end = datetime.combine((last or first) + timedelta(days=1), time(), tzinfo=PARIS)
    return start.astimezone(UTC), end.astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return the last instant of a Paris day."""
    return day_bounds(day)[1] - timedelta.resolution
