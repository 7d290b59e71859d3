"""White zones: how far each commune is from what the programme offers; and what the charter asks of that offer.

What is a white zone, once and for all:
- what the programme offers at some place counts there: not what is cancelled, postponed or online only;
- what only school groups may come to counts when it is asked for, no more;
- from commune to commune, from point to point, as the crow flies, to a hundred metres;
- a commune whose point nobody knows is neither in a white zone nor out of it: it is told apart.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fete.core.text import slug
from fete.geography.arithmetic import Degrees, Nearest
from fete.programme.rules.catalogue import OFF, Catalogue, Entry, Time, is_online
from fete.programme.workflow import SlotState

# Kilometres.
RADII = (10, 20, 30)
# Inhabitants: below it a commune is called rural. INSEE asks as many of an urban unit; its grid of density is not known here.
RURAL_BELOW = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Town:
    """A commune as far as distances need to know it."""

    code: str
    name: str
    departement: str
    population: int
    point: Degrees | None

    @property
    def slug(self) -> str:
        """The last part of the address of its page."""
        return slug(self.name)

    @property
    def is_rural(self) -> bool:
        """Whether it has few inhabitants."""
        return self.population < RURAL_BELOW


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """A commune, and the nearest one where something is held: itself, another, or none that is known."""

    town: Town
    nearest: Town | None = None
    # Kilometres; nothing where its point is not known, or where nothing is held at all.
    distance: float | None = None

    @property
    def is_host(self) -> bool:
        """Whether something is held in the commune itself."""
        return self.nearest == self.town

    def is_white(self, radius: int) -> bool:
        """Whether nothing is held within so many kilometres."""
        return self.distance is not None and self.distance > radius


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """How many communes, with how many inhabitants; and how many of them are rural."""

    communes: int = 0
    population: int = 0
    rural: int = 0
    rural_population: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """The communes of a territory: all, those where something is held, those too far by radius, those told apart."""

    all: Group
    hosts: Group
    beyond: Mapping[int, Group]
    unknown: Group

    def rural_share_within(self, radius: int) -> float | None:
        """Return the part of the rural population that has something within so many kilometres, from 0 to 1."""
        known = self.all.rural_population - self.unknown.rural_population
        return 1 - self.beyond[radius].rural_population / known if known else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """An activity at its places: where it is held, and what the charter asks of it."""

    number: int
    communes: frozenset[str]
    departements: frozenset[str]
    is_container: bool = False
    audiences: Collection[str] = ()
    accessibility: Collection[str] = ()
    # Its sessions, and those of them that are full; none of its own when it has its container's.
    sessions: int = 0
    full: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """How many activities answer « yes », « no », and nothing."""

    yes: int = 0
    no: int = 0
    unknown: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Aims:
    """What the charter asks, measured over some activities, containers left out."""

    activities: int = 0
    free: int = 0
    # To one impairment at least, then by code of impairment.
    accessible: Answers = field(default_factory=Answers)
    impairments: Mapping[str, Answers] = field(default_factory=dict)
    audiences: Mapping[str, int] = field(default_factory=dict)
    sessions: int = 0
    full: int = 0


def offered(
    catalogue: Catalogue,
    *,
    with_schools: bool = False,
    apart: Collection[str] = (),
    held: Collection[int] | None = None,
) -> Iterator[Offered]:
    """Give what is offered somewhere; for school groups too if wished, and among what was held if that is asked.

    `apart` are the kinds that go to classes; `held` the numbers of the activities that took place.
    """
    for entry in catalogue.entries:
        is_asked = held is None or entry.number in held
        if is_asked and (with_schools or entry.kind not in apart):
            found = _offered(
                entry,
                [time for time in entry.times if _counts(entry, time, with_schools=with_schools)],
            )
            if found.communes:
                yield found


def reaches(towns: Iterable[Town], hosts: Collection[str]) -> Iterator[Reach]:
    """Give each commune with the nearest of those where something is held."""
    known = list(towns)
    by_code = {town.code: town for town in known}
    nearest = Nearest(
        {town.code: town.point for town in known if town.code in hosts and town.point is not None}
    )
    for town in known:
        if town.code in hosts:
            yield Reach(town=town, nearest=town, distance=0.0)
        elif town.point is not None and (found := nearest.to(town.point)) is not None:
            distance, code = found
            # Told to a hundred metres, and compared as it is told.
            yield Reach(town=town, nearest=by_code[code], distance=round(distance, 1))
        else:
            yield Reach(town=town)


def spread(found: Sequence[Reach]) -> Spread:
    """Return the sums over some communes."""
    return Spread(
        all=_group(each.town for each in found),
        hosts=_group(each.town for each in found if each.is_host),
        beyond={
            radius: _group(each.town for each in found if each.is_white(radius)) for radius in RADII
        },
        unknown=_group(each.town for each in found if each.distance is None),
    )


def aims(
    found: Iterable[Offered],
    *,
    free: Collection[int],
    answered: Collection[int],
    impairments: Sequence[str],
    audiences: Sequence[str],
) -> Aims:
    """Return what the charter asks, measured; `free` and `answered` are the activities that say so by their numbers."""
    told = [each for each in found if not each.is_container]
    return Aims(
        activities=len(told),
        free=sum(each.number in free for each in told),
        accessible=_answers(told, answered, impairments),
        impairments={code: _answers(told, answered, [code]) for code in impairments},
        audiences={code: sum(code in each.audiences for each in told) for code in audiences},
        sessions=sum(each.sessions for each in told),
        full=sum(each.full for each in told),
    )


def _counts(entry: Entry, time: Time, *, with_schools: bool) -> bool:
    is_somewhere = time.state not in OFF and not is_online(entry, time)
    return is_somewhere and (with_schools or not time.is_for_schools)


def _offered(entry: Entry, times: Sequence[Time]) -> Offered:
    places = [place for time in times for place in time.places]
    own = [time for time in times if time.is_own]
    return Offered(
        number=entry.number,
        communes=frozenset(place.commune for place in places),
        departements=frozenset(place.departement for place in places),
        is_container=entry.is_container,
        audiences=entry.audiences,
        accessibility=entry.accessibility,
        sessions=len(own),
        full=sum(time.state is SlotState.FULL for time in own),
    )


def _group(towns: Iterable[Town]) -> Group:
    all_of_them = list(towns)
    rural = [town for town in all_of_them if town.is_rural]
    return Group(
        communes=len(all_of_them),
        population=sum(town.population for town in all_of_them),
        rural=len(rural),
        rural_population=sum(town.population for town in rural),
    )


def _answers(
    told: Sequence[Offered], answered: Collection[int], impairments: Collection[str]
) -> Answers:
    yes = {each.number for each in told if not set(impairments).isdisjoint(each.accessibility)}
    known = yes | {each.number for each in told if each.number in answered}
    return Answers(yes=len(yes), no=len(known - yes), unknown=len(told) - len(known))
