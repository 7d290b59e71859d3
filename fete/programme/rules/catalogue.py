"""The published programme held in memory: what is asked is answered by sets of bits, one bit a time of an activity.

An activity is there once for each of its times, side by side; those are its rows. Each value of each filter is the
set of the rows that bear it, one whole number. A search is a few « and » and « or » of such numbers, and counting the
activities among rows is one addition and a count of bits: 6,000 activities are counted under 1,000 values in a few
milliseconds, where the database would read them all again for each filter.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import product
from math import floor
from typing import Any

from fete.core.clock import to_paris
from fete.core.text import fold, search_text, words_of
from fete.programme.models import SlotAudience
from fete.programme.rules.filters import DayPart, Filters, Point
from fete.programme.workflow import SlotState

Code = str | int
# The fields of `Filters` that hold values, as they are named there: those of few values, each kept as a set of rows,
# and those of many, each kept as a list of activities.
FEW = (
    "departements",
    "communes",
    "parts",
    "kinds",
    "themes",
    "audiences",
    "levels",
    "accessibility",
    "bookings",
)
MANY = ("organisations", "villages", "activities")
OFF = frozenset({SlotState.CANCELLED, SlotState.POSTPONED})
NO_ROOM = OFF | {SlotState.FULL}
# What lasts longer is looked for on its first days only: nothing of the programme does.
_MOST_DAYS = 400
_NOON, _EVENING = 12, 18
_SATURDAY = 5
# The map in small squares, in degrees; as far as fifteen kilometres lead in France, up or down and across.
_SQUARE = 0.05
_DOWN, _ACROSS = range(-3, 4), range(-5, 6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where something is held."""

    number: int
    name: str
    # Its commune: by code, and as people call it.
    commune: str
    town: str
    departement: str
    # That of the place, else of its commune; none where neither is known.
    point: Point | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Time:
    """A time at which an activity is held: its own, or its container's when it has none."""

    slot: int
    # The slot's permanent name: numbers may serve again, names never do.
    uid: str
    starts_at: datetime
    ends_at: datetime
    state: SlotState
    # Raised when a calendar has something to learn.
    revision: int
    changed_at: datetime
    is_own: bool
    is_for_schools: bool
    welcomes_schools: bool
    # Of opening hours, of which calendars show days alike as one bar.
    is_opening: bool = False
    places: tuple[Place, ...] = ()

    @property
    def days(self) -> tuple[date, date]:
        """The first and last days of Paris that it touches: one that ends at midnight ends the day before."""
        return (
            to_paris(self.starts_at).date(),
            to_paris(self.ends_at - timedelta(microseconds=1)).date(),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A published activity: what filters and views read of it, and the times at which it is held, in order."""

    number: int
    title: str
    times: tuple[Time, ...]
    # That of its edition.
    edition: int | None = None
    kind: str | None = None
    parent: int | None = None
    # Of its place, else of its container's, else of its structure.
    departement: str | None = None
    organisations: tuple[int, ...] = ()
    themes: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    booking: str = ""
    age_min: int | None = None
    age_max: int | None = None
    is_online: bool = False
    is_container: bool = False


class Catalogue:
    """The published activities of an edition; never changed once made."""

    def __init__(self, entries: Iterable[Entry], *, changed_at: datetime | None = None) -> None:
        # What has no time yet is not in the programme.
        self.entries = tuple(
            sorted((each for each in entries if each.times), key=lambda each: each.number)
        )
        # The last change to anything that the public saw.
        self.changed_at = changed_at
        self.rows = tuple((entry, time) for entry in self.entries for time in entry.times)
        self.all = (1 << len(self.rows)) - 1
        self.starts: dict[int, int] = {}
        first = 0
        tops = bytearray(len(self.rows) // 8 + 1)
        for entry in self.entries:
            self.starts[entry.number] = first
            first += len(entry.times)
            tops[(first - 1) // 8] |= 1 << (first - 1) % 8
        # The last row of each activity, and all the others.
        self._tops = int.from_bytes(tops, "little")
        self._others = self.all & ~self._tops

    @cached_property
    def bearing(self) -> Mapping[str, Mapping[str, int]]:
        """The rows that bear each value of the filters of few values."""
        found: dict[str, dict[str, list[int]]] = {name: {} for name in FEW}
        for entry in self.entries:
            start = self.starts[entry.number]
            for name, codes in _codes_of_entry(entry).items():
                for code in codes:
                    found[name].setdefault(code, []).extend(range(start, start + len(entry.times)))
            for number, time in enumerate(entry.times, start):
                for name, codes in _codes_of_time(entry, time).items():
                    for code in codes:
                        found[name].setdefault(code, []).append(number)
        return {
            name: {code: self._bits(rows) for code, rows in values.items()}
            for name, values in found.items()
        }

    @cached_property
    def days(self) -> Mapping[date, int]:
        """The rows that touch each day of Paris, in the order of the days."""
        found: dict[date, list[int]] = {}
        for number, (_entry, time) in enumerate(self.rows):
            for day in days_between(*time.days):
                found.setdefault(day, []).append(number)
        return {day: self._bits(found[day]) for day in sorted(found)}

    @cached_property
    def members(self) -> Mapping[str, Mapping[int, Sequence[int]]]:
        """The activities under each value of the filters of many values."""
        found: dict[str, dict[int, list[int]]] = {name: {} for name in MANY}
        for entry in self.entries:
            for name in MANY:
                for value in _numbers_of(entry, name):
                    found[name].setdefault(value, []).append(entry.number)
        return found

    @cached_property
    def _squares(self) -> Mapping[tuple[int, int], int]:
        """The rows held in each square of the map."""
        found: dict[tuple[int, int], list[int]] = {}
        for number, (_entry, time) in enumerate(self.rows):
            for place in time.places:
                if place.point is not None:
                    found.setdefault(_square(place.point), []).append(number)
        return {square: self._bits(rows) for square, rows in found.items()}

    @cached_property
    def _taking_place(self) -> int:
        return self.rows_where(lambda _entry, time: time.state is not SlotState.CANCELLED)

    @cached_property
    def _with_room(self) -> int:
        return self.rows_where(lambda _entry, time: time.state not in NO_ROOM)

    @cached_property
    def _for_schools(self) -> int:
        return self.rows_where(lambda _entry, time: time.welcomes_schools)

    @cached_property
    def _own(self) -> int:
        return self.rows_where(lambda _entry, time: time.is_own)

    @cached_property
    def _opening(self) -> int:
        return self.rows_where(lambda _entry, time: time.is_opening)

    @cached_property
    def in_order(self) -> tuple[int, ...]:
        """The numbers of the rows by the time at which they begin, then by activity."""
        rows = self.rows
        return tuple(
            sorted(
                range(len(rows)),
                key=lambda number: (
                    rows[number][1].starts_at,
                    rows[number][0].number,
                    rows[number][1].slot,
                ),
            )
        )

    def rows_of(
        self,
        filters: Filters,
        *,
        but: str = "",
        said: frozenset[int] | None = None,
        centres: Sequence[Point] = (),
    ) -> int:
        """Return the rows that answer all filters but one, named as its field (`days` for both days).

        `said` are the activities that say the words asked for; `centres` the points that the radius is around.
        """
        rows = self.all
        for name in (*FEW, *MANY):
            values = getattr(filters, name)
            is_circled = name == "communes" and filters.radius is not None and not filters.near
            if values and name != but and not is_circled:
                rows &= self._either(name, values)
        if filters.radius is not None and (but != "communes" or filters.near):
            rows &= self._around(centres, filters.radius)
        if (filters.first or filters.last) and but != "days":
            rows &= self._between(filters.first, filters.last)
        if filters.venues:
            venues = filters.venues
            rows &= self.rows_where(
                lambda _entry, time: any(place.number in venues for place in time.places)
            )
        if filters.age is not None:
            age = filters.age
            rows &= self.rows_where(lambda entry, _time: _suits(entry, age))
        if filters.for_schools:
            rows &= self._for_schools
        if filters.with_room:
            rows &= self._with_room
        if not filters.with_cancelled:
            rows &= self._taking_place
        if said is not None:
            rows &= self._of(said)
        return rows

    def find(self, number: int) -> Entry | None:
        """Return the activity of this number."""
        row = self.starts.get(number)
        return None if row is None else self.rows[row][0]

    def rows_about(self, centres: Iterable[Point]) -> int:
        """Return rows among which are all those within fifteen kilometres of a point."""
        rows = 0
        for centre in centres:
            down, across = _square(centre)
            for south, east in product(_DOWN, _ACROSS):
                rows |= self._squares.get((down + south, across + east), 0)
        return rows

    def entries_among(self, rows: int) -> int:
        """Return how many activities these rows are of."""
        return self._last_rows(rows).bit_count()

    def events_among(self, rows: int) -> int:
        """Return about how many events calendars show of these rows: the opening hours of an activity are one bar."""
        own = rows & self._own
        return (own & ~self._opening).bit_count() + self.entries_among(own & self._opening)

    def entries_of(self, rows: int) -> list[Entry]:
        """Return the activities that these rows are of, by number."""
        return [self.rows[number][0] for number in self.numbered(self._last_rows(rows))]

    def counts(self, name: str, rows: int) -> dict[Code, int]:
        """Return how many activities of these rows bear each value of a filter; what none bears is not there."""
        if name in MANY:
            found: Counter[Code] = Counter()
            for entry in self.entries_of(rows):
                found.update(_numbers_of(entry, name))
            return dict(found)
        counted = {
            code: self.entries_among(rows & bearing) for code, bearing in self.bearing[name].items()
        }
        return {code: count for code, count in counted.items() if count}

    def _last_rows(self, rows: int) -> int:
        """Return the last row of each activity that one of these rows is of."""
        # What stands below the last row of an activity carries over into it when it is not nothing.
        carried = (rows & self._others) + self._others
        return (carried | rows) & self._tops

    def numbered(self, rows: int) -> list[int]:
        """Return the numbers of these rows, in the order of the activities."""
        bits = rows.to_bytes(len(self.rows) // 8 + 1, "little")
        return [
            start * 8 + place
            for start, byte in enumerate(bits)
            if byte
            for place in range(8)
            if byte >> place & 1
        ]

    def by_time(self, rows: int) -> list[int]:
        """Return the numbers of these rows by the time at which they begin, then by activity."""
        if rows == self.all:
            return list(self.in_order)
        bits = rows.to_bytes(len(self.rows) // 8 + 1, "little")
        return [number for number in self.in_order if bits[number >> 3] >> (number & 7) & 1]

    def rows_where(self, holds: Callable[[Entry, Time], bool]) -> int:
        """Return the rows of which something holds."""
        return self._bits(
            number for number, (entry, time) in enumerate(self.rows) if holds(entry, time)
        )

    def _of(self, numbers: Iterable[int]) -> int:
        places = ((self.starts[number], number) for number in numbers if number in self.starts)
        return self._bits(
            row
            for start, _number in places
            for row in range(start, start + len(self.rows[start][0].times))
        )

    def _either(self, name: str, values: Iterable[Any]) -> int:
        if name in MANY:
            members = self.members[name]
            return self._of(number for value in values for number in members.get(value, ()))
        bearing, rows = self.bearing[name], 0
        for value in values:
            rows |= bearing.get(value, 0)
        return rows

    def _between(self, first: date | None, last: date | None) -> int:
        rows = 0
        for day, touching in self.days.items():
            if (first is None or day >= first) and (last is None or day <= last):
                rows |= touching
        return rows

    def _around(self, centres: Sequence[Point], radius: int) -> int:
        known: dict[int, bool] = {}

        def is_near(place: Place) -> bool:
            if place.number not in known:
                point = place.point
                known[place.number] = point is not None and any(
                    point.distance(centre) <= radius for centre in centres
                )
            return known[place.number]

        return self.rows_where(lambda _entry, time: any(map(is_near, time.places)))

    def _bits(self, rows: Iterable[int]) -> int:
        bits = bytearray(len(self.rows) // 8 + 1)
        for number in rows:
            bits[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(bits, "little")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """An activity in a list: when it is held next, or was held first when it is over."""

    number: int
    starts_at: datetime
    is_over: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """Activities in the order of a list, and the instants from which and until which it is so."""

    found: tuple[Ranked, ...]
    since: datetime
    until: datetime


def ranked(
    catalogue: Catalogue,
    rows: int,
    now: datetime,
    *,
    words: Sequence[Sequence[str]] = (),
    there: Container[int] = frozenset(),
) -> Ranking:
    """Return the activities that these rows are of by their next time; those that are over come last.

    A time that will not take place is next only when no other is. Where words are looked for, each in the forms that
    find it, the word itself first, those held `there`, where the words say, come before; then those that have more of
    the words in their title.
    """
    first: dict[int, datetime] = {}
    coming: dict[int, datetime] = {}
    certain: dict[int, datetime] = {}
    until = datetime.max.replace(tzinfo=UTC)
    for number in catalogue.by_time(rows):
        entry, time = catalogue.rows[number]
        first.setdefault(entry.number, time.starts_at)
        if time.ends_at > now:
            until = min(until, time.ends_at)
            coming.setdefault(entry.number, time.starts_at)
            if time.state not in OFF:
                certain.setdefault(entry.number, time.starts_at)
    found = sorted(
        (
            number not in coming,
            number not in there,
            _unsaid_in_title(catalogue.rows[catalogue.starts[number]][0], words),
            certain.get(number) or coming.get(number) or start,
            number,
        )
        for number, start in first.items()
    )
    return Ranking(
        found=tuple(
            Ranked(number=number, starts_at=start, is_over=is_over)
            for is_over, _is_elsewhere, _unsaid, start, number in found
        ),
        since=now,
        until=until,
    )


def _unsaid_in_title(entry: Entry, words: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return how many of the words the title does not say at all, then how many it does not say as they were typed."""
    if not words:
        return 0, 0
    said = set(search_text(entry.title).split())
    typed = {fold(word) for word in words_of(entry.title)}
    return (
        sum(said.isdisjoint(forms) for forms in words),
        sum(forms[0] not in typed for forms in words),
    )


def is_online(entry: Entry, time: Time) -> bool:
    """Whether an activity is held nowhere but online at one of its times."""
    return entry.is_online or time.state is SlotState.MOVED_ONLINE


def places_of(entry: Entry, time: Time) -> tuple[Place, ...]:
    """Return where one goes to be there: nowhere when it is online."""
    return () if is_online(entry, time) else time.places


def _square(point: Point) -> tuple[int, int]:
    return floor(point.latitude / _SQUARE), floor(point.longitude / _SQUARE)


def _suits(entry: Entry, age: int) -> bool:
    """Whether somebody of this age is welcome: everybody is where no age is said."""
    return (entry.age_min is None or entry.age_min <= age) and (
        entry.age_max is None or age <= entry.age_max
    )


def _codes_of_entry(entry: Entry) -> dict[str, Iterable[Any]]:
    """Return the values that an activity bears at all its times, by filter."""
    return {
        "kinds": [entry.kind] if entry.kind else [],
        "themes": entry.themes,
        "audiences": entry.audiences,
        "levels": entry.levels,
        "accessibility": entry.accessibility,
        "bookings": [entry.booking] if entry.booking else [],
    }


def _numbers_of(entry: Entry, name: str) -> Iterable[int]:
    """Return the values that an activity bears of a filter of many values."""
    if name == "organisations":
        return entry.organisations
    if name == "activities":
        return (entry.number,)
    own = (entry.number,) if entry.is_container else ()
    return own if entry.parent is None else (*own, entry.parent)


def _codes_of_time(entry: Entry, time: Time) -> dict[str, Iterable[Any]]:
    """Return the values that an activity bears at one of its times, by filter."""
    home = [entry.departement] if entry.departement else []
    return {
        "departements": {place.departement for place in time.places} or home,
        "communes": {place.commune for place in time.places},
        "parts": day_parts(time),
    }


def days_between(first: date, last: date) -> list[date]:
    """Return the days from the first to the last, both included."""
    count = min((last - first).days, _MOST_DAYS)
    return [first + timedelta(days=rank) for rank in range(count + 1)]


def welcomes_schools(audience: SlotAudience, *, for_schools: bool, day: date) -> bool:
    """Whether school groups may come: where nothing is said of the time, when classes are held that day."""
    if audience is SlotAudience.ALL:
        return for_schools and day.weekday() < _SATURDAY
    return audience is SlotAudience.SCHOOLS


def day_parts(time: Time) -> set[DayPart]:
    """Return the parts of the day that a time touches; over several days, all of them."""
    first, last = time.days
    if first != last:
        return set(DayPart)
    start, end = to_paris(time.starts_at), to_paris(time.ends_at)
    ends = 24.0 if end.date() > last else end.hour + end.minute / 60 + end.second / 3600
    touched = {DayPart.MORNING} if start.hour < _NOON else set()
    if start.hour < _EVENING and ends > _NOON:
        touched.add(DayPart.AFTERNOON)
    if ends > _EVENING:
        touched.add(DayPart.EVENING)
    return touched
