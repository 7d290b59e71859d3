"""Who asks to join a structure, for the coordination of its département."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import allows, requires
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.core.pagination import paginate
from fete.network import policies, queries, services
from fete.network.models import Membership

blueprint = Blueprint("admissions", __name__, url_prefix="/coordination/adhesions")


@blueprint.route("")
@requires(is_coordinator)
def index() -> ResponseReturnValue:
    """See the requests that wait, oldest first."""
    waiting = queries.waiting_requests(territory_of(this_person()))
    page = paginate(waiting, number=request.args.get("page", 1, int))
    return render_template("admissions/index.html", page=page)


@blueprint.route("/<int:membership_id>/admettre", methods=["POST"])
@allows(policies.can_settle, load=queries.find_membership)
def admit(membership: Membership) -> ResponseReturnValue:
    """Say yes."""
    with transaction():
        services.admit(membership, by=this_person(), at=now())
    flash(_("La demande est acceptée. La personne l’apprendra par courriel."), "success")
    return redirect(url_for("admissions.index"))


@blueprint.route("/<int:membership_id>/refuser", methods=["POST"])
@allows(policies.can_settle, load=queries.find_membership)
def turn_down(membership: Membership) -> ResponseReturnValue:
    """Say no."""
    try:
        with transaction():
            services.turn_down(membership, by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
    else:
        flash(_("La demande est refusée. La personne l’apprendra par courriel."), "success")
    return redirect(url_for("admissions.index"))
