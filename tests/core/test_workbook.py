"""Spreadsheets: what is typed stays text, numbers are numbers, days are those of Paris."""

import io
import zipfile
from datetime import UTC, date, datetime

from fete.core.workbook import Sheet, comma_separated, spreadsheet

AT = datetime(2026, 11, 3, 10, tzinfo=UTC)


def written(*rows, name="Une feuille", above=()):
    sheet = Sheet(name=name, columns=[("Un", 10), ("Deux", 10)], rows=rows, above=above)
    with zipfile.ZipFile(io.BytesIO(spreadsheet([sheet], title="Titre", at=AT))) as file:
        return file.read("xl/worksheets/sheet1.xml").decode(), file.read("xl/workbook.xml").decode()


def test_whatever_looks_like_a_formula_is_text():
    page, _book = written(("=1+1", "@SUM(A1)"), ("+33 5", "-12"), ("{=A1}", "http://exemple.fr"))
    assert "<f>" not in page
    assert "<hyperlink" not in page
    for text in ("=1+1", "@SUM(A1)", "+33 5", "-12", "{=A1}", "http://exemple.fr"):
        assert f">{text}<" in page


def test_numbers_days_and_hours_are_values_and_nothing_is_an_empty_cell():
    page, _book = written(
        (1_234, 1.5), (date(2026, 10, 3), datetime(2026, 10, 3, 8, tzinfo=UTC)), (None, "")
    )
    # The third of October, and ten o'clock in Paris.
    for value in ("1234", "1.5", "46298", "46298.41666666666"):
        assert f"<v>{value}" in page
    assert 'r="A4"' not in page


def test_a_name_and_a_text_that_are_too_long_are_cut():
    page, book = written(("x" * 40_000, 1), name="Bilan : [Gers] / " + "y" * 100)
    assert "x" * 32_767 in page
    assert "x" * 32_768 not in page
    assert 'name="Bilan Gers…"' in book


def test_lines_stand_above_the_columns():
    page, _book = written(("a", 1), above=["Titre", "Démonstration"])
    assert (
        page.index("Titre") < page.index("Démonstration") < page.index(">Un<") < page.index(">a<")
    )


def test_a_csv_file_opens_in_a_french_spreadsheet_and_holds_no_formula():
    rows: list[list[object]] = [
        ["Titre", "Visiteurs"],
        ["=1+1", -3],
        ["L’eau ; l’été", None],
        [" @SUM(A1)", 0],
    ]
    assert comma_separated(rows) == (
        "\ufeffTitre;Visiteurs\r\n'=1+1;-3\r\n\"L’eau ; l’été\";\r\n' @SUM(A1);0\r\n"
    )
