"""How many came to a made-up activity, and how many made it: plausible figures, or figures that add up to known totals."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fete.demo.shares import apportion
from fete.demo.timetable import Session
from fete.demo.writing import ActivityText
from fete.reports.arithmetic import SAME_FROM, Counts, Method, Outcome

_PUPILS_PER_ADULT = 11
_SMALL_PUPILS_PER_ADULT = 7
_CLASS = (19, 28)
_HALL = 50  # places from which two classes come at a time
_TOWN = 20_000
_CITY = 100_000

# People an hour where one comes and goes, by size of the commune.
_PASSERS_BY = {"village": (7, 16), "town": (12, 28), "city": (22, 55)}
# How full a room is.
_FILL = {"village": (0.35, 0.85), "town": (0.5, 0.95), "city": (0.6, 1.0)}
_GATE = {"village": (450, 1_100), "town": (900, 2_400), "city": (3_200, 6_800)}

# Researchers, mediators and volunteers of one activity, on average; of other kinds, the last line.
_TEAMS: Mapping[str, tuple[float, float, float]] = {
    "lab_open_day": (5.0, 0.5, 0.6),
    "talk": (1.1, 0.3, 0.9),
    "debate": (1.8, 0.6, 1.2),
    "science_cafe": (1.3, 0.4, 1.3),
    "class_intervention": (1.3, 0.2, 0.0),
    "exhibition": (0.3, 0.7, 1.6),
    "demonstration": (0.8, 0.8, 1.2),
    "screening": (0.6, 0.3, 1.1),
    "show": (0.2, 1.0, 0.8),
    "site_visit": (0.4, 0.4, 0.2),
    "online": (1.2, 0.5, 0.2),
    "": (0.35, 0.75, 1.0),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What an activity would draw, and the most that it can take in; people made whole by `counts_like` or `shared_out`."""

    public: float
    public_most: int
    pupils: float
    pupils_most: int
    pupils_per_adult: int
    online: int
    researchers: float
    mediators: float
    volunteers: float


def expected(
    rng: random.Random,
    text: ActivityText,
    sessions: Sequence[Session],
    *,
    population: int,
    by_researchers: bool = False,
) -> Expected:
    """Return what the activity would draw in a commune of this population."""
    size = "village" if population < _TOWN else "town" if population < _CITY else "city"
    public = most = pupils = pupils_most = 0.0
    for session in sessions:
        if text.for_public and (not session.for_classes or text.kind == "exhibition"):
            came, room = _drawn(rng, session, size)
            public, most = public + came, most + room
        if session.for_classes:
            classes = (
                2 if (session.capacity or _HALL) >= _HALL and rng.random() < _TWO_CLASSES else 1
            )
            room = session.capacity or 2 * _CLASS[1]
            came = min(room, sum(rng.randint(*_CLASS) for _ in range(classes)))
            pupils, pupils_most = pupils + came, pupils_most + room
    researchers, mediators, volunteers = _TEAMS.get(text.kind, _TEAMS[""])
    if by_researchers:
        researchers, volunteers = researchers + 1.0, volunteers * 0.4
    lengthy = 1 + 0.15 * (len({session.day for session in sessions}) - 1)
    is_online = text.kind == "online"
    return Expected(
        public=0 if is_online else public,
        public_most=0 if is_online else int(most),
        pupils=0 if is_online else pupils,
        pupils_most=0 if is_online else int(pupils_most),
        pupils_per_adult=_SMALL_PUPILS_PER_ADULT
        if text.for_schools and (text.age_min or 9) < _SMALL_CHILD
        else _PUPILS_PER_ADULT,
        online=int(public + pupils) if is_online else 0,
        researchers=researchers * rng.uniform(0.5, 1.5) * lengthy,
        mediators=mediators * rng.uniform(0.2, 1.8) * lengthy,
        volunteers=volunteers * rng.uniform(0.2, 1.8) * lengthy,
    )


def gate(rng: random.Random, *, population: int, days: int, for_schools: bool) -> Counts:
    """Return what is counted at the gate of a container."""
    size = "village" if population < _TOWN else "town" if population < _CITY else "city"
    visitors = int(rng.randint(*_GATE[size]) * days / 2)
    pupils = int(visitors * rng.uniform(0.2, 0.35)) if for_schools else 0
    adults = round(pupils / _PUPILS_PER_ADULT)
    return Counts(
        outcome=Outcome.HELD,
        public=visitors - pupils - adults,
        pupils=pupils,
        adults=adults,
        researchers=rng.randint(8, 40 if size == "city" else 18),
        mediators=rng.randint(4, 25 if size == "city" else 10),
        volunteers=rng.randint(10, 70 if size == "city" else 30),
        others=rng.randint(0, 8),
    )


def counted(rng: random.Random, drawn: Expected) -> Counts:
    """Return the figures of one report, as somebody counted them."""
    pupils = round(drawn.pupils)
    return Counts(
        outcome=Outcome.HELD,
        public=round(drawn.public),
        pupils=pupils,
        adults=_adults(pupils, drawn),
        online=drawn.online or None,
        researchers=_whole(rng, drawn.researchers),
        mediators=_whole(rng, drawn.mediators),
        volunteers=_whole(rng, drawn.volunteers),
        others=rng.choice((0, 0, 0, 0, 1, 2)),
    )


def shared_out(
    expected_of: Sequence[Expected], totals: Mapping[str, int], *, with_researchers: Sequence[bool]
) -> list[Counts]:
    """Return the figures of every activity so that they add up to these totals, each in proportion to what it would draw.

    `totals` tells visitors, pupils, researchers, mediators and volunteers; those `with_researchers` have one at least.
    """
    pupils = apportion(
        totals["pupils"],
        [each.pupils for each in expected_of],
        most=[each.pupils_most for each in expected_of],
    )
    adults = [_adults(count, each) for count, each in zip(pupils, expected_of, strict=True)]
    public = apportion(
        totals["visitors"] - sum(pupils) - sum(adults),
        [each.public for each in expected_of],
        most=[each.public_most for each in expected_of],
    )
    own = [int(each) for each in with_researchers]
    others = apportion(
        totals["researchers"] - sum(own),
        [max(0.0, each.researchers - one) for each, one in zip(expected_of, own, strict=True)],
    )
    mediators = apportion(totals["mediators"], [each.mediators for each in expected_of])
    volunteers = apportion(totals["volunteers"], [each.volunteers for each in expected_of])
    return _told_apart(
        [
            Counts(
                outcome=Outcome.HELD,
                public=public[rank],
                pupils=pupils[rank],
                adults=adults[rank],
                researchers=own[rank] + others[rank],
                mediators=mediators[rank],
                volunteers=volunteers[rank],
                others=0,
            )
            for rank in range(len(expected_of))
        ]
    )


def method_of(rng: random.Random, sessions: Sequence[Session], *, booked: bool) -> Method:
    """Return how the visitors were counted: with places, from the list or by head; else mostly at a glance."""
    if booked:
        return rng.choice((Method.COUNTED, Method.COUNTED, Method.TICKETED))
    if all(session.capacity is None for session in sessions):
        return rng.choice((Method.ESTIMATED, Method.ESTIMATED, Method.COUNTED))
    return rng.choice((Method.COUNTED, Method.COUNTED, Method.ESTIMATED))


def _drawn(rng: random.Random, session: Session, size: str) -> tuple[float, float]:
    """Return how many come to a slot, and how many it can take in."""
    if session.capacity is None:
        low, high = _PASSERS_BY[size]
        came = rng.uniform(low, high) * session.minutes / 60
        return came, 3 * came
    return session.capacity * rng.uniform(*_FILL[size]), session.capacity


def _adults(pupils: int, drawn: Expected) -> int:
    return -(-pupils // drawn.pupils_per_adult)


def _whole(rng: random.Random, mean: float) -> int:
    return int(mean) + (rng.random() < mean % 1)


def _told_apart(counts: Sequence[Counts]) -> list[Counts]:
    """Return the same figures where no public happens to equal the classes, which would look like a double count."""
    told = list(counts)
    for rank, each in enumerate(told):
        public, pupils = each.public or 0, each.pupils or 0
        if pupils >= SAME_FROM and public in {pupils, pupils + (each.adults or 0)}:
            other = next(
                number
                for number, candidate in enumerate(told)
                if candidate.public and not candidate.pupils
            )
            told[rank] = replace(each, public=public - 1)
            told[other] = replace(told[other], public=(told[other].public or 0) + 1)
    return told


_SMALL_CHILD = 6
_TWO_CLASSES = 0.4
