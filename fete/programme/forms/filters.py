"""The filters of the programme between the address, the page and words."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from babel.dates import format_date
from werkzeug.datastructures import MultiDict

from fete.core.fields import read_day
from fete.core.i18n import current_language, current_locale, gettext as _, lazy_gettext, ngettext
from fete.core.text import clean
from fete.network.queries import survivors_of
from fete.programme.models import Booking, Edition
from fete.programme.queries.search import TERM_FIELDS, Names, names_of
from fete.programme.queries.venues import venues_in_place_of
from fete.programme.rules.filters import DayPart, Filters, Point
from fete.vocabulary.models import Term, TermList

TEXT_LENGTH = 200
_MOST_VALUES = 50
# A selection of one’s own may be longer than what one ticks in a list.
MOST_ACTIVITIES = 200
_CODE_LENGTH = 40
# Instants are reckoned from days: those at the ends of the calendar have no neighbours.
_FIRST_YEAR, _LAST_YEAR = 1992, 2200
# A number that no structure bears: asking for a structure by anything else than a number finds nothing.
_NOBODY = 0
_LARGEST = 2**31 - 1
RADII = (5, 10, 20, 30, 50)
_RADIUS = 10
OLDEST = 120
# As the address writes them.
BOOKINGS = {
    "aucune": Booking.NONE,
    "conseillee": Booking.RECOMMENDED,
    "obligatoire": Booking.REQUIRED,
}
PARTS = {
    DayPart.MORNING: lazy_gettext("le matin"),
    DayPart.AFTERNOON: lazy_gettext("l’après-midi"),
    DayPart.EVENING: lazy_gettext("le soir"),
}
BOOKING_WORDS = {
    "aucune": lazy_gettext("sans réservation"),
    "conseillee": lazy_gettext("réservation conseillée"),
    "obligatoire": lazy_gettext("sur réservation"),
}

# The words of the address, in its order, and the fields they fill.
CODES = {
    "departement": "departements",
    "commune": "communes",
    "moment": "parts",
    "type": "kinds",
    "theme": "themes",
    "public": "audiences",
    "niveau": "levels",
    "accessibilite": "accessibility",
}
NUMBERS = {
    "structure": "organisations",
    "village": "villages",
    "lieu": "venues",
    "activites": "activities",
}
# Those of one word or nothing, with what else may be written for nothing.
SWITCHES = {
    "scolaires": ("oui", "non"),
    "places": ("libres",),
    "annules": ("non", "oui"),
}
TERM_LISTS = {
    "type": TermList.KIND,
    "theme": TermList.THEME,
    "public": TermList.AUDIENCE,
    "niveau": TermList.LEVEL,
    "accessibilite": TermList.ACCESSIBILITY,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What an address asks, and by parameter what was typed in it that cannot be read, and why."""

    filters: Filters
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read_filters(args: MultiDict[str, str], edition: Edition | None) -> Filters:
    """Return the filters that an address names; a day that cannot be is left out, unknown values find nothing."""
    return read_request(args, edition).filters


def read_request(args: MultiDict[str, str], edition: Edition | None) -> Request:
    """Return the filters that an address names, with what is to be told of what cannot be read in it."""
    errors: dict[str, str] = {}
    day = _read_day(args, "date", errors)
    first = _read_day(args, "du", errors) or day
    last = _read_day(args, "au", errors) or day
    if first is not None and last is not None and last < first:
        errors["au"] = _("La fin est avant le début : elle n’est pas prise en compte.")
        last = None
    codes: dict[str, Any] = {name: _values(args, word) for word, name in CODES.items()}
    near = _point(args, errors)
    text = " ".join(clean(args.get("q", "")).split())
    if len(text) > TEXT_LENGTH:
        errors["q"] = _(
            "Cette recherche est trop longue : seules ses %(count)s premières lettres sont prises en compte.",
            count=TEXT_LENGTH,
        )
    for word, known in SWITCHES.items():
        if clean(args.get(word, "")) not in {"", *known}:
            errors[word] = _("Ce filtre n’a pas cette valeur : elle n’est pas prise en compte.")
    filters = Filters(
        edition_id=edition.id if edition else None,
        text=text[:TEXT_LENGTH].strip(),
        first=first,
        last=last,
        near=near,
        radius=_radius(args, is_centred=near is not None or bool(codes["communes"])),
        age=_age(args, errors),
        for_schools=args.get("scolaires") == "oui",
        bookings=tuple(BOOKINGS.get(word, word) for word in _values(args, "reservation")),
        with_room=args.get("places") == "libres",
        organisations=_standing(_numbers(args, "structure"), survivors_of),
        villages=_numbers(args, "village"),
        venues=_standing(_numbers(args, "lieu"), venues_in_place_of),
        activities=_numbers(args, "activites", most=MOST_ACTIVITIES),
        with_cancelled=args.get("annules") != "non",
        **codes,
    )
    typed = {word: clean(args.get(word, ""))[:_CODE_LENGTH] for word in errors if word != "q"}
    return Request(filters=filters, typed=typed, errors=errors)


def _standing(
    asked: tuple[int, ...], survivors_of: Callable[[Sequence[int]], Mapping[int, int]]
) -> tuple[int, ...]:
    """Return the numbers asked for; of those that were merged, the ones in their place: a calendar goes on."""
    survivors = survivors_of(asked) if set(asked) - {_NOBODY} else {}
    return tuple(sorted({survivors.get(number, number) for number in asked}))


def filter_arguments(filters: Filters) -> dict[str, str]:
    """Return the parameters of the one address of these filters: reading them gives the filters again."""
    found = {"q": filters.text}
    found |= {word: ",".join(getattr(filters, name)) for word, name in CODES.items()}
    found |= {word: ",".join(map(str, getattr(filters, name))) for word, name in NUMBERS.items()}
    found["pres"] = _written(filters.near) if filters.near else ""
    found["rayon"] = str(filters.radius or "")
    if filters.first is not None and filters.first == filters.last:
        found["date"] = filters.first.isoformat()
    else:
        found["du"] = filters.first.isoformat() if filters.first else ""
        found["au"] = filters.last.isoformat() if filters.last else ""
    found["age"] = "" if filters.age is None else str(filters.age)
    found["scolaires"] = "oui" if filters.for_schools else ""
    words = {booking.value: word for word, booking in BOOKINGS.items()}
    found["reservation"] = ",".join(sorted(words.get(each, each) for each in filters.bookings))
    found["places"] = "libres" if filters.with_room else ""
    found["annules"] = "" if filters.with_cancelled else "non"
    return {word: value for word, value in found.items() if value}


def has_unknown(filters: Filters, names: Names) -> bool:
    """Whether a value asked for is none that there is: what it names is not found, rather than empty."""
    known: dict[str, Container[Any]] = {
        "departements": names.departements,
        "communes": names.communes,
        "organisations": names.organisations,
        "villages": names.villages,
        "venues": names.venues,
        "parts": PARTS,
        "bookings": BOOKINGS.values(),
    }
    known |= {
        field: {code for its_list, code in names.terms if its_list is of}
        for of, field in TERM_FIELDS.items()
    }
    return any(
        value not in codes for name, codes in known.items() for value in getattr(filters, name)
    )


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
    if filters.radius is not None:
        note("radius", _around(filters), radius=None, near=None)
    for name, label in _numbered(names):
        numbers: tuple[int, ...] = getattr(filters, name)
        for number in numbers:
            rest_of_them = tuple(each for each in numbers if each != number)
            note(name, label(number), **{name: rest_of_them})
    for name, words in _simple(filters):
        note(name, words, **{name: getattr(Filters(), name)})
    return found


def _numbered(names: Names) -> list[tuple[str, Callable[[int], str]]]:
    """Return the fields of numbers that are told one by one, each with the words of its values."""
    unknown = str(_("structure inconnue"))
    return [
        ("organisations", lambda number: names.organisations.get(number, unknown)),
        ("villages", lambda number: names.villages.get(number, str(_("village inconnu")))),
        ("venues", lambda number: names.venues.get(number, str(_("lieu inconnu")))),
    ]


def _simple(filters: Filters) -> list[tuple[str, str]]:
    """Return the fields of one value that are asked for, with their words."""
    asked = [
        ("activities", len(filters.activities), _chosen_ones(len(filters.activities))),
        ("age", filters.age is not None, _years(filters.age or 0)),
        ("for_schools", filters.for_schools, _("pour les groupes scolaires")),
        ("bookings", filters.bookings, _either(_booking_words(filters))),
        ("with_room", filters.with_room, _("avec des places")),
        ("with_cancelled", not filters.with_cancelled, _("sans les annulations")),
    ]
    return [(field, str(label)) for field, is_asked, label in asked if is_asked]


def _chosen_ones(count: int) -> str:
    return str(ngettext("%(num)s activité choisie", "%(num)s activités choisies", count))


def _years(age: int) -> str:
    return str(ngettext("%(num)s an", "%(num)s ans", age))


def _booking_words(filters: Filters) -> list[str]:
    words = {booking.value: str(BOOKING_WORDS[word]) for word, booking in BOOKINGS.items()}
    return [words.get(each, each) for each in filters.bookings]


def _around(filters: Filters) -> str:
    if filters.near is None:
        return str(_("à %(count)s km ou moins", count=filters.radius))
    return str(_("à %(count)s km ou moins de vous", count=filters.radius))


def _name_of(word: str, code: str, names: Names) -> str:
    if word == "departement":
        return _departement(code, names)
    if word == "commune":
        return names.communes.get(code) or str(_("commune %(code)s", code=code))
    if word == "moment":
        return _part(code)
    term = names.terms.get((TERM_LISTS[word], code))
    return term.label if term else code


def _departement(code: str, names: Names) -> str:
    return names.departements.get(code) or str(_("département %(code)s", code=code))


def describe(filters: Filters, names: Names | None = None) -> str:
    """Return the filters in words: « Ateliers dans le Gers, 3 octobre 2026 »."""
    names = names or names_of(filters)
    subject = _subject(filters, names)
    places = places_in_words(filters, names)
    details = [
        _around(filters) if filters.radius is not None else "",
        days_in_words(filters.first, filters.last),
        _either([_part(code) for code in filters.parts]),
        _("« %(text)s »", text=filters.text) if filters.text else "",
        *(
            _either(_labels(TERM_LISTS[word], getattr(filters, CODES[word]), names, _label))
            for word in ("theme", "public", "niveau", "accessibilite")
        ),
        *(
            _either([label(number) for number in getattr(filters, name)])
            for name, label in _numbered(names)
        ),
        *(words for _name, words in _simple(filters)),
    ]
    return ", ".join([" ".join(filter(None, [subject, places])), *filter(None, details)])


def _values(args: MultiDict[str, str], word: str, *, most: int = _MOST_VALUES) -> tuple[str, ...]:
    parts = (clean(part) for given in args.getlist(word) for part in given.split(","))
    return tuple(sorted({part[:_CODE_LENGTH] for part in parts if part})[:most])


def _part(code: str) -> str:
    return str(PARTS.get(code, code))  # type: ignore[call-overload]


def _numbers(args: MultiDict[str, str], word: str, *, most: int = _MOST_VALUES) -> tuple[int, ...]:
    return tuple(sorted({_number(value) for value in _values(args, word, most=most)}))


def _point(args: MultiDict[str, str], errors: dict[str, str]) -> Point | None:
    """Return the point asked for; a hundredth of a degree, about a kilometre, is all that is kept of it."""
    typed = clean(args.get("pres", ""))
    if not typed:
        return None
    found = re.fullmatch(r"(-?\d{1,2}(?:\.\d{1,9})?),(-?\d{1,3}(?:\.\d{1,9})?)", typed)
    if found is None:
        errors["pres"] = _("Cette position ne se lit pas : elle n’est pas prise en compte.")
        return None
    return Point(latitude=round(float(found[1]), 2), longitude=round(float(found[2]), 2))


def _written(point: Point) -> str:
    return f"{point.latitude:.2f},{point.longitude:.2f}"


def _radius(args: MultiDict[str, str], *, is_centred: bool) -> int | None:
    """Return the radius asked for around what is asked for, held to one of those offered."""
    asked = _number(clean(args.get("rayon", "")))
    if not is_centred or (not asked and not args.get("pres")):
        return None
    return min(RADII, key=lambda radius: abs(radius - (asked or _RADIUS)))


def _age(args: MultiDict[str, str], errors: dict[str, str]) -> int | None:
    typed = clean(args.get("age", ""))
    if not typed:
        return None
    if not re.fullmatch(r"[0-9]{1,3}", typed) or int(typed) > OLDEST:
        errors["age"] = _("Indiquez un âge en années, en chiffres, comme 7.")
        return None
    return int(typed)


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
        *("Côte-d’Or", "Creuse", "Dordogne", "Drôme", "Gironde", "Guadeloupe", "Guyane"),
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


def places_in_words(filters: Filters, names: Names) -> str:
    """Return the communes and départements asked for: « à Auch », « dans le Gers ou en Ariège »."""
    communes = sorted(names.communes.get(code, code) for code in filters.communes)
    departements = sorted(_departement(code, names) for code in filters.departements)
    told = (
        _either([_in_commune(name) for name in communes]),
        _either([_in_departement(name) for name in departements]),
    )
    return " ".join(filter(None, told))


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
