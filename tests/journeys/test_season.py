"""A season from the call to the hand-over, in four browsers: two actors, a departmental and the regional coordinator."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.visiting import YEAR, fill, press
from tests.site import Site

LAST_YEAR = YEAR - 1
PASSWORD = "trois chouettes au clair de lune"
CALL = f"{YEAR}-02-10T09:00:00+01:00"
COMMITTEE = f"{YEAR}-05-25T09:00:00+02:00"
SUMMER = f"{YEAR}-08-30T09:00:00+02:00"
EVE = f"{YEAR}-09-28T09:00:00+02:00"
# Letters leave at the end of each day.
NIGHT = {each: each.replace("T09:", "T19:") for each in (CALL, COMMITTEE, SUMMER, EVE)}
BATS, RENAMED = "Les chauves-souris, mains ailées", "Les chauves-souris, mains qui volent"
VILLAGE, STARS, RIVERS = "Village des sciences d’Auch", "Le ciel à la main", "Rivières en bocal"
STEPS = 7
STORY = [
    "Ada Musée a commencé la déclaration. Les chauves-souris, mains ailées",
    "Ada Musée l’a reconduite d’une édition passée. édition L’AN DERNIER",
    "Ada Musée a modifié la déclaration. Lien avec le thème de l’édition",
    "Ada Musée a relu ce qui était reconduit. Description, Lien avec le thème de l’édition",
    "Ada Musée a relu ce qui était reconduit. Lieu",
    "Ada Musée a relu ce qui était reconduit. Créneaux",
    "Ada Musée a modifié la déclaration. Gratuité",
    "Ada Musée a relu ce qui était reconduit. Gratuité",
    "Ada Musée a déposé l’activité.",
    "Camille Gers a labellisé l’activité. Vu en comité.",
    "Camille Gers a publié l’activité.",
    "Ada Musée a modifié la déclaration. Description",
    "Ada Musée a proposé un changement. Titre",
    "Camille Gers a modifié la déclaration. Titre",
    "Camille Gers a accepté le changement proposé. Titre",
    "Ada Musée a modifié un créneau. JOUR, de 20 h à 22 h : annulé. Orage annoncé",
    "Ada Musée a proposé l’activité à une autre structure. Les Lucioles de Pavie",
    "L’activité a changé de structure, par Basile Lucioles. De « Muséum d’Auch » à « Les Lucioles de Pavie ». Vous en avez fait votre spécialité.",
]
_DAYS = "(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"


def saturday_of(year: int) -> date:
    """Return the first Saturday of October."""
    first = date(year, 10, 1)
    return first + timedelta(days=(5 - first.weekday()) % 7)


PAST = (
    "structure;type;titre;resume;description;themes;publics;lieu;adresse;code_insee;creneaux;reservation;gratuit;"
    "bilan;public;scolaires;accompagnateurs;comptage\n"
    f"Muséum d’Auch;workshop;{BATS};Une nuit dehors, sans lampe.;On écoute les ultrasons avec un détecteur.;environment;"
    f"families;Salle du Tribunal;1 rue des Écoles;32013;{saturday_of(LAST_YEAR):%d/%m/%Y} 20h-22h;aucune;oui;"
    "tenue;48;22;3;compté\n"
)


@pytest.fixture
def people(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Callable[[], Page]]:
    """Give a way to have one more person, with a browser of their own."""
    contexts = []

    def come() -> Page:
        context = browser.new_context(**browser_context_args, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield come
    for context in contexts:
        context.close()


def sign_in(page: Page, site: Site, email: str) -> None:
    page.goto(f"{site.address}/compte/connexion")
    fill(page, email=email, password=PASSWORD)
    press(page, "Se connecter")
    expect(page.get_by_role("button", name="Se déconnecter").first).to_be_attached()


def register(page: Page, site: Site, name: str, email: str) -> None:
    page.goto(f"{site.address}/compte/inscription")
    fill(page, name=name, email=email, password=PASSWORD)
    press(page, "Créer mon compte")
    letter = site.letters(at=NIGHT[CALL])[-1]
    assert email in str(letter["To"])
    page.goto(link_in(letter))
    press(page, "Oui, confirmer mon adresse")
    sign_in(page, site, email)


def link_in(letter: Any) -> str:
    found = re.search(r"https?://\S+", letter.get_body(("plain",)).get_content())
    assert found
    return found[0]


def coordinator(site: Site, name: str, email: str, *role: str) -> None:
    site.run(
        *("user", "create", "--email", email, "--name", name, "--role", *role),
        "--password-stdin",
        typed=PASSWORD,
    )


def follow(page: Page, name: str) -> None:
    """Follow a link, and wait for the page."""
    page.get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def open_the_call(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/coordination/editions/nouvelle")
    fill(
        page,
        year=str(YEAR),
        theme="Lumières",
        description="Une édition sur la **lumière**.",
        starts_on=f"01/10/{YEAR}",
        ends_on=f"11/10/{YEAR}",
        call_opens_on=f"01/02/{YEAR}",
        call_closes_on=f"30/04/{YEAR}",
        report_deadline=f"15/12/{YEAR}",
    )
    page.locator("[name='state'][value='open']").check()
    press(page, "Enregistrer")
    expect(page.get_by_text(f"L’édition {YEAR} est enregistrée.")).to_be_visible()


def join_the_museum(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/ma-structure/chercher?q=mus%C3%A9um")
    page.locator("a[href$='/rejoindre']").first.click()
    fill(page, quality="Médiatrice")
    press(page, "Demander à rejoindre")


def enter_an_association(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/ma-structure/creer")
    fill(page, name="Les Lucioles de Pavie")
    page.locator("[name='family']").select_option("csti_non_museum")
    page.locator("[name='legal_status']").select_option("association")
    page.locator("[name='commune_code']").fill("pavie 32550")
    press(page, "Créer la structure")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Les Lucioles de Pavie")


def renew(page: Page, site: Site) -> int:
    """Take last year's activity over, read each part again, deposit; return its number."""
    page.goto(f"{site.address}/mon-espace")
    follow(page, f"Reconduire mes activités de {LAST_YEAR}")
    page.get_by_label(BATS).check()
    press(page, f"Voir ce qu’elles deviennent en {YEAR}")
    press(page, "Créer 1 brouillon")
    page.goto(f"{site.address}/mes-activites")
    follow(page, BATS)
    number = number_in(page.url)
    page.goto(f"{site.address}/mes-activites/{number}/quoi")
    page.locator("[name='matches_edition_theme'][value='no']").check()
    press(page, "Enregistrer et continuer")
    for _step in range(2, STEPS):
        if page.locator("[name='is_free']").count():
            page.locator("[name='is_free']").check()
        press(page, "Enregistrer et continuer")
    press(page, "Enregistrer et relire")
    press(page, "Déposer")
    expect(page.get_by_text("C’est déposé.", exact=False).first).to_be_visible()
    return number


def number_in(address: str) -> int:
    found = re.search(r"/(\d+)(?:[/#?]|$)", address)
    assert found, address
    return int(found[1])


def begin(page: Page, site: Site, structure: int, *, kind: str, title: str) -> int:
    """Declare the first two parts of a new activity; return its number."""
    page.goto(f"{site.address}/mes-activites/structures/{structure}/declarer")
    page.locator("[name='kind']").select_option(kind)
    fill(page, title=title, standfirst="À voir en famille.", description="On regarde et on essaie.")
    page.get_by_label("Sciences de l’environnement", exact=False).check()
    page.locator("[name='matches_edition_theme'][value='yes']").check()
    press(page, "Créer et continuer")
    page.locator("[name='welcome'][value='public']").check()
    page.get_by_label("Familles", exact=False).first.check()
    press(page, "Enregistrer et continuer")
    return number_in(page.url)


def finish(page: Page, site: Site, number: int) -> None:
    """Say that it is free, and deposit it."""
    page.goto(f"{site.address}/mes-activites/{number}/comment")
    page.locator("[name='is_free']").check()
    press(page, "Enregistrer et relire")
    press(page, "Déposer")
    expect(page.get_by_text("C’est déposé.", exact=False).first).to_be_visible()


def open_a_village(page: Page, site: Site, structure: int) -> int:
    number = begin(page, site, structure, kind="science_village", title=VILLAGE)
    page.locator("[name='mode'][value='on_site']").check()
    fill(page, venue_name="Place de la Libération", venue_address="1 place de la Libération")
    page.locator("[name='commune']").fill("Auch")
    press(page, "Enregistrer et continuer")
    page.locator("[name='slots-0-day']").fill(f"{saturday_of(YEAR):%d/%m/%Y}")
    page.locator("[name='slots-0-starts']").fill("10h")
    page.locator("[name='slots-0-ends']").fill("18h")
    press(page, "Enregistrer et continuer")
    finish(page, site, number)
    page.goto(f"{site.address}/coordination/relecture/{number}")
    page.get_by_text("Labelliser sans publier…").click()
    hold_every_criterion(page)
    press(page, "Labelliser")
    expect(page.get_by_text("L’activité est labellisée.", exact=False).first).to_be_visible()
    return number


def hold_every_criterion(page: Page) -> None:
    for box in page.locator("[name='label-criteria']").all():
        box.check()


def ask_for_a_stand(page: Page, site: Site, structure: int, title: str) -> int:
    number = begin(page, site, structure, kind="workshop", title=title)
    page.locator("[name='parent']").select_option(index=1)
    fill(page, needs="Une table et l’électricité.")
    press(page, "Enregistrer et relire")
    finish(page, site, number)
    return number


def accept_the_stand(page: Page, site: Site, village: int, title: str) -> None:
    page.goto(f"{site.address}/mes-activites/{village}/stands")
    press(page, f"Accepter {title}")
    expect(page.get_by_text("Aucune demande à examiner")).to_be_visible()


def send_back(page: Page, site: Site, number: int) -> None:
    page.goto(f"{site.address}/coordination/relecture/{number}")
    page.get_by_text("Renvoyer pour compléments…").click()
    page.get_by_text("Cocher les points à compléter").click()
    page.locator("[name='send_back-fields'][value='scientific_referent']").check()
    fill(page, **{"send_back-reason": "Qui répond du contenu ?"})
    press(page, "Renvoyer")


def answer_the_coordination(page: Page, site: Site, number: int) -> None:
    """Write back, complete what is asked, deposit again."""
    page.goto(f"{site.address}/mes-activites/{number}/apercu")
    fill(page, **{"message-text": "Une hydrobiologiste : j’ajoute son nom."})
    press(page, "Envoyer le message")
    follow(page, "Référent ou référente scientifique")
    fill(page, scientific_referent="Iris Leroy, hydrobiologiste")
    press(page, "Enregistrer et relire")
    press(page, "Déposer de nouveau")


def decide_on_all(page: Page, site: Site, step: str, done: str, *titles: str) -> None:
    """Take one step about several activities at once."""
    status = "deposees" if step == "Labelliser…" else "labellisees"
    page.goto(f"{site.address}/coordination/relecture?statut={status}")
    for title in titles:
        page.get_by_role("checkbox", name=title).check()
    press(page, step)
    if step == "Labelliser…":
        fill(
            page,
            **{
                "label-committee": "Comité d’Occitanie",
                "label-decided_on": f"20/05/{YEAR}",
                "label-reason": "Vu en comité.",
            },
        )
        hold_every_criterion(page)
    press(page, done)


def correct_and_rename(page: Page, site: Site, number: int) -> None:
    """Correct the words of what is published, and wish another title."""
    page.goto(f"{site.address}/mes-activites/{number}/quoi")
    fill(page, title=RENAMED, description="On écoute les ultrasons, puis on suit un vol.")
    press(page, "Enregistrer et relire")
    expect(page.get_by_text("En attendant sa réponse", exact=False).first).to_be_visible()


def accept_the_change(page: Page, site: Site, number: int) -> None:
    page.goto(f"{site.address}/coordination/relecture/{number}/changements")
    expect(page.locator("ins", has_text="qui volent").first).to_be_visible()
    press(page, "Accepter le changement")


def cancel_a_slot(page: Page, site: Site, number: int) -> None:
    page.goto(f"{site.address}/mes-activites/{number}/apercu")
    page.locator(f"a[href*='/mes-activites/{number}/creneaux/']").first.click()
    page.locator("[name='state'][value='cancelled']").check()
    fill(page, reason="Orage annoncé")
    press(page, "Enregistrer")


def hand_over(page: Page, site: Site, number: int) -> None:
    page.goto(f"{site.address}/mes-activites/{number}/partage?q=lucioles")
    page.get_by_role("link", name=re.compile("Lui confier l’activité")).click()
    fill(page, message="Vous en avez fait votre spécialité.")
    press(page, "Envoyer la demande")


def shown(page: Page, address: str) -> str:
    """Return the words of a page that anybody may see."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.request.get(address).text()).split())


def in_full(letter: Any) -> str:
    """Return a letter as its reader has it: for whom, about what, its words."""
    lines = letter.get_body(("plain",)).get_content().rstrip().splitlines()
    words = "\n".join(line.rstrip() for line in lines)
    return f"À : {letter['To']}\nObjet : {letter['Subject']}\n\n{words}\n----\n"


def told(words: str, site: Site) -> str:
    """Return the words without what changes from one season to the next: days, numbers, proofs."""
    words = words.replace(site.address, "SITE")
    words = re.sub(rf"{_DAYS} (?:1er|[0-9]+) \w+ {YEAR}(?: à [0-9]+ h(?: [0-9]+)?)?", "JOUR", words)
    words = re.sub(r"(?<=/)[\w-]+\.[\w-]+\.[\w-]+", "PREUVE", words)
    words = re.sub(r"(?<=/)[0-9]+(?=[/#-]|\s|$)", "N", words)
    return words.replace(str(YEAR), "CETTE ANNÉE").replace(str(LAST_YEAR), "L’AN DERNIER")


def test_a_season_is_played_by_four_people(new_site, people, samples):
    site = new_site()
    site.run(
        *("edition", "open", "--year", str(LAST_YEAR)),
        *("--starts", f"{LAST_YEAR}-10-01", "--ends", f"{LAST_YEAR}-10-11"),
    )
    past = site.folder / "past.csv"
    past.write_text(PAST, "utf-8")
    site.run("import", str(past), "--edition", str(LAST_YEAR))
    coordinator(site, "Camille Gers", "camille@example.org", "departmental", "--departement", "32")
    coordinator(site, "Denis Région", "denis@example.org", "regional")
    ada, basile, camille, denis = people(), people(), people(), people()

    with site.served(at=CALL):
        sign_in(denis, site, "denis@example.org")
        open_the_call(denis, site)
        sign_in(camille, site, "camille@example.org")
        register(ada, site, "Ada Musée", "ada@example.org")
        join_the_museum(ada, site)
        register(basile, site, "Basile Lucioles", "basile@example.org")
        enter_an_association(basile, site)
        lucioles = number_in(basile.url)
        camille.goto(f"{site.address}/coordination/adhesions")
        press(camille, "Accepter Ada Musée")
        bats = renew(ada, site)
        ada.goto(f"{site.address}/ma-structure")
        follow(ada, "Muséum d’Auch")
        museum = number_in(ada.url)
        village = open_a_village(camille, site, museum)
        # The village is the museum’s own: its stand is in at once, the other one asks.
        ask_for_a_stand(ada, site, museum, STARS)
        rivers = ask_for_a_stand(basile, site, lucioles, RIVERS)
        accept_the_stand(camille, site, village, RIVERS)
        send_back(camille, site, rivers)
        answer_the_coordination(basile, site, rivers)
        site.letters(at=NIGHT[CALL])

    with site.served(at=COMMITTEE):
        sign_in(camille, site, "camille@example.org")
        decide_on_all(camille, site, "Labelliser…", "Labelliser ces activités", BATS, STARS, RIVERS)
        expect(camille.get_by_text("3 activités sont labellisées.")).to_be_visible()
        decide_on_all(
            camille, site, "Publier…", "Publier ces activités", VILLAGE, BATS, STARS, RIVERS
        )
        expect(camille.get_by_text("4 activités sont publiées.")).to_be_visible()
        programme = shown(denis, f"{site.address}/programme/{YEAR}")
        assert [title for title in (VILLAGE, BATS, STARS, RIVERS) if title in programme] == [
            VILLAGE,
            BATS,
            STARS,
            RIVERS,
        ]
        site.letters(at=NIGHT[COMMITTEE])

    with site.served(at=SUMMER):
        sign_in(ada, site, "ada@example.org")
        sign_in(camille, site, "camille@example.org")
        correct_and_rename(ada, site, bats)
        published = shown(denis, f"{site.address}/programme/{YEAR}?q=chauve")
        assert (BATS in published, RENAMED in published) == (True, False)
        accept_the_change(camille, site, bats)
        published = shown(denis, f"{site.address}/programme/{YEAR}?q=chauve")
        assert (BATS in published, RENAMED in published) == (False, True)
        site.letters(at=NIGHT[SUMMER])

    with site.served(at=EVE):
        sign_in(ada, site, "ada@example.org")
        sign_in(basile, site, "basile@example.org")
        sign_in(camille, site, "camille@example.org")
        cancel_a_slot(ada, site, bats)
        calendar = denis.request.get(f"{site.address}/agenda/{YEAR}.ics").text()
        assert calendar.count("STATUS:CANCELLED") == 1
        hand_over(ada, site, bats)
        basile.goto(f"{site.address}/mon-espace")
        follow(basile, "Lire et répondre")
        press(basile, "Accepter de la reprendre")
        basile.goto(f"{site.address}/mes-activites")
        expect(basile.get_by_text(RENAMED).first).to_be_visible()
        ada.goto(f"{site.address}/mes-activites/{bats}/apercu")
        assert ada.title().startswith("Page introuvable")
        camille.goto(f"{site.address}/coordination/journal/activites/{bats}")
        story = [
            " ".join(line.inner_text().split()) for line in camille.locator(".journal > li").all()
        ]
        assert [told(line, site).removeprefix("JOUR ") for line in reversed(story)] == STORY
        letters = [told(in_full(letter), site) for letter in site.letters(at=NIGHT[EVE])]
        assert "".join(letters) == (samples / "letters" / "season.txt").read_text("utf-8")
