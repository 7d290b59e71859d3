"""Counting at two doors: without a network, through a browser that is killed and a site that is stopped."""

import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import (
    BrowserContext,
    Error,
    Page,
    Playwright,
    Route,
    ViewportSize,
    expect,
)

from fete.demo.people import ACTOR
from tests.journeys.telephone import LATEST, PHONE, all_sent, ready, total, touch
from tests.journeys.visiting import DEMO_DAY, hear, press, sign_in, tab_to
from tests.site import PATIENCE, Site

NARROW: ViewportSize = {"width": 320, "height": 640}
ON_ITS_SIDE: ViewportSize = {"width": 844, "height": 390}
LARGE: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture
def site(demo_site: Site) -> Site:
    """Give the site of the demonstration at an address where one starts and stops it as one likes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = {"FETE_PUBLIC_ADDRESS": f"http://127.0.0.1:{port}"}
    return replace(demo_site, port=port, environment=demo_site.environment | address)


@pytest.fixture
def phone(browser, browser_context_args) -> Iterator[Callable[..., Page]]:
    """Give a way to have a telephone of one’s own."""
    contexts: list[BrowserContext] = []

    def take(site: Site, **options) -> Page:
        known = {"reduced_motion": "reduce", "base_url": site.address, "viewport": PHONE}
        contexts.append(browser.new_context(**browser_context_args | known | options))
        page: Page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        return page

    yield take
    for context in contexts:
        context.close()


def way_to_counter(page: Page, site: Site) -> tuple[str, str]:
    """Return the address of the counter of a report that the actress owes, and of that report."""
    sign_in(page, site, ACTOR)
    page.goto("/mes-bilans")
    owed = page.locator(".queue > li", has_text="À remplir").first
    owed.get_by_role("link").first.click()
    return page.locator("#adresse-compteur").input_value(), page.url


def figure(page: Page, name: str) -> int:
    return int(page.locator(f"[data-figure={name}]").inner_text())


def test_two_doors_count_without_network_nor_site_and_the_report_begins_from_it(phone, site: Site):
    with site.served(at=DEMO_DAY):
        member = phone(site, viewport=LARGE)
        address, report = way_to_counter(member, site)
        one, other = phone(site), phone(site)
        for door in (one, other):
            door.goto(address)
            ready(door)
        before = {name: figure(one, name) for name in ("total", "public", "pupils", "adults")}
        touch(one, "public-1", 3)
        touch(other, "public-5")
        all_sent(one)
        all_sent(other)
        one.reload()
        total(one, before["total"] + 8)

        # One goes on without a network, is closed there, opened again, and counts on.
        one.context.set_offline(True)
        touch(one, "classe")
        touch(one, "adults-2")
        expect(one.locator("[data-state]")).to_contain_text("2 touches à envoyer. Dernier envoi")
        expect(one.locator("[data-notice]")).to_contain_text("Pas de réseau")
        one.reload()
        total(one, before["total"] + 35)
        lone = one.context
        one.close()
        one = lone.new_page()
        one.goto(address)
        total(one, before["total"] + 35)
        touch(one, "public-1", 2)
        one.get_by_role("button", name="Annuler : +1 grand public").click()
        total(one, before["total"] + 36)
        expect(one.locator("[data-state]")).to_contain_text("5 touches à envoyer.")

    # The site stops, and the other door counts on too.
    touch(other, "public-1", 4)
    total(other, before["total"] + 12)
    expect(other.locator("[data-state]")).to_contain_text("4 touches à envoyer.")
    other.reload()
    total(other, before["total"] + 12)

    with site.served(at=DEMO_DAY):
        one.context.set_offline(False)
        all_sent(one)
        other.reload()
        all_sent(other)
        one.reload()
        # 3 + 1 at one door and 5 + 4 at the other, a class of 25 and two adults.
        for door in (one, other):
            total(door, before["total"] + 40)
            expect(door.locator("[data-figure=public]")).to_have_text(str(before["public"] + 13))

        member.goto(report)
        for name, came in (("public", 13), ("pupils", 25), ("adults", 2)):
            expect(member.locator(f"[name={name}]")).to_have_value(str(before[name] + came))
        expect(member.get_by_label("Avec le compteur du site")).to_be_checked()
        counted = f"{before['total'] + 40} visiteurs"
        expect(member.locator(".counter-told")).to_contain_text(counted)


@pytest.mark.parametrize(
    ("language", "said"),
    [("", "Dernier envoi à 9\u00a0h\u00a054."), ("/en", "Last sent at 09:54.")],
)
def test_the_last_sending_is_told_by_the_clocks_of_paris(phone, demo_site: Site, language, said):
    address, _report = way_to_counter(phone(demo_site, viewport=LARGE), demo_site)
    page = phone(demo_site, timezone_id="Indian/Reunion")
    page.clock.set_fixed_time(DEMO_DAY.replace("10:00", "09:54"))
    page.goto(address.replace("/compteur/", f"{language}/compteur/"))
    touch(page, "public-1")
    expect(page.locator("[data-state]")).to_contain_text(said, timeout=LATEST, use_inner_text=True)


def test_an_answer_that_is_lost_doubles_nothing(phone, demo_site: Site):
    address, _report = way_to_counter(phone(demo_site, viewport=LARGE), demo_site)
    page = phone(demo_site, service_workers="block")  # past which nothing is caught on its way
    page.goto(address)
    before = figure(page, "total")

    is_lost = True

    def carry(route: Route) -> None:
        if is_lost:
            route.fetch()  # the site has taken it
            route.abort()
        else:
            route.continue_()

    page.route("**/touches", carry)
    touch(page, "public-1", 3)
    total(page, before + 3)
    expect(page.locator("[data-notice]")).to_contain_text("Pas de réseau")
    is_lost = False
    all_sent(page)
    page.reload()
    total(page, before + 3)


def test_a_browser_that_is_killed_the_moment_after_a_touch_has_kept_it(
    playwright: Playwright, browser_type_launch_args, tmp_path: Path, phone, demo_site: Site
):
    address, _report = way_to_counter(phone(demo_site, viewport=LARGE), demo_site)
    folder = tmp_path / "profile"

    def start() -> tuple[BrowserContext, Page]:
        context = playwright.chromium.launch_persistent_context(
            folder, **browser_type_launch_args, locale="fr-FR", viewport=PHONE
        )
        return context, context.pages[0]

    context, page = start()
    page.goto(address)
    ready(page)
    before = figure(page, "total")
    context.close()  # what was kept of the page is on the disk
    context, page = start()
    context.set_offline(True)
    page.goto(address)
    touch(page, "public-5", 2)
    total(page, before + 10)
    kill(folder)
    with suppress(Error):
        context.close()

    context, page = start()
    page.goto(address)
    all_sent(page)
    total(page, before + 10)
    context.close()


def kill(folder: Path) -> None:
    """Kill the browser of a folder, as a telephone that needs room does."""
    number = int(str((folder / "SingletonLock").readlink()).rpartition("-")[2])
    os.kill(number, signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and Path(f"/proc/{number}").exists():
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            break
        time.sleep(0.05)
    (folder / "SingletonLock").unlink(missing_ok=True)


def test_it_all_goes_by_keyboard_and_in_sight_on_a_small_screen(phone, demo_site: Site):
    address, _report = way_to_counter(phone(demo_site, viewport=LARGE), demo_site)
    page = phone(demo_site)
    heard = hear(page)
    page.goto(address)
    before = figure(page, "total")
    for button in ("public-1", "public-5", "classe", "adults-1", "adults-2"):
        tab_to(page, f"[value='{button}']")
        page.keyboard.press("Enter")
    total(page, before + 34)
    tab_to(page, "[name=annule]")
    page.keyboard.press("Space")
    total(page, before + 32)
    expect(page.locator("[data-notice]")).to_have_text("Annulé : +2 accompagnateurs")
    page.locator("#classe").select_option("18")
    page.get_by_role("button", name="Une classe de 18").click()
    total(page, before + 50)
    page.reload()
    expect(page.locator("#classe")).to_have_value("18")
    for size in (PHONE, NARROW, ON_ITS_SIDE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    expect(page.locator("[name=annule]")).to_be_in_viewport(ratio=1)
    assert heard.complaints == []
    assert page.context.cookies() == []


def test_it_counts_where_the_browser_keeps_nothing(phone, demo_site: Site):
    address, _report = way_to_counter(phone(demo_site, viewport=LARGE), demo_site)
    page = phone(demo_site)
    page.add_init_script("delete window.indexedDB; delete IDBFactory.prototype.open")
    page.goto(address)
    before = figure(page, "total")
    page.context.set_offline(True)
    touch(page, "public-1", 2)
    expect(page.locator("[data-notice]")).to_contain_text("Ce navigateur ne garde rien")
    total(page, before + 2)
    page.context.set_offline(False)
    all_sent(page)
    page.reload()
    total(page, before + 2)


def test_it_counts_without_script(phone, demo_site: Site):
    address, _report = way_to_counter(phone(demo_site, viewport=LARGE), demo_site)
    page = phone(demo_site, java_script_enabled=False)
    page.goto(address)
    before = figure(page, "total")
    press(page, "+5 grand public")
    total(page, before + 5)
    page.reload()
    total(page, before + 5)
    press(page, "Une classe")
    total(page, before + 30)
    press(page, "Annuler : +25 élèves")
    total(page, before + 5)
    expect(page.locator("[name=annule]")).to_be_disabled()


def test_a_link_that_ends_meanwhile_is_said_and_what_was_not_sent_stays(phone, demo_site: Site):
    address, _report = way_to_counter(phone(demo_site, viewport=LARGE), demo_site)
    page = phone(demo_site, service_workers="block")
    page.goto(address)
    all_sent(page)
    page.route(
        "**/touches",
        lambda route: route.fulfill(status=410, json={"error": "Ce compteur est fermé."}),
    )
    touch(page, "public-1")
    expect(page.locator("[data-notice]")).to_have_text("Ce compteur est fermé.")
    expect(page.locator("[data-state]")).to_contain_text(re.compile("1 touche à envoyer"))
    expect(page.locator("[value=public-1]")).to_be_disabled()
    page.unroute("**/touches")
    page.reload()
    all_sent(page)
