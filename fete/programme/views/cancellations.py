"""For members and the coordination: say that an activity, or one slot of it, does not take place as announced."""

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.views.sign import this_person
from fete.core.access import allows
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _, lazy_gettext
from fete.programme.forms.review import CancellationForm, SlotForm, StepForm, slot_form
from fete.programme.models import Activity, Slot
from fete.programme.policies import can_cancel, can_edit, can_review, proposes
from fete.programme.queries.activities import find_activity
from fete.programme.services.review import (
    cancel_activity,
    change_slot,
    reinstate_activity,
    slots_to_cancel,
)
from fete.programme.services.versions import reschedule

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
                waits = _said(chosen, form)
        except (RuleBrokenError, StaleError) as error:
            activity = _taken_back(activity, form, error)
            chosen = _slot_of(activity, slot_id)
        else:
            flash(*_SAID[waits])
            return redirect(_back(activity))
    return render_template(
        "cancellations/slot.html",
        activity=activity,
        back=_back(activity),
        can_edit=can_edit(this_person(), activity),
        form=form,
        proposes=proposes(this_person(), activity),
        slot=chosen,
    )


_SAID = {
    False: (
        lazy_gettext("C’est noté ; le programme et les agendas le disent au public."),
        "success",
    ),
    True: (
        lazy_gettext(
            "Le nouvel horaire est proposé à la coordination. En attendant sa réponse, le programme et les agendas ne changent pas."
        ),
        "success",
    ),
}


def _said(chosen: Slot, form: SlotForm) -> bool:
    """Say what becomes of the slot; return whether it waits for the coordination: a new time that members wish."""
    person, said = this_person(), form.values()
    if form.time is None or (chosen.state is said["state"] and form.time == _time_of(chosen)):
        change_slot(chosen, by=person, at=now(), **said)
        return False
    if form.time == _time_of(chosen):
        raise RuleBrokenError(
            _("Écrivez le nouvel horaire : celui-ci est celui d’avant."), field="starts"
        )
    starts_at, ends_at = form.time
    outcome = reschedule(
        chosen,
        starts_at=starts_at,
        ends_at=ends_at,
        by=person,
        at=now(),
        version=said["version"],
        note=said["reason"],
    )
    return bool(outcome.proposed)


def _time_of(slot: Slot) -> tuple[datetime, datetime]:
    return slot.starts_at, slot.ends_at


def _slot_of(activity: Activity, slot_id: int) -> Slot:
    return next((slot for slot in activity.slots if slot.id == slot_id), None) or abort(404)


def _taken_back(
    activity: Activity, form: StepForm, error: RuleBrokenError | StaleError
) -> Activity:
    """Return the activity as it stands now, after the form has told what refused."""
    if isinstance(error, RuleBrokenError):
        form.take_back(error)
    else:
        form.form_errors.append(str(error) or _("Cette activité a changé entre-temps."))
    activity = find_activity(activity.id) or abort(404)
    form.version.data = activity.version
    return activity


def _back(activity: Activity) -> str:
    if can_review(this_person(), activity):
        return url_for("review.show", activity_id=activity.id)
    return url_for("activities.preview", activity_id=activity.id)
