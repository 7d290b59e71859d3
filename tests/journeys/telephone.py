"""What somebody does on a telephone: open the links of a letter, touch the counter, see what it says."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, ViewportSize, expect

from fete.demo.people import ACTOR
from tests.journeys.visiting import DEMO_DAY, YEAR
from tests.site import Site

PHONE: ViewportSize = {"width": 390, "height": 844}
# A telephone tries again after some twenty seconds at most, and waits as long for an answer.
LATEST = 45_000


def report_links(site: Site) -> list[str]:
    """Have the letters of reminder written and sent, and return the links of the one to the actress."""
    site.run("report", "remind", at=DEMO_DAY)
    letters = site.letters(at=f"{YEAR}-11-20T23:00:00+01:00")
    texts = [
        each.get_body(("plain",)).get_content() for each in letters if ACTOR.email in each["To"]
    ]
    found = [re.findall(r"https?://\S+(/bilan/\S+)", text) for text in texts]
    return [f"{site.address}{urlsplit(each).path}" for each in next(filter(None, found))]


def total(page: Page, count: int) -> None:
    """See that number of visitors on the counter."""
    expect(page.locator(".counter-sum")).to_have_text(str(count))


def touch(page: Page, button: str, times: int = 1) -> None:
    """Touch a button of the counter."""
    for _each in range(times):
        page.locator(f"[name=touche][value={button}]").click()


def all_sent(page: Page) -> None:
    """Wait until the counter has sent everything."""
    expect(page.locator("[data-state]")).to_contain_text("Tout est envoyé.", timeout=LATEST)


def ready(page: Page) -> None:
    """Wait until the counter opens without a network too."""
    expect(page.locator("[data-kept]")).to_have_text("Cette page s’ouvre aussi sans réseau.")
