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
    bare = _ELISION.sub("", text.lower().replace("’", "'"))
    words = (word for word in re.findall(r"\w+", bare) if fold(word) not in _STOP_WORDS)
    return [_stem(word) for word in words]


def search_text(*parts: str | None) -> str:
    """Return what a search looks through: stems, and folded stems of the unaccented words beside them."""
    found: dict[str, None] = {}
    for part in parts:
        if part:
            found |= dict.fromkeys(stems(part))
            found |= dict.fromkeys(stems(fold(part)))
    return " ".join(found)


def clean(text: str) -> str:
    """Return the text composed (NFC), with one kind of line end and without control characters."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


def slug(text: str) -> str:
    """Return the text as the last part of an address: at most 60 plain characters, never empty."""
    return (
        slugify(
            text.replace("’", "-").replace("'", "-"), max_length=_SLUG_LENGTH, word_boundary=True
        )
        or "sans-titre"
    )
