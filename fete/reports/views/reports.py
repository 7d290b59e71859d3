"""For members: the reports that their structures owe, and the one page that tells what happened."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.accounts.views.sign import this_person
from fete.accounts.views.sketches import sketched
from fete.core.access import allows, requires, signed_in
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.i18n import gettext as _
from fete.programme.models import Activity
from fete.programme.policies import organises
from fete.reports.policies import can_report
from fete.reports.queries.reporting import find_reported, number_owed, reports_of
from fete.reports.rules import is_late, is_open
from fete.reports.services.links import revoke_links
from fete.reports.views.counting import way_to
from fete.reports.views.filling import Way, address_of, tell
from fete.reports.workflow import Standing

blueprint = Blueprint("reports", __name__, url_prefix="/mes-bilans")


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
    way = Way(
        here=url_for("reports.fill", activity_id=activity.id),
        template="reports/fill.html",
        by=this_person(),
        done=_done,
        is_on_behalf=not organises(current_user, activity),
        shown={"link": address_of(activity), **way_to(activity)},
    )
    return tell(activity, way)


@blueprint.route("/<int:activity_id>/lien", methods=["POST"])
@allows(can_report, load=find_reported)
def revoke(activity: Activity) -> ResponseReturnValue:
    """Withdraw the links that open the report without a password."""
    with transaction():
        revoke_links(activity, by=this_person(), at=now())
    flash(_("Les liens donnés jusqu’ici n’ouvrent plus ce bilan. En voici un nouveau."), "success")
    page = "reports.fill" if organises(current_user, activity) else "follow_up.show"
    return redirect(url_for(page, activity_id=activity.id))


def _done(activity: Activity, is_filed: bool) -> ResponseReturnValue:
    if not is_filed:
        flash(_("Le brouillon est enregistré. Déposez le bilan quand il est complet."), "success")
        return redirect(url_for("reports.fill", activity_id=activity.id))
    flash(_("Le bilan est déposé. Merci !"), "success")
    if organises(current_user, activity):
        return redirect(url_for("reports.due"))
    return redirect(url_for("follow_up.show", activity_id=activity.id))
