"""The language is in the address, and links keep it."""

import pytest
from flask import url_for
from flask_babel import force_locale

from fete.core.i18n import spaced


def test_the_prefix_chooses_the_language_and_links_keep_it(app):

    client = app.test_client()
    assert 'lang="fr"' in client.get("/mentions-legales").text
    english = client.get("/en/mentions-legales").text
    assert 'lang="en"' in english
    assert 'href="/en/programme"' in english
    assert 'href="/mentions-legales"' in english


def test_a_word_that_begins_like_a_language_is_no_language(app):
    assert app.test_client().get("/entree").status_code == 404


def test_links_outside_the_prefix_are_french(app):
    with app.test_request_context("/programme"):
        assert url_for("programme.index") == "/programme"


@pytest.mark.parametrize(
    ("language", "said"), [("fr", ["\u00a0:", "\u00a0;", "\u00a0?"]), ("en", [":", ";", "?"])]
)
def test_a_mark_follows_its_word_as_the_language_has_it(app, language, said):
    with app.test_request_context(), force_locale(language):
        assert [spaced(mark) for mark in ":;?"] == said
