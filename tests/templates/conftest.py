"""What the tests of the look ask for: a bare site that renders one piece of template."""

from collections.abc import Callable

import pytest
from flask import Flask, render_template_string
from flask_wtf import CSRFProtect

import fete
from fete.core.i18n import init_i18n
from fete.core.templating import init_templating


@pytest.fixture(scope="session")
def bare() -> Flask:
    """Give a site with the templates and the static files, and no page but the commune suggestions."""
    site = Flask("fete", root_path=fete.__path__[0], static_folder=None)
    site.static_folder = "static"
    site.secret_key = "for the tests only"
    site.extensions["fete.settings"] = None
    CSRFProtect(site)
    init_i18n(site)
    init_templating(site)
    site.add_url_rule("/communes/suggestions", "geography.suggestions", lambda: "[]")
    site.add_url_rule("/programme", "programme.index", lambda: "")
    return site


@pytest.fixture
def render(bare: Flask) -> Callable[..., str]:
    """Give what renders a piece of template."""

    def rendered(source: str, **values: object) -> str:
        with bare.test_request_context("/"):
            return render_template_string(source, **values)

    return rendered
