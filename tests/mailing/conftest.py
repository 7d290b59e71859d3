"""Letters of the tests: a template of theirs, and a folder of their own to leave into."""

import pytest
from jinja2 import ChoiceLoader, DictLoader

TEMPLATES = {
    "letters/trial/hello.txt": (
        '{% extends "layouts/letter.txt" %}\n'
        "{% block subject %}Bonjour\n {{ title }}{% endblock %}\n"
        "{% block content %}\n{{ to.name }}, l’été : {{ title }}\n{% if false %}\n\n\n{% endif %}\n\n\n\n"
        "{{ url_for('pages.home', _external=True) }} {{ current_language() }}\n{% endblock %}"
    ),
    "letters/trial/hello.html": (
        '{% extends "layouts/letter.html" %}'
        "{% block subject %}Bonjour {{ title }}{% endblock %}"
        "{% block content %}<p>{{ to.name }} {{ title }}</p>{% endblock %}"
    ),
}


@pytest.fixture
def templates(app):
    loader = app.jinja_env.loader
    app.jinja_env.loader = ChoiceLoader([DictLoader(TEMPLATES), loader])
    yield
    app.jinja_env.loader = loader


@pytest.fixture
def folder(app, tmp_path):
    """Deliver into a folder of this test."""
    before = app.extensions["fete.settings"]
    app.extensions["fete.settings"] = type(before)(
        **{
            **{name: getattr(before, name) for name in before.__slots__},
            "letters_folder": str(tmp_path / "letters"),
        }
    )
    yield tmp_path / "letters"
    app.extensions["fete.settings"] = before
