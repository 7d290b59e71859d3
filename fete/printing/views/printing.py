"""On paper: an edition or any search of it as PDF, by day or by commune; the bilan of a territory, as a spreadsheet too."""

import hashlib

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from fete.core.access import public, requires
from fete.core.clock import now, today
from fete.core.i18n import current_language, gettext as _
from fete.core.ratelimit import limiter
from fete.core.settings import settings
from fete.core.templating import absolute_url
from fete.core.text import slug
from fete.core.workbook import XLSX, spreadsheet
from fete.figures.queries import words_of_reports, years_of
from fete.figures.views.territory import Asked, asked_of, told_of
from fete.printing import queries, services
from fete.printing.bilan import Bilan, bilan_of, on_paper, sheets_of
from fete.printing.brochure import Bounds, Front, Order, brochure
from fete.programme.forms.filters import (
    Request,
    days_in_words,
    describe,
    filter_arguments,
    has_unknown,
    read_request,
)
from fete.programme.models import Activity, Edition
from fete.programme.policies import can_see_edition
from fete.programme.queries.editions import current_edition, find_edition
from fete.programme.queries.search import names_of
from fete.programme.rules.filters import Filters
from fete.reports.policies import can_follow_up

blueprint = Blueprint("printing", __name__)

# What is printed changes as the programme does; a cache before us may answer for ten minutes.
CACHE = "public, max-age=600, s-maxage=600, stale-while-revalidate=3600"
# A classroom behind one address prints; a machine that asks for every search does not.
PRINTINGS = "60 per 10 minutes"
# More would take a machine a gigabyte and a reader a ream: it is asked for in parts.
MOST_PRINTED = 2_000
RETRY_AFTER = 20  # seconds
# What a PDF weighs about, in bytes: so much, and so much more for each activity.
_WEIGHT = 20_000
_WEIGHT_EACH = 3_200
# A bilan is mostly its fonts.
_WEIGHT_OF_BILAN, _WEIGHT_OF_ONE = 75_000, 120


@blueprint.get("/programme.pdf")
@public
@limiter.shared_limit(PRINTINGS, scope="printing")
def current() -> ResponseReturnValue:
    """Give the programme of the edition under way or to come, to print."""
    edition = current_edition(today())
    if edition is None:
        return refused(_("Le programme n’est pas encore publié."), status=404)
    return printed_programme(edition)


@blueprint.get("/programme/<int:year>.pdf", endpoint="edition")
@public
@limiter.shared_limit(PRINTINGS, scope="printing")
def of_year(year: int) -> ResponseReturnValue:
    """Give the programme of one edition, to print."""
    edition = find_edition(year)
    if edition is None or not can_see_edition(None, edition):
        abort(404)
    return printed_programme(edition)


@blueprint.get("/coordination/chiffres/<int:year>/bilan.pdf")
@requires(can_follow_up)
@limiter.shared_limit(PRINTINGS, scope="printing")
def bilan(year: int) -> ResponseReturnValue:
    """Give the bilan of a département, or of all of one's territory, to print and to complete."""
    asked = asked_of(year)
    content = on_paper(_bilan(asked))
    try:
        with services.turn_at_the_press():
            response = Response(services.pdf_of(content, layout="bilan"))
    except services.PressError as error:
        raise ServiceUnavailable(retry_after=RETRY_AFTER) from error
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{_file_name(asked)}.pdf"'
    return response


@blueprint.get("/coordination/chiffres/<int:year>/bilan.xlsx")
@requires(can_follow_up)
def bilan_sheets(year: int) -> ResponseReturnValue:
    """Give the same bilan as a spreadsheet, one sheet a chapter."""
    asked = asked_of(year)
    whole = _bilan(asked)
    return Response(
        spreadsheet(sheets_of(whole), title=whole.title, at=now()),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{_file_name(asked)}.xlsx"'},
    )


def _bilan(asked: Asked) -> Bilan:
    codes = None if asked.is_whole else frozenset(each.code for each in asked.departements)
    return bilan_of(
        told_of(asked),
        years_of(codes, at=now()),
        words_of_reports(asked.edition, codes),
        where=_where(asked),
        network=settings().network_name,
        today=today(),
    )


def _where(asked: Asked) -> str:
    if asked.is_whole:
        return str(_("toute la région"))
    return ", ".join(each.name for each in asked.departements)


def _file_name(asked: Asked) -> str:
    name = slug(f"bilan {asked.edition.year} {_where(asked)}")
    return f"{name}-demonstration" if asked.edition.is_demo else name


@blueprint.app_template_global("weight_of_programme")
def weight_of_programme(activities: int) -> int:
    """Return about how many bytes the PDF of so many activities has."""
    return _WEIGHT + activities * _WEIGHT_EACH


@blueprint.app_template_global("weight_of_bilan")
def weight_of_bilan(activities: int) -> int:
    """Return about how many bytes the bilan of a territory with so many activities has."""
    return _WEIGHT_OF_BILAN + activities * _WEIGHT_OF_ONE


def printed_programme(edition: Edition) -> ResponseReturnValue:
    """Answer with the PDF of what the address asks for, or say in words why there is none."""
    asked = read_request(request.args, edition)
    order = request.args.get("ordre", Order.DAY.value)
    if asked.errors:
        return refused(*asked.errors.values(), edition=edition, asked=asked)
    if order not in set(Order):
        words = _("Le programme s’imprime par jour (jour) ou par commune (commune).")
        return refused(words, edition=edition, asked=asked)
    selection = queries.selected(asked.filters)
    if has_unknown(asked.filters, names_of(asked.filters)):
        words = _("Cette adresse demande quelque chose qui n’existe pas.")
        return refused(words, edition=edition, asked=asked, status=404)
    if not selection.activities:
        words = _("Aucune activité ne répond à cette recherche : il n’y a rien à imprimer.")
        return refused(words, edition=edition, asked=asked, status=404)
    if len(selection.activities) > MOST_PRINTED:
        words = _(
            "Ce programme est trop long pour être imprimé d’un coup : choisissez un département, un jour ou un type d’activité."
        )
        return refused(words, edition=edition, asked=asked)
    return answer(edition, asked.filters, Order(order), selection)


def answer(
    edition: Edition, filters: Filters, order: Order, selection: queries.Selection
) -> ResponseReturnValue:
    """Answer with a PDF, with nothing when the reader has it, or with a word when the press is busy."""
    front = front_of(edition, filters)
    tag = digest(front, order, selection)
    response = Response(status=304)
    if not request.if_none_match.contains_weak(tag):
        try:
            response = Response(pdf_of(tag, front, filters, order, selection))
        except services.PressError as error:
            raise ServiceUnavailable(retry_after=RETRY_AFTER) from error
        response.headers["Content-Type"] = "application/pdf"
        name = slug(f"programme {edition.year} {order} {front.words}")
        response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.set_etag(tag)
    response.headers["Cache-Control"] = CACHE
    return response


def pdf_of(
    tag: str, front: Front, filters: Filters, order: Order, selection: queries.Selection
) -> bytes:
    """Return the PDF that bears this tag, printed unless it is at hand."""

    def make() -> bytes:
        content = brochure(
            queries.entries_of(selection),
            selection.slots,
            bounds=Bounds(
                first=filters.first,
                last=filters.last,
                departements=filters.departements,
                communes=filters.communes,
                with_cancelled=filters.with_cancelled,
            ),
            order=order,
            front=front,
        )
        return services.pdf_of(content)

    known = services.programmes.find(tag)
    if known is not None:
        return known
    with services.turn_at_the_press():
        # Who waited may find that it was just printed for somebody else.
        return services.programmes.give(tag, make)


def front_of(edition: Edition, filters: Filters) -> Front:
    """Return what is said of the whole programme."""
    arguments = filter_arguments(filters)
    return Front(
        site=settings().site_name,
        network=settings().network_name,
        year=edition.year,
        dates=days_in_words(edition.starts_on, edition.ends_on),
        theme=edition.theme,
        words=describe(filters) if arguments else "",
        is_demo=edition.is_demo,
        printed_on=today(),
        url=absolute_url(
            "programme.edition", language=current_language(), year=edition.year, **arguments
        ),
        address_of=page_of,
        short_address_of=short_page_of,
    )


def page_of(activity: Activity) -> str:
    """Return the public address of an activity."""
    return absolute_url(
        "programme.show",
        language=current_language(),
        activity_id=activity.id,
        slug=activity.slug,
    )


def short_page_of(activity: Activity) -> str:
    """Return an address that leads to its page and makes a code that is easily read: the shorter, the larger its squares."""
    return absolute_url(
        "programme.show", language=current_language(), activity_id=activity.id, slug="-"
    )


def digest(front: Front, order: Order, selection: queries.Selection) -> str:
    """Return what is the same as long as what is printed is."""
    said = (front.site, front.network, front.dates, front.theme, front.words, front.is_demo)
    parts = (
        services.PRESS,
        current_language(),
        order,
        said,
        front.printed_on,
        front.url,
        selection.activities,
        sorted(selection.slots),
        queries.state_of(selection),
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def refused(
    *reasons: str,
    edition: Edition | None = None,
    asked: Request | None = None,
    status: int = 400,
) -> ResponseReturnValue:
    """Say in words why nothing is printed, and where to go from here."""
    page = render_template(
        "printing/_refused.html",
        reasons=reasons,
        edition=edition,
        arguments=filter_arguments(asked.filters) if asked else {},
    )
    return page, status
