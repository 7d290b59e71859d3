"""The bilan of a territory on paper and as a spreadsheet: its chapters, whose figures it tells, what people have yet to write."""

import io
import re
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader

from fete.core.clock import PARIS, from_paris
from fete.core.db import db as database
from fete.reports.models import Question, ReportAnswer
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import AUCH, TOULOUSE
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

PDF = "/coordination/chiffres/2026/bilan.pdf"
XLSX = "/coordination/chiffres/2026/bilan.xlsx"
CHAPTERS = [
    "Coordination et partenaires",
    "Acteurs : typologie et répartition géographique",
    "Inauguration",
    "Fréquentation et évolution",
    "Chaque village, festival et parcours",
    "Communication",
    "Financement",
    "Perspectives",
    "Définitions",
]


def answer(report, question, words):
    database.session.add(ReportAnswer(report=report, question=question, answer=words))
    database.session.flush()


@pytest.fixture
def told(db, clock: time_machine.Traveller):
    edition = make_edition(is_demo=True)
    hour = from_paris(date(2026, 10, 3), time(10))
    here = make_report(make_activity(hour, commune=AUCH, title="Ici"), public=1_234)
    answer(here, Question.PRESS, "=Un article dans le *journal* #panic(1)")
    answer(here, Question.SUGGESTIONS, "Plus de dates")
    there = make_report(make_activity(hour, commune=TOULOUSE), public=9_876)
    answer(there, Question.PRESS, "La télévision")
    waiting = make_report(make_activity(hour, commune=AUCH), status=ReportStatus.FILED)
    answer(waiting, Question.PRESS, "Pas encore validé")
    clock.move_to(datetime(2026, 11, 3, 10, tzinfo=PARIS))
    return edition


def pages_of(response):
    return [
        re.sub(r"\s+", " ", page.extract_text())
        for page in PdfReader(io.BytesIO(response.data)).pages
    ]


def sheets_of(response):
    with zipfile.ZipFile(io.BytesIO(response.data)) as file:
        names = re.findall(r'<sheet name="([^"]+)"', file.read("xl/workbook.xml").decode())
        sheets = [
            file.read(f"xl/worksheets/sheet{number}.xml").decode()
            for number in range(1, len(names) + 1)
        ]
    return dict(zip(names, sheets, strict=True))


def test_the_paper_has_every_chapter_in_its_order_and_says_on_each_page_that_it_is_a_demo(
    told, sign_in
):
    answer = sign_in(make_coordinator("32")).get(PDF)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert 'filename="bilan-2026-gers-demonstration.pdf"' in answer.headers["Content-Disposition"]
    pages = pages_of(answer)
    assert all("Données de démonstration" in page for page in pages)
    whole = " ".join(pages).replace("\u202f", " ").replace("\xa0", " ")
    places = [whole.index(title.replace("\xa0", " ")) for title in CHAPTERS]
    assert places == sorted(places)
    assert "1 262" in whole
    assert "Un article dans le *journal* #panic(1)" in whole
    assert "Plus de dates" in whole
    assert "À écrire : Lieu, date, invités, temps forts" in whole


def test_the_paper_is_tagged_and_says_its_title_and_its_language(told, sign_in):
    reader: Any = PdfReader(io.BytesIO(sign_in(make_coordinator("32")).get(PDF).data))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("fr", True)
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    assert reader.metadata.title == "Fête de la science 2026, bilan : Gers"


def test_nothing_of_another_territory_nor_of_what_waits_is_told(told, sign_in):
    browser = sign_in(make_coordinator("32"))
    whole = " ".join(pages_of(browser.get(PDF))) + "".join(sheets_of(browser.get(XLSX)).values())
    for secret in ("9 904", "9904", "La télévision", "Pas encore validé", "Toulouse"):
        assert secret not in whole
    region = " ".join(pages_of(sign_in(make_coordinator()).get(PDF)))
    assert "La télévision" in region
    assert "Pas encore validé" not in region


def test_the_spreadsheet_has_a_sheet_for_each_chapter_and_no_formula(told, sign_in):
    answer = sign_in(make_coordinator("32")).get(XLSX)
    sheets = sheets_of(answer)
    assert [name.partition(" ")[2][:20] for name in sheets] == [
        " ".join(title.replace(":", " ").split())[:20] for title in CHAPTERS
    ]
    assert all("Données de démonstration" in sheet for sheet in sheets.values())
    assert not any("<f>" in sheet for sheet in sheets.values())
    assert "=Un article" in sheets["6 Communication"]
    assert "<v>1262</v>" in sheets["4 Fréquentation et évolution"]


@pytest.mark.parametrize("address", [PDF, XLSX])
def test_only_coordinators_take_it_for_their_own_territory(told, sign_in, client, address):
    assert sign_in(make_coordinator("32")).get(f"{address}?departement=31").status_code == 404
    assert sign_in(make_coordinator()).get(f"{address}?departement=31").status_code == 200
    assert sign_in(make_user()).get(address).status_code == 403
    assert client.get(address).status_code == 302


def test_a_bilan_of_nothing_is_still_one(db, sign_in, clock):
    make_edition()
    clock.move_to(datetime(2026, 11, 3, 10, tzinfo=PARIS))
    browser = sign_in(make_coordinator("32"))
    assert "Ni village" in " ".join(pages_of(browser.get(PDF)))
    assert len(sheets_of(browser.get(XLSX))) == len(CHAPTERS)
