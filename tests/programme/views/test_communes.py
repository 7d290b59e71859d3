"""The communes of the programme, one by one and all together."""

import json
import re
from datetime import date

import pytest

from fete.programme.models import EditionState
from fete.programme.workflow import Status
from tests.factories.network import AUCH, MONTPELLIER, TOULOUSE
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.programme.views.test_programme import SATURDAY, at, page, titles, words

PAGE = f"/villes/{TOULOUSE}-toulouse"


def links(html: str) -> list[str]:
    """Return the communes that a list leads to, in order."""
    return re.findall(r'<a href="/villes/\d+-[^"]*">([^<]*)</a>', html.split("<h1", 1)[1])


def test_a_commune_shows_what_is_held_there(client):
    make_activity(title="Ici", commune=TOULOUSE)
    travelling = make_activity(at(SATURDAY, 14), title="En tournée", commune=AUCH)
    travelling.slots[0].venue = make_venue(TOULOUSE)
    make_activity(title="Ailleurs", commune=MONTPELLIER)
    make_activity(title="Cachée", commune=TOULOUSE, status=Status.LABELLED)
    make_activity(title="Jadis", commune=TOULOUSE, edition=make_edition(2025))
    html = page(client, PAGE)
    assert titles(html) == ["Ici", "En tournée"]
    assert "2 activités Fête de la science 2026" in words(html)
    assert "Les autres années 2025 1 activité" in words(html)
    for hidden in ("Ailleurs", "Cachée", "Jadis"):
        assert hidden not in html
    for link in (
        f"/abonnement?commune={TOULOUSE}",
        f"/agenda/commune/{TOULOUSE}-toulouse.ics",
        f"/agenda/commune/{TOULOUSE}-toulouse.atom",
        f"/programme?commune={TOULOUSE}",
        f"/programme?commune={TOULOUSE}&rayon=20",
        f"/programme/2025?commune={TOULOUSE}",
        "/programme?departement=31",
        f"https://fete.example.org{PAGE}",
    ):
        assert f'href="{link}"' in html, link
    assert 'aria-label="Carte : Toulouse (Haute-Garonne)"' in html
    assert "noindex" not in html


def test_search_engines_read_a_town(client):
    html = client.get(PAGE).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    town = json.loads(found[1])
    assert (town["@type"], town["name"], town["address"]["postalCode"]) == (
        "City",
        "Toulouse",
        "31000",
    )
    assert town["geo"]["latitude"] == pytest.approx(43.6, abs=0.05)


def test_where_nothing_is_held_the_nearest_communes_are_told(client):
    make_activity(commune=TOULOUSE)
    make_activity(commune=MONTPELLIER)
    make_activity(commune="31069", title="Blagnac")
    # Colomiers is beside Blagnac.
    html = page(client, "/villes/31149-colomiers")
    assert "Rien n’est encore annoncé dans cette commune." in html
    assert links(html)[:3] == ["Blagnac", "Toulouse", "Montpellier"]
    assert "Les plus proches :" in words(html).replace("\u00a0", " ")
    assert re.search(r"à [45],\d km, 1 activité", words(html))
    assert 'name="robots" content="noindex"' in html
    assert 'href="/abonnement?commune=31149"' in html


def test_what_is_over_says_so(client, clock):
    make_activity(title="Passée", commune=TOULOUSE)
    clock.move_to(at(date(2026, 11, 25)))
    html = page(client, PAGE)
    assert "Cette édition est terminée." in html
    assert titles(html) == ["Passée"]
    html = page(client, f"/villes/{AUCH}-auch")
    assert "Rien n’a eu lieu ici cette année." in html
    assert "abonnez-vous" not in html


def test_before_any_edition_a_commune_says_so(client):
    make_activity(edition=make_edition(state=EditionState.PREPARED), commune=TOULOUSE)
    html = page(client, PAGE)
    assert "Aucune édition n’est encore annoncée" in html
    assert "Aucune ville n’a encore d’activité." in page(client, "/villes")


def test_a_wrong_name_leads_to_the_right_one_and_an_unknown_code_nowhere(client):
    answer = client.get(f"/villes/{TOULOUSE}-tolosa")
    assert (answer.status_code, answer.location) == (301, PAGE)
    assert client.get(f"/en/villes/{TOULOUSE}-tolosa").location == f"/en{PAGE}"
    for path in (
        "00000-rien",
        "31555",
        "3155-x",
        "31555-",
        f"31555{'9' * 1000}-x",
        "%00%00%00%00%00-x",
    ):
        answer = client.get(f"/villes/{path}")
        assert answer.status_code == 404, path
        assert "Voir le programme" in answer.text


@pytest.mark.parametrize("number", ["2", "0", "-1", "deux", "9" * 1000])
def test_a_page_of_the_list_that_is_not_there_is_not_found_and_shows_the_nearest(client, number):
    make_activity(title="Ici", commune=TOULOUSE)
    answer = client.get(f"{PAGE}?page={number}")
    assert answer.status_code == 404
    assert titles(answer.text) == ["Ici"]
    assert "Cette page n’existe pas" in answer.text


def test_a_long_list_has_pages(client):
    place = make_venue(TOULOUSE)
    for number in range(27):
        make_activity(title=f"N° {number}", venue=place)
    html = page(client, f"{PAGE}?page=2")
    assert len(titles(html)) == 2
    assert f'href="{PAGE}?page=1"' in html
    assert 'name="robots" content="noindex, follow"' in html


def test_the_communes_are_listed_by_departement_with_how_many_activities(client):
    for commune in (TOULOUSE, TOULOUSE, "31069", AUCH):
        make_activity(commune=commune)
    make_activity(commune=MONTPELLIER, status=Status.DRAFT)
    html = page(client, "/villes")
    assert links(html) == ["Blagnac", "Toulouse", "Auch"]
    assert "3 communes accueillent la Fête de la science 2026." in words(html)
    assert "Haute-Garonne Blagnac 1 activité Toulouse 2 activités Gers Auch 1 activité" in words(
        html
    )


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_pages_of_communes_ask_the_same_however_many_activities(client, queries, count):
    for number in range(count):
        make_activity(commune=[TOULOUSE, AUCH, MONTPELLIER][number % 3])
    asked_by = []
    for path in (PAGE, "/villes/31149-colomiers", "/villes"):
        page(client, path)
        with queries() as asked:
            page(client, f"{path}?page=1")
        asked_by.append(len(asked))
    assert asked_by == [8, 5, 3]
