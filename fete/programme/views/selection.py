"""What one chose of the programme: kept in the browser, shown under an address that names it."""

from urllib.parse import quote

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from fete.core.access import public
from fete.core.clock import now, today
from fete.core.i18n import current_language, gettext as _
from fete.core.templating import absolute_url
from fete.programme.forms.filters import MOST_ACTIVITIES, read_filters
from fete.programme.models import Edition
from fete.programme.queries.editions import current_edition
from fete.programme.queries.selection import published_among, selection_of
from fete.programme.rules.filters import Filters

blueprint = Blueprint("selection", __name__)


@blueprint.get("/mon-programme")
@public
def show() -> ResponseReturnValue:
    """Show the activities that the address names day by day; without any, say how one chooses."""
    asked = _numbers("activites")
    taken_off = tuple(each for each in _numbers("retirees") if each and each not in asked)
    undo = {
        "taken_off": taken_off,
        "titles": [each.title for each in published_among(taken_off)] if taken_off else [],
        "way_back": _address((*asked, *taken_off)),
    }
    if not asked:
        return render_template("selection/show.html", selection=None, asked=(), **undo)
    selection = selection_of(asked, now=now())
    found = tuple(each.id for each in selection.activities)
    page = render_template(
        "selection/show.html",
        selection=selection,
        asked=asked,
        found=found,
        gone=tuple(each for each in asked if each not in found),
        is_cut=_is_cut(),
        most=MOST_ACTIVITIES,
        without=lambda *numbers: _without(asked, numbers),
        **undo,
        **(_ways_to_keep(found, selection.latest) if selection.latest else {}),
    )
    return page, 200 if found else 404


@blueprint.app_template_global("most_chosen")
def most_chosen() -> int:
    """Return how many activities one may choose: its script is told it."""
    return MOST_ACTIVITIES


def _ways_to_keep(found: tuple[int, ...], edition: Edition) -> dict[str, object]:
    """Return the addresses under which these activities can be passed on, followed and printed."""
    chosen, year = _written(found), edition.year
    is_current = edition == current_edition(today())
    address = absolute_url("selection.show", language=current_language(), activites=chosen)
    title = _("Un programme pour la Fête de la science %(year)s", year=year)
    in_year = {"activites": chosen} if is_current else {"activites": chosen, "year": year}
    of_year = {"activites": chosen} if is_current else {"activites": chosen, "annee": year}
    return {
        "edition": edition,
        "filters": Filters(edition_id=edition.id, activities=found),
        "address": address,
        "letter": f"mailto:?subject={quote(title)}&body={quote(address)}",
        "calendar": url_for("feeds.current" if is_current else "feeds.edition", **in_year),
        "subscription": url_for("feeds.subscribe", **of_year),
        "paper": url_for("printing.current" if is_current else "printing.edition", **in_year),
    }


def _numbers(word: str) -> tuple[int, ...]:
    """Return the activities that the address names under a word; what is no number is none that there is."""
    given = MultiDict({"activites": ",".join(request.args.getlist(word))})
    return read_filters(given, None).activities


def _is_cut() -> bool:
    given = ",".join(request.args.getlist("activites")).split(",")
    return len({each for each in given if each}) > MOST_ACTIVITIES


def _without(asked: tuple[int, ...], numbers: tuple[int, ...]) -> str:
    """Return the address of what is left when some are taken off, and can be put back."""
    return _address(tuple(each for each in asked if each not in numbers), taken_off=numbers)


def _address(numbers: tuple[int, ...], *, taken_off: tuple[int, ...] = ()) -> str:
    return url_for(
        "selection.show",
        activites=_written(numbers) or None,
        retirees=_written(taken_off) or None,
    )


def _written(numbers: tuple[int, ...]) -> str:
    return ",".join(str(each) for each in sorted(numbers) if each)
