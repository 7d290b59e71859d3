"""The desk of review in a browser: its keys, which can be turned off, and sentences put in at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from fete.demo.people import GERS
from tests.journeys.visiting import hear, tab_to
from tests.site import Site

QUEUE = "/coordination/relecture"


@pytest.fixture
def page(opened, demo_site: Site):
    page = opened(GERS)
    page.goto(f"{demo_site.address}{QUEUE}")
    yield page
    page.evaluate("localStorage.clear()")


def titles(page: Page) -> list[str]:
    return page.locator("[data-row] .queue-title a").all_text_contents()


def here(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


def test_letters_go_from_one_activity_to_the_next_tick_and_open(page):
    heard = hear(page)
    first, second, *_others = titles(page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert here(page) == first
    for key, there in [("j", second), ("k", first), ("k", first), ("ArrowDown", second)]:
        page.keyboard.press(key)
        assert here(page) == there
    page.keyboard.press("x")
    expect(page.locator("[data-row] input:checked")).to_have_count(2)
    expect(page.get_by_text("2 activités cochées")).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator("[data-row] input:checked")).to_have_count(1)
    # The box has the focus of whoever ticks by the space bar: letters go on from there.
    page.locator("[data-row] input").first.focus()
    page.keyboard.press("j")
    assert here(page) == second
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(r"/relecture/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(second)
    assert heard.complaints == []


def test_nothing_is_taken_from_who_types_or_holds_another_key(page):
    page.locator(".queue-filters").evaluate("each => each.open = true")
    page.locator("[name=q]").focus()
    page.keyboard.type("jxo")
    expect(page.locator("[name=q]")).to_have_value("jxo")
    page.locator("[name=type]").focus()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.name") == "type"
    page.locator("h1").evaluate("each => { each.tabIndex = -1; each.focus() }")
    for keys in ("Control+j", "Alt+x", "Meta+k", "Shift+J"):
        page.keyboard.press(keys)
        assert page.evaluate("document.activeElement.tagName") == "H1"
    # Outside the list, the arrows scroll.
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    expect(page.locator("[data-row] input:checked")).to_have_count(0)


def test_the_letters_are_told_and_can_be_turned_off_for_good(page):
    page.get_by_text("Raccourcis clavier").click()
    expect(page.locator(".keys kbd").first).to_be_visible()
    choice = page.get_by_label("Utiliser ces raccourcis")
    choice.uncheck()
    page.keyboard.press("j")
    expect(choice).to_be_focused()
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.get_by_text("Raccourcis clavier").click()
    page.get_by_label("Utiliser ces raccourcis").check()
    page.reload()
    page.keyboard.press("j")
    assert here(page) == titles(page)[0]


def test_what_has_the_focus_is_never_under_the_bar_of_decisions(page):
    page.set_viewport_size({"width": 1280, "height": 700})
    for number in range(len(titles(page))):
        page.keyboard.press("j")
        hidden = page.evaluate(
            """() => {
                const one = document.activeElement.getBoundingClientRect();
                const bar = document.querySelector('.bulk').getBoundingClientRect();
                return one.bottom > bar.top && one.top < bar.bottom;
            }"""
        )
        assert not hidden, number


def test_a_kept_sentence_goes_into_the_reason_at_once(page, demo_site: Site):
    page.goto(f"{demo_site.address}{QUEUE}/phrases")
    page.get_by_label("Titre, pour la retrouver").fill("Salle")
    page.get_by_label("La phrase").fill("Dans quelle salle ?")
    page.get_by_role("button", name="Garder cette phrase").click()
    page.goto(f"{demo_site.address}{QUEUE}")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/relecture/\d+$"))
    page.get_by_text("Renvoyer pour compléments…").click()
    form = page.locator("form[action$='/renvoyer']")
    form.locator("textarea").fill("Bonjour,")
    form.get_by_label("Une de vos phrases").select_option(label="Salle")
    tab_to(page, "form[action$='/renvoyer'] [data-insert]")
    page.keyboard.press("Enter")
    expect(form.locator("textarea")).to_have_value("Bonjour,\n\nDans quelle salle ?")
    expect(form.locator("textarea")).to_be_focused()
