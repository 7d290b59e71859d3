"""The main job, end to end in a browser: declare, review, publish, subscribe, report, count."""

import json
import re
import urllib.request
from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.journeys.visiting import YEAR

# To come: a browser keeps no cookie that is past.
SPRING, EVE, AFTER = (
    f"{YEAR}-03-15T09:00:00+01:00",
    f"{YEAR}-09-20T09:00:00+02:00",
    f"{YEAR}-10-12T09:00:00+02:00",
)
# Letters leave later on that day, or the next.
SPRING_LATER = f"{YEAR}-03-16T09:00:00+01:00"
PASSWORD = "trois chouettes au clair de lune"
TITLE = "Les chauves-souris, mains ailées"


def read(address: str) -> bytes:
    """Return what the site gives to who is not signed in."""
    with urllib.request.urlopen(address) as answer:
        content: bytes = answer.read()
    return content


def fill(page: Page, **values: str) -> None:
    """Fill the fields that bear these names."""
    for name, value in values.items():
        page.locator(f"[name='{name.replace('__', '-')}']").fill(value)


def press(page: Page, name: str) -> None:
    """Press a button, and wait for what follows."""
    page.get_by_role("button", name=name, exact=True).last.click()
    page.wait_for_load_state()


def sign_in(page: Page, site, email: str, password: str = PASSWORD) -> None:
    page.goto(f"{site.address}/compte/connexion")
    fill(page, email=email, password=password)
    press(page, "Se connecter")
    expect(page.get_by_role("button", name="Se déconnecter").first).to_be_attached()


def link_of(letter) -> str:
    """Return the first address that a letter gives."""
    text = letter.get_body(("plain",)).get_content()
    found = re.search(r"https?://\S+", text)
    assert found, text
    return found[0]


def register(page: Page, site) -> None:
    page.goto(f"{site.address}/compte/inscription")
    fill(page, name="Ada Musée", email="ada@example.org", password=PASSWORD)
    press(page, "Créer mon compte")
    letter = site.letters(at=SPRING_LATER)[-1]
    assert letter["To"].endswith("ada@example.org>") or letter["To"] == "ada@example.org"
    page.goto(link_of(letter))
    press(page, "Oui, confirmer mon adresse")
    sign_in(page, site, "ada@example.org")


def enter_structure(page: Page, site) -> None:
    page.goto(f"{site.address}/ma-structure/chercher")
    fill(page, q="Muséum d’Auch")
    press(page, "Chercher")
    page.get_by_role("link", name="créer", exact=False).last.click()
    fill(page, name="Muséum d’Auch")
    page.locator("[name='family']").select_option("csti_museum")
    page.locator("[name='legal_status']").select_option("association")
    page.locator("[name='commune_code']").fill("auch 32000")
    press(page, "Créer la structure")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Muséum d’Auch")
    page.goto(f"{page.url.rstrip('/')}/charte")
    fill(page, signer_quality="Responsable de la médiation")
    page.locator("[name='accepts_charter']").check()
    press(page, "Signer au nom de la structure")


def declare(page: Page, site) -> None:
    page.goto(f"{site.address}/mes-activites/declarer")
    page.locator("[name='kind']").select_option("workshop")
    fill(page, title=TITLE, standfirst="Une nuit dehors, sans lampe.")
    fill(
        page,
        description="On écoute les **ultrasons** avec un détecteur, puis on suit un vol au-dessus du Gers.",
    )
    page.get_by_label("Sciences de l’environnement", exact=False).check()
    press(page, "Créer et continuer")
    page.locator("[name='welcome'][value='both']").check()
    page.get_by_label("Familles", exact=False).first.check()
    page.get_by_label("CM1", exact=False).first.check()
    press(page, "Enregistrer et continuer")
    page.locator("[name='mode'][value='on_site']").check()
    fill(page, venue_name="Salle du Tribunal", venue_address="1 rue des Écoles")
    page.locator("[name='commune']").fill("Auch")
    press(page, "Enregistrer et continuer")
    for row, (day, start, end) in enumerate(
        (
            (f"01/10/{YEAR}", "20h", "22h"),
            (f"02/10/{YEAR}", "20:00", "22:00"),
            (f"03/10/{YEAR}", "20h30", "22h30"),
        )
    ):
        if page.locator(f"[name='slots-{row}-day']").count() == 0:
            press(page, "Ajouter un créneau")
        fill(
            page,
            **{
                f"slots__{row}__day": day,
                f"slots__{row}__starts": start,
                f"slots__{row}__ends": end,
                f"slots__{row}__capacity": "25",
            },
        )
    press(page, "Enregistrer et continuer")
    page.locator("[name='booking'][value='required']").check()
    fill(page, booking_phone="0562000000")
    page.locator("[name='is_free']").check()
    press(page, "Enregistrer et continuer")
    press(page, "Enregistrer et continuer")
    fill(page, expected_visitors="60")
    press(page, "Enregistrer et relire")
    expect(page.get_by_role("heading", name=TITLE).first).to_be_visible()
    press(page, "Déposer")


def totals(site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(f"{site.address}/chiffres/{YEAR}.json"))
    return found


def test_one_declaration_goes_all_the_way(new_site, page: Page):
    page.set_default_timeout(10_000)
    site = new_site()
    site.run(
        "edition",
        "open",
        "--year",
        str(YEAR),
        "--starts",
        f"{YEAR}-10-01",
        "--ends",
        f"{YEAR}-10-11",
        "--call-opens",
        f"{YEAR}-02-01",
        "--call-closes",
        f"{YEAR}-04-30",
        "--report-deadline",
        f"{YEAR}-12-15",
    )
    site.run(
        "user",
        "create",
        "--email",
        "camille@example.org",
        "--name",
        "Camille",
        "--role",
        "departmental",
        "--departement",
        "32",
        "--password-stdin",
        typed=PASSWORD,
    )
    site.run(
        "user",
        "create",
        "--email",
        "blaise@example.org",
        "--name",
        "Blaise",
        "--role",
        "departmental",
        "--departement",
        "31",
        "--password-stdin",
        typed=PASSWORD,
    )

    with site.served(at=SPRING):
        register(page, site)
        enter_structure(page, site)
        declare(page, site)
        press(page, "Se déconnecter")
        assert b"VEVENT" not in read(f"{site.address}/agenda.ics")

        sign_in(page, site, "blaise@example.org")
        page.goto(f"{site.address}/coordination/relecture")
        expect(page.get_by_text(TITLE)).to_have_count(0)
        press(page, "Se déconnecter")

        sign_in(page, site, "camille@example.org")
        page.goto(f"{site.address}/coordination/relecture")
        page.get_by_role("link", name=TITLE).click()
        press(page, "Publier")
        press(page, "Se déconnecter")
        assert "ada@example.org" in str(site.letters(at=SPRING_LATER)[-1]["To"])

    with site.served(at=EVE):
        page.goto(f"{site.address}/programme?q=chauve+souris&departement=32")
        page.get_by_role("link", name=TITLE).first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
        shown = page.url
        events = Calendar.from_ical(read(f"{site.address}/agenda.ics?departement=32")).walk(
            "VEVENT"
        )
        assert [event["DTSTART"].dt.astimezone(UTC) for event in events] == [
            datetime(YEAR, 10, 1, 18, tzinfo=UTC),
            datetime(YEAR, 10, 2, 18, tzinfo=UTC),
            datetime(YEAR, 10, 3, 18, 30, tzinfo=UTC),
        ]
        assert {str(event["URL"]) for event in events} == {shown.split("?")[0]}
        before = totals(site)
        assert (before["activities"], before["visitors"]) == (0, 0)

    with site.served(at=AFTER):
        sign_in(page, site, "ada@example.org")
        page.goto(f"{site.address}/mes-bilans")
        page.get_by_role("link", name=TITLE).first.click()
        page.locator("[name='outcome'][value='held']").check()
        fill(
            page,
            public="48",
            pupils="22",
            adults="3",
            researchers="2",
            mediators="3",
            volunteers="5",
            others="0",
        )
        page.locator("[name='method'][value='counted']").check()
        press(page, "Déposer le bilan")
        press(page, "Se déconnecter")
        assert totals(site)["visitors"] == 0  # nobody has validated it yet

        sign_in(page, site, "camille@example.org")
        page.goto(f"{site.address}/coordination/bilans")
        page.get_by_role("link", name=TITLE).first.click()
        press(page, "Valider le bilan")
        figures = totals(site)
        keys = (
            "activities",
            "lab_open_days",
            "host_communes",
            "visitors",
            "pupils",
            "researchers",
            "mediators",
            "volunteers",
        )
        assert {key: figures[key] for key in keys} == dict(
            # One structure alone tells of its people: they are secret.
            zip(keys, (1, 0, 1, 73, 22, None, None, None), strict=True)
        )
        page.goto(f"{site.address}/chiffres/{YEAR}")
        expect(page.get_by_text("73", exact=True).first).to_be_visible()
