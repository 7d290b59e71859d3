"""Count editions under each combination of two breakdowns at most, for those who take the figures elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from fete.core.db import db
from fete.core.templating import day
from fete.figures.arithmetic import PERSONAL, Line, Totals, cross, hidden_keys
from fete.figures.queries.counting import remembered, signature_of
from fete.figures.queries.lines import lines_of
from fete.figures.rules import ADDITIVE, NAMELESS
from fete.geography.models import Commune, Departement
from fete.programme.models import Edition
from fete.vocabulary.models import Term, TermList

Key = tuple[str | None, ...]
_ADDS_UP = tuple(name for name, figures in ADDITIVE.items() if figures >= PERSONAL)
_LISTS = {
    "kind": TermList.KIND,
    "family": TermList.FAMILY,
    "theme": TermList.THEME,
    "audience": TermList.AUDIENCE,
    "level": TermList.LEVEL,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """One part of an edition: its code and name in each breakdown, its figures, whether its people are secret."""

    edition: Edition
    codes: Key
    labels: tuple[str, ...]
    totals: Totals
    is_secret: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sums:
    parts: Mapping[Key, Totals]
    secret: frozenset[Key]


def crossings_of(
    editions: Sequence[Edition],
    names: Sequence[str],
    *,
    region: str,
    at: datetime,
    known_on: datetime | None = None,
) -> list[Crossing]:
    """Return the parts of these editions in their order, then in that of each breakdown; the whole of each without any.

    By département alone, every one of the region is told.
    """

    def count() -> Mapping[int, _Sums]:
        lines: dict[int, list[Line]] = {edition.id: [] for edition in editions}
        for line in lines_of(*editions, at=at, known_on=known_on):
            lines[line.edition_id].append(line)
        return {
            number: _Sums(
                parts=cross(of_edition, names) or ({} if names else {(): Totals()}),
                secret=hidden_keys(of_edition, names, additive=_ADDS_UP),
            )
            for number, of_edition in lines.items()
        }

    key = ("crossing", signature_of(editions, at=at), known_on, *names)
    sums = remembered(key, count)
    labels = [
        labels_of(name, {key[place] for each in sums.values() for key in each.parts}, region=region)
        for place, name in enumerate(names)
    ]
    return [
        Crossing(
            edition=edition,
            codes=key,
            labels=tuple(known[code] for known, code in zip(labels, key, strict=True)),
            totals=sums[edition.id].parts.get(key, Totals()),
            is_secret=key in sums[edition.id].secret,
        )
        for edition in editions
        for key in _in_order(sums[edition.id].parts, names, labels)
    ]


def _in_order(
    parts: Mapping[Key, Totals], names: Sequence[str], labels: Sequence[Mapping[str | None, str]]
) -> list[Key]:
    every = (
        {*parts, *((code,) for code in labels[0] if code)} if names == ["departement"] else parts
    )
    ranks = [{code: rank for rank, code in enumerate(known)} for known in labels]
    return sorted(every, key=lambda key: [of[code] for of, code in zip(ranks, key, strict=True)])


def labels_of(name: str, codes: set[str | None], *, region: str) -> dict[str | None, str]:
    """Return the name of each code in the order in which people read them; what has none comes last."""
    known = sorted(filter(None, codes))
    found: dict[str | None, str]
    match name:
        case "day":
            found = {each: day(date.fromisoformat(each)) for each in known}
        case "departement":
            of_region = or_(Departement.region_code == region, Departement.code.in_(known))
            departements = select(Departement).where(of_region).order_by(Departement.code)
            found = {each.code: each.name for each in db.session.scalars(departements)}
        case "commune":
            communes = select(Commune.code, Commune.name).where(Commune.code.in_(known))
            rows = db.session.execute(communes.order_by(Commune.search, Commune.code))
            found = {row.code: row.name for row in rows}
        case _:
            terms = select(Term).where(Term.list == _LISTS[name], Term.code.in_(known))
            found_terms = db.session.scalars(terms.order_by(Term.position, Term.code))
            found = {each.code: each.label for each in found_terms}
    return {**found, None: str(NAMELESS[name])}
