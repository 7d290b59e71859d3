"""The page of a place."""

import json
import re

import pytest

from fete.core.db import db as database
from fete.programme.models import EditionState
from fete.programme.workflow import Status
from tests.factories.network import AUCH, TOULOUSE
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.programme.views.test_programme import SATURDAY, SUNDAY, at, page, titles, words


def address(venue):
    return f"/lieux/{venue.id}-{venue.slug}"


def test_a_place_shows_what_is_held_there(client):
    hall = make_venue(TOULOUSE, name="Halle", latitude=43.6, longitude=1.45)
    make_activity(title="Ici", venue=hall)
    village = make_activity(at(SATURDAY), at(SUNDAY), title="Village", kind="science_village")
    village.sites = [hall]
    stand = make_activity(title="Stand")
    stand.parent, stand.venue, stand.slots = village, None, []
    make_activity(title="Ailleurs", commune=TOULOUSE)
    make_activity(title="Cachée", venue=hall, status=Status.SUBMITTED)
    make_activity(title="Jadis", venue=hall, edition=make_edition(2025))
    html = page(client, address(hall))
    assert titles(html) == ["Ici", "Village", "Stand"]
    assert "Les autres années 2025 1 activité" in words(html)
    for hidden in ("Ailleurs", "Cachée", "Jadis"):
        assert hidden not in html
    for link in (
        f"/abonnement?lieu={hall.id}",
        f"/agenda/lieu/{hall.id}-halle.ics",
        f"/programme?lieu={hall.id}",
        f"/programme/2025?lieu={hall.id}",
        f"/villes/{TOULOUSE}-toulouse",
        f"https://fete.example.org{address(hall)}",
        "https://www.openstreetmap.org/directions?to=43.60000,1.45000",
    ):
        assert f'href="{link}"' in html, link
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    assert json.loads(found[1]) == {
        "@context": "https://schema.org",
        "@type": "Place",
        "name": "Halle",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "1 rue des Écoles",
            "postalCode": "31000",
            "addressLocality": "Toulouse",
            "addressRegion": "Haute-Garonne",
            "addressCountry": "FR",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": 43.6, "longitude": 1.45},
    }


def test_a_place_that_nobody_was_told_of_has_neither_page_nor_name(client):
    secret = make_venue(name="Salle secrète")
    make_activity(venue=secret, status=Status.SUBMITTED)
    make_activity(venue=secret, edition=make_edition(2027, state=EditionState.PREPARED))
    make_activity()
    assert client.get(address(secret)).status_code == 404
    answer = client.get(f"/programme?lieu={secret.id}")
    assert "secrète" not in answer.text
    assert answer.status_code == 404
    assert "secrète" not in client.get(f"/agenda.ics?lieu={secret.id}").text


def test_a_place_of_another_year_leads_to_it_and_to_what_is_near(client):
    hall = make_venue(TOULOUSE, name="Halle")
    make_activity(title="Jadis", venue=hall, edition=make_edition(2025))
    make_activity(commune=AUCH)
    html = page(client, address(hall))
    assert "Rien n’est encore annoncé dans ce lieu." in html
    assert f'href="/programme/2025?lieu={hall.id}"' in html
    assert f'href="/villes/{AUCH}-auch"' in html


def test_the_page_and_the_calendar_of_a_merged_place_lead_to_the_one_in_its_place(client):
    one, other = make_venue(name="Halle"), make_venue(name="La halle")
    make_activity(title="Ici", venue=one)
    other.merged_into_id = one.id
    database.session.flush()
    answer = client.get(address(other))
    assert (answer.status_code, answer.location) == (301, address(one))
    assert "SUMMARY:Ici" in client.get(f"/agenda.ics?lieu={other.id}").text
    assert titles(page(client, f"/programme?lieu={other.id}")) == ["Ici"]


def test_a_wrong_name_leads_to_the_right_one_and_an_unknown_number_nowhere(client):
    activity = make_activity(venue=make_venue(name="L’école d’à côté"))
    answer = client.get(f"/lieux/{activity.venue.id}-x")
    assert (answer.status_code, answer.location) == (
        301,
        f"/lieux/{activity.venue.id}-l-ecole-d-a-cote",
    )
    for path in ("999999-rien", "0-x", "99999999999999999999-x", "x-1", f"1{'0' * 1000}-x"):
        answer = client.get(f"/lieux/{path}")
        assert answer.status_code == 404, path
        assert "Voir le programme" in answer.text


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_page_of_a_place_asks_the_same_however_much_it_holds(client, queries, count):
    hall = make_venue(TOULOUSE)
    for _number in range(count):
        make_activity(venue=hall)
    path = address(hall)
    page(client, path)
    with queries() as asked:
        page(client, f"{path}?page=1")
    assert len(asked) == 8


def test_where_nothing_is_held_any_more_what_is_held_in_the_same_commune_is_told_so(client):
    here = make_activity(title="Là", venue=make_venue(AUCH, latitude=43.6457, longitude=0.5858))
    town = here.venue.commune
    empty = make_venue(AUCH, name="Halle", latitude=town.latitude, longitude=town.longitude)
    make_activity(venue=empty, edition=make_edition(2025))
    told = words(page(client, address(empty)))
    assert "Auch dans la même commune , 1 activité" in told.replace("commune, 1", "commune , 1")
    assert "à 0 km" not in told
