"""The figures of a report as they are typed: the page reads in them what the site does."""

import pytest
from playwright.sync_api import Page, expect

from fete.demo.people import GERS
from tests.core.test_fields import READABLE, UNREADABLE
from tests.site import Site

pytestmark = pytest.mark.journey


@pytest.fixture
def page(opened) -> Page:
    """Give a coordinator a browser whose typing is kept nowhere."""
    page: Page = opened(GERS)
    page.route("**/autosave.js*", lambda route: route.abort())
    return page


@pytest.fixture
def path(page: Page, demo_site: Site) -> str:
    """Return where a report is filled in that may be told session by session."""
    page.goto(f"{demo_site.address}/coordination/bilans?etat=manquants")
    reports = page.locator("main a").evaluate_all("every => every.map(each => each.pathname)")
    numbers = dict.fromkeys(
        each.rpartition("/")[2] for each in reports if each.startswith("/coordination/bilans/")
    )
    for number in filter(str.isdigit, numbers):
        page.goto(f"{demo_site.address}/mes-bilans/{number}")
        if page.locator(".report-sessions").count():
            return f"/mes-bilans/{number}"
    raise AssertionError(page.url)


def open_empty(page: Page, address: str) -> None:
    """Open a report, and empty all that it tells of its visitors."""
    page.goto(address)
    page.locator(".report-sessions").evaluate("each => { each.open = true }")
    # The sessions first: as long as they tell something, their sum cannot be typed.
    for told in ("[data-session]", "[data-sum]"):
        for field in page.locator(told).all():
            field.fill("")


def test_the_total_reads_a_figure_as_the_site_does(page, path, demo_site):
    open_empty(page, f"{demo_site.address}{path}")
    total = page.locator("output")
    shown = {}
    for typed in [*READABLE, *UNREADABLE]:
        page.fill("#public", typed)
        shown[typed] = "".join(each for each in total.inner_text() if each.isdigit())
    assert shown == {
        **{typed: str(figure) for typed, figure in READABLE.items()},
        **dict.fromkeys(UNREADABLE, ""),
    }


def test_what_cannot_be_read_leaves_no_total(page, path, demo_site):
    open_empty(page, f"{demo_site.address}{path}")
    page.fill("#public", "12")
    page.fill("#pupils", "environ 30")
    expect(page.locator("output")).to_have_text("–")
    page.fill("#pupils", "30")
    expect(page.locator("output")).to_have_text("42")


def test_sessions_add_up_to_a_figure_that_the_site_reads_in_either_language(page, path, demo_site):
    for language, shown in (("", "1\u202f300"), ("/en", "1,300")):
        open_empty(page, f"{demo_site.address}{language}{path}")
        first, second = page.locator("[data-session=public]").all()[:2]
        first.fill("700")
        second.fill("600")
        expect(page.locator("#public")).to_have_value("1300")
        expect(page.locator("#public")).to_have_attribute("readonly", "")
        expect(page.locator("output")).to_have_text(shown)
        second.fill("six cents")
        expect(page.locator("output")).to_have_text("–")
