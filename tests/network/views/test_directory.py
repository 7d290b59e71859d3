import re

import pytest

from fete.core.clock import now
from tests.factories.accounts import make_administrator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import term


def titles(page):
    return re.findall(r'href="/reseau/\d+-[^"]*">(.*?)</a>', page)


def address(organisation):
    return f"/reseau/{organisation.id}-{organisation.slug}"


def test_the_directory_lists_who_agreed_and_nobody_else_not_even_to_their_members(
    client, db, sign_in
):
    ada = make_user()
    make_organisation(name="Le Hublot")
    shy = make_organisation(ada, name="Les Timides", email="timides@example.org")
    shy.signatures[0].agrees_to_be_listed = False
    gone = make_organisation(ada, name="Les Partis", email="partis@example.org")
    gone.signatures[0].listing_withdrawn_at = now()
    unsigned = make_organisation(ada, name="Les Nouveaux", signed=False)
    for visitor in (client, sign_in(ada), sign_in(make_administrator())):
        for where in ("/reseau", "/reseau?q=les", "/reseau?departement=32", "/reseau?page=2"):
            page = visitor.get(where).text
            assert not re.search("Timides|Partis|Nouveaux", page), where
        assert titles(visitor.get("/reseau").text) == ["Le Hublot"]
        for hidden in (shy, gone, unsigned):
            answer = visitor.get(address(hidden))
            assert answer.status_code == 404
            assert hidden.name not in answer.text


def test_filters_are_in_the_address_and_stay_from_page_to_page(client, db):
    museum = term("family", "csti_museum")
    for number in range(30):
        make_organisation(name=f"Muséum {number:02}", family=museum)
    make_organisation(name="Muséum de Toulouse", family=museum, commune_code=TOULOUSE)
    make_organisation(name="Club d’Auch")
    page = client.get("/reseau?q=museum&famille=csti_museum&departement=32").text
    assert len(titles(page)) == 25
    assert "30 structures" in page
    assert "/reseau?q=museum&amp;famille=csti_museum&amp;departement=32&amp;page=2" in page
    rest = client.get("/reseau?q=museum&famille=csti_museum&departement=32&page=2").text
    assert titles(rest) == [f"Muséum {number}" for number in range(25, 30)]
    assert titles(client.get("/reseau?q=toulouse").text) == ["Muséum de Toulouse"]
    nothing = client.get("/reseau?q=toulouse&departement=32").text
    assert "Aucune structure ne correspond." in nothing


@pytest.mark.parametrize(
    ("odd", "status", "told"),
    [
        ("?page=0", 404, "Cette page n’existe pas"),
        ("?page=-1", 404, "Cette page n’existe pas"),
        ("?page=x", 404, "Cette page n’existe pas"),
        ("?page=9999", 404, "Cette page n’existe pas"),
        ("?famille=xx", 404, "Tout revoir"),
        ("?departement=99", 404, "Tout revoir"),
        ("?q=%25", 200, "1 structure"),
        ("?q=%00'\"", 200, "1 structure"),
        ("?q=" + "a" * 5000, 400, "200 signes au plus."),
    ],
)
def test_an_odd_address_is_answered_in_words_and_with_a_way_on(client, db, odd, status, told):
    make_organisation(name="Le Hublot")
    answer = client.get("/reseau" + odd)
    assert answer.status_code == status
    assert told in answer.text
    assert 'action="/reseau"' in answer.text


def test_each_page_of_the_directory_has_its_title(client, db):
    for number in range(30):
        make_organisation(name=f"Structure {number}")
    assert "<title>Le réseau — " in client.get("/reseau").text
    assert "<title>Le réseau, page 2 — " in client.get("/reseau?page=2").text


@pytest.mark.parametrize("count", [1, 3, 300])
def test_the_directory_asks_the_same_of_the_database_however_long(client, db, queries, count):
    for number in range(count):
        make_organisation(name=f"Structure {number:03}", family=term("family", "csti_museum"))
    with queries() as asked:
        page = client.get("/reseau").text
    # The families; the départements; how many; the structures.
    assert len(asked) == 4, "\n".join(asked)
    assert len(titles(page)) == min(count, 25)


def test_the_charter_is_for_all_to_read(client, db):
    page = client.get("/charte").text
    for value in (
        "tout le monde",
        "intérêt général",
        "justes et à jour",
        "esprit critique",
        "laïcité",
    ):
        assert value in page, value
    assert "Version 1" in page
