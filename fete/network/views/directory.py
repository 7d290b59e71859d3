"""The network as all may see it: its structures that agreed to be listed, and its charter."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.core.pagination import Page, page_asked, paginate
from fete.network import queries
from fete.network.forms import DirectoryFilters
from fete.network.models import Organisation
from fete.network.rules import CHARTER_VERSION

blueprint = Blueprint("directory", __name__)


@blueprint.route("/reseau")
@public
def index() -> ResponseReturnValue:
    """Look through the structures of the network; what is asked and is not there is not found."""
    form = DirectoryFilters(request.args)
    is_understood = form.validate()
    words = (form.q.data or "").strip()[:100]
    family, departement_code = form.family(), form.departement_code()
    listed = queries.listed_organisations(words, family=family, departement_code=departement_code)
    filters = {
        "q": words or None,
        "famille": family.code if family else None,
        "departement": departement_code,
    }
    page: Page[Organisation] = Page(rows=(), number=1, total=0)
    if not form.asks_unknown():
        page = paginate(listed, number=page_asked() or 1)
    is_off_the_list = page_asked() != page.number
    html = render_template(
        "directory/index.html",
        form=form,
        page=page,
        filters=filters,
        is_filtered=not is_understood or any(filters.values()),
        is_off_the_list=is_off_the_list,
    )
    if form.q.errors:
        return html, 400
    return html, 404 if is_off_the_list or not is_understood else 200


@blueprint.route("/charte")
@public
def charter() -> ResponseReturnValue:
    """Read the charter of the network."""
    return render_template("directory/charter.html", version=CHARTER_VERSION)
