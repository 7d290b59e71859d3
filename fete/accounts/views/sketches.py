"""What a person types and has not kept yet: taken as they type, given back when they open the page again."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from flask import Blueprint, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from fete.accounts import services
from fete.accounts.models import Sketch
from fete.accounts.queries import find_sketch, find_sketches
from fete.accounts.rules import sketch_fields
from fete.accounts.views.sign import this_person
from fete.core.access import View, requires, signed_in
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.forms import begun
from fete.core.i18n import gettext as _
from fete.core.ratelimit import limiter
from fete.core.templating import hour

blueprint = Blueprint("sketches", __name__, url_prefix="/mon-compte/brouillons")

# Somebody who types without a pause sends one every few seconds.
_as_fast_as_one_types = limiter.limit(
    "60 per minute", key_func=lambda: str(this_person().id), methods=["POST"]
)


class Fillable(Protocol):
    """What a form tells of what it holds."""

    was_typed: bool

    def visible(self) -> dict[str, object]:
        """Return what a person sees in each field."""


Filled = TypeVar("Filled", bound=Fillable)


def sketched(view: View) -> View:
    """Let what is typed on the page of this view be taken before it is sent."""
    view.is_sketched = True  # type: ignore[attr-defined]
    return view


def taken_up(make: Callable[[], Filled]) -> tuple[Filled, Sketch | None]:
    """Return the form of the present page, and what the person had begun there when the form shows it.

    `make` makes the form as it is kept.
    """
    form = make()
    if form.was_typed:
        return form, None
    return _filled(make, form, find_sketch(this_person(), request.path))


def several_taken_up(
    makers: Mapping[str, Callable[[], Filled]],
) -> dict[str, tuple[Filled, Sketch | None]]:
    """Return, by the page where it is sent, each form of a page that holds several, as `taken_up` does."""
    begun_on = find_sketches(this_person(), makers.keys())
    return {page: _filled(make, make(), begun_on.get(page)) for page, make in makers.items()}


def _filled(
    make: Callable[[], Filled], form: Filled, sketch: Sketch | None
) -> tuple[Filled, Sketch | None]:
    if form.was_typed or sketch is None:
        return form, None
    with begun(sketch.fields):
        left = make()
    # What says nothing else than what is kept is not worth a word.
    return (left, sketch) if left.visible() != form.visible() else (form, None)


def forget_this_page() -> None:
    """Forget, in the transaction under way, what was begun on the present page: it is kept now."""
    services.forget_sketch(this_person(), request.path)


@blueprint.route("", methods=["POST"])
@requires(signed_in)
@_as_fast_as_one_types
def keep() -> ResponseReturnValue:
    """Take what is typed on a page; nothing typed any more forgets it."""
    page = _page()
    try:
        fields = sketch_fields(request.form.get("typed", ""))
    except (ValueError, TypeError):
        abort(400)
    at = now()
    with transaction():
        if fields:
            services.keep_sketch(this_person(), page, fields, at=at)
        else:
            services.forget_sketch(this_person(), page)
    return {"said": str(_("Gardé à %(hour)s", hour=hour(at))) if fields else ""}


@blueprint.route("/oublier", methods=["POST"])
@requires(signed_in)
def forget() -> ResponseReturnValue:
    """Go back to what is kept."""
    page = _page()
    with transaction():
        services.forget_sketch(this_person(), page)
    return redirect(request.script_root + page)


def _page() -> str:
    """Return the address that was given, where it is one of a page whose words are taken."""
    page = request.form.get("page", "")
    try:
        endpoint, _values = current_app.url_map.bind("").match(page, method="POST")
    except HTTPException:
        abort(400)
    if not hasattr(current_app.view_functions[endpoint], "is_sketched"):
        abort(400)
    return page
