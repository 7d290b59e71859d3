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


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/coordination/relecture/changements", "Relecture"),
        ("/coordination/relecture/changements?voir=corrections", "Relecture"),
        ("/coordination/relecture/liste", "Relecture"),
        ("/coordination/relecture/phrases", "Relecture"),
        ("/coordination/absences", "Coordination"),
        ("/coordination/doublons", "Coordination"),
        ("/coordination/doublons/lieux", "Coordination"),
        ("/coordination/journal", "Coordination"),
        ("/coordination/lettres", "Personnes"),
    ],
)
def test_the_menu_marks_the_part_that_leads_to_a_page_it_does_not_name(db, sign_in, path, part):
    page = sign_in(make_coordinator()).get(path).text
    menu = page[page.index('<nav class="menu"') : page.index("<main")]
    assert re.findall(r"aria-current=\"true\">([^<]+)<", menu) == [part]


def test_the_messages_are_named_whoever_reads(db, sign_in):
    page = sign_in(make_coordinator()).get("/coordination").text
    link = page[page.index('href="/mes-messages"') :]
    assert re.sub(r"<[^>]+>", "", link[link.index(">") + 1 : link.index("</a>")]).strip() == (
        "Mes messages"
    )
