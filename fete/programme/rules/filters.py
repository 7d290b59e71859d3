"""What is asked of the programme."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fete.geography.arithmetic import kilometres


class DayPart(StrEnum):
    """A part of the day: before noon, from noon to six, after six, by the clocks of Paris."""

    MORNING = "matin"
    AFTERNOON = "apres-midi"
    EVENING = "soir"


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A point of the earth, in degrees (WGS84)."""

    latitude: float
    longitude: float

    def distance(self, other: "Point") -> float:
        """Return how far the other one is, in kilometres, along the earth taken as a sphere."""
        return kilometres((self.longitude, self.latitude), (other.longitude, other.latitude))


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What is asked of the programme: values of one filter are joined by « or », filters by « and »."""

    edition_id: int | None = None
    text: str = ""
    departements: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    # Within so many kilometres of a point; without a point, of the communes asked for.
    near: Point | None = None
    radius: int | None = None
    # Days of Paris, both included; a slot is there as soon as it touches them.
    first: date | None = None
    last: date | None = None
    parts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    age: int | None = None
    levels: tuple[str, ...] = ()
    # What school groups may come to.
    for_schools: bool = False
    accessibility: tuple[str, ...] = ()
    bookings: tuple[str, ...] = ()
    # What takes place and is not full.
    with_room: bool = False
    organisations: tuple[int, ...] = ()
    # Containers, with what they hold.
    villages: tuple[int, ...] = ()
    # The places where it is held.
    venues: tuple[int, ...] = ()
    # Some activities and no other: what somebody chose.
    activities: tuple[int, ...] = ()
    with_cancelled: bool = True
