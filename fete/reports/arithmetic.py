"""Sums over one report, and what in it does not hang together. Knows nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

# A report asks itself questions beyond these; none of them refuses anything.
TIMES_CAPACITY = 3
TIMES_EXPECTED = 10
TIMES_VISITORS = 3
FEW_PEOPLE = 10
LARGE_ACTIVITY = 10_000
LARGE_CONTAINER = 100_000
LARGE_TEAM = 1_000
SAME_FROM = 10


class Outcome(StrEnum):
    """Whether the activity took place."""

    HELD = "held"
    PARTLY = "partly"
    CANCELLED = "cancelled"


class Method(StrEnum):
    """How the visitors were counted."""

    COUNTED = "counted"
    TICKETED = "ticketed"
    ESTIMATED = "estimated"
    # With the counter of the site, by those who stood at the doors.
    CLICKER = "clicker"


class Visitor(StrEnum):
    """Which of the three figures of visitors somebody at the door counts in."""

    PUBLIC = "public"
    PUPILS = "pupils"
    ADULTS = "adults"


class Doubt(StrEnum):
    """What in a report may be a slip of the pen."""

    NOBODY_CAME = "nobody_came"
    CANCELLED_YET_VISITED = "cancelled_yet_visited"
    HELD_YET_CANCELLED = "held_yet_cancelled"
    PUPILS_WITHOUT_ADULTS = "pupils_without_adults"
    ADULTS_WITHOUT_PUPILS = "adults_without_pupils"
    PUPILS_NOT_EXPECTED = "pupils_not_expected"
    PUBLIC_NOT_EXPECTED = "public_not_expected"
    COUNTED_TWICE = "counted_twice"
    ABOVE_CAPACITY = "above_capacity"
    ABOVE_EXPECTED = "above_expected"
    VERY_MANY = "very_many"
    MORE_PEOPLE_THAN_VISITORS = "more_people_than_visitors"
    VERY_LARGE_TEAM = "very_large_team"
    ONLINE_NOT_EXPECTED = "online_not_expected"
    ON_SITE_NOT_EXPECTED = "on_site_not_expected"
    ONLINE_AS_ON_SITE = "online_as_on_site"


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """The figures of one report; nothing is not zero."""

    outcome: Outcome | None = None
    public: int | None = None
    pupils: int | None = None
    adults: int | None = None
    online: int | None = None
    researchers: int | None = None
    mediators: int | None = None
    volunteers: int | None = None
    others: int | None = None

    @property
    def took_place(self) -> bool:
        """Whether the activity was held, at least in part."""
        return self.outcome in {Outcome.HELD, Outcome.PARTLY}

    @property
    def visitors(self) -> int | None:
        """Those who came: public, pupils and the adults with them; `None` when nothing was told."""
        # Written out: an edition asks it of thousands of reports, several times.
        if self.public is None and self.pupils is None and self.adults is None:
            return None
        return (self.public or 0) + (self.pupils or 0) + (self.adults or 0)

    @property
    def team(self) -> int | None:
        """Those who made it: researchers, mediators, volunteers and others present."""
        return total_of(self.researchers, self.mediators, self.volunteers, self.others)


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """Who came to one session, as its structure tells it; nothing is not zero."""

    slot_id: int
    public: int | None = None
    pupils: int | None = None
    adults: int | None = None

    @property
    def is_told(self) -> bool:
        """Whether anything is said of it."""
        return any(getattr(self, each) is not None for each in Visitor)


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What was declared of the activity, against which its figures are held."""

    for_public: bool = True
    for_schools: bool = False
    on_site: bool = True
    online: bool = False
    is_container: bool = False
    is_cancelled: bool = False
    slots: int = 1
    # Seats of all slots together; `None` as soon as one slot does not say.
    capacity: int | None = None
    # Visitors that whoever declared it thought would come.
    expected: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoherence:
    """A doubt with the figures that raise it, in the order in which its sentence names them."""

    doubt: Doubt
    figures: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """What tells this question from another: an answer holds for these figures only."""
        return ":".join([self.doubt.value, *(str(figure) for figure in self.figures)])


def total_of(*figures: int | None) -> int | None:
    """Return the sum of the figures that are told; `None` when none is."""
    told = [figure for figure in figures if figure is not None]
    return sum(told) if told else None


def with_sessions(counts: Counts, sessions: Sequence[Session]) -> Counts:
    """Return the figures in which each one that a session tells is the sum of the sessions."""

    def sum_of(name: Visitor, told: int | None) -> int | None:
        sums = total_of(*(getattr(one, name) for one in sessions))
        return told if sums is None else sums

    return replace(
        counts,
        public=sum_of(Visitor.PUBLIC, counts.public),
        pupils=sum_of(Visitor.PUPILS, counts.pupils),
        adults=sum_of(Visitor.ADULTS, counts.adults),
    )


def incoherences(counts: Counts, about: Circumstances) -> list[Incoherence]:
    """Return what the person who reports is asked about, in the order of the form."""
    if counts.outcome is Outcome.CANCELLED:
        return list(_of_a_cancelled_one(counts))
    if not counts.took_place:
        return []
    return [*_of_the_visitors(counts, about), *_of_the_size(counts, about), *_of_the_team(counts)]


def questions_key(found: Iterable[Incoherence]) -> str:
    """Return what identifies these questions together; empty when there is none."""
    return ";".join(each.key for each in found)


def _of_a_cancelled_one(counts: Counts) -> Iterator[Incoherence]:
    visitors, online = counts.visitors or 0, counts.online or 0
    if visitors + online:
        yield Incoherence(doubt=Doubt.CANCELLED_YET_VISITED, figures=(visitors, online))


def _of_the_visitors(counts: Counts, about: Circumstances) -> Iterator[Incoherence]:
    public, pupils, adults = counts.public or 0, counts.pupils or 0, counts.adults or 0
    online = counts.online or 0
    if about.is_cancelled:
        yield Incoherence(doubt=Doubt.HELD_YET_CANCELLED)
    if counts.visitors == 0 and not online:
        yield Incoherence(doubt=Doubt.NOBODY_CAME)
    if pupils and not adults:
        yield Incoherence(doubt=Doubt.PUPILS_WITHOUT_ADULTS, figures=(pupils,))
    if adults and not pupils:
        yield Incoherence(doubt=Doubt.ADULTS_WITHOUT_PUPILS, figures=(adults,))
    if pupils and not about.for_schools:
        yield Incoherence(doubt=Doubt.PUPILS_NOT_EXPECTED, figures=(pupils,))
    if public and not about.for_public:
        yield Incoherence(doubt=Doubt.PUBLIC_NOT_EXPECTED, figures=(public,))
    if pupils >= SAME_FROM and public in {pupils, pupils + adults}:
        yield Incoherence(doubt=Doubt.COUNTED_TWICE, figures=(public, pupils, adults))
    if online and not about.online:
        yield Incoherence(doubt=Doubt.ONLINE_NOT_EXPECTED, figures=(online,))
    elif online >= SAME_FROM and online in {public, counts.visitors}:
        yield Incoherence(doubt=Doubt.ONLINE_AS_ON_SITE, figures=(online,))
    if counts.visitors and not about.on_site:
        yield Incoherence(doubt=Doubt.ON_SITE_NOT_EXPECTED, figures=(counts.visitors,))


def _of_the_size(counts: Counts, about: Circumstances) -> Iterator[Incoherence]:
    visitors = counts.visitors or 0
    if about.capacity and visitors > TIMES_CAPACITY * about.capacity:
        yield Incoherence(
            doubt=Doubt.ABOVE_CAPACITY, figures=(visitors, about.capacity, about.slots)
        )
    elif about.expected and visitors > TIMES_EXPECTED * about.expected:
        yield Incoherence(doubt=Doubt.ABOVE_EXPECTED, figures=(visitors, about.expected))
    elif visitors > (LARGE_CONTAINER if about.is_container else LARGE_ACTIVITY):
        yield Incoherence(doubt=Doubt.VERY_MANY, figures=(visitors,))


def _of_the_team(counts: Counts) -> Iterator[Incoherence]:
    present = (counts.visitors or 0) + (counts.online or 0)
    team = counts.team or 0
    if present and team > FEW_PEOPLE and team > TIMES_VISITORS * present:
        yield Incoherence(doubt=Doubt.MORE_PEOPLE_THAN_VISITORS, figures=(team, present))
    elif team > LARGE_TEAM:
        yield Incoherence(doubt=Doubt.VERY_LARGE_TEAM, figures=(team,))


@dataclass(frozen=True, kw_only=True, slots=True)
class Returns:
    """How many reports are due and how many have come in; those who were dispensed owe none."""

    due: int = 0
    received: int = 0
    validated: int = 0
    waived: int = 0

    @property
    def to_validate(self) -> int:
        """How many wait for the coordination."""
        return self.received - self.validated

    @property
    def missing(self) -> int:
        """How many are still awaited."""
        return self.due - self.received

    @property
    def share(self) -> float | None:
        """The part of those due that were validated, from 0 to 1; nothing when none is due."""
        return self.validated / self.due if self.due else None

    @property
    def received_share(self) -> float | None:
        """The part of those due that came in, from 0 to 1; nothing when none is due."""
        return self.received / self.due if self.due else None


def together(several: Iterable[Returns]) -> Returns:
    """Return the returns of several places as one."""
    rows = list(several)
    return Returns(
        due=sum(row.due for row in rows),
        received=sum(row.received for row in rows),
        validated=sum(row.validated for row in rows),
        waived=sum(row.waived for row in rows),
    )


class Touched(Protocol):
    """What somebody at a door counted, in one touch or in several added up."""

    @property
    def slot_id(self) -> int | None:
        """The session that was chosen, if any."""

    @property
    def visitor(self) -> Visitor:
        """Which of the three figures it adds to."""

    @property
    def amount(self) -> int:
        """How many; less than nothing takes back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Headcount:
    """The three figures of visitors as they were counted at the doors, touches taken back included."""

    public: int = 0
    pupils: int = 0
    adults: int = 0

    @property
    def shown(self) -> "Headcount":
        """The same, where nobody is less than nobody."""
        return Headcount(
            public=max(self.public, 0), pupils=max(self.pupils, 0), adults=max(self.adults, 0)
        )

    @property
    def visitors(self) -> int:
        """Those who came, as they are shown."""
        shown = self.shown
        return shown.public + shown.pupils + shown.adults

    @property
    def is_short(self) -> bool:
        """Whether more was taken back than had been counted."""
        return self != self.shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What was counted at the doors: altogether, and at each session that was named."""

    whole: Headcount = Headcount()
    by_slot: Mapping[int, Headcount] = field(default_factory=dict)

    def by_session(self, visitor: Visitor) -> dict[int, int]:
        """Return one figure session by session, when the sessions hold the whole of it; nothing when some named none."""
        told = {slot: getattr(each, visitor) for slot, each in self.by_slot.items()}
        is_whole = sum(told.values()) == getattr(self.whole, visitor)
        return told if is_whole and min(told.values(), default=0) >= 0 else {}

    @property
    def is_nothing(self) -> bool:
        """Whether nobody counted, or all that was counted was taken back."""
        return self.whole == Headcount()


def counted(touches: Iterable[Touched]) -> Counted:
    """Return what touches add up to, in whatever order they come; what names no session is in the whole only."""
    sums: defaultdict[int, dict[Visitor, int]] = defaultdict(lambda: dict.fromkeys(Visitor, 0))
    whole = dict.fromkeys(Visitor, 0)
    for touch in touches:
        whole[touch.visitor] += touch.amount
        if touch.slot_id is not None:
            sums[touch.slot_id][touch.visitor] += touch.amount
    return Counted(
        whole=_headcount(whole), by_slot={slot: _headcount(each) for slot, each in sums.items()}
    )


def _headcount(sums: Mapping[Visitor, int]) -> Headcount:
    return Headcount(
        public=sums[Visitor.PUBLIC], pupils=sums[Visitor.PUPILS], adults=sums[Visitor.ADULTS]
    )
