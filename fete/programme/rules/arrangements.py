"""The same search arranged otherwise, pure: by place, hour by hour, day by day of a month."""

from calendar import Calendar
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time as clock_time
from itertools import groupby

from fete.core.clock import to_paris
from fete.core.text import fold
from fete.programme.rules.catalogue import OFF, Entry, Place, Time, places_of

# An activity at one of its times.
Row = tuple[Entry, Time]
_QUARTER = 15
QUARTERS = 4
_A_DAY = 24 * QUARTERS
_NARROWEST = 2
# Fewer hours than this make no timetable.
_FEWEST_HOURS = 4
_NOON = 12 * QUARTERS
_FIRSTS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """An activity at a place: its next time there, or its first when it is over, and how many more there are."""

    entry: Entry
    time: Time
    is_over: bool
    more: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """A place and what is held there, the next first; without a place, what is held online or nowhere yet."""

    place: Place | None
    held: tuple[Held, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Town:
    """A commune with its places; what is in none comes without one."""

    place: Place | None
    stops: tuple[Stop, ...]
    # Of activities: each once, in however many places of the commune.
    count: int


def towns_of(rows: Iterable[Row], now: datetime) -> list[Town]:
    """Return what is held by commune and by place, in the order of their names; what is in none comes last."""
    stops = [_stop(place, times, now) for place, times in _by_place(rows)]
    return [
        Town(
            place=found[0].place,
            stops=tuple(found),
            count=len({held.entry.number for stop in found for held in stop.held}),
        )
        for found in (
            list(group)
            for _code, group in groupby(stops, key=lambda stop: stop.place and stop.place.commune)
        )
    ]


def _by_place(rows: Iterable[Row]) -> list[tuple[Place | None, dict[int, list[Row]]]]:
    """Return the rows of each activity at each place, the places in order."""
    found: dict[Place | None, dict[int, list[Row]]] = {}
    for entry, time in rows:
        for place in places_of(entry, time) or (None,):
            found.setdefault(place, {}).setdefault(entry.number, []).append((entry, time))
    return sorted(found.items(), key=lambda item: order_of(item[0]))


def order_of(place: Place | None) -> tuple[bool, str, str, str, int]:
    """Return by what places are put in order: their commune's name, then theirs; none comes last."""
    if place is None:
        return (True, "", "", "", 0)
    return (False, fold(place.town), place.commune, fold(place.name), place.number)


def _stop(place: Place | None, activities: dict[int, list[Row]], now: datetime) -> Stop:
    held = [_held(rows, now) for rows in activities.values()]
    return Stop(
        place=place,
        held=tuple(
            sorted(held, key=lambda each: (each.is_over, each.time.starts_at, each.entry.number))
        ),
    )


def _held(rows: Sequence[Row], now: datetime) -> Held:
    entry = rows[0][0]
    times = [time for _entry, time in rows]
    coming = [time for time in times if time.ends_at > now]
    certain = [time for time in coming if time.state not in OFF]
    told = coming or times
    return Held(entry=entry, time=(certain or told)[0], is_over=not coming, more=len(told) - 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """An activity on the clock of one day, from a quarter of an hour to another, midnight being 0."""

    entry: Entry
    time: Time
    start: int
    end: int
    begins_before: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """Some quarters of an hour of a lane: an activity, or nothing."""

    span: int
    bar: Bar | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A commune, or a place, against the hours: as many lanes as there are activities at once."""

    place: Place | None
    lanes: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Timetable:
    """A day: the hours that it runs over, its lines against them, and the same bars by the hour they begin."""

    hours: tuple[clock_time, ...]
    lines: tuple[Line, ...]
    # The hour is none for what began the day before.
    by_hour: tuple[tuple[clock_time | None, tuple[Bar, ...]], ...]


def timetable(rows: Iterable[Row], day: date, *, by_place: bool) -> Timetable:
    """Return what is held on a day against its hours, a line a commune or a line a place."""
    bars = sorted(
        (_bar(entry, time, day) for entry, time in rows),
        key=lambda bar: (not bar.begins_before, bar.time.starts_at, bar.entry.number),
    )
    hours = hours_of(bars)
    lines: dict[str | int, tuple[Place | None, list[Bar]]] = {}
    for bar in bars:
        grounds = {
            (place.number if by_place else place.commune): place
            for place in places_of(bar.entry, bar.time)
        }
        for key, place in grounds.items() or [("", None)]:
            lines.setdefault(key, (place, []))[1].append(bar)
    return Timetable(
        hours=tuple(clock_time(each) for each in hours),
        lines=tuple(
            Line(place=place, lanes=tuple(_cells(lane, hours) for lane in lanes(found)))
            for place, found in sorted(lines.values(), key=lambda line: order_of(line[0]))
        ),
        by_hour=tuple((hour, tuple(group)) for hour, group in groupby(bars, key=_hour_of)),
    )


def _hour_of(bar: Bar) -> clock_time | None:
    return None if bar.begins_before else clock_time(bar.start // QUARTERS)


def _bar(entry: Entry, time: Time, day: date) -> Bar:
    starts, ends = to_paris(time.starts_at), to_paris(time.ends_at)
    start = 0 if starts.date() < day else (starts.hour * 60 + starts.minute) // _QUARTER
    end = _A_DAY if ends.date() > day else -(-(ends.hour * 60 + ends.minute) // _QUARTER)
    return Bar(
        entry=entry,
        time=time,
        start=start,
        # Narrower, its title would not fit; and in the night when summer time ends, the clock goes back.
        end=max(end, min(start + _NARROWEST, _A_DAY)),
        begins_before=starts.date() < day,
    )


def hours_of(bars: Iterable[Bar]) -> range:
    """Return the hours that a day runs over; what lasts from midnight to midnight stretches nothing."""
    parts = [bar for bar in bars if bar.end - bar.start < _A_DAY]
    # Of what began the day before, the last hour is enough.
    starts = [bar.end - QUARTERS if bar.begins_before else bar.start for bar in parts]
    first = min(starts, default=_NOON) // QUARTERS
    last = -(-max((bar.end for bar in parts), default=_NOON) // QUARTERS)
    first = max(0, min(first, 24 - _FEWEST_HOURS))
    return range(first, max(last, first + _FEWEST_HOURS))


def lanes(bars: Iterable[Bar]) -> list[list[Bar]]:
    """Return bars in as few lanes as their overlaps ask for, none touching another within its lane."""
    found: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda bar: (bar.start, -bar.end, bar.entry.number, bar.time.slot)):
        free = next((lane for lane in found if lane[-1].end <= bar.start), None)
        if free is None:
            found.append([bar])
        else:
            free.append(bar)
    return found


def _cells(lane: Sequence[Bar], hours: range) -> tuple[Cell, ...]:
    """Return a lane from the first hour to the last, whole: its bars, and what is empty between them."""
    found: list[Cell] = []
    at, stop = hours.start * QUARTERS, hours.stop * QUARTERS
    for bar in lane:
        start, end = max(bar.start, at), min(bar.end, stop)
        if start > at:
            found.append(Cell(span=start - at))
        found.append(Cell(span=end - start, bar=bar))
        at = end
    return (*found, Cell(span=stop - at)) if at < stop else tuple(found)


def day_to_show(
    days: Collection[date], *, first: date | None, last: date | None, today: date
) -> date | None:
    """Return the day asked for, else the first one of those asked for that has something and is not over."""
    if first is not None and first == last:
        return first
    held = [
        day
        for day in sorted(days)
        if (first is None or day >= first) and (last is None or day <= last)
    ]
    return next((day for day in held if day >= today), held[0] if held else first or last)


def month_to_show(months: Sequence[date], *, asked: date | None, day: date | None) -> date | None:
    """Return the month asked for if it has something; when none is asked for, that of the day or the next after it."""
    if asked is not None:
        return asked if asked in months else None
    coming = [each for each in months if day is None or each >= day.replace(day=1)]
    return next(iter([*coming, *months[-1:]]), None)


def neighbours(days: Collection[date], day: date) -> tuple[date | None, date | None]:
    """Return the days before and after this one, among these."""
    return (
        max((each for each in days if each < day), default=None),
        min((each for each in days if each > day), default=None),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class DayOfMonth:
    """A day of a calendar: how many activities, and the first of them; a day of another month has none."""

    day: date
    is_of_month: bool
    count: int = 0
    firsts: tuple[Row, ...] = ()


def weeks_of(month: date, days: Mapping[date, tuple[int, Sequence[Row]]]) -> list[list[DayOfMonth]]:
    """Return the weeks of a month that have something, each from its Monday."""
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    return [
        [_day_of_month(day, month, *days.get(day, (0, ()))) for day in week]
        for week in weeks
        if any(day in days and day.month == month.month for day in week)
    ]


def _day_of_month(day: date, month: date, count: int, firsts: Sequence[Row]) -> DayOfMonth:
    if (day.year, day.month) != (month.year, month.month):
        return DayOfMonth(day=day, is_of_month=False)
    return DayOfMonth(day=day, is_of_month=True, count=count, firsts=tuple(firsts))


def firsts(rows: Iterable[Row], day: date) -> list[Row]:
    """Return the first activities of a day, each once: what takes place before the rest, what begins then first."""
    ordered = sorted(
        rows, key=lambda row: (row[1].state in OFF, row[1].days[0] < day, row[1].starts_at)
    )
    once: dict[int, Row] = {}
    for entry, time in ordered:
        once.setdefault(entry.number, (entry, time))
    return list(once.values())[:_FIRSTS]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A line of the table: an activity at one of its times, and where; under a commune, where in it."""

    entry: Entry
    time: Time
    places: tuple[Place, ...]


def by_time(rows: Iterable[Row]) -> list[Listing]:
    """Return the lines of the table in the order of the rows, one each."""
    return [Listing(entry=entry, time=time, places=places_of(entry, time)) for entry, time in rows]


def by_commune(rows: Iterable[Row]) -> list[Listing]:
    """Return the lines of the table by commune, then in the order of the rows; what is in none comes last."""
    found: list[Listing] = []
    for line in by_time(rows):
        grounds = sorted(line.places, key=order_of)
        found += [
            Listing(entry=line.entry, time=line.time, places=tuple(group))
            for _code, group in groupby(grounds, key=lambda place: place.commune)
        ] or [line]
    return sorted(found, key=lambda line: order_of(line.places[0] if line.places else None)[:3])
