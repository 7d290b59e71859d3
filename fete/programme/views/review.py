"""For the coordination: what waits, one activity as the public will see it and what is internal, and each step."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.queries import acts_on
from fete.accounts.views.sign import this_person
from fete.core.access import allows, requires
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import lazy_gettext
from fete.programme.forms.review import (
    STATUSES,
    WORDS,
    QueueForm,
    StepForm,
    step_form,
    step_forms,
)
from fete.programme.models import Activity
from fete.programme.policies import can_cancel, can_edit, can_review, steps_for
from fete.programme.queries.activities import find_activity
from fete.programme.queries.editions import editions
from fete.programme.queries.review import (
    awaiting_review,
    counts_by_status,
    next_to_review,
)
from fete.programme.queries.sharing import people_of
from fete.programme.queries.territory import departements_within
from fete.programme.services.review import take_step
from fete.programme.workflow import COORDINATOR_STEPS, Step
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import terms_of

blueprint = Blueprint("review", __name__, url_prefix="/coordination/relecture")

STEPS = {
    "publier": Step.PUBLISH,
    "labelliser": Step.LABEL,
    "renvoyer": Step.SEND_BACK,
    "refuser": Step.REFUSE,
    "retirer": Step.WITHDRAW,
}
_DONE = {
    Step.PUBLISH: lazy_gettext("L’activité est publiée : elle est dans le programme."),
    Step.LABEL: lazy_gettext("L’activité est labellisée. Il reste à la publier."),
    Step.SEND_BACK: lazy_gettext("L’activité est renvoyée : la structure a reçu votre message."),
    Step.REFUSE: lazy_gettext("L’activité est refusée : la structure a reçu votre réponse."),
    Step.WITHDRAW: lazy_gettext("L’activité est retirée : la structure a reçu votre message."),
}


@blueprint.route("")
@requires(is_coordinator)
def queue() -> ResponseReturnValue:
    """List the activities of one's territory, those that wait first."""
    territory = territory_of(this_person())
    form = QueueForm(
        request.args,
        departements=departements_within(territory),
        kinds=terms_of(TermList.KIND),
        editions=editions(),
    )
    word = request.args.get("statut", "")
    word = word if word in STATUSES else next(iter(STATUSES))
    filters = form.filters(STATUSES[word][0])
    return render_template(
        "review/queue.html",
        counts=counts_by_status(territory, filters),
        form=form,
        page=awaiting_review(
            territory, filters, number=request.args.get("page", default=1, type=int)
        ),
        statuses=STATUSES,
        word=word,
    )


@blueprint.route("/<int:activity_id>")
@allows(can_review, load=find_activity)
def show(activity: Activity) -> ResponseReturnValue:
    """Read an activity, and what its coordination should know beside."""
    return _page(activity)


@blueprint.route(
    "/<int:activity_id>/<any(publier, labelliser, renvoyer, refuser, retirer):word>",
    methods=["GET", "POST"],
)
@allows(can_review, load=find_activity)
def take(activity: Activity, word: str) -> ResponseReturnValue:
    """Take one step of the review."""
    step = STEPS[word]
    here = url_for("review.show", activity_id=activity.id)
    if request.method == "GET":
        return redirect(here)
    form = step_form(step)
    if form.submitted() and _taken(activity, step, form):
        flash(str(_DONE[step]), "success")
        return redirect(here)
    return _page(find_activity(activity.id) or activity, failed=(step, form))


def _taken(activity: Activity, step: Step, form: StepForm) -> bool:
    """Return whether the step was taken; the form says why when it was not."""
    try:
        with transaction():
            take_step(activity, step, by=this_person(), at=now(), **form.values())
    except RuleBrokenError as error:
        form.take_back(error)
        return False
    except StaleError as error:
        form.form_errors.append(str(error))
        return False
    return True


def _page(
    activity: Activity, *, failed: tuple[Step, StepForm] | None = None
) -> ResponseReturnValue:
    forms = step_forms(activity)
    failed_step, failed_form = failed or (None, None)
    if failed_step is not None and failed_form is not None:
        # What was typed stays; it is bound to the activity as it stands now.
        failed_form.version.data = activity.version
        forms[failed_step] = failed_form
    possible = steps_for(this_person(), activity) & COORDINATOR_STEPS
    return render_template(
        "review/show.html",
        activity=activity,
        acts=acts_on(activity),
        can_cancel=can_cancel(this_person(), activity),
        can_edit=can_edit(this_person(), activity),
        failed_step=failed_step,
        form=failed_form,
        forms={step.value: form for step, form in forms.items() if step in possible},
        members=people_of(activity),
        next_one=next_to_review(territory_of(this_person()), beside=activity),
        word=WORDS[activity.status],
        statuses=STATUSES,
    )
