"""For all: the figures of an edition, and those of the editions side by side; as pages, JSON and CSV."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete import __version__
from fete.core.access import public
from fete.core.answers import stands
from fete.core.clock import day_bounds, end_of, now, to_paris, today
from fete.core.errors import RuleBrokenError
from fete.core.i18n import current_language, gettext as _
from fete.core.settings import settings
from fete.core.workbook import comma_separated
from fete.figures.arithmetic import PERSONAL, Totals
from fete.figures.models import Headline, Snapshot
from fete.figures.queries import (
    EditionFigures,
    Part,
    Shown,
    ShownTotals,
    changed_since,
    headlines,
    headlines_of,
    map_of_figures,
    next_end,
    published_snapshots,
    same_day_before,
    shown_figures,
    shown_totals,
    shows_estimate,
    signature_of,
)
from fete.figures.rules import (
    ADDITIVE,
    ALL_FIGURES,
    BESIDE,
    BREAKDOWNS,
    CHARTED,
    COUNTED,
    COVERAGE,
    DETAILS,
    FIGURE_WORDS,
    KEY_FIGURES,
    NAMELESS,
    OVERLAPS,
    WORDS,
    Counted,
    Figure,
    Series,
    day_known,
    definitions,
    series_of,
)
from fete.geography.queries import find_region
from fete.programme.models import Edition
from fete.programme.policies import can_see_edition
from fete.programme.queries.editions import find_edition, shown_editions
from fete.programme.queries.standing import latest_now
from fete.reports.arithmetic import Returns

blueprint = Blueprint("figures", __name__)

# A cache may keep an answer, but asks whether it still holds.
CACHE = "public, no-cache"
COLUMNS = ("figure", "breakdown", "code", "label", "value", "year", "note", "definition")
RETURNS = ("due", "received", "validated", "waived")
# What the files weigh about, in bytes: the totals of an edition, one of its parts, a figure that others published, what each says.
_CSV_TOTALS, _CSV_PART = 4_300, 1_550
_JSON_TOTALS, _JSON_PART, _JSON_HEADLINE, _JSON_DEFINITIONS = 700, 550, 180, 2_500
# The table of one breakdown, and each of its lines.
_TABLE, _ROW = 400, 130

Value = dict[str, Any]


@blueprint.get("/chiffres")
@public
def series() -> ResponseReturnValue:
    """Show the editions side by side, and what was published elsewhere about each year."""
    editions = shown_editions()

    def page() -> Response:
        rows = shown_totals(editions, at=now())
        published = headlines()
        return Response(
            render_template(
                "figures/series.html",
                rows=rows,
                charts=_charts(rows, published),
                headlines=published,
                csv_weight=len(rows) * _CSV_TOTALS,
                json_weight=_json_weight(editions=len(rows), headlines=len(published)),
                years=sorted({each.year for each in published}, reverse=True),
                key_figures=KEY_FIGURES,
                all_figures=ALL_FIGURES,
                coverage=COVERAGE,
            )
        )

    return _page_answer(editions, page)


@blueprint.get("/chiffres/<int:year>")
@public
def edition(year: int) -> ResponseReturnValue:
    """Show the figures of an edition, each with its definition, their proof, their parts and their coverage."""
    standing = latest_now()
    found = edition_of(year)
    day = day_asked(url_for("figures.edition", year=year))
    if day is None and published_snapshots([found]):
        # Before anything of it is read: what changes meanwhile makes another answer. Others beside it are live: the
        # next session that ends makes their reports due.
        until = min(filter(None, (day_bounds(today())[1], next_end(at=now()))))
        stands(standing, until=until, asked=latest_now)
    every = shown_editions()
    return _page_answer([found, *every], lambda: _edition_page(found, every, day))


@blueprint.get("/chiffres/<int:year>/communes")
@public
def communes(year: int) -> ResponseReturnValue:
    """Show the figures of an edition in each commune."""
    found = edition_of(year)
    day = day_asked(url_for("figures.communes", year=year))

    def page() -> Response:
        shown = _shown(found, day)
        return Response(
            render_template(
                "figures/communes.html",
                edition=found,
                shown=shown,
                day=day,
                parts=shown.figures.breakdowns["commune"],
                names=names_of(shown.figures)["commune"],
                columns={each.key: each for each in KEY_FIGURES},
                weight=_table_weight(shown.figures, "commune"),
                overlaps=OVERLAPS["commune"],
            )
        )

    return _page_answer([found], page)


def _edition_page(found: Edition, every: Sequence[Edition], day: date | None) -> Response:
    at, shown = now(), _shown(found, day)
    figures, totals = shown.figures, shown.figures.totals
    is_live = shown.frozen is None and day is None
    parts = sum(map(len, figures.breakdowns.values()))
    published = headlines_of(found.year)
    return Response(
        render_template(
            "figures/edition.html",
            edition=found,
            shown=shown,
            figures=figures,
            totals=totals,
            day=day,
            changed=changed_since(shown.frozen) if shown.frozen else 0,
            has_begun=found.starts_on <= today(),
            headlines=published,
            csv_weight=_CSV_TOTALS + parts * _CSV_PART,
            json_weight=_json_weight(parts=parts, headlines=len(published)),
            key_figures={each.key: each for each in KEY_FIGURES},
            details=[each for each in DETAILS if each.key != "visitor_minutes"],
            beside=[each for each in BESIDE if each.key != "estimated"],
            all_figures=ALL_FIGURES,
            breakdowns=BREAKDOWNS,
            overlaps=OVERLAPS,
            has_sum={name: bool(figures) for name, figures in ADDITIVE.items()},
            names=names_of(figures),
            table_weights={name: _table_weight(figures, name) for name in BREAKDOWNS},
            map=map_of_figures(figures, "visitors"),
            estimate=figures.estimate if shows_estimate(found) else None,
            kinds={part.code: part.label for part in figures.breakdowns["kind"]},
            compared=[row for row in shown_totals(every, at=at) if row.totals.coverage.validated],
            same_day=same_day_before(found, every, at=at, today=today()) if is_live else None,
            coverage=COVERAGE,
        )
    )


@blueprint.get("/chiffres.json")
@public
def series_json() -> ResponseReturnValue:
    """Give the figures of the editions side by side as JSON."""
    editions = shown_editions()

    def answer() -> Response:
        return _json(
            {
                "site": settings().site_name,
                "editions": [
                    _edition_value(row.edition, row.snapshot)
                    | _totals_value(row.totals, is_secret=row.totals.is_of_few)
                    for row in shown_totals(editions, at=now())
                ],
                "definitions": definitions(),
                "headlines": [_headline_value(each) for each in headlines()],
            }
        )

    return answer_of(editions, answer)


@blueprint.get("/chiffres/<int:year>.json")
@public
def edition_json(year: int) -> ResponseReturnValue:
    """Give the figures of an edition as JSON."""
    found = edition_of(year)
    day = day_asked(url_for("figures.edition", year=year))

    def answer() -> Response:
        shown = _shown(found, day)
        figures = shown.figures
        return _json(
            {"site": settings().site_name}
            | _edition_value(found, shown.snapshot)
            | {"known_on": day.isoformat() if day else None}
            | _totals_value(figures.totals, is_secret=figures.totals.is_of_few)
            | {
                "definitions": dict(shown.definitions),
                "breakdowns": {
                    name: {
                        "label": str(BREAKDOWNS[name]),
                        "additive": sorted(ADDITIVE[name]),
                        "rows": [_part_value(part, name) for part in parts],
                    }
                    for name, parts in figures.breakdowns.items()
                },
                "headlines": [_headline_value(each) for each in headlines_of(year)],
            }
        )

    return answer_of([found], answer)


@blueprint.get("/chiffres.csv")
@public
def series_csv() -> ResponseReturnValue:
    """Give the figures of the editions side by side as CSV, one value a line."""
    editions = shown_editions()

    def answer() -> Response:
        rows = (line for row in shown_totals(editions, at=now()) for line in _edition_lines(row))
        return _csv(rows, name="chiffres", is_demo=False)

    return answer_of(editions, answer)


@blueprint.get("/chiffres/<int:year>.csv")
@public
def edition_csv(year: int) -> ResponseReturnValue:
    """Give the figures of an edition as CSV, one value a line."""
    found = edition_of(year)
    day = day_asked(url_for("figures.edition", year=year))

    def answer() -> Response:
        return _csv(
            _figure_lines(_shown(found, day)), name=f"chiffres-{year}", is_demo=found.is_demo
        )

    return answer_of([found], answer)


def _json_weight(*, editions: int = 1, parts: int = 0, headlines: int) -> int:
    return (
        _JSON_DEFINITIONS
        + editions * _JSON_TOTALS
        + parts * _JSON_PART
        + headlines * _JSON_HEADLINE
    )


def _table_weight(figures: EditionFigures, breakdown: str) -> int:
    return _TABLE + _ROW * len(figures.breakdowns[breakdown])


@blueprint.app_template_global("proof_address")
def proof_address(
    year: int, key: str, part: str = "", code: str | None = None, *, au: str | None = None
) -> str:
    """Return the address of what is behind a figure, or behind the part of it that bears a code."""
    return url_for(
        "proofs.show",
        year=year,
        figure=FIGURE_WORDS[key],
        par=WORDS[part] if part else None,
        valeur=(code or "") if part else None,
        au=au,
    )


@blueprint.app_template_global("personal_figures")
def personal_figures() -> frozenset[str]:
    """Return the figures that tell of people, which small parts keep secret."""
    return PERSONAL


@blueprint.app_template_global("table_address")
def table_address(year: int, breakdown: str, *, au: str | None = None) -> str:
    """Return the address of the table of a breakdown, for a spreadsheet."""
    return url_for("reuse.edition", year=year, extension="csv", par=WORDS[breakdown], au=au)


def edition_of(year: int) -> Edition:
    """Return the edition of a year, for who may see it."""
    found = find_edition(year)
    person = current_user if current_user.is_authenticated else None
    if found is None or not can_see_edition(person, found):
        abort(404)
    return found


def day_asked(back: str) -> date | None:
    """Return the day that the address asks for; what is no day that has come is answered in words, with a way back."""
    try:
        return day_known(request.args.get("au", ""), today=today())
    except RuleBrokenError as error:
        abort(make_response(refused(error.message, back)))


def known_on(day: date | None) -> datetime | None:
    """Return the moment of which an address asks: the end of a day; nothing for what is shown now."""
    return end_of(day) if day else None


def _shown(edition: Edition, day: date | None) -> Shown:
    return shown_figures(edition, region=settings().region, at=now(), known_on=known_on(day))


def refused(reason: str, back: str, *, status: int = 400) -> ResponseReturnValue:
    """Say in words why there are no figures at this address, and where there are some."""
    return render_template("figures/_refused.html", reason=reason, back=back), status


def _page_answer(editions: Sequence[Edition], page: Callable[[], Response]) -> Response:
    """Answer with a page, conditionally to those who read without an account: theirs is the same for all."""
    return page() if session else answer_of(editions, page)


def answer_of(editions: Sequence[Edition], answer: Callable[[], Response]) -> Response:
    """Answer 304 without counting when nothing has changed since, else the whole."""
    parts = (
        signature_of(editions, at=now()),
        today().isoformat(),
        current_language(),
        request.path,
        # As it was written: a figure is asked for by name, and in an order.
        request.query_string.decode("latin-1"),
        _dress(),
        __version__,
        settings().site_name,
        settings().network_name,
        settings().accessibility_state,
        settings().region,
    )
    tag = hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
    response = Response(status=304) if request.if_none_match.contains_weak(tag) else answer()
    # A weak one: the bytes change with their compression, the figures do not.
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = CACHE
    return response


@lru_cache(maxsize=1)
def _dress() -> str:
    """Return what changes when the pages are drawn anew: a fingerprint of what they are made of."""
    drawn = hashlib.blake2b(digest_size=8)
    for folder in ("templates/figures", "templates/layouts", "templates/components", "static"):
        for path in sorted(Path(current_app.root_path, folder).rglob("*.*")):
            drawn.update(path.read_bytes())
    return drawn.hexdigest()


def _json(value: Value) -> Response:
    return Response(
        json.dumps(value, ensure_ascii=False, indent=1) + "\n", mimetype="application/json"
    )


def _csv(rows: Iterable[tuple[object, ...]], *, name: str, is_demo: bool) -> Response:
    name += "-demonstration" if is_demo else ""
    response = Response(comma_separated([COLUMNS, *rows]), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def note_of(edition: Edition) -> str:
    """Return what is noted beside each figure of an edition: that it is made up, or nothing."""
    return _("Données de démonstration") if edition.is_demo else ""


def _edition_value(edition: Edition, snapshot: Snapshot | None) -> Value:
    counted_on = to_paris(snapshot.frozen_at).date() if snapshot else today()
    return {
        "year": edition.year,
        "edition": {
            "year": edition.year,
            "ordinal": edition.ordinal,
            "starts_on": edition.starts_on.isoformat(),
            "ends_on": edition.ends_on.isoformat(),
            "theme": edition.theme,
            "state": edition.state.value,
        },
        "is_demo": edition.is_demo,
        "note": note_of(edition),
        "counted_on": counted_on.isoformat(),
        "snapshot": _snapshot_value(snapshot),
    }


def _totals_value(totals: Totals, *, is_secret: bool) -> Value:
    return _values(totals, KEY_FIGURES, is_secret=is_secret) | {
        "coverage": _coverage_value(totals.coverage),
        "details": _values(totals, DETAILS, is_secret=is_secret),
        "beside": _values(totals, BESIDE, is_secret=is_secret),
    }


def _values(totals: Totals, figures: Iterable[Figure], *, is_secret: bool) -> Value:
    return {
        each.key: None if is_secret and each.key in PERSONAL else getattr(totals, each.key)
        for each in figures
    }


def _coverage_value(coverage: Returns) -> Value:
    share = None if coverage.share is None else round(coverage.share, 4)
    return {name: getattr(coverage, name) for name in RETURNS} | {"share": share}


def _part_value(part: Part, breakdown: str) -> Value:
    told = {"code": part.code, "label": _name(part, breakdown), "is_secret": part.is_secret}
    return told | _totals_value(part.totals, is_secret=part.is_secret)


def _headline_value(headline: Headline) -> Value:
    return {
        "year": headline.year,
        "key": headline.key,
        "value": headline.value,
        "scope": headline.scope,
        "nature": headline.nature.value,
        "source": headline.source,
    }


def _snapshot_value(snapshot: Snapshot | None) -> Value | None:
    if snapshot is None:
        return None
    return {
        "number": snapshot.number,
        "frozen_at": snapshot.frozen_at.isoformat(),
        "reason": snapshot.reason,
        "digest": snapshot.digest,
    }


def _name(part: Part, breakdown: str) -> str:
    if part.code is not None:
        return part.label
    return str(NAMELESS[breakdown])


def _charts(rows: Sequence[ShownTotals], published: Sequence[Headline]) -> list[Series]:
    counted = [
        Counted(
            year=row.edition.year,
            values=asdict(row.totals),
            definitions=row.definitions,
            is_demo=row.edition.is_demo,
        )
        for row in reversed(rows)
        if row.totals.coverage.validated
    ]
    region = find_region(settings().region)
    beside = [each for each in published if region and each.scope == region.name]
    return [series_of(key, counted, beside) for key in CHARTED]


def names_of(figures: EditionFigures) -> dict[str, dict[str | None, str]]:
    """Return how each part is called, by breakdown and code."""
    return {
        name: {part.code: _name(part, name) for part in parts}
        for name, parts in figures.breakdowns.items()
    }


def _values_of(totals: Totals) -> Iterator[tuple[str, Figure, int]]:
    for each in COUNTED:
        yield each.key, each, getattr(totals, each.key)
    for name in RETURNS:
        yield f"reports_{name}", COVERAGE, getattr(totals.coverage, name)


def _figure_lines(shown: Shown) -> Iterator[tuple[object, ...]]:
    figures = shown.figures
    year, note = figures.edition.year, note_of(figures.edition)
    for key, figure, value, said in _told(figures.totals, note, is_secret=figures.totals.is_of_few):
        yield key, "total", "", figure.label, value, year, said, shown.definitions[figure.key]
    for name, parts in figures.breakdowns.items():
        for part in parts:
            for key, _figure, value, said in _told(part.totals, note, is_secret=part.is_secret):
                yield key, name, part.code or "", _name(part, name), value, year, said, ""


def _edition_lines(row: ShownTotals) -> Iterator[tuple[object, ...]]:
    year, note = row.edition.year, note_of(row.edition)
    for key, figure, value, said in _told(row.totals, note, is_secret=row.totals.is_of_few):
        yield key, "edition", year, figure.label, value, year, said, row.definitions[figure.key]


def _told(
    totals: Totals, note: str, *, is_secret: bool
) -> Iterator[tuple[str, Figure, int | str, str]]:
    """Give each figure with its value and what is noted of it; the people of few are secret."""
    for key, figure, value in _values_of(totals):
        if is_secret and key in PERSONAL:
            yield key, figure, "", ", ".join(filter(None, [note, _("secret")]))
        else:
            yield key, figure, value, note
