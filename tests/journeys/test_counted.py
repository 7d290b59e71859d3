"""A figure from the door to the press, on a telephone: letter, counter, report, doubts, validation, freeze, page, paper."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from fete.demo.people import ACTOR, GERS, REGION, Account
from tests.journeys.telephone import PHONE, all_sent, ready, report_links, total, touch
from tests.journeys.visiting import DEMO_DAY, YEAR, press, sign_in
from tests.site import Site

TOLD = 1047


@pytest.fixture
def site(new_site: Callable[[], Site]) -> Site:
    """Give a demonstration of one’s own: what is published here is not what other journeys look at."""
    site = new_site()
    site.run("demo", at=DEMO_DAY)
    return site


@pytest.fixture
def telephone(browser, browser_context_args) -> Callable[..., Page]:
    """Give a way to have a telephone, signed in or not."""

    def of(site: Site, account: Account | None = None) -> Page:
        known = {"reduced_motion": "reduce", "base_url": site.address}
        page: Page = browser.new_context(**browser_context_args, **known).new_page()
        page.set_default_timeout(10_000)
        if account:
            sign_in(page, site, account)
        page.set_viewport_size(PHONE)
        return page

    return of


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def visitors_told(page: Page) -> int:
    """Return the visitors that anybody is told of, as a machine reads them."""
    told: int = page.request.get(f"/chiffres/{YEAR}.json").json()["visitors"]
    return told


def count_at_the_door(page: Page, address: str) -> None:
    """Count forty people, most of them without a network."""
    page.goto(address)
    ready(page)
    total(page, 0)
    touch(page, "public-1", 3)
    total(page, 3)
    all_sent(page)
    page.context.set_offline(True)
    touch(page, "public-5", 2)
    touch(page, "classe")
    touch(page, "adults-2")
    total(page, 40)
    expect(page.locator("[data-state]")).to_contain_text(" touches à envoyer.")
    fits(page)
    page.context.set_offline(False)
    all_sent(page)


def test_who_came_through_the_door_is_in_the_figures_that_the_press_opens(site, telephone):
    with site.served(at=DEMO_DAY):
        door, member = telephone(site), telephone(site, ACTOR)
        link = report_links(site)[1]
        door.goto(link)
        title = re.findall(r"«\s(.+)\s»", door.locator("h1").inner_text())[0]
        before = visitors_told(door)

        # Whoever answers for it gives the address of its counter to who is at the door.
        member.goto("/mes-bilans")
        member.get_by_role("link", name=title).first.click()
        number = int(re.findall(r"/mes-bilans/(\d+)", member.url)[0])
        count_at_the_door(door, member.locator("#adresse-compteur").input_value())

        # The report begins from the counter; most came by another door, and it is asked about.
        door.goto(link)
        expect(door.get_by_label("Avec le compteur du site")).to_be_checked()
        for name, count in (("public", "13"), ("pupils", "25"), ("adults", "2")):
            expect(door.locator(f"#{name}")).to_have_value(count)
        door.fill("#public", "1 020")
        for name in ("researchers", "mediators", "volunteers"):
            door.fill(f"#{name}", "1")
        door.get_by_label("Oui, comme prévu").check()
        press(door, "Déposer le bilan")
        door.get_by_label("Ces chiffres sont exacts").check()
        press(door, "Déposer le bilan")
        expect(door.locator("main")).to_contain_text("Ce bilan est déposé. Merci")
        fits(door)
        assert door.context.cookies() == []
        assert visitors_told(door) == before

        # The coordination reads both doubts, answers them, and only then is it sound.
        gers = telephone(site, GERS)
        gers.goto(f"/coordination/bilans/doutes?edition={YEAR}")
        fits(gers)
        doubted = gers.locator(".doubted > li", has_text=title)
        expect(doubted).to_contain_text("d’après le compteur du site, qui en a compté 40")
        doubted.get_by_role("link", name=title, exact=True).click()
        accepted = gers.get_by_role("button", name=re.compile("^Accepter cette réponse"))
        expect(accepted.first).to_be_visible()
        for left in reversed(range(accepted.count())):
            accepted.first.click()
            expect(accepted).to_have_count(left)
        gers.get_by_text("Expliquer…").click()
        gers.locator("[name=explanation]").fill("Le compteur ne tenait qu’une porte sur deux.")
        press(gers, "Expliqué")
        expect(gers.locator("#questions")).to_have_text("Tous les doutes sont expliqués")
        press(gers, "Valider le bilan")
        fits(gers)
        gers.goto(f"/coordination/journal/bilans/{number}")

        # Frozen, it is the coordination’s; published, everybody’s.
        region = telephone(site, REGION)
        region.goto(f"/coordination/chiffres/{YEAR}")
        region.get_by_role("link", name="Figer les chiffres").click()
        press(region, "Figer les chiffres")
        fits(region)
        door.goto(f"/chiffres/{YEAR}")
        expect(door.locator("main")).not_to_contain_text("version 1")
        press(region, "Publier")
        door.goto(f"/chiffres/{YEAR}")
        expect(door.locator("main")).to_contain_text("version 1")
        fits(door)
        assert visitors_told(door) == before + TOLD
        shown = re.sub(r"\s", " ", door.locator("main").inner_text())
        figure = f"{before + TOLD:,}".replace(",", " ")
        assert figure in shown

        paper = door.get_by_role("link", name=re.compile("PDF")).first
        printed = door.request.get(str(paper.get_attribute("href")))
        pages = PdfReader(BytesIO(printed.body())).pages
        words = re.sub(r"\s", " ", " ".join(each.extract_text() for each in pages))
        assert (len(pages), figure in words, "version 1" in words) == (2, True, True)
