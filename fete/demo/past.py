"""The edition of 2017, made up so that what the site counts in it is what was published at the time."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from fete.core.clock import from_paris
from fete.core.settings import settings
from fete.demo import attendance, writing
from fete.demo.declaring import Declared, Desk, Draft
from fete.demo.hosts import Network, is_of_research
from fete.demo.shares import apportion
from fete.demo.story import DEPARTEMENT, Cast, is_its_sort
from fete.demo.territory import Setting, host_communes, settle
from fete.demo.timetable import PAST_YEAR, past_plan, sessions_of
from fete.exchange.plan import Progress
from fete.exchange.services import batches
from fete.figures.models import Nature
from fete.figures.queries import headlines_of
from fete.figures.services import freeze, publish
from fete.geography.models import Commune
from fete.programme.models import Activity, Booking, Edition
from fete.programme.services.activities import declare_past
from fete.programme.services.editions import close_edition, open_edition
from fete.programme.workflow import Status
from fete.reports.arithmetic import Counts
from fete.reports.services.reporting import PastReport, enter_past
from fete.reports.workflow import ReportStatus

_SCOPE = "Occitanie"
_ITS_KIND = "workshop"
# Neither comes into the published figures: what goes to classrooms is counted apart, what is online has no visitors.
_NOT_THEN = ("class_intervention", "online")
_A_SITTING = 60
_REMARKED = 0.25


def published_totals() -> dict[str, int]:
    """Return what was published about the edition, under the names of the figures."""
    return {
        headline.key: headline.value
        for headline in headlines_of(PAST_YEAR)
        if headline.scope == _SCOPE and headline.nature is Nature.MEASURED
    }


def fill_past(
    network: Network, known: dict[str, list[Commune]], cast: Cast, *, progress: Progress
) -> Declared:
    """Fill the edition, closed: activities, slots, and a validated report for each; return what the association held."""
    rng = random.Random(f"fete/{PAST_YEAR}")  # noqa: S311  # the same edition each time
    plan = past_plan()
    totals = published_totals()
    edition = open_edition(plan, by=None, at=_at(date(PAST_YEAR, 1, 16)), is_demo=True)
    communes = host_communes(rng, known, count=totals["host_communes"])
    places = settle(rng, _texts(rng, totals), communes)
    drafts = _drafts(rng, network, edition, places)
    its = _give_one(drafts, cast)
    counts = _counts(rng, drafts, totals)
    held: list[Activity] = []
    for number, batch in enumerate(batches(zip(drafts, counts, strict=True), _A_SITTING)):
        held += _live(rng, edition, batch, number)
        progress(len(batch))
    close_edition(edition, by=None, at=_at(date(PAST_YEAR, 12, 20)))
    frozen_at = _at(date(PAST_YEAR, 12, 21))
    frozen = freeze(edition, number=1, reason="", region=settings().region, by=None, at=frozen_at)
    publish(frozen, by=None, at=frozen_at)
    return Declared(activity=held[its], draft=drafts[its])


def _give_one(drafts: list[Draft], cast: Cast) -> int:
    """Let the association have held one of the activities, and return its rank: nothing else of it changes."""
    rank = next(
        rank
        for rank, draft in enumerate(drafts)
        if draft.commune.departement_code == DEPARTEMENT
        and is_its_sort(draft.text)
        and draft.text.kind == _ITS_KIND
        and not is_of_research(draft.organisation)
    )
    drafts[rank] = replace(drafts[rank], organisation=cast.association)
    return rank


def _texts(rng: random.Random, totals: Mapping[str, int]) -> list[writing.ActivityText]:
    stock = writing.available(PAST_YEAR)
    kinds = sorted(kind for kind in stock if kind not in {*_NOT_THEN, "lab_open_day"})
    shares = apportion(
        totals["activities"] - totals["lab_open_days"],
        [stock[kind] for kind in kinds],
        most=[stock[kind] for kind in kinds],
    )
    wanted = dict(zip(kinds, shares, strict=True)) | {"lab_open_day": totals["lab_open_days"]}
    return writing.compose(rng, kinds=wanted, year=PAST_YEAR)


def _drafts(
    rng: random.Random, network: Network, edition: Edition, settings: Sequence[Setting]
) -> list[Draft]:
    desk = Desk(rng, network, edition)
    founded = _at(date(PAST_YEAR, 2, 1))
    return [
        desk.draft(
            f"{PAST_YEAR}/{rank}",
            setting.text,
            setting.commune,
            sessions_of(rng, setting.text, first=edition.starts_on, last=edition.ends_on),
            at=founded,
        )
        for rank, setting in enumerate(settings)
    ]


def _counts(rng: random.Random, drafts: Sequence[Draft], totals: Mapping[str, int]) -> list[Counts]:
    drawn = [
        attendance.expected(
            rng,
            draft.text,
            draft.sessions,
            population=draft.commune.population,
            by_researchers=is_of_research(draft.organisation),
        )
        for draft in drafts
    ]
    return attendance.shared_out(
        drawn, totals, with_researchers=[draft.text.kind == "lab_open_day" for draft in drafts]
    )


def _live(
    rng: random.Random, edition: Edition, batch: Sequence[tuple[Draft, Counts]], number: int
) -> list[Activity]:
    """Declare, publish, hold and report a batch, each thing in its season; return its activities."""
    declared = _at(date(PAST_YEAR, 2, 20) + 6 * number * timedelta(days=1))
    published = _at(date(PAST_YEAR, 6, 12 + number))
    activities = declare_past(
        [
            draft.as_past(
                edition, status=Status.PUBLISHED, submitted_at=declared, published_at=published
            )
            for draft, _counts in batch
        ],
        by=None,
        at=declared,
    )
    enter_past(
        [
            _report(rng, activity, draft, counts)
            for activity, (draft, counts) in zip(activities, batch, strict=True)
        ],
        at=_at(date(PAST_YEAR, 11, 3 + number)),
    )
    return activities


def _report(rng: random.Random, activity: Activity, draft: Draft, counts: Counts) -> PastReport:
    booked = draft.content["booking"] is not Booking.NONE
    return PastReport(
        activity=activity,
        status=ReportStatus.VALIDATED,
        counts=counts,
        method=attendance.method_of(rng, draft.sessions, booked=booked),
        remarks=rng.choice(writing.report_remarks()) if rng.random() < _REMARKED else "",
    )


def _at(day: date) -> datetime:
    return from_paris(day, time(10))
