"""The addresses that search engines are given: every public page in each language, and nothing else."""

from xml.etree import ElementTree as ET

import pytest

from fete.core.db import db as database
from fete.pages import views
from fete.programme.models import EditionState
from fete.programme.workflow import Status
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition

SITE = "https://fete.example.org"
SPACE = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}
ARRANGED = ("", "/horaires", "/calendrier", "/carte", "/tableau")


def locations(client, path: str = "/sitemap.xml") -> list[str]:
    """Return the addresses of a file, in order, on this site."""
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "application/xml; charset=utf-8")
    found = [each.text or "" for each in ET.fromstring(answer.data).iterfind(".//s:loc", SPACE)]
    assert all(each.startswith(SITE) for each in found)
    return [each.removeprefix(SITE) for each in found]


def fixed(client, app) -> list[str]:
    """Return the addresses without any value of pages that robots may read and that have no other address."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods]
    # Files, which no search engine shows, have a dot in theirs.
    paths = [rule.rule for rule in rules if not rule.arguments and "." not in rule.rule]
    pages = {path: client.get(path).text for path in paths}
    return [
        path
        for path, html in pages.items()
        if not path.startswith(views.PRIVATE)
        and f'<link rel="canonical" href="{SITE}{path}" />' in html
        and "noindex" not in html
    ]


def test_every_public_page_is_listed_in_each_language_and_nothing_else(client, app):
    make_edition()
    make_edition(2025, state=EditionState.CLOSED)
    prepared = make_edition(2027, state=EditionState.PREPARED)
    structure = make_organisation(name="Planétarium")
    make_organisation(name="Discrète", signed=False)
    shown = make_activity(title="Étoiles & planètes", organisation=structure)
    for status in set(Status) - {Status.PUBLISHED}:
        make_activity(title=f"Cachée {status}", status=status, organisation=structure)
    make_activity(title="Trop tôt", edition=prepared, organisation=structure)
    paths = [
        *fixed(client, app),
        *(f"/programme/{year}{page}" for year in (2026, 2025) for page in ARRANGED),
        "/chiffres/2026",
        "/chiffres/2026/zones-blanches",
        "/chiffres/2025",
        "/chiffres/2025/zones-blanches",
        "/villes/32013-auch",
        f"/lieux/{shown.venue.id}-{shown.venue.slug}",
        f"/reseau/{structure.id}-planetarium",
        f"/activites/{shown.id}-etoiles-planetes",
    ]
    listed = locations(client)
    assert sorted(listed) == sorted(
        f"{language}{path}" for language in ("", "/en") for path in paths
    )
    assert {"/", "/scolaires", "/villes", "/mentions-legales"} <= set(listed)
    for path in listed:
        page = client.get(path)
        assert page.status_code == 200, path
        assert f'<link rel="canonical" href="{SITE}{path}" />' in page.text
        assert "noindex" not in page.text


def test_each_address_tells_its_other_languages_and_when_it_changed(client):
    shown = make_activity(title="Étoiles")
    path = f"/activites/{shown.id}-etoiles"
    listed = ET.fromstring(client.get("/en/sitemap.xml").data)
    urls = {each.findtext("s:loc", "", SPACE): each for each in listed.iterfind("s:url", SPACE)}
    for address in (f"{SITE}{path}", f"{SITE}/en{path}"):
        url = urls[address]
        assert url.findtext("s:lastmod", "", SPACE) == "2026-03-16T09:00:00+00:00"
        assert {
            each.get("hreflang"): each.get("href") for each in url.iterfind("x:link", SPACE)
        } == {"fr": SITE + path, "en": f"{SITE}/en{path}", "x-default": SITE + path}
    programme = urls[f"{SITE}/programme/2026"]
    assert programme.findtext("s:lastmod", "", SPACE) == "2026-03-16T09:00:00+00:00"
    assert urls[f"{SITE}/charte"].find("s:lastmod", SPACE) is None


def test_many_addresses_are_spread_over_several_files(client, monkeypatch):
    monkeypatch.setattr(views, "PAGES_A_FILE", 4)
    for _number in range(3):
        make_activity()
    whole = []
    files = locations(client)
    assert files == [f"/sitemap-{number}.xml" for number in range(1, len(files) + 1)]
    for path in files:
        part = locations(client, path)
        assert 0 < len(part) <= 8
        whole += part
    monkeypatch.setattr(views, "PAGES_A_FILE", 5_000)
    assert whole == locations(client)
    assert len(whole) == len(set(whole)) == 2 * (len(views.INDEXED) + 7 + 1 + 3 + 3 + 3)


@pytest.mark.parametrize("number", ["0", "2", "99", "99999999999", "-1", "x"])
def test_a_file_that_is_not_there_is_not_found_in_words(client, number):
    answer = client.get(f"/sitemap-{number}.xml")
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_whatever_it_holds(client, queries, count):
    for year in range(2026, 2026 - count, -1):
        make_activity(edition=make_edition(year))
    database.session.expire_all()
    with queries() as asked:
        client.get("/sitemap.xml")
    assert len(asked) == 14


def test_robots_are_told_where_the_list_is(client):
    for path in ("/robots.txt", "/en/robots.txt"):
        assert f"Sitemap: {SITE}/sitemap.xml" in client.get(path).text.splitlines()
