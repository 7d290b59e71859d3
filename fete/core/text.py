"""Text as people type it: folded for comparing, stemmed for searching, cleaned of control characters."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer
from slugify import slugify

_STEMMER = snowballstemmer.stemmer("french")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]", re.IGNORECASE)
_STOP_WORDS = frozenset(
    [
        "a",
        "au",
        "aux",
        "avec",
        "ce",
        "ces",
        "cet",
        "cette",
        "dans",
        "de",
        "des",
        "du",
        "elle",
        "en",
        "et",
        "eux",
        "il",
        "ils",
        "je",
        "la",
        "le",
        "les",
        "leur",
        "lui",
        "ma",
        "mais",
        "me",
        "mes",
        "moi",
        "mon",
        "ne",
        "nos",
        "notre",
        "nous",
        "on",
        "ou",
        "par",
        "pas",
        "pour",
        "qu",
        "que",
        "qui",
        "sa",
        "se",
        "ses",
        "son",
        "sur",
        "ta",
        "te",
        "tes",
        "toi",
        "ton",
        "tu",
        "un",
        "une",
        "vos",
        "votre",
        "vous",
        "y",
    ]
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_SLUG_LENGTH = 60
# What is left of an elision typed without its apostrophe: « l eau ».
_LONE_LETTERS = frozenset("cdjlmnst")
_MOST_WORDS = 12


def fold(text: str) -> str:
    """Return the text in lower case without accents nor ligatures."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def fold_name(text: str) -> str:
    """Return a name as one compares it: folded, « saint » whole, every separator one space."""
    words = re.findall(r"[a-z0-9]+", fold(text))
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    # Fold after stemming: the stemmer wants its accents. Words already folded meet the same stem.
    return fold(_STEMMER.stemWord(word))


def stems(text: str) -> list[str]:
    """Return the folded French stems of a text, in order, without elisions nor empty words."""
    return [_stem(word) for word in words_of(text) if fold(word) not in _STOP_WORDS]


def search_text(*parts: str | None) -> str:
    """Return what a search looks through: each word under every form in which one may ask for it."""
    found: dict[str, None] = {}
    for part in parts:
        for word in words_of(part or ""):
            if fold(word) not in _STOP_WORDS:
                found |= dict.fromkeys(_forms(word))
    return " ".join(found)


def asked_words(text: str) -> list[tuple[str, ...]]:
    """Return the words of a search in order, each with the forms that find it; none when nothing can be found.

    The word itself is its first form. Of words that are all empty, the last alone counts: somebody has begun to
    type « les(sive) ».
    """
    words = words_of(text)
    full = [word for word in words if fold(word) not in _STOP_WORDS | _LONE_LETTERS]
    kept = full or [word for word in words if fold(word) in _LONE_LETTERS] or words[-1:]
    return [_forms(word) for word in kept[:_MOST_WORDS]]


def telling_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that are not empty, folded, in order."""
    words = (fold(word) for word in words_of(text))
    return tuple(word for word in words if word not in _STOP_WORDS | _LONE_LETTERS)


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, in order, without elisions."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return re.findall(r"[^\W_]+", _ELISION.sub("", text))


@lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, ...]:
    # The word itself, so that its beginning is found too: the stem of « fréquence » ends otherwise than « fréquenc ».
    # Then its stem, with and without accents.
    bare = fold(word)
    return tuple(dict.fromkeys((bare, _stem(word), _stem(bare))))


def clean(text: str) -> str:
    """Return the text composed (NFC), with one kind of line end and without control characters."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


@lru_cache(maxsize=20_000)
def slug(text: str) -> str:
    """Return the text as the last part of an address: at most 60 plain characters, never empty."""
    return (
        slugify(
            text.replace("’", "-").replace("'", "-"), max_length=_SLUG_LENGTH, word_boundary=True
        )
        or "sans-titre"
    )


def cell(text: str) -> str:
    """Return the text as a spreadsheet shows it: never taken for a formula, whatever it begins with."""
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) else text
