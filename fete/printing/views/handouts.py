"""The key figures of an edition to hand out: two pages, and a picture to share."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from fete.core.access import public
from fete.core.clock import now, today
from fete.core.i18n import current_language, gettext as _, ngettext
from fete.core.ratelimit import limiter
from fete.core.settings import settings
from fete.core.templating import absolute_url, day as long_day, short_day
from fete.figures.queries import (
    FiguresMap,
    Part,
    Shown,
    changed_since,
    headlines_of,
    map_of_figures,
    shown_figures,
    shown_totals,
)
from fete.figures.views.figures import day_asked, edition_of, known_on, names_of, refused
from fete.printing import services
from fete.printing.handout import Area, Drawing, Handout, handout, picture
from fete.printing.views.printing import PRINTINGS, RETRY_AFTER
from fete.programme.models import Edition
from fete.programme.queries.editions import shown_editions

blueprint = Blueprint("handouts", __name__)

# Figures change with each validation: a cache asks whether they still hold.
CACHE = "public, no-cache"
MIMETYPES = {"pdf": "application/pdf", "png": "image/png"}


@blueprint.get("/chiffres/<int:year>.pdf")
@public
@limiter.shared_limit(PRINTINGS, scope="printing")
def pages(year: int) -> ResponseReturnValue:
    """Give the key figures of an edition on two pages, to hand out."""
    return _printed_figures(year, handout, layout="figures", form="pdf")


@blueprint.get("/chiffres/<int:year>.png")
@public
@limiter.shared_limit(PRINTINGS, scope="printing")
def card(year: int) -> ResponseReturnValue:
    """Give the key figures of an edition as a picture to share."""
    return _printed_figures(year, picture, layout="figures_picture", form="png")


def _printed_figures(
    year: int, say: Callable[[Handout], dict[str, Any]], *, layout: str, form: str
) -> ResponseReturnValue:
    """Answer with figures laid out, with nothing when the reader has them, or with a word when there are none."""
    edition = edition_of(year)
    back = url_for("figures.edition", year=year)
    day = day_asked(back)
    told = _handout_of(edition, day)
    if not told.totals.coverage.validated:
        return refused(
            _("Aucun bilan n’est encore validé\u00a0: il n’y a rien à imprimer."), back, status=404
        )
    content = say(told)
    tag = hashlib.blake2b(
        repr((services.PRESS, layout, content)).encode(), digest_size=12
    ).hexdigest()
    response = Response(status=304)
    if not request.if_none_match.contains_weak(tag):
        try:
            response = Response(_laid_out(tag, content, layout=layout, form=form))
        except services.PressError as error:
            raise ServiceUnavailable(retry_after=RETRY_AFTER) from error
        response.headers["Content-Type"] = MIMETYPES[form]
        name = f"chiffres-{year}" + ("-demonstration" if edition.is_demo else "")
        response.headers["Content-Disposition"] = f'inline; filename="{name}.{form}"'
    response.set_etag(tag)
    if not session:
        response.headers["Cache-Control"] = CACHE
    return response


def _laid_out(tag: str, content: dict[str, Any], *, layout: str, form: str) -> bytes:
    def make() -> bytes:
        return services.pdf_of(content, layout=layout, form=form)

    known = services.programmes.find(tag)
    if known is not None:
        return known
    with services.turn_at_the_press():
        return services.programmes.give(tag, make)


def _handout_of(edition: Edition, day: date | None) -> Handout:
    """Return what is told of an edition on paper: what its page shows."""
    at = now()
    shown = shown_figures(edition, region=settings().region, at=at, known_on=known_on(day))
    names = names_of(shown.figures)
    arguments = {"au": day.isoformat()} if day else {}
    return Handout(
        site=settings().site_name,
        network=settings().network_name,
        edition=edition,
        totals=shown.figures.totals,
        parts={
            name: [(part.code, _label(name, part, names[name]), part.totals) for part in parts]
            for name, parts in shown.figures.breakdowns.items()
        },
        definitions=shown.definitions,
        standing=_standing(shown, day),
        remarks=_remarks(shown),
        drawing=_drawing(map_of_figures(shown.figures, "visitors")),
        years=[
            (row.edition.year, row.edition.is_demo, row.totals)
            for row in shown_totals(shown_editions(), at=at)
            if row.totals.coverage.validated
        ],
        headlines=headlines_of(edition.year),
        url=absolute_url(
            "figures.edition", language=current_language(), year=edition.year, **arguments
        ),
        printed_on=today(),
    )


def _label(breakdown: str, part: Part, names: Mapping[str | None, str]) -> str:
    if breakdown == "day" and part.code:
        return short_day(date.fromisoformat(part.code))
    return names[part.code]


def _standing(shown: Shown, day: date | None) -> str:
    if shown.snapshot is not None:
        words = _(
            "Chiffres figés le %(day)s par la coordination régionale, version %(number)s (empreinte %(digest)s).",
            day=long_day(shown.snapshot.frozen_at),
            number=shown.snapshot.number,
            digest=shown.snapshot.digest[:12],
        )
    elif day is not None:
        words = _("Chiffres tels qu’on les connaissait le %(day)s.", day=long_day(day))
    else:
        words = _("Chiffres provisoires, comptés le %(day)s.", day=long_day(today()))
    return str(words)


def _remarks(shown: Shown) -> list[str]:
    if shown.frozen is None:
        return []
    changed = changed_since(shown.frozen)
    reason = shown.frozen.snapshot.reason
    altered = _(
        "Ce qui est gardé ne correspond plus à cette empreinte\u00a0: ces chiffres ont été modifiés après avoir été figés. "
        "Ne les citez pas, et prévenez la coordination régionale."
    )
    return [
        *([] if shown.frozen.is_intact else [altered]),
        *([_("Ce que cette version corrige\u00a0: %(reason)s", reason=reason)] if reason else []),
        *(
            [
                ngettext(
                    "%(num)s bilan a changé depuis\u00a0: il n’est pas compté ici.",
                    "%(num)s bilans ont changé depuis\u00a0: ils ne sont pas comptés ici.",
                    changed,
                )
            ]
            if changed
            else []
        ),
    ]


def _drawing(map_: FiguresMap | None) -> Drawing | None:
    if map_ is None:
        return None
    return Drawing(
        width=map_.box.width,
        height=map_.box.height,
        areas=[
            Area(
                path=each.outline.path,
                middle=each.outline.middle,
                code=each.outline.code,
                name=each.outline.name,
                value=each.value,
                shade=each.shade,
            )
            for each in map_.departements
        ],
        dots=map_.dots,
    )
