"""Count a territory of an edition for those who coordinate it: what it tells, what is missing, what is new in it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select

from fete.core.clock import end_of
from fete.core.db import db
from fete.figures.arithmetic import (
    Estimate,
    Line,
    Totals,
    as_received,
    estimate,
    in_departements,
    parted,
    totals,
    under,
    within,
)
from fete.figures.queries.counting import Part, remembered, signature_of
from fete.figures.queries.labels import labels_of
from fete.figures.queries.ledgers import WAYS, lines_now
from fete.figures.queries.lines import lines_of
from fete.figures.rules import same_day
from fete.geography.models import Commune, Departement
from fete.network.models import Organisation
from fete.programme.models import Activity, Edition
from fete.programme.queries import territory
from fete.programme.queries.editions import shown_editions
from fete.reports.models import Question, Report, ReportAnswer
from fete.reports.workflow import ReportStatus

BREAKDOWNS = ("kind", "family", "day", "theme")
_WORDS = (
    Question.COMMUNICATION,
    Question.PRESS,
    Question.PARTNERS,
    Question.BUDGET,
    Question.SUGGESTIONS,
)
Codes = frozenset[str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """The edition before: what was known of it on the same day, and what it tells now."""

    edition: Edition
    day: date
    then: Totals
    now: Totals


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A commune that hosted something, and how many people live there."""

    commune: Commune
    totals: Totals


@dataclass(frozen=True, kw_only=True, slots=True)
class Village:
    """A village, festival or trail: its gate if it was counted, and its stands with what they told."""

    activity_id: int
    title: str
    commune: str
    gate: int | None
    stands: int
    stands_told: int
    stands_visitors: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Structure:
    """A structure with the figures of what it declared here."""

    organisation: Organisation
    totals: Totals


@dataclass(frozen=True, kw_only=True, slots=True)
class Owing:
    """A structure whose reports are missing, with the activities that they are about."""

    organisation: Organisation
    activities: Sequence[tuple[int, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Territory:
    """All that is told of a territory: whole, apart from it what is missing, and part by part."""

    edition: Edition
    departements: Sequence[Departement]
    totals: Totals
    received: Totals
    estimate: Estimate | None
    before: Before | None
    breakdowns: Mapping[str, Sequence[Part]]
    departement_parts: Sequence[Part]
    places: Sequence[Place]
    # How many communes the territory has, and how many people; of these, in the communes that hosted something.
    communes: int
    population: int
    host_population: int
    villages: Sequence[Village]
    newcomers: Sequence[Structure]
    owing: Sequence[Owing]
    # Activities that renew one of an earlier edition, the most visited first.
    renewed: Sequence[tuple[int, str, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Gate:
    commune: str | None
    gate: int | None
    stands: int
    told: int
    visitors: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sums:
    totals: Totals
    received: Totals
    estimate: Estimate | None
    then: Totals
    before: Totals
    parts: Mapping[str, Mapping[str | None, Totals]]
    structures: Mapping[int, Totals]
    new: frozenset[int]
    missing: Mapping[int, Sequence[int]]
    villages: Mapping[int, _Gate]
    visitors: Mapping[int, int]


def territory_of_edition(
    edition: Edition, departements: Sequence[Departement], *, whole: bool, at: datetime, today: date
) -> Territory:
    """Return what is told of these départements; with `whole`, of all there is, what has no département included."""
    codes = None if whole else frozenset(each.code for each in departements)
    previous = next((each for each in shown_editions() if each.year < edition.year), None)
    day = same_day(edition, previous, today=today) if previous is not None else today
    known = [edition, *([previous] if previous is not None else [])]

    def count() -> _Sums:
        return _sum(edition, previous, codes, day=day, at=at)

    sums = remembered(("territory", signature_of(known, at=at), codes, day), count)
    places = _places(sums.parts["commune"], codes)
    region = departements[0].region_code if departements else ""
    inhabitants = _inhabitants([each.code for each in departements])
    return Territory(
        edition=edition,
        departements=departements,
        totals=sums.totals,
        received=sums.received,
        estimate=sums.estimate,
        before=Before(edition=previous, day=day, then=sums.then, now=sums.before)
        if previous is not None
        else None,
        breakdowns={name: _parts(name, sums, region=region) for name in BREAKDOWNS},
        departement_parts=_parts("departement", sums, region=region, only=codes),
        places=places,
        communes=inhabitants[0],
        population=inhabitants[1],
        host_population=sum(each.commune.population for each in places),
        villages=_villages(sums.villages),
        newcomers=_newcomers(sums),
        owing=_owing(sums.missing),
        renewed=_renewed(sums.visitors),
    )


def years_of(departements: Codes, *, at: datetime) -> list[tuple[int, Totals]]:
    """Return the figures of a territory from one edition to the next, the earliest first; those that nothing tells are left out."""
    editions = shown_editions()

    def count() -> Mapping[int, Totals]:
        lines: dict[int, list[Line]] = {edition.id: [] for edition in editions}
        for line in lines_of(*editions, at=at):
            lines[line.edition_id].append(line)
        return {number: _whole(own, departements) for number, own in lines.items()}

    found = remembered(("years", signature_of(editions, at=at), departements), count)
    return [
        (edition.year, found[edition.id])
        for edition in reversed(editions)
        if found[edition.id].coverage.validated
    ]


def words_of_reports(edition: Edition, codes: Codes) -> dict[Question, list[tuple[str, str]]]:
    """Return what validated reports of a territory answer in words: question by question, the structure and its words."""
    statement = (
        select(ReportAnswer.question, Organisation.name, ReportAnswer.answer)
        .join(Report, Report.id == ReportAnswer.report_id)
        .join(Activity, Activity.id == Report.activity_id)
        .join(Activity.organisation)
        .where(
            Activity.edition_id == edition.id,
            territory.within(codes),
            Report.status == ReportStatus.VALIDATED,
            ReportAnswer.question.in_(_WORDS),
            ReportAnswer.answer != "",
        )
        .order_by(Organisation.search, Activity.id)
    )
    found: dict[Question, list[tuple[str, str]]] = {}
    for question, name, answer in db.session.execute(statement):
        found.setdefault(question, []).append((name, answer))
    return found


def _sum(
    edition: Edition, previous: Edition | None, codes: Codes, *, day: date, at: datetime
) -> _Sums:
    lines = lines_now(edition, at=at)
    own = within(lines, codes)
    before = lines_now(previous, at=at) if previous is not None else []
    until = end_of(day)
    then = (
        lines_of(previous, at=at, known_on=until)
        if previous is not None and until <= at
        else before
    )
    earlier = {line.organisation_id for line in before}
    return _Sums(
        totals=_whole(lines, codes),
        received=_whole(as_received(lines), codes),
        estimate=estimate(own),
        then=_whole(then, codes),
        before=_whole(before, codes),
        parts={name: parted(own, WAYS[name]) for name in BREAKDOWNS}
        # What is reviewed elsewhere may stop here too.
        | {name: parted(lines, WAYS[name]) for name in ("commune", "departement")},
        structures=parted(own, under(lambda line: (line.organisation_id,))),
        new=frozenset(line.organisation_id for line in own) - earlier,
        missing=_missing(own),
        villages=_gates(lines, {line.activity_id for line in own if line.is_container}),
        visitors={line.activity_id: line.counts.visitors or 0 for line in own if line.is_taken},
    )


def _whole(lines: Sequence[Line], codes: Codes) -> Totals:
    """Return the figures of a territory, its host communes those that lie in it."""
    whole = totals(within(lines, codes))
    if codes is None:
        return whole
    parts = parted(lines, in_departements)
    return replace(
        whole, host_communes=sum(parts[code].host_communes for code in codes if code in parts)
    )


def _missing(lines: Iterable[Line]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for line in lines:
        if line.is_due and not line.is_received and line.status is not ReportStatus.WAIVED:
            found.setdefault(line.organisation_id, []).append(line.activity_id)
    return found


def _gates(lines: Sequence[Line], own: Collection[int]) -> dict[int, _Gate]:
    stands: dict[int, list[Line]] = {}
    for line in lines:
        if line.parent_id is not None and line.parent_id in own:
            stands.setdefault(line.parent_id, []).append(line)
    return {
        line.activity_id: _Gate(
            commune=line.commune,
            gate=line.counts.visitors if line.is_taken else None,
            stands=len(held := stands.get(line.activity_id, [])),
            told=sum(each.is_taken for each in held),
            visitors=sum(each.counts.visitors or 0 for each in held if each.is_taken),
        )
        for line in lines
        if line.activity_id in own
    }


# The names of what was counted


def _parts(name: str, sums: _Sums, *, region: str, only: Codes = None) -> list[Part]:
    parts = sums.parts[name]
    labels = labels_of(name, {*parts}, region=region)
    return [
        Part(code=code, label=label, totals=parts.get(code, Totals()))
        for code, label in labels.items()
        if (code in parts or (name == "departement" and code is not None))
        and (only is None or code in only)
    ]


def _places(parts: Mapping[str | None, Totals], codes: Codes) -> list[Place]:
    hosts = {code: each for code, each in parts.items() if code and each.host_communes}
    statement = select(Commune).where(Commune.code.in_(sorted(hosts)))
    if codes is not None:
        statement = statement.where(Commune.departement_code.in_(sorted(codes)))
    rows = db.session.scalars(statement.order_by(Commune.search, Commune.code))
    places = [Place(commune=each, totals=hosts[each.code]) for each in rows]
    return sorted(places, key=lambda place: -place.totals.visitors)


def _inhabitants(codes: Sequence[str]) -> tuple[int, int]:
    statement = select(func.count(), func.coalesce(func.sum(Commune.population), 0))
    row = db.session.execute(statement.where(Commune.departement_code.in_(codes))).one()
    return int(row[0]), int(row[1])


def _titles(numbers: Iterable[int]) -> dict[int, str]:
    statement = select(Activity.id, Activity.title).where(Activity.id.in_(sorted(numbers)))
    return {number: title for number, title in db.session.execute(statement)}  # noqa: C416  # rows are no pairs to the type checker


def _organisations(numbers: Iterable[int]) -> Sequence[Organisation]:
    statement = select(Organisation).where(Organisation.id.in_(sorted(numbers)))
    return db.session.scalars(statement.order_by(Organisation.search, Organisation.id)).all()


def _villages(gates: Mapping[int, _Gate]) -> list[Village]:
    titles = _titles(gates)
    codes = sorted({each.commune for each in gates.values() if each.commune})
    rows = db.session.execute(select(Commune.code, Commune.name).where(Commune.code.in_(codes)))
    communes = {row.code: row.name for row in rows}
    villages = [
        Village(
            activity_id=number,
            title=titles[number],
            commune=communes.get(each.commune or "", ""),
            gate=each.gate,
            stands=each.stands,
            stands_told=each.told,
            stands_visitors=each.visitors,
        )
        for number, each in gates.items()
    ]
    return sorted(villages, key=lambda village: (-(village.gate or 0), village.title))


def _newcomers(sums: _Sums) -> list[Structure]:
    return [
        Structure(organisation=each, totals=sums.structures[each.id])
        for each in _organisations(sums.new)
    ]


def _owing(missing: Mapping[int, Sequence[int]]) -> list[Owing]:
    titles = _titles(number for each in missing.values() for number in each)
    owing = [
        Owing(
            organisation=each,
            activities=[(number, titles[number]) for number in missing[each.id]],
        )
        for each in _organisations(missing)
    ]
    return sorted(owing, key=lambda each: -len(each.activities))


def _renewed(visitors: Mapping[int, int]) -> list[tuple[int, str, int]]:
    statement = select(Activity.id, Activity.title).where(
        Activity.id.in_(sorted(visitors)), Activity.renewed_from_id.is_not(None)
    )
    rows = [(number, title, visitors[number]) for number, title in db.session.execute(statement)]
    return sorted(rows, key=lambda row: (-row[2], row[0]))
