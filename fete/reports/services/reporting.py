"""Report, validate, ask back, do without: the verbs of reporting, inside the caller's transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import select

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.journal.services import record
from fete.programme.models import Activity
from fete.programme.policies import organises
from fete.reports import mails
from fete.reports.arithmetic import Counts, incoherences, with_sessions
from fete.reports.models import Method, Report, ReportVersion, Source
from fete.reports.policies import can_validate
from fete.reports.queries.doubts import open_doubts
from fete.reports.queries.reporting import ReportLine, find_report, line_of, lines_under
from fete.reports.queries.sent_back import sent_back
from fete.reports.rules import (
    DoubtfulReportError,
    IncompleteReportError,
    SentBack,
    Told,
    UnansweredReportError,
    circumstances_of,
    is_answered,
    is_due,
    is_open,
    limits,
    missing,
    question_of,
)
from fete.reports.services.details import (
    answers_in,
    keep_answers,
    keep_sessions,
    sessions_in,
)
from fete.reports.workflow import Learned, ReportStatus, ReportStep, next_status


@dataclass(frozen=True, kw_only=True, slots=True)
class Validated:
    """What became of several reports validated together."""

    done: int
    # Left as they are, because a doubt about them is open.
    doubtful: int
    # Changed since they were shown, or not the person's.
    left: int


def save(
    activity: Activity,
    told: Told,
    *,
    version: int,
    by: User | None,
    at: datetime,
    is_typing: bool = False,
    learned: Learned | None = None,
) -> Report:
    """Keep what is told so far, whatever lacks; raise `StaleError` when somebody else kept other figures.

    Nobody by name tells it when the report was opened by its link; the coordination says how it learned it. What is
    kept while somebody types is no act of theirs: neither the journal nor what was known on a day tells of it.
    """
    told = _added_up(told)
    report = _locked(activity, at=at)
    if _is_repeated(report, told, ReportStatus.DRAFT, version=version):
        return report
    _check_version(report, version)
    if gaps := limits(told.counts):
        raise IncompleteReportError(gaps)
    _step(report, ReportStep.SAVE)
    _write(report, told, source=source_of(activity, by))
    if is_typing:
        db.session.flush()
        return report
    _remember(report, at=at)
    way = _way_of(report, learned)
    record("report.saved", on=report, person_id=_number_of(by), at=at, detail=way)
    return report


def file_report(
    activity: Activity,
    told: Told,
    *,
    version: int,
    by: User | None,
    at: datetime,
    learned: Learned | None = None,
) -> Report:
    """Hand the report in; sent twice it is filed once.

    Raise `IncompleteReportError` with all that it lacks, `UnansweredReportError` when a question sent it back and got
    neither words nor other figures, or `DoubtfulReportError` with what is asked about its figures as long as the answer
    was not given to these very questions. The coordination, in entering it, answers to nobody.
    """
    told = _added_up(told)
    report = _locked(activity, at=at)
    if _is_repeated(report, told, ReportStatus.FILED, version=version):
        return report
    _check_version(report, version)
    about = circumstances_of(activity)
    if gaps := limits(told.counts) or missing(told.counts, told.method, about):
        raise IncompleteReportError(gaps)
    source = source_of(activity, by)
    if source is not Source.COORDINATION and not _answers_its_question(report, told):
        raise UnansweredReportError
    found = incoherences(told.counts, about)
    if not is_answered(told, found):
        raise DoubtfulReportError(found)
    _step(report, ReportStep.FILE)
    _write(report, told, source=source)
    report.filed_at = at
    report.filed_by = by
    _remember(report, at=at)
    answers = [question_of(each) for each in found]
    if found:
        answers.append(told.explanation or _("Chiffres confirmés tels quels."))
    detail = "\n".join(filter(None, [_way_of(report, learned), *answers]))
    record("report.filed", on=report, person_id=_number_of(by), at=at, detail=detail)
    return report


def validate(activity: Activity, *, version: int, by: User, at: datetime) -> Report:
    """Take the report as it stands: its figures count from now on; the journal keeps which doubts were left open."""
    report = _locked(activity, at=at)
    _check_version(report, version)
    left = open_doubts([line_of(activity)]).get(activity.id, [])
    detail = "\n".join(each.question for each in left)
    return _validate(report, by=by, at=at, detail=detail)


def validate_several(shown: Mapping[int, int], *, by: User, at: datetime) -> Validated:
    """Validate the filed reports of these activities that raise no doubt, or whose doubts are answered.

    `shown` gives the version seen of each; the others stay as they are, and are told.
    """
    standing = [line for line in lines_under(sorted(shown)) if _waits_as_shown(line, shown, by=by)]
    doubtful = open_doubts(standing)
    sound = [
        line.report
        for line in standing
        if line.report is not None and not doubtful[line.activity.id]
    ]
    for report in sound:
        _validate(report, by=by, at=at)
    return Validated(
        done=len(sound), doubtful=len(standing) - len(sound), left=len(shown) - len(standing)
    )


def _waits_as_shown(line: ReportLine, shown: Mapping[int, int], *, by: User) -> bool:
    return (
        line.report is not None
        and line.report.status is ReportStatus.FILED
        and line.report.version == shown[line.activity.id]
        and can_validate(by, line.activity)
        and is_open(line.activity.edition)
    )


def send_back(activity: Activity, question: str, *, version: int, by: User, at: datetime) -> Report:
    """Give the report back to the structure with a question, and tell its members by letter."""
    report = _locked(activity, at=at)
    _check_version(report, version)
    if not question:
        raise RuleBrokenError(_("Écrivez votre question."), field="question")
    _step(report, ReportStep.SEND_BACK)
    report.question = question
    # What was answered before, and the journal keeps, does not answer this.
    report.explanation = ""
    report.validated_at = None
    report.validated_by = None
    report.waiver = ""
    _remember(report, at=at)
    record("report.sent_back", on=report, person_id=by.id, at=at, detail=question)
    mails.tell_of_question(report, at=at)
    return report


def waive(activity: Activity, reason: str, *, version: int, by: User, at: datetime) -> Report:
    """Do without the report, for a reason that is kept."""
    report = _locked(activity, at=at)
    _check_version(report, version)
    if not reason:
        raise RuleBrokenError(_("Dites pourquoi vous n’attendez plus ce bilan."), field="reason")
    _step(report, ReportStep.WAIVE)
    report.waiver = reason
    _remember(report, at=at)
    record("report.waived", on=report, person_id=by.id, at=at, detail=reason)
    return report


def _validate(report: Report, *, by: User, at: datetime, detail: str = "") -> Report:
    _step(report, ReportStep.VALIDATE)
    report.validated_at = at
    report.validated_by = by
    _remember(report, at=at)
    record("report.validated", on=report, person_id=by.id, at=at, detail=detail)
    return report


def _locked(activity: Activity, *, at: datetime) -> Report:
    """Return the report, a new one if there is none, while nobody else changes it."""
    db.session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update())
    if not is_open(activity.edition):
        raise RuleBrokenError(_("Cette édition est close : ses bilans ne changent plus."))
    if not is_due(activity, at):
        raise RuleBrokenError(_("Le bilan se remplit une fois le dernier créneau terminé."))
    report = find_report(activity)
    if report is None:
        report = Report(
            activity=activity,
            status=ReportStatus.DRAFT,
            version=0,
            remarks="",
            explanation="",
            is_confirmed=False,
            question="",
            waiver="",
        )
        db.session.add(report)
    return report


def _is_repeated(report: Report, told: Told, status: ReportStatus, *, version: int) -> bool:
    """Whether this is what was sent just before, come a second time."""
    stands = report.version == version + 1 and report.status is status
    return stands and _told_in(report, like=told) == replace(told, asked="")


def _added_up(told: Told) -> Told:
    known = sorted(told.sessions or (), key=lambda each: each.slot_id)
    sessions = tuple(each for each in known if each.is_told)
    return replace(
        told,
        counts=with_sessions(told.counts, sessions),
        sessions=None if told.sessions is None else sessions,
    )


def _told_in(report: Report, *, like: Told) -> Told:
    """Return what a report holds of what is told of it now."""
    kept = answers_in(report) if like.answers is not None else {}
    return Told(
        counts=report.counts,
        method=report.method,
        remarks=report.remarks,
        explanation=report.explanation,
        is_confirmed=report.is_confirmed,
        sessions=None if like.sessions is None else sessions_in(report),
        answers=None
        if like.answers is None
        else {each: kept.get(each, "") for each in like.answers},
    )


def _answers_its_question(report: Report, told: Told) -> bool:
    if not report.question:
        return True
    as_it_stands = SentBack(version=report.version, counts=report.counts, method=report.method)
    asked_about = sent_back([report.id]).get(report.id, as_it_stands)
    return asked_about.is_answered_by(told.counts, told.method, told.explanation)


def _check_version(report: Report, version: int) -> None:
    if report.version != version:
        raise StaleError


def _step(report: Report, step: ReportStep) -> None:
    status = next_status(report.status, step)
    if status is None:
        raise RuleBrokenError(_("Ce bilan n’est plus à cette étape : relisez-le."))
    report.status = status
    report.version += 1


def _remember(report: Report, *, at: datetime) -> None:
    """Keep the report as it stands now: what was known on a day is asked afterwards."""
    db.session.flush()
    db.session.add(version_of(report, at=at))
    db.session.flush()


def version_of(report: Report, *, at: datetime) -> ReportVersion:
    """Return what is known of a report from now on."""
    return ReportVersion(
        report_id=report.id,
        version=report.version,
        at=at,
        status=report.status,
        method=report.method,
        **{each.name: getattr(report, each.name) for each in fields(Counts)},
    )


def activity_told(version: ReportVersion) -> int | None:
    """Return the number of the activity of which a step of a report tells."""
    report = db.session.get(Report, version.report_id)
    return report.activity_id if report else None


def _write(report: Report, told: Told, *, source: Source) -> None:
    report.source = source
    for each in fields(Counts):
        setattr(report, each.name, getattr(told.counts, each.name))
    report.method = told.method
    report.remarks = told.remarks
    report.explanation = told.explanation
    report.is_confirmed = told.is_confirmed
    keep_sessions(report, told.sessions)
    keep_answers(report, told.answers or {})


def source_of(activity: Activity, by: User | None) -> Source:
    """Return by which way somebody tells the figures of an activity; nobody by name, by its link."""
    if by is None:
        return Source.LINK
    return Source.ACCOUNT if organises(by, activity) else Source.COORDINATION


def _way_of(report: Report, learned: Learned | None) -> str:
    words = {Source.COORDINATION: _entered(learned), Source.LINK: _("Par le lien.")}
    return str(words.get(report.source, ""))


def _entered(learned: Learned | None) -> object:
    match learned:
        case Learned.PHONE:
            return _("Saisi par la coordination, d’après un appel.")
        case Learned.EMAIL:
            return _("Saisi par la coordination, d’après un courriel.")
        case Learned.PAPER:
            return _("Saisi par la coordination, d’après un papier.")
        case None:
            return _("Saisi par la coordination.")


def _number_of(by: User | None) -> int | None:
    return by.id if by is not None else None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastReport:
    """The report of an activity as it was gathered elsewhere, and the one that stands already, if any."""

    activity: Activity
    status: ReportStatus
    counts: Counts
    method: Method | None = None
    remarks: str = ""
    report: Report | None = None


def enter_past(reports: Iterable[PastReport], *, at: datetime) -> list[Report]:
    """Keep reports that were gathered elsewhere as they are, one journal line each, one writing for all."""
    made = []
    for past in reports:
        report = past.report or Report(activity=past.activity, version=0)
        for each in fields(Counts):
            setattr(report, each.name, getattr(past.counts, each.name))
        report.method, report.remarks, report.status = past.method, past.remarks, past.status
        report.filed_at = at
        report.validated_at = at if past.status is ReportStatus.VALIDATED else None
        report.filed_by = report.validated_by = None
        report.source = Source.IMPORT
        keep_sessions(report, None)
        report.version += 1
        made.append(report)
    db.session.add_all(made)
    db.session.flush()
    db.session.add_all([version_of(report, at=at) for report in made])
    db.session.flush()
    for report in made:
        record("report.entered", on=report, person_id=None, at=at)
    return made
