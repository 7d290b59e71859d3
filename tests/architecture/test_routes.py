"""Every address says who may call it, and none disappears unnoticed."""

import re
from pathlib import Path

from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter

import fete

LIST = Path(__file__).with_name("routes.txt")


def addresses(app: Flask) -> list[str]:
    """Return every address with what may be done there and who may."""
    return sorted(
        f"{rule.rule} {','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} "
        f"{rule.endpoint} [{getattr(app.view_functions[rule.endpoint], 'access', 'SILENT')}]"
        for rule in app.url_map.iter_rules()
    )


def test_every_view_says_who_may_call_it(app):
    assert [line for line in addresses(app) if "[SILENT]" in line] == []


def test_no_address_changes_without_being_thought_about(app):
    """An address that goes needs a redirect; write the list anew with `make routes`."""
    assert addresses(app) == LIST.read_text("utf-8").splitlines()


def test_addresses_are_french_words_in_lower_case(app):
    for rule in app.url_map.iter_rules():
        fixed = "".join(text for is_value, text in rule._trace if not is_value).partition("|")[2]
        assert fixed == fixed.lower(), rule.rule
        assert "_" not in fixed, rule.rule


def test_a_view_that_says_nothing_is_never_opened(app):
    view = app.view_functions["pages.home"]
    kept = view.access
    del view.access
    try:
        app.testing, was = False, app.testing
        app.config["PROPAGATE_EXCEPTIONS"] = False
        assert app.test_client().get("/").status_code == 500
    finally:
        view.access = kept
        app.testing = was
        app.config["PROPAGATE_EXCEPTIONS"] = None


def _some(converter: BaseConverter) -> int | str:
    """Return a value that may stand at this place of an address."""
    if isinstance(converter, IntegerConverter):
        return 1
    return min(converter.items) if isinstance(converter, AnyConverter) else "x"


def test_a_form_without_its_token_is_refused_everywhere(app, db):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods:
            values = {name: _some(converter) for name, converter in rule._converters.items()}
            path = app.url_map.bind("localhost").build(rule.endpoint, values, method="POST")
            # A counter has no cookie to abuse: its signed address is the right, and this one is forged.
            refused = 404 if rule.endpoint.startswith("counting.") else 400
            assert client.post(path).status_code == refused, path


def test_every_link_leads_to_a_page_that_stands(app):
    package = Path(fete.__file__).parent
    texts = [
        path.read_text("utf-8")
        for path in package.rglob("*")
        if path.suffix in {".html", ".txt", ".py"}
    ]
    named = {
        name
        for text in texts
        for name in re.findall(r"""url(?:_for)?\(\s*["']([a-z_]+\.[a-z_]+)["']""", text)
    }
    assert len(named) > 50
    assert named - set(app.view_functions) == set()
