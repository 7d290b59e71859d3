"""The reports of the edition just over: most of them in, some waiting, some asked about, some never sent."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from fete.accounts.models import User
from fete.core.clock import from_paris
from fete.demo import attendance, writing
from fete.demo.declaring import Declared
from fete.demo.hosts import is_of_research
from fete.demo.people import coordinator_of
from fete.demo.timetable import Session
from fete.exchange.plan import Progress
from fete.exchange.services import batches
from fete.programme.models import Booking, Edition
from fete.programme.workflow import SlotState
from fete.reports.arithmetic import Counts, Method, Outcome
from fete.reports.rules import Told, doubts_of
from fete.reports.services.reporting import PastReport, enter_past, save, send_back, waive
from fete.reports.workflow import ReportStatus

VALIDATED, FILED, DRAFTS, SENT_BACK, WAIVED = 0.62, 0.09, 0.04, 0.02, 0.01
"""The parts of the reports that are due; what is left never came."""
DOUBTFUL = 0.25
"""The part of those that wait for validation whose figures raise a question."""
_DAYS = 38
_A_POST = 80
_REMARKED = 0.25
_STAND_SHARE = 0.35
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What the host of an activity knows once it is over."""

    declared: Declared
    counts: Counts
    method: Method | None
    remarks: str


def report(
    rng: random.Random,
    held: Sequence[Declared],
    people: Mapping[str, User],
    edition: Edition,
    *,
    today: date,
    progress: Progress,
) -> None:
    """Let each report stand where it would by today."""
    eager = {code: rng.uniform(0.8, 1.25) for code in sorted({_departement(each) for each in held})}
    order = sorted(held, key=lambda each: rng.random() * eager[_departement(each)], reverse=True)
    known = [_known(rng, each) for each in order]
    parts = [round(part * len(known)) for part in (VALIDATED, FILED, DRAFTS, SENT_BACK, WAIVED)]
    ends = [sum(parts[: rank + 1]) for rank in range(len(parts))]
    validated, filed = known[: ends[0]], known[ends[0] : ends[1]]
    begun, asked, waived = (known[start:end] for start, end in pairwise(ends[1:]))
    days = _days(edition, today)
    for batch, day in zip(
        list(batches(validated, _A_POST)), _spread(days, -(-len(validated) // _A_POST)), strict=True
    ):
        enter_past([_past(each, ReportStatus.VALIDATED) for each in batch], at=_at(day, today))
        progress(len(batch))
    _wait(rng, filed, at=_at(days[-1], today))
    for each in begun:
        partial = replace(each.counts, volunteers=None, mediators=None)
        save(
            each.declared.activity,
            Told(counts=partial, remarks=each.remarks),
            version=0,
            by=_coordinator(each, people),
            at=_at(days[-1], today),
        )
    for rank, each in enumerate(asked):
        _ask(each, _QUESTIONS[rank % len(_QUESTIONS)], people, at=_at(days[-1], today))
    for rank, each in enumerate(waived):
        waive(
            each.declared.activity,
            _WAIVERS[rank % len(_WAIVERS)],
            version=0,
            by=_coordinator(each, people),
            at=_at(days[-1], today),
        )
    progress(len(held) - len(validated))


def _known(rng: random.Random, each: Declared) -> _Known:
    text, draft, activity = each.draft.text, each.draft, each.activity
    remarks = rng.choice(writing.report_remarks()) if rng.random() < _REMARKED else ""
    if activity.is_container:
        counts = attendance.gate(
            rng,
            population=draft.commune.population,
            days=len(draft.sessions),
            for_schools=text.for_schools,
        )
        return _Known(declared=each, counts=counts, method=Method.ESTIMATED, remarks=remarks)
    times = _held(each)
    if not times:
        return _Known(
            declared=each, counts=Counts(outcome=Outcome.CANCELLED), method=None, remarks=""
        )
    counts = attendance.counted(
        rng,
        attendance.expected(
            rng,
            text,
            times,
            population=draft.commune.population,
            by_researchers=is_of_research(draft.organisation),
        ),
    )
    if len(times) < len(draft.sessions):
        counts = replace(counts, outcome=Outcome.PARTLY)
    if all(slot.state is SlotState.MOVED_ONLINE for slot in activity.slots) and activity.slots:
        counts = replace(counts, public=0, pupils=0, adults=0, online=counts.visitors)
    booked = draft.content["booking"] is not Booking.NONE
    return _Known(
        declared=each,
        counts=counts,
        method=attendance.method_of(rng, times, booked=booked),
        remarks=remarks,
    )


def _held(each: Declared) -> list[Session]:
    """Return the sessions that took place; those of its container, for a part, where a stand has none of its own."""
    parent = each.activity.parent
    if parent is not None and not each.draft.sessions:
        return [
            Session(
                day=slot.day,
                starts=0,
                minutes=int((slot.ends_at - slot.starts_at).seconds / 60 * _STAND_SHARE),
                capacity=None,
                for_classes=False,
            )
            for slot in parent.slots
        ]
    lost = {SlotState.CANCELLED, SlotState.POSTPONED}
    return [
        session
        for session, slot in zip(each.draft.sessions, each.activity.slots, strict=True)
        if slot.state not in lost
    ]


def _past(each: _Known, status: ReportStatus) -> PastReport:
    return PastReport(
        activity=each.declared.activity,
        status=status,
        counts=each.counts,
        method=each.method,
        remarks=each.remarks,
    )


def _wait(rng: random.Random, filed: Sequence[_Known], *, at: datetime) -> None:
    """Hand in what the coordination will find waiting, some of it with a slip of the pen."""
    doubtful = round(len(filed) * DOUBTFUL)
    slipped = [
        replace(each, counts=_slip(rank, each.counts)) if rank < doubtful else each
        for rank, each in enumerate(
            sorted(filed, key=lambda each: each.counts.outcome is Outcome.CANCELLED)
        )
    ]
    for entered in enter_past([_past(each, ReportStatus.FILED) for each in slipped], at=at):
        if doubts_of(entered):
            # Whoever filed it was asked, and answered one way or the other.
            entered.is_confirmed = rng.random() < _CONFIRMED
            entered.explanation = "" if entered.is_confirmed else rng.choice(_EXPLANATIONS)


def _slip(rank: int, counts: Counts) -> Counts:
    """Return the figures with a mistake that is often made: a zero too many, one column for another, none at all."""
    match rank % 3:
        case 0:
            return replace(counts, public=(counts.public or 12) * 10)
        case 1:
            return replace(counts, pupils=counts.public or 24, adults=0)
        case _:
            return replace(counts, public=0, pupils=0, adults=0)


def _ask(each: _Known, question: str, people: Mapping[str, User], *, at: datetime) -> None:
    coordinator = _coordinator(each, people)
    (entered,) = enter_past([_past(each, ReportStatus.FILED)], at=at)
    send_back(each.declared.activity, question, version=entered.version, by=coordinator, at=at)


def _coordinator(each: _Known, people: Mapping[str, User]) -> User:
    return coordinator_of(people, _departement(each.declared))


def _departement(each: Declared) -> str:
    return each.draft.commune.departement_code


def _days(edition: Edition, today: date) -> list[date]:
    """Return the days on which reports came in: from the end of the edition to yesterday, five weeks at most."""
    count = max(1, min(_DAYS, (today - edition.ends_on).days - 1))
    return [edition.ends_on + (number + 1) * _DAY for number in range(count)]


def _spread(days: Sequence[date], count: int) -> list[date]:
    return [days[rank * len(days) // count] for rank in range(count)]


def _at(day: date, today: date) -> datetime:
    """Return an hour of that day which is not to come."""
    return from_paris(day, time(10) if day < today else time(0))


_CONFIRMED = 0.5
_EXPLANATIONS = (
    "L’estimation est large\u00a0: la place est ouverte et les gens vont et viennent.",
    "Nous avons additionné toutes les séances de la semaine.",
    "Une erreur est possible, la feuille de comptage a pris la pluie.",
)
_QUESTIONS = (
    "Les élèves sont-ils compris dans le grand public\u00a0? Je préfère vérifier avant de valider.",
    "D’où vient le nombre de visiteurs\u00a0: un comptage à l’entrée, des inscriptions, une estimation\u00a0?",
    "Combien d’adultes accompagnaient les classes\u00a0? Le bilan ne le dit pas.",
    "Tout a-t-il bien eu lieu\u00a0? Il me semblait qu’une séance avait été annulée.",
)
_WAIVERS = (
    "La structure a cessé son activité depuis la fête.",
    "Les chiffres sont déjà dans le bilan de la structure partenaire.",
)
