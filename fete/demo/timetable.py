"""When the made-up editions take place, and when each of their activities is held; all hours are those of Paris."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from fete.core.clock import from_paris
from fete.demo.writing import ActivityText
from fete.programme.rules import EditionPlan, PlannedSlot

PAST_YEAR = 2017
_DAY = timedelta(days=1)
_FRIDAY, _SATURDAY = 4, 5
_WEDNESDAY = 2
_LONG = 180  # minutes: longer than any session that one attends from its beginning to its end
_SHORT = 90
_WEEKEND_SHARE = 2 / 3
_LATE_CALL = timedelta(days=21)
_CALL_ALREADY_OPEN = timedelta(days=32)
_EVENING_KINDS = frozenset({"talk", "debate", "science_cafe", "screening", "online"})

# Minutes since midnight between which sessions are held.
_SCHOOL_HOURS = ((9 * 60, 12 * 60), (13 * 60 + 30, 16 * 60 + 30))
_PUBLIC_HOURS = ((10 * 60, 12 * 60 + 30), (14 * 60, 18 * 60 + 30))
_STAND_HOURS = ((11 * 60, 13 * 60), (14 * 60, 17 * 60))
_AFTERNOON = ((14 * 60, 18 * 60 + 30),)
_AFTER_SCHOOL = ((17 * 60, 20 * 60),)
_MORNING = ((9 * 60, 12 * 60 + 30),)
_EVENINGS = (18 * 60, 18 * 60 + 30, 18 * 60 + 30, 19 * 60, 20 * 60, 20 * 60 + 30)
_NIGHTFALL = (20 * 60, 20 * 60 + 30, 21 * 60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One slot of an activity before it is given its name: a day, minutes since midnight, minutes, people."""

    day: date
    starts: int
    minutes: int
    capacity: int | None
    for_classes: bool

    def planned(self, uid: str) -> PlannedSlot:
        """Return it as the programme plans slots, under this name."""
        starts_at = from_paris(self.day, time(*divmod(self.starts, 60)))
        return PlannedSlot(
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=self.minutes),
            capacity=self.capacity,
            uid=uid,
        )


def coming_year(today: date) -> int:
    """Return the year of the edition that comes: this year's until its last day is over."""
    return today.year if today <= window_of(today.year)[1] else today.year + 1


def window_of(year: int) -> tuple[date, date]:
    """Return the first and last days of an edition: the first Friday of October and the ten days after it."""
    if year == PAST_YEAR:
        return date(year, 10, 7), date(year, 10, 15)
    first = date(year, 10, 1)
    start = first + (_FRIDAY - first.weekday()) % 7 * _DAY
    return start, start + 10 * _DAY


def past_plan() -> EditionPlan:
    """Return the calendar of the old edition."""
    starts_on, ends_on = window_of(PAST_YEAR)
    return EditionPlan(
        year=PAST_YEAR,
        starts_on=starts_on,
        ends_on=ends_on,
        theme="",
        call_opens_on=date(PAST_YEAR, 2, 13),
        call_closes_on=date(PAST_YEAR, 4, 28),
        report_deadline=date(PAST_YEAR, 12, 1),
    )


def recent_plan(year: int, *, today: date, theme: str) -> EditionPlan:
    """Return the calendar of the edition just over: late declarations are taken as long as reports are."""
    starts_on, ends_on = window_of(year)
    deadline = max(date(year, 12, 15), today + _LATE_CALL)
    return EditionPlan(
        year=year,
        starts_on=starts_on,
        ends_on=ends_on,
        theme=theme,
        call_opens_on=date(year, 2, 1),
        call_closes_on=deadline,
        report_deadline=deadline,
    )


def coming_plan(year: int, *, today: date, theme: str) -> EditionPlan:
    """Return the calendar of the edition to come: its call opened some weeks ago and closes in spring."""
    starts_on, ends_on = window_of(year)
    return EditionPlan(
        year=year,
        starts_on=starts_on,
        ends_on=ends_on,
        theme=theme,
        call_opens_on=today - _CALL_ALREADY_OPEN,
        call_closes_on=max(date(year, 4, 30), today + _LATE_CALL),
        report_deadline=date(year, 12, 15),
    )


def sessions_of(
    rng: random.Random, text: ActivityText, *, first: date, last: date
) -> list[Session]:
    """Return when an activity is held between two days, in order: classes on weekdays, families mostly at the weekend."""
    days = [first + number * _DAY for number in range((last - first).days + 1)]
    weekend = [day for day in days if day.weekday() >= _SATURDAY]
    weekdays = [day for day in days if day.weekday() < _SATURDAY]
    found = _for_public(rng, text, weekend, weekdays) if text.for_public else []
    if text.for_schools and text.for_public and text.kind == "exhibition":
        # Classes come while it is open to all.
        found = [replace(each, for_classes=each.day in weekdays) for each in found]
    elif text.for_schools and not (text.for_public and text.moment == "evening"):
        taken = {each.day for each in found}
        free = [day for day in weekdays if day not in taken]
        found += _for_classes(rng, text, free)
    return sorted(found, key=lambda session: (session.day, session.starts))


def opening_of(rng: random.Random, text: ActivityText, *, first: date, last: date) -> list[Session]:
    """Return when a container is open: a weekend, and the Friday before it for classes."""
    saturdays = [
        day
        for number in range((last - first).days + 1)
        if (day := first + number * _DAY).weekday() == _SATURDAY and day + _DAY <= last
    ]
    saturday = rng.choice(saturdays)
    days = [saturday, saturday + _DAY] if text.kind != "trail" else [saturday + _DAY]
    if text.for_schools and saturday - _DAY >= first:
        days.insert(0, saturday - _DAY)
    if text.kind == "festival" and saturday - _DAY >= first:
        days.insert(0, saturday - _DAY)
    return [
        Session(
            day=day,
            starts=10 * 60 if text.minutes <= 8 * 60 else 9 * 60 + 30,
            minutes=text.minutes,
            capacity=None,
            for_classes=text.for_schools and day.weekday() < _SATURDAY,
        )
        for day in dict.fromkeys(days)
    ]


def stand_sessions(
    rng: random.Random, text: ActivityText, *, openings: Sequence[Session]
) -> list[Session]:
    """Return when a stand with hours of its own is held inside its container's."""
    chosen = rng.sample(openings, rng.randint(1, len(openings)))
    minutes = min(text.minutes, _SHORT)
    found = []
    for opening in sorted(chosen, key=lambda session: session.day):
        closes = opening.starts + opening.minutes
        possible = [
            starts
            for starts in _starts(_STAND_HOURS, minutes)
            if opening.starts <= starts and starts + minutes <= closes
        ]
        found += [
            Session(
                day=opening.day,
                starts=starts,
                minutes=minutes,
                capacity=text.capacity,
                for_classes=False,
            )
            for starts in (possible or [opening.starts])[: rng.randint(1, 3)]
        ]
    return found


def _for_classes(rng: random.Random, text: ActivityText, weekdays: Sequence[date]) -> list[Session]:
    if text.minutes >= _LONG:
        # Classes come by turns while the doors are open.
        minutes, capacity = rng.choice((60, 75, 90)), text.capacity or 30
    else:
        minutes, capacity = text.minutes, text.capacity or 60
    possible = _starts(_SCHOOL_HOURS, minutes)
    if text.kind == "class_intervention":
        days, a_day = 1, (1, 2)
    elif text.for_public:
        days, a_day = rng.randint(1, 2), (1, 3)
    else:
        days, a_day = rng.choice((1, 2, 2, 3)), (2, 4)
    hours = sorted(rng.sample(possible, min(len(possible), rng.randint(*a_day))))
    return [
        Session(day=day, starts=starts, minutes=minutes, capacity=capacity, for_classes=True)
        for day in _neighbours(rng, weekdays, days)
        for starts in hours
    ]


def _for_public(
    rng: random.Random, text: ActivityText, weekend: Sequence[date], weekdays: Sequence[date]
) -> list[Session]:
    def at(day: date, starts: int, minutes: int = text.minutes) -> Session:
        return Session(
            day=day, starts=starts, minutes=minutes, capacity=text.capacity, for_classes=False
        )

    if text.moment == "evening" or (
        text.moment is None and text.kind in _EVENING_KINDS and rng.random() < _EVENING_SHARE
    ):
        hours: Sequence[int] = _NIGHTFALL if text.kind == "nature_outing" else _EVENINGS
        evenings = [*weekdays, *(day for day in weekend if day.weekday() == _SATURDAY)]
        return [at(rng.choice(evenings), rng.choice(hours))]
    if text.kind == "show":
        day, starts = rng.choice(
            [*((day, 20 * 60 + 30) for day in weekdays[-2:]), *((day, 16 * 60) for day in weekend)]
        )
        again = [at(day + _DAY, 15 * 60)] if rng.random() < _TWICE and day in weekend[:1] else []
        return [at(day, starts), *again]
    if text.kind == "exhibition":
        opened = _run(rng, sorted([*weekend, *weekdays]), rng.choice((3, 4, 5, 6, 8)))
        starts = 14 * 60 if text.minutes <= 4 * 60 else 10 * 60
        return [at(day, starts) for day in opened]
    on_weekend = rng.random() < _WEEKEND_SHARE
    wednesdays = [day for day in weekdays if day.weekday() == _WEDNESDAY]
    if text.minutes >= _LONG:
        day = rng.choice(weekend if on_weekend or not wednesdays else wednesdays)
        return _doors(rng, text, day)
    blocks = _MORNING if text.moment == "morning" else _PUBLIC_HOURS
    is_told_once = text.kind in _EVENING_KINDS
    if on_weekend or not wednesdays:
        days = _neighbours(rng, weekend, 1 if is_told_once else rng.choice((1, 2, 2)))
    elif rng.random() < _WEDNESDAY_SHARE:
        days, blocks = [rng.choice(wednesdays)], _AFTERNOON
    else:
        days, blocks = [rng.choice(weekdays)], _AFTER_SCHOOL
    possible = _starts(blocks, text.minutes)
    wanted = 1 if is_told_once else rng.randint(2, 4 if text.minutes <= _SHORT else 2)
    chosen = sorted(rng.sample(possible, min(len(possible), wanted)))
    return [at(day, starts) for day in days for starts in chosen]


def _doors(rng: random.Random, text: ActivityText, day: date) -> list[Session]:
    """Return a long opening as one slot, or as visits by groups where places are counted."""
    opens = 14 * 60 if text.minutes <= 4 * 60 else 10 * 60
    if text.capacity is None or rng.random() < _WALK_IN or text.kind == "nature_outing":
        capacity = text.capacity if text.kind == "nature_outing" else None
        return [
            Session(
                day=day, starts=opens, minutes=text.minutes, capacity=capacity, for_classes=False
            )
        ]
    minutes = rng.choice((60, 75, 90))
    starts = [
        each
        for each in _starts(_PUBLIC_HOURS, minutes)
        if opens <= each and each + minutes <= opens + text.minutes + 60
    ]
    return [
        Session(day=day, starts=each, minutes=minutes, capacity=text.capacity, for_classes=False)
        for each in starts
    ]


def _starts(blocks: Sequence[tuple[int, int]], minutes: int) -> list[int]:
    """Return the starts of the sessions of so many minutes, a breath between them, that fit in the blocks."""
    step = -(-(minutes + 10) // 15) * 15
    found = [
        starts for opens, closes in blocks for starts in range(opens, closes - minutes + 1, step)
    ]
    return found or [blocks[-1][0]]


def _neighbours(rng: random.Random, days: Sequence[date], count: int) -> list[date]:
    """Return so many days in order, one after the other where there are."""
    start = rng.randrange(len(days))
    return sorted({days[(start + number) % len(days)] for number in range(count)})


def _run(rng: random.Random, days: Sequence[date], count: int) -> Sequence[date]:
    start = rng.randint(0, max(0, len(days) - count))
    return days[start : start + count]


_EVENING_SHARE = 0.8
_WEDNESDAY_SHARE = 0.5
_TWICE = 0.3
_WALK_IN = 0.5
