"""Errors as people can read them."""

import re
from html import unescape

import pytest

from tests.factories.accounts import make_user


@pytest.mark.parametrize("path", ["/", "/programme", "/agenda.ics", "/nulle-part"])
def test_a_request_for_another_host_is_refused_in_a_line(app, db, path):
    before = app.config["TRUSTED_HOSTS"]
    app.config["TRUSTED_HOSTS"] = ["fete.example.org"]
    try:
        client = app.test_client()
        refused = client.get(path, headers={"Host": "192.0.2.1"})
        taken = client.get(path, headers={"Host": "fete.example.org"})
    finally:
        app.config["TRUSTED_HOSTS"] = before
    assert (refused.status_code, refused.mimetype) == (400, "text/plain")
    assert refused.text.startswith("400 Bad Request (")
    assert "Set-Cookie" not in refused.headers
    assert taken.status_code == (404 if path == "/nulle-part" else 200)


HERE = {"Sec-Fetch-Site": "same-origin"}


def test_what_was_typed_waits_to_be_sent_again_when_the_session_has_ended(db, client, sign_in):
    person = make_user(name="Ancien Nom")
    path = "/mon-compte?depuis=ici"
    typed = {"name": 'Nadia <b>"Démo"</b>', "csrf_token": "of before"}
    kept = client.post(path, data=typed, headers=HERE)
    assert (kept.status_code, kept.headers["Cache-Control"]) == (400, "private, no-store")
    (form,) = re.findall(r'<form method="post"\s+action="([^"]*)"', kept.text)
    assert form == path
    # With script the token of the session opened since is asked for there: one press is enough.
    assert 'data-token-at="/mon-compte"' in kept.text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', kept.text))
    assert unescape(fields.pop("name")) == typed["name"]
    assert list(fields) == ["csrf_token"]
    assert "Connectez-vous de nouveau" in kept.text

    # Signed in meanwhile: the token of before is worth nothing, the page gives one of now.
    member = sign_in(person)
    kept = member.post(path, data=typed, headers=HERE)
    assert "Connectez-vous de nouveau" not in kept.text
    assert "La connexion est rétablie" in kept.text
    assert "data-token-at" not in kept.text
    token = re.findall(r'name="csrf_token" value="([^"]*)"', kept.text)[-1]
    assert member.post(path, data=typed | {"csrf_token": token}, headers=HERE).status_code != 400
    assert person.name != "Ancien Nom"


def test_a_session_that_ended_on_the_server_keeps_what_was_typed_too(db, client):
    kept = client.post(
        "/mon-compte", data={"csrf_token": client.token(), "name": "Nadia"}, headers=HERE
    )
    assert kept.status_code == 401
    assert 'name="name" value="Nadia"' in kept.text


@pytest.mark.parametrize(
    ("headers", "typed"),
    [
        ({}, {"name": "Nadia"}),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, {"name": "Nadia"}),
        ({"Origin": "https://ailleurs.example.org"}, {"name": "Nadia"}),
        (HERE, {"csrf_token": "of before"}),
        (HERE, {"email": "nadia@example.org", "password": "les galets du Gers"}),
    ],
    ids=["says nothing", "from elsewhere", "another origin", "nothing typed", "a password"],
)
def test_nothing_is_kept_of_other_sites_nor_of_a_password(client, headers, typed):
    refused = client.post("/mon-compte", data=typed, headers=headers)
    assert refused.status_code == 400
    assert "Envoyer de nouveau" not in refused.text
    assert "Nadia" not in refused.text
    assert "Set-Cookie" not in refused.headers
