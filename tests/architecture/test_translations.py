"""Every sentence has its English, whole and with the same blanks to fill."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import fete

ROOT = Path(fete.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true"}, "templates/**.txt": {"trimmed": "true"}}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "N_": None,
}
BLANKS = re.compile(r"%\((\w+)\)[sd]")


def sentences() -> set[str | tuple[str, ...]]:
    """Return every sentence of the code and of the pages."""
    return {
        message
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT, METHODS, OPTIONS, KEYWORDS
        )
    }


def catalogue(language: str):
    """Return a catalogue."""
    with (ROOT / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def test_english_is_complete_and_holds_nothing_else():
    known = {message.id for message in catalogue("en") if message.id}
    assert known == sentences()


@pytest.mark.parametrize(
    "message",
    [message for message in catalogue("en") if message.id],
    ids=lambda message: str(message.id)[:40],
)
def test_every_sentence_is_translated_with_the_same_blanks(message):
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    assert all(strings)
    assert not message.fuzzy
    assert {blank for text in strings for blank in BLANKS.findall(text)} <= {
        blank for text in ids for blank in BLANKS.findall(text)
    }
    assert set(BLANKS.findall(ids[-1])) == set(BLANKS.findall(strings[-1]))


def test_french_plurals_are_complete():
    plurals = {message for message in sentences() if isinstance(message, tuple)}
    known = {message.id: message.string for message in catalogue("fr") if message.id}
    assert set(known) == plurals
    assert all(known[each] == each for each in plurals)
