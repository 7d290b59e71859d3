"""For the people of a village, festival or trail: its stands, and those that ask to come in; for others, to ask no more."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.views.sign import this_person
from fete.core.access import allows
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _, ngettext
from fete.programme import policies
from fete.programme.forms.stands import AnswersForm
from fete.programme.models import Activity, Answer, EditionState
from fete.programme.queries.activities import find_activity
from fete.programme.queries.stands import find_requests, requests_in, stands_in
from fete.programme.services import stands as services

blueprint = Blueprint("stands", __name__, url_prefix="/mes-activites/<int:activity_id>")


@blueprint.route("/stands")
@allows(policies.receives, load=find_activity)
def index(activity: Activity) -> ResponseReturnValue:
    """See the stands that ask to come in, and those inside."""
    return render_template(
        "stands/index.html",
        activity=activity,
        form=AnswersForm(),
        requests=requests_in(activity),
        stands=stands_in(activity),
        is_closed=activity.edition.state is EditionState.CLOSED,
    )


@blueprint.route("/stands/repondre", methods=["POST"])
@allows(policies.receives, load=find_activity)
def answer(activity: Activity) -> ResponseReturnValue:
    """Accept or decline one request, or all those that were ticked, each with its own word."""
    form = AnswersForm()
    here = redirect(url_for("stands.index", activity_id=activity.id))
    if not form.submitted():
        return here
    given = form.given()
    if given is None or not given.numbers:
        flash(_("Cochez au moins une demande."), "error")
        return here
    with transaction():
        requests = find_requests(activity, given.numbers)
        late = services.answer_several(
            requests, given.answer, given.words, by=this_person(), at=now()
        )
    _tell(given.answer, len(requests) - late, late)
    return here


@blueprint.route("/stand/retirer", methods=["POST"])
@allows(policies.can_see, load=find_activity)
def withdraw(activity: Activity) -> ResponseReturnValue:
    """Ask for a stand no more."""
    asked = activity.asked_stand
    if asked is None:
        flash(_("Cette activité ne demande aucun stand."), "info")
    else:
        try:
            with transaction():
                services.withdraw_stand(asked, by=this_person(), at=now())
        except RuleBrokenError as error:
            flash(error.message, "error")
        else:
            flash(_("La demande de stand est retirée."), "success")
    return redirect(url_for("activities.preview", activity_id=activity.id))


def _tell(answer: Answer, done: int, late: int) -> None:
    if done and answer is Answer.ACCEPTED:
        flash(
            ngettext(
                "%(num)s stand est accepté : sa structure reçoit une lettre.",
                "%(num)s stands sont acceptés : leurs structures reçoivent une lettre.",
                done,
            ),
            "success",
        )
    elif done:
        flash(
            ngettext(
                "%(num)s demande est déclinée : sa structure reçoit une lettre.",
                "%(num)s demandes sont déclinées : leurs structures reçoivent une lettre.",
                done,
            ),
            "success",
        )
    if late:
        flash(
            ngettext(
                "%(num)s demande avait déjà eu une autre réponse, ou n’est plus possible : elle n’a pas changé.",
                "%(num)s demandes avaient déjà eu une autre réponse, ou ne sont plus possibles : elles n’ont pas changé.",
                late,
            ),
            "warning",
        )
