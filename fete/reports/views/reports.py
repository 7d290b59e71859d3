"""For members: the reports that their structures owe, and the one page that tells what happened."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.accounts.models import Sketch
from fete.accounts.views.sketches import forget_this_page, sketched, taken_up
from fete.core.access import allows, requires, signed_in
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.programme.models import Activity
from fete.programme.policies import can_see, organises
from fete.reports.arithmetic import Incoherence, incoherences
from fete.reports.forms.reporting import ReportForm
from fete.reports.models import Report
from fete.reports.policies import can_report
from fete.reports.queries.counting import counted_at_doors
from fete.reports.queries.reporting import (
    ReportLine,
    find_report,
    find_reported,
    latest_before,
    number_owed,
    reports_of,
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
    standing_of,
    wanted_figures,
)
from fete.reports.rules.counting import takes_the_count
from fete.reports.services.reporting import file_report, save
from fete.reports.views.counting import way_to
from fete.reports.workflow import ReportStatus, Standing

blueprint = Blueprint("reports", __name__, url_prefix="/mes-bilans")

_FORBIDDEN = 403
_FINISHED = frozenset({ReportStatus.VALIDATED, ReportStatus.WAIVED})


@blueprint.route("")
@requires(signed_in)
def due() -> ResponseReturnValue:
    """List the reports that the person's structures owe and gave."""
    at = now()
    page = reports_of(current_user, at=at, number=request.args.get("page", default=1, type=int))
    return render_template(
        "reports/due.html",
        page=page,
        owed=number_owed(current_user, at=at),
        is_late=lambda edition: is_late(edition, today()),
        is_open=is_open,
        Standing=Standing,
    )


@blueprint.route("/<int:activity_id>", methods=["GET", "POST"])
@sketched
@allows(can_report, load=find_reported)
def fill(activity: Activity) -> ResponseReturnValue:
    """Tell what became of an activity and who came."""
    if not is_due(activity, now()):
        page = _page("early", activity, None, opens_at=due_since(activity), **way_to(activity))
        return page, _FORBIDDEN
    report = find_report(activity)
    if not is_open(activity.edition) or (report is not None and report.status in _FINISHED):
        page = _page("finished", activity, report)
        return (page, _FORBIDDEN) if request.method == "POST" else page
    form, sketch = taken_up(lambda: _form_of(activity, report))
    if request.method == "GET":
        asked = _asked_again(activity, form) if sketch else _shown_questions(activity, report)
        return _form_page(activity, report, form, asked, sketch=sketch)
    if not form.submitted():
        return _form_page(activity, report, form, _asked_again(activity, form))
    is_filed = "deposer" in request.form
    try:
        with transaction():
            act = file_report if is_filed else save
            act(activity, form.told(), version=form.seen, by=current_user, at=now())
            forget_this_page()
    except (RuleBrokenError, StaleError) as error:
        return _refused(activity.id, form, error)
    return _done(activity, is_filed=is_filed)


def _done(activity: Activity, *, is_filed: bool) -> ResponseReturnValue:
    if not is_filed:
        flash(_("Le brouillon est enregistré. Déposez le bilan quand il est complet."), "success")
        return redirect(url_for("reports.fill", activity_id=activity.id))
    flash(_("Le bilan est déposé. Merci !"), "success")
    if organises(current_user, activity):
        return redirect(url_for("reports.due"))
    return redirect(url_for("follow_up.show", activity_id=activity.id))


def _refused(
    activity_id: int, form: ReportForm, error: RuleBrokenError | StaleError
) -> ResponseReturnValue:
    """Show the page again with all that was typed, and what stands in the way."""
    activity = find_reported(activity_id)
    if activity is None:
        return redirect(url_for("reports.due"))
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
    return _form_page(activity, report, form, asked, is_stale=is_stale)


def _form_of(activity: Activity, report: Report | None) -> ReportForm:
    form = ReportForm()
    if form.was_typed:
        return form
    form.show(report)
    done = counted_at_doors(activity)
    if takes_the_count(report) and not done.is_nothing:
        form.take_count(done.whole.shown)
    return form


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
    *,
    is_stale: bool = False,
    sketch: Sketch | None = None,
) -> str:
    about = circumstances_of(activity)
    needed = wanted_figures(about)
    form.require([*needed, "method"] if needed else [])
    form.ask(asked)
    return _page(
        "open",
        activity,
        report,
        form=form,
        about=about,
        questions=[question_of(each) for each in asked],
        visitors=form.told().counts.visitors,
        before=_before(activity),
        is_stale=is_stale,
        sketch=sketch,
        counted=counted_at_doors(activity),
        is_prefilled=takes_the_count(report),
        **way_to(activity),
    )


def _before(activity: Activity) -> ReportLine | None:
    """Return what it renews with its figures, when they are known and the person may see them."""
    line = latest_before(activity)
    if line is None or line.counts is None or not can_see(current_user, line.activity):
        return None
    return line if line.counts.visitors is not None else None


def _page(state: str, activity: Activity, report: Report | None, **more: object) -> str:
    shown = {
        "counter_address": None,
        "form": None,
        "opens_at": None,
        "is_stale": False,
        "sketch": None,
    } | more
    return render_template(
        "reports/fill.html",
        state=state,
        activity=activity,
        report=report,
        standing=standing_of(report),
        on_behalf=not organises(current_user, activity),
        is_late=is_late(activity.edition, today()),
        **shown,
    )
