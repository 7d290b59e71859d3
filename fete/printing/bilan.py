"""The bilan of a département or of the region, chapter by chapter as coordinations write theirs: for paper and for a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fete.core.i18n import current_language, gettext as _, ngettext
from fete.core.templating import day, number, percent
from fete.core.workbook import Cell, Sheet
from fete.figures.arithmetic import Totals
from fete.figures.queries import Part, Territory
from fete.figures.rules import ALL_FIGURES, COVERAGE, DETAILS, KEY_FIGURES
from fete.printing.brochure import drawn
from fete.reports.models import Question

# What paper has room for; a spreadsheet takes it all.
MOST_ROWS = 40
MOST_WORDS = 20
_WIDE, _NARROW = 44, 16
Words = Mapping[Question, Sequence[tuple[str, str]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table with its caption; its first column is what each line is about."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    """A chapter: what it says, its tables, what the structures wrote, and what only people can write."""

    title: str
    texts: Sequence[str] = field(default=())
    tables: Sequence[Table] = field(default=())
    # Under a question, the structures with their words.
    words: Sequence[tuple[str, Sequence[tuple[str, str]]]] = field(default=())
    # The title of the place left for it.
    blank: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bilan:
    """A bilan, whole."""

    title: str
    dates: str
    demo: str
    network: str
    printed_on: date
    chapters: Sequence[Chapter]


def bilan_of(
    told: Territory,
    years: Sequence[tuple[int, Totals]],
    words: Words,
    *,
    where: str,
    network: str,
    today: date,
) -> Bilan:
    """Return the bilan of a territory; `years` are its totals from edition to edition."""
    edition = told.edition
    return Bilan(
        title=_("Fête de la science %(year)s, bilan : %(where)s", year=edition.year, where=where),
        dates=_(
            "Du %(first)s au %(last)s", first=day(edition.starts_on), last=day(edition.ends_on)
        ),
        demo=_("Données de démonstration : les activités et les bilans comptés ici sont inventés.")
        if edition.is_demo
        else "",
        network=network,
        printed_on=today,
        chapters=[
            _coordination(told, words),
            _actors(told),
            Chapter(title=_("Inauguration"), blank=_("Lieu, date, invités, temps forts")),
            _attendance(told, years),
            _villages(told),
            _communication(words),
            _funding(words),
            _perspectives(words),
            _rules(),
        ],
    )


def _coordination(told: Territory, words: Words) -> Chapter:
    count = told.totals.organisations
    said = ngettext(
        "%(count)s structure a tenu au moins une activité.",
        "%(count)s structures ont tenu au moins une activité.",
        count,
        count=number(count),
    )
    return Chapter(
        title=_("Coordination et partenaires"),
        texts=[said, _coverage(told.totals)],
        words=_answers(words, (Question.PARTNERS, _("Partenaires cités par les structures"))),
        blank=_("Comité, réunions, partenaires de la coordination"),
    )


def _coverage(totals: Totals) -> str:
    returns = totals.coverage
    words = _(
        "Bilans validés\u00a0: %(validated)s sur %(due)s attendus (%(share)s). Rien n’est extrapolé.",
        validated=number(returns.validated),
        due=number(returns.due),
        share=percent(returns.share),
    )
    return str(words)


def _actors(told: Territory) -> Chapter:
    share = percent(told.host_population / told.population if told.population else None)
    tables = [
        Table(
            caption=_("Typologie des structures"),
            columns=[_("Famille"), _("Structures"), _("Activités"), _("Visiteurs")],
            rows=[
                (part.label, part.totals.organisations, *_brief(part))
                for part in told.breakdowns["family"]
            ],
        ),
        Table(
            caption=_("Communes accueillantes"),
            columns=[_("Commune"), _("Habitants"), _("Activités"), _("Visiteurs")],
            rows=[
                (
                    place.commune.name,
                    place.commune.population,
                    place.totals.activities,
                    place.totals.visitors,
                )
                for place in told.places
            ],
        ),
    ]
    if len(told.departements) > 1:
        tables.insert(1, _by("departement", _("Répartition par département"), told))
    if told.before is not None and told.newcomers:
        caption = _("Structures absentes de l’édition %(year)s", year=told.before.edition.year)
        newcomers = Table(
            caption=caption,
            columns=[_("Structure"), _("Activités"), _("Visiteurs")],
            rows=[
                (each.organisation.name, each.totals.activities, each.totals.visitors)
                for each in told.newcomers
            ],
        )
        tables.append(newcomers)
    return Chapter(
        title=_("Acteurs : typologie et répartition géographique"),
        texts=[
            _(
                "Communes accueillantes\u00a0: %(hosts)s sur %(communes)s, où vivent %(share)s des habitants.",
                hosts=number(len(told.places)),
                communes=number(told.communes),
                share=share,
            )
        ],
        tables=tables,
    )


def _attendance(told: Territory, years: Sequence[tuple[int, Totals]]) -> Chapter:
    before = told.before
    columns = [_("Chiffre"), str(told.edition.year)]
    totals = [told.totals]
    if before is not None and before.now.coverage.validated:
        columns.append(str(before.edition.year))
        totals.append(before.now)
    figures = Table(
        caption=_("Chiffres clés"),
        columns=columns,
        rows=[
            (_capital(each.label), *(getattr(one, each.key) for one in totals))
            for each in (*KEY_FIGURES, *DETAILS)
        ],
    )
    evolution = Table(
        caption=_("Évolution d’une édition à l’autre"),
        columns=[
            _("Édition"),
            *(_capital(ALL_FIGURES[key].label) for key in ("activities", "visitors", "pupils")),
            _("Bilans validés"),
            _("Bilans attendus"),
        ],
        rows=[
            (
                str(year),
                each.activities,
                each.visitors,
                each.pupils,
                each.coverage.validated,
                each.coverage.due,
            )
            for year, each in years
        ],
    )
    return Chapter(
        title=_("Fréquentation et évolution"),
        texts=[_coverage(told.totals)],
        tables=[
            figures,
            evolution,
            _by("day", _("Jour par jour"), told),
            _by("kind", _("Par type d’activité"), told),
        ],
    )


def _villages(told: Territory) -> Chapter:
    columns = [
        _("Nom"),
        _("Commune"),
        _("Entrées"),
        _("Stands"),
        _("Visiteurs dits par les stands"),
    ]
    rows = [
        (each.title, each.commune, each.gate, each.stands, each.stands_visitors)
        for each in told.villages
    ]
    none = [] if rows else [_("Ni village, ni festival, ni parcours.")]
    tables = [Table(caption=_("Entrées et stands"), columns=columns, rows=rows)] if rows else []
    return Chapter(
        title=_("Chaque village, festival et parcours"),
        texts=none,
        tables=tables,
        blank=_("Temps forts de chaque village") if rows else "",
    )


def _communication(words: Words) -> Chapter:
    return Chapter(
        title=_("Communication"),
        words=_answers(
            words,
            (Question.COMMUNICATION, _("Communication des structures")),
            (Question.PRESS, _("Presse")),
        ),
        blank=_("Outils, diffusion, presse"),
    )


def _funding(words: Words) -> Chapter:
    return Chapter(
        title=_("Financement"),
        words=_answers(words, (Question.BUDGET, _("Budgets dits par les structures"))),
        blank=_("Budget, financeurs, aides aux structures"),
    )


def _perspectives(words: Words) -> Chapter:
    return Chapter(
        title=_("Perspectives"),
        words=_answers(words, (Question.SUGGESTIONS, _("Suggestions des structures"))),
        blank=_("Ce qui change l’an prochain"),
    )


def _rules() -> Chapter:
    rows = [
        (_capital(each.label), str(each.definition)) for each in (*KEY_FIGURES, *DETAILS, COVERAGE)
    ]
    caption = _("Ce que compte chaque chiffre")
    table = Table(caption=caption, columns=[_("Chiffre"), _("Ce qu’il compte")], rows=rows)
    return Chapter(title=_("Définitions"), tables=[table])


def _by(name: str, caption: str, told: Territory) -> Table:
    parts = told.departement_parts if name == "departement" else told.breakdowns[name]
    return Table(
        caption=caption,
        columns=["", _("Activités"), _("Visiteurs"), _("Scolaires")],
        rows=[(part.label, *_brief(part), part.totals.pupils) for part in parts],
    )


def _brief(part: Part) -> tuple[int, int]:
    return part.totals.activities, part.totals.visitors


def _answers(
    words: Words, *questions: tuple[Question, str]
) -> list[tuple[str, Sequence[tuple[str, str]]]]:
    return [(title, words[question]) for question, title in questions if words.get(question)]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# On paper


def on_paper(bilan: Bilan) -> dict[str, Any]:
    """Return the bilan as words for the press: long tables and many words are cut, and say so."""
    printed: dict[str, Any] = drawn(
        {
            "lang": current_language(),
            "title": bilan.title,
            "dates": bilan.dates,
            "demo": bilan.demo,
            "network": bilan.network,
            "date": [bilan.printed_on.year, bilan.printed_on.month, bilan.printed_on.day],
            "printed_on": _("Calculé le %(day)s", day=day(bilan.printed_on)),
            "page": _("page"),
            "chapters": [_chapter(each) for each in bilan.chapters],
        }
    )
    return printed


def _chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "title": chapter.title,
        "texts": list(chapter.texts),
        "tables": [
            {
                "caption": table.caption,
                "columns": list(table.columns),
                "are_numbers": [_are_numbers(table, place) for place in range(len(table.columns))],
                "rows": [[_printed(value) for value in row] for row in table.rows[:MOST_ROWS]],
                "rest": _rest(len(table.rows) - MOST_ROWS),
            }
            for table in chapter.tables
            if table.rows
        ],
        "words": [
            {
                "title": title,
                "said": [list(each) for each in said[:MOST_WORDS]],
                "rest": _rest(len(said) - MOST_WORDS),
            }
            for title, said in chapter.words
        ],
        "blank": _to_write(chapter),
    }


def _to_write(chapter: Chapter) -> str:
    return str(_("À écrire : %(what)s", what=chapter.blank)) if chapter.blank else ""


def _are_numbers(table: Table, place: int) -> bool:
    return all(not isinstance(row[place], str) for row in table.rows)


def _printed(value: Cell) -> str:
    match value:
        case str():
            return value
        case int() | float():
            return number(value)
        case _:
            return "–"


def _rest(left: int) -> str:
    if left <= 0:
        return ""
    words = ngettext(
        "Et %(count)s autre, dans le tableur.",
        "Et %(count)s autres, dans le tableur.",
        left,
        count=number(left),
    )
    return str(words)


# In a spreadsheet


def sheets_of(bilan: Bilan) -> Iterator[Sheet]:
    """Give the bilan as sheets, one a chapter: further tables and words stand below the first."""
    for rank, chapter in enumerate(bilan.chapters, start=1):
        first = chapter.tables[0] if chapter.tables else Table(caption="", columns=[""], rows=[])
        above = [bilan.title, bilan.demo, chapter.title, *chapter.texts, first.caption]
        yield Sheet(
            name=f"{rank} {chapter.title}",
            columns=[
                (name, _NARROW if place and _are_numbers(first, place) else _WIDE)
                for place, name in enumerate(first.columns)
            ],
            above=[line for line in above if line],
            rows=_below(first.rows, chapter),
        )


def _below(rows: Iterable[Sequence[Cell]], chapter: Chapter) -> Iterator[Sequence[Cell]]:
    yield from rows
    for table in chapter.tables[1:]:
        yield ()
        yield (table.caption,)
        yield tuple(table.columns)
        yield from table.rows
    for title, said in chapter.words:
        yield ()
        yield (title,)
        yield from said
    if chapter.blank:
        yield ()
        yield (_to_write(chapter),)
