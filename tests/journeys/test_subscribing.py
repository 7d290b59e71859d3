"""Somebody chooses a calendar and takes its address away, with script and without."""

import re
from collections.abc import Iterator

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.journeys.visiting import press, tab_to
from tests.site import Site


@pytest.fixture
def page(browser, browser_context_args) -> Iterator[Page]:
    """Give a browser that lets pages write to the clipboard."""
    context = browser.new_context(
        **browser_context_args, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture
def plain_page(browser, browser_context_args) -> Iterator[Page]:
    """Give a browser that runs no script."""
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def test_a_calendar_is_chosen_by_keyboard_and_its_address_copied(page: Page, demo_site: Site):
    page.goto(f"{demo_site.address}/abonnement")
    tab_to(page, "#departement-32")
    page.keyboard.press("Space")
    page.locator("#filtre-commune").click()
    page.get_by_role("combobox", name="Ajouter une commune").fill("Auch")
    page.get_by_role("option", name="Auch (32000)").click()
    press(page, "Voir mon agenda")
    # What was typed is a part of the address, and of the address only once.
    expect(page).to_have_url(re.compile(r"/abonnement\?departement=32&commune=32013"))
    expect(page.locator("#commune-32013")).to_be_checked()
    address = page.get_by_label("Adresse à copier").input_value()
    tab_to(page, "[data-copies]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="L’adresse est copiée.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    answer = page.request.get(address)
    assert Calendar.from_ical(answer.body()).walk("VEVENT")


def test_without_script_the_address_is_there_to_select(plain_page: Page, demo_site: Site):
    page = plain_page
    page.goto(f"{demo_site.address}/abonnement")
    page.get_by_label("Sans les annulations").check()
    press(page, "Voir mon agenda")
    expect(page.get_by_label("Adresse à copier")).to_have_value(
        re.compile(r"/activites-sans-les-annulations\.ics$")
    )
    expect(page.locator("[data-copies]")).to_be_hidden()
    expect(page.get_by_role("link", name="Google Agenda")).to_have_attribute(
        "href", re.compile(r"cid=webcal%3A%2F%2F.*activites-sans-les-annulations\.ics$")
    )
