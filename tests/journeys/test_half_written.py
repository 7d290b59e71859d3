"""A declaration half written, in a browser: advised on as it is typed, given back after one left, kept once."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from fete.demo.people import ACTOR
from tests.journeys.visiting import fill, hear, press, sign_in
from tests.site import Site

TITLE = "Ce que dit la pierre"
MOST_VISITS = 20


@pytest.fixture
def page(browser, browser_context_args, demo_site: Site) -> Iterator[Page]:
    """Give the actress a browser of her own."""
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, demo_site, ACTOR)
    yield page
    context.close()


def test_what_is_typed_is_advised_on_and_given_back_until_it_is_kept(page: Page, demo_site: Site):
    heard = hear(page)
    page.goto(f"{demo_site.address}/mes-activites/declarer")
    there = page.url
    page.locator("[name='kind']").select_option("workshop")
    fill(page, title="CE QUE DIT LA PIERRE.", description="Entrée : 3 €")
    coach = page.get_by_role("complementary", name="Conseils")
    expect(coach).to_contain_text("Un titre ne finit pas par un point.")
    expect(coach).to_contain_text("La Fête de la science est gratuite")
    fill(page, title=TITLE)
    expect(coach).not_to_contain_text("Un titre ne finit pas par un point.")
    expect(page.locator(".printed-title")).to_have_text(TITLE)
    expect(page.locator(".autosave-note")).to_contain_text("Gardé à")

    # What was typed since goes with the page that closes.
    fill(page, partners="Muséum")
    page.goto(f"{demo_site.address}/mes-activites")
    page.goto(there)
    # It goes beside the page that comes next, and may reach the site after it has answered.
    for _visit in range(MOST_VISITS):
        if page.locator("[name='partners']").input_value():
            break
        page.wait_for_timeout(500)
        page.goto(there)
    expect(page.get_by_role("region", name="Vous aviez commencé")).to_be_visible()
    expect(page.locator("[name='title']")).to_have_value(TITLE)
    expect(page.locator("[name='partners']")).to_have_value("Muséum")

    press(page, "Créer et continuer")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pour qui")
    page.goto(there)
    expect(page.locator("[name='title']")).to_have_value("")
    assert heard.complaints == []


def test_a_picture_is_chosen_described_and_shown(page: Page, demo_site: Site):
    page.goto(f"{demo_site.address}/mes-activites")
    page.get_by_role("listitem").filter(has_text="Brouillon").get_by_role("link").first.click()
    page.get_by_role("navigation", name="Étapes").get_by_role("link", name="Image").click()
    written = BytesIO()
    Image.new("RGB", (900, 600), (30, 90, 160)).save(written, "PNG")
    page.set_input_files(
        "[name='file']",
        {"name": "photo.png", "mimeType": "image/png", "buffer": written.getvalue()},
    )
    fill(page, credit="Ada Martin")
    page.locator("[name='is_decorative']").check()
    page.locator("[name='has_rights']").check()
    press(page, "Enregistrer l’image")
    expect(page.get_by_text("L’image est enregistrée.")).to_be_visible()
    shown = page.locator("figure img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.complete && image.naturalWidth > 0")
