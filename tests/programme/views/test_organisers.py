"""The page of a structure: who it is, and what it holds, this year and before."""

import re

import pytest

from fete.core.db import db as database
from fete.programme.models import EditionState
from fete.programme.workflow import Status
from tests.factories.accounts import make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue, term
from tests.factories.sharing import make_co_organiser
from tests.programme.views.test_programme import page, titles, words


def address(organisation):
    return f"/reseau/{organisation.id}-{organisation.slug}"


def test_a_structure_s_page_gives_its_public_contact_and_nobody_s_name(client, db):
    ada = make_user(name="Ada Lovelace", email="ada@example.org", phone="06 00 00 00 00")
    made = make_organisation(
        ada,
        name="Muséum d’Auch",
        email="museum@example.org",
        phone="05 62 00 00 00",
        website="https://museum.example.org",
        description="Des **oiseaux**.",
        family=term("family", "csti_museum"),
        legal_status=term("legal_status", "association"),
    )
    page = client.get(address(made)).text
    for shown in (
        "mailto:museum@example.org",
        "tel:0562000000",
        'href="https://museum.example.org"',
        "<strong>oiseaux</strong>",
        "32000 Auch",
        "secteur privé",
        f"/abonnement?structure={made.id}",
    ):
        assert shown in page, shown
    for hidden in ("Ada Lovelace", "ada@example.org", "06 00", "Personne", "Direction"):
        assert hidden not in page, hidden
    assert "Set-Cookie" not in client.get(address(made)).headers


def test_an_old_name_in_the_address_leads_to_the_present_one(client, db):
    made = make_organisation(name="Muséum d’Auch")
    answer = client.get(f"/reseau/{made.id}-ancien-nom")
    assert (answer.status_code, answer.location) == (301, address(made))
    assert client.get("/reseau/999999-rien").status_code == 404


def test_a_structure_that_did_not_agree_to_be_listed_has_no_page(client, db):
    shy = make_organisation(name="Les Timides")
    shy.signatures[0].agrees_to_be_listed = False
    activity = make_activity(organisation=shy, title="Atelier")
    assert client.get(address(shy)).status_code == 404
    # Its activities bear its name, and lead to no page that is not there.
    html = page(client, f"/activites/{activity.id}-{activity.slug}")
    assert "Les Timides" in html
    assert "/reseau/" not in html


def test_a_structure_shows_what_it_holds_this_year_and_held_before(client, db):
    museum = make_organisation(name="Muséum d’Auch")
    coming = make_activity(title="Fossiles", organisation=museum)
    shared = make_activity(title="Étoiles")
    make_co_organiser(shared, museum)
    make_activity(title="Ailleurs")
    make_activity(title="Cachée", organisation=museum, status=Status.SUBMITTED)
    past = make_edition(2025, state=EditionState.CLOSED)
    make_activity(title="Dinosaures", organisation=museum, edition=past)
    make_activity(title="Secrète", organisation=museum, edition=past, status=Status.REFUSED)
    later = make_edition(2027, state=EditionState.PREPARED)
    make_activity(title="Trop tôt", organisation=museum, edition=later)
    html = page(client, address(museum))
    assert titles(html) == ["Fossiles", "Étoiles"]
    text = words(html)
    assert "2 activités Fête de la science 2026" in text
    assert "Les autres années 2025 1 activité Dinosaures Atelier, Auch" in text
    for hidden in ("Ailleurs", "Cachée", "Secrète", "Trop tôt", "2027"):
        assert hidden not in html
    for link in (
        f"/activites/{coming.id}-fossiles",
        f"/abonnement?structure={museum.id}",
        f"/agenda/structure/{museum.id}-museum-d-auch.ics",
        f"/programme?structure={museum.id}",
        f"/programme/2025?structure={museum.id}",
    ):
        assert f'href="{link}"' in html, link
    assert 'aria-label="Carte : Auch (Gers)"' in html


def test_a_structure_without_activity_says_so_and_gives_its_calendar(client, db):
    museum = make_organisation(name="Muséum")
    for _when in ("without edition", "with one"):
        html = page(client, address(museum))
        assert "Aucune activité de cette structure n’est au programme pour le moment." in html
        assert f'href="/abonnement?structure={museum.id}"' in html
        make_edition()


def test_a_structure_of_nowhere_has_no_map(client, db):
    assert "<figure" not in page(client, address(make_organisation(commune_code=None)))


def test_the_page_of_a_merged_structure_leads_to_the_one_in_its_place(client, db):
    one, other = make_organisation(name="Muséum"), make_organisation(name="Le Muséum", signed=False)
    other.merged_into_id = one.id
    database.session.flush()
    answer = client.get(address(other))
    assert (answer.status_code, answer.location) == (301, address(one))


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_page_of_a_structure_asks_the_same_however_much_it_held(client, queries, count):
    museum, place = make_organisation(commune_code=TOULOUSE), make_venue()
    for year in (2026, 2025, 2024):
        for _number in range(count):
            make_activity(organisation=museum, venue=place, edition=make_edition(year))
    path = address(museum)
    page(client, path)
    with queries() as asked:
        html = page(client, path)
    assert len(asked) == 10
    assert len(re.findall("<article", html)) == min(count, 25)
