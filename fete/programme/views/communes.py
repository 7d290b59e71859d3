"""The communes of the programme: all of them by département, and what each one holds."""

from itertools import groupby

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.core.clock import today
from fete.core.text import clean
from fete.geography.queries import find_commune, map_of
from fete.programme.queries.editions import current_edition
from fete.programme.queries.hosts import hosts, nearest_hosts, point_of
from fete.programme.rules.filters import Filters
from fete.programme.views.held import held, stands_for_a_minute
from fete.programme.views.structured import town_of

blueprint = Blueprint("communes", __name__)


@blueprint.get("/villes")
@public
def index() -> ResponseReturnValue:
    """List the communes of the edition under way or to come, by département."""
    stands_for_a_minute()
    edition = current_edition(today())
    found = sorted(
        hosts(edition.id if edition else None), key=lambda host: host.commune.departement_code
    )
    departements = [
        (departement, list(group))
        for departement, group in groupby(found, key=lambda host: host.commune.departement)
    ]
    return render_template(
        "communes/index.html", edition=edition, departements=departements, count=len(found)
    )


@blueprint.get("/villes/<string(length=5):code>-<slug>")
@public
def show(code: str, slug: str) -> ResponseReturnValue:
    """Show what is held in one commune; where nothing is, what is nearest."""
    commune = find_commune(clean(code))
    if commune is None:
        abort(404)
    if (code, slug) != (commune.code, commune.slug):
        return redirect(url_for("communes.show", code=commune.code, slug=commune.slug), 301)
    stands_for_a_minute()
    there = held(Filters(communes=(code,)))
    point = point_of(commune)
    return render_template(
        "communes/show.html",
        commune=commune,
        held=there,
        nearest=nearest_hosts(there.edition.id, point)
        if there.edition and not there.page.total
        else [],
        map=map_of(
            [commune.departement_code], [(point.longitude, point.latitude)] if point else []
        ),
        structured=town_of(commune),
    ), there.status
