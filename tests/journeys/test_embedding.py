"""The programme on a town's own site: chosen, copied, framed there, and nothing else of ours."""

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.visiting import hear, led_to
from tests.site import Site

Town = Callable[[str], str]


@pytest.fixture
def town() -> Iterator[Town]:
    """Give another site: `town(html)` is the address of a page of it that holds this."""
    pages: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!DOCTYPE html><title>Mairie</title>{pages[-1]}".encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()

    def serve(html: str) -> str:
        pages.append(html)
        return f"http://localhost:{server.server_port}/"

    yield serve
    server.shutdown()
    server.server_close()


def test_a_town_copies_a_line_and_shows_its_programme(opened, demo_site: Site, town: Town):
    page: Page = opened(None)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{demo_site.address}/programme?departement=32")
    page.get_by_role("link", name="Montrer ces activités sur votre site").click()
    expect(page.get_by_label("Gers")).to_be_checked()
    # What is chosen is followed without a press of the button, and said.
    page.get_by_label("Couleur des titres et des liens").fill("#b23a1e")
    expect(page.get_by_role("status").filter(has_text="L’aperçu")).to_be_attached()
    preview = page.frame_locator("iframe")
    expect(preview.get_by_role("heading", level=1)).to_have_css("color", "rgb(178, 58, 30)")
    page.get_by_role("button", name="Copier la ligne").click()
    expect(page.get_by_role("button", name="La ligne est copiée.")).to_be_visible()
    line = str(page.evaluate("navigator.clipboard.readText()"))
    assert re.search(r"integration\?departement=32&amp;accent=b23a1e", line)

    heard = hear(page)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(town(line))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Activités dans le Gers")).to_be_visible()
    inside = page.frames[1]
    assert inside.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert heard.complaints == []
    assert page.context.cookies() == []
    with page.context.expect_page() as opening:
        frame.get_by_role("link").first.click()
    assert opening.value.url.startswith(f"{demo_site.address}/activites/")


def test_no_other_page_lets_itself_be_framed(opened, demo_site: Site, town: Town):
    page: Page = opened(None)
    activity = next(led_to(page, demo_site, "/programme", r"/activites/\d+-[a-z0-9-]+"))
    for address in (f"{demo_site.address}/compte/connexion", activity):
        heard = hear(page)
        page.goto(town(f'<iframe src="{address}" title="Le site"></iframe>'))
        for _ in range(50):
            if page.frames[1].url:
                break
            page.wait_for_timeout(100)
        assert page.frames[1].url.startswith("chrome-error:")
        assert any("frame" in complaint.lower() for complaint in heard.complaints)


def test_without_script_a_button_gives_the_line(browser, demo_site: Site):
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{demo_site.address}/integrer")
    page.get_by_label("Hauteur, en pixels").fill("450")
    page.get_by_role("button", name="Voir l’aperçu").click()
    expect(page.get_by_label("À coller dans une page")).to_have_value(
        re.compile(r'height="450" loading="lazy"></iframe>$')
    )
    expect(page.get_by_role("button", name="Copier la ligne")).to_be_hidden()
    context.close()


def test_an_activity_is_copied_and_printed_in_one_press(opened, demo_site: Site):
    page: Page = opened(None)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(next(led_to(page, demo_site, "/programme", r"/activites/\d+-[a-z0-9-]+")))
    page.get_by_role("button", name="Copier l’adresse").click()
    expect(page.get_by_role("status").filter(has_text="L’adresse est copiée.")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.evaluate("window.print = () => document.body.classList.add('printed')")
    page.get_by_role("button", name="Imprimer").click()
    expect(page.locator("body.printed")).to_be_attached()
