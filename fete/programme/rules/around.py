"""What one may also go to: near an activity at the same time, by the same structure, in the same places."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fete.core.clock import to_paris
from fete.programme.rules.catalogue import (
    NO_ROOM,
    OFF,
    Catalogue,
    Entry,
    Place,
    Time,
    is_online,
    places_of,
)
from fete.programme.rules.filters import Point

# Kilometres.
REACH = 15
MOST_NEARBY, MOST_ALSO = 6, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Other:
    """Another activity, the time at which one may go there, and how far it is in kilometres where that is asked."""

    entry: Entry
    time: Time
    distance: float | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Where one goes to be there."""
        return places_of(self.entry, self.time)

    @property
    def is_online(self) -> bool:
        """Whether it is held nowhere but online."""
        return is_online(self.entry, self.time)


def next_time(entry: Entry, now: datetime) -> Time | None:
    """Return the time at which an activity is held next, and is not called off; one for all before one for classes."""
    coming = [time for time in entry.times if time.ends_at > now and time.state not in OFF]
    return min(coming, key=lambda time: (time.is_for_schools, time.starts_at), default=None)


def nearby(catalogue: Catalogue, number: int, now: datetime) -> list[Other]:
    """Return what has room within reach on the day of an activity's next time: the nearest first, then the soonest.

    Of what a village holds the village alone is told, and neither what holds the activity nor what it holds.
    """
    entry = catalogue.find(number)
    time = next_time(entry, now) if entry is not None else None
    if entry is None or time is None:
        return []
    centres = _points(places_of(entry, time))
    day = max(time.days[0], to_paris(now).date())
    known: dict[int, float] = {}

    def distance_to(place: Place) -> float:
        if place.number not in known:
            known[place.number] = min(
                (point.distance(centre) for point in _points([place]) for centre in centres),
                default=float("inf"),
            )
        return known[place.number]

    found: dict[int, Other] = {}
    there = catalogue.days.get(day, 0) & catalogue.rows_about(centres)
    for row in catalogue.numbered(there):
        other, its = catalogue.rows[row]
        if its.ends_at <= now or its.state in NO_ROOM or _is_kept_from(its, time):
            continue
        if other.number in {entry.number, entry.parent}:
            continue
        if other.parent is not None and catalogue.find(other.parent) is not None:
            continue
        distance = min(map(distance_to, places_of(other, its)), default=float("inf"))
        if distance <= REACH and (
            other.number not in found or its.starts_at < found[other.number].time.starts_at
        ):
            found[other.number] = Other(entry=other, time=its, distance=round(distance, 1))
    return sorted(found.values(), key=_by_distance)[:MOST_NEARBY]


def also_by(catalogue: Catalogue, number: int, now: datetime) -> list[Other]:
    """Return what else the structure that declares an activity holds, the soonest first; what is over is not told."""
    entry = catalogue.find(number)
    if entry is None:
        return []
    found = []
    for its_number in catalogue.members["organisations"].get(entry.organisations[0], ()):
        other = catalogue.find(its_number)
        if other is None or its_number in {number, entry.parent} or other.parent == number:
            continue
        if time := next_time(other, now):
            found.append(Other(entry=other, time=time))
    return sorted(found, key=lambda each: (each.time.starts_at, each.entry.number))[:MOST_ALSO]


def first_for_all(catalogue: Catalogue, now: datetime, *, most: int) -> list[Other]:
    """Return the first activities that everybody may come to from now on; of what a village holds, the village alone."""
    found: dict[int, Other] = {}
    for row in catalogue.in_order:
        entry, time = catalogue.rows[row]
        if time.ends_at <= now or time.state in OFF or time.is_for_schools or entry.number in found:
            continue
        if entry.parent is None or catalogue.find(entry.parent) is None:
            found[entry.number] = Other(entry=entry, time=time)
        if len(found) == most:
            break
    return list(found.values())


def _is_kept_from(its: Time, time: Time) -> bool:
    """Whether it is for classes only, and the activity that one looks at is not."""
    return its.is_for_schools and not time.is_for_schools


def _points(places: Iterable[Place]) -> list[Point]:
    return [place.point for place in places if place.point is not None]


def _by_distance(other: Other) -> tuple[float, datetime, int]:
    return other.distance or 0, other.time.starts_at, other.entry.number
