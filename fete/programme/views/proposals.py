"""What members change after publication: for the coordination, what waits and what differs; for members, to take it back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import allows, requires
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.programme.forms.proposals import AcceptForm, DeclineForm, accept_form, decline_form
from fete.programme.forms.review import StepForm
from fete.programme.models import Activity
from fete.programme.policies import can_review, can_take_back, works_on
from fete.programme.queries.activities import find_activity
from fete.programme.queries.territory import code_among, departements_within
from fete.programme.queries.versions import (
    after_publication,
    changes_proposed,
    changes_since_approval,
    page_of_corrections,
    page_of_proposals,
)
from fete.programme.rules.versions import awaits_answer, left_alone, names_of
from fete.programme.rules.wording import words
from fete.programme.services import proposals as services
from fete.programme.workflow import Status

blueprint = Blueprint("proposals", __name__)

_COORDINATION = "/coordination/relecture"
CORRECTIONS = "corrections"


@blueprint.route(f"{_COORDINATION}/changements")
@requires(is_coordinator)
def queue() -> ResponseReturnValue:
    """List what members propose to change, or what they corrected, of what is labelled or published."""
    territory = territory_of(this_person())
    departements = departements_within(territory)
    chosen = code_among(departements, request.args.get("departement"))
    if chosen is not None:
        territory = frozenset({chosen})
    kind = CORRECTIONS if request.args.get("voir") == CORRECTIONS else ""
    pages = page_of_corrections if kind else page_of_proposals
    page = pages(territory, number=request.args.get("page", default=1, type=int))
    return render_template(
        "proposals/queue.html",
        after_publication=after_publication(territory),
        chosen=chosen,
        departements=departements,
        kind=kind,
        names={each.id: names_of(each, is_proposed=not kind) for each in page.rows},
        page=page,
    )


@blueprint.route(f"{_COORDINATION}/<int:activity_id>/changements")
@allows(can_review, load=find_activity)
def show(activity: Activity) -> ResponseReturnValue:
    """Compare an activity with what is proposed, and with what was last approved."""
    return _page(activity)


@blueprint.route(f"{_COORDINATION}/<int:activity_id>/changements/accepter", methods=["POST"])
@allows(can_review, load=find_activity)
def accept(activity: Activity) -> ResponseReturnValue:
    """Accept what the members propose."""
    form = accept_form()
    if form.submitted():
        try:
            with transaction():
                services.accept(activity, by=this_person(), at=now(), **form.values())
        except (RuleBrokenError, StaleError) as error:
            _take_back(form, error)
        else:
            flash(_("Le changement est accepté : l’activité est à jour."), "success")
            return redirect(url_for("review.show", activity_id=activity.id))
    return _page(find_activity(activity.id) or activity, failed=form)


@blueprint.route(f"{_COORDINATION}/<int:activity_id>/changements/refuser", methods=["POST"])
@allows(can_review, load=find_activity)
def decline(activity: Activity) -> ResponseReturnValue:
    """Decline what the members propose, with the reason."""
    form = decline_form()
    if form.submitted():
        try:
            with transaction():
                services.decline(activity, by=this_person(), at=now(), **form.values())
        except (RuleBrokenError, StaleError) as error:
            _take_back(form, error)
        else:
            flash(_("Le changement est refusé : la structure a reçu votre réponse."), "success")
            return redirect(url_for("review.show", activity_id=activity.id))
    return _page(find_activity(activity.id) or activity, failed=form)


@blueprint.route(f"{_COORDINATION}/<int:activity_id>/corrections/vu", methods=["POST"])
@allows(can_review, load=find_activity)
def see(activity: Activity) -> ResponseReturnValue:
    """Say that one has seen what the members corrected."""
    form = StepForm()
    if form.submitted():
        try:
            with transaction():
                services.see_corrections(activity, by=this_person(), at=now(), **form.values())
        except StaleError as error:
            flash(str(error), "error")
            return redirect(url_for("proposals.show", activity_id=activity.id))
        flash(_("C’est vu : ces corrections n’attendent plus."), "success")
    return redirect(url_for("review.show", activity_id=activity.id))


@blueprint.route("/mes-activites/<int:activity_id>/changement/retirer", methods=["GET", "POST"])
@allows(works_on, load=find_activity)
def take_back(activity: Activity) -> ResponseReturnValue:
    """Take back what one proposed, once confirmed: what is published stays as it is."""
    form = StepForm(version=activity.version)
    here = url_for("activities.preview", activity_id=activity.id)
    if not form.submitted():
        if not can_take_back(this_person(), activity):
            return redirect(here)
        return render_template(
            "proposals/take_back.html",
            activity=activity,
            changes=changes_proposed(activity),
            form=form,
            said=words,
        )
    try:
        with transaction():
            services.take_back(activity, by=this_person(), at=now(), **form.values())
    except (RuleBrokenError, StaleError) as error:
        flash(str(error), "error")
    else:
        flash(_("Votre changement est retiré : rien ne change dans le programme."), "success")
    return redirect(here)


def comparison(
    activity: Activity, *, failed: AcceptForm | DeclineForm | None = None
) -> dict[str, Any]:
    """Return what the difference view shows of an activity, under the names of its parts."""
    proposed = changes_proposed(activity) if awaits_answer(activity) else []
    is_corrected = activity.corrected_at is not None
    approved = changes_since_approval(activity)
    if not is_corrected and activity.status is not Status.SUBMITTED:
        approved = []
    forms = {
        AcceptForm: accept_form(version=activity.version),
        DeclineForm: decline_form(version=activity.version),
    }
    if failed is not None:
        # What was typed stays; it is bound to the activity as it stands now.
        failed.version.data = activity.version
        forms[type(failed)] = failed
    return {
        "accept_form": forms[AcceptForm],
        "approved": approved,
        "awaits_answer": awaits_answer(activity),
        "changes_failed": failed,
        "decline_form": forms[DeclineForm],
        "has_conflicts": any(change.is_conflict for change in proposed),
        "is_corrected": is_corrected,
        "left_alone": left_alone(activity, [*proposed, *approved]),
        "proposed": proposed,
        "said": words,
    }


def _page(
    activity: Activity, *, failed: AcceptForm | DeclineForm | None = None
) -> ResponseReturnValue:
    return render_template(
        "proposals/show.html", activity=activity, **comparison(activity, failed=failed)
    )


def _take_back(form: StepForm, error: RuleBrokenError | StaleError) -> None:
    if isinstance(error, RuleBrokenError):
        form.take_back(error)
    else:
        form.form_errors.append(str(error))
