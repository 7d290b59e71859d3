"""Every page bears the name of an endpoint, every part is used, and none holds a script or a style."""

import re
from pathlib import Path

import pytest

import fete

FOLDER = Path(fete.__file__).parent / "templates"
PAGES = sorted(
    path.relative_to(FOLDER).as_posix()
    for path in FOLDER.rglob("*")
    if path.suffix in {".html", ".txt", ".xml"}
)
APART = ("layouts/", "components/", "errors/", "letters/")
CODE = "\n".join(
    path.read_text("utf-8")
    for path in Path(fete.__file__).parent.rglob("*")
    if path.suffix in {".py", ".html", ".txt"}
)


@pytest.mark.parametrize(
    "name", [page for page in PAGES if not page.startswith(APART) and "/_" not in page]
)
def test_a_page_bears_the_name_of_its_endpoint(app, name):
    endpoint = name.rsplit(".", 1)[0].replace("/", ".")
    assert endpoint in app.view_functions, name


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_imported_twice(name):
    imported = re.findall(r"\{% from .+ %\}", (FOLDER / name).read_text("utf-8"))
    assert sorted(imported) == sorted(set(imported))


@pytest.mark.parametrize(
    "name", [page for page in PAGES if "/_" in page or page.startswith(("layouts/", "components/"))]
)
def test_every_part_is_used(name):
    assert f'"{name}"' in CODE or f"'{name}'" in CODE, name


@pytest.mark.parametrize(
    "name",
    [
        page
        for page in PAGES
        if page.startswith("letters/") and page.endswith(".txt") and "/_" not in page
    ],
)
def test_every_letter_has_its_two_forms_and_is_sent(name):
    bare = name.removesuffix(".txt")
    assert (FOLDER / f"{bare}.html").exists()
    kind = bare.removeprefix("letters/")
    package, _, word = kind.partition("/")
    assert f'"{kind}"' in CODE or re.search(rf'f"{package}/\{{', CODE), kind
    assert word in CODE


@pytest.mark.parametrize(
    "name",
    [
        page
        for page in PAGES
        if not page.startswith("letters/") and not page.startswith("layouts/letter")
    ],
)
def test_a_template_holds_no_script_nor_style(name):
    text = (FOLDER / name).read_text("utf-8")
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text), name
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag or 'type="application/ld+json"' in tag, tag


@pytest.mark.parametrize("name", PAGES)
def test_french_punctuation_is_in_sentences_that_are_translated(name):
    text = (FOLDER / name).read_text("utf-8")
    for around in (r"\{#.*?#\}", r"\{%-? trans.*?endtrans -?%\}", r"\{%.*?%\}", r"\{\{.*?\}\}"):
        text = re.sub(around, "", text, flags=re.DOTALL)
    assert re.findall(r".*(?:[\s\u00a0\u202f][:;?!](?!\S)|[«»]).*", text) == [], name


@pytest.mark.parametrize("name", PAGES)
def test_a_template_names_no_other_site(name):
    text = (FOLDER / name).read_text("utf-8")
    for address in re.findall(r"(?:src|href)=[\"'](https?://[^\"']+)", text):
        assert address.startswith(ALLOWED), address


# Where a visitor may choose to go; nothing is loaded from there.
ALLOWED = (
    "https://creativecommons.org/licenses/",
    "https://www.geonames.org/",
    "https://www.defenseurdesdroits.fr",
    "https://formulaire.defenseurdesdroits.fr",
    "https://www.cnil.fr",
    "https://www.openstreetmap.org",
    "https://calendar.google.com",
    "https://outlook.live.com",
    "https://outlook.office.com",
    "https://schema.org",
    "https://creativecommons.org",
    "https://www.etalab.gouv.fr",
)
