"""The programme as PDF, read back: what is in it, what is not, and what it answers."""

from datetime import date, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from fete.core.clock import from_paris, now
from fete.core.ratelimit import limiter
from fete.printing import brochure, services
from fete.printing.views import printing as views
from fete.programme.models import EditionState
from fete.programme.services.activities import touch
from fete.programme.workflow import SlotState, Status
from tests.factories.network import MONTPELLIER, make_organisation
from tests.factories.programme import make_activity, make_edition

MORNING = from_paris(date(2026, 10, 3), time(10))


@pytest.fixture
def edition(db):
    return make_edition()


@pytest.fixture(autouse=True)
def _nothing_kept():
    services.programmes._kept.clear()


def read(answer) -> Any:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    return PdfReader(BytesIO(answer.data))


def text_of(answer) -> str:
    pages = [page.extract_text() for page in read(answer).pages]
    return " ".join("\n".join(pages).replace("\u200b", "").split())


def test_the_programme_holds_what_is_published_and_nothing_else(client, edition):
    make_activity(title="Publiée")
    for status in set(Status) - {Status.PUBLISHED}:
        make_activity(title=f"Fuite {status}", status=status)
    make_activity(title="Fuite 2025", edition=make_edition(2025))
    for path in ("/programme.pdf", "/programme/2026.pdf", "/programme.pdf?ordre=commune"):
        text = text_of(client.get(path))
        assert "Publiée" in text
        assert "Fuite" not in text


def test_a_village_that_is_not_published_has_no_name_in_its_stands(client, edition):
    hidden = make_activity(title="Secret", kind="science_village", status=Status.LABELLED)
    make_activity(title="Le stand", parent=hidden)
    text = text_of(client.get("/programme.pdf"))
    assert ("Le stand" in text, "Secret" in text) == (True, False)


def test_a_stand_that_is_not_published_is_not_printed_in_its_village(client, edition):
    village = make_activity(title="Village", kind="science_village")
    for status in Status:
        make_activity(title=f"Stand {status}", parent=village, status=status)
    text = text_of(client.get("/programme.pdf?type=science_village"))
    assert [status for status in Status if f"Stand {status}" in text] == [Status.PUBLISHED]


def test_what_is_printed_can_be_read_and_heard(client, edition):
    activity = make_activity(
        title="Le ciel de Gascogne", organisation=make_organisation(name="Astronomes")
    )
    reader = read(client.get("/programme.pdf"))
    text = " ".join(reader.pages[0].extract_text().replace("\u200b", "").split())
    for words in (
        "Programme 2026",
        "du 2 au 12 octobre 2026",
        "Thème : Lumières",
        "Samedi 3 octobre 2026",
        "10 h – 12 h · Atelier",
        "Le ciel de Gascogne",
        "1 rue des Écoles, Auch (32)",
        "Gratuit, sans réservation",
        "Accessibilité non renseignée",
        "Par Astronomes",
        "Imprimé le lundi 16 mars 2026",
        "fete.example.org/programme/2026",
        "p. 1 / 1",
    ):
        assert words in text
    assert reader.metadata.title == "Fête de la science en Occitanie — Programme 2026"
    assert reader.metadata.author == "Réseau Science(s) en Occitanie"
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("fr", True)
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    links = {note["/A"]["/URI"] for note in reader.pages[0]["/Annots"] if "/A" in note}
    assert links == {
        "https://fete.example.org/programme/2026",
        f"https://fete.example.org/activites/{activity.id}-{activity.slug}",
    }


def test_the_code_leads_to_the_page(client, edition):
    activity = make_activity()
    answer = client.get(f"/activites/{activity.id}--")
    assert (answer.status_code, answer.location) == (
        301,
        f"/activites/{activity.id}-{activity.slug}",
    )


def test_it_is_in_english_for_who_reads_english(client, edition):
    make_activity(title="Le ciel")
    answer = client.get("/en/programme.pdf")
    assert read(answer).trailer["/Root"]["/Lang"] == "en"
    text = text_of(answer)
    assert "Saturday 3 October 2026" in text
    assert "10:00 – 12:00 · Workshop" in text
    assert "fete.example.org/en/programme/2026" in text


def test_a_search_is_printed_alone_and_says_what_it_is(client, edition):
    make_activity(title="À Auch")
    make_activity(title="À Montpellier", commune=MONTPELLIER)
    answer = client.get("/programme/2026.pdf?departement=34&ordre=commune")
    text = text_of(answer)
    assert "Activités dans l’Hérault" in text
    assert "À Montpellier" in text
    assert "À Auch" not in text
    assert answer.headers["Content-Disposition"] == (
        'inline; filename="programme-2026-commune-activites-dans-l-herault.pdf"'
    )


def test_of_several_days_the_one_asked_for_is_printed(client, edition):
    make_activity(MORNING, MORNING + timedelta(days=1), title="Deux jours")
    text = text_of(client.get("/programme.pdf?date=2026-10-04"))
    assert "Dimanche 4 octobre 2026" in text
    assert "Samedi 3 octobre 2026" not in text


def test_what_is_cancelled_is_said_so_or_left_out(client, edition):
    activity = make_activity(title="Le ciel")
    activity.slots[0].state = SlotState.CANCELLED
    make_activity(title="Un autre")
    assert "Annulé : 10 h – 12 h" in text_of(client.get("/programme.pdf"))
    assert "Le ciel" not in text_of(client.get("/programme.pdf?annules=non"))


def test_an_invented_edition_says_so_on_each_page(client, edition):
    edition.is_demo = True
    for number in range(20):
        make_activity(title=f"Activité {number}")
    reader = read(client.get("/programme.pdf"))
    assert len(reader.pages) > 1
    assert all("aucune n’a lieu" in page.extract_text() for page in reader.pages)


@pytest.mark.parametrize("order", ["jour", "commune"])
def test_indexes_tell_the_pages(client, edition, monkeypatch, order):
    monkeypatch.setattr(brochure, "BROCHURE", 1)
    for number in range(30):
        commune = "32013" if number < 15 else MONTPELLIER
        structure = make_organisation(name=f"Structure n° {number:02}")
        make_activity(
            MORNING + timedelta(days=number // 15),
            title=f"Titre n° {number:02}",
            commune=commune,
            organisation=structure,
        )
    pages = [
        " ".join(page.extract_text().replace("\u200b", "").split())
        for page in read(client.get(f"/programme.pdf?ordre={order}")).pages
    ]
    where = {
        number: page
        for page, text in enumerate(pages, start=1)
        for number in range(30)
        if f"Titre n° {number:02}" in text
    }
    assert len(set(where.values())) > 1
    index = pages[-1]
    for number, page in where.items():
        assert f"Structure n° {number:02}, {page}" in index
    auch = sorted({page for number, page in where.items() if number < 15})
    assert f"Auch (32), {', '.join(map(str, auch))}" in index
    assert "Sommaire" in pages[0]


@pytest.mark.parametrize("count", [1, 3, 300])
@pytest.mark.parametrize("order", ["jour", "commune"])
def test_it_costs_the_same_number_of_queries_whatever_its_length(
    client, edition, queries, order, count
):
    structure = make_organisation()
    village = make_activity(kind="science_village", organisation=structure)
    for _number in range(count):
        make_activity(parent=village, organisation=structure)
    with queries() as asked:
        assert client.get(f"/programme/2026.pdf?ordre={order}").status_code == 200
    assert len(asked) == 21
    with queries() as asked:
        assert client.get(f"/programme/2026.pdf?ordre={order}").status_code == 200
    assert len(asked) == 4  # the edition, what is chosen, and its state


def test_who_has_it_is_sent_nothing_and_a_change_changes_it(client, edition, clock):
    activity = make_activity(title="Avant")
    first = client.get("/programme.pdf")
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == views.CACHE
    again = client.get("/programme.pdf", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert client.get("/programme.pdf").data == first.data
    assert client.get("/programme.pdf?ordre=commune").headers["ETag"] != tag
    assert client.get("/en/programme.pdf").headers["ETag"] != tag
    activity.title = "Après"
    touch(activity, now() + timedelta(seconds=1))
    changed = client.get("/programme.pdf", headers={"If-None-Match": tag})
    assert "Après" in text_of(changed)
    clock.shift(timedelta(days=1))
    assert "Imprimé le mardi 17 mars 2026" in text_of(client.get("/programme.pdf"))


def test_a_structure_that_changes_its_name_changes_the_programme(client, edition):
    activity = make_activity()
    tag = client.get("/programme.pdf").headers["ETag"]
    activity.organisation.name, activity.organisation.version = "Autre nom", 2
    assert "Autre nom" in text_of(client.get("/programme.pdf", headers={"If-None-Match": tag}))


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/programme.pdf?date=hier", 400, "jour"),
        ("/programme.pdf?du=2026-10-04&au=2026-10-03", 400, "La fin est avant le début"),
        ("/programme.pdf?ordre=hasard", 400, "par jour"),
        ("/programme.pdf?ordre=" + "x" * 1000, 400, "par jour"),
        ("/programme.pdf?q=" + "x" * 1000, 400, "trop longue"),
        ("/programme.pdf?departement=99&structure=-1", 404, "quelque chose qui n’existe pas"),
        ("/programme.pdf?q=zzzz", 404, "rien à imprimer"),
        ("/programme/1850.pdf", 404, "Page introuvable"),
        ("/programme/99999.pdf", 404, "Page introuvable"),
    ],
)
def test_what_cannot_be_printed_is_said_in_words_with_a_way_on(
    client, edition, path, status, words
):
    make_activity()
    answer = client.get(path)
    assert answer.status_code == status
    assert words in answer.text
    assert 'href="/programme' in answer.text


def test_a_programme_too_long_is_asked_for_in_parts(client, edition, monkeypatch):
    monkeypatch.setattr(views, "MOST_PRINTED", 1)
    make_activity()
    assert client.get("/programme.pdf").status_code == 200
    make_activity()
    answer = client.get("/programme.pdf?departement=32")
    assert answer.status_code == 400
    assert "choisissez un département" in answer.text
    assert 'href="/programme/2026?departement=32"' in answer.text


def test_an_edition_in_preparation_is_not_printed(client, db):
    make_activity(edition=make_edition(2026, state=EditionState.PREPARED))
    assert client.get("/programme/2026.pdf").status_code == 404
    assert "pas encore publié" in client.get("/programme.pdf").text


def test_while_the_press_is_busy_one_is_told_when_to_come_back(client, edition):
    make_activity()
    places = [services._places.acquire(blocking=False) for _place in range(2)]
    try:
        answer = client.get("/programme.pdf")
    finally:
        for _place in places:
            services._places.release()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "20")
    assert "Recommencez dans une minute" in answer.text
    assert client.get("/programme.pdf").status_code == 200


def test_who_asks_for_too_many_is_slowed_down(client, edition):
    make_activity()
    limiter.enabled = True
    try:
        answers = [client.get("/programme.pdf").status_code for _again in range(61)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers == [200] * 60 + [429]


def test_the_programme_links_to_what_it_prints_and_says_its_weight(client, edition):
    make_activity()
    page = client.get("/programme?departement=32").text
    assert 'href="/programme.pdf?departement=32"' in page
    assert "Imprimer (PDF, environ 25\u00a0ko)" in page
    assert (
        'href="/programme/2026.pdf?departement=32"'
        in client.get("/programme/2026?departement=32").text
    )


@pytest.mark.parametrize("many", [1, 30])
def test_it_weighs_about_what_is_said(client, edition, many):
    for number in range(many):
        make_activity(title=f"Atelier {number}")
    said = views.weight_of_programme(many)
    for order in ("jour", "commune"):
        real = len(client.get(f"/programme.pdf?ordre={order}").data)
        assert real / 2 <= said <= real * 2
