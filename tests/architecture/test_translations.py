"""Every sentence has its English, whole and with the same blanks to fill; French plurals follow the French rule."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask_babel import force_locale

from fete.core.i18n import gettext, ngettext
from tests.catalogues import Sentence, catalogue, english, french, kept, path_of, sentences, written

BLANKS = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


@pytest.fixture(scope="module")
def found() -> set[Sentence]:
    """Give every sentence of the code and of the pages, read once."""
    return sentences()


def texts_of(sentence: Sentence) -> tuple[str, ...]:
    """Return the singular and the plural, or the only text there is."""
    return (sentence,) if isinstance(sentence, str) else sentence


def blanks(text: str) -> list[str]:
    """Return the blanks that a text leaves to fill, in alphabetical order."""
    return sorted(name or script_name for name, script_name in BLANKS.findall(text))


def test_english_is_complete_and_holds_nothing_else(found: set[Sentence]) -> None:
    assert set(kept("en")) == found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_translation_is_missing_or_doubtful(language: str) -> None:
    messages = [message for message in catalogue(language) if message.id]
    doubtful = [message.id for message in messages if message.fuzzy]
    missing = [each for each, said in kept(language).items() if not all(texts_of(said))]
    assert (doubtful, missing) == ([], [])


def test_english_leaves_the_same_blanks_to_fill() -> None:
    unlike = [
        (source, said)
        for sentence, translation in kept("en").items()
        for source, said in zip(texts_of(sentence), texts_of(translation), strict=True)
        if blanks(source) != blanks(said)
    ]
    assert unlike == []


def test_english_keeps_no_french_punctuation() -> None:
    french_marks = re.compile("[«»\u00a0\u202f]| [:;?!]|'")
    said = [text for each in kept("en").values() for text in texts_of(each)]
    assert [text for text in said if french_marks.search(text)] == []


def test_french_keeps_its_marks_with_their_words(found: set[Sentence]) -> None:
    apart = re.compile("« | »| [:;?!](?!\\S)")
    assert [text for each in found for text in texts_of(each) if apart.search(text)] == []


def test_french_plurals_are_complete_and_say_what_the_source_says(found: set[Sentence]) -> None:
    assert kept("fr") == french(found)


@pytest.mark.parametrize(("language", "of_now"), [("en", english), ("fr", french)])
def test_a_catalogue_stands_as_it_would_be_written_anew(
    found: set[Sentence],
    language: str,
    of_now: Callable[[set[Sentence]], dict[Sentence, Sentence]],
) -> None:
    assert path_of(language).read_bytes() == written(language, of_now(found))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["0 visiteur", "1 visiteur", "2 visiteurs"]),
        ("en", ["0 visitors", "1 visitor", "2 visitors"]),
    ],
)
def test_each_language_counts_by_its_own_rule(app: Flask, language: str, said: list[str]) -> None:
    with app.test_request_context(), force_locale(language):
        counted = [
            ngettext("%(count)s visiteur", "%(count)s visiteurs", number, count=number)
            for number in range(3)
        ]
    assert counted == said


def test_a_sentence_that_is_also_a_singular_is_translated_alone(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert gettext("Ma structure") == "My organisation"
