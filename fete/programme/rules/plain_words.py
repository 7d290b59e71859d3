"""Plain words, pure: what in the texts of an activity a visitor would stumble on, each with how to mend it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from fete.core.i18n import gettext as _, ngettext
from fete.core.text import fold
from fete.programme.models import DESCRIPTION_LENGTH, Activity

# The texts that the public reads, in the order of the form.
TEXTS = ("title", "standfirst", "description", "conditions")
LONGEST_SENTENCE = 25
# What the printed programme sets on two lines at most.
LONGEST_TITLE = 80
MOST_EXCLAMATIONS = 1
_SHOWN_WORDS = 5
_LONGEST_ACRONYM = 6
_MOST_QUOTED = 3

# What is better known by its letters than by its words.
_KNOWN_ACRONYMS = frozenset(
    [
        "ADN",
        "ARN",
        "BD",
        "CD",
        "CE1",
        "CE2",
        "CM1",
        "CM2",
        "CNRS",
        "CP",
        "DVD",
        "GPS",
        "IA",
        "IRM",
        "LED",
        "LSF",
        "NASA",
        "OK",
        "ONU",
        "OVNI",
        "PDF",
        "PMR",
        "QR",
        "SMS",
        "SNCF",
        "SOS",
        "SVT",
        "TGV",
        "TP",
        "TV",
        "UE",
        "UNESCO",
        "USB",
        "UV",
        "VIH",
        "VTT",
        "WC",
        "WIFI",
    ]
)
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_CAPITALS = re.compile(r"(?<![\w.@/-])[A-ZÀ-ÖØ-Þ]{2,}(?![\w@/]|[.-]\w)")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\s»\")]+|[;:]\s*\n|\n+")
_LINK = re.compile(r"https?://\S+|www\.\S+")

# Words of the trade, folded, each with the plainer ones.
JARGON = {
    "a l'issue de": "après",
    "acculturation": "découverte",
    "acculturer": "faire découvrir",
    "afin de": "pour",
    "anthropique": "dû aux activités humaines",
    "anthropiques": "dus aux activités humaines",
    "apprehender": "comprendre",
    "apprenants": "élèves, participants",
    "au sein de": "dans",
    "au sein du": "dans le",
    "co-construction": "travail à plusieurs",
    "co-construire": "construire ensemble",
    "deambulation": "promenade",
    "dispositif pedagogique": "activité",
    "dispositif participatif": "activité à laquelle on prend part",
    "dispositifs": "activités, appareils",
    "en vue de": "pour",
    "epistemologie": "façon dont la science se construit",
    "epistemologique": "sur la façon dont la science se construit",
    "finaliser": "finir",
    "heuristique": "façon de chercher",
    "holistique": "d’ensemble",
    "impacter": "toucher, changer",
    "implementer": "mettre en place",
    "inclusivite": "accueil de toutes et tous",
    "in situ": "sur place",
    "interdisciplinaire": "de plusieurs sciences",
    "interdisciplinarite": "rencontre de plusieurs sciences",
    "ludo-pedagogique": "pour apprendre en jouant",
    "ludopedagogique": "pour apprendre en jouant",
    "mediation scientifique": "rencontre avec des scientifiques",
    "methodologie": "façon de faire",
    "modalites": "façons de faire, conditions",
    "mutualiser": "partager",
    "optimiser": "améliorer",
    "outil pedagogique": "jeu, maquette, expérience",
    "paradigme": "façon de voir",
    "pluridisciplinaire": "de plusieurs sciences",
    "problematique": "question",
    "problematiques": "questions",
    "proceder a": "faire",
    "public cible": "public",
    "restitution": "présentation",
    "sensibilisation": "découverte",
    "sensibiliser": "faire découvrir",
    "synergie": "travail en commun",
    "thesaurus": "liste de mots",
    "transdisciplinaire": "de plusieurs sciences",
    "transversal": "commun à plusieurs domaines",
    "valorisation": "présentation",
    "vulgarisation": "explication pour tout le monde",
    "workshop": "atelier",
}
_JARGON = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(sorted(map(re.escape, JARGON), key=len, reverse=True))
    + r")(?![\w-])"
)
# As offices write: nobody does anything, or everybody is asked to.
_OFFICIAL = re.compile(
    r"\bil (?:est|sera) (?:procede|demande|rappele|prevu|possible|donne|propose)\b"
    r"|\b(?:est|sont|sera|seront) (?:organisee?s?|assuree?s?|animee?s?|proposee?s?|realisee?s?|presentee?s?|mise?s? a disposition) (?:par|aupres|dans le cadre)\b"
    r"|\b(?:sont|seront|etes|serez) (?:amenee?s?|invitee?s?|conviee?s?) a\b"
    r"|\bdans le cadre d(?:e|u|es)\b|\bdans le cadre d'"
    r"|\bmerci de bien vouloir\b|\bveuillez\b|\bil convient de\b|\bs'inscri(?:t|vent) dans\b"
)
_PHONE = re.compile(r"(?<![\d+])(?:(?:\+|00)33[ .]?\(?0?\)?[ .]?|0)[1-9](?:[ .\-]?\d{2}){4}(?!\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MONTHS = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_DAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
# A day of the calendar; with its year, when one is given: « le 20 juillet 1969 » is history.
_DAY = re.compile(
    rf"\b(?:(?:{_DAYS}) )?\d{{1,2}}(?:er)? (?:{_MONTHS})\b(?: (?P<year>\d{{4}}))?"
    r"|(?<![\d/])\d{1,2}/\d{1,2}/(?P<short>\d{4}|\d{2})(?![\d/])"
    rf"|\b(?:{_DAYS}) \d{{1,2}}(?: (?:et|ou) (?:{_DAYS}) \d{{1,2}})?\b(?! (?:{_MONTHS}))"
)
# An hour of the clock, not a length: « dure 1 h 30 », « 2 h de marche » and « 24h/24 » stay.
_CLOCK = r"\d{1,2} ?(?:h|heures?)(?: ?\d{2})?\b"
_HOUR = re.compile(
    rf"(?:\ba|\bdes|\bvers|\bjusqu'a|\bentre|\bdepart|\brendez-vous) (?P<one>{_CLOCK})(?! (?:de|du|d')\b| d')(?!/)"
    rf"|\bde {_CLOCK} (?:a|jusqu'a) {_CLOCK}|\b{_CLOCK} ?[-–/] ?{_CLOCK}"
)
_PRICE = re.compile(
    r"\b\d+(?:[.,]\d+)? ?(?:€|euros?\b)|\btarifs?\b|\bentree payante\b|\bpayante?s?\b|\bparticipation aux frais\b"
    r"|\bprix d'entree\b|\bbillets? d'entree\b"
)
_FREE = re.compile(
    r"\b(?:sans|aucun|pas de|non) (?:tarifs?|payante?s?)\b|\btarifs? ?: ?(?:gratuit|0)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """Something that could be said more plainly: the field, and the sentence that says how."""

    field: str
    message: str


def notes(activity: Activity) -> list[Note]:
    """Return what could be said more plainly in its texts, in the order of the form."""
    year = activity.edition.year
    return [
        Note(field=field, message=message)
        for field in TEXTS
        for message in notes_on(field, getattr(activity, field) or "", year=year)
    ]


def notes_on(field: str, text: str, *, year: int) -> list[str]:
    """Return what could be said more plainly in one text of an activity of the edition of a year."""
    if not text.strip():
        return []
    # Beyond what any field holds, the text is refused as it is: nobody waits for advice about it.
    bare = _LINK.sub(" ", text[:DESCRIPTION_LENGTH])
    return [
        sentence for check in _CHECKS.get(field, ()) + _EVERYWHERE for sentence in check(bare, year)
    ]


# Of a title


def _long_title(text: str, year: int) -> Iterator[str]:  # noqa: ARG001  # as every check
    if len(text) > LONGEST_TITLE:
        yield _(
            "Ce titre est long (%(count)s signes) : au-delà de %(most)s, il déborde dans le programme imprimé. Gardez l’essentiel, le reste va dans le résumé.",
            count=len(text),
            most=LONGEST_TITLE,
        )


def _full_stop(text: str, year: int) -> Iterator[str]:  # noqa: ARG001
    if re.search(r"[^.]\.\s*$", text) and not re.search(r"\b\w\.\s*$|\betc\.\s*$", text):
        yield _("Un titre ne finit pas par un point.")


# Of any text


def _capitals(text: str, year: int) -> Iterator[str]:  # noqa: ARG001
    is_run = _is_run(text)
    shouted = [word for word in _shouted(text) if len(word) > _LONGEST_ACRONYM or is_run]
    if shouted:
        yield _(
            "En capitales, les mots se lisent mal : écrivez %(words)s en minuscules.",
            words=_quoted(shouted),
        )


def _acronyms(text: str, year: int) -> Iterator[str]:  # noqa: ARG001
    if _is_run(text):
        return
    unknown = [
        word
        for word in dict.fromkeys(_shouted(text))
        if len(word) <= _LONGEST_ACRONYM
        and word not in _KNOWN_ACRONYMS
        and not _ROMAN.fullmatch(word)
        and not _is_explained(word, text)
    ]
    if unknown:
        yield ngettext(
            "Dites en toutes lettres ce que veut dire %(words)s : tout le monde ne connaît pas ce sigle.",
            "Dites en toutes lettres ce que veulent dire %(words)s : tout le monde ne connaît pas ces sigles.",
            len(set(unknown)),
            words=_quoted(unknown),
        )


def _long_sentences(text: str, year: int) -> Iterator[str]:  # noqa: ARG001
    for sentence in _SENTENCE_END.split(text):
        words = _WORD.findall(sentence)
        if len(words) > LONGEST_SENTENCE:
            yield _(
                "Une phrase de %(count)s mots se lit mal : coupez en deux celle qui commence par « %(beginning)s… ».",
                count=len(words),
                beginning=" ".join(sentence.split()[:_SHOWN_WORDS]).strip("-*#> "),
            )
            return


def _jargon(text: str, year: int) -> Iterator[str]:  # noqa: ARG001
    found = dict.fromkeys(_JARGON.findall(_flat(text)))
    for word in list(found)[:_MOST_QUOTED]:
        yield _(
            "« %(word)s » : un mot plus simple serait « %(plainer)s ».",
            word=_as_typed(word, text),
            plainer=JARGON[word],
        )


def _official(text: str, year: int) -> Iterator[str]:  # noqa: ARG001
    if found := _OFFICIAL.search(_flat(text)):
        yield _(
            "« %(words)s » fait administratif : parlez au public, « vous observez », « venez construire ».",
            words=_as_typed(found[0], text),
        )


def _exclamations(text: str, year: int) -> Iterator[str]:  # noqa: ARG001
    if text.count("!") > MOST_EXCLAMATIONS or "!!" in re.sub(r"\s", "", text):
        yield _("Un seul point d’exclamation suffit : plusieurs ressemblent à une publicité.")


def _contacts(text: str, year: int) -> Iterator[str]:  # noqa: ARG001
    if _PHONE.search(text):
        yield _(
            "Le numéro de téléphone a sa place à l’étape « Comment venir » : on pourra le toucher pour appeler."
        )
    if _EMAIL.search(text):
        yield _(
            "L’adresse électronique a sa place à l’étape « Comment venir » : on pourra la toucher pour écrire."
        )


def _times(text: str, year: int) -> Iterator[str]:
    flat = _flat(text)
    days = [found for found in _DAY.finditer(flat) if _year_of(found) in {None, year, year % 100}]
    if days or _HOUR.search(flat):
        yield _(
            "Les jours et les heures ont leur place à l’étape « Quand » : là, ils se corrigent d’un coup et vont dans les agendas."
        )


def _price(text: str, year: int) -> Iterator[str]:  # noqa: ARG001
    if _PRICE.search(_FREE.sub(" ", _flat(text))):
        yield _(
            "La Fête de la science est gratuite : ne parlez pas de prix ni de tarif, même réduit."
        )


_Check = Callable[[str, int], Iterator[str]]
_CHECKS: dict[str, tuple[_Check, ...]] = {"title": (_long_title, _full_stop)}
_EVERYWHERE: tuple[_Check, ...] = (
    _capitals,
    _acronyms,
    _long_sentences,
    _jargon,
    _official,
    _exclamations,
    _contacts,
    _times,
    _price,
)


def _shouted(text: str) -> list[str]:
    return _CAPITALS.findall(text)


def _is_run(text: str) -> bool:
    """Whether the text shouts several words in a row, « VENEZ TOUS ICI »: letters that stand alone do not."""
    return bool(re.search(r"(?<![A-ZÀ-ÖØ-Þ])(?:[A-ZÀ-ÖØ-Þ]{2,}[^\w.]+){2}[A-ZÀ-ÖØ-Þ]{3,}", text))


def _is_explained(word: str, text: str) -> bool:
    """Whether the letters stand before brackets, or in them: « INRAE (Institut…) », « l’Institut… (INRAE) »."""
    return bool(re.search(rf"{word}\s*\(\w[^)]+\)|\(\s*{word}\s*\)", text))


def _year_of(found: re.Match[str]) -> int | None:
    year = found["year"] or found["short"]
    return int(year) if year else None


def _flat(text: str) -> str:
    """Return the text folded, each space and apostrophe of one kind."""
    return re.sub(r"\s+", " ", fold(text).replace("’", "'"))


def _as_typed(flat: str, text: str) -> str:
    """Return words found in the folded text as they were typed."""
    typed = re.sub(r"\s+", " ", text)
    # A letter may fold to several, « œ », or to none, an accent that stands apart.
    before = [0, *accumulate(len(fold(letter)) for letter in typed)]
    place = _flat(text).find(flat)
    first = bisect_right(before, place) - 1
    return typed[first : bisect_left(before, place + len(flat))]


def _quoted(words: list[str]) -> str:
    return ", ".join(f"« {word} »" for word in list(dict.fromkeys(words))[:_MOST_QUOTED])
