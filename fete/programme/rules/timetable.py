"""The arithmetic of many slots at once, pure: by the hours on the wall, day after day, as people type them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from fete.core.clock import NoSuchTimeError
from fete.programme.rules.slots import end_of, start_of

_DAY = timedelta(days=1)
_SATURDAY = 5


class Weekdays(StrEnum):
    """On which days of the week something is repeated."""

    EVERY = "every"
    WORKING = "working"
    WEEKENDS = "weekends"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """A slot as one types it: a day, a start and an end; an end before the start is on the next day."""

    day: date
    starts: time
    ends: time

    @property
    def exist(self) -> bool:
        """Whether the clocks of Paris show both hours: in spring they skip one."""
        try:
            start_of(self.day, self.starts)
            end_of(self.day, self.starts, self.ends)
        except NoSuchTimeError:
            return False
        return True


def days_between(
    first: date,
    last: date,
    *,
    among: Weekdays = Weekdays.EVERY,
    closed: Collection[int] = (),
) -> list[date]:
    """Return the days from the first to the last, both included, but those of the `closed` weekdays (Monday is 0)."""
    return [
        day
        for number in range((last - first).days + 1)
        if _is_among(day := first + number * _DAY, among) and day.weekday() not in closed
    ]


def repeated(
    like: Hours, first: date, last: date, *, among: Weekdays = Weekdays.EVERY
) -> list[Hours]:
    """Return the same hours on each day from the first to the last, but on the day that has them already."""
    days = days_between(first, last, among=among)
    return copied([like], [day for day in days if day != like.day])


def sessions(day: date, opens: time, closes: time, *, every: int, length: int) -> list[Hours]:
    """Return what begins every so many minutes of a day and is over at closing time; after midnight if it must be."""
    start = datetime.combine(day, opens)
    close = datetime.combine(day + _DAY if closes <= opens else day, closes)
    found = []
    while start + timedelta(minutes=length) <= close:
        end = start + timedelta(minutes=length)
        found.append(Hours(day=start.date(), starts=start.time(), ends=end.time()))
        start += timedelta(minutes=every)
    return found


def copied(hours: Iterable[Hours], days: Iterable[date]) -> list[Hours]:
    """Return the same hours on each of these days, day after day."""
    hours = list(hours)
    return [Hours(day=day, starts=each.starts, ends=each.ends) for day in days for each in hours]


def openings(
    first: date, last: date, opens: time, closes: time, *, closed: Collection[int] = ()
) -> list[Hours]:
    """Return the opening hours of each day from the first to the last, but on the weekdays when it is closed."""
    return [
        Hours(day=day, starts=opens, ends=closes)
        for day in days_between(first, last, closed=closed)
    ]


def _is_among(day: date, among: Weekdays) -> bool:
    if among is Weekdays.EVERY:
        return True
    return (day.weekday() >= _SATURDAY) is (among is Weekdays.WEEKENDS)
