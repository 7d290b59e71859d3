"""What every public page holds, whichever it is: read as a browser reads it, in each language."""

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask

from fete.core.clock import now
from fete.core.db import db as database
from fete.core.i18n import LANGUAGES
from fete.programme.models import Picture
from fete.programme.workflow import SlotState, Status
from tests.conftest import Browser
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

SITE = "https://fete.example.org"
# No pages: what machines read; and what answers elsewhere than here.
APART = {"/sante", "/communes", "/oembed"}
# Inside another site, whose own header and menu stand around it.
FRAMED = ("/integration", "/en/integration")
# Where one types something for oneself: nobody looks for them.
FORMS = re.compile(r"/(compte|prevenez-moi)")
# What a link to a file says last: « (PDF, environ 25 ko) ».
FORMATS = {
    "atom": "Atom",
    "csv": "CSV",
    "ics": "iCalendar",
    "json": "JSON",
    "pdf": "PDF",
    "xlsx": "XLSX",
}
FILE = re.compile(rf"\.({'|'.join(FORMATS)})(?:\?|$)")
WEIGHT = re.compile(r" \((\w+), (?:environ|about) ([\d., ]+) (ko|kB|Mo|MB)\)$")
UNITS = {"ko": 1_000, "kB": 1_000, "Mo": 1_000_000, "MB": 1_000_000}
NEW_WINDOW = ("nouvelle fenêtre", "new window")


@pytest.fixture
def paths(app: Flask, db) -> list[str]:
    """Give every public page: those without a value in their address, and one of each other kind."""
    edition = make_edition(description="# Lumières\n\n### Et ombres")
    structure = make_organisation(name="Planétarium", description="# Qui\n\nDes étoiles.")
    village = make_activity(
        title="Village", kind="science_village", organisation=structure, age_min=6
    )
    village.picture = Picture(
        key="cle", alternative="Un ciel", credit="Ada", width=1600, height=900, added_at=now()
    )
    stand = make_activity(title="Stand", organisation=structure)
    stand.parent, stand.venue = village, None
    gone = make_activity(title="Perdue", venue=make_venue(latitude=43.6, longitude=0.6))
    gone.slots[0].state = SlotState.CANCELLED
    database.session.flush()
    fixed = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if not rule.arguments
        and "GET" in (rule.methods or ())
        and getattr(app.view_functions[rule.endpoint], "access", "") == "public"
        and "." not in rule.rule.rpartition("/")[2]
    }
    return [
        *sorted(fixed - APART),
        f"/programme/{edition.year}",
        f"/chiffres/{edition.year}/zones-blanches",
        "/programme?q=etoile&departement=32&du=2026-10-02",
        f"/chiffres/{edition.year}",
        f"/chiffres/{edition.year}/communes",
        f"/chiffres/{edition.year}/preuves/visiteurs",
        *(f"/activites/{each.id}-{each.slug}" for each in (village, stand, gone)),
        f"/reseau/{structure.id}-{structure.slug}",
        f"/lieux/{village.venue.id}-{village.venue.slug}",
        "/villes/32013-auch",
        # Where nothing is held.
        "/villes/31555-toulouse",
        *(f"/integration/activites/{each.id}" for each in (village, gone)),
    ]


def read(client: Browser, path: str) -> Element:
    answer = client.get(path)
    assert answer.status_code == 200, path
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(answer.text)
    assert parser.errors == [], (path, parser.errors[:3])
    return tree


def pages(client: Browser, paths: list[str]) -> Iterator[tuple[str, str, Element]]:
    for language in LANGUAGES:
        for path in paths:
            address = path if language == "fr" else f"/{language}{path}"
            yield language, address, read(client, address)


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def files(page: Element) -> dict[str, tuple[str, float]]:
    """Return the files of ours that a page leads to, with the format and the weight that it says of each."""
    found = {}
    for link in page.iter("a"):
        address = (link.get("href") or "").removeprefix(SITE)
        file = FILE.search(address) if address.startswith("/") else None
        if file is None:
            continue
        told = WEIGHT.search(words(link))
        assert told is not None, (address, words(link))
        assert told[1] == FORMATS[file[1]], address
        found[address] = (
            told[1],
            float(told[2].replace(",", ".").replace(" ", "")) * UNITS[told[3]],
        )
    return found


def test_each_says_its_language_its_title_and_its_parts(client, paths):
    titles: dict[str, str] = {}
    for language, address, page in pages(client, paths):
        assert page.get("lang") == language, address
        title = " ".join((page.findtext(".//title") or "").split())
        assert title.endswith(" — Fête de la science en Occitanie"), address
        # The current programme has an address of its own and that of its year.
        if not re.fullmatch(r"(?:/en)?/(?:programme|integration.*)", address):
            assert titles.setdefault(f"{language} {title}", address) == address
        found = [each.tag for each in page.iter() if re.fullmatch("h[1-6]", str(each.tag))]
        levels = [int(tag[1]) for tag in found]
        assert levels.count(1) == 1, address
        assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == [], address
        if address.startswith(FRAMED):
            continue
        for landmark in ("header", "nav", "main", "footer"):
            assert page.find(f"./body//{landmark}") is not None, (address, landmark)
        first = next(each for each in page.iter("a"))
        assert (first.get("class"), first.get("href")) == ("skip-link", "#contenu"), address


def test_each_has_one_address_for_search_engines_or_none(client, paths):
    for language, address, page in pages(client, paths):
        links = page.findall("./head/link")
        canonical = [each.get("href") for each in links if each.get("rel") == "canonical"]
        others = {each.get("hreflang"): each.get("href") for each in links if each.get("hreflang")}
        robots = [each.get("content") for each in page.findall("./head/meta[@name='robots']")]
        if robots:
            assert (canonical, others) == ([], {}), address
            assert robots in (["noindex"], ["noindex, follow"])
            continue
        assert len(canonical) == 1, address
        assert list(others) == ["fr", "en", "x-default"]
        assert others[language] == canonical[0]
        assert others["x-default"] == others["fr"]
        assert others["en"] == others["fr"].replace(SITE, f"{SITE}/en", 1)
        # A canonical address answers, and says that it is.
        there = read(client, canonical[0].removeprefix(SITE))
        assert there.find("./head/link[@rel='canonical']").get("href") == canonical[0]


def test_each_that_is_found_says_in_a_sentence_what_it_is(client, paths):
    summaries = set()
    for _language, address, page in pages(client, paths):
        robots = page.find("./head/meta[@name='robots']")
        if robots is not None or FORMS.search(address):
            continue
        summary = page.find("./head/meta[@name='description']")
        assert summary is not None, address
        summaries.add(summary.get("content").strip())
    assert all(len(summary) > 20 for summary in summaries)


def test_links_keep_the_language(client, paths):
    for language, address, page in pages(client, paths):
        for link in page.iter("a"):
            href = link.get("href") or ""
            if not href.startswith("/") or link.get("hreflang") or href.startswith("/static/"):
                continue
            assert href.startswith("/en") == (language == "en"), (address, href)


def test_a_link_opens_a_new_window_only_when_it_says_so(client, paths):
    for _language, address, page in pages(client, paths):
        for link in page.iter("a"):
            assert words(link) or any(each.get("alt") for each in link.iter("img")), address
            if link.get("target"):
                assert words(link).endswith(tuple(f"({each})" for each in NEW_WINDOW)), address


def test_a_link_to_a_file_says_its_format_and_about_its_weight(client, paths):
    found: dict[str, tuple[str, float]] = {}
    chosen = f"/mon-programme?activites={make_activity().id}"
    for _language, _address, page in pages(client, [*paths, chosen]):
        found |= files(page)
    assert {kind for kind, _weight in found.values()} == {*FORMATS.values()}
    for address, (kind, weight) in found.items():
        # What is printed is weighed where it is printed: each takes a while.
        if kind != "PDF":
            real = len(client.get(address, follow_redirects=True).data)
            assert real / 2 <= weight <= max(1_000, real * 2), address


@pytest.mark.parametrize(
    ("path", "formats"),
    [
        ("/coordination/relecture", ["XLSX"]),
        ("/coordination/relecture/liste", ["XLSX"]),
        ("/coordination/bilans", ["XLSX"]),
        ("/coordination/chiffres/2026/territoire", ["PDF", "XLSX", "XLSX"]),
        ("/coordination/avancement", ["CSV"]),
        ("/mon-compte/mes-donnees", ["JSON"]),
        ("/mon-compte/supprimer", ["JSON"]),
    ],
)
def test_behind_a_door_a_link_to_a_file_says_as_much(sign_in, path, formats):
    for _number in range(20):
        make_activity(status=Status.SUBMITTED)
    browser = sign_in(make_coordinator("32"))
    found = files(read(browser, path))
    assert [kind for kind, _weight in found.values()] == formats
    for address, (_kind, weight) in found.items():
        real = len(browser.get(address).data)
        assert real / 2 <= weight <= max(1_000, real * 2), address


def test_pictures_keep_their_place_and_are_told(client, paths):
    seen = 0
    for _language, address, page in pages(client, paths):
        for picture in page.iter("img"):
            seen += 1
            assert (picture.get("width") or "").isdigit(), address
            assert (picture.get("height") or "").isdigit(), address
            assert picture.get("alt") is not None, address
    assert seen


def test_nothing_is_styled_or_run_in_line(client, paths):
    for _language, address, page in pages(client, paths):
        assert list(page.iter("style")) == [], address
        for each in page.iter():
            assert each.get("style") is None, address
            assert not [name for name, _value in each.items() if name.startswith("on")], address
        for script in page.iter("script"):
            assert script.get("src") or script.get("type") == "application/ld+json", address


def test_none_sets_a_cookie_but_those_with_a_form_to_send(client, paths):
    for path in paths:
        answer = client.get(path)
        if "csrf_token" not in answer.text:
            assert "Set-Cookie" not in answer.headers, path


def test_search_engines_keep_neither_errors_nor_what_is_behind_a_door(client, sign_in):
    gone = make_activity(status=Status.WITHDRAWN, published_at=now())
    for answer in (
        client.get("/nulle-part"),
        client.get("/programme/1815"),
        client.get(f"/activites/{gone.id}-{gone.slug}"),
        sign_in(make_user()).get("/mon-espace"),
    ):
        assert '<meta name="robots" content="noindex" />' in answer.text
        assert 'rel="canonical"' not in answer.text
