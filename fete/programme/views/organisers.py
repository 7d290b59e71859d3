"""The page of a structure that agreed to be listed: who it is, and what it holds, this year and before."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.geography.queries import map_of
from fete.network.forms import sector_name
from fete.network.queries import find_listed
from fete.programme.queries.hosts import point_of, years_by_name
from fete.programme.rules.filters import Filters
from fete.programme.views.held import held

blueprint = Blueprint("organisers", __name__)


@blueprint.get("/reseau/<int:organisation_id>-<slug>")
@public
def show(organisation_id: int, slug: str) -> ResponseReturnValue:
    """See one structure; the address of one that was merged leads to the one in its place."""
    organisation = find_listed(organisation_id)
    if organisation is None:
        abort(404)
    if (organisation_id, slug) != (organisation.id, organisation.slug):
        return redirect(
            url_for("organisers.show", organisation_id=organisation.id, slug=organisation.slug),
            code=301,
        )
    there = held(Filters(organisations=(organisation.id,)), years=years_by_name)
    point = point_of(organisation.commune)
    return render_template(
        "organisers/show.html",
        organisation=organisation,
        sector=sector_name(organisation.sector),
        held=there,
        map=map_of([organisation.departement_code or ""], [(point.longitude, point.latitude)])
        if point
        else None,
    ), there.status
