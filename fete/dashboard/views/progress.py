"""For the coordination: how far each département is, the communes where nothing is held, the structures that are late."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import requires
from fete.core.clock import today
from fete.core.i18n import gettext as _
from fete.core.workbook import comma_separated
from fete.dashboard.queries.progress import (
    Board,
    Counts,
    Line,
    board_of,
    edition_before,
    empty_communes,
    late_organisations,
)
from fete.geography.models import Departement
from fete.programme.models import Edition
from fete.programme.queries.editions import shown_edition, shown_editions
from fete.programme.queries.territory import code_among, departements_within

blueprint = Blueprint("progress", __name__, url_prefix="/coordination/avancement")

COMMUNES = 50
# Which late structures to list, by the word of the address.
REACHABLE = {"oui": True, "non": False}


@blueprint.route("")
@requires(is_coordinator)
def index() -> ResponseReturnValue:
    """Show how far each département of one's territory is, beside the edition before on the same day."""
    edition = _edition()
    board = _board(edition) if edition is not None else None
    return render_template(
        "progress/index.html",
        board=board,
        file_weight=len(_file_of(board)) if board is not None else 0,
        edition=edition,
        editions=shown_editions(),
    )


@blueprint.route("/tableau.csv")
@requires(is_coordinator)
def export() -> ResponseReturnValue:
    """Give the same as a file for a spreadsheet."""
    edition = _edition()
    if edition is None:
        abort(404)
    name = f"avancement-{edition.year}" + ("-demonstration" if edition.is_demo else "")
    response = Response(_file_of(_board(edition)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{today()}.csv"'
    return response


@blueprint.route("/communes")
@requires(is_coordinator)
def communes() -> ResponseReturnValue:
    """List the communes of one's territory where nothing is held yet."""
    edition = _edition()
    departements = _departements()
    chosen = _chosen(departements)
    page = None
    previous = edition_before(edition) if edition is not None else None
    if edition is not None:
        page = empty_communes(
            edition,
            previous=previous,
            departements=[each.code for each in departements if chosen in {None, each.code}],
            number=request.args.get("page", default=1, type=int),
            size=COMMUNES,
        )
    return render_template(
        "progress/communes.html",
        edition=edition,
        previous=previous,
        departements=departements,
        chosen=chosen,
        page=page,
    )


@blueprint.route("/structures-en-retard")
@requires(is_coordinator)
def late() -> ResponseReturnValue:
    """List the structures that took part the year before and have deposited nothing yet."""
    edition = _edition()
    previous = edition_before(edition) if edition is not None else None
    departements = _departements()
    chosen = _chosen(departements)
    word = request.args.get("joignables", "")
    page = None
    if edition is not None and previous is not None:
        page = late_organisations(
            edition,
            previous,
            departements=_codes(departements, chosen),
            reachable=REACHABLE.get(word),
            number=request.args.get("page", default=1, type=int),
        )
    return render_template(
        "progress/late.html",
        edition=edition,
        previous=previous,
        departements=departements,
        chosen=chosen,
        word=word if word in REACHABLE else "",
        page=page,
    )


def _board(edition: Edition) -> Board:
    return board_of(
        edition,
        edition_before(edition),
        territory=territory_of(this_person()),
        departements=_departements(),
        today=today(),
    )


def _edition() -> Edition | None:
    return shown_edition(request.args.get("edition", type=int), today=today())


def _departements() -> list[Departement]:
    return departements_within(territory_of(this_person()))


def _chosen(departements: Sequence[Departement]) -> str | None:
    return code_among(departements, request.args.get("departement"))


def _codes(departements: Sequence[Departement], chosen: str | None) -> list[str] | None:
    """Return the codes to look in; nothing for the whole region, whose structures may be of no département."""
    if chosen is not None:
        return [chosen]
    if territory_of(this_person()) is None:
        return None
    return [each.code for each in departements]


def _file_of(board: Board) -> bytes:
    return comma_separated(_rows(board)).encode()


def _rows(board: Board) -> Iterator[list[object]]:
    names = (
        _("Commencées"),
        _("Déposées"),
        _("En attente"),
        _("Labellisées"),
        _("Publiées"),
        _("Communes d’accueil"),
    )
    year = board.edition.year
    before = board.previous.year if board.previous is not None else None
    yield [
        _("Code"),
        _("Département"),
        *(f"{name} {year}" for name in names),
        _("Communes sans activité"),
        *((f"{name} {before}" for name in names) if before else ()),
    ]
    for line in board.lines:
        yield _row(
            line,
            line.departement.code if line.departement else "",
            line.departement.name if line.departement else _("Sans lieu, ou hors de la région"),
        )
    yield _row(board.total, "", _("Ensemble"))


def _row(line: Line, code: str, name: str) -> list[object]:
    before = _numbers(line.before) if line.before is not None else []
    return [code, name, *_numbers(line.now), line.empty, *before]


def _numbers(counts: Counts) -> list[int]:
    return [
        counts.begun,
        counts.declared,
        counts.waiting,
        counts.labelled,
        counts.published,
        counts.hosts,
    ]
