"""The page of a place: where it is, and what is held there."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.programme.queries.hosts import map_of_places, nearest_hosts, point_of
from fete.programme.queries.venues import find_host
from fete.programme.rules.filters import Filters
from fete.programme.views.held import held, stands_for_a_minute
from fete.programme.views.structured import place_of

blueprint = Blueprint("venues", __name__)


@blueprint.get("/lieux/<int:venue_id>-<slug>")
@public
def show(venue_id: int, slug: str) -> ResponseReturnValue:
    """Show what is held in one place; the address of one that was merged leads to the one in its place."""
    venue = find_host(venue_id)
    if venue is None:
        abort(404)
    if (venue_id, slug) != (venue.id, venue.slug):
        return redirect(url_for("venues.show", venue_id=venue.id, slug=venue.slug), 301)
    stands_for_a_minute()
    there = held(Filters(venues=(venue.id,)))
    return render_template(
        "venues/show.html",
        venue=venue,
        held=there,
        nearest=nearest_hosts(there.edition.id, point_of(venue))
        if there.edition and not there.page.total
        else [],
        map=map_of_places([venue]),
        structured={"@context": "https://schema.org", **place_of(venue)},
    ), there.status
