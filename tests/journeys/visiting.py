"""What somebody does in a browser, whatever the page: sign in, fill, press, go by keyboard, listen."""

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request, expect

from fete.demo.people import PASSWORD, Account
from tests.site import Site

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
