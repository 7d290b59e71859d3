"""For the coordination: the figures of its territory as they come in, what is missing, and what changed since last year."""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from fete.accounts.policies import territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import requires
from fete.core.clock import now, today
from fete.figures.queries import Territory, territory_of_edition
from fete.figures.rules import ALL_FIGURES, BREAKDOWNS, COVERAGE, DETAILS, KEY_FIGURES, OVERLAPS
from fete.geography.models import Departement
from fete.programme.models import Edition
from fete.programme.policies import can_see_edition
from fete.programme.queries.editions import find_edition
from fete.programme.queries.territory import code_among, departements_within
from fete.reports.policies import can_follow_up

blueprint = Blueprint("territory", __name__, url_prefix="/coordination/chiffres")

# How much of a long list a page shows; the whole is in the files.
MOST_SHOWN = 20
FIGURES = (*KEY_FIGURES, *DETAILS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is asked: an edition, and the départements of one's territory, one of them or all."""

    edition: Edition
    departements: list[Departement]
    own: list[Departement]
    # Nothing for all of one's territory.
    code: str | None

    @property
    def is_whole(self) -> bool:
        """Whether what has no département is told too."""
        return self.code is None and territory_of(this_person()) is None


@blueprint.get("/<int:year>/territoire")
@requires(can_follow_up)
def show(year: int) -> ResponseReturnValue:
    """Show the figures of a département, or of all of one's territory."""
    asked = asked_of(year)
    told = told_of(asked)
    return render_template(
        "territory/show.html",
        asked=asked,
        breakdowns=BREAKDOWNS,
        coverage=COVERAGE,
        definitions=ALL_FIGURES,
        estimate=told.estimate,
        figures=FIGURES,
        kinds={part.code: part.label for part in told.breakdowns["kind"]},
        most=MOST_SHOWN,
        overlaps=OVERLAPS,
        told=told,
    )


def asked_of(year: int) -> Asked:
    """Return what the address asks of one's own territory; answer 404 to anything else."""
    edition = find_edition(year)
    own = departements_within(territory_of(this_person()))
    word = request.args.get("departement") or None
    code = code_among(own, word)
    if edition is None or not can_see_edition(None, edition) or code != word or not own:
        abort(404)
    chosen = [each for each in own if code in {None, each.code}]
    return Asked(edition=edition, departements=chosen, own=own, code=code)


def told_of(asked: Asked) -> Territory:
    """Return what is told of the territory asked for, now."""
    return territory_of_edition(
        asked.edition, asked.departements, whole=asked.is_whole, at=now(), today=today()
    )
