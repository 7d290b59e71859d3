"""The doubts about the reports of a territory, and how they were explained."""

import re
from datetime import date, time
from html import unescape

import pytest

from fete.core.clock import from_paris
from fete.programme.models import EditionState
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, term
from tests.factories.reports import kept_report, make_report

PAGE = "/coordination/bilans/doutes"
ALBI = "81004"
ALONE = "pupils_without_adults:25"


def filed(title="Le ciel", *, commune="32013", status=ReportStatus.FILED, adults=0, **values):
    activity = make_activity(
        from_paris(date(2026, 10, 3), time(10)),
        title=title,
        commune=commune,
        for_schools=True,
        organisation=values.pop("organisation", None) or make_organisation(),
    )
    activity.slots[0].capacity = None
    make_report(activity, status=status, adults=adults, **values)
    return activity


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(bare))


@pytest.fixture
def client(db, sign_in, after):
    return sign_in(make_coordinator("32", name="Camille"))


def test_the_page_shows_the_reports_of_the_territory_that_raise_a_doubt(client):
    filed("Douteuse")
    filed("Sûre", adults=3)
    filed("À Albi", commune=ALBI)
    filed("Brouillon", status=ReportStatus.DRAFT)
    filed("Déjà validée", status=ReportStatus.VALIDATED)
    text = text_of(client.get(PAGE))
    assert "À relire avant de valider 1 bilan" in text
    assert "Douteuse" in text
    assert "25 élèves sont venus sans accompagnateur" in text
    for title in ("Sûre", "À Albi", "Brouillon", "Déjà validée"):
        assert title not in text
    validated = text_of(client.get(f"{PAGE}?etat=valides"))
    assert "Déjà validée" in validated
    assert "Douteuse" not in validated


def test_a_doubt_leads_to_the_other_activity_in_the_territory_or_on_the_site(client):
    structure = make_organisation()
    twin = {"organisation": structure, "adults": 3, "public": 141}
    first, _later = filed("A", **twin), filed("B", **twin)
    html = client.get(PAGE).get_data(as_text=True)
    assert f'href="/coordination/bilans/{first.id}"' in html
    assert "Lire « A »" in text_of(client.get(PAGE))
    other = make_organisation()
    there = filed("Là-bas", commune=ALBI, **(twin | {"organisation": other}))
    filed("Ici", **(twin | {"organisation": other}))
    html = client.get(PAGE).get_data(as_text=True)
    assert f'href="/activites/{there.id}-la-bas"' in html
    assert f'href="/coordination/bilans/{there.id}"' not in html


def test_explained_from_the_list_one_comes_back_to_it_and_finds_who_said_what(db, client):
    activity = filed()
    html = client.get(PAGE).get_data(as_text=True)
    (action,) = set(re.findall(r'action="([^"]+/expliquer[^"]*)"', html))
    sent = {"key": ALONE, "explanation": "Vu avec eux."}
    response = client.send(unescape(action), sent, token_from=PAGE)
    assert response.location.startswith(f"{PAGE}?edition=2026&etat=a-relire")
    assert "Aucun doute à relire." in text_of(client.get(PAGE))
    explained = f"{PAGE}?etat=expliques"
    text = text_of(client.get(explained))
    assert "25 élèves sont venus sans accompagnateur" in text
    assert "Expliqué : Vu avec eux. Camille, le" in text
    assert "ne vaut plus" not in text
    kept_report(activity).pupils = 26
    db.session.commit()
    assert "Les chiffres ont changé depuis : cette explication ne vaut plus." in text_of(
        client.get(explained)
    )
    assert "26 élèves" in text_of(client.get(PAGE))


def test_a_doubt_may_be_sent_back_as_it_stands(client):
    activity = filed()
    html = unescape(client.get(PAGE).get_data(as_text=True))
    assert f'href="/coordination/bilans/{activity.id}?doute={ALONE}#renvoyer"' in html


def test_a_closed_edition_is_read_only(db, client):
    filed().edition.state = EditionState.CLOSED
    db.session.commit()
    page = client.get(PAGE)
    assert "25 élèves sont venus sans accompagnateur" in text_of(page)
    assert "/expliquer" not in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    [
        "?page=-3",
        "?page=999",
        f"?departement={'z' * 1000}",
    ],
)
def test_an_odd_address_shows_a_list(client, query):
    filed("À Auch")
    assert "À Auch" in text_of(client.get(PAGE + query))


@pytest.mark.parametrize("query", ["?etat=rien", "?edition=1850", "?edition=x"])
def test_what_is_not_there_is_not_taken_for_something_else(client, query):
    filed("À Auch")
    assert client.get(PAGE + query).status_code == 404


def test_without_edition_or_without_doubt_the_page_says_so(client):
    assert "Aucune édition n’est ouverte." in text_of(client.get(PAGE))
    make_edition()
    assert "Aucun doute à relire." in text_of(client.get(PAGE))
    assert "Aucun doute n’a été expliqué." in text_of(client.get(f"{PAGE}?etat=expliques"))


@pytest.mark.parametrize("number", [1, 3, 60])
def test_the_page_asks_the_same_number_of_questions_whatever_its_length(client, queries, number):
    structure = make_organisation()
    village = filed("Le village", organisation=structure, public=4_001, adults=3)
    village.kind = term("kind", "science_village")
    for _each in range(number):
        stand = filed(organisation=structure)
        stand.parent = village
    client.get(PAGE)
    with queries() as asked:
        response = client.get(PAGE)
    assert response.status_code == 200
    assert "comptent : sont-ils passés par l’entrée ?" in text_of(response)
    assert len(asked) == 22, asked


def test_members_and_visitors_do_not_see_them(sign_in, app, after, db):
    member = sign_in(make_organisation(make_user()).memberships[0].person)
    assert member.get(PAGE).status_code == 403
    assert app.test_client().get(PAGE).status_code == 302
