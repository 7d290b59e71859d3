"""Without any script: a whole activity is declared and deposited, and a report is filed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from fete.demo.people import ACTOR
from tests.journeys.visiting import COMING_YEAR, fill, press, sign_in
from tests.site import Site

TITLE = "Les moulins racontent la rivière"


@pytest.fixture
def page(browser, browser_context_args, demo_site: Site) -> Iterator[Page]:
    """Give the actress a browser that runs no script."""
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, demo_site, ACTOR)
    yield page
    context.close()


def test_an_activity_is_declared_and_deposited(page: Page, demo_site: Site):
    page.goto(f"{demo_site.address}/mes-activites/declarer")
    page.locator("[name='kind']").select_option("workshop")
    fill(
        page, title=TITLE, standfirst="On démonte une roue.", description="Puis on la **remonte**."
    )
    page.get_by_label("Sciences de l’environnement", exact=False).check()
    page.locator("[name='matches_edition_theme'][value='no']").check()
    press(page, "Créer et continuer")
    page.locator("[name='welcome'][value='public']").check()
    page.get_by_label("Familles", exact=False).first.check()
    press(page, "Enregistrer et continuer")

    # Several communes bear that name: the page asks which, with what was typed kept.
    page.locator("[name='mode'][value='on_site']").check()
    fill(page, venue_name="Moulin du Pont", venue_address="2 chemin du Moulin", commune="Montaut")
    press(page, "Enregistrer et continuer")
    expect(page.get_by_role("group", name="Laquelle de ces communes ?")).to_be_visible()
    expect(page.locator("[name='venue_name']")).to_have_value("Moulin du Pont")
    page.get_by_label(re.compile(r"Montaut\s+09\d{3} — Ariège")).check()
    press(page, "Enregistrer et continuer")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Quand")
    for row in (0, 1):
        if not page.locator(f"[name='slots-{row}-day']").count():
            press(page, "Ajouter un créneau")
        fill(
            page,
            **{
                f"slots-{row}-day": f"0{row + 8}/10/{COMING_YEAR}",
                f"slots-{row}-starts": "14h",
                f"slots-{row}-ends": "16h30",
            },
        )
    press(page, "Enregistrer et continuer")
    page.locator("[name='booking'][value='none']").check()
    page.locator("[name='is_free']").check()
    for _ in range(2):
        press(page, "Enregistrer et continuer")
    fill(page, expected_visitors="40")
    press(page, "Enregistrer et relire")
    shown = page.locator("main")
    expect(shown).to_contain_text("Montaut (Ariège)")
    # Each slot, and what will be printed.
    expect(shown.get_by_text("14 h – 16 h 30")).to_have_count(3)
    press(page, "Déposer")
    expect(page.get_by_text("C’est déposé.", exact=False)).to_be_visible()
    page.goto(f"{demo_site.address}/mes-activites")
    expect(page.get_by_role("link", name=TITLE).first).to_be_visible()


def test_a_report_is_filed(page: Page, demo_site: Site):
    page.goto(f"{demo_site.address}/mes-bilans")
    address = next(
        link.get_attribute("href")
        for link in page.locator("a[href*='/mes-bilans/']").all()
        if re.fullmatch(r"/mes-bilans/\d+", link.get_attribute("href") or "")
    )
    page.goto(f"{demo_site.address}{address}")
    page.locator("[name='outcome'][value='held']").check()
    fill(page, public="31", pupils="0", adults="0", researchers="1", mediators="1")
    fill(page, volunteers="2", others="0")
    page.locator("[name='method'][value='counted']").check()
    press(page, "Déposer le bilan")
    expect(page.get_by_text("déposé", exact=False).first).to_be_visible()
    page.goto(f"{demo_site.address}{address}")
    expect(page.locator("main")).to_contain_text("31")
