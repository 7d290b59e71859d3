"""For all: the figures as open data, under any breakdown, as CSV, JSON and XLSX; and the dictionary of their columns."""

import json
from collections.abc import Callable, Iterator, Sequence

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.core.clock import now, to_paris, today
from fete.core.errors import RuleBrokenError
from fete.core.i18n import current_language, gettext as _
from fete.core.settings import settings
from fete.core.templating import absolute_url
from fete.core.workbook import XLSX, Cell, Sheet, comma_separated, spreadsheet
from fete.figures.arithmetic import FEWEST_TOGETHER, PERSONAL
from fete.figures.forms.reuse import MOST_BREAKDOWNS, Asked, Shape, read_asked
from fete.figures.queries import Crossing, crossings_of
from fete.figures.rules import (
    BESIDE_EACH,
    BREAKDOWNS,
    CODES,
    COUNTED,
    FIGURE_WORDS,
    LABELS,
    LONG,
    WORDS,
    YEAR,
    Figure,
)
from fete.figures.views.figures import RETURNS, answer_of, note_of
from fete.programme.models import Edition
from fete.programme.policies import can_see_edition
from fete.programme.queries.editions import find_edition, shown_editions

blueprint = Blueprint("reuse", __name__, url_prefix="/chiffres")

# Rises when a column is added; none is renamed, removed or given another meaning.
VERSION = "2"
LICENCE = "Licence Ouverte / Open Licence 2.0"
LICENCE_PAGE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
FORMATS = ("csv", "json", "xlsx")
_TYPES = {"csv": "text/csv", "json": "application/json", "xlsx": XLSX}
_FORMAT = f"<any({','.join(FORMATS)}):extension>"
# By how many lines a file is weighed before anybody asks for it.
_SAMPLE = 40

Row = dict[str, Cell]


@blueprint.get("/donnees")
@public
def dictionary() -> ResponseReturnValue:
    """Say what stands at these addresses, column by column, and make the address of what one wants."""
    editions = shown_editions()
    mistake = None
    try:
        asked = read_asked({name: ",".join(request.args.getlist(name)) for name in request.args})
    except RuleBrokenError as error:
        asked, mistake = Asked(), error
    year = request.args.get("annee", "")
    if year and year not in {str(each.year) for each in editions}:
        mistake = RuleBrokenError(_("Cette édition n’existe pas."), field="annee")
        year = ""
    chosen = [each for each in editions if not year or str(each.year) == year]
    page = render_template(
        "reuse/dictionary.html",
        weights=_weights(_crossings(chosen, asked), asked),
        addresses={each: _address(year, each, asked) for each in FORMATS},
        asked=asked,
        beside=BESIDE_EACH,
        breakdowns=BREAKDOWNS,
        codes=CODES,
        counted=COUNTED,
        editions=editions,
        fewest=FEWEST_TOGETHER,
        figure_words=FIGURE_WORDS,
        labels=LABELS,
        licence=LICENCE,
        licence_page=LICENCE_PAGE,
        long=LONG,
        mistake=mistake,
        most=MOST_BREAKDOWNS,
        personal=PERSONAL,
        shapes=Shape,
        version=VERSION,
        words=WORDS,
        year=year,
        year_column=YEAR,
    )
    return page, 400 if mistake else 200


@blueprint.get(f"/donnees.{_FORMAT}")
@public
def every(extension: str) -> ResponseReturnValue:
    """Give the figures of all editions, under the breakdowns asked for."""
    return _answer(shown_editions(), extension, name="chiffres")


@blueprint.get(f"/<int:year>/donnees.{_FORMAT}")
@public
def edition(year: int, extension: str) -> ResponseReturnValue:
    """Give the figures of an edition, under the breakdowns asked for."""
    found = find_edition(year)
    if found is None or not can_see_edition(None, found):
        return _refused(_("Il n’y a pas d’édition %(year)s.", year=year), status=404)
    return _answer([found], extension, name=f"chiffres-{year}")


def _address(year: str, extension: str, asked: Asked) -> str:
    arguments = {
        "par": ",".join(WORDS[name] for name in asked.breakdowns) or None,
        "forme": asked.shape.value if asked.shape is not Shape.WIDE else None,
        "chiffres": ",".join(FIGURE_WORDS[each.key] for each in asked.figures)
        if asked.figures != COUNTED
        else None,
        "au": asked.day.isoformat() if asked.day else None,
    }
    where: dict[str, object] = {"year": int(year)} if year else {}
    # A comma between words needs no escape, and spreadsheets keep it as it is.
    return absolute_url(
        "reuse.edition" if year else "reuse.every",
        language=current_language(),
        extension=extension,
        **where,
        **arguments,
    ).replace("%2C", ",")


def _answer(editions: Sequence[Edition], extension: str, *, name: str) -> Response:
    """Answer with the table, with 304 to who has it already, or in words when something else is asked."""
    try:
        asked = read_asked(request.args)
    except RuleBrokenError as error:
        return _refused(error.message, status=400)

    def table() -> Response:
        response = Response(_WRITERS[extension](_crossings(editions, asked), asked))
        response.headers["Content-Type"] = _content_type(extension)
        whole = f"{name}-demonstration" if any(each.is_demo for each in editions) else name
        response.headers["Content-Disposition"] = f'attachment; filename="{whole}.{extension}"'
        return response

    return answer_of(editions, table)


def _crossings(editions: Sequence[Edition], asked: Asked) -> list[Crossing]:
    return crossings_of(
        editions,
        list(asked.breakdowns),
        region=settings().region,
        at=now(),
        known_on=asked.known_on,
    )


def _weights(crossings: Sequence[Crossing], asked: Asked) -> dict[str, int]:
    """Return about how many bytes each file has, by what an empty one and its first lines have."""
    some = crossings[:_SAMPLE]
    weights = {}
    for extension, write in _WRITERS.items():
        empty, sample = (_length(write(rows, asked)) for rows in ([], some))
        weights[extension] = empty + (sample - empty) * len(crossings) // max(1, len(some))
    return weights


def _length(content: str | bytes) -> int:
    return len(content.encode() if isinstance(content, str) else content)


def _content_type(extension: str) -> str:
    kind = _TYPES[extension]
    return f"{kind}; charset=utf-8" if extension == "csv" else kind


def _refused(words: str, *, status: int) -> Response:
    where = _("Les colonnes et les adresses : %(page)s", page=_page())
    return Response(f"{status}\n{words}\n{where}\n", status=status, mimetype="text/plain")


def _page() -> str:
    return absolute_url("reuse.dictionary", language=current_language())


# What stands in the table


def _columns(asked: Asked) -> list[str]:
    parts = [column.name for name in asked.breakdowns for column in (CODES[name], LABELS[name])]
    told = [each.name for each in LONG]
    if asked.shape is Shape.WIDE:
        told = [each.key for each in asked.figures]
    return [YEAR.name, *parts, *told, *(each.name for each in BESIDE_EACH)]


def _rows(crossings: Sequence[Crossing], asked: Asked) -> Iterator[Row]:
    for each in crossings:
        values = {figure.key: _value(each, figure) for figure in asked.figures}
        if asked.shape is Shape.WIDE:
            secret = sum(_is_secret(each, figure) for figure in asked.figures)
            yield _part(each, asked) | values | _beside(each, secret=secret)
            continue
        for figure in asked.figures:
            told: Row = {
                "figure": figure.key,
                "figure_label": figure.label,
                "value": values[figure.key],
            }
            yield _part(each, asked) | told | _beside(each, secret=_is_secret(each, figure))


def _part(crossing: Crossing, asked: Asked) -> Row:
    row: Row = {YEAR.name: crossing.edition.year}
    for name, code, label in zip(asked.breakdowns, crossing.codes, crossing.labels, strict=True):
        row |= {name: code, LABELS[name].name: label}
    return row


def _value(crossing: Crossing, figure: Figure) -> int | None:
    if not crossing.is_told or _is_secret(crossing, figure):
        return None
    value: int = getattr(crossing.totals, figure.key)
    return value


def _is_secret(crossing: Crossing, figure: Figure) -> bool:
    return crossing.is_secret and figure.key in PERSONAL


def _beside(crossing: Crossing, *, secret: int) -> Row:
    coverage, frozen = crossing.totals.coverage, crossing.snapshot
    returns: Row = {f"reports_{name}": getattr(coverage, name) for name in RETURNS}
    return returns | {
        "secret": int(secret),
        "note": note_of(crossing.edition),
        "frozen_on": to_paris(frozen.frozen_at).date().isoformat() if frozen else None,
        "frozen_version": frozen.number if frozen else None,
    }


# How it is written


def _csv(crossings: Sequence[Crossing], asked: Asked) -> str:
    return comma_separated([_columns(asked), *(row.values() for row in _rows(crossings, asked))])


def _json(crossings: Sequence[Crossing], asked: Asked) -> str:
    value = {
        "site": settings().site_name,
        "dictionary": _page(),
        "version": VERSION,
        "licence": LICENCE,
        "counted_on": today().isoformat(),
        "known_on": asked.day.isoformat() if asked.day else None,
        "columns": _columns(asked),
        "rows": list(_rows(crossings, asked)),
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _xlsx(crossings: Sequence[Crossing], asked: Asked) -> bytes:
    columns = _columns(asked)
    meanings = {
        each.name: each.meaning
        for each in (YEAR, *CODES.values(), *LABELS.values(), *LONG, *BESIDE_EACH)
    } | {each.key: each.definition for each in COUNTED}
    sheets = [
        Sheet(
            name=_("Données"),
            columns=[(name, 28 if name.endswith("_label") else 14) for name in columns],
            rows=(tuple(row.values()) for row in _rows(crossings, asked)),
        ),
        Sheet(
            name=_("Colonnes"),
            columns=[(_("Colonne"), 22), (_("Ce qu’elle dit"), 120)],
            rows=[*((name, str(meanings[name])) for name in columns), (LICENCE, _page())],
        ),
    ]
    return spreadsheet(sheets, title=settings().site_name, at=now())


_WRITERS: dict[str, Callable[[Sequence[Crossing], Asked], str | bytes]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
}
