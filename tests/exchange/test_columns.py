"""How each cell is read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fete.exchange.columns import COLUMNS, heading_faults, read_line, report_faults, slots
from fete.exchange.tables import Line, read
from fete.programme.rules import PlannedSlot


def utc(year, month, day, hour, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-10-03T10:00/2026-10-03T12:30", [(utc(2026, 10, 3, 8), utc(2026, 10, 3, 10, 30))]),
        ("03/10/2026 10h-12h30", [(utc(2026, 10, 3, 8), utc(2026, 10, 3, 10, 30))]),
        ("03/10/2026 de 10h à 12h30", [(utc(2026, 10, 3, 8), utc(2026, 10, 3, 10, 30))]),
        ("3/10/2026 22:00-1:00", [(utc(2026, 10, 3, 20), utc(2026, 10, 3, 23))]),
        ("03/10/2026", [(utc(2026, 10, 2, 22), utc(2026, 10, 3, 22))]),
        (
            "03/10/2026 au 04/10/2026",
            [
                (utc(2026, 10, 2, 22), utc(2026, 10, 3, 22)),
                (utc(2026, 10, 3, 22), utc(2026, 10, 4, 22)),
            ],
        ),
        (
            "24/10/2026 14h-15h | 25/10/2026 14h-15h",
            [
                (utc(2026, 10, 24, 12), utc(2026, 10, 24, 13)),
                (utc(2026, 10, 25, 13), utc(2026, 10, 25, 14)),
            ],
        ),
    ],
)
def test_slots_are_read_in_every_documented_form(cell, expected):
    assert slots(cell) == tuple(
        PlannedSlot(starts_at=start, ends_at=end) for start, end in expected
    )


@pytest.mark.parametrize(
    "cell",
    [
        "demain",
        "32/10/2026",
        "2026-10-03T10:00",
        "2026-10-03T10:00+02:00/2026-10-03T12:00",
        "29/03/2026 2h30-4h",
        "04/10/2026 au 03/10/2026",
        "03/10/2026 25h-26h",
        "01/01/2026 au 31/12/2099",
    ],
)
def test_a_slot_that_cannot_be_is_refused_with_what_was_written(app, cell):
    with app.test_request_context(), pytest.raises(ValueError, match=r"«|créneaux"):
        slots(cell)


def test_a_whole_day_lasts_24_hours_even_when_the_clocks_change():
    (day,) = slots("25/10/2026")
    assert day.ends_at - day.starts_at == timedelta(hours=24)


def test_headings_are_checked_before_any_line():
    table = read(b"structure;type;titre;title;lieu;lieu\n")
    assert [str(fault) for fault in heading_faults(table)] == [
        "ligne 1, colonne title : cette colonne n’est pas connue ; peut-être titre",
        "ligne 1, colonne lieu : cette colonne est là deux fois",
        "ligne 1, colonne creneaux : il manque cette colonne",
        "ligne 1, colonne code_insee : il faut code_insee, ou commune et departement",
    ]


def test_every_wrong_cell_of_a_line_is_told_at_once(app):
    cells = {
        "structure": "",
        "type": "atelier",
        "titre": "x" * 141,
        "code_insee": "toulouse",
        "creneaux": "hier",
        "places": "0",
        "gratuit": "peut-être",
        "reservation": "parfois",
        "public": "beaucoup",
        "scolaires": "12345678",
    }
    with app.test_request_context():
        _row, refusals = read_line(Line(number=14, cells=cells))
    assert {refusal.column for refusal in refusals} == set(cells) - {"type"}
    assert all(refusal.line == 14 for refusal in refusals)


def test_figures_take_the_spaces_of_thousands_and_codes_their_lost_zero(app):
    with app.test_request_context():
        row, _refusals = read_line(
            Line(number=2, cells={"public": "1\u202f200", "code_insee": "9122", "departement": "9"})
        )
    assert (row["public"], row["code_insee"], row["departement"]) == (1200, "09122", "09")


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"public": "12"}, "bilan"),
        ({"chercheurs": "2"}, "bilan"),
        ({"bilan": "annulée", "public": "12"}, "public"),
        ({"bilan": "annulée", "public": "0"}, None),
        ({"bilan": "tenue", "public": "12"}, None),
        ({}, None),
    ],
)
def test_a_report_hangs_together(app, cells, column):
    with app.test_request_context():
        row, _refusals = read_line(Line(number=2, cells=cells))
    assert [fault.column for fault in report_faults(row)] == ([column] if column else [])


def test_every_column_is_documented():
    guide = (Path(__file__).parents[2] / "docs" / "donnees.md").read_text("utf-8")
    for column in COLUMNS:
        assert f"| `{column.name}`" in guide
        assert column.meaning.replace("|", "&#124;") in guide
