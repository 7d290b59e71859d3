"""The style sheets keep their promises: contrast in both themes, one copy of Bootstrap, a light load."""

import gzip
import re
from pathlib import Path

import pytest

import fete

FOLDER = Path(fete.__file__).parent / "static" / "css"
TOKENS = (FOLDER / "tokens.css").read_text("utf-8")
# What every page loads.
COMMON = ("bootstrap", "tokens", "layout", "components", "pages", "print")
TEXT = 4.5
PART = 3.0
PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "surface", TEXT),
    ("ink", "sunken", TEXT),
    ("ink", "brand-wash", TEXT),
    ("ink", "gold-wash", TEXT),
    ("ink", "good-wash", TEXT),
    ("ink", "bad-wash", TEXT),
    ("ink-soft", "paper", TEXT),
    ("ink-soft", "surface", TEXT),
    ("ink-soft", "sunken", TEXT),
    ("ink-soft", "brand-wash", TEXT),
    ("ink-soft", "gold-wash", TEXT),
    ("link", "paper", TEXT),
    ("link", "surface", TEXT),
    ("link", "sunken", TEXT),
    ("link", "brand-wash", TEXT),
    ("link", "gold-wash", TEXT),
    ("brand", "paper", TEXT),
    ("brand", "surface", TEXT),
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-strong", TEXT),
    ("brand-strong", "brand-wash", TEXT),
    ("accent", "paper", TEXT),
    ("accent", "surface", TEXT),
    ("gold", "paper", TEXT),
    ("gold", "gold-wash", TEXT),
    ("good", "surface", TEXT),
    ("good", "good-wash", TEXT),
    ("bad", "paper", TEXT),
    ("bad", "surface", TEXT),
    ("bad", "bad-wash", TEXT),
    *((f"kind-{number}", "surface", TEXT) for number in range(1, 7)),
    ("line-strong", "paper", PART),
    ("line-strong", "surface", PART),
    ("focus", "paper", PART),
    ("focus", "surface", PART),
]


def colours(theme):
    """Return the colours of a theme by name, as the three parts of each."""
    start = TOKENS.index(
        {"light": '[data-bs-theme="light"] {', "dark": ':not([data-bs-theme="light"]) {'}[theme]
    )
    block = TOKENS[start : TOKENS.index("}", start)]
    return {
        name: tuple(int(value[place : place + 2], 16) / 255 for place in (0, 2, 4))
        for name, value in re.findall(r"--([\w-]+): #([0-9a-f]{6});", block)
    }


def luminance(colour):
    """Return the relative luminance of WCAG 2."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the contrast ratio of WCAG 2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_counted_as_wcag_does():
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast((0x77 / 255,) * 3, (1, 1, 1)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_what_is_written_stands_out_from_what_is_behind(theme, front, back, least):
    named = colours(theme)
    assert contrast(named[front], named[back]) >= least


def test_both_themes_name_the_same_colours():
    assert set(colours("light")) == set(colours("dark"))


def test_every_colour_and_measure_used_is_defined():
    sheets = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.css")}
    used = {
        (name, word)
        for name, text in sheets.items()
        for word in re.findall(r"var\(--((?!bs-)[\w-]+)\)", text)
    }
    defined = {word for text in sheets.values() for word in re.findall(r"--([\w-]+):", text)}
    assert {(name, word) for name, word in used if word not in defined} == set()


def test_bootstrap_is_asked_for_once_under_one_address(render):
    (address,) = re.findall(
        r'@import url\("\.\.(/[^"]+)"\) layer\(bootstrap\)',
        (FOLDER / "bootstrap.css").read_text("utf-8"),
    )
    assert render("{{ vendor_url('bootstrap', 'css/bootstrap.min.css') }}") == f"/static{address}"


def test_our_sheets_weigh_little():
    def weight(sheets: list[Path]) -> int:
        return len(gzip.compress(b"".join(path.read_bytes() for path in sheets)))

    common = sorted(FOLDER / f"{name}.css" for name in COMMON)
    assert weight(common) < 15_000
    # What some pages load besides.
    heavy = {path.name for path in FOLDER.glob("*.css") if weight([path]) >= 5_000}
    assert heavy <= {path.name for path in common}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.css")), ids=lambda path: path.name)
def test_a_sheet_fetches_nothing_from_elsewhere(path):
    addresses = re.findall(r"url\(\"?([^\")]+)", path.read_text("utf-8"))
    assert [
        address for address in addresses if not address.startswith(("../", "data:image/svg+xml,"))
    ] == []


@pytest.mark.parametrize("sheet", sorted(FOLDER.glob("*.css")), ids=lambda sheet: sheet.name)
def test_a_class_is_described_once_in_a_sheet(sheet):
    described = re.findall(r"^  (\.[\w-]+) \{", sheet.read_text("utf-8"), re.MULTILINE)
    assert sorted(described) == sorted(set(described))
