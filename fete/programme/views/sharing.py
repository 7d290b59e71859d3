"""For those who declare: which structures organise an activity together, and which one takes it over."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.views.sign import this_person
from fete.core.access import allows
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.network.forms import SearchForm
from fete.network.models import Organisation
from fete.network.policies import is_member
from fete.network.queries import find_organisation, matching_organisations
from fete.programme import policies
from fete.programme.forms.sharing import HandoverForm
from fete.programme.models import Activity, Answer, Handover
from fete.programme.queries.activities import find_activity
from fete.programme.queries.sharing import find_handover
from fete.programme.services import sharing as services

MOST_SHOWN = 20
blueprint = Blueprint("sharing", __name__, url_prefix="/mes-activites")


@blueprint.route("/<int:activity_id>/partage")
@allows(policies.can_see, load=find_activity)
def show(activity: Activity) -> ResponseReturnValue:
    """See which structures organise an activity; find another, to organise it with or to hand it over to."""
    person = this_person()
    form = SearchForm(request.args)
    typed = (form.q.data or "").strip()
    may_share = policies.can_share(person, activity)
    found = matching_organisations(typed, limit=MOST_SHOWN + 1) if may_share else []
    return render_template(
        "sharing/show.html",
        activity=activity,
        form=form,
        typed=typed,
        found=found[:MOST_SHOWN],
        has_more=len(found) > MOST_SHOWN,
        may_share=may_share,
        organisers={each.id for each in activity.organisers},
        mine={each.id for each in activity.organisers if is_member(person, each)},
        pending=services.pending_handover(activity),
    )


@blueprint.route("/<int:activity_id>/partage/<int:organisation_id>/ajouter", methods=["POST"])
@allows(policies.can_share, load=find_activity)
def add(activity: Activity, organisation_id: int) -> ResponseReturnValue:
    """Let a structure organise the activity with the one that declares it."""
    organisation = _organisation(organisation_id)
    try:
        with transaction():
            services.add_co_organiser(activity, organisation, by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
    else:
        flash(
            _("« %(name)s » organise maintenant l’activité avec vous.", name=organisation.name),
            "success",
        )
    return redirect(url_for("sharing.show", activity_id=activity.id))


@blueprint.route("/<int:activity_id>/partage/<int:organisation_id>/enlever", methods=["POST"])
@allows(policies.can_see, load=find_activity)
def remove(activity: Activity, organisation_id: int) -> ResponseReturnValue:
    """Take a co-organiser off: those who declare, or its own members who leave."""
    organisation = _organisation(organisation_id)
    person = this_person()
    leaves = is_member(person, organisation)
    if not leaves and not policies.can_share(person, activity):
        abort(404)
    try:
        with transaction():
            services.remove_co_organiser(activity, organisation, by=person, at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
    else:
        flash(_("« %(name)s » n’organise plus l’activité.", name=organisation.name), "success")
    if policies.can_see(person, find_activity(activity.id) or abort(404)):
        return redirect(url_for("sharing.show", activity_id=activity.id))
    return redirect(url_for("activities.index"))


@blueprint.route(
    "/<int:activity_id>/partage/<int:organisation_id>/confier", methods=["GET", "POST"]
)
@allows(policies.can_share, load=find_activity)
def hand_over(activity: Activity, organisation_id: int) -> ResponseReturnValue:
    """Ask a structure to take the activity over, or hand it over at once."""
    organisation = _organisation(organisation_id)
    person = this_person()
    is_at_once = policies.hands_over_at_once(person, activity, organisation)
    form = HandoverForm()
    if form.submitted():
        try:
            with transaction():
                handover = services.hand_over(
                    activity, organisation, message=form.message.data or "", by=person, at=now()
                )
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            _tell_of(handover)
            if policies.can_see(person, find_activity(activity.id) or abort(404)):
                return redirect(url_for("sharing.show", activity_id=activity.id))
            return redirect(url_for("activities.index"))
    return render_template(
        "sharing/hand_over.html",
        activity=activity,
        organisation=organisation,
        form=form,
        is_at_once=is_at_once,
        needs_reason=is_at_once and not is_member(person, organisation),
    )


@blueprint.route("/<int:activity_id>/partage/reprises/<int:handover_id>/retirer", methods=["POST"])
@allows(policies.can_share, load=find_activity)
def withdraw(activity: Activity, handover_id: int) -> ResponseReturnValue:
    """Ask no more that a structure takes the activity over."""
    handover = next((each for each in activity.handovers if each.id == handover_id), None)
    if handover is None:
        abort(404)
    _answered(
        services.withdraw_handover, handover, _("La demande est retirée : l’activité reste à vous.")
    )
    return redirect(url_for("sharing.show", activity_id=activity.id))


@blueprint.route("/reprises/<int:handover_id>")
@allows(policies.can_see_handover, load=find_handover)
def offer(handover: Handover) -> ResponseReturnValue:
    """See the activity that one's structure is asked to take over; once that is settled, only what became of it."""
    is_open = policies.can_settle_handover(this_person(), handover)
    return render_template(
        "sharing/offer.html",
        handover=handover,
        activity=find_activity(handover.activity_id) if is_open else handover.activity,
        is_open=is_open,
        is_taken=handover.state is Answer.ACCEPTED,
    )


@blueprint.route("/reprises/<int:handover_id>/accepter", methods=["POST"])
@allows(policies.can_see_handover, load=find_handover)
def take_over(handover: Handover) -> ResponseReturnValue:
    """Take the activity over in the name of one's structure."""
    done = _("L’activité est maintenant celle de votre structure.")
    if _answered(services.take_over, handover, done):
        return redirect(url_for("activities.preview", activity_id=handover.activity_id))
    return redirect(url_for("sharing.offer", handover_id=handover.id))


@blueprint.route("/reprises/<int:handover_id>/decliner", methods=["POST"])
@allows(policies.can_see_handover, load=find_handover)
def decline(handover: Handover) -> ResponseReturnValue:
    """Leave the activity where it is."""
    _answered(services.decline_handover, handover, _("C’est noté : l’activité reste où elle est."))
    return redirect(url_for("sharing.offer", handover_id=handover.id))


def _answered(answer: Callable[..., None], handover: Handover, done: str) -> bool:
    """Return whether the answer was given; the page says why when it was not."""
    try:
        with transaction():
            answer(handover, by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
        return False
    flash(done, "success")
    return True


def _tell_of(handover: Handover) -> None:
    name = handover.to_organisation.name
    if handover.state is Answer.ACCEPTED:
        flash(_("L’activité est maintenant celle de « %(name)s ».", name=name), "success")
    else:
        flash(_("La demande est partie : « %(name)s » va vous répondre.", name=name), "success")


def _organisation(organisation_id: int) -> Organisation:
    return find_organisation(organisation_id) or abort(404)
