"""The reports of a territory as a spreadsheet: whose they are, what stands in it, what it costs."""

import io
import zipfile
from datetime import datetime
from xml.etree import ElementTree

import pytest
import time_machine

from fete.core.clock import PARIS
from fete.reports.arithmetic import Method
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

FILE = "/coordination/bilans.xlsx"
NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def rows_of(answer):
    """Return the cells of a spreadsheet by their letter, row by row."""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))  # our own file
    return [
        {
            cell.attrib["r"].rstrip("0123456789"): "".join(cell.itertext())
            for cell in row.findall("x:c", NS)
        }
        for row in sheet.findall(".//x:row", NS)
    ]


@pytest.fixture
def reported(db, clock: time_machine.Traveller):
    make_edition()
    first = make_activity(title="=1+1", kind="workshop")
    make_report(
        first, remarks="@SUM(A1)", explanation="Tout va bien", method=Method.TICKETED, adults=0
    )
    make_activity(title="Sans bilan")
    make_report(make_activity(title="Reçue"), status=ReportStatus.FILED)
    make_report(make_activity(title="À Toulouse", commune=TOULOUSE))
    clock.move_to(datetime(2026, 11, 3, 10, tzinfo=PARIS))


def titles(answer):
    return [row["A"] for row in rows_of(answer)[2:]]


def test_the_sheet_holds_the_reports_of_ones_own_territory(reported, sign_in):
    browser = sign_in(make_coordinator("32"))
    assert titles(browser.get(FILE)) == ["=1+1", "Sans bilan", "Reçue"]
    assert titles(browser.get(f"{FILE}?etat=a-valider")) == ["Reçue"]
    assert titles(browser.get(f"{FILE}?etat=manquants&edition=2026")) == ["Sans bilan"]
    assert b"Toulouse" not in browser.get(FILE).data
    regional = sign_in(make_coordinator())
    assert titles(regional.get(f"{FILE}?departement=31")) == ["À Toulouse"]
    assert len(titles(regional.get(FILE))) == 4


def test_a_line_tells_the_activity_and_all_of_its_report(reported, sign_in):
    answer = sign_in(make_coordinator("32")).get(FILE)
    title, heading, first, missing, _filed = rows_of(answer)
    assert title["A"].startswith("Bilans 2026")
    told = {heading[letter]: value for letter, value in first.items()}
    assert told["Activité"] == "=1+1"
    assert told["Code INSEE"] == "32013"
    assert told["Département"] == "Gers"
    assert told["Bilan"] == "validé"
    assert told["A eu lieu"] == "tenue"
    figures = (
        "Visiteurs",
        "Grand public",
        "Scolaires",
        "Accompagnateurs",
        "Chercheurs",
        "Bénévoles",
    )
    assert [told[name] for name in figures] == ["65", "40", "25", "0", "2", "4"]
    assert told["Comptage"] == "d’après des billets"
    assert told["Doutes"] == "3"
    assert (told["Remarques"], told["Explication"]) == ("@SUM(A1)", "Tout va bien")
    assert {"Premier créneau", "Fin du dernier", "Déposé le", "Validé le", "Rempli par"} <= {*told}
    assert missing["J"] == "attendu"
    assert "L" not in missing


def test_no_cell_is_a_formula(reported, sign_in):
    answer = sign_in(make_coordinator("32")).get(FILE)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "asked",
    ["departement=31", "departement=99", "edition=1999", "etat=perdus", "etat=" + "x" * 1000],
)
def test_another_territory_and_what_does_not_exist_are_not_there(reported, sign_in, asked):
    assert sign_in(make_coordinator("32")).get(f"{FILE}?{asked}").status_code == 404


def test_only_coordinators_take_it(reported, sign_in, client):
    assert client.get(FILE).status_code == 302
    assert sign_in(make_user()).get(FILE).status_code == 403


def test_the_queries_do_not_grow_with_the_reports(reported, sign_in, queries):
    browser = sign_in(make_coordinator("32"))
    browser.get(FILE)
    with queries() as few:
        browser.get(FILE)
    for number in range(6):
        make_report(make_activity(organisation=make_organisation(name=f"Structure {number}")))
    with queries() as many:
        browser.get(FILE)
    assert len(few) == len(many)
