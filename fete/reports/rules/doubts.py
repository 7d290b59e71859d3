"""What a report raises beside others, pure: last year's, its structure's, its village's, its sessions and its counter."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fete.core.clock import to_paris
from fete.core.i18n import gettext as _, ngettext
from fete.core.templating import number
from fete.core.text import fold
from fete.programme.models import Activity
from fete.reports.arithmetic import Counts, Method
from fete.reports.models import Report
from fete.reports.rules.reporting import (
    SentBack,
    doubts_of,
    is_counted_at_the_gate,
    question_of,
)
from fete.reports.workflow import ReportStatus, Source

TIMES_BEFORE = 3
MORE_THAN_BEFORE = 50
# A class and those who come with it are about thirty, time and again: no twin is seen below.
TWIN_FROM = 50
ROUND = 50
ROUND_FROM = 100
SAME_AS_GATE_FROM = 20
TAPS_APART = 10
_PRECISE = frozenset({Method.COUNTED, Method.TICKETED, Method.CLICKER})


class Comparison(StrEnum):
    """What in a report puzzles only when it is held against something else."""

    ABOVE_BEFORE = "above_before"
    BELOW_BEFORE = "below_before"
    SAME_FIGURES = "same_figures"
    ENTERED_TWICE = "entered_twice"
    OUTSIDE_THE_GATE = "outside_the_gate"
    TELLS_THE_GATE = "tells_the_gate"
    BELOW_A_STAND = "below_a_stand"
    ROUND_FIGURES = "round_figures"
    SESSIONS_APART = "sessions_apart"
    TAPS_APART = "taps_apart"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """A report that came in, as others are held against it: its activity and its visitors."""

    activity_id: int
    title: str
    counts: Counts
    edition_id: int = 0
    year: int = 0
    organisation_id: int = 0
    parent_id: int | None = None
    commune_code: str | None = None
    departement_code: str | None = None
    day: date | None = None

    @property
    def visitors(self) -> int:
        """Those who came; nobody when it was not held."""
        return (self.counts.visitors or 0) if self.counts.took_place else 0


class Peers:
    """The reports that came in, found again by what makes two of them look alike."""

    def __init__(self, every: Iterable[Peer] = ()) -> None:
        self._alike: defaultdict[object, list[Peer]] = defaultdict(list)
        self._stands: defaultdict[int, list[Peer]] = defaultdict(list)
        self._of: dict[int, Peer] = {}
        for peer in sorted(every, key=lambda each: each.activity_id):
            self._of[peer.activity_id] = peer
            self._alike[_figures_of(peer)].append(peer)
            self._alike[_entry_of(peer)].append(peer)
            if peer.parent_id is not None:
                self._stands[peer.parent_id].append(peer)

    def of(self, activity_id: int) -> Peer | None:
        """Return the report of an activity, if it came in."""
        return self._of.get(activity_id)

    def same_figures(self, peer: Peer) -> Peer | None:
        """Return the first earlier report of its structure that tells the same visitors, and too many for one class."""
        return self._first(peer, _figures_of(peer)) if peer.visitors >= TWIN_FROM else None

    def same_entry(self, peer: Peer) -> Peer | None:
        """Return the first earlier report of that title, on that day, in that commune."""
        told = peer.day is not None and peer.commune_code is not None
        return self._first(peer, _entry_of(peer)) if told else None

    def largest_stand(self, activity_id: int) -> Peer | None:
        """Return the stand that tells the most visitors."""
        stands = self._stands.get(activity_id, [])
        return max(stands, key=lambda each: each.visitors, default=None)

    def _first(self, peer: Peer, like: object) -> Peer | None:
        # Only the later of the two is asked about: what is answered once is answered for both.
        first = self._alike.get(like, [peer])[0]
        holds = first.parent_id == peer.activity_id or peer.parent_id == first.activity_id
        return first if first.activity_id < peer.activity_id and not holds else None


def _figures_of(peer: Peer) -> tuple[object, ...]:
    counts = peer.counts
    visitors = (counts.public or 0, counts.pupils or 0, counts.adults or 0, counts.online or 0)
    return ("figures", peer.edition_id, peer.organisation_id, counts.took_place, visitors)


def _entry_of(peer: Peer) -> tuple[object, ...]:
    return ("entry", peer.edition_id, fold(peer.title), peer.day, peer.commune_code)


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What the report of one activity is held against; nothing where nothing is known."""

    peers: Peers = field(default_factory=Peers)
    # The validated report of what it renews.
    before: Peer | None = None
    gate: Report | None = None
    # The places of its container.
    grounds: frozenset[int] = frozenset()
    sessions: Counts | None = None
    taps: int | None = None
    # As it was last sent back with a question.
    sent_back: SentBack | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Oddity:
    """A comparison that does not hold, with the figures of its sentence and the activity that it leads to."""

    comparison: Comparison
    figures: tuple[int, ...] = ()
    other: Peer | None = None

    @property
    def key(self) -> str:
        """What tells it from another: an answer holds for these figures, beside that very activity."""
        other = [f"@{self.other.activity_id}"] if self.other else []
        return ":".join([self.comparison.value, *(str(each) for each in self.figures), *other])


@dataclass(frozen=True, kw_only=True, slots=True)
class Raised:
    """A doubt about a report: what it asks, and how it is recognised once it is answered."""

    key: str
    question: str
    # The activity that it leads to.
    other: Peer | None = None
    # Whether whoever filed the report was asked, and answered.
    was_asked: bool = False


def raised_by(report: Report, beside: Beside) -> list[Raised]:
    """Return every doubt about a report: what it does not hold together itself, then what puzzles beside others."""
    own = [
        Raised(key=each.key, question=question_of(each), was_asked=True)
        for each in doubts_of(report)
    ]
    compared = [
        Raised(key=each.key, question=sentence_of(each), other=each.other)
        for each in [
            *_beside_its_question(report, beside.sent_back),
            *oddities(report.activity, report.counts, report.method, beside),
        ]
    ]
    return [*own, *compared]


def oddities(
    activity: Activity, counts: Counts, method: Method | None, beside: Beside
) -> list[Oddity]:
    """Return what puzzles in the figures of an activity beside what else is known; nothing of what was not held."""
    if not counts.took_place or counts.visitors is None:
        return []
    return [
        *_beside_before(counts.visitors, beside.before),
        *_beside_twins(activity.id, beside.peers),
        *_beside_the_gate(activity, counts.visitors, beside),
        *_beside_its_own_counting(counts, method, beside),
    ]


def _beside_its_question(report: Report, sent_back: SentBack | None) -> Iterator[Oddity]:
    # What the coordination entered it has answered itself, and what it validated it has read.
    if sent_back is None or report.source is Source.COORDINATION:
        return
    told = (report.counts, report.method, report.explanation)
    if report.status is ReportStatus.FILED and not sent_back.is_answered_by(*told):
        yield Oddity(comparison=Comparison.UNANSWERED, figures=(sent_back.version,))


def _beside_before(visitors: int, before: Peer | None) -> Iterator[Oddity]:
    if before is None:
        return
    found = (visitors, before.visitors)
    small, large = sorted(found)
    if large > TIMES_BEFORE * small and large - small > MORE_THAN_BEFORE:
        word = Comparison.ABOVE_BEFORE if visitors > before.visitors else Comparison.BELOW_BEFORE
        yield Oddity(comparison=word, figures=(*found, before.year), other=before)


def _beside_twins(activity_id: int, peers: Peers) -> Iterator[Oddity]:
    own = peers.of(activity_id)
    if own is None:
        return
    entered = peers.same_entry(own)
    if entered is not None:
        yield Oddity(comparison=Comparison.ENTERED_TWICE, other=entered)
    alike = peers.same_figures(own)
    if alike is not None and alike != entered:
        told = (own.counts.public, own.counts.pupils, own.counts.adults, own.counts.online)
        figures = (own.visitors, *(each or 0 for each in told))
        yield Oddity(comparison=Comparison.SAME_FIGURES, figures=figures, other=alike)


def _beside_the_gate(activity: Activity, visitors: int, beside: Beside) -> Iterator[Oddity]:
    stand = beside.peers.largest_stand(activity.id)
    if stand is not None and stand.visitors > visitors:
        yield Oddity(
            comparison=Comparison.BELOW_A_STAND, figures=(visitors, stand.visitors), other=stand
        )
    if activity.parent is None or beside.gate is None or not is_counted_at_the_gate(beside.gate):
        return
    entered = beside.gate.counts.visitors or 0
    holder = _holder(activity.parent, beside.gate)
    if visitors == entered and visitors >= SAME_AS_GATE_FROM:
        yield Oddity(comparison=Comparison.TELLS_THE_GATE, figures=(visitors,), other=holder)
    elif visitors and is_held_apart(activity, beside.grounds):
        yield Oddity(comparison=Comparison.OUTSIDE_THE_GATE, figures=(visitors,), other=holder)


def _holder(container: Activity, gate: Report) -> Peer:
    commune = container.commune
    return Peer(
        activity_id=container.id,
        title=container.title,
        counts=gate.counts,
        departement_code=commune.departement_code if commune else None,
    )


def is_held_apart(activity: Activity, grounds: frozenset[int]) -> bool:
    """Whether a stand is held at a place or on a day that its container has not: its gate may not have seen them."""
    if activity.parent is None:
        return False
    if activity.venue_id is not None and grounds and activity.venue_id not in grounds:
        return True
    return bool(activity.parent.slots and _days(activity) - _days(activity.parent))


def _days(activity: Activity) -> set[date]:
    return {to_paris(slot.starts_at).date() for slot in activity.slots}


def _beside_its_own_counting(
    counts: Counts, method: Method | None, beside: Beside
) -> Iterator[Oddity]:
    visitors = counts.visitors or 0
    if method in _PRECISE and are_round(counts):
        yield Oddity(comparison=Comparison.ROUND_FIGURES, figures=(visitors,))
    told = beside.sessions
    if told is not None and _differ(told, counts):
        yield Oddity(
            comparison=Comparison.SESSIONS_APART,
            figures=(told.visitors or 0, told.pupils or 0, visitors, counts.pupils or 0),
        )
    if method is Method.CLICKER and _are_far(beside.taps or 0, visitors):
        yield Oddity(comparison=Comparison.TAPS_APART, figures=(visitors, beside.taps or 0))


def are_round(counts: Counts) -> bool:
    """Whether every figure of visitors from fifty on is a round one, and they are a hundred at least."""
    told = [each for each in (counts.public, counts.pupils, counts.adults) if (each or 0) >= ROUND]
    figures = [each for each in told if each is not None]
    return sum(figures) >= ROUND_FROM and not any(each % ROUND for each in figures)


def _differ(told: Counts, counts: Counts) -> bool:
    pairs = (
        (told.public, counts.public),
        (told.pupils, counts.pupils),
        (told.adults, counts.adults),
    )
    return any(one is not None and one != (other or 0) for one, other in pairs)


def _are_far(one: int, other: int) -> bool:
    apart = abs(one - other)
    return apart > TAPS_APART and TAPS_APART * apart > max(one, other)


def sentence_of(oddity: Oddity) -> str:
    """Return the sentence that asks about it, with its figures."""
    return str(_sentence(oddity))


def _sentence(oddity: Oddity) -> object:
    figures = oddity.figures
    first, second, third, fourth = (number(each) for each in (*figures, 0, 0, 0, 0)[:4])
    title = oddity.other.title if oddity.other else ""
    match oddity.comparison:
        case Comparison.ABOVE_BEFORE:
            return _(
                "%(visitors)s visiteurs, contre %(before)s en %(year)s : est-ce exact ?",
                visitors=first,
                before=second,
                year=figures[2],
            )
        case Comparison.BELOW_BEFORE:
            return _(
                "%(visitors)s visiteurs seulement, contre %(before)s en %(year)s : est-ce exact ?",
                visitors=first,
                before=second,
                year=figures[2],
            )
        case Comparison.SAME_FIGURES:
            return _(
                "%(visitors)s visiteurs, répartis exactement comme ceux de « %(title)s » : "
                "est-ce le même bilan rempli deux fois ?",
                visitors=first,
                title=title,
            )
        case Comparison.ENTERED_TWICE:
            return _(
                "« %(title)s » porte le même titre, le même jour, dans la même commune : "
                "est-ce une seule activité déclarée deux fois ?",
                title=title,
            )
        case Comparison.OUTSIDE_THE_GATE:
            return ngettext(
                "%(count)s visiteur dans un lieu ou un jour que « %(title)s » n’a pas, alors que seules ses entrées "
                "comptent : est-il passé par l’entrée ?",
                "%(count)s visiteurs dans un lieu ou un jour que « %(title)s » n’a pas, alors que seules ses entrées "
                "comptent : sont-ils passés par l’entrée ?",
                figures[0],
                count=first,
                title=title,
            )
        case Comparison.TELLS_THE_GATE:
            return _(
                "%(visitors)s visiteurs, autant qu’à l’entrée de « %(title)s » : "
                "est-ce le compte de tout l’événement, plutôt que celui du stand ?",
                visitors=first,
                title=title,
            )
        case Comparison.BELOW_A_STAND:
            return _(
                "%(visitors)s visiteurs à l’entrée, mais %(stand)s au stand « %(title)s » : "
                "tout le monde a-t-il été compté à l’entrée ?",
                visitors=first,
                stand=second,
                title=title,
            )
        case Comparison.ROUND_FIGURES:
            return _(
                "%(visitors)s visiteurs en nombres ronds, alors que le bilan les dit comptés : "
                "est-ce une estimation ?",
                visitors=first,
            )
        case Comparison.SESSIONS_APART:
            return _(
                "Séance par séance, %(sessions)s visiteurs (élèves : %(session_pupils)s) ; "
                "le bilan en dit %(visitors)s (élèves : %(pupils)s) : lesquels sont exacts ?",
                sessions=first,
                session_pupils=second,
                visitors=third,
                pupils=fourth,
            )
        case Comparison.TAPS_APART:
            return _(
                "Le bilan dit %(visitors)s visiteurs d’après le compteur du site, qui en a compté %(taps)s : "
                "lesquels sont exacts ?",
                visitors=first,
                taps=second,
            )
        case Comparison.UNANSWERED:
            return _(
                "Ni réponse à votre question, ni chiffres changés depuis qu’elle est posée : "
                "ce bilan convient-il tel quel ?"
            )
