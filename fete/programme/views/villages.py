"""The villages, festivals and trails of the edition: what holds other activities."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.programme.queries.hosts import container_kinds, stands_of
from fete.programme.rules.filters import Filters
from fete.programme.views.held import held, stands_for_a_minute

blueprint = Blueprint("villages", __name__)


@blueprint.get("/villages")
@public
def index() -> ResponseReturnValue:
    """List what holds other activities in the edition under way or to come."""
    stands_for_a_minute()
    there = held(Filters(kinds=container_kinds()))
    return render_template(
        "villages/index.html",
        held=there,
        stands=stands_of(there.edition.id) if there.edition else {},
    ), there.status
