"""The page of one report, whoever opens it: somebody of the structure, the coordination, or nobody by name with its link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.models import Sketch, User
from fete.accounts.views.sketches import forget_this_page, taken_up
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.programme.models import Activity
from fete.programme.policies import can_see
from fete.reports.arithmetic import Incoherence, incoherences
from fete.reports.forms.reporting import ReportForm, report_form
from fete.reports.models import Report
from fete.reports.queries.counting import counted_at_doors
from fete.reports.queries.links import link_of
from fete.reports.queries.questions import answers_of, asked_in
from fete.reports.queries.reporting import (
    ReportLine,
    find_report,
    find_reported,
    latest_before,
)
from fete.reports.rules import (
    DoubtfulReportError,
    IncompleteReportError,
    circumstances_of,
    due_since,
    is_due,
    is_late,
    is_open,
    question_of,
    sessions_of,
    standing_of,
    wanted_figures,
)
from fete.reports.rules.counting import takes_the_count
from fete.reports.rules.questions import HELP, LABELS, answer_in_words
from fete.reports.services.reporting import file_report, save
from fete.reports.workflow import ReportStatus, Standing

_FORBIDDEN = 403
_FINISHED = frozenset({ReportStatus.VALIDATED, ReportStatus.WAIVED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How somebody came to the page of a report."""

    # Where the form is sent, and what draws the page.
    here: str
    template: str
    # Nobody by name comes by the link, which proves itself: there is no session to protect.
    by: User | None
    # Where one goes once the report is kept, or filed.
    done: Callable[[Activity, bool], ResponseReturnValue]
    # Whether the coordination enters it for the structure.
    is_on_behalf: bool = False
    shown: Mapping[str, object] = field(default_factory=dict)


def tell(activity: Activity, way: Way) -> ResponseReturnValue:
    """Show the page of a report, and take what is told there."""
    if not is_due(activity, now()):
        page = _page("early", activity, None, way, opens_at=due_since(activity))
        return page, _FORBIDDEN
    report = find_report(activity)
    if is_finished(activity, report):
        page = _page("finished", activity, report, way)
        return (page, _FORBIDDEN) if request.method == "POST" else page
    form, sketch = _begun(activity, report, way)
    if request.method == "GET":
        asked = _asked_again(activity, form) if sketch else _shown_questions(activity, report)
        return _form_page(activity, report, form, asked, way, sketch=sketch)
    if "garder" in request.form:
        return _left(way)
    if "compteur" in request.form:
        form.take_count(counted_at_doors(activity))
        asked = _asked_again(activity, form)
        return _form_page(activity, report, form, asked, way, is_counted=True)
    return _taken(activity, report, form, way)


def _taken(
    activity: Activity, report: Report | None, form: ReportForm, way: Way
) -> ResponseReturnValue:
    """Keep or hand in what was sent."""
    if not form.submitted():
        return _form_page(activity, report, form, _asked_again(activity, form), way)
    is_filed = "deposer" in request.form
    # Before what was read of its sessions is read again.
    told = form.told()
    try:
        with transaction():
            act = file_report if is_filed else save
            act(
                activity,
                told,
                version=form.seen,
                by=way.by,
                at=now(),
                learned=form.learned_by,
            )
            if way.by is not None:
                forget_this_page()
    except (RuleBrokenError, StaleError) as error:
        return _refused(activity, form, error, way)
    return way.done(activity, is_filed)


def _left(way: Way) -> ResponseReturnValue:
    """Show the report as somebody else left it, without what was typed."""
    if way.by is not None:
        with transaction():
            forget_this_page()
    return redirect(way.here)


def is_finished(activity: Activity, report: Report | None) -> bool:
    """Whether nothing is told any more of what the report says."""
    return not is_open(activity.edition) or (report is not None and report.status in _FINISHED)


def form_of(
    activity: Activity,
    report: Report | None,
    *,
    is_protected: bool,
    is_on_behalf: bool = False,
) -> ReportForm:
    """Return the form of a report with what is kept, or with what was typed."""
    make = report_form(sessions_of(activity), asked_in(activity.edition), is_on_behalf=is_on_behalf)
    form = make(meta={"csrf": is_protected})
    if not form.was_typed:
        form.show(report, answers_of(report) if report else {})
        done = counted_at_doors(activity)
        if takes_the_count(report) and not done.is_nothing:
            form.take_count(done)
    return form


def address_of(activity: Activity) -> str | None:
    """Return the address that opens the report without a password, while there is one."""
    if not is_open(activity.edition) or is_late(activity.edition, today()):
        return None
    return url_for("links.fill", token=link_of(activity), _external=True)


def told_beside(report: Report | None) -> list[tuple[str, str]]:
    """Return what a report answers beside its figures, in words: the questions with their answers."""
    answers = answers_of(report) if report else {}
    return [(str(LABELS[each]), answer_in_words(each, said)) for each, said in answers.items()]


def _begun(activity: Activity, report: Report | None, way: Way) -> tuple[ReportForm, Sketch | None]:
    if way.by is None:
        return form_of(activity, report, is_protected=False), None
    return taken_up(
        lambda: form_of(activity, report, is_protected=True, is_on_behalf=way.is_on_behalf)
    )


def _refused(
    activity: Activity, form: ReportForm, error: RuleBrokenError | StaleError, way: Way
) -> ResponseReturnValue:
    """Show the page again with all that was typed, and what stands in the way."""
    activity = find_reported(activity.id) or activity
    report = find_report(activity)
    asked: list[Incoherence] = []
    is_stale = isinstance(error, StaleError)
    if isinstance(error, IncompleteReportError):
        for gap in error.gaps:
            form.take_back(RuleBrokenError(gap.message, field=gap.field))
    elif isinstance(error, RuleBrokenError):
        form.take_back(error)
    else:
        form.form_errors.append(
            _(
                "Quelqu’un d’autre a changé ce bilan pendant que vous le remplissiez. "
                "Comparez, puis enregistrez ou déposez de nouveau : ce que vous avez tapé est toujours là."
            )
        )
        form.renew(report.version if report else 0)
    if isinstance(error, DoubtfulReportError):
        asked = error.incoherences
    elif form.asked.data:
        asked = incoherences(form.told().counts, circumstances_of(activity))
    return _form_page(activity, report, form, asked, way, is_stale=is_stale)


def _shown_questions(activity: Activity, report: Report | None) -> list[Incoherence]:
    # A draft is not asked about before it is handed in; what was asked once stays in sight.
    if report is None or (
        report.standing is Standing.DRAFT and not report.explanation and not report.is_confirmed
    ):
        return []
    return incoherences(report.counts, circumstances_of(activity))


def _asked_again(activity: Activity, form: ReportForm) -> list[Incoherence]:
    # Some figures could not be read: the questions that were in sight stay, so that their answer does.
    return incoherences(form.told().counts, circumstances_of(activity)) if form.asked.data else []


def _form_page(
    activity: Activity,
    report: Report | None,
    form: ReportForm,
    asked: list[Incoherence],
    way: Way,
    *,
    is_stale: bool = False,
    is_counted: bool = False,
    sketch: Sketch | None = None,
) -> str:
    about = circumstances_of(activity)
    needed = wanted_figures(about)
    form.require([*needed, "method"] if needed else [])
    form.ask(asked)
    if report is not None and report.question:
        form.expect_answer(is_needed=not way.is_on_behalf)
    done = counted_at_doors(activity)
    return _page(
        "open",
        activity,
        report,
        way,
        form=form,
        about=about,
        questions=[question_of(each) for each in asked],
        visitors=form.told().counts.visitors,
        before=_before(activity, way),
        is_stale=is_stale,
        sketch=sketch,
        help_of=HELP,
        counted=done,
        is_prefilled=is_counted or takes_the_count(report),
        is_counted=is_counted,
        offers_count=not form.holds_count(done),
    )


def _before(activity: Activity, way: Way) -> ReportLine | None:
    """Return what it renews with its figures, when they are known and the person may see them."""
    # A link opens its own report, and no other.
    if way.by is None:
        return None
    line = latest_before(activity)
    if line is None or line.counts is None or not can_see(way.by, line.activity):
        return None
    return line if line.counts.visitors is not None else None


def _page(state: str, activity: Activity, report: Report | None, way: Way, **more: object) -> str:
    usual = {
        "form": None,
        "opens_at": None,
        "is_stale": False,
        "sketch": None,
        "keeps": None,
    }
    return render_template(
        way.template,
        state=state,
        activity=activity,
        report=report,
        standing=standing_of(report),
        answers=told_beside(report),
        is_late=is_late(activity.edition, today()),
        here=way.here,
        on_behalf=way.is_on_behalf,
        **(usual | more | dict(way.shown)),
    )
