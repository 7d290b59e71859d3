"""What is behind a figure: the rows that make it, for all; the teams, for the coordination."""

import re
from datetime import date, time
from html import unescape

import pytest

from fete.core.clock import from_paris, now
from fete.figures.arithmetic import PERSONAL
from fete.figures.rules import COUNTED, FIGURE_WORDS
from fete.figures.services import freeze, publish
from fete.programme.models import EditionState
from fete.programme.workflow import Status
from fete.reports.arithmetic import Method, Outcome
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

ALBI = "81004"
PROOF = "/chiffres/2026/preuves"
KEYS = [each.key for each in COUNTED]
# What people wrote, and who.
REMARK, PERSON = "Une remarque à garder", "Zénobie Quelquune"


def on(day):
    return from_paris(date(2026, 10, day), time(10))


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(bare))


def rows_of(response):
    table = response.get_data(as_text=True).split('id="preuve"')[1].split("</table>")[0]
    return [
        re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", row))).strip()
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]


@pytest.fixture
def edition(db, after):
    edition = make_edition()
    village = make_activity(on(3), kind="science_village", commune=ALBI, title="Village d’Albi")
    make_report(village, public=900, pupils=300, adults=20)
    make_report(
        make_activity(on(3), parent=village, commune=ALBI, title="Le stand"), public=500, online=4
    )
    make_report(
        make_activity(on(4), kind="lab_open_day", title="Le laboratoire"),
        method=Method.ESTIMATED,
        remarks=REMARK,
        filed_by=make_user(name=PERSON),
        researchers=17,
    )
    make_report(make_activity(on(5), title="Annulée"), outcome=Outcome.CANCELLED)
    make_report(make_activity(on(5), kind="class_intervention", title="En classe"))
    make_report(make_activity(on(5), title="Pas encore validé"), status=ReportStatus.FILED)
    hidden = make_activity(on(5), title="Pas publiée", status=Status.WITHDRAWN)
    make_report(hidden, public=7_777)
    return edition


def test_the_visitors_are_told_activity_by_activity_and_add_up(client, edition):
    page = client.get(f"{PROOF}/visiteurs")
    assert rows_of(page) == [
        "Activité Visiteurs Commune Premier jour",
        "Village d’Albi compté à l’entrée : remplace les chiffres de ses activités 1 220 Albi sam. 3 oct.",
        "Le laboratoire 68 Auch dim. 4 oct.",
        "Somme des 2 lignes 1 288",
    ]
    assert "1 288 visiteurs" in text_of(page)


@pytest.mark.parametrize("key", [key for key in KEYS if key not in PERSONAL])
def test_what_is_behind_each_figure_adds_up_to_what_its_edition_tells(client, edition, key):
    value = client.get("/chiffres/2026.json").json
    figure = (value | value["details"] | value["beside"])[key]
    page = client.get(f"{PROOF}/{FIGURE_WORDS[key]}")
    assert page.status_code == 200
    told = f"{figure:,}".replace(",", "\u202f")
    assert f"<strong>{told}</strong>" in page.get_data(as_text=True)
    if figure:
        assert re.fullmatch(
            rf"(Somme .* |Ensemble ){told.replace(chr(0x202F), ' ')}", rows_of(page)[-1]
        )
    assert "changé depuis" not in text_of(page)


def test_one_part_of_a_figure_is_proved_alone(client, edition):
    page = client.get(f"{PROOF}/visiteurs?par=departement&valeur=32")
    assert "Visiteurs 2026 — Gers" in text_of(page)
    assert rows_of(page)[1:] == ["Le laboratoire 68 Auch dim. 4 oct.", "Somme de la ligne 68"]
    nothing = client.get(f"{PROOF}/visiteurs?par=departement&valeur=09")
    assert "Rien n’entre dans ce chiffre." in text_of(nothing)
    day = client.get(f"{PROOF}/visiteurs?par=jour&valeur=2026-10-03")
    assert rows_of(day)[-1] == "Somme de la ligne 1 220"


def test_host_communes_and_structures_are_rows_of_their_own(client, edition):
    assert rows_of(client.get(f"{PROOF}/communes")) == [
        "Commune Tenues sur place",
        "Albi (Tarn) 2",
        "Auch (Gers) 1",
        "Somme des 2 lignes 2",
    ]
    assert rows_of(client.get(f"{PROOF}/structures"))[-1].startswith("Somme des 3 lignes 3")


def test_teams_are_told_by_departement_to_all_and_activity_by_activity_to_the_coordination(
    client, sign_in, edition
):
    for _each in range(3):
        make_report(make_activity(on(6), commune="31555", title="En nombre"), researchers=40)
    for reader in (client, sign_in(make_user())):
        page = reader.get(f"{PROOF}/chercheurs")
        text = text_of(page)
        assert "n’est montrée qu’à la coordination" in text
        assert "Gers secret" in text
        assert "Haute-Garonne 120" in text
        assert "Le laboratoire" not in text
        for address in ("par=commune&valeur=32013", "par=type&valeur=lab_open_day"):
            assert reader.get(f"{PROOF}/chercheurs?{address}").status_code == 404
        assert reader.get(f"{PROOF}/chercheurs?par=departement&valeur=32").status_code == 404
        one = text_of(reader.get(f"{PROOF}/chercheurs?par=departement&valeur=31"))
        assert "120" in one
        assert "En nombre" not in one
    laboratory = "Le laboratoire 17 Auch dim. 4 oct."
    for address in ("", "?par=departement&valeur=32", "?par=commune&valeur=32013"):
        page = sign_in(make_coordinator()).get(f"{PROOF}/chercheurs{address}")
        assert laboratory in rows_of(page), address
    gers = sign_in(make_coordinator("32"))
    assert laboratory in rows_of(gers.get(f"{PROOF}/chercheurs?par=departement&valeur=32"))
    assert laboratory in rows_of(gers.get(f"{PROOF}/chercheurs?par=commune&valeur=32013"))
    # Elsewhere it knows what everybody does.
    assert "Le laboratoire" not in text_of(gers.get(f"{PROOF}/chercheurs"))
    other = sign_in(make_coordinator("31"))
    assert other.get(f"{PROOF}/chercheurs?par=departement&valeur=32").status_code == 404
    assert other.get(f"{PROOF}/chercheurs?par=commune&valeur=32013").status_code == 404


def test_nothing_is_shown_but_what_is_published_and_validated_and_nobody_is_named(client, edition):
    for key in KEYS:
        text = text_of(client.get(f"{PROOF}/{FIGURE_WORDS[key]}"))
        for leak in (REMARK, PERSON, "Pas publiée", "Pas encore validé", "7 777"):
            assert leak not in text, key
    assert "Annulée" in text_of(client.get(f"{PROOF}/annulees"))
    assert "En classe" in text_of(client.get(f"{PROOF}/rencontrees"))


def test_frozen_figures_are_proved_by_the_reports_of_their_day(client, edition, clock):
    publish(freeze(edition, number=1, reason="", region="76", by=None, at=now()), by=None, at=now())
    clock.move_to(from_paris(date(2026, 11, 10), time(10)))
    make_report(make_activity(on(7), title="Venue après"), public=100, pupils=0, adults=0)
    page = client.get(f"{PROOF}/visiteurs")
    assert rows_of(page)[-1] == "Somme des 2 lignes 1 288"
    assert "Venue après" not in text_of(page)
    assert "version 1" in text_of(page)
    today = client.get(f"{PROOF}/visiteurs?au=2026-11-10")
    assert rows_of(today)[-1] == "Somme des 3 lignes 1 388"


def test_a_programme_that_changed_since_figures_were_frozen_is_told(client, edition, db):
    other = make_report(make_activity(on(7)), public=1_000, pupils=0, adults=0)
    snapshot = freeze(edition, number=1, reason="", region="76", by=None, at=now())
    publish(snapshot, by=None, at=now())
    other.activity.status = Status.WITHDRAWN
    db.session.flush()
    text = text_of(client.get(f"{PROOF}/visiteurs"))
    assert "2 288 visiteurs" in text
    assert "les lignes d’aujourd’hui donnent 1 288" in text


@pytest.mark.parametrize(
    "address",
    [
        "rien",
        "coverage",
        "visitors",
        "visiteurs?par=rien&valeur=1",
        "visiteurs?par=departement",
        "visiteurs?par=departement&valeur=99",
        "visiteurs?par=commune&valeur=" + "9" * 1000,
        "visiteurs' OR 1=1",
    ],
)
def test_what_does_not_exist_is_not_there(client, edition, address):
    assert client.get(f"{PROOF}/{address}").status_code == 404


@pytest.mark.parametrize("page", ["-3", "0", "99", "x", "9" * 40])
def test_a_page_beyond_the_last_is_the_last(client, edition, page):
    answer = client.get(f"{PROOF}/visiteurs?page={page}")
    assert rows_of(answer)[-1] == "Somme des 2 lignes 1 288"


def test_long_proofs_are_read_page_by_page(client, after, db):
    make_edition()
    organisation = make_organisation()
    for number in range(55):
        make_report(
            make_activity(on(3), organisation=organisation), public=number, pupils=0, adults=0
        )
    first = client.get(f"{PROOF}/visiteurs")
    assert len(rows_of(first)) == 51
    assert "Somme des 54 lignes : 1 485" in text_of(first)
    second = client.get(f"{PROOF}/visiteurs?page=2")
    assert (len(rows_of(second)), rows_of(second)[-1]) == (6, "Somme des 54 lignes 1 485")


def test_an_edition_in_preparation_is_proved_to_the_coordination_only(client, sign_in, db):
    make_edition(2027, state=EditionState.PREPARED)
    assert client.get("/chiffres/2027/preuves/visiteurs").status_code == 404
    assert sign_in(make_coordinator()).get("/chiffres/2027/preuves/visiteurs").status_code == 200


@pytest.mark.parametrize("number", [1, 4])
@pytest.mark.parametrize("key", ["visitors", "host_communes", "organisations"])
def test_a_proof_asks_the_same_number_of_questions_whatever_its_length(
    client, queries, after, db, number, key
):
    make_edition()
    for _each in range(number):
        make_report(make_activity(on(3), organisation=make_organisation()))
    client.get(f"{PROOF}/{FIGURE_WORDS[key]}")
    with queries() as asked:
        client.get(f"{PROOF}/{FIGURE_WORDS[key]}")
    assert len(asked) == {"visitors": 7, "host_communes": 6, "organisations": 6}[key], asked
