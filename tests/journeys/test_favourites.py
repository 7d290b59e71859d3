"""What one chooses of the programme: kept in the browser, followed from tab to tab, passed on by its address."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from fete.programme.forms.filters import MOST_ACTIVITIES
from tests.journeys.visiting import COMING_YEAR, hear, tab_to
from tests.site import Site

SMALL = {"width": 390, "height": 844}
KEPT = "fete.favourites"


@pytest.fixture
def visitor(browser, browser_context_args, demo_site: Site) -> Iterator[Callable[..., Page]]:
    """Give a way to be somebody new, on a device of their own."""
    contexts: list[BrowserContext] = []

    def arrive(path: str, *, script: str = "") -> Page:
        context = browser.new_context(
            **browser_context_args, reduced_motion="reduce", base_url=demo_site.address
        )
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page: Page = context.new_page()
        page.goto(path)
        return page

    yield arrive
    for context in contexts:
        context.close()


def clashing(page: Page) -> tuple[int, int]:
    """Return two activities of the list that are held at the same time, as its page says."""
    numbers = [star.get_attribute("data-star") for star in page.locator("[data-star]").all()]
    shown = page.request.get(f"/mon-programme?activites={','.join(map(str, numbers))}").text()
    for card in re.findall(r'<article class="activity-card planned.*?</article>', shown, re.DOTALL):
        own = re.findall(r'data-takes-off="(\d+)"', card)
        met = re.search(
            r"<strong>En même temps que</strong>\s*<span lang=\"fr\">«\xa0(.*?)\xa0»", card
        )
        if met:
            other = re.search(
                rf'data-star="(\d+)"\s+data-title="{re.escape(met[1])}"',
                page.request.get(page.url).text(),
            )
            assert other
            return int(own[0]), int(other[1])
    raise AssertionError("nothing overlaps")


def star(page: Page, number: int):
    return page.locator(f'[data-star="{number}"]')


def kept(page: Page) -> str | None:
    text: str | None = page.evaluate("name => localStorage.getItem(name)", KEPT)
    return text


def in_menu(page: Page):
    return page.get_by_role("navigation", name="Menu principal").get_by_role(
        "link", name="Mon programme"
    )


PLACE = f"/programme/{COMING_YEAR}"


def test_two_activities_are_chosen_compared_taken_off_and_passed_on(visitor):
    page = visitor(PLACE)
    heard = hear(page)
    one, other = clashing(page)
    star(page, one).click()
    expect(star(page, one)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".said [role=status]")).to_contain_text("est dans votre programme.")
    expect(in_menu(page)).to_have_text(re.compile(r"Mon programme\s+1\s+activité choisie"))

    # The other one from its own page.
    page.goto(f"/activites/{other}-x")
    page.get_by_role("button", name="Garder dans mon programme").click()
    expect(in_menu(page)).to_have_text(re.compile(r"Mon programme\s+2\s+activités choisies"))
    # Nothing was sent until now.
    assert not [each.url for each in heard.requests if "activites=" in each.url]

    in_menu(page).click()
    page.wait_for_url(re.compile(r"/mon-programme\?activites="))
    expect(page.locator(".clash").first).to_contain_text("En même temps que")
    expect(page.get_by_text("Cette sélection n’est pas celle")).to_be_hidden()
    shared = page.get_by_label("Adresse à copier").input_value()

    page.locator(f'[data-takes-off="{one}"]').first.click()
    expect(page.locator("[data-takes-focus]")).to_be_focused()
    expect(page.locator(".clash")).to_have_count(0)
    assert kept(page) == str(other)
    page.get_by_role("link", name="Annuler").click()
    expect(page.locator(".clash").first).to_be_visible()
    assert sorted(kept(page).split(",")) == sorted([str(one), str(other)])

    page.get_by_role("link", name="Tout retirer").click()
    expect(page.get_by_text("Rien n’est encore choisi ici.")).to_be_visible()
    assert kept(page) is None
    page.get_by_role("link", name="Annuler").click()
    expect(page.locator(".clash").first).to_be_visible()
    assert sorted(kept(page).split(",")) == sorted([str(one), str(other)])
    assert heard.complaints == []

    friend = visitor(shared)
    expect(friend.locator(".clash").first).to_contain_text("En même temps que")
    assert kept(friend) is None
    friend.get_by_role("button", name="La garder sur cet appareil").click()
    expect(friend.get_by_text("C’est gardé")).to_be_visible()
    assert sorted(kept(friend).split(",")) == sorted([str(one), str(other)])
    friend.get_by_role("button", name="Annuler").click()
    assert kept(friend) is None
    friend.get_by_role("button", name="La garder sur cet appareil").click()
    friend.goto("/mon-programme")
    friend.wait_for_url(re.compile(r"activites="))
    assert friend.context.cookies() == []


def test_what_somebody_sent_is_added_or_takes_the_place(visitor):
    page = visitor(PLACE)
    numbers = [int(each.get_attribute("data-star")) for each in page.locator("[data-star]").all()]
    mine, theirs = numbers[0], sorted(numbers[1:3])
    star(page, mine).click()
    address = f"/mon-programme?activites={theirs[0]},{theirs[1]}"
    page.goto(address)
    page.get_by_role("button", name="L’ajouter à mon programme").click()
    expect(page.get_by_text("votre programme compte maintenant 3 activités")).to_be_visible()
    assert kept(page) == f"{mine},{theirs[0]},{theirs[1]}"
    page.get_by_role("button", name="Annuler").click()
    assert kept(page) == str(mine)
    page.get_by_role("button", name="En faire mon programme").click()
    assert kept(page) == f"{theirs[0]},{theirs[1]}"
    page.get_by_role("button", name="Annuler").click()
    assert kept(page) == str(mine)
    # Taking off what one was sent changes nothing of what one has.
    page.get_by_role("link", name="Retirer").first.click()
    page.get_by_role("link", name="Annuler").click()
    expect(page.get_by_text("Cette sélection n’est pas celle")).to_be_visible()
    assert kept(page) == str(mine)


def test_tabs_follow_one_another(visitor):
    first = visitor(PLACE)
    numbers = [int(each.get_attribute("data-star")) for each in first.locator("[data-star]").all()]
    second = first.context.new_page()
    second.goto(PLACE)
    star(first, numbers[0]).click()
    expect(star(second, numbers[0])).to_have_attribute("aria-pressed", "true")
    star(second, numbers[1]).click()
    expect(in_menu(first)).to_contain_text("2")
    assert kept(first) == f"{numbers[0]},{numbers[1]}"
    first.goto("/mon-programme")
    first.wait_for_url(re.compile(r"activites="))
    star(second, numbers[1]).click()
    expect(first.get_by_text("Cette sélection n’est pas celle")).to_be_visible()


def test_it_all_goes_by_keyboard_on_a_small_screen(visitor):
    page = visitor(PLACE)
    page.set_viewport_size(SMALL)
    tab_to(page, "[data-star]")
    page.keyboard.press("Space")
    expect(page.locator(":focus")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Menu", exact=False).first).to_contain_text("1")
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL["width"]
    tab_to(page, ".said a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/mon-programme\?activites="))
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL["width"]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab_to(page, "[data-copies]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("L’adresse est copiée.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.evaluate("document.activeElement.blur()")
    page.goto(page.url)
    tab_to(page, "[data-takes-off]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-takes-focus]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Retirer").first).to_be_visible()
    assert kept(page)


BLOCKED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"


@pytest.mark.parametrize("script", [BLOCKED, FULL])
def test_where_nothing_can_be_kept_the_page_says_so_and_loses_nothing(visitor, script):
    page = visitor(PLACE, script=script)
    heard = hear(page)
    stars = page.locator("[data-star]")
    for index in (0, 1):
        stars.nth(index).click()
        expect(stars.nth(index)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".said")).to_contain_text("Ce navigateur ne garde rien pour ce site")
    expect(in_menu(page)).to_contain_text("2")
    page.locator(".said").get_by_role("link", name="Voir mon programme").click()
    page.wait_for_url(re.compile(r"activites=\d+,\d+"))
    expect(page.get_by_role("link", name="Retirer").first).to_be_visible()
    assert heard.complaints == []


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ('{"activities":[{A},{B}', "{A},{B}"),
        ("{A},{A},,{B},99999999999999,-0", "{A},{B}"),
        ("\u0000\ufffd", None),
        ("[]", None),
    ],
)
def test_what_is_damaged_is_read_as_far_as_it_can_be(visitor, stored, found):
    page = visitor(PLACE)
    first, second = (
        page.locator("[data-star]").nth(index).get_attribute("data-star") for index in (0, 1)
    )

    def named(text: str) -> str:
        return text.replace("{A}", first).replace("{B}", second)

    page.evaluate("([name, text]) => localStorage.setItem(name, text)", [KEPT, named(stored)])
    page.reload()
    expect(page.locator(".said")).to_contain_text("était abîmé")
    assert kept(page) == (named(found) if found else None)
    page.reload()
    expect(page.locator(".said [role=status]")).to_be_empty()


def test_more_than_can_be_kept_is_refused_in_words(visitor):
    page = visitor(PLACE)
    many = ",".join(str(number) for number in range(1_000_000, 1_000_000 + MOST_ACTIVITIES))
    page.evaluate("([name, text]) => localStorage.setItem(name, text)", [KEPT, many])
    page.reload()
    first = page.locator("[data-star]").first
    first.click()
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".said")).to_contain_text(f"compte déjà {MOST_ACTIVITIES} activités")
    assert kept(page) == many
