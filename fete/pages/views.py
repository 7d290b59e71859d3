"""The home page, what the law wants said, and what machines ask."""

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    render_template,
    send_from_directory,
)
from flask.typing import ResponseReturnValue

from fete import __version__
from fete.core import clock
from fete.core.access import public
from fete.core.i18n import DEFAULT, LANGUAGES, base_path
from fete.core.templating import YEAR_IN_SECONDS
from fete.figures.queries import latest_figures
from fete.figures.rules import ALL_FIGURES
from fete.pages.queries import DatabaseState, database_state
from fete.pages.rules import Days, phase_of, rest_of_weekend
from fete.programme.queries.editions import current_edition, open_calls, shown_editions

blueprint = Blueprint("pages", __name__)

SHOWN_FIGURES = ("activities", "host_communes", "visitors", "pupils")
# What robots have nothing to look for in: forms, and what belongs to signed-in people.
PRIVATE = (
    "/compte/",
    "/mon-compte",
    "/mon-espace",
    "/ma-structure",
    "/mes-activites",
    "/mes-bilans",
    "/mes-messages",
    "/coordination",
    "/communes",
    "/prevenez-moi",
)


@blueprint.route("/")
@public
def home() -> ResponseReturnValue:
    """Say what the Fête is, when it is, and where to go from here."""
    today = clock.today()
    edition = current_edition(today)
    days = Days(first=edition.starts_on, last=edition.ends_on) if edition else None
    return render_template(
        "pages/home.html",
        edition=edition,
        phase=phase_of(days, today) if days else None,
        weekend=rest_of_weekend(days, today) if days else None,
        calls=open_calls(today),
        latest=latest_figures(at=clock.now()),
        key_figures=[ALL_FIGURES[key] for key in SHOWN_FIGURES],
    )


@blueprint.route("/mentions-legales")
@public
def legal() -> ResponseReturnValue:
    """Say who publishes and hosts the site, and under which licences."""
    return render_template("pages/legal.html")


@blueprint.route("/donnees-personnelles")
@public
def privacy() -> ResponseReturnValue:
    """Say which personal data are kept, why, how long, and what one may ask."""
    return render_template("pages/privacy.html")


@blueprint.route("/accessibilite")
@public
def accessibility() -> ResponseReturnValue:
    """Declare how accessible the site is, in the form that the law wants."""
    return render_template("pages/accessibility.html")


@blueprint.route("/plan-du-site")
@public
def sitemap() -> ResponseReturnValue:
    """List the pages of the site."""
    return render_template("pages/sitemap.html", editions=shown_editions())


@blueprint.route("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Tell robots to leave alone what is private."""
    prefixes = ["" if code == DEFAULT else f"/{code}" for code in LANGUAGES]
    refused = [f"Disallow: {base_path()}{prefix}{path}" for prefix in prefixes for path in PRIVATE]
    return Response("\n".join(["User-agent: *", *refused, ""]), mimetype="text/plain")


@blueprint.route("/sante")
@public
def health() -> ResponseReturnValue:
    """Say whether the site can serve: 200, or 503 when its database cannot."""
    state = database_state()
    is_well = state is DatabaseState.OK
    response = make_response(
        jsonify(status="ok" if is_well else "error", database=state.value, version=__version__),
        200 if is_well else 503,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """Give the icon to what asks for it under its oldest address."""
    return send_from_directory("static", "img/favicon-32.png", max_age=YEAR_IN_SECONDS)
