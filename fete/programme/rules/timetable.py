"""The arithmetic of many slots at once, pure: by the hours on the wall, day after day, as people type them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from fete.core.clock import NoSuchTimeError, to_paris
from fete.programme.models import Slot
from fete.programme.rules.slots import end_of, start_of
from fete.programme.workflow import SlotState

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


def stretches(slots: Iterable[Slot]) -> list[list[Slot]]:
    """Return the opening hours that are the same to visitors day after day, two days or more: a list for each stretch.

    They are of one activity. Several openings a day are together when each day has the same ones.
    """
    alike: dict[object, dict[date, list[Slot]]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.starts_at, slot.id)):
        if slot.is_opening and slot.day == slot.last_day:
            alike.setdefault(_as_seen(slot), {}).setdefault(slot.day, []).append(slot)
    found = []
    for days in alike.values():
        runs: list[list[list[Slot]]] = []
        for there in days.values():
            if runs and _goes_on(runs[-1][-1], there):
                runs[-1].append(there)
            else:
                runs.append([there])
        found += [[slot for there in run for slot in there] for run in runs if len(run) > 1]
    return found


def _as_seen(slot: Slot) -> object:
    # That an hour was moved is told once the new one stands: to visitors it is as any other.
    state = SlotState.SCHEDULED if slot.state is SlotState.RESCHEDULED else slot.state
    return (state, slot.note, slot.audience, slot.venue_id)


def _goes_on(before: Sequence[Slot], after: Sequence[Slot]) -> bool:
    follows = before[0].day + _DAY == after[0].day
    return follows and hours_of(before) == hours_of(after)


def hours_of(slots: Iterable[Slot]) -> list[tuple[time, time]]:
    """Return when slots begin and end by the clocks of Paris, each pair once, in their order."""
    return list(
        dict.fromkeys(
            (to_paris(slot.starts_at).time(), to_paris(slot.ends_at).time()) for slot in slots
        )
    )


def _is_among(day: date, among: Weekdays) -> bool:
    if among is Weekdays.EVERY:
        return True
    return (day.weekday() >= _SATURDAY) is (among is Weekdays.WEEKENDS)
