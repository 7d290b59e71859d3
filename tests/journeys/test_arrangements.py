"""The map by keyboard and without it, the position that is sent and the one that is not, the table on paper."""

import re
from io import BytesIO

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.visiting import hear
from tests.site import Site


def on_the_map(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/programme/carte")
    expect(page.locator(".map-group, .map-place").first).to_be_visible()


def test_the_map_is_walked_by_keyboard_and_gives_the_focus_back(opened, demo_site: Site):
    page = opened(None)
    on_the_map(page, demo_site)
    group = page.locator(".map-group").first
    expect(group).to_have_attribute("role", "button")
    before = page.locator(".map-place").count()
    group.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#carte")).to_be_focused()
    assert page.locator(".map-place").count() != before
    place = page.locator(".map-place").first
    place.focus()
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup-content")
    expect(popup.locator("[tabindex='-1']")).to_be_focused()
    expect(popup.get_by_role("link").first).to_have_attribute("href", re.compile("/activites/"))
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(place).to_be_focused()


def test_the_list_and_the_map_lead_to_each_other(opened, demo_site: Site):
    page = opened(None)
    on_the_map(page, demo_site)
    town = page.locator("details.town").nth(2)
    town.locator("summary").press("Enter")
    stop = town.locator(".stop").first
    stop.get_by_role("button", name="Voir sur la carte").press("Enter")
    popup = page.locator(".leaflet-popup-content")
    expect(popup).to_contain_text(stop.locator("a").first.inner_text())
    town.locator("summary").click()
    popup.get_by_role("link", name="Voir dans la liste").press("Enter")
    expect(stop).to_be_focused()
    expect(stop).to_be_in_viewport()


def test_a_position_that_is_refused_is_not_sent(opened, demo_site: Site):
    page = opened(None)
    on_the_map(page, demo_site)
    heard = hear(page)
    page.get_by_role("button", name="Autour de moi").click()
    expect(page.get_by_role("status").filter(has_text="rien n’a été envoyé")).to_be_visible()
    assert heard.requests == []


def test_a_position_that_is_given_is_rounded(opened, demo_site: Site):
    page = opened(None)
    page.context.grant_permissions(["geolocation"], origin=demo_site.address)
    page.context.set_geolocation({"latitude": 43.604652, "longitude": 1.444209})
    page.goto(f"{demo_site.address}/programme/carte?departement=32&annules=non")
    heard = hear(page)
    page.get_by_role("button", name="Autour de moi").click()
    expect(page).to_have_url(
        re.compile(r"/programme/carte\?annules=non&pres=43.60%2C1.44#resultats$")
    )
    expect(page.locator("path.map-around").first).to_be_attached()
    assert not [each.url for each in heard.requests if "43.604" in each.url]


def test_without_script_every_arrangement_says_all(browser, browser_context_args, demo_site: Site):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo_site.address}/programme/carte")
    expect(page.locator("#carte")).to_be_hidden()
    expect(page.get_by_role("button", name="Autour de moi")).to_be_hidden()
    page.locator("details.town summary").first.click()
    expect(page.locator("details.town .held a").first).to_be_visible()
    page.get_by_role("link", name="Horaires", exact=True).click()
    expect(page.get_by_role("region", name=re.compile("Horaires du"))).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".timetable-scroll")).to_be_hidden()
    expect(page.locator(".by-hour a").first).to_be_visible()
    page.get_by_role("link", name="Calendrier", exact=True).click()
    page.locator(".month-link").first.click()
    expect(page).to_have_url(re.compile(r"/programme\?date=\d{4}-\d\d-\d\d#resultats$"))
    context.close()


def test_on_a_phone_the_table_shows_when_and_what_side_by_side(opened, demo_site: Site):
    page = opened(None)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{demo_site.address}/programme/tableau")
    # The longest thing that is said of a time stands under its hours.
    page.locator("tbody tr").first.locator("td").nth(1).evaluate(
        "cell => cell.insertAdjacentHTML('beforeend', '<strong>(horaire changé)</strong>')"
    )
    region = page.get_by_role("region", name=re.compile("séances")).bounding_box()
    title = page.locator("tbody th").first.bounding_box()
    assert region is not None
    assert title is not None
    assert title["x"] + 100 < region["x"] + region["width"]


def test_an_activity_is_printed_with_its_picture_small_and_its_date_and_place_on_the_first_page(
    opened, demo_site: Site
):
    page = opened(None)
    page.goto(f"{demo_site.address}/programme")
    page.locator(".activity-card:has(.card-picture) h3 a").first.click()
    paper = PdfReader(BytesIO(page.pdf(format="A4")))
    first = paper.pages[0].extract_text()
    assert "Quand ?" in first.replace("\u00a0", " ")
    assert "Où ?" in first.replace("\u00a0", " ")
    page.emulate_media(media="print")
    picture = page.locator(".picture img").bounding_box()
    assert picture
    assert picture["height"] < 190  # 5 cm
    page.emulate_media(media="screen")


def test_the_list_is_printed_without_the_way_to_its_other_arrangements(opened, demo_site: Site):
    page = opened(None)
    page.goto(f"{demo_site.address}/programme?departement=32")
    paper = PdfReader(BytesIO(page.pdf(format="A4")))
    assert "Calendrier" not in paper.pages[0].extract_text()
    assert paper.pages[-1].extract_text().strip()


def test_the_table_is_printed_across_the_paper_with_its_head_on_every_page(opened, demo_site: Site):
    page = opened(None)
    page.goto(f"{demo_site.address}/programme/tableau")
    paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    first, second = paper.pages[0], paper.pages[1]
    assert first.mediabox.width > first.mediabox.height
    for each in (first, second):
        assert "Réservation" in each.extract_text()
    assert "Chercher" not in first.extract_text()
