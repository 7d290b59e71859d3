"""Write spreadsheets, as XLSX and as CSV: every cell is text, a number or a day, never a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO, StringIO
from textwrap import shorten
from typing import Any

from xlsxwriter import Workbook

from fete.core.clock import to_paris
from fete.core.text import cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | float | date | datetime | None
# What a spreadsheet takes in one cell, and as the name of a sheet.
_LONGEST, _LONGEST_NAME = 32_767, 31
# Without it, spreadsheets read accents wrong.
BOM = "\ufeff"
_NO_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One sheet: its name, its columns with their widths, its rows."""

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Cell]]
    # Lines of text that stand above the columns.
    above: Sequence[str] = field(default=())


def comma_separated(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as a CSV file that French spreadsheets open: semicolons, a mark of its encoding, no formula."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(each) if isinstance(each, str) else each for each in row])
    return BOM + text.getvalue()


def spreadsheet(sheets: Iterable[Sheet], *, title: str, at: datetime) -> bytes:
    """Return these sheets as an XLSX file, each row forgotten once it is written."""
    file = BytesIO()
    book = Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties({"title": title, "created": at.replace(tzinfo=None)})
    formats = {
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 2}),
        "above": book.add_format({"bold": True}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        int: book.add_format({"num_format": "#,##0"}),
        float: book.add_format({"num_format": "#,##0.0"}),
    }
    for sheet in sheets:
        name = shorten(_NO_NAME.sub(" ", sheet.name), _LONGEST_NAME, placeholder="…")
        _write(book.add_worksheet(name), sheet, formats)
    book.close()
    return file.getvalue()


def _write(page: Any, sheet: Sheet, formats: dict[Any, Any]) -> None:  # noqa: ANN401  # their library has no types
    for number, (_name, width) in enumerate(sheet.columns):
        page.set_column(number, number, width)
    for number, line in enumerate(sheet.above):
        page.write_string(number, 0, line, formats["above"])
    top = len(sheet.above)
    for number, (name, _width) in enumerate(sheet.columns):
        page.write_string(top, number, name, formats["heading"])
    last = top
    for last, row in enumerate(sheet.rows, start=top + 1):
        for number, value in enumerate(row):
            _put(page, last, number, value, formats)
    page.freeze_panes(top + 1, 1)
    if last > top:
        page.autofilter(top, 0, last, len(sheet.columns) - 1)
    page.repeat_rows(top)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&R&P / &N")


def _put(page: Any, row: int, column: int, value: Cell, formats: dict[Any, Any]) -> None:  # noqa: ANN401  # as above
    match value:
        case None | "":
            pass
        case str():
            page.write_string(row, column, value[:_LONGEST])
        case datetime():
            page.write_datetime(
                row, column, to_paris(value).replace(tzinfo=None), formats[datetime]
            )
        case date():
            page.write_datetime(row, column, value, formats[date])
        case _:
            page.write_number(row, column, value, formats[type(value)])
