"""The filters of the programme between the address, the page and words."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from babel.dates import format_date
from werkzeug.datastructures import MultiDict

from fete.core.fields import read_day
from fete.core.i18n import current_language, current_locale, gettext as _
from fete.core.text import clean
from fete.network.queries import survivors_of
from fete.programme.models import Edition
from fete.programme.queries.search import Filters, Names, names_of
from fete.vocabulary.models import Term, TermList

TEXT_LENGTH = 200
_MOST_VALUES = 50
_CODE_LENGTH = 40
# Instants are reckoned from days: those at the ends of the calendar have no neighbours.
_FIRST_YEAR, _LAST_YEAR = 1992, 2200
# A number that no structure bears: asking for a structure by anything else than a number finds nothing.
_NOBODY = 0
_LARGEST = 2**31 - 1

# The words of the address, in its order, and the fields they fill.
CODES = {
    "departement": "departements",
    "commune": "communes",
    "type": "kinds",
    "theme": "themes",
    "public": "audiences",
    "accessibilite": "accessibility",
}
TERM_LISTS = {
    "type": TermList.KIND,
    "theme": TermList.THEME,
    "public": TermList.AUDIENCE,
    "accessibilite": TermList.ACCESSIBILITY,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What an address asks, what was typed in its dates, and what is wrong with them, by parameter."""

    filters: Filters
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read_filters(args: MultiDict[str, str], edition: Edition | None) -> Filters:
    """Return the filters that an address names; a day that cannot be is left out, unknown values find nothing."""
    return read_request(args, edition).filters


def read_request(args: MultiDict[str, str], edition: Edition | None) -> Request:
    """Return the filters that an address names, with what is to be told about its dates."""
    errors: dict[str, str] = {}
    day = _read_day(args, "date", errors)
    first = _read_day(args, "du", errors) or day
    last = _read_day(args, "au", errors) or day
    if first is not None and last is not None and last < first:
        errors["au"] = _("La fin est avant le début : elle n’est pas prise en compte.")
        last = None
    codes: dict[str, Any] = {name: _values(args, word) for word, name in CODES.items()}
    filters = Filters(
        edition_id=edition.id if edition else None,
        text=" ".join(clean(args.get("q", "")).split())[:TEXT_LENGTH].strip(),
        first=first,
        last=last,
        organisations=_organisations(args),
        with_cancelled=args.get("annules") != "non",
        **codes,
    )
    typed = {word: clean(args.get(word, ""))[:_CODE_LENGTH] for word in errors}
    return Request(filters=filters, typed=typed, errors=errors)


def _organisations(args: MultiDict[str, str]) -> tuple[int, ...]:
    """Return the structures named; of those that were merged, the ones in their place: a calendar goes on."""
    asked = {_number(value) for value in _values(args, "structure")}
    survivors = survivors_of(sorted(asked)) if asked - {_NOBODY} else {}
    return tuple(sorted({survivors.get(number, number) for number in asked}))


def filter_arguments(filters: Filters) -> dict[str, str]:
    """Return the parameters of the one address of these filters: reading them gives the filters again."""
    found = {"q": filters.text}
    found |= {word: ",".join(getattr(filters, name)) for word, name in CODES.items()}
    found["structure"] = ",".join(str(number) for number in filters.organisations)
    if filters.first is not None and filters.first == filters.last:
        found["date"] = filters.first.isoformat()
    else:
        found["du"] = filters.first.isoformat() if filters.first else ""
        found["au"] = filters.last.isoformat() if filters.last else ""
    found["annules"] = "" if filters.with_cancelled else "non"
    return {word: value for word, value in found.items() if value}


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """One value in force: its words, the field it fills, and the filters without it."""

    label: str
    field: str
    without: Filters


def chosen(filters: Filters, names: Names) -> list[Chosen]:
    """Return each value in force, in the order in which `describe` tells them."""
    found = []

    def note(field: str, label: str, **cleared: Any) -> None:  # as the field's
        found.append(Chosen(label=label, field=field, without=replace(filters, **cleared)))

    if filters.text:
        note("text", _("« %(text)s »", text=filters.text), text="")
    if filters.first or filters.last:
        note("days", days_in_words(filters.first, filters.last), first=None, last=None)
    for word, name in CODES.items():
        values: tuple[str, ...] = getattr(filters, name)
        for code in values:
            rest = tuple(each for each in values if each != code)
            note(name, _name_of(word, code, names), **{name: rest})
    for number in filters.organisations:
        rest_of_them = tuple(each for each in filters.organisations if each != number)
        label = names.organisations.get(number, _("structure inconnue"))
        note("organisations", label, organisations=rest_of_them)
    if not filters.with_cancelled:
        note("with_cancelled", _("sans les annulations"), with_cancelled=True)
    return found


def _name_of(word: str, code: str, names: Names) -> str:
    if word == "departement":
        return names.departements.get(code, code)
    if word == "commune":
        return names.communes.get(code, code)
    term = names.terms.get((TERM_LISTS[word], code))
    return term.label if term else code


def describe(filters: Filters, names: Names | None = None) -> str:
    """Return the filters in words: « Ateliers dans le Gers, 3 octobre 2026 »."""
    names = names or names_of(filters)
    subject = _subject(filters, names)
    places = _places(filters, names)
    details = [
        days_in_words(filters.first, filters.last),
        _("« %(text)s »", text=filters.text) if filters.text else "",
        *(
            _either(_labels(TERM_LISTS[word], getattr(filters, CODES[word]), names, _label))
            for word in ("theme", "public", "accessibilite")
        ),
        _either(
            [
                names.organisations.get(number, _("structure inconnue"))
                for number in filters.organisations
            ]
        ),
        "" if filters.with_cancelled else _("sans les annulations"),
    ]
    return ", ".join([" ".join(filter(None, [subject, places])), *filter(None, details)])


def _values(args: MultiDict[str, str], word: str) -> tuple[str, ...]:
    parts = (clean(part) for given in args.getlist(word) for part in given.split(","))
    return tuple(sorted({part[:_CODE_LENGTH] for part in parts if part})[:_MOST_VALUES])


def _number(value: str) -> int:
    number = int(value) if re.fullmatch(r"[0-9]{1,10}", value) else _NOBODY
    return number if number <= _LARGEST else _NOBODY


def _read_day(args: MultiDict[str, str], word: str, errors: dict[str, str]) -> date | None:
    typed = clean(args.get(word, ""))
    if not typed:
        return None
    try:
        day = read_day(typed)
    except ValueError as error:
        errors[word] = str(error)
        return None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        errors[word] = _("Cette date est trop loin de nous.")
        return None
    return day


def _subject(filters: Filters, names: Names) -> str:
    if not filters.kinds:
        return str(_("Activités"))
    words = _labels(TermList.KIND, filters.kinds, names, _several)
    words = words[:1] + [word[:1].lower() + word[1:] for word in words[1:]]
    return _both(words)


def _label(term: Term) -> str:
    return term.label


def _several(term: Term) -> str:
    """Return the name of a kind in the plural; in French, of the first word on each side of a stroke."""
    if current_language() != "fr":
        return term.label
    return " / ".join(_plural(part) for part in term.label.split(" / "))


def _plural(words: str) -> str:
    first, *rest = words.split(" ")
    if first in {"à", "de", "en"} or first[-1] in "sxz" or not first[-1].isalpha():
        return words
    ending = "x" if first.endswith(("eau", "eu")) else "s"
    return " ".join([first + ending, *rest])


_FEMININE = frozenset(
    {
        *("Ardèche", "Ariège", "Charente", "Charente-Maritime", "Corrèze", "Corse-du-Sud"),
        *("Côte-d'Or", "Creuse", "Dordogne", "Drôme", "Gironde", "Guadeloupe", "Guyane"),
        *("Haute-Corse", "Haute-Garonne", "Haute-Loire", "Haute-Marne", "Haute-Saône"),
        *("Haute-Savoie", "Haute-Vienne", "Indre-et-Loire", "Isère", "Loire-Atlantique"),
        *("Lozère", "Martinique", "Mayenne", "Meurthe-et-Moselle", "Moselle", "Savoie"),
        *("Saône-et-Loire", "Seine-Maritime", "Seine-Saint-Denis", "Seine-et-Marne", "Vendée"),
        *("Eure-et-Loir", "Ille-et-Vilaine"),
    }
)
_WITH_LA = frozenset({"Loire", "Manche", "Marne", "Meuse", "Nièvre", "Sarthe", "Somme", "Vienne"})
_WITH_A = frozenset({"Mayotte", "Paris"})
_SEVERAL = ("Alpes-", "Ardennes", "Bouches-", "Côtes-", "Deux-", "Hautes-", "Hauts-", "Landes")
_MORE = ("Pyrénées-", "Vosges", "Yvelines")


def _in_departement(name: str) -> str:
    """Return the département with its preposition: « dans le Gers », « en Ariège », « dans l’Aude »."""
    if current_language() != "fr":
        return str(_("dans le %(name)s", name=name))
    if name in _FEMININE:
        return f"en {name}"
    if name in _WITH_LA:
        return f"dans la {name}"
    if name in _WITH_A or name.startswith("La "):
        return f"à {name}"
    if name.startswith(_SEVERAL + _MORE):
        return f"dans les {name}"
    if name[:1] in "AEIOUÉH":
        return f"dans l’{name}"
    return f"dans le {name}"


def _in_commune(name: str) -> str:
    """Return the commune with its preposition: « à Auch », « au Vigan », « aux Angles »."""
    if current_language() == "fr":
        for article, merged in (("Le ", "au "), ("Les ", "aux ")):
            if name.startswith(article):
                return merged + name.removeprefix(article)
    return str(_("à %(name)s", name=name))


def _places(filters: Filters, names: Names) -> str:
    def told(codes: Sequence[str], known: Mapping[str, str], say: Callable[[str], str]) -> str:
        return _either([say(name) for name in sorted(known.get(code, code) for code in codes)])

    return " ".join(
        filter(
            None,
            [
                told(filters.communes, names.communes, _in_commune),
                told(filters.departements, names.departements, _in_departement),
            ],
        )
    )


def _labels(
    of: TermList, codes: Sequence[str], names: Names, say: Callable[[Term], str]
) -> list[str]:
    """Return the words of a list in its order, then the codes that it does not know."""
    known = [names.terms[of, code] for code in codes if (of, code) in names.terms]
    unknown = [code for code in codes if (of, code) not in names.terms]
    return [say(term) for term in sorted(known, key=lambda term: term.position)] + unknown


def _both(words: Sequence[str]) -> str:
    *most, last = words
    return str(_("%(some)s et %(last)s", some=", ".join(most), last=last)) if most else last


def _either(words: Sequence[str]) -> str:
    if not words:
        return ""
    *most, last = words
    return str(_("%(some)s ou %(last)s", some=", ".join(most), last=last)) if most else last


def days_in_words(first: date | None, last: date | None) -> str:
    """Return a stretch of days: « 3 octobre 2026 », « du 2 au 12 octobre 2026 », nothing for no days."""
    if first is not None and first == last:
        return _long(first)
    if first is not None and last is not None:
        return str(_("du %(first)s au %(last)s", first=_within(first, last), last=_long(last)))
    if first is not None:
        return str(_("à partir du %(first)s", first=_long(first)))
    return str(_("jusqu’au %(last)s", last=_long(last))) if last is not None else ""


def _within(first: date, last: date) -> str:
    """Return the first day of a range without the month and year that its last day tells again."""
    if first.year != last.year:
        return _long(first)
    form = "d" if first.month == last.month else "d MMMM"
    return _first_of_month(format_date(first, form, locale=current_locale()))


def _long(day: date) -> str:
    return _first_of_month(format_date(day, "long", locale=current_locale()))


def _first_of_month(text: str) -> str:
    return re.sub(r"^1(?= |$)", "1er", text) if current_language() == "fr" else text
