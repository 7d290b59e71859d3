"""The programme on other sites: small pages that may be framed there, and nothing else of ours."""

import re
from datetime import date, datetime, time
from html import unescape
from xml.etree import ElementTree as ET

import html5lib
import pytest

from fete.core.clock import from_paris, now
from fete.core.db import db as database
from fete.core.errors import SettingsError
from fete.core.settings import Settings, read_settings
from fete.programme.models import EditionState, Mode
from fete.programme.workflow import SlotState, Status
from tests.factories.accounts import make_user
from tests.factories.network import AUCH, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

SITE = "https://fete.example.org"
SATURDAY, SUNDAY = date(2026, 10, 3), date(2026, 10, 4)
FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors "
)
HOSTILE = [
    "q=" + "x" * 1000,
    "departement=zz&type=%00&du=hier&au=31/02/2026",
    "annee=mille",
    "fond=url(x)&accent=}body{",
    "structure=abc&page=-1",
]


def at(day: date, hour: int = 10) -> datetime:
    return from_paris(day, time(hour))


def found(pattern: str, html: str) -> str:
    """Return what a pattern meets first on a page, as a reader has it."""
    met = re.search(pattern, html, re.DOTALL)
    assert met, pattern
    return unescape(met[1])


def shown(client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return unescape(answer.text).replace("\u00a0", " ")


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def hosts(app):
    """Say which sites may frame the programme: `hosts("musee.example.org")`."""
    before = app.extensions["fete.settings"]

    def change(*names: str) -> None:
        known = {name: getattr(before, name) for name in Settings.__slots__}
        app.extensions["fete.settings"] = Settings(**(known | {"embed_hosts": names}))

    yield change
    app.extensions["fete.settings"] = before


# The page framed


def test_a_frame_shows_what_comes_next_under_its_days(client):
    make_activity(at(SATURDAY, 14), title="Visite", venue=make_venue(AUCH, name="Muséum"))
    make_activity(at(SUNDAY), title="Atelier", commune=TOULOUSE)
    make_activity(title="Secret", status=Status.SUBMITTED)
    make_activity(title="Autre année", edition=make_edition(2025))
    html = shown(client, "/integration")
    text = words(html)
    for told in (
        "Fête de la science 2026",
        "samedi 3 octobre 2026 Visite (nouvelle fenêtre) 14 h – 16 h Muséum, Auch",
        "dimanche 4 octobre 2026 Atelier",
        "2 activités au programme.",
        "Les liens ouvrent le site de la Fête de la science dans une nouvelle fenêtre.",
    ):
        assert told in text, told
    assert "Secret" not in html
    assert "Autre année" not in html
    assert "Atelier" not in shown(client, "/integration?departement=32")
    assert 'href="/programme?departement=32"' in shown(client, "/integration?departement=32")
    assert 'href="/abonnement?departement=32"' in shown(client, "/integration?departement=32")
    assert "<script" not in html
    assert html.count('<link rel="stylesheet"') == 2


def test_a_frame_speaks_the_language_of_its_address(client):
    make_activity(at(SATURDAY), title="Visite")
    html = shown(client, "/en/integration")
    assert '<html lang="en">' in html
    assert re.findall(r'href="(/(?!en/)[^"]*)"', html)[0].startswith("/static/css/frame.css")
    assert all(
        link.startswith(("/en/", "/static/")) for link in re.findall(r'href="(/[^"]*)"', html)
    )


def test_a_frame_without_anything_to_come_says_so(client, clock):
    assert "Le programme n’est pas encore publié." in shown(client, "/integration")
    make_edition()
    assert "Aucune activité à venir pour le moment." in shown(client, "/integration")
    make_activity(at(SATURDAY), title="Visite")
    clock.move_to(at(date(2026, 12, 1)))
    html = shown(client, "/integration")
    assert "Cette édition est terminée." in html
    assert "Visite" not in html


@pytest.mark.parametrize("year", ["1990", "2027", "-1", "9" * 20])
def test_of_a_year_without_programme_there_is_only_a_way_on(client, year):
    make_activity(at(SATURDAY), title="Visite")
    make_edition(2027, state=EditionState.PREPARED, theme="Trop tôt")
    framed = client.get(f"/integration?annee={year}")
    assert framed.status_code == 404
    assert framed.headers["Content-Security-Policy"] == f"{FRAMED}*"
    assert "Il n’y a pas de programme de cette année-là" in framed.text
    assert 'href="/programme"' in framed.text
    chosen = client.get(f"/integrer?annee={year}")
    assert chosen.status_code == 404
    assert "<iframe" not in chosen.text
    assert told(client, f"{SITE}/integration?annee={year}").status_code == 404
    for answer in (framed, chosen):
        assert not re.search("Visite|Trop tôt", answer.text)


def test_a_frame_keeps_the_year_that_it_was_made_for(client):
    make_edition()
    make_activity(edition=make_edition(2025), title="L’an passé", commune=TOULOUSE)
    html = shown(client, "/integration?annee=2025&departement=31")
    assert "Fête de la science 2025" in html
    assert 'href="/programme/2025?departement=31"' in html
    assert 'href="/abonnement?departement=31&annee=2025"' in html


def test_one_activity_is_framed_with_its_times_and_its_place(client):
    activity = make_activity(
        at(SATURDAY), at(SUNDAY), title="Étoiles <b>", venue=make_venue(TOULOUSE, name="Cité")
    )
    activity.slots[1].state = SlotState.FULL
    database.session.flush()
    text = words(shown(client, f"/integration/activites/{activity.id}").replace("<b>", ""))
    assert "Étoiles" in text
    assert "samedi 3 octobre 2026 10 h – 12 h" in text
    assert "dimanche 4 octobre 2026 10 h – 12 h Complet" in text
    assert "Cité 1 rue des Écoles, 31000 Toulouse" in text
    raw = client.get(f"/integration/activites/{activity.id}").text
    assert "Étoiles &lt;b&gt;" in raw
    assert f'href="/activites/{activity.id}-etoiles-b"' in raw


def test_what_is_no_more_in_the_programme_says_so_inside_the_frame(client):
    gone = make_activity(title="Perdue", status=Status.WITHDRAWN, published_at=at(SATURDAY))
    draft = make_activity(title="Brouillon", status=Status.DRAFT)
    early = make_activity(title="Trop tôt", edition=make_edition(2027, state=EditionState.PREPARED))
    never = make_activity(
        title="Jamais vue", status=Status.WITHDRAWN, published_at=now(), edition=early.edition
    )
    for number, status in (
        (gone.id, 410),
        *((number, 404) for number in (draft.id, early.id, never.id, 99_999)),
    ):
        answer = client.get(f"/integration/activites/{number}")
        assert answer.status_code == status
        assert answer.headers["Content-Security-Policy"] == f"{FRAMED}*"
        assert "Cette activité n’est pas au programme" in answer.text
        assert not re.search("Perdue|Brouillon|Trop tôt|Jamais vue", answer.text)


def test_a_cancelled_or_online_activity_says_so(client):
    activity = make_activity(at(SATURDAY), title="Annulée", mode=Mode.ONLINE)
    activity.slots[0].state = SlotState.CANCELLED
    database.session.flush()
    assert "Annulé" in words(shown(client, "/integration"))
    html = shown(client, f"/integration/activites/{activity.id}")
    assert "Cette activité n’aura pas lieu." in html
    assert "<address>" not in html


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("path", ["/integration", "/en/integration", "/integrer"])
def test_a_hostile_address_is_only_a_search(client, path, query):
    make_activity(title="Visite")
    answer = client.get(f"{path}?{query}")
    # Where one chooses, what cannot be is told; where it is framed, it is left out.
    is_refused = path == "/integrer" and query.startswith(("q=", "fond="))
    assert answer.status_code == (400 if is_refused else 200)
    parser = html5lib.HTMLParser()
    parser.parse(answer.text)
    assert parser.errors == []


@pytest.mark.parametrize("count", [1, 4])
def test_a_frame_costs_the_same_whatever_it_shows(client, queries, count):
    for _number in range(count):
        make_activity(at(SATURDAY), at(SUNDAY))
    database.session.expire_all()
    with queries() as asked:
        client.get("/integration")
    assert len(asked) == 15


# Where it may be framed


def test_only_the_pages_made_for_it_may_be_framed(client):
    activity = make_activity(title="Visite")
    for path in ("/integration", "/integration?q=rien", f"/integration/activites/{activity.id}"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"] == f"{FRAMED}*"
        assert "X-Frame-Options" not in headers
        assert headers["X-Content-Type-Options"] == "nosniff"
    for path in ("/", "/programme", "/integrer", "/oembed", "/compte/connexion", "/nulle-part"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'"), path
        assert headers["X-Frame-Options"] == "DENY", path


def test_the_operator_says_which_sites_may_frame_it(client, hosts):
    make_edition()
    hosts("www.auch.example.org", "*.musees.example.org")
    policy = client.get("/integration").headers["Content-Security-Policy"]
    assert policy == f"{FRAMED}'self' www.auch.example.org *.musees.example.org"
    hosts()
    assert client.get("/integration").headers["Content-Security-Policy"] == f"{FRAMED}'self'"


@pytest.mark.parametrize("name", ["a b", "x; script-src *", "'unsafe-inline'", "http://", "x/y"])
def test_a_site_that_is_no_name_of_a_machine_is_refused(tmp_path, name):
    with pytest.raises(SettingsError, match="embed_hosts"):
        read_settings(tmp_path, {}, mode="test", embed_hosts=[name])


def test_a_frame_is_the_same_for_all_and_may_be_kept(client, sign_in):
    make_activity(title="Visite")
    first = client.get("/integration")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in first.headers
    again = client.get("/integration", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    member = sign_in(make_user()).get("/integration")
    assert (member.data, member.headers["Cache-Control"]) == (
        first.data,
        first.headers["Cache-Control"],
    )


# Its colours


def test_a_frame_wears_two_colours_without_any_style_in_its_page(client):
    make_edition()
    html = shown(client, "/integration?fond=FFF&accent=b23a1e")
    assert 'href="/integration/couleurs/ffffff-b23a1e.css"' in html
    assert "style=" not in html
    sheet = client.get("/integration/couleurs/ffffff-b23a1e.css")
    assert sheet.content_type == "text/css; charset=utf-8"
    for line in ("--paper: #ffffff;", "--ink: #000000;", "--accent: #b23a1e;", "scheme: light;"):
        assert line in sheet.text
    dark = client.get("/integration/couleurs/000000-ffffff.css").text
    assert "color-scheme: dark;" in dark


def test_colours_that_cannot_be_read_together_are_moved(client):
    make_edition()
    assert 'href="/integration/couleurs/ffffff-767676.css"' in shown(
        client, "/integration?fond=ffffff&accent=777777"
    )
    assert 'href="/integration/couleurs/ffffff-17315f.css"' in shown(
        client, "/integration?fond=rouge&accent=x"
    )


@pytest.mark.parametrize(
    "name",
    ["ffffff-fffffe", "FFFFFF-17315F", "fff-000", "x-y", "ffffff-17315f}a{", "a" * 1000 + "-b"],
)
def test_a_sheet_of_other_colours_is_not_there(client, name):
    assert client.get(f"/integration/couleurs/{name}.css").status_code == 404


# Choosing


def test_the_line_to_copy_frames_what_was_chosen(client):
    make_activity(title="Visite", commune=AUCH)
    html = client.get(
        "/integrer?q=étoiles&departement=32&departement=31&langue=en&hauteur=450&fond=%23fff8e0&accent=%23b23a1e"
    ).text
    line = found(r'id="ligne"[^>]*>(.*?)</textarea>', html)
    frame = html5lib.parse(line, namespaceHTMLElements=False).find(".//iframe")
    assert frame.attrib == {
        "src": f"{SITE}/en/integration?q=%C3%A9toiles&departement=31,32&fond=fff8e0&accent=b23a1e",
        "title": "Fête de la science en Occitanie\u00a0: Activités dans le Gers ou en Haute-Garonne, «\u00a0étoiles\u00a0»",
        "width": "100%",
        "height": "450",
        "loading": "lazy",
    }
    assert "\n" not in line
    link = found(r'id="lien"[^>]*>(.*?)</textarea>', html)
    assert f'href="{SITE}/en/programme?q=%C3%A9toiles&amp;departement=31,32"' in link
    preview = found(r'class="embedding-preview"\s+src="([^"]+)"', html)
    assert preview == "/en/integration?q=%C3%A9toiles&departement=31,32&fond=fff8e0&accent=b23a1e"
    assert client.get(preview).status_code == 200


def test_what_has_no_field_goes_on_to_the_next_choice(client):
    structure = make_organisation(name="Planétarium")
    html = client.get(f"/integrer?structure={structure.id}&departement=31,32&annules=non").text
    assert f'<input type="hidden" name="structure" value="{structure.id}" />' in html
    assert '<input type="hidden" name="annules" value="non" />' in html
    assert len(re.findall(r'name="departement"\s+value="3[12]" checked', html)) == 2
    assert f"structure={structure.id}" in html.split('id="ligne"')[1]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("fond=%23ffffff&accent=%23ffff00", "Cette couleur se lirait mal sur ce fond"),
        ("fond=rouge", "Écrivez une couleur en six signes"),
        ("hauteur=abc&fond=rouge", "Écrivez une couleur en six signes"),
        ("hauteur=10", "Choisissez une hauteur de 200 à 2000 pixels."),
        ("hauteur=99999999999999", "Choisissez une hauteur de 200 à 2000 pixels."),
    ],
)
def test_a_choice_that_cannot_be_is_told_in_words_and_a_line_is_given_all_the_same(
    client, query, told
):
    make_edition()
    html = shown(client, f"/integrer?{query}", 400)
    assert "<title>Erreur :" in html
    assert told in html
    assert f"{SITE}/integration" in html
    assert 'height="600"' in html


def test_one_activity_can_be_chosen_if_it_is_public(client):
    activity = make_activity(title="Visite")
    html = client.get(f"/integrer?activite={activity.id}&accent=%23b23a1e").text
    assert f"{SITE}/integration/activites/{activity.id}?accent=b23a1e" in html
    assert f'<input type="hidden" name="activite" value="{activity.id}" />' in html
    assert 'name="departement"' not in html
    assert 'height="400"' in html
    draft = make_activity(status=Status.DRAFT)
    for number in (draft.id, 99_999, 0, -1, 10**20):
        assert client.get(f"/integrer?activite={number}").status_code == 404


# oEmbed


def told(client, url: str, **more: str):
    return client.get("/oembed", query_string={"url": url, **more})


def test_oembed_tells_how_to_frame_a_page(client):
    make_activity(title="Visite", commune=AUCH)
    answer = told(client, f"{SITE}/programme?departement=32")
    assert answer.get_json() == {
        "version": "1.0",
        "type": "rich",
        "title": "Fête de la science en Occitanie\u00a0: Activités dans le Gers",
        "provider_name": "Fête de la science en Occitanie",
        "provider_url": SITE,
        "cache_age": 3600,
        "width": 600,
        "height": 600,
        "html": f'<iframe src="{SITE}/integration?departement=32" title="Fête de la science en Occitanie\u00a0: Activités dans le Gers" width="600" height="600" loading="lazy"></iframe>',
    }
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_oembed_keeps_the_year_the_language_and_the_room_there_is(client):
    make_edition()
    make_edition(2025)
    answer = told(client, f"{SITE}/en/programme/2025", maxwidth="320", maxheight="200").get_json()
    assert (answer["width"], answer["height"]) == (320, 200)
    assert f'src="{SITE}/en/integration?annee=2025"' in answer["html"]
    assert 'width="320" height="200"' in answer["html"]
    for wrong in ("-5", "0", "large", "9" * 30):
        answer = told(client, f"{SITE}/programme", maxwidth=wrong).get_json()
        assert answer["width"] == 600
    current = told(client, f"{SITE}/programme/2026").get_json()["html"]
    assert f'src="{SITE}/integration"' in current


def test_oembed_speaks_xml_too(client):
    activity = make_activity(title="Sel & <poivre>")
    answer = told(client, f"{SITE}/activites/{activity.id}-x", format="xml")
    assert answer.content_type == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.data)
    assert root.findtext("title") == "Sel & <poivre>"
    assert root.findtext("height") == "400"
    assert f'src="{SITE}/integration/activites/{activity.id}"' in (root.findtext("html") or "")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"url": ""}, 400),
        ({"url": "https://ailleurs.example.org/programme"}, 404),
        ({"url": "https://fete.example.org.ailleurs.example/programme"}, 404),
        ({"url": "https://fete.example.org@ailleurs.example/programme"}, 404),
        ({"url": "javascript://fete.example.org/programme"}, 404),
        ({"url": f"{SITE}/mentions-legales"}, 404),
        ({"url": f"{SITE}/mon-espace"}, 404),
        ({"url": f"{SITE}/programme/1815"}, 404),
        ({"url": f"{SITE}/programme/2027"}, 404),
        ({"url": f"{SITE}/activites/99999-x"}, 404),
        ({"url": f"{SITE}/{'x' * 1000}"}, 404),
        ({"url": "http://[::1"}, 404),
        ({"url": "\x00"}, 404),
        ({"url": f"{SITE}/programme", "format": "yaml"}, 501),
    ],
)
def test_oembed_refuses_other_addresses_and_formats_in_words(client, query, status):
    make_edition()
    make_edition(2027, state=EditionState.PREPARED)
    answer = client.get("/oembed", query_string=query)
    assert answer.status_code == status
    assert answer.content_type == "text/plain; charset=utf-8"
    assert len(answer.text.split()) > 4


def test_oembed_tells_nothing_of_what_is_not_public(client):
    for status in set(Status) - {Status.PUBLISHED}:
        activity = make_activity(title="Secret", status=status)
        answer = told(client, f"{SITE}/activites/{activity.id}-secret")
        assert answer.status_code == 404
        assert "Secret" not in answer.text


def test_pages_say_where_other_sites_learn_how_to_frame_them(client):
    activity = make_activity(title="Visite", commune=AUCH)
    for path in (
        "/programme/2026",
        "/programme/2026?departement=32",
        "/en/programme/2026",
        f"/activites/{activity.id}-visite",
    ):
        html = client.get(path).text
        for kind in ("application/json+oembed", "text/xml+oembed"):
            link = found(rf'type="{re.escape(kind)}"\s+title="[^"]+"\s+href="([^"]+)"', html)
            address = link.removeprefix(SITE)
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert answer.mimetype == kind.replace("+oembed", "")
    assert 'href="/integrer?departement=32"' in client.get("/programme?departement=32").text
    assert "+oembed" not in client.get("/scolaires").text
