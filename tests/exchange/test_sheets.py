"""The list of a committee as a spreadsheet, read back as any program reads it."""

import io
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest

from fete.core.clock import now
from fete.exchange.sheets import committee_sheet
from fete.programme.workflow import Status
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity

pytestmark = pytest.mark.usefixtures("db")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name).decode() for name in file.namelist() if name.endswith("xml")}


def cells(content):
    """Return the rows of the sheet: texts as written, numbers as numbers, nothing for an empty cell."""
    found = parts(content)
    texts = ["".join(node.itertext()) for node in ET.fromstring(found["xl/sharedStrings.xml"])]
    rows = []
    for row in ET.fromstring(found["xl/worksheets/sheet1.xml"]).iter(f"{MAIN}row"):
        values: list[object] = []
        for cell in row.iter(f"{MAIN}c"):
            value = cell.find(f"{MAIN}v")
            assert cell.find(f"{MAIN}f") is None
            number = int(value.text or 0) if value is not None else None
            if number is None:
                values.append("")
            else:
                values.append(texts[number] if cell.get("t") == "s" else number)
        rows.append(values)
    return rows


def test_each_activity_has_its_line_with_room_for_the_decision():
    activity = make_activity(
        status=Status.SUBMITTED,
        title="Nuit noire",
        organisation=make_organisation(name="Les Étoiles du Gers"),
        scientific_referent="Ada Martin",
    )
    heading, line = cells(committee_sheet([activity], title="Liste", at=now()))
    assert heading[:9] == [
        "Nº",
        "Titre",
        "Structure",
        "Commune",
        "Département",
        "Type d’activité",
        "Thématiques",
        "Publics",
        "Dates",
    ]
    assert heading[-2:] == ["Décision", "Remarques du comité"]
    assert len(line) == len(heading)
    assert line[:6] == [1, "Nuit noire", "Les Étoiles du Gers", "Auch", "Gers", "Atelier"]
    assert line[8] == "sam. 3 oct. de 10\u00a0h à 12\u00a0h"
    assert line[9:] == [
        "oui — 1 sur 1 créneau dans la période officielle.",
        "oui — La structure confirme la gratuité.",
        "",
        "oui — Ada Martin",
        "",
        "",
        "",
        "",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        '=HYPERLINK("https://evil.example","x")',
        "+33 1 23",
        "-1+1",
        "@SUM(A1)",
        "\t=1+1",
        "https://evil.example/",
        "12345",
        "<b>&amp;</b>",
    ],
)
def test_what_people_typed_stays_text(typed):
    activity = make_activity(title=typed, organisation=make_organisation(name=typed))
    content = committee_sheet([activity], title="Liste", at=now())
    _heading, line = cells(content)
    assert line[1:3] == [typed, typed]
    sheet = parts(content)["xl/worksheets/sheet1.xml"]
    assert not re.search("<f>|<hyperlink", sheet)


def test_the_heading_stays_in_view_and_is_repeated_on_paper():
    found = parts(committee_sheet([], title="Liste", at=now()))
    sheet, book = found["xl/worksheets/sheet1.xml"], found["xl/workbook.xml"]
    assert re.search(r'<pane xSplit="2" ySplit="1"[^>]*state="frozen"', sheet)
    assert 'orientation="landscape"' in sheet
    assert "_xlnm.Print_Titles" in book


def test_of_many_times_the_first_are_told_and_the_others_counted():
    activity = make_activity()
    (slot,) = activity.slots
    activity.slots = [
        type(slot)(starts_at=slot.starts_at, ends_at=slot.ends_at, changed_at=now())
        for _each in range(9)
    ]
    _heading, line = cells(committee_sheet([activity], title="Liste", at=now()))
    assert line[8].splitlines()[-1] == "et 3 autres créneaux"
    assert len(line[8].splitlines()) == 7
