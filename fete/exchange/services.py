"""Carry a plan out, whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from fete.core.db import db
from fete.core.errors import RefusedFileError
from fete.core.text import fold_name
from fete.exchange import queries
from fete.exchange.models import ImportRun, SourceLink
from fete.exchange.plan import Entry, Plan, Progress
from fete.network import services as network
from fete.network.models import Organisation
from fete.programme.models import Activity, Booking, Venue
from fete.programme.queries.venues import VenueKey, known_venues
from fete.programme.rules import PlannedSlot, planned_of, same_time
from fete.programme.services.activities import (
    Content,
    PastActivity,
    declare_past,
    plan_slots,
    rewrite,
)
from fete.programme.services.venues import find_or_create_venue
from fete.programme.workflow import Status
from fete.reports.arithmetic import Counts, Outcome
from fete.reports.models import Report
from fete.reports.services.reporting import PastReport, enter_past
from fete.reports.workflow import ReportStatus

BATCH = 500
Thing = TypeVar("Thing")


def apply(
    plan: Plan, *, filename: str, at: datetime, progress: Progress = lambda _count: None
) -> ImportRun:
    """Carry the plan out in the caller's transaction; raise `RefusedFileError` when a line of it was refused."""
    if plan.refusals:
        raise RefusedFileError([str(refusal) for refusal in plan.refusals])
    writing = _Writing(plan, at=at)
    # Containers first: the others may stand in them.
    for wanted in (True, False):
        for batch in batches(
            (entry for entry in plan.creates if entry.kind.is_container is wanted), BATCH
        ):
            writing.create(batch)
            progress(len(batch))
    for entry in plan.updates:
        writing.update(entry)
        progress(1)
    run = ImportRun(
        at=at,
        edition_id=plan.edition.id,
        filename=filename,
        digest=plan.digest,
        created=len(plan.creates),
        updated=len(plan.updates),
        unchanged=plan.unchanged,
    )
    if plan.creates or plan.updates:
        db.session.add(run)
        db.session.flush()
    return run


def batches(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """Give the things by so many at a time."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


class _Writing:
    """What stands already, read once, and what the file has brought so far."""

    def __init__(self, plan: Plan, *, at: datetime) -> None:
        self.plan = plan
        self.at = at
        self.organisations: dict[str, Organisation] = queries.organisations_by_name()
        self.venues: dict[VenueKey, Venue] = known_venues()
        links = queries.known_links(plan.edition)
        self.activities: dict[str, Activity] = {
            reference: link.activity for reference, link in links.items()
        }
        self.reports = queries.reports_of(list(self.activities.values()))

    def create(self, entries: Sequence[Entry]) -> None:
        past = [self._past(entry) for entry in entries]
        made = declare_past(past, by=None, at=self.at)
        for entry, activity in zip(entries, made, strict=True):
            self.activities[entry.reference] = activity
            db.session.add(
                SourceLink(
                    edition_id=self.plan.edition.id,
                    reference=entry.reference,
                    activity=activity,
                    digest=entry.digest,
                )
            )
        reports = [
            (_report(entry, activity, None))
            for entry, activity in zip(entries, made, strict=True)
            if entry.row["bilan"]
        ]
        enter_past(reports, at=self.at)

    def update(self, entry: Entry) -> None:
        link = entry.link
        assert link is not None  # noqa: S101  # an update has what it updates
        activity = link.activity
        rewrite(activity, by=None, at=self.at, **self._content(entry))
        plan_slots(activity, _kept(activity, entry.slots), by=None, at=self.at)
        link.digest = entry.digest
        if entry.row["bilan"]:
            enter_past([_report(entry, activity, self.reports.get(activity.id))], at=self.at)
        db.session.flush()

    def _past(self, entry: Entry) -> PastActivity:
        status = entry.row["statut"] or Status.PUBLISHED
        return PastActivity(
            organisation=self._organisation(entry),
            edition=self.plan.edition,
            content=self._content(entry),
            slots=entry.slots,
            status=status,
            submitted_at=None if status is Status.DRAFT else self.at,
            published_at=self.at if status is Status.PUBLISHED else None,
        )

    def _content(self, entry: Entry) -> Content:
        row = entry.row
        venue = find_or_create_venue(
            name=row["lieu"] or entry.commune.name,
            commune=entry.commune,
            address=row["adresse"] or "",
            known=self.venues,
        )
        return Content(
            kind=entry.kind,
            title=row["titre"],
            standfirst=row["resume"] or "",
            description=row["description"] or "",
            themes=entry.words["themes"],
            audiences=entry.words["publics"],
            levels=entry.words["niveaux"],
            for_public=True,
            for_schools=bool(entry.words["niveaux"])
            or any(term.code == "schools" for term in entry.words["publics"]),
            venue=venue,
            parent=self.activities[row["village"]] if row["village"] else None,
            booking=row["reservation"] or Booking.NONE,
            booking_phone=row["reservation_telephone"] or "",
            booking_email=row["reservation_courriel"] or "",
            booking_link=row["reservation_page"] or "",
            is_free=row["gratuit"] is not False,
        )

    def _organisation(self, entry: Entry) -> Organisation:
        described = network.Description(name=entry.row["structure"])
        key = fold_name(described.name)
        if key not in self.organisations:
            self.organisations[key] = network.enter(described, commune=entry.commune, at=self.at)
        return self.organisations[key]


def _kept(activity: Activity, planned: Sequence[PlannedSlot]) -> list[PlannedSlot]:
    """Return the slots planned, each under the number of the one that starts at the same time."""
    standing = list(activity.slots)
    found = []
    for slot in planned:
        same = next((each for each in standing if same_time(each.starts_at, slot.starts_at)), None)
        if same is not None:
            standing.remove(same)
        # What a file does not tell of a slot stays as it stands.
        found.append(
            replace(
                planned_of(same),
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                capacity=slot.capacity,
            )
            if same is not None
            else slot
        )
    return found


def _report(entry: Entry, activity: Activity, standing: Report | None) -> PastReport:
    row = entry.row
    held = row["bilan"] is not Outcome.CANCELLED
    return PastReport(
        activity=activity,
        report=standing,
        status=row["bilan_statut"] or ReportStatus.VALIDATED,
        method=row["comptage"],
        counts=Counts(
            outcome=row["bilan"],
            public=row["public"] if held else None,
            pupils=row["scolaires"] if held else None,
            adults=row["accompagnateurs"] if held else None,
            online=row["en_ligne"],
            researchers=row["chercheurs"],
            mediators=row["mediateurs"],
            volunteers=row["benevoles"],
            others=row["autres"],
        ),
    )
