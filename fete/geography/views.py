"""Suggest communes while somebody types the name of one."""

from flask import Blueprint, Response, jsonify, request

from fete.core.access import public
from fete.core.settings import settings
from fete.geography.queries import matching_communes, outlines_of_region

blueprint = Blueprint("geography", __name__)

_A_DAY = 86_400


@blueprint.route("/communes")
@public
def suggestions() -> Response:
    """Answer with the communes that fit what was typed: none before two characters."""
    found = matching_communes(request.args.get("q", ""))
    response = jsonify([{"code": commune.code, "label": commune.label} for commune in found])
    response.cache_control.public = True
    response.cache_control.max_age = _A_DAY
    return response


@blueprint.route("/departements.json")
@public
def outlines() -> Response:
    """Give the outlines of the network's départements, as GeoJSON."""
    response = jsonify(type="FeatureCollection", features=outlines_of_region(settings().region))
    response.cache_control.public = True
    response.cache_control.max_age = _A_DAY
    return response
