"""Keep the catalogues: every sentence of the code and of the pages, in English; the plurals, in French.

`python -m tests.catalogues` writes them anew: what is new comes in empty, to be translated; what is gone goes.
"""

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

import fete

SOURCE = Path(fete.__file__).parent
MAPPING = SOURCE.parent / "babel.cfg"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
# No date and no name: nothing in a catalogue changes but sentences.
HEADER = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"

"""

Sentence = str | tuple[str, ...]


def sentences() -> set[Sentence]:
    """Return every sentence of the code and of the pages; one that counts, as its singular and its plural."""
    with MAPPING.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = {
        message
        for _file, _line, message, _comments, _context in extract_from_dir(
            SOURCE, methods, options, KEYWORDS
        )
    }
    # A catalogue has one entry for a sentence said alone and said as the singular of another.
    return found - {each[0] for each in found if isinstance(each, tuple)}


def path_of(language: str) -> Path:
    """Return where the catalogue of a language is."""
    return SOURCE / "translations" / language / "LC_MESSAGES" / "messages.po"


def catalogue(language: str) -> Catalog:
    """Return the catalogue of a language as it stands."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def kept(language: str) -> dict[Sentence, Sentence]:
    """Return each sentence of a catalogue with its translation."""
    return {
        _sentence(message.id): _sentence(message.string)
        for message in catalogue(language)
        if message.id
    }


def _sentence(text: str | Iterable[str] | None) -> Sentence:
    return text if isinstance(text, str) else tuple(text or ())


def written(language: str, translations: Mapping[Sentence, Sentence]) -> bytes:
    """Return the catalogue file of these sentences, in their order, one line each."""
    made = Catalog(locale=language)
    for sentence, translation in translations.items():
        made.add(sentence, translation)
    body = BytesIO()
    write_po(body, made, width=0, no_location=True, omit_header=True, sort_output=True)
    header = HEADER.format(language=language, plurals=made.plural_forms)
    return header.encode() + body.getvalue().strip() + b"\n"


def english(found: Iterable[Sentence]) -> dict[Sentence, Sentence]:
    """Return these sentences with the English they have: none yet for the new ones."""
    known = kept("en")
    return {each: known.get(each, ("", "") if isinstance(each, tuple) else "") for each in found}


def french(found: Iterable[Sentence]) -> dict[Sentence, Sentence]:
    """Return those that count, as they are: the catalogue only brings the rule by which 0 is singular."""
    return {each: each for each in found if isinstance(each, tuple)}


def main() -> None:
    """Write both catalogues, and say how many sentences wait for their English."""
    found = sentences()
    for language, translations in (("en", english(found)), ("fr", french(found))):
        path_of(language).write_bytes(written(language, translations))
    print(f"{sum(not any(each) for each in english(found).values())} à traduire")  # noqa: T201


if __name__ == "__main__":
    main()
