"""Without a mouse: every control is reached, shows that it is, and does its work."""

import re

from playwright.sync_api import Page, expect

from fete.demo.people import ACTOR, PASSWORD
from tests.journeys.visiting import led_to, tab_to
from tests.site import Site

DRAFT = ("/mes-activites", r"/mes-activites/\d+/apercu", r"/mes-activites/\d+/ou")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_the_first_key_offers_the_content_and_on_the_programme_the_search(opened, demo_site: Site):
    page = opened(None)
    page.goto(f"{demo_site.address}/programme")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Tab")
    search = page.locator(":focus")
    expect(search).to_have_text(re.compile("recherche", re.IGNORECASE))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('form, main') !== null")
    page.goto(f"{demo_site.address}/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "contenu"


def test_one_signs_in_and_out_by_keyboard(browser, browser_context_args, demo_site: Site):
    # A visit of its own: signing out ends every session of that person.
    context = browser.new_context(**browser_context_args, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{demo_site.address}/compte/connexion?suite=/mon-compte")
    tab_to(page, "[name=email]")
    page.keyboard.type("personne@example.org")
    tab_to(page, "[name=password]")
    page.keyboard.type("ce n’est pas le bon")
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.title().startswith("Erreur")
    tab_to(page, "[name=email]")
    page.keyboard.press("Control+A")
    page.keyboard.type("acteur@example.org")
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{demo_site.address}/mon-compte")
    tab_to(page, "form[action$='/deconnexion'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Se connecter").first).to_be_attached()
    context.close()


def test_a_commune_is_chosen_by_keyboard(opened, demo_site: Site):
    page = opened(ACTOR)
    page.goto(next(led_to(page, demo_site, *DRAFT)))
    tab_to(page, "[role=combobox]")
    page.keyboard.press("Control+A")
    page.keyboard.type("montaut")
    box = page.locator(":focus")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="communes proposées")).to_be_attached()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = options.nth(1)
    expect(chosen).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    label = chosen.inner_text()
    page.keyboard.press("Enter")
    expect(box).to_have_value(label)
    expect(box).to_have_attribute("aria-expanded", "false")
    assert re.fullmatch(r"\d[\dAB]\d{3}", page.locator("[name=commune_code]").input_value())
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_the_programme_is_narrowed_by_keyboard(opened, demo_site: Site):
    page = opened(None)
    page.goto(f"{demo_site.address}/programme")
    tab_to(page, "summary")
    if not page.locator("#filtres").is_visible():
        page.keyboard.press("Enter")
    tab_to(page, "[name=departement][value='32']")
    page.keyboard.press("Space")
    tab_to(page, "#filtres button[type=submit]")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]departement=32(&|#|$)"))
    expect(page.locator("[name=departement][value='32']")).to_be_checked()
    places = page.locator("main").inner_text()
    assert "(Gers)" in places
    assert "(Haute-Garonne)" not in places
