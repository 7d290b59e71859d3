"""What every answer carries, compared whole."""

import pytest

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PROTECTION = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/programme",
        "/chiffres",
        "/agenda.ics",
        "/nulle-part",
        "/static/css/tokens.css",
        "/static/js/site.js",
        "/static/img/favicon.svg",
        "/static/vendor/bootstrap/css/bootstrap.min.css",
        "/robots.txt",
        "/sitemap.xml",
        "/chiffres.csv",
        "/integrer",
    ],
)
def test_every_answer_is_protected(client, path):
    headers = client.get(path, buffered=True).headers
    expected = PROTECTION
    if path == "/integrer":  # which shows how a frame of ours looks
        expected = PROTECTION | {"Content-Security-Policy": f"frame-src 'self'; {POLICY}"}
    assert {name: headers.get(name) for name in PROTECTION} == expected
    assert "charset=utf-8" in headers["Content-Type"]


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/programme", "/chiffres", "/agenda.ics", "/reseau", "/mentions-legales"),
        *("/integration", "/integrer", "/sitemap.xml", "/manifest.webmanifest", "/oembed"),
    ],
)
def test_no_cookie_is_set_before_signing_in(client, path):
    assert "Set-Cookie" not in client.get(path).headers


def test_static_files_are_kept_a_year_under_an_address_that_changes_with_them(client):
    page = client.get("/").text
    found = next(part.split('"')[0] for part in page.split('href="') if "tokens.css" in part)
    answer = client.get(found, buffered=True)
    assert "?v=" in found
    assert answer.status_code == 200
    assert {"public", "immutable", "max-age=31536000"} <= set(
        answer.headers["Cache-Control"].split(", ")
    )


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/vendor/nobody/x.css",
        "/static/vendor/bootstrap/../../../x",
        "/static/",
    ],
)
def test_no_other_file_is_served(client, path):
    assert client.get(path).status_code == 404


def test_trace_is_refused(client):
    assert client.open("/", method="TRACE").status_code == 405
