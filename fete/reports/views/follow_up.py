"""For the coordination: which reports came in, one report with its doubts, and each step about it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from fete.accounts.policies import coordinates, territory_of
from fete.accounts.queries import acts_on
from fete.core.access import allows, requires
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _, lazy_gettext, ngettext
from fete.core.text import slug
from fete.geography.models import Departement
from fete.programme.models import Activity, Edition
from fete.programme.queries.editions import shown_editions
from fete.programme.queries.sharing import people_of
from fete.programme.queries.territory import departements_within
from fete.reports.arithmetic import Returns, together
from fete.reports.forms.reporting import (
    ExplainForm,
    QuestionForm,
    ValidateForm,
    ValidateSeveralForm,
    VersionedForm,
    WaiverForm,
)
from fete.reports.policies import can_follow_up, can_validate
from fete.reports.queries.doubts import Doubted, doubts_about, open_doubts
from fete.reports.queries.reporting import (
    FollowUpFilters,
    Wanted,
    every_followed,
    find_report,
    find_reported,
    followed_reports,
    line_of,
    returns_by_departement,
)
from fete.reports.rules import (
    due_since,
    is_counted_at_the_gate,
    is_due,
    is_late,
    is_open,
    standing_of,
)
from fete.reports.rules.doubts import Peer
from fete.reports.services.doubts import explain
from fete.reports.services.reporting import (
    Validated,
    send_back,
    validate,
    validate_several,
    waive,
)
from fete.reports.views.filling import address_of, told_beside
from fete.reports.workflow import ReportStatus, ReportStep, possible_steps

_LED = Markup('{} <a href="{}">{}</a>')

Tab = TypeVar("Tab", bound=StrEnum)
_NOT_FOUND = 404

blueprint = Blueprint("follow_up", __name__, url_prefix="/coordination/bilans")

TABS = {
    Wanted.TO_VALIDATE: lazy_gettext("Reçus à valider"),
    Wanted.MISSING: lazy_gettext("Manquants"),
    Wanted.VALIDATED: lazy_gettext("Validés"),
    Wanted.WAIVED: lazy_gettext("Dispensés"),
    Wanted.ALL: lazy_gettext("Tous"),
}


@blueprint.route("")
@requires(can_follow_up)
def index() -> ResponseReturnValue:
    """List the reports of one's territory, the oldest first, and how many came in."""
    known = shown_editions()
    edition = edition_of(known)
    if edition is None:
        return render_template("follow_up/index.html", edition=None)
    departements = departements_within(territory_of(current_user))
    filters = FollowUpFilters(
        wanted=tab_of(Wanted.TO_VALIDATE), departements=chosen_in(departements)
    )
    at = now()
    by_departement = returns_by_departement(current_user, edition=edition, at=at)
    chosen = {
        code: returns
        for code, returns in by_departement.items()
        if not filters.departements or code in filters.departements
    }
    names = {departement.code: departement.name for departement in departements}
    waiting = every_followed(
        current_user, edition=edition, filters=replace(filters, wanted=Wanted.TO_VALIDATE), at=at
    )
    doubts = open_doubts(waiting)
    page = followed_reports(
        current_user,
        edition=edition,
        filters=filters,
        at=at,
        number=request.args.get("page", default=1, type=int),
    )
    return render_template(
        "follow_up/index.html",
        edition=edition,
        editions=known,
        departements=departements,
        filters=filters,
        page=page,
        returns=(total := together(chosen.values())),
        counts=_counts(total),
        by_departement=[(names.get(code or ""), each) for code, each in by_departement.items()],
        doubts=doubts,
        sound=[line for line in waiting if not doubts[line.activity.id]],
        doubtful=sum(bool(doubts[line.activity.id]) for line in waiting),
        every=" ".join(
            f"{line.activity.id}:{line.report.version}" for line in waiting if line.report
        ),
        tabs=TABS,
        args=_arguments(filters, edition),
        can_change=is_open(edition),
        form=ValidateSeveralForm(),
        is_late=is_late(edition, today()),
        Wanted=Wanted,
    )


@blueprint.route("/valider", methods=["POST"])
@requires(can_follow_up)
def validate_ticked() -> ResponseReturnValue:
    """Validate the ticked reports, or all of them, but those about which a doubt is open."""
    form = ValidateSeveralForm()
    shown = form.shown() if form.submitted() else {}
    back = redirect(url_for("follow_up.index", **passed_on()))
    if not shown:
        flash(_("Cochez au moins un bilan."), "warning")
        return back
    with transaction():
        outcome = validate_several(shown, by=current_user, at=now())
    _tell(outcome)
    return back


def _tell(outcome: Validated) -> None:
    if outcome.done:
        flash(
            ngettext("%(num)s bilan est validé.", "%(num)s bilans sont validés.", outcome.done),
            "success",
        )
    if outcome.doubtful:
        passed = passed_on()
        there = url_for(
            "doubts.index", edition=passed["edition"], departement=passed["departement"]
        )
        flash(
            _LED.format(
                ngettext(
                    "%(num)s bilan est laissé de côté : un doute y reste ouvert.",
                    "%(num)s bilans sont laissés de côté : un doute y reste ouvert.",
                    outcome.doubtful,
                ),
                there,
                _("Lire ces doutes"),
            ),
            "warning",
        )
    if outcome.left:
        flash(
            ngettext(
                "%(num)s bilan est laissé de côté : il vient de changer.",
                "%(num)s bilans sont laissés de côté : ils viennent de changer.",
                outcome.left,
            ),
            "warning",
        )


@blueprint.route("/<int:activity_id>")
@allows(can_validate, load=find_reported)
def show(activity: Activity) -> ResponseReturnValue:
    """Read one report, its doubts and their answers."""
    return _page(activity)


@blueprint.route("/<int:activity_id>/valider", methods=["GET", "POST"])
@allows(can_validate, load=find_reported)
def accept(activity: Activity) -> ResponseReturnValue:
    """Validate one report."""
    form = ValidateForm()
    return _take(
        activity,
        form,
        lambda: validate(activity, version=form.seen, by=current_user, at=now()),
        done=_("Le bilan est validé : ses chiffres comptent."),
    )


@blueprint.route("/<int:activity_id>/renvoyer", methods=["GET", "POST"])
@allows(can_validate, load=find_reported)
def ask(activity: Activity) -> ResponseReturnValue:
    """Send one report back with a question."""
    form = QuestionForm()
    is_told = bool(people_of(activity))
    return _take(
        activity,
        form,
        lambda: send_back(
            activity,
            form.question.data or "",
            version=form.seen,
            by=current_user,
            at=now(),
        ),
        done=(
            _("Le bilan est renvoyé : la structure a reçu votre question.")
            if is_told
            else _(
                "Le bilan est renvoyé, mais la structure n’a personne sur le site : "
                "posez-lui la question autrement."
            )
        ),
        mood="success" if is_told else "warning",
    )


@blueprint.route("/<int:activity_id>/dispenser", methods=["GET", "POST"])
@allows(can_validate, load=find_reported)
def dispense(activity: Activity) -> ResponseReturnValue:
    """Do without one report."""
    form = WaiverForm()
    return _take(
        activity,
        form,
        lambda: waive(
            activity,
            form.reason.data or "",
            version=form.seen,
            by=current_user,
            at=now(),
        ),
        done=_("La structure est dispensée de ce bilan."),
    )


@blueprint.route("/<int:activity_id>/expliquer", methods=["GET", "POST"])
@allows(can_validate, load=find_reported)
def explain_doubt(activity: Activity) -> ResponseReturnValue:
    """Answer one doubt about a report: it is closed until its figures change."""
    here = url_for("follow_up.show", activity_id=activity.id)
    if request.method == "GET":
        return redirect(here)
    form = ExplainForm()
    key = form.key.data or ""
    if form.submitted():
        explanation = _answer_of(activity) if "accepter" in request.form else form.explanation.data
        try:
            with transaction():
                explain(activity, key, explanation or "", by=current_user, at=now())
        except RuleBrokenError as error:
            form.take_back(error)
        except StaleError:
            form.form_errors.append(
                _("Ce doute a changé depuis que vous l’avez lu : relisez-le, puis recommencez.")
            )
        else:
            flash(_("Le doute est expliqué, tant que ces chiffres ne changent pas."), "success")
            return redirect(_listed() or here)
    return _page(find_reported(activity.id) or activity, explained=form)


def _answer_of(activity: Activity) -> str:
    """Return what was answered when the report was filed, as the coordination accepts it."""
    report = find_report(activity)
    if report is None or not (report.explanation or report.is_confirmed):
        return ""
    if report.explanation:
        return str(_("Réponse acceptée : %(answer)s", answer=report.explanation))
    return str(_("Réponse acceptée : ces chiffres sont exacts."))


def _listed() -> str | None:
    """Return the list of doubts from which the person came, if they did."""
    if "liste" not in request.args:
        return None
    passed = passed_on()
    return url_for("doubts.index", **passed)


def _take(
    activity: Activity,
    form: VersionedForm,
    act: Callable[[], object],
    *,
    done: str,
    mood: str = "success",
) -> ResponseReturnValue:
    here = url_for("follow_up.show", activity_id=activity.id)
    if request.method == "GET":
        return redirect(here)
    if form.submitted():
        try:
            with transaction():
                act()
        except RuleBrokenError as error:
            form.take_back(error)
        except StaleError:
            form.form_errors.append(
                _("Ce bilan a changé depuis que vous l’avez ouvert : relisez-le, puis recommencez.")
            )
        else:
            flash(done, mood)
            return redirect(here)
    return _page(find_reported(activity.id) or activity, failed=form)


def _page(
    activity: Activity,
    *,
    failed: VersionedForm | None = None,
    explained: ExplainForm | None = None,
) -> ResponseReturnValue:
    report = find_report(activity)
    version = report.version if report else 0
    forms: dict[type[VersionedForm], VersionedForm] = {
        kind: kind(formdata=None) for kind in (ValidateForm, QuestionForm, WaiverForm)
    }
    if failed is not None:
        forms[type(failed)] = failed
    for form in forms.values():
        form.renew(version)
    line = line_of(activity)
    doubts = doubts_about([line]).get(activity.id, [])
    asked = next((each for each in doubts if each.raised.key == request.args.get("doute")), None)
    if asked is not None and failed is None:
        forms[QuestionForm]["question"].data = asked.raised.question
    steps = possible_steps(report.status if report else ReportStatus.DRAFT)
    can_change = is_open(activity.edition) and is_due(activity, now())
    return render_template(
        "follow_up/show.html",
        activity=activity,
        report=report,
        standing=standing_of(report),
        since=due_since(activity),
        answers=told_beside(report),
        link=address_of(activity),
        doubts=[each for each in doubts if each.is_open],
        explained=[each.explained for each in doubts if each.explained is not None],
        explain_forms=explain_forms(doubts, typed=explained),
        led_to=led_to,
        is_asking=asked is not None,
        is_in_the_gate=is_counted_at_the_gate(line.gate),
        acts=acts_on(report) if report else [],
        form=failed or explained,
        accept_form=forms[ValidateForm] if ReportStep.VALIDATE in steps else None,
        ask_form=forms[QuestionForm] if ReportStep.SEND_BACK in steps else None,
        dispense_form=forms[WaiverForm] if ReportStep.WAIVE in steps else None,
        can_enter=ReportStep.FILE in steps,
        can_change=can_change,
    )


def explain_forms(
    doubts: Sequence[Doubted], *, typed: ExplainForm | None = None, start: int = 1
) -> dict[str, ExplainForm]:
    """Return a form for each doubt that is open, by its key; one that was sent keeps what was typed."""
    forms = {}
    for rank, each in enumerate((each for each in doubts if each.is_open), start):
        key = each.raised.key
        is_typed = typed is not None and typed.key.data == key
        form = typed if typed is not None and is_typed else ExplainForm(formdata=None)
        forms[key] = form.about(key, rank)
    return forms


def led_to(other: Peer) -> str:
    """Return where the other activity of a doubt is read: its report, or its public page beyond one's territory."""
    if coordinates(current_user, other.departement_code):
        return url_for("follow_up.show", activity_id=other.activity_id)
    return url_for("programme.show", activity_id=other.activity_id, slug=slug(other.title))


def edition_of(known: Sequence[Edition]) -> Edition | None:
    """Return the edition asked for, which must be there; else the latest that has begun, else the latest."""
    asked = request.args.get("edition")
    if asked is not None:
        found = (edition for edition in known if str(edition.year) == asked)
        return next(found, None) or abort(_NOT_FOUND)
    begun = [edition for edition in known if edition.starts_on <= today()]
    return next(iter([*begun, *known]), None)


def tab_of(usual: Tab) -> Tab:
    """Return the tab asked for, which must be there; else the usual one."""
    tabs = type(usual)
    word = request.args.get("etat", usual.value)
    return tabs(word) if word in set(tabs) else abort(_NOT_FOUND)


def chosen_in(departements: Sequence[Departement]) -> list[str]:
    """Return the départements asked for, among those of the person."""
    asked = request.args.getlist("departement")
    return [each.code for each in departements if each.code in asked]


def _arguments(filters: FollowUpFilters, edition: Edition) -> dict[str, object]:
    """Return what the address of this list holds."""
    return {
        "edition": edition.year,
        "etat": filters.wanted.value,
        "departement": list(filters.departements),
    }


def passed_on() -> dict[str, Any]:
    """Return the filters that the address of the request holds, and nothing else of it."""
    return {
        "edition": request.args.get("edition", type=int),
        "etat": request.args.get("etat"),
        "departement": request.args.getlist("departement"),
        "page": request.args.get("page", type=int),
    }


def _counts(returns: Returns) -> dict[Wanted, int]:
    return {
        Wanted.TO_VALIDATE: returns.to_validate,
        Wanted.MISSING: returns.missing,
        Wanted.VALIDATED: returns.validated,
        Wanted.WAIVED: returns.waived,
        Wanted.ALL: returns.due + returns.waived,
    }
