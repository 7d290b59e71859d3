"""The figures of a report as they are typed: the page reads in them what the site does."""

import pytest
from playwright.sync_api import Page, expect

from tests.core.test_fields import READABLE, UNREADABLE
from tests.journeys.telephone import report_links
from tests.site import Site

pytestmark = pytest.mark.journey


@pytest.fixture
def addresses(demo_site: Site) -> list[str]:
    """Give the links that open the reports of the actress."""
    return report_links(demo_site)


@pytest.fixture
def page(opened) -> Page:
    """Give a browser whose typing is kept nowhere: other journeys fill these reports in."""
    page: Page = opened(None)
    page.route("**/saisie", lambda route: route.abort())
    return page


def test_the_total_reads_a_figure_as_the_site_does(page, addresses):
    page.goto(addresses[0])
    page.fill("#pupils", "")
    page.fill("#adults", "")
    total = page.locator("output")
    shown = {}
    for typed in [*READABLE, *UNREADABLE]:
        page.fill("#public", typed)
        shown[typed] = "".join(each for each in total.inner_text() if each.isdigit())
    assert shown == {
        **{typed: str(figure) for typed, figure in READABLE.items()},
        **dict.fromkeys(UNREADABLE, ""),
    }


def test_what_cannot_be_read_leaves_no_total(page, addresses):
    page.goto(addresses[0])
    page.fill("#public", "12")
    page.fill("#pupils", "environ 30")
    expect(page.locator("output")).to_have_text("–")
    page.fill("#pupils", "30")
    page.fill("#adults", "")
    expect(page.locator("output")).to_have_text("42")
