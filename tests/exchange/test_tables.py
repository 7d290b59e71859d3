"""Tables as spreadsheets write them."""

import pytest

from fete.exchange.tables import Line, UnreadableError, read

EXPECTED = (Line(number=2, cells={"titre": "Été, à l’œil nu", "lieu": "Auch"}),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_usual_encodings_separators_and_line_ends_are_read(encoding, separator, end):
    text = end.join([f"Titre{separator}Lieu", f"Été, à l’œil nu{separator}Auch", ""])
    assert read(text.encode(encoding)).lines == EXPECTED


def test_a_line_is_where_its_row_begins_and_empty_rows_are_left_out():
    text = 'titre;lieu\n"deux\nlignes";Auch\n;\n\nseule;\n'
    assert [(line.number, line.cells) for line in read(text.encode()).lines] == [
        (2, {"titre": "deux\nlignes", "lieu": "Auch"}),
        (6, {"titre": "seule", "lieu": ""}),
    ]


def test_missing_cells_at_the_end_are_empty():
    assert read(b"a;b;c\n1\n").lines == (Line(number=2, cells={"a": "1", "b": "", "c": ""}),)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"\n\n", "vide"),
        (b"a;b\n1;2;3\n", "Ligne 2"),
        (b'a;b\n"1;2\n', "guillemet"),
        (b"PK\x03\x04\x00\x00", "CSV"),
        (b"a\n" + b"x" * 50_000, "trop longue"),
        (b"a\n" + b"1\n" * 50_001, "50 000"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content, words):
    with pytest.raises(UnreadableError, match=words):
        read(content)
