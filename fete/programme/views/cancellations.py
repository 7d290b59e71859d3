"""For members and the coordination: say that an activity, or one slot of it, does not take place as announced."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.views.sign import this_person
from fete.core.access import allows
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.programme.forms.review import CancellationForm, StepForm, slot_form
from fete.programme.models import Activity, Slot
from fete.programme.policies import can_cancel, can_edit, can_review
from fete.programme.queries.activities import find_activity
from fete.programme.services.review import (
    cancel_activity,
    change_slot,
    reinstate_activity,
    slots_to_cancel,
)

blueprint = Blueprint("cancellations", __name__, url_prefix="/mes-activites/<int:activity_id>")


@blueprint.route("/annuler", methods=["GET", "POST"])
@allows(can_cancel, load=find_activity)
def cancel(activity: Activity) -> ResponseReturnValue:
    """Cancel what has not taken place yet of an activity."""
    form = CancellationForm(version=activity.version)
    if form.submitted():
        try:
            with transaction():
                cancel_activity(activity, by=this_person(), at=now(), **form.values())
        except (RuleBrokenError, StaleError) as error:
            activity = _taken_back(activity, form, error)
        else:
            flash(_("L’activité est annulée ; le programme le dit au public."), "success")
            return redirect(_back(activity))
    return render_template(
        "cancellations/cancel.html",
        activity=activity,
        back=_back(activity),
        form=form,
        slots=slots_to_cancel(activity, now()),
    )


@blueprint.route("/retablir", methods=["POST"])
@allows(can_cancel, load=find_activity)
def reinstate(activity: Activity) -> ResponseReturnValue:
    """Let a cancelled activity take place after all."""
    form = StepForm()
    if form.submitted():
        try:
            with transaction():
                reinstate_activity(activity, by=this_person(), at=now(), **form.values())
        except (RuleBrokenError, StaleError) as error:
            flash(str(error), "error")
        else:
            flash(_("L’activité est rétablie : ses créneaux sont de nouveau prévus."), "success")
    return redirect(_back(activity))


@blueprint.route("/creneaux/<int:slot_id>", methods=["GET", "POST"])
@allows(can_cancel, load=find_activity)
def slot(activity: Activity, slot_id: int) -> ResponseReturnValue:
    """Say what becomes of one slot."""
    chosen = _slot_of(activity, slot_id)
    form = slot_form(chosen)
    if form.submitted():
        try:
            with transaction():
                change_slot(chosen, by=this_person(), at=now(), **form.values())
        except (RuleBrokenError, StaleError) as error:
            activity = _taken_back(activity, form, error)
            chosen = _slot_of(activity, slot_id)
        else:
            flash(_("C’est noté ; le programme et les agendas le disent au public."), "success")
            return redirect(_back(activity))
    return render_template(
        "cancellations/slot.html",
        activity=activity,
        back=_back(activity),
        can_edit=can_edit(this_person(), activity),
        form=form,
        slot=chosen,
    )


def _slot_of(activity: Activity, slot_id: int) -> Slot:
    return next((slot for slot in activity.slots if slot.id == slot_id), None) or abort(404)


def _taken_back(
    activity: Activity, form: StepForm, error: RuleBrokenError | StaleError
) -> Activity:
    """Return the activity as it stands now, after the form has told what refused."""
    if isinstance(error, RuleBrokenError):
        form.take_back(error)
    else:
        form.form_errors.append(str(error))
    activity = find_activity(activity.id) or abort(404)
    form.version.data = activity.version
    return activity


def _back(activity: Activity) -> str:
    if can_review(this_person(), activity):
        return url_for("review.show", activity_id=activity.id)
    return url_for("activities.preview", activity_id=activity.id)
