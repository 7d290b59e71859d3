"""The press draws whatever is typed, and says when it cannot."""

import json
import re
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from fete.printing import brochure, press, services
from fete.printing.brochure import Bounds, Front, Order, code_of, drawn

HOSTILE = [
    '#panic("boum") #read("/etc/passwd") *gras* _oblique_ $x^2$ `code` @nul <étiquette> // non',
    '= Titre\n- liste\n#include "/etc/passwd"',
    "]#" * 50 + "\\",
    "x" * 140,
    "https://exemple.fr/" + "a/" * 60 + "?" + "b=c&" * 20,
    "🚀👩‍🔬🇫🇷 émoji ✓",
    "שלום עולם العربية \u202e à l’envers",
    "宇宙 \ud83d"[:3],
    "z̷a̷l̷g̷o̷" * 20,
    "\x00\x07\u2028\ufeff\u200b\u00ad",
    "🚀",
    "",
]


def programme(text: str) -> dict[str, object]:
    """Give a programme of one village of which everybody typed this text everywhere."""
    title = text or "Sans titre"
    front = Front(
        site=text,
        network=text,
        year=2026,
        dates=text,
        theme=text,
        words=text,
        is_demo=True,
        printed_on=date(2026, 9, 1),
        url="https://fete.example.org/programme/2026",
        address_of=str,
        short_address_of=str,
    )
    content = brochure.brochure([], frozenset(), bounds=Bounds(), order=Order.DAY, front=front)
    when = [{"text": text, "is_off": False}, {"text": text, "is_off": True}]
    entry = (
        {
            "id": 1,
            "url": "https://fete.example.org/activites/1-x",
            "code": code_of("https://fete.example.org/activites/1--"),
            "when": when,
            "notes": [text],
            "where": [text, text],
            "stands": [{"kind": text, "title": text, "by": text, "when": when}],
            "contacts": [{"text": text, "url": ""}, {"text": text or "05", "url": "tel:05"}],
            "is_off": False,
        }
        | dict.fromkeys(
            ("kind", "text", "also", "whom", "booking", "accessibility", "within", "by"), text
        )
        | {"title": title}
    )
    again = {"id": 1, "title": text, "when": when, "commune": text}
    sections = [
        {"part": title, "name": text, "entries": [entry], "again": [again]},
        {"part": "Suite", "name": "", "entries": [entry | {"id": 2, "stands": []}], "again": []},
    ]
    indexes = [{"title": title, "rows": [{"name": text, "ids": [1, 2]}]}]
    changed = {"is_brochure": True, "sections": sections, "indexes": indexes}
    found: dict[str, object] = content | drawn(changed)
    return found


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("order", Order)
def test_whatever_is_typed_is_printed_as_text(text, order):
    content = programme(text) | {
        "by_day": order is Order.DAY,
        "levels": 2 if order is Order.DAY else 3,
    }
    reader = PdfReader(BytesIO(press.pdf_of(json.dumps(content))))
    printed = "".join(page.extract_text() for page in reader.pages)
    assert "root:" not in printed
    for word in re.findall(r"\w{4,12}", text.split("/etc")[0], re.ASCII):
        assert word in printed


def test_every_letter_that_is_let_through_can_be_drawn():
    letters = [chr(code) for code in range(0x3000) if not brochure._UNDRAWN.match(chr(code))]
    assert len(letters) > 1900
    content = programme("x")
    content["sections"][0]["entries"][0]["text"] = " ".join(letters)  # type: ignore[index]
    content["sections"][0]["entries"][0]["title"] = " ".join(letters)  # type: ignore[index]
    assert press.pdf_of(json.dumps(content)).startswith(b"%PDF")


def test_a_press_that_stops_says_so_and_frees_its_place(caplog):
    for _again in range(3):
        with pytest.raises(services.PressError), services.turn_at_the_press():
            services.pdf_of({"not": "a programme"})
    assert "the press stopped" in caplog.text


def test_a_press_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(services, "PATIENCE", 0.01)
    with pytest.raises(services.PressError):
        services.pdf_of(programme("x"))


def test_one_prints_one_waits_and_the_third_is_told():
    with services.turn_at_the_press():
        assert services._places.acquire(blocking=False)
        try:
            with pytest.raises(services.PressError), services.turn_at_the_press():
                pass
        finally:
            services._places.release()
    with services.turn_at_the_press():
        pass


def test_the_press_is_a_program_of_its_own():
    assert services.pdf_of(programme("x")).startswith(b"%PDF")
