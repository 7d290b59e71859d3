"""What somebody does in a browser, whatever the page: sign in, fill, press, go by keyboard, listen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request, expect

from fete.core.clock import now
from fete.demo.people import PASSWORD, Account
from tests.site import Site

# The site's day: the demonstration is the same each year, and a browser keeps no cookie that is past.
YEAR = now().year + 1
DEMO_DAY = f"{YEAR}-11-20T10:00:00+01:00"
COMING_YEAR = YEAR + 1
MOST_KEYS = 250


@dataclass(frozen=True)
class Heard:
    """What a page asked for and what the browser complained of."""

    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def hear(page: Page) -> Heard:
    """Listen from now on."""
    heard = Heard()

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            heard.complaints.append(f"{message.location['url']}: {message.text}")

    page.on("request", lambda request: heard.requests.append(request))  # noqa: PLW0108  # the library marks what it calls
    page.on("console", note)
    page.on("pageerror", lambda error: heard.complaints.append(f"script: {error}"))
    return heard


def sign_in(page: Page, site: Site, account: Account) -> None:
    """Become somebody of the demonstration."""
    page.goto(f"{site.address}/compte/connexion")
    page.get_by_label("Adresse").fill(account.email)
    page.get_by_label("Mot de passe").first.fill(PASSWORD)
    press(page, "Se connecter")
    expect(page.get_by_role("button", name="Se déconnecter").first).to_be_attached()


def fill(page: Page, **values: str) -> None:
    """Fill the fields that bear these names."""
    for name, value in values.items():
        page.locator(f"[name='{name}']").fill(value)


def press(page: Page, name: str) -> None:
    """Press a button, and wait for what follows."""
    page.get_by_role("button", name=name, exact=True).last.click()
    page.wait_for_load_state()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until that control has the focus, and shows it."""
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            expect(page.locator(":focus")).to_be_in_viewport()
            return
    raise AssertionError(f"no key leads to {selector}")


def led_to(page: Page, site: Site, path: str, *links: str) -> Iterator[str]:
    """Give the addresses that these links lead to from a path, one by one."""
    if not links:
        yield f"{site.address}{path}"
        return
    shown = page.request.get(f"{site.address}{path}").text()
    for found in dict.fromkeys(re.findall(rf'href="({links[0]})"', shown)):
        yield from led_to(page, site, found, *links[1:])
