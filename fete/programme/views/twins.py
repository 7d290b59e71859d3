"""For those who declare: say that two activities which look like one are not."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.views.sign import this_person
from fete.core.access import allows
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.i18n import gettext as _
from fete.programme import policies
from fete.programme.models import Activity
from fete.programme.queries.activities import find_activity
from fete.programme.services.twins import tell_apart

blueprint = Blueprint("twins", __name__, url_prefix="/mes-activites")


@blueprint.route("/<int:activity_id>/differente", methods=["POST"])
@allows(policies.can_edit, load=find_activity)
def tell(activity: Activity) -> ResponseReturnValue:
    """Keep that what was shown beside it is another activity."""
    others = set(request.form.getlist("autre", type=int))
    with transaction():
        tell_apart(activity, others, by=this_person(), at=now())
    flash(
        _("C’est noté : ce sont des activités différentes. La question ne reviendra pas."),
        "success",
    )
    return redirect(url_for("activities.preview", activity_id=activity.id))
