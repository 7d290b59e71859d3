"""A real site in a process of its own, a real browser, and letters in a folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from fete.demo.people import Account
from tests.journeys.visiting import DEMO_DAY, sign_in
from tests.provision import IN_CI, find_chromium
from tests.site import Site, empty_site


def pytest_collection_modifyitems(items):
    """Mark every journey."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker("journey")


@pytest.fixture
def clock():
    """Let the clock of this process run: the site has its own."""


@pytest.fixture(scope="session", autouse=True)
def browser_at_hand():
    """Go without the journeys where there is no browser; never in continuous integration."""
    if not find_chromium():
        if IN_CI:
            pytest.fail("no Chromium: the journeys cannot be skipped here")
        pytest.skip("no Chromium on this machine: install chromium, or name one in FETE_CHROMIUM")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the machine's own browser."""
    return {
        **browser_type_launch_args,
        "executable_path": find_chromium(),
        "args": ["--no-sandbox"] if os.geteuid() == 0 else [],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Be a visitor in France."""
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Callable[[], Site]]:
    """Give a way to have an empty site with its reference lists."""
    with empty_site(tmp_path) as site:

        def make() -> Site:
            site.run("db", "upgrade")
            site.run("reference", "load")
            return site

        yield make


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give the site of the demonstration, served on its day."""
    with empty_site(tmp_path_factory.mktemp("demo")) as site:
        site.run("db", "upgrade")
        site.run("reference", "load")
        site.run("demo", at=DEMO_DAY)
        with site.served(at=DEMO_DAY):
            yield site


@pytest.fixture(scope="session")
def contexts(browser: Browser, demo_site: Site) -> Iterator[dict[str, BrowserContext]]:
    """Keep who has signed in."""
    kept: dict[str, BrowserContext] = {}
    yield kept
    for context in kept.values():
        context.close()


@pytest.fixture
def opened(
    browser: Browser,
    contexts: dict[str, BrowserContext],
    demo_site: Site,
    browser_context_args: dict[str, Any],
) -> Iterator[Callable[[Account | None], Page]]:
    """Give a way to have an empty page in the browser of somebody, or of a first-time visitor."""
    pages: list[Page] = []

    def of(account: Account | None) -> Page:
        if account is None:
            context = browser.new_context(**browser_context_args, reduced_motion="reduce")
        elif account.email in contexts:
            context = contexts[account.email]
        else:
            context = contexts[account.email] = browser.new_context(
                **browser_context_args, reduced_motion="reduce"
            )
            first = context.new_page()
            sign_in(first, demo_site, account)
            first.close()
        pages.append(context.new_page())
        return pages[-1]

    yield of
    for page in pages:
        if page.context in contexts.values():
            page.close()
        else:
            page.context.close()
