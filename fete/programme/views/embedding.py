"""The programme on other sites: the pages that they frame, the line that frames them, and oEmbed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from fete.core.access import public
from fete.core.clock import now, today
from fete.core.conditional import kept_for
from fete.core.i18n import DEFAULT, LANGUAGES, address_in, gettext as _
from fete.core.security import POLICY, framed_policy, is_key
from fete.core.settings import settings
from fete.core.templating import absolute_url
from fete.programme.forms.embedding import (
    ACCENT,
    ACTIVITY_HEIGHT,
    BACKGROUND,
    HEIGHT,
    ActivityFrameForm,
    Look,
    ProgrammeFrameForm,
    look_of,
)
from fete.programme.forms.filters import describe, filter_arguments, read_filters
from fete.programme.models import Activity, Edition
from fete.programme.policies import can_see_edition, is_public, was_public
from fete.programme.queries.editions import current_edition, find_edition, shown_edition
from fete.programme.queries.listing import by_day, find_shown, page_of_programme
from fete.programme.workflow import Status

blueprint = Blueprint("embedding", __name__)

FRAME_KEPT = 300
OEMBED_KEPT = 3_600
LOOK_KEPT = 86_400
WIDTH = 600
_LINE = Markup('<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy"></iframe>')
_LINK = Markup('<a href="{}">{}</a>')


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What another site frames: its title, the endpoint of the page framed and of the page whole, and their values."""

    title: str
    endpoint: str
    values: dict[str, Any]
    page: str
    page_values: dict[str, Any]
    height: int = HEIGHT


@blueprint.get("/integrer")
@public
def index() -> ResponseReturnValue:
    """Choose what a site shows of the programme, and copy the line that does."""
    number = request.args.get("activite", type=int)
    if number is not None:
        activity = find_shown(number) if is_key(number) else None
        if activity is None or not is_public(activity):
            abort(404)
        return _chosen(ActivityFrameForm(request.args), frame_of_activity(activity))
    if _names_no_edition(request.args):
        abort(404)
    edition = shown_edition(request.args.get("annee", type=int), today=today())
    return _chosen(ProgrammeFrameForm(request.args), frame_of_programme(edition, request.args))


@blueprint.get("/integration")
@public
def programme() -> ResponseReturnValue:
    """Show what comes next of a search, in another site; in words when it is of a year that has no programme."""
    if _names_no_edition(request.args):
        return _framed("embedding/_gone.html", status=404, is_year=True)
    edition = shown_edition(request.args.get("annee", type=int), today=today())
    filters = read_filters(request.args, edition)
    page = page_of_programme(filters, now=now()) if edition else None
    frame = frame_of_programme(edition, request.args)
    return _framed(
        "embedding/programme.html",
        edition=edition,
        description=describe(filters) if filter_arguments(filters) else "",
        days=by_day([row for row in page.rows if not row.is_over]) if page else [],
        total=page.total if page else 0,
        is_finished=edition is not None and edition.ends_on < today(),
        whole=url_for(frame.page, **frame.page_values),
        calendar=url_for("feeds.subscribe", **frame.values),
    )


@blueprint.get("/integration/activites/<int:activity_id>")
@public
def activity(activity_id: int) -> ResponseReturnValue:
    """Show one activity, in another site; in words when it is no more in the programme."""
    found = find_shown(activity_id)
    if found is None or not is_public(found):
        is_gone = found is not None and was_public(found) and found.status is Status.WITHDRAWN
        return _framed("embedding/_gone.html", status=410 if is_gone else 404, is_year=False)
    return _framed("embedding/activity.html", activity=found)


@blueprint.get("/integration/couleurs/<background>-<accent>.css")
@public
def colours(background: str, accent: str) -> ResponseReturnValue:
    """Give the two colours of a frame as its style sheet; others than can be read together are not given."""
    look = look_of(background, accent)
    if (background, accent) != (look.background, look.accent):
        abort(404)
    sheet = render_template("embedding/colours.css", look=look)
    return kept_for(Response(sheet, mimetype="text/css"), seconds=LOOK_KEPT)


@blueprint.get("/oembed")
@public
def oembed() -> ResponseReturnValue:
    """Tell a site that was given the address of one of our pages how to frame it (oembed.com)."""
    form = request.args.get("format", "json").lower()
    if form not in {"json", "xml"}:
        return _refused(501, _("Ce format n’est pas connu : demandez json ou xml."))
    asked = request.args.get("url", "")
    if not asked:
        return _refused(400, _("Il manque l’adresse de la page à encadrer : url=…"))
    found = _frame_at(asked)
    if found is None:
        return _refused(
            404, _("Cette adresse n’est pas celle du programme ni d’une activité de ce site.")
        )
    told = _told(*found)
    response = (
        jsonify(told)
        if form == "json"
        else Response(render_template("embedding/oembed.xml", told=told), mimetype="text/xml")
    )
    return kept_for(response, seconds=OEMBED_KEPT)


def frame_of_programme(edition: Edition | None, args: MultiDict[str, str]) -> Frame:
    """Return the frame of a search of the programme."""
    arguments = _arguments(edition, args)
    filters = read_filters(args, edition)
    title = settings().site_name
    if filter_arguments(filters):
        title = _("%(name)s : %(words)s", name=title, words=describe(filters))
    return Frame(
        title=title,
        endpoint="embedding.programme",
        values=arguments,
        page="programme.edition" if "annee" in arguments else "programme.index",
        page_values=_page(arguments),
    )


def frame_of_activity(activity: Activity) -> Frame:
    """Return the frame of one activity."""
    return Frame(
        title=activity.title,
        endpoint="embedding.activity",
        values={"activity_id": activity.id},
        page="programme.show",
        page_values={"activity_id": activity.id, "slug": activity.slug},
        height=ACTIVITY_HEIGHT,
    )


def _names_no_edition(args: MultiDict[str, str]) -> bool:
    """Whether an address names a year of which the public knows no edition."""
    year = args.get("annee", type=int)
    edition = find_edition(year) if year is not None else None
    return year is not None and (edition is None or not can_see_edition(None, edition))


def _arguments(edition: Edition | None, args: MultiDict[str, str]) -> dict[str, Any]:
    """Return the filters asked, with the year of an edition that is not the current one."""
    asked: dict[str, Any] = dict(filter_arguments(read_filters(args, edition)))
    current = current_edition(today())
    if edition is not None and current is not None and edition.id != current.id:
        asked["annee"] = edition.year
    return asked


def _page(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the same for the page of the programme, whose path holds the year."""
    return {("year" if word == "annee" else word): value for word, value in arguments.items()}


def _chosen(form: ActivityFrameForm | ProgrammeFrameForm, frame: Frame) -> Response:
    arguments = frame.values | form.look.arguments
    page = render_template(
        "embedding/index.html",
        form=form,
        frame=frame,
        language=form.language,
        height=form.height,
        preview=address_in(form.language, url_for(frame.endpoint, **arguments)),
        line=_line(frame, form.look, form.language, width="100%", height=form.height),
        link=str(
            _LINK.format(
                absolute_url(frame.page, language=form.language, **frame.page_values), frame.title
            )
        ),
        # What the form has no field for goes on from one choice to the next.
        carried=[
            (word, value) for word, value in request.args.items(multi=True) if not form.asks(word)
        ],
    )
    response = make_response(page, 400 if form.errors else 200)
    response.headers["Content-Security-Policy"] = f"frame-src 'self'; {POLICY}"
    return response


def _line(frame: Frame, look: Look, language: str, *, width: str, height: int) -> str:
    """Return the one line of HTML that frames a page of ours."""
    address = absolute_url(frame.endpoint, language=language, **frame.values, **look.arguments)
    return str(_LINE.format(address, frame.title, width, height))


def _framed(template: str, *, status: int = 200, **context: object) -> Response:
    look = look_of(request.args.get(BACKGROUND, ""), request.args.get(ACCENT, ""))
    page = render_template(template, look=look, **context)
    response = make_response(page, status)
    response.headers["Content-Security-Policy"] = framed_policy(settings().embed_hosts)
    return kept_for(response, seconds=FRAME_KEPT)


def _refused(status: int, words: str) -> Response:
    return Response(f"{words}\n", status=status, mimetype="text/plain")


def _frame_at(address: str) -> tuple[Frame, str] | None:
    """Return the frame of the page at one of our addresses, and its language; `None` for any other address."""
    ours = urlsplit(settings().public_address)
    try:
        asked = urlsplit(address)
    except ValueError:
        return None
    if asked.scheme not in {"http", "https"} or asked.netloc != ours.netloc:
        return None
    path = unquote(asked.path).removeprefix(ours.path)
    language = next(
        (code for code in LANGUAGES if code != DEFAULT and path.startswith(f"/{code}/")), DEFAULT
    )
    path = path if language == DEFAULT else path.removeprefix(f"/{language}")
    try:
        endpoint, values = current_app.url_map.bind("").match(path)
    except HTTPException:
        return None
    frame = _frame_of(endpoint, values, MultiDict(parse_qsl(asked.query)))
    return (frame, language) if frame else None


def _frame_of(endpoint: str, values: Mapping[str, Any], args: MultiDict[str, str]) -> Frame | None:
    if endpoint in {"programme.show", "embedding.activity"}:
        activity = find_shown(values["activity_id"])
        return frame_of_activity(activity) if activity and is_public(activity) else None
    if endpoint == "programme.edition":
        edition = find_edition(values["year"])
        is_shown = edition is not None and can_see_edition(None, edition)
        return frame_of_programme(edition, args) if is_shown else None
    if endpoint == "embedding.programme" and _names_no_edition(args):
        return None
    if endpoint in {"programme.index", "embedding.programme"}:
        return frame_of_programme(shown_edition(args.get("annee", type=int), today=today()), args)
    return None


def _told(frame: Frame, language: str) -> dict[str, str | int]:
    width = min(WIDTH, _most("maxwidth"))
    height = min(frame.height, _most("maxheight"))
    return {
        "version": "1.0",
        "type": "rich",
        "title": frame.title,
        "provider_name": settings().site_name,
        "provider_url": settings().public_address,
        "cache_age": OEMBED_KEPT,
        "width": width,
        "height": height,
        "html": _line(frame, Look(), language, width=str(width), height=height),
    }


def _most(word: str) -> int:
    """Return the greatest size that the other site has room for; what is no size is no bound."""
    asked = request.args.get(word, WIDTH * 2, type=int)
    return asked if asked > 0 else WIDTH * 2
