"""The network as all may see it: its structures that agreed to be listed, and its charter."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.core.pagination import paginate
from fete.network import queries
from fete.network.forms import DirectoryFilters
from fete.network.rules import CHARTER_VERSION

blueprint = Blueprint("directory", __name__)


@blueprint.route("/reseau")
@public
def index() -> ResponseReturnValue:
    """Look through the structures of the network."""
    form = DirectoryFilters(request.args)
    words = (form.q.data or "").strip()[:100]
    family, departement_code = form.family(), form.departement_code()
    listed = queries.listed_organisations(words, family=family, departement_code=departement_code)
    filters = {
        "q": words or None,
        "famille": family.code if family else None,
        "departement": departement_code,
    }
    return render_template(
        "directory/index.html",
        form=form,
        page=paginate(listed, number=request.args.get("page", 1, int)),
        filters=filters,
        is_filtered=any(filters.values()),
    )


@blueprint.route("/charte")
@public
def charter() -> ResponseReturnValue:
    """Read the charter of the network."""
    return render_template("directory/charter.html", version=CHARTER_VERSION)
