"""Public pages that do not change are not sent again, nor is anything of somebody in particular kept."""

import gzip
from datetime import timedelta

import brotli
import pytest

from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition

PAGES = [
    "/",
    "/programme",
    "/programme/2026",
    "/programme?q=etoile&departement=32",
    "/abonnement",
    "/chiffres",
    "/reseau",
    "/charte",
    "/mentions-legales",
    "/donnees-personnelles",
    "/accessibilite",
    "/plan-du-site",
    "/robots.txt",
    "/sitemap.xml",
    "/en/",
]


@pytest.mark.parametrize("path", PAGES)
def test_who_has_a_public_page_is_told_that_it_has_not_changed(client, path):
    make_activity()
    first = client.get(path, headers={"Accept-Encoding": "br"})
    assert first.status_code == 200
    assert "no-cache" in first.headers["Cache-Control"]
    assert {"Accept-Encoding", "Cookie"} <= set(first.headers["Vary"].split(", "))
    for encoding in ("br", "gzip", "identity"):
        asked = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": encoding}
        again = client.get(path, headers=asked)
        assert (again.status_code, again.data) == (304, b""), encoding
        assert again.headers["Vary"] == first.headers["Vary"]
        assert "Set-Cookie" not in again.headers
    assert client.get(path, headers={"If-None-Match": 'W/"autre"'}).status_code == 200


def test_the_pages_of_a_structure_and_of_an_activity_too(client):
    activity = make_activity()
    structure = make_organisation()
    for path in (
        f"/activites/{activity.id}-{activity.slug}",
        f"/reseau/{structure.id}-{structure.slug}",
    ):
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_page_that_changes_with_the_day_is_sent_anew(client, clock):
    make_edition()
    tag = client.get("/").headers["ETag"]
    clock.shift(timedelta(days=60))
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_what_is_shown_to_somebody_in_particular_has_no_tag(client, sign_in):
    make_edition()
    member = sign_in(make_user())
    for page in (member.get("/"), member.get("/mon-espace")):
        assert "ETag" not in page.headers
        assert page.headers["Cache-Control"] == "private, no-store"
    # A form under way: its token is of one session.
    for _time in range(2):
        assert "ETag" not in client.get("/compte/connexion").headers
    assert "ETag" not in client.get("/nulle-part").headers
    assert client.get("/sante").headers["Cache-Control"] == "no-store"


UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize(
    "path", ["/", "/chiffres", "/sitemap.xml", "/static/css/layout.css", "/static/js/site.js"]
)
def test_what_is_read_is_sent_compressed(client, path, encoding):
    plain = client.get(path, buffered=True)
    packed = client.get(path, headers={"Accept-Encoding": encoding}, buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    assert len(packed.data) < len(plain.data)
    assert UNPACK[encoding](packed.data) == plain.data
    both = client.get(path, headers={"Accept-Encoding": "gzip, deflate, br"}, buffered=True)
    assert both.headers["Content-Encoding"] == "br"


def test_a_compressed_file_is_kept_and_asked_for_as_a_plain_one(client):
    packed = client.get(
        "/static/css/layout.css", headers={"Accept-Encoding": "gzip"}, buffered=True
    )
    tag = packed.headers["ETag"]
    assert {"public", "immutable", "max-age=31536000"} <= set(
        packed.headers["Cache-Control"].split(", ")
    )
    asked = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    assert client.get("/static/css/layout.css", headers=asked, buffered=True).status_code == 304
    other = {"Accept-Encoding": "br", "If-None-Match": tag}
    assert client.get("/static/css/layout.css", headers=other, buffered=True).status_code == 200
    missing = client.get("/static/css/nowhere.css", headers={"Accept-Encoding": "gzip"})
    assert missing.status_code == 404
