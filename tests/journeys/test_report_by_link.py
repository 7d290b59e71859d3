"""On a phone, from the letter after the activity to the report that is filed: what is typed is kept, network or not."""

import pytest
from playwright.sync_api import expect

from tests.journeys.telephone import PHONE, report_links
from tests.site import Site

pytestmark = pytest.mark.journey


@pytest.fixture
def links(demo_site: Site) -> list[str]:
    """Give the links of the letter that asks the actress for her reports."""
    return report_links(demo_site)


def test_a_report_is_typed_kept_without_network_and_filed_by_its_link(opened, links):
    page = opened(None)
    page.set_viewport_size(PHONE)
    # The one that somebody has begun: at the door of the other, other journeys count.
    page.goto(links[0])
    for name in ("pupils", "adults", "mediators", "volunteers"):
        page.fill(f"#{name}", "0")
    page.fill("#public", "1 020")
    expect(page.locator("output")).to_have_text("1 020")
    expect(page.locator(".autosave-note")).to_contain_text("Gardé à")

    page.context.set_offline(True)
    page.fill("#researchers", "3")
    expect(page.locator(".autosave-note")).to_contain_text("Pas de réseau")
    page.context.set_offline(False)
    expect(page.locator(".autosave-note")).to_contain_text("Gardé à", timeout=20_000)
    page.reload()
    expect(page.locator("#researchers")).to_have_value("3")

    page.get_by_label("Oui, comme prévu").check()
    page.get_by_label("Comptés un par un").check()
    page.get_by_role("button", name="Déposer le bilan").click()
    # Many more than there were seats: it is asked about.
    page.get_by_label("Ces chiffres sont exacts").check()
    page.get_by_role("button", name="Déposer le bilan").click()
    expect(page.locator("main")).to_contain_text("Ce bilan est déposé. Merci")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.context.cookies() == []


def test_who_reloads_the_page_while_typing_is_nobody_else(opened, links):
    page = opened(None)
    page.goto(links[-1])
    page.fill("#online", "12")
    # It leaves with the page, and arrives once the site has answered with the one that comes.
    page.reload()
    expect(page.locator("#online")).to_have_value("12")
    page.fill("#others", "3")
    expect(page.locator(".autosave-note")).to_contain_text("Gardé à")
    page.wait_for_timeout(3_000)
    expect(page.locator(".autosave-note")).to_contain_text("Gardé à")
    page.reload()
    expect(page.locator("#online")).to_have_value("12")
    expect(page.locator("#others")).to_have_value("3")
