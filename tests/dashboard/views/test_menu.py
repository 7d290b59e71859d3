"""The menu of the workshop leads nobody to a page that they may not open."""

import re

import pytest

from tests.factories.accounts import make_administrator, make_coordinator, make_user


@pytest.mark.parametrize(
    ("make_person", "parts"),
    [
        (make_user, set()),
        (
            lambda: make_coordinator("32"),
            {"/coordination", "/coordination/relecture", "/coordination/bilans"}
            | {"/coordination/adhesions", "/coordination/avancement", "/coordination/ecrire"},
        ),
        *(
            (
                make,
                {"/coordination", "/coordination/relecture", "/coordination/bilans"}
                | {"/coordination/adhesions", "/coordination/avancement", "/coordination/ecrire"}
                | {"/coordination/editions", "/coordination/personnes"},
            )
            for make in (make_coordinator, make_administrator)
        ),
    ],
    ids=["actor", "departmental", "regional", "administrator"],
)
def test_every_link_of_the_menu_leads_to_a_page_of_theirs(db, sign_in, make_person, parts):
    client = sign_in(make_person())
    page = client.get("/mon-espace").text
    menu = page[page.index('<nav class="menu"') : page.index("<main")]
    links = set(re.findall(r'href="([^"]+)"', menu))
    assert {link for link in links if link.startswith("/coordination")} == parts
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
