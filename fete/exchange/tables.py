"""Rows from the CSV that spreadsheets write: any usual encoding and separator, each row with its line. Pure."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

# Some tens of thousands of rows are a region's whole history; a cell longer than this is not a cell.
MOST_ROWS = 50_000
LONGEST_CELL = 40_000
MOST_BYTES = 64 * 1024 * 1024
_SEPARATORS = ";,\t"


class UnreadableError(ValueError):
    """The bytes are no table: one sentence says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row as it stands: the line of the file where it begins, its cells by heading."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A whole file: its headings in order, and its rows."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]


def read(content: bytes) -> Table:
    """Return the table that the bytes hold, empty rows left out; raise `UnreadableError` when there is none."""
    if len(content) > MOST_BYTES:
        raise UnreadableError("Le fichier dépasse 64 Mo : partagez-le en plusieurs.")
    text = decoded(content)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    try:
        headings = tuple(cell.strip().lower() for cell in next(reader, []))
        if not any(headings):
            raise UnreadableError(
                "Le fichier est vide : la première ligne doit nommer les colonnes."
            )
        return Table(headings=headings, lines=tuple(_lines(reader, headings)))
    except csv.Error as error:
        raise UnreadableError(
            f"Ligne {reader.line_num} : le fichier n’est pas un CSV lisible ({_words(error)})."
        ) from error


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or the Western encoding of old spreadsheets."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        raise UnreadableError("Ce n’est pas un fichier CSV : enregistrez la feuille au format CSV.")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("L’encodage du fichier n’est pas reconnu : enregistrez-le en UTF-8.")


def separator(text: str) -> str:
    """Return what separates the headings: semicolon, comma or tabulation, whichever there are most of."""
    first = text.split("\n", 1)[0]
    return max(_SEPARATORS, key=first.count)


def _lines(reader: Iterator[list[str]], headings: tuple[str, ...]) -> Iterator[Line]:
    before = reader.line_num  # type: ignore[attr-defined]  # a csv.reader knows its line
    for rank, cells in enumerate(reader):
        if rank >= MOST_ROWS:
            raise UnreadableError("Le fichier dépasse 50 000 lignes : partagez-le en plusieurs.")
        start, before = before + 1, reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(headings) and any(cell.strip() for cell in cells[len(headings) :]):
            raise UnreadableError(
                f"Ligne {start} : plus de cellules que de colonnes ; un texte qui contient le séparateur "
                "doit être entre guillemets."
            )
        padded = [*cells, *[""] * (len(headings) - len(cells))]
        yield Line(number=start, cells=dict(zip(headings, padded, strict=False)))


def _words(error: csv.Error) -> str:
    if "field larger" in str(error):
        return "une cellule est trop longue"
    return "un guillemet n’est pas refermé ou pas doublé"
