"""The rules of reporting, pure: from when a report is due, what it lacks, what is asked about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _, ngettext
from fete.core.templating import number
from fete.programme.models import Activity, Edition, EditionState, Mode, Slot
from fete.programme.rules import has_taken_place, over_at
from fete.programme.workflow import SlotState
from fete.reports.arithmetic import (
    Circumstances,
    Counts,
    Doubt,
    Incoherence,
    Method,
    Outcome,
    Session,
    incoherences,
    questions_key,
)
from fete.reports.models import Report
from fete.reports.workflow import Question, ReportStatus, Standing

VISITOR_FIGURES = ("public", "pupils", "adults")
TEAM_FIGURES = ("researchers", "mediators", "volunteers")
FIGURES = (*VISITOR_FIGURES, "online", *TEAM_FIGURES, "others")
TEXT_LENGTH = 2_000
MOST = 9_999_999


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """Something that a report lacks: the field, and the sentence that asks for it."""

    field: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a person tells in a report, with the answer to what was asked about its figures."""

    counts: Counts
    method: Method | None = None
    remarks: str = ""
    explanation: str = ""
    is_confirmed: bool = False
    # Which questions were shown when the answer was given.
    asked: str = ""
    # Session by session, and beside the figures; nothing at all when the way of telling does not ask for them.
    sessions: tuple[Session, ...] | None = None
    answers: Mapping[Question, str] | None = None


class IncompleteReportError(RuleBrokenError):
    """A report cannot be filed yet: everything that it lacks."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__(gaps[0].message, field=gaps[0].field)
        self.gaps = list(gaps)


class DoubtfulReportError(RuleBrokenError):
    """A report is asked about before it is taken."""

    def __init__(self, found: Sequence[Incoherence]) -> None:
        super().__init__(
            _("Cochez cette case, expliquez, ou corrigez les chiffres signalés."),
            field="is_confirmed",
        )
        self.incoherences = list(found)


class UnansweredReportError(RuleBrokenError):
    """A report was sent back with a question, and comes again as it was."""

    def __init__(self) -> None:
        super().__init__(
            _("Répondez à la question de la coordination, ou corrigez les chiffres."),
            field="explanation",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SentBack:
    """The figures of a report as it was sent back with a question."""

    version: int
    counts: Counts
    method: Method | None

    def is_answered_by(self, counts: Counts, method: Method | None, explanation: str) -> bool:
        """Whether the question got words, or other figures."""
        return bool(explanation) or (counts, method) != (self.counts, self.method)


def due_since(activity: Activity) -> datetime | None:
    """Return when the last slot ends, of the activity or of what holds it: its report is due from then on."""
    return over_at(activity)


def is_due(activity: Activity, at: datetime) -> bool:
    """Whether the activity owes a report: it was published and its last slot has ended."""
    return has_taken_place(activity, at)


def is_counted_at_the_gate(gate: Report | None) -> bool:
    """Whether the container has told the visitors of its gate: what it holds need not report any more.

    Its stands may, and say who made them; their visitors would not be counted twice.
    """
    return (
        gate is not None
        and gate.standing in {Standing.FILED, Standing.VALIDATED}
        and gate.counts.took_place
        and gate.counts.visitors is not None
    )


def is_open(edition: Edition) -> bool:
    """Whether the reports of the edition can still change."""
    return edition.state is not EditionState.CLOSED


def is_late(edition: Edition, today: date) -> bool:
    """Whether the day by which the reports are expected has passed."""
    return today > edition.report_deadline


def standing_of(report: Report | None) -> Standing:
    """Return where a report stands; one that has no row yet is due."""
    return report.standing if report is not None else Standing.DUE


def known_counts(report: Report | None) -> Counts | None:
    """Return the figures that the coordination validated of what took place; nothing of any other: they are not known."""
    if report is None or report.status is not ReportStatus.VALIDATED:
        return None
    return report.counts if report.counts.took_place else None


def sessions_of(activity: Activity) -> list[Slot]:
    """Return the sessions that its report may tell one by one: those that were not cancelled, unless there is one only."""
    held = [slot for slot in activity.slots if slot.state is not SlotState.CANCELLED]
    return held if len(held) > 1 else []


def circumstances_of(activity: Activity) -> Circumstances:
    """Return what was declared of the activity, against which its figures are held."""
    slots = [slot for slot in activity.slots if slot.state is not SlotState.CANCELLED]
    capacities = [slot.capacity for slot in slots]
    moved_online = any(slot.state is SlotState.MOVED_ONLINE for slot in slots)
    return Circumstances(
        for_public=activity.for_public,
        for_schools=activity.for_schools,
        on_site=activity.mode is not Mode.ONLINE,
        online=activity.mode is not Mode.ON_SITE or moved_online,
        is_container=activity.is_container,
        is_cancelled=activity.is_cancelled,
        slots=len(slots),
        capacity=sum(each for each in capacities if each)
        if capacities and None not in capacities
        else None,
        expected=activity.expected_visitors,
    )


def doubts_of(report: Report) -> list[Incoherence]:
    """Return what in a report does not hang together."""
    return incoherences(report.counts, circumstances_of(report.activity))


def wanted_figures(about: Circumstances) -> tuple[str, ...]:
    """Return which figures what took place must tell, in the order of the form.

    A container may leave its gate empty when nobody counted there: the figures of what it holds then stand.
    """
    if about.is_container:
        return ()
    wanted = (*VISITOR_FIGURES, *TEAM_FIGURES) if about.on_site else TEAM_FIGURES
    return tuple(name for name in FIGURES if name in wanted or (name == "online" and about.online))


def missing(counts: Counts, method: Method | None, about: Circumstances) -> list[Gap]:
    """Return what keeps a report from being filed, in the order of the form.

    What was cancelled needs no figures; half of the visitors are not enough.
    """
    if counts.outcome is None:
        return [Gap(field="outcome", message=_("Dites si l’activité a eu lieu."))]
    if counts.outcome is Outcome.CANCELLED:
        return []
    told = counts.visitors is not None
    wanted = {*wanted_figures(about), *(VISITOR_FIGURES if told else ())}
    ask = _("Écrivez un nombre ; 0 s’il n’y en a pas eu.")
    gaps = [
        Gap(field=name, message=ask)
        for name in FIGURES
        if name in wanted and getattr(counts, name) is None
    ]
    if method is None and (told or not about.is_container):
        gaps.append(Gap(field="method", message=_("Dites comment vous avez compté.")))
    return gaps


def limits(counts: Counts) -> list[Gap]:
    """Return the figures that cannot be, whoever tells them."""
    told = ((name, getattr(counts, name)) for name in FIGURES)
    return [
        Gap(field=name, message=_("Ce nombre est trop grand."))
        for name, value in told
        if value is not None and value > MOST
    ]


def is_answered(told: Told, found: Sequence[Incoherence]) -> bool:
    """Whether the answer was given to these very questions, in words or by saying that the figures are right."""
    if not found:
        return True
    return told.asked == questions_key(found) and bool(told.explanation or told.is_confirmed)


def question_of(found: Incoherence) -> str:
    """Return the sentence that asks about a doubt, with its figures."""
    return str(_question(found))


def _question(found: Incoherence) -> object:
    first, second, third = (*found.figures, 0, 0, 0)[:3]
    a, b, c = number(first), number(second), number(third)
    match found.doubt:
        case Doubt.NOBODY_CAME:
            return _("L’activité a eu lieu, mais personne n’est venu : est-ce exact ?")
        case Doubt.CANCELLED_YET_VISITED:
            return _(
                "L’activité est dite annulée, avec %(visitors)s visiteurs et %(online)s connexions : "
                "a-t-elle eu lieu en partie ?",
                visitors=a,
                online=b,
            )
        case Doubt.HELD_YET_CANCELLED:
            return _("Le programme annonce cette activité comme annulée : a-t-elle bien eu lieu ?")
        case Doubt.PUPILS_WITHOUT_ADULTS:
            return ngettext(
                "%(count)s élève est venu sans accompagnateur : y avait-il un adulte avec lui ?",
                "%(count)s élèves sont venus sans accompagnateur : y avait-il des adultes avec eux ?",
                first,
                count=a,
            )
        case Doubt.ADULTS_WITHOUT_PUPILS:
            return ngettext(
                "%(count)s accompagnateur, mais aucun élève : les familles se comptent avec le grand public.",
                "%(count)s accompagnateurs, mais aucun élève : les familles se comptent avec le grand public.",
                first,
                count=a,
            )
        case Doubt.PUPILS_NOT_EXPECTED:
            return ngettext(
                "%(count)s élève est venu, alors que l’activité n’était pas annoncée pour les scolaires.",
                "%(count)s élèves sont venus, alors que l’activité n’était pas annoncée pour les scolaires.",
                first,
                count=a,
            )
        case Doubt.PUBLIC_NOT_EXPECTED:
            return ngettext(
                "%(count)s personne du grand public est venue, alors que l’activité était réservée aux scolaires.",
                "%(count)s personnes du grand public sont venues, alors que l’activité était réservée aux scolaires.",
                first,
                count=a,
            )
        case Doubt.COUNTED_TWICE:
            return _(
                "Le grand public (%(public)s) compte autant de personnes que les scolaires "
                "(élèves : %(pupils)s, accompagnateurs : %(adults)s) : sont-ils comptés deux fois ?",
                public=a,
                pupils=b,
                adults=c,
            )
        case Doubt.ABOVE_CAPACITY:
            return ngettext(
                "%(visitors)s visiteurs pour %(capacity)s places annoncées en %(count)s créneau : est-ce exact ?",
                "%(visitors)s visiteurs pour %(capacity)s places annoncées en %(count)s créneaux : est-ce exact ?",
                third,
                visitors=a,
                capacity=b,
                count=c,
            )
        case Doubt.ABOVE_EXPECTED:
            return _(
                "%(visitors)s visiteurs, alors que %(expected)s étaient attendus : est-ce exact ?",
                visitors=a,
                expected=b,
            )
        case Doubt.VERY_MANY:
            return _(
                "%(count)s visiteurs, c’est beaucoup pour une seule activité : est-ce exact ?",
                count=a,
            )
        case Doubt.MORE_PEOPLE_THAN_VISITORS:
            return _(
                "%(team)s personnes mobilisées pour %(visitors)s visiteurs ou connexions : est-ce exact ?",
                team=a,
                visitors=b,
            )
        case Doubt.VERY_LARGE_TEAM:
            return _(
                "%(count)s personnes mobilisées, c’est beaucoup pour une seule activité : est-ce exact ?",
                count=a,
            )
        case Doubt.ONLINE_NOT_EXPECTED:
            return ngettext(
                "%(count)s connexion, alors que l’activité n’était pas annoncée en ligne : "
                "les personnes venues sur place se comptent plus haut.",
                "%(count)s connexions, alors que l’activité n’était pas annoncée en ligne : "
                "les personnes venues sur place se comptent plus haut.",
                first,
                count=a,
            )
        case Doubt.ON_SITE_NOT_EXPECTED:
            return ngettext(
                "%(count)s visiteur sur place, alors que l’activité était annoncée en ligne seulement.",
                "%(count)s visiteurs sur place, alors que l’activité était annoncée en ligne seulement.",
                first,
                count=a,
            )
        case Doubt.ONLINE_AS_ON_SITE:
            return ngettext(
                "%(count)s connexion, et autant de visiteurs sur place : "
                "les mêmes personnes sont-elles comptées deux fois ?",
                "%(count)s connexions, et autant de visiteurs sur place : "
                "les mêmes personnes sont-elles comptées deux fois ?",
                first,
                count=a,
            )
