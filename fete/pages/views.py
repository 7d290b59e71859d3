"""The home page, what the law wants said, and what machines ask."""

from datetime import datetime

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    make_response,
    render_template,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue

from fete import __version__
from fete.core import clock
from fete.core.access import public
from fete.core.i18n import DEFAULT, LANGUAGES, base_path, current_language, gettext as _
from fete.core.pagination import pages_of
from fete.core.settings import settings
from fete.core.templating import YEAR_IN_SECONDS, absolute_url, path_of, static_url
from fete.core.text import slug
from fete.figures.queries import latest_figures
from fete.figures.rules import ALL_FIGURES
from fete.geography.queries import atlas
from fete.pages.queries import (
    DatabaseState,
    Extent,
    Shown,
    database_state,
    extent,
    glance_at,
    shown_activities,
    shown_structures,
)
from fete.programme.queries.editions import current_edition, open_calls, shown_editions
from fete.programme.queries.hosts import all_places

blueprint = Blueprint("pages", __name__)

SHOWN_FIGURES = ("activities", "host_communes", "visitors", "pupils")
ICONS = (
    ("icon-180.png", "180x180", "image/png"),
    ("icon-512.png", "512x512", "image/png"),
    ("icon.svg", "any", "image/svg+xml"),
)
# What does not change with an edition, and that search engines may show.
INDEXED = (
    "pages.home",
    "programme.schools",
    "villages.index",
    "communes.index",
    "feeds.subscribe",
    "embedding.index",
    "figures.series",
    "reuse.dictionary",
    "directory.index",
    "directory.charter",
    "pages.legal",
    "pages.privacy",
    "pages.accessibility",
    "pages.sitemap",
)
# The programme of an edition: its list, and the same arranged otherwise.
ARRANGED = (
    "programme.edition",
    "arrangements.hours",
    "arrangements.month",
    "arrangements.places",
    "arrangements.table",
)
# In two languages: ten thousand addresses.
PAGES_A_FILE = 5_000
# The path of a page without its language, and when it last changed.
Listed = tuple[str, datetime | None]
# What robots have nothing to look for in: forms, and what belongs to signed-in people.
PRIVATE = (
    "/compte/",
    "/invitation/",
    "/mon-compte",
    "/mon-espace",
    "/ma-structure",
    "/mes-activites",
    "/mes-bilans",
    "/mes-messages",
    "/coordination",
    "/communes",
    "/prevenez-moi",
    # Thousands of them, one a figure and a part.
    "/chiffres/*/preuves",
)


@blueprint.route("/")
@public
def home() -> ResponseReturnValue:
    """Say what the Fête is, when it is, and where to go from here."""
    today, at = clock.today(), clock.now()
    edition = current_edition(today)
    return render_template(
        "pages/home.html",
        edition=edition,
        glance=glance_at(edition, at=at) if edition else None,
        atlas=atlas(),
        # What is missing of one that is over is declared by those who were there: nobody is invited to it any more.
        calls=[each for each in open_calls(today) if each.ends_on >= today],
        latest=latest_figures(at=at),
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
    """Tell robots to leave alone what is private, and where all that is public is listed."""
    prefixes = ["" if code == DEFAULT else f"/{code}" for code in LANGUAGES]
    refused = [f"Disallow: {base_path()}{prefix}{path}" for prefix in prefixes for path in PRIVATE]
    listed = f"Sitemap: {absolute_url('pages.addresses')}"
    return Response("\n".join(["User-agent: *", *refused, "", listed, ""]), mimetype="text/plain")


@blueprint.route("/sitemap.xml")
@public
def addresses() -> ResponseReturnValue:
    """List the address of every public page for search engines; when they are many, the files that do."""
    found = extent()
    fixed = _fixed_pages(found)
    files = pages_of(len(fixed) + found.structures + found.activities, PAGES_A_FILE)
    if files == 1:
        return _listed(fixed, found, number=1)
    return _xml(
        "addresses",
        addresses=[absolute_url("pages.some_addresses", number=n + 1) for n in range(files)],
    )


@blueprint.route("/sitemap-<int(min=1):number>.xml")
@public
def some_addresses(number: int) -> ResponseReturnValue:
    """List the addresses of one file among those that the first one names."""
    found = extent()
    return _listed(_fixed_pages(found), found, number=number)


def _listed(fixed: list[Listed], found: Extent, *, number: int) -> Response:
    first = (number - 1) * PAGES_A_FILE
    listed = fixed[first : first + PAGES_A_FILE]
    before = len(fixed)
    for count, shown, page in (
        (found.structures, shown_structures, _page_of_structure),
        (found.activities, shown_activities, _page_of_activity),
    ):
        room = PAGES_A_FILE - len(listed)
        listed += [page(each) for each in shown(offset=max(0, first - before), limit=room)]
        before += count
    return _xml("some_addresses", pages=listed) if listed else abort(404)


def _fixed_pages(found: Extent) -> list[Listed]:
    pages: list[Listed] = [(path_of(endpoint), None) for endpoint in INDEXED]
    for edition in shown_editions():
        changed_at = found.changed_at.get(edition.id)
        pages += [(path_of(endpoint, year=edition.year), changed_at) for endpoint in ARRANGED]
        pages += [
            (path_of(endpoint, year=edition.year), None)
            for endpoint in ("figures.edition", "zones.show")
        ]
    communes, venues = all_places()
    pages += [(path_of("communes.show", code=each.code, slug=each.slug), None) for each in communes]
    pages += [
        (path_of("venues.show", venue_id=number, slug=slug(name)), None)
        for number, name in venues.items()
    ]
    return pages


def _page_of_structure(shown: Shown) -> Listed:
    return path_of("organisers.show", organisation_id=shown.id, slug=slug(shown.name)), None


def _page_of_activity(shown: Shown) -> Listed:
    path = path_of("programme.show", activity_id=shown.id, slug=slug(shown.name))
    return path, shown.changed_at


def _xml(template: str, **context: object) -> Response:
    return Response(render_template(f"pages/{template}.xml", **context), mimetype="application/xml")


@blueprint.route("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Tell a telephone how the site is called and drawn when it stands among its programs."""
    response = jsonify(
        name=settings().site_name,
        short_name=_("Fête de la science"),
        lang=current_language(),
        start_url=url_for("pages.home"),
        scope=url_for("pages.home"),
        display="browser",
        background_color="#fbf7ef",
        theme_color="#17315f",
        icons=[
            {"src": static_url(f"img/{name}"), "sizes": sizes, "type": kind}
            for name, sizes, kind in ICONS
        ],
    )
    response.mimetype = "application/manifest+json"
    return response


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
