"""How many activities each value of each filter would leave, the other filters kept."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nlargest
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from fete.core.db import db
from fete.core.i18n import current_language
from fete.core.text import fold
from fete.geography.models import Commune, Departement
from fete.network.models import Organisation
from fete.programme.models import Edition
from fete.programme.queries.catalogue import catalogue_of, remembered, rows_of
from fete.programme.queries.search import TERM_FIELDS, Names, names_of
from fete.programme.rules.catalogue import days_between
from fete.programme.rules.filters import Filters
from fete.vocabulary.models import Term, TermList

# Slots farther from the edition's dates than this are in the list, but have no day of their own to click.
_AROUND = timedelta(days=31)
# A list of boxes longer than this is no help: what it leaves out is found by its name.
MOST_VALUES = 100
Key = TypeVar("Key", str, int)


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """One value of a filter: as the address writes it, as people read it, and what it would leave."""

    code: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCount:
    """A day of the programme and how many activities there are on it."""

    day: date
    count: int
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """The values of every filter that would leave something, and those chosen even if they do not."""

    days: Sequence[DayCount]
    departements: Sequence[Value]
    communes: Sequence[Value]
    kinds: Sequence[Value]
    themes: Sequence[Value]
    audiences: Sequence[Value]
    levels: Sequence[Value]
    accessibility: Sequence[Value]
    organisations: Sequence[Value]
    villages: Sequence[Value]
    # By their codes: their words are the form's.
    parts: Mapping[str, int]
    bookings: Mapping[str, int]
    # How many more values than those told would leave something, by filter.
    left_out: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Word:
    position: int
    french: str
    english: str

    @property
    def label(self) -> str:
        """The word in the language of the reader."""
        return self.english if current_language() == "en" else self.french


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    """The words of a programme under its codes, whoever reads them."""

    departements: Mapping[str, str]
    communes: Mapping[str, str]
    organisations: Mapping[int, str]
    villages: Mapping[int, str]
    terms: dict[tuple[TermList, str], _Word]


def facets(filters: Filters, edition: Edition, names: Names | None = None) -> Facets:
    """Return the counts of every filter, each reckoned as if it asked nothing itself."""
    names = names or names_of(filters)
    words = remembered(("words", filters.edition_id), lambda: _words(filters.edition_id))

    left_out: dict[str, int] = {}

    def named(field: str, known: Mapping[Key, str], asked: Mapping[Key, str]) -> list[Value]:
        counts, chosen = _counts(field, filters), getattr(filters, field)
        kept = _weightiest(counts, chosen)
        left_out[field] = len(counts.keys() - kept.keys())
        return _values(kept, known, asked, chosen)

    return Facets(
        days=_days(filters, edition),
        departements=named("departements", words.departements, names.departements),
        communes=named("communes", words.communes, names.communes),
        organisations=named("organisations", words.organisations, names.organisations),
        villages=named("villages", words.villages, names.villages),
        parts=_counts("parts", filters),
        bookings=_counts("bookings", filters),
        left_out=left_out,
        **{field: _terms(of, field, filters, names, words) for of, field in TERM_FIELDS.items()},
    )


def _counts(field: str, filters: Filters) -> dict[str, int]:
    """Return how many activities each value of a filter would leave; those that would leave none are not told."""

    def count() -> dict[str, int]:
        catalogue = catalogue_of(filters.edition_id)
        found = catalogue.counts(field, rows_of(filters, but=field))
        return {str(code): number for code, number in found.items()}

    return remembered(("counts", field, filters), count)


def _weightiest(counts: Mapping[str, int], chosen: Sequence[str | int]) -> Mapping[str, int]:
    """Return the counts that are told: those chosen, then the largest."""
    if len(counts) <= MOST_VALUES:
        return counts
    asked = [code for code in map(str, chosen) if code in counts]
    largest = nlargest(MOST_VALUES, counts, key=lambda code: counts[code])
    return {code: counts[code] for code in dict.fromkeys([*asked, *largest][:MOST_VALUES])}


def _days(filters: Filters, edition: Edition) -> list[DayCount]:
    catalogue, rows = catalogue_of(edition.id), rows_of(filters, but="days")
    touching = catalogue.days
    if not touching:
        return []
    start = max(min(touching), edition.starts_on - _AROUND)
    end = min(max(touching), edition.ends_on + _AROUND)
    chosen = filters.first if filters.first == filters.last else None
    counts = {
        day: catalogue.entries_among(rows & touching.get(day, 0))
        for day in days_between(start, end)
    }
    return [
        DayCount(day=day, count=count, is_chosen=day == chosen)
        for day, count in counts.items()
        if count or day == chosen or edition.starts_on <= day <= edition.ends_on
    ]


def _terms(of: TermList, field: str, filters: Filters, names: Names, words: _Words) -> list[Value]:
    """Return the values of a list in its order."""
    counts, chosen = _counts(field, filters), getattr(filters, field)
    known = words.terms | {key: _as_word(term) for key, term in names.terms.items()}
    found = sorted(
        (known[of, code].position, code) for code in {*counts, *chosen} if (of, code) in known
    )
    return [
        Value(
            code=code,
            label=known[of, code].label,
            count=counts.get(code, 0),
            is_chosen=code in chosen,
        )
        for _position, code in found
    ]


def _values(
    counts: Mapping[str, int],
    known: Mapping[Key, str],
    asked: Mapping[Key, str],
    chosen: Sequence[Key],
) -> list[Value]:
    """Return the values that would leave something and those chosen, by name."""
    if not asked.keys() <= known.keys():
        known = _by_name({**known, **asked})
    wanted = frozenset(map(str, chosen))
    told = ((str(code), label) for code, label in known.items())
    return [
        Value(code=code, label=label, count=counts.get(code, 0), is_chosen=code in wanted)
        for code, label in told
        if code in counts or code in wanted
    ]


def _by_name(labels: Mapping[Key, str]) -> dict[Key, str]:
    """Return labels in the order in which people look for them."""
    return dict(sorted(labels.items(), key=lambda item: (fold(item[1]), str(item[0]))))


def _words(edition_id: int | None) -> _Words:
    catalogue = catalogue_of(edition_id)
    terms = db.session.scalars(select(Term).where(Term.list.in_(TERM_FIELDS)))
    return _Words(
        departements=_named(Departement.code, Departement.name, catalogue.bearing["departements"]),
        communes=_named(Commune.code, Commune.name, catalogue.bearing["communes"]),
        organisations=_named(
            Organisation.id, Organisation.name, catalogue.members["organisations"]
        ),
        # What holds stands and is not published itself is no village to choose.
        villages=_by_name(
            {
                number: entry.title
                for number in catalogue.members["villages"]
                if (entry := catalogue.find(number)) is not None
            }
        ),
        terms={(term.list, term.code): _as_word(term) for term in terms},
    )


def _as_word(term: Term) -> _Word:
    return _Word(position=term.position, french=term.label_fr, english=term.label_en)


def _named(
    key: InstrumentedAttribute[Key], name: InstrumentedAttribute[str], wanted: Container[object]
) -> dict[Key, str]:
    # All of them, as many as they are: one question, where so many values would not fit in it.
    found = db.session.execute(select(key, name))
    return _by_name({code: label for code, label in found if code in wanted})
