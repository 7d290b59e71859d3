"""An afternoon of the public: look for something, see it on the map, keep it, subscribe, show it elsewhere, print it."""

import re
from io import BytesIO

from icalendar import Calendar
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.site import Site


def test_what_is_looked_for_is_found_kept_followed_framed_and_printed(opened, demo_site: Site):
    page = opened(None)
    page.goto(demo_site.address)
    page.get_by_label("Chercher dans le programme").fill("ciel")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/programme\?q=ciel"))
    cards = page.locator(".activity-card")
    title = cards.first.locator("h3 a").inner_text()
    found = cards.count()
    assert found > 1

    # On the map, the same search; and back.
    page.get_by_role("link", name="Carte", exact=True).click()
    expect(page).to_have_url(re.compile(r"/programme/carte\?q=ciel"))
    expect(page.locator(".map-group, .map-place").first).to_be_visible()
    expect(page.locator(".town").first).to_be_visible()
    page.get_by_role("link", name="Liste", exact=True).click()

    # Kept, and one’s own programme.
    cards.first.locator("[data-star]").click()
    page.get_by_role("navigation", name="Menu principal").get_by_role(
        "link", name="Mon programme"
    ).click()
    expect(page).to_have_url(re.compile(r"/mon-programme\?activites=\d+$"))
    expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()

    # Followed by a calendar that reads it as it is.
    page.get_by_role("link", name=re.compile("S’abonner")).last.click()
    expect(page).to_have_url(re.compile(r"/abonnement\?.*activites=\d+"))
    address = page.get_by_label("Adresse à copier").input_value()
    calendar = Calendar.from_ical(page.request.get(address).body())
    assert {str(event["SUMMARY"]) for event in calendar.walk("VEVENT")} == {title}

    # Shown on another site by the line that one copies.
    page.goto(f"{demo_site.address}/integrer?q=ciel")
    line = page.get_by_label("À coller dans une page de votre site").input_value()
    source = re.search(r'src="([^"]+)"', line)
    assert source
    frame = page.request.get(source[1].replace("&amp;", "&"))
    assert (frame.status, title in frame.text()) == (200, True)
    assert "frame-ancestors *" in frame.headers["content-security-policy"]

    # On paper: everything found, and nothing else.
    page.goto(f"{demo_site.address}/programme?q=ciel")
    paper = page.get_by_role("link", name=re.compile(r"^Imprimer \(PDF"))
    printed = page.request.get(f"{demo_site.address}{paper.get_attribute('href')}")
    assert printed.headers["content-type"] == "application/pdf"
    words = " ".join(
        " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(printed.body())).pages).split()
    )
    titles = [each.inner_text() for each in cards.locator("h3 a").all()]
    assert [each for each in titles if " ".join(each.split())[:40] not in words] == []
