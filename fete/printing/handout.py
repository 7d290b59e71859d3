"""The key figures of an edition, as one hands them out: words and numbers, for the printer to lay out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fete.core.i18n import current_language, gettext as _, ngettext, spaced
from fete.core.templating import day as long_day, number, ordinal, percent, until
from fete.figures.arithmetic import PERSONAL, Totals
from fete.figures.models import Headline, Nature
from fete.figures.rules import ALL_FIGURES, BREAKDOWNS
from fete.printing.brochure import code_of, drawn
from fete.programme.models import Edition

CARDS = ("activities", "host_communes", "lab_open_days", "researchers", "mediators", "volunteers")
_DEFINED = ("visitors", "pupils", *CARDS)
# Short ones first: they fill the foot of the first page.
_BARS = ("day", "audience", "kind", "family")
_YEARS = ("visitors", "pupils", "activities", "host_communes")
# What two pages have room for.
_MOST_BARS, _MOST_YEARS, _MOST_HEADLINES = 9, 6, 8
_MOST_DAYS = 14
# From the lightest to the darkest; nothing at all first.
_SHADES = ("#f4f1ea", "#d5e0f4", "#a9c2ea", "#6d94d4", "#2f5aa8")
_DARK = 3
_SCALE = 34


# A code, and nothing for what has none; what it is called; its figures.
Part = tuple[str | None, str, Totals]


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A département on the map: its path, its middle, its code, its name, its value and how dark it is."""

    path: str
    middle: tuple[int, int]
    code: str
    name: str
    value: int
    shade: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """The map of the visitors."""

    width: int
    height: int
    areas: Sequence[Area]
    dots: Sequence[tuple[int, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Handout:
    """All that is told of an edition on paper."""

    site: str
    network: str
    edition: Edition
    totals: Totals
    # The codes, names and totals of the parts, by breakdown.
    parts: Mapping[str, Sequence[Part]]
    definitions: Mapping[str, str]
    # What these figures are: frozen, known on a day, or provisional; and what is honest to add.
    standing: str
    remarks: Sequence[str]
    drawing: Drawing | None
    years: Sequence[tuple[int, bool, Totals]]
    headlines: Sequence[Headline]
    url: str
    printed_on: date


def handout(told: Handout) -> dict[str, Any]:
    """Return what two pages say."""
    edition, totals = told.edition, told.totals
    found: dict[str, Any] = drawn(
        _front(told)
        | {
            "cards": [
                {"value": _value_of(key, totals), "label": _label(key, totals)} for key in CARDS
            ],
            "coverage": _coverage(totals),
            "departements": [_row(name, part) for _code, name, part in told.parts["departement"]],
            "bars": [_bars(name, told.parts[name]) for name in _BARS if told.parts.get(name)],
            "years": [_year(*each) for each in told.years[:_MOST_YEARS]],
            "beside": [
                f"{number(getattr(totals, key))} {_label(key, totals)}"
                for key in ("containers", "online", "apart_activities", "cancelled")
                if getattr(totals, key)
            ],
            "headlines": [_headline(each) for each in told.headlines[:_MOST_HEADLINES]],
            "definitions": [
                {"label": _capital(ALL_FIGURES[key].label), "text": told.definitions[key]}
                for key in _DEFINED
                if key in told.definitions
            ],
            "words": _words(edition),
        }
    )
    # Not read by people: it stays as it is.
    found["map"] = drawing_of(told.drawing) if told.drawing else ""
    return found


def picture(told: Handout) -> dict[str, Any]:
    """Return what a picture of the key figures says."""
    shown = ("activities", "host_communes", "volunteers")
    found: dict[str, Any] = drawn(
        _front(told)
        | {
            "coverage": _coverage(told.totals)[0],
            "cards": [
                {"value": _value_of(key, told.totals), "label": _label(key, told.totals)}
                for key in shown
            ],
        }
    )
    return found


def drawing_of(drawing: Drawing) -> str:
    """Return the map as SVG that stands alone."""
    areas = "".join(
        f'<path d="{each.path}" fill="{_SHADES[each.shade]}" stroke="#fff" stroke-width="3"/>'
        for each in drawing.areas
    )
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="5" fill="#b23a1e" stroke="#fff" stroke-width="1.5"/>'
        for x, y in drawing.dots
    )
    values = "".join(_value(each) for each in drawing.areas)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-6 -6 {drawing.width + 12} {drawing.height + 12}">'
        f"{areas}{dots}{values}</svg>"
    )


def _value(area: Area) -> str:
    x, y = area.middle
    fill = "#fff" if area.shade >= _DARK else "#17315f"
    halo = _SHADES[area.shade]
    return (
        f'<text x="{x}" y="{y + 12}" text-anchor="middle" font-family="Libertinus Serif" font-weight="bold"'
        f' font-size="{_SCALE}" fill="{fill}" stroke="{halo}" stroke-width="6" paint-order="stroke">'
        f"{number(area.value)}</text>"
    )


def _front(told: Handout) -> dict[str, Any]:
    edition, totals = told.edition, told.totals
    return {
        "lang": current_language(),
        "site": told.site,
        "network": told.network,
        "title": _("Chiffres clés %(year)s", year=edition.year),
        "dates": _(
            "%(ordinal)s édition, %(days)s",
            ordinal=ordinal(edition.ordinal),
            days=until(edition.starts_on, edition.ends_on),
        ),
        "theme": edition.theme,
        "visitors": number(totals.visitors),
        "visitors_label": _label("visitors", totals),
        "pupils": ngettext(
            "dont %(count)s scolaire",
            "dont %(count)s scolaires",
            totals.pupils,
            count=number(totals.pupils),
        )
        + (f" ({percent(totals.pupils_share)})" if totals.pupils_share is not None else ""),
        "share": totals.pupils_share or 0,
        "standing": told.standing,
        "remarks": list(told.remarks),
        "demo": _("Données de démonstration\u00a0: ces chiffres sont inventés.")
        if edition.is_demo
        else "",
        "url": told.url,
        "address": told.url.partition("//")[2],
        "code": code_of(told.url),
        "date": [told.printed_on.year, told.printed_on.month, told.printed_on.day],
        "printed_on": _("Imprimé le %(day)s", day=long_day(told.printed_on)),
    }


def _coverage(totals: Totals) -> list[str]:
    coverage = totals.coverage
    lines = [
        _(
            "Bilans validés\u00a0: %(validated)s sur %(due)s attendus (%(share)s). Bilans reçus\u00a0: %(received)s sur %(due)s.",
            validated=number(coverage.validated),
            due=number(coverage.due),
            share=percent(coverage.share),
            received=number(coverage.received),
        )
    ]
    if totals.estimated:
        lines.append(
            _(
                "%(share)s des visiteurs ont été estimés à vue d’œil, les autres comptés un par un ou d’après des billets.",
                share=percent(totals.estimated_share),
            )
        )
    return lines


def _bars(breakdown: str, parts: Sequence[Part]) -> dict[str, Any]:
    by_time = breakdown == "day"
    told = [part for part in parts if part[2].visitors and not (by_time and part[0] is None)]
    if not by_time:
        told.sort(key=lambda part: -part[2].visitors)
    most = _MOST_DAYS if by_time else _MOST_BARS
    shown, left = told[:most], len(told) - most
    greatest = max((part.visitors for _code, _name, part in shown), default=0) or 1
    # Of no day: their bar would flatten all the others.
    undated = [
        f"{name}{spaced(':')} {number(part.visitors)}" for code, name, part in parts if code is None
    ]
    return {
        "title": _("Visiteurs %(breakdown)s", breakdown=BREAKDOWNS[breakdown]),
        "rows": [
            {"label": name, "value": number(part.visitors), "share": part.visitors / greatest}
            for _code, name, part in shown
        ],
        "rest": [
            *([ngettext("et %(num)s autre", "et %(num)s autres", left)] if left > 0 else []),
            *(undated if by_time else []),
        ],
    }


def _row(name: str, totals: Totals) -> dict[str, str]:
    return {
        "label": name,
        "visitors": number(totals.visitors),
        "pupils": number(totals.pupils),
        "activities": number(totals.activities),
        "communes": number(totals.host_communes),
    }


def _year(year: int, is_demo: bool, totals: Totals) -> dict[str, Any]:  # one of three of a row
    label = _("%(year)s (démonstration)", year=year) if is_demo else str(year)
    coverage = totals.coverage
    return {
        "label": label,
        "values": [number(getattr(totals, key)) for key in _YEARS]
        + [
            _(
                "%(validated)s / %(due)s",
                validated=number(coverage.validated),
                due=number(coverage.due),
            )
        ],
    }


def _headline(headline: Headline) -> str:
    words = _(
        "%(value)s %(figure)s (%(scope)s), %(nature)s. Source\u00a0: %(source)s",
        value=number(headline.value),
        figure=ALL_FIGURES[headline.key].named(headline.value),
        scope=headline.scope,
        nature={
            Nature.ANNOUNCED: _("annoncé avant la fête"),
            Nature.MEASURED: _("donné comme un résultat, après la fête"),
            Nature.COMPUTED: _("calculé ici, puis publié"),
        }[headline.nature],
        source=headline.source,
    )
    return str(words)


def _words(edition: Edition) -> dict[str, Any]:
    return {
        "coverage": _("Sur quoi reposent ces chiffres"),
        "where": _("Visiteurs par département, et communes accueillantes"),
        "departement": _("Département"),
        "columns": [
            _("Communes") if key == "host_communes" else _capital(ALL_FIGURES[key].label)
            for key in _YEARS
        ],
        "returns": _("Bilans validés sur attendus"),
        "years": _("D’une édition à l’autre"),
        "year": _("Édition"),
        "beside": _("Comptés à part"),
        "elsewhere": _("Publié ailleurs sur l’édition %(year)s", year=edition.year),
        "definitions": _("Ce que compte chaque chiffre"),
        "online": _("Tous les chiffres, leurs preuves et leurs données"),
        "page": _("p."),
    }


def _value_of(key: str, totals: Totals) -> str:
    """Return a figure as everybody may read it: the people of few are secret."""
    is_secret = key in PERSONAL and totals.is_of_few
    return _("secret") if is_secret else number(getattr(totals, key))


def _label(key: str, totals: Totals) -> str:
    return ALL_FIGURES[key].named(getattr(totals, key))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
