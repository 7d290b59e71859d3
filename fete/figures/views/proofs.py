"""For all: what is behind a figure, row by row, with the page of each activity; the team to the coordination only."""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.core.access import public
from fete.core.clock import now
from fete.core.settings import settings
from fete.figures.arithmetic import PERSONAL
from fete.figures.policies import can_see_teams
from fete.figures.queries import Behind, EditionFigures, Part, proof_of, shown_figures
from fete.figures.rules import (
    ALL_FIGURES,
    BREAKDOWNS,
    FIGURE_WORDS,
    WORDS,
)
from fete.figures.views.figures import day_asked, edition_of, known_on, names_of

blueprint = Blueprint("proofs", __name__)

# What the words of an address mean.
KEYS = {word: key for key, word in FIGURE_WORDS.items()}
PARTS = {word: name for name, word in WORDS.items()}
_LONGEST_CODE = 40
_PAGES = 1_000_000


@blueprint.get("/chiffres/<int:year>/preuves/<figure>")
@public
def show(year: int, figure: str) -> ResponseReturnValue:
    """List what makes a figure, or one part of it, and what it adds up to."""
    edition = edition_of(year)
    word, code = request.args.get("par", ""), request.args.get("valeur", "")[:_LONGEST_CODE] or None
    if figure not in KEYS or (word and word not in PARTS):
        abort(404)
    key, part = KEYS[figure], PARTS.get(word, "")
    day = day_asked(url_for("figures.edition", year=year))
    at = now()
    shown = shown_figures(edition, region=settings().region, at=at, known_on=known_on(day))
    names = names_of(shown.figures)
    if part and code not in names[part]:
        abort(404)
    is_of_a_team = key in PERSONAL and not _sees_teams(part, code)
    if is_of_a_team and part and _part(shown.figures, part, code).is_secret:
        abort(404)
    is_secret = is_of_a_team and shown.figures.totals.is_of_few
    told = None if is_secret else _told(shown.figures, key, part, code)
    behind = Behind(
        edition=edition,
        key=key,
        at=at,
        known_on=shown.snapshot.frozen_at if shown.snapshot else known_on(day),
        of=part,
        code=code,
    )
    return render_template(
        "proofs/show.html",
        edition=edition,
        key=key,
        figure=ALL_FIGURES[key],
        definition=shown.definitions.get(key, ""),
        shown=shown,
        day=day,
        part=part,
        part_label=BREAKDOWNS[part] if part else "",
        name=names[part][code] if part else "",
        told=told,
        proof=None if is_of_a_team else proof_of(behind, number=_number()),
        teams=[
            (
                names["departement"][each.code],
                None if each.is_secret else getattr(each.totals, key),
            )
            for each in shown.figures.breakdowns["departement"]
        ]
        if is_of_a_team and not part
        else [],
        arguments={
            "year": year,
            "figure": figure,
            "par": word or None,
            "valeur": (code or "") if part else None,
            "au": day.isoformat() if day else None,
        },
    )


def _told(figures: EditionFigures, key: str, part: str, code: str | None) -> int:
    """Return the figure that is to be proved, as the page of the edition tells it."""
    if not part:
        return int(getattr(figures.totals, key))
    return int(getattr(_part(figures, part, code).totals, key))


def _part(figures: EditionFigures, name: str, code: str | None) -> Part:
    return next(each for each in figures.breakdowns[name] if each.code == code)


def _sees_teams(part: str, code: str | None) -> bool:
    return current_user.is_authenticated and can_see_teams(current_user, part, code)


def _number() -> int:
    return min(request.args.get("page", default=1, type=int), _PAGES)
