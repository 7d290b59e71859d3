"""The advice beside a declaration, anew as one types; nothing is kept by that."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from fete.accounts.models import Sketch
from fete.accounts.policies import is_coordinator
from fete.accounts.views.sign import this_person
from fete.core.access import allows
from fete.core.forms import begun
from fete.core.ratelimit import limiter
from fete.network.models import Organisation
from fete.network.policies import can_act_for
from fete.network.queries import find_organisation
from fete.programme import policies
from fete.programme.forms.coaching import Coach, coach_of, content_typed
from fete.programme.forms.declaration import DeclareForm, form_of
from fete.programme.models import Activity
from fete.programme.queries.activities import find_activity
from fete.programme.queries.editions import open_editions
from fete.programme.rules import Part
from fete.programme.rules.coaching import as_typed, unwritten

blueprint = Blueprint("coach", __name__, url_prefix="/mes-activites")

_PARTS = ",".join(f'"{part}"' for part in Part)
_as_fast_as_one_types = limiter.shared_limit(
    "120 per minute", scope="advice", key_func=lambda: str(this_person().id)
)


@blueprint.route(f"/<int:activity_id>/<any({_PARTS}):part>/conseils", methods=["POST"])
@allows(policies.can_edit, load=find_activity)
@_as_fast_as_one_types
def advise(activity: Activity, part: str) -> ResponseReturnValue:
    """Say what one part of a declaration would still need, as it is typed."""
    return render_template("coach/_advice.html", coach=advice_on(activity, Part(part)))


@blueprint.route("/structures/<int:organisation_id>/declarer/conseils", methods=["POST"])
@allows(can_act_for, load=find_organisation)
@_as_fast_as_one_types
def advise_on_new(organisation: Organisation) -> ResponseReturnValue:
    """Say what a new activity would still need, as it is typed."""
    coach = advice_on_new(organisation)
    return render_template("coach/_advice.html", coach=coach) if coach else abort(404)


def advice_on(activity: Activity, part: Part, sketch: Sketch | None = None) -> Coach:
    """Return what to say beside a part: of what is typed, of what was begun, else of what is kept."""
    if not _is_typed(sketch):
        return coach_of(activity, part)
    # A form of its own: what it finds wrong is not yet to be told.
    with begun(sketch.fields if sketch else None):
        form = form_of(part, activity, may_create_containers=is_coordinator(this_person()))
    return coach_of(as_typed(activity, content_typed(form)), part)


def advice_on_new(organisation: Organisation, sketch: Sketch | None = None) -> Coach | None:
    """Return what to say beside a new activity; `None` when there is no edition to declare for."""
    editions = open_editions()
    if not editions:
        return None
    if not _is_typed(sketch):
        return coach_of(unwritten(organisation, editions[0]), Part.WHAT)
    with begun(sketch.fields if sketch else None):
        form = DeclareForm(editions=editions, may_create_containers=is_coordinator(this_person()))
    activity = unwritten(organisation, form.chosen_edition)
    return coach_of(as_typed(activity, content_typed(form)), Part.WHAT)


def _is_typed(sketch: Sketch | None) -> bool:
    return sketch is not None or request.method == "POST"
