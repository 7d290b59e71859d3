"""The key figures on two pages and as a picture, read back."""

from datetime import date, time
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from fete.core.clock import from_paris, now
from fete.figures.models import Nature
from fete.figures.services import freeze, publish, record_headline
from fete.printing import services
from fete.programme.models import EditionState
from fete.reports.arithmetic import Method
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator
from tests.factories.network import TOULOUSE
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

HOSTILE = '#panic("boum") *gras* _x_ $x$ `c` @nul <b> \u202e 🚀 ' + "x" * 80


def on(day):
    return from_paris(date(2026, 10, day), time(10))


@pytest.fixture(autouse=True)
def _nothing_kept():
    services.programmes._kept.clear()


@pytest.fixture
def edition(db, clock):
    clock.move_to(from_paris(date(2026, 11, 3), time(10)))
    edition = make_edition(theme="Lumières")
    make_report(make_activity(on(3), commune=TOULOUSE), public=1_234, method=Method.ESTIMATED)
    make_report(make_activity(on(4), kind="lab_open_day"))
    make_report(make_activity(on(5)), status=ReportStatus.FILED, public=5_555)
    return edition


def read(answer):
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    return PdfReader(BytesIO(answer.data))


def text_of(answer):
    pages = [page.extract_text() for page in read(answer).pages]
    return " ".join("\n".join(pages).replace("\u200b", "").replace("\u202f", " ").split())


def test_two_pages_tell_what_the_page_of_the_edition_tells(client, edition):
    answer = client.get("/chiffres/2026.pdf")
    assert len(read(answer).pages) == 2
    text = text_of(answer)
    for words in (
        "Chiffres clés 2026",
        "35e édition, du vendredi 2 au lundi 12 octobre 2026",
        "Lumières",
        "1 330 visiteurs",
        "dont 50 scolaires (4 %)",
        "1 portes ouvertes de laboratoire",
        "Chiffres provisoires, comptés le mardi 3 novembre 2026.",
        "Bilans validés : 2 sur 3 attendus (67 %).",
        "Haute-Garonne 1 262",
        "sam. 3 oct.",
        "Personnes venues sur place",
        "fete.example.org/chiffres/2026",
        "p. 1 / 2",
    ):
        assert words in text, words
    assert "5 555" not in text


def test_what_is_handed_out_can_be_heard(client, edition):
    reader = read(client.get("/chiffres/2026.pdf"))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("fr", True)
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    assert reader.metadata.title == "Fête de la science en Occitanie — Chiffres clés 2026"
    english = client.get("/en/chiffres/2026.pdf")
    assert read(english).trailer["/Root"]["/Lang"] == "en"


def test_frozen_figures_are_printed_with_their_version_and_what_changed_since(
    client, edition, clock
):
    snapshot = freeze(edition, number=1, reason="", region="76", by=None, at=now())
    publish(snapshot, by=None, at=now())
    clock.shift(60)
    make_report(make_activity(on(6)), public=10_000)
    text = text_of(client.get("/chiffres/2026.pdf"))
    assert f"version 1 (empreinte {snapshot.digest[:12]})" in text
    assert "1 bilan a changé depuis : il n’est pas compté ici." in text
    assert "1 330 visiteurs" in text
    then = text_of(client.get("/chiffres/2026.pdf?au=2026-11-03"))
    assert "tels qu’on les connaissait le mardi 3 novembre 2026" in then
    assert "11 358 visiteurs" in then


def test_a_draft_is_not_printed(client, edition):
    freeze(edition, number=1, reason="", region="76", by=None, at=now())
    assert "Chiffres provisoires" in text_of(client.get("/chiffres/2026.pdf"))


def test_whatever_is_typed_is_printed_as_it_is_and_breaks_nothing(client, edition, db):
    edition.theme = HOSTILE
    record_headline(
        year=2026,
        key="visitors",
        value=99_000,
        scope=HOSTILE,
        nature=Nature.ANNOUNCED,
        source=HOSTILE,
    )
    db.session.flush()
    text = text_of(client.get("/chiffres/2026.pdf"))
    assert '#panic("boum") *gras*' in text
    assert "99 000 visiteurs" in text
    assert client.get("/chiffres/2026.png").status_code == 200


def test_the_picture_is_as_large_as_networks_show_it(client, edition):
    answer = client.get("/chiffres/2026.png")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert Image.open(BytesIO(answer.data)).size == (1200, 630)
    page = client.get("/chiffres/2026").get_data(as_text=True)
    assert 'content="https://fete.example.org/chiffres/2026.png"' in page


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_who_has_it_is_told_that_it_still_holds(client, edition, form):
    first = client.get(f"/chiffres/2026.{form}")
    assert first.headers["Cache-Control"] == "public, no-cache"
    tag = first.headers["ETag"]
    again = client.get(f"/chiffres/2026.{form}", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    make_report(make_activity(on(6)))
    assert client.get(f"/chiffres/2026.{form}", headers={"If-None-Match": tag}).status_code == 200


def test_it_is_printed_once(client, edition, monkeypatch):
    first = client.get("/chiffres/2026.pdf").data
    monkeypatch.setattr(services, "_PRESS", services._PRESS.with_name("nowhere.py"))
    assert client.get("/chiffres/2026.pdf").data == first


def test_a_press_that_stops_is_said_in_words(client, edition, monkeypatch):
    monkeypatch.setattr(services, "_PRESS", services._PRESS.with_name("nowhere.py"))
    answer = client.get("/chiffres/2026.pdf")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "20"


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_nothing_is_printed_before_a_report_is_validated(client, db, form):
    make_edition(2026)
    answer = client.get(f"/chiffres/2026.{form}")
    assert answer.status_code == 404
    assert "rien à imprimer" in answer.text.replace("\u00a0", " ")
    assert client.get(f"/chiffres/1850.{form}").status_code == 404


def test_an_edition_in_preparation_is_printed_for_the_coordination_only(
    client, sign_in, edition, db
):
    edition.state = EditionState.PREPARED
    db.session.flush()
    assert client.get("/chiffres/2026.pdf").status_code == 404
    answer = sign_in(make_coordinator()).get("/chiffres/2026.pdf")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_invented_figures_say_so_on_each_page(client, edition, db):
    edition.is_demo = True
    db.session.flush()
    answer = client.get("/chiffres/2026.pdf")
    assert all("inventés" in page.extract_text() for page in read(answer).pages)
    assert "chiffres-2026-demonstration.pdf" in answer.headers["Content-Disposition"]


def test_the_people_of_an_edition_that_few_made_are_not_printed(client, edition):
    # Two structures tell four each; the third has only begun.
    text = text_of(client.get("/chiffres/2026.pdf"))
    assert "8 bénévoles" not in text
    assert "secret bénévoles" in text
    make_report(make_activity(on(3), commune=TOULOUSE))
    assert "12 bénévoles" in text_of(client.get("/chiffres/2026.pdf"))
