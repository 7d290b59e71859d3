"""Errors as people can read them."""

import pytest


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
