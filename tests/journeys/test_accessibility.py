"""Every kind of page, in a browser: readable by all, at every width, in both themes, and light to load."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Request, expect

from fete.demo.people import ACTOR, GERS, REGION
from tests.journeys.visiting import YEAR, fill, hear, led_to, press, tab_to
from tests.site import Site

LARGE, SMALL, NARROW = (1280, 900), (390, 844), (320, 640)
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}
COLOURS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
MOST_BYTES, MOST_REQUESTS = 200_000, 25

# A page is its path; or a path, then the form of a link on that page, and so on.
ACTIVITY = ("/programme", r"/activites/\d+-[a-z0-9-]+")
PREVIEW = ("/mes-activites", r"/mes-activites/\d+/apercu")
STRUCTURE = ("/ma-structure", r"/ma-structure/\d+")
PUBLISHED = ("/coordination/relecture?statut=publiees", r"/coordination/relecture/\d+")
NOTHING_TO_PRINT, NOWHERE = ("/programme.pdf?q=zzzzzz",), ("/nulle-part",)
WRONG_DAY = ("/programme?q=zzzzzz&du=hier",)
DAY_TO_COME = ("/chiffres/2017?au=2199-01-01",)
NO_SUCH_RADIUS = (f"/chiffres/{YEAR}/zones-blanches?rayon=7",)
NO_SUCH_BREAKDOWN = ("/chiffres/donnees?par=couleur",)
NO_SUCH_DAY = ("/abonnement?ville=saint&du=hier",)
NO_SUCH_COLOUR = ("/integrer?fond=%23ffffff&accent=%23ffff00",)
# What these pages answer, in words all the same; the others answer 200.
ANSWERED = {
    NOTHING_TO_PRINT: 404,
    NOWHERE: 404,
    WRONG_DAY: 400,
    NO_SUCH_DAY: 400,
    NO_SUCH_COLOUR: 400,
    NO_SUCH_RADIUS: 400,
    NO_SUCH_BREAKDOWN: 400,
    DAY_TO_COME: 400,
}
# Some of each edition, some that are not published: what each page says of a selection.
CHOSEN = f"/mon-programme?activites={','.join(map(str, range(1, 2000, 20)))}"
PUBLIC = [
    ("/",),
    ("/programme",),
    ("/programme?q=eau&departement=31,32&theme=environment",),
    WRONG_DAY,
    ("/programme/carte",),
    ("/programme/carte?pres=43.60,1.44&rayon=30",),
    ("/programme/horaires",),
    ("/programme/horaires?commune=31555",),
    ("/programme/calendrier",),
    ("/programme/tableau",),
    ("/programme/tableau?tri=commune&q=zzzzzz",),
    ("/en/programme/carte",),
    ACTIVITY,
    (*ACTIVITY, r"/lieux/\d+-[a-z0-9-]+"),
    ("/villes",),
    ("/villes", r"/villes/\d+-[a-z0-9-]+"),
    # Where nothing is held.
    ("/villes/31042-bagneres-de-luchon",),
    ("/villages",),
    ("/villages", r"/activites/\d+-[a-z0-9-]+"),
    NOTHING_TO_PRINT,
    ("/mon-programme",),
    (CHOSEN,),
    (f"{CHOSEN}&retirees=1371",),
    ("/abonnement",),
    ("/abonnement?departement=32&type=exhibition,talk",),
    NO_SUCH_DAY,
    ("/integrer?departement=32",),
    NO_SUCH_COLOUR,
    ("/integration?fond=fff8e0&accent=b23a1e",),
    ("/integration?fond=000000&accent=ffd071",),
    (*ACTIVITY, r"/prevenez-moi\?activite=\d+"),
    ("/prevenez-moi?departement=32",),
    ("/prevenez-moi?annee=2017",),
    ("/prevenez-moi/courriel",),
    ("/chiffres",),
    ("/chiffres/2017",),
    (f"/chiffres/{YEAR}",),
    (f"/chiffres/{YEAR}?au={YEAR}-10-20",),
    DAY_TO_COME,
    ("/chiffres/2017/communes",),
    ("/chiffres/2017/preuves/visiteurs",),
    ("/chiffres/2017/preuves/chercheurs",),
    (f"/chiffres/{YEAR}/zones-blanches",),
    (f"/chiffres/{YEAR}/zones-blanches?rayon=20&departement=32&lecture=tenues",),
    NO_SUCH_RADIUS,
    (f"/chiffres/donnees?annee={YEAR}&par=departement&par=type",),
    NO_SUCH_BREAKDOWN,
    ("/reseau",),
    ("/reseau", r"/reseau/\d+-[a-z0-9-]+"),
    ("/charte",),
    ("/compte/inscription",),
    ("/compte/inscription/courriel",),
    ("/compte/connexion",),
    ("/compte/mot-de-passe-oublie",),
    ("/compte/mot-de-passe-oublie/courriel",),
    ("/invitation/perdue",),
    ("/mentions-legales",),
    ("/donnees-personnelles",),
    ("/accessibilite",),
    ("/plan-du-site",),
    NOWHERE,
    ("/en/programme",),
]
# Where somebody who has not signed in sends something: one cookie protects it.
FORMS = ("/compte/", "/prevenez-moi")
OF_AN_ACTOR = [
    ("/mon-espace",),
    ("/mes-activites",),
    ("/mes-activites/reconduire?tout=1",),
    ("/ma-structure", r"/mes-activites/structures/\d+/declarer"),
    *(
        (*PREVIEW, rf"/mes-activites/\d+/{part}")
        for part in ("quoi", "pour-qui", "ou", "quand", "comment", "accessibilite", "moyens")
    ),
    PREVIEW,
    *(
        (*PREVIEW, rf"/mes-activites/\d+/{page}")
        for page in ("image", "partage", "retirer", "supprimer", "annuler", "reprendre")
    ),
    (*PREVIEW, r"/mes-activites/\d+/creneaux/\d+"),
    (*PREVIEW, r"/mes-activites/\d+/changement/retirer"),
    (*PREVIEW, r"/mes-bilans/annees/\d+"),
    ("/mon-espace", r"/mes-activites/reprises/\d+"),
    ("/mes-bilans",),
    ("/mes-bilans", r"/mes-bilans/\d+"),
    (f"/mes-bilans/grille?edition={YEAR}",),
    ("/mes-bilans", r"/mes-bilans/\d+", r"/compteur/[\w.-]+"),
    ("/mes-bilans", r"/mes-bilans/\d+", r"/compteur/affiche/\d+"),
    ("/ma-structure",),
    STRUCTURE,
    (*STRUCTURE, r"/ma-structure/\d+/modifier"),
    (*STRUCTURE, r"/ma-structure/\d+/membres"),
    (*STRUCTURE, r"/ma-structure/\d+/charte"),
    (*STRUCTURE, r"/ma-structure/\d+/inviter"),
    (*STRUCTURE, r"/ma-structure/\d+/quitter"),
    ("/ma-structure/chercher?q=lyc%C3%A9e",),
    ("/ma-structure/chercher?q=lyc%C3%A9e", r"/ma-structure/\d+/rejoindre"),
    ("/ma-structure/creer",),
    ("/mon-compte",),
    ("/mon-compte/courriels",),
    ("/mon-compte/mes-donnees",),
    ("/mon-compte/mot-de-passe",),
    ("/mon-compte/supprimer",),
    ("/mes-messages",),
    ("/mes-messages", r"/mes-messages/\d+"),
    ("/en/mon-espace",),
]
OF_A_COORDINATOR = [
    ("/coordination",),
    ("/coordination/relecture",),
    ("/coordination/relecture", r"/coordination/relecture/\d+"),
    ("/coordination/relecture/plusieurs/labelliser?tout=oui",),
    ("/coordination/relecture/plusieurs/renvoyer?tout=oui",),
    ("/coordination/relecture/liste",),
    ("/coordination/relecture/phrases",),
    ("/coordination/relecture/phrases", r"/coordination/relecture/phrases/\d+"),
    ("/coordination/relecture/changements",),
    ("/coordination/relecture/changements?voir=corrections",),
    ("/coordination/relecture/changements", r"/coordination/relecture/\d+/changements"),
    (*PUBLISHED, r"/mes-activites/\d+/creneaux/\d+"),
    (*PUBLISHED, r"/mes-activites/\d+/partage"),
    (*PUBLISHED, r"/mes-bilans/annees/\d+"),
    ("/coordination", r"/mes-activites/\d+/stands"),
    ("/coordination/absences",),
    ("/coordination/bilans",),
    ("/coordination/bilans", r"/coordination/bilans/\d+"),
    ("/coordination/chiffres/2017",),
    ("/coordination/chiffres/2017", r"/coordination/chiffres/versions/\d+"),
    (
        "/coordination/bilans?etat=manquants",
        r"/coordination/bilans/\d+",
        r"/coordination/bilans/grille\?.+",
    ),
    ("/coordination/bilans/doutes",),
    ("/coordination/bilans/doutes?etat=expliques",),
    (f"/coordination/chiffres/{YEAR}/territoire",),
    ("/coordination/adhesions",),
    ("/coordination", r"/coordination/delais/\d+"),
    (
        "/coordination",
        r"/coordination/delais/\d+",
        r"/coordination/delais/\d+/structures/\d+",
    ),
    ("/coordination/avancement",),
    ("/coordination/avancement/communes",),
    ("/coordination/avancement/structures-en-retard",),
    ("/coordination/ecrire",),
    ("/coordination/ecrire/participants",),
    ("/coordination/doublons",),
    ("/coordination/doublons", r"/coordination/doublons/structures/\d+/\d+"),
    ("/coordination/doublons/lieux",),
    ("/coordination/doublons/lieux", r"/coordination/doublons/lieux/\d+/\d+"),
    ("/coordination/journal",),
    ("/coordination/journal", r"/coordination/journal/activites/\d+"),
    ("/mes-activites/declarer",),
    ("/en/coordination",),
]
OF_THE_REGION = [
    ("/coordination/editions",),
    ("/coordination/editions", r"/coordination/editions/\d+"),
    ("/coordination/editions", r"/coordination/editions/\d+", r".*/editions/\d+/bilans"),
    ("/coordination/editions/nouvelle",),
    ("/coordination/personnes",),
    ("/coordination/personnes", r"/coordination/personnes/\d+"),
    ("/coordination/personnes", r"/coordination/personnes/\d+", r".*/absences"),
    ("/coordination/journal", r"/coordination/journal/personnes/\d+"),
    ("/coordination",),
    ("/coordination/avancement",),
    ("/coordination/lettres",),
    ("/coordination/chiffres/2017",),
    ("/coordination/chiffres/2017/figer",),
    ("/coordination/editions", r"/coordination/editions/\d+", r".*/hors-dates"),
]
EVERY_PAGE = [
    *((None, place) for place in PUBLIC),
    *((ACTOR, place) for place in OF_AN_ACTOR),
    *((GERS, place) for place in OF_A_COORDINATOR),
    *((REGION, place) for place in OF_THE_REGION),
]


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """Return what stands in somebody's way: the rule, where, and why. Axe is on the page already."""
    found = page.evaluate("options => axe.run(options)", options)
    return [
        f"{rule['id']}: {node['html'][:200]} — {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def faults_of(page: Page, site: Site, address: str, status: int = 200) -> dict[str, Any]:
    """Return what is wrong with a page at each width and in both themes, and with what it asks for."""
    heard = hear(page)
    resize(page, LARGE)
    answer = page.goto(address)
    complaints = [each for each in heard.complaints if f"{address}:" not in each]
    page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = {"large, light": violations(page, EVERYTHING)}
    page.emulate_media(color_scheme="dark")
    found["large, dark"] = violations(page, COLOURS)
    resize(page, SMALL)
    found["small, dark"] = violations(page, EVERYTHING)
    page.emulate_media(color_scheme="light")
    found["small, light"] = violations(page, COLOURS)
    resize(page, NARROW)
    width = page.evaluate("document.documentElement.scrollWidth")
    found["wider than a narrow screen"] = width if width > NARROW[0] else 0
    found["another status"] = answer.status if answer.status != status else 0
    found["from elsewhere"] = [each.url for each in heard.requests if not is_own(each, site)]
    found["complaints"] = complaints
    return {name: fault for name, fault in found.items() if fault}


@pytest.mark.parametrize(
    ("account", "place"),
    EVERY_PAGE,
    ids=lambda value: (
        " > ".join(value) if isinstance(value, tuple) else getattr(value, "email", "")
    ),
)
def test_every_page_is_open_to_all(opened, demo_site: Site, account, place):
    page = opened(account)
    address = next(led_to(page, demo_site, *place))
    faults = faults_of(page, demo_site, address, ANSWERED.get(place, 200))
    assert faults == {}
    if account is None:
        assert page.context.cookies() == [] or place[-1].startswith(FORMS)


def test_the_way_back_up_is_large_enough_to_be_touched(opened, demo_site: Site):
    page = opened(None)
    resize(page, SMALL)
    page.goto(next(led_to(page, demo_site, *ACTIVITY)))
    for link in page.locator(".trail a").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 24


def test_the_pages_behind_a_search_are_open_to_all(opened, demo_site: Site):
    page = opened(ACTOR)
    page.goto(f"{demo_site.address}/mes-activites/reconduire?tout=1")
    page.get_by_role("button", name="Voir ce qu’elles deviennent").click()
    to_renew = page.url
    page.goto(next(led_to(page, demo_site, *PREVIEW, r"/mes-activites/\d+/partage")))
    fill(page, q="lycée")
    press(page, "Chercher")
    shared = page.url
    page.get_by_role("link", name="Lui confier l’activité").first.click()
    found = [faults_of(page, demo_site, each) for each in (to_renew, shared, page.url)]
    assert found == [{}, {}, {}]


def test_the_report_behind_its_link_is_open_to_all(opened, demo_site: Site):
    """And leaves no cookie to who has no account."""
    member = opened(ACTOR)
    member.goto(next(led_to(member, demo_site, "/mes-bilans", r"/mes-bilans/\d+")))
    link = member.locator("#report-address").input_value()
    page = opened(None)
    found = [
        faults_of(page, demo_site, f"{demo_site.address}{urlsplit(link).path}"),
        faults_of(page, demo_site, f"{demo_site.address}/bilan/perdu", 404),
    ]
    assert found == [{}, {}]
    assert page.context.cookies() == []


def test_the_pages_behind_a_letter_are_open_to_all(opened, demo_site: Site):
    """And somebody without an account goes through them by keyboard alone."""
    page = opened(None)
    page.goto(f"{demo_site.address}/prevenez-moi?departement=32")
    tab_to(page, "[name='email']")
    page.keyboard.type("lea@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Un courriel vous attend")
    text = (
        demo_site.letters(at=f"{YEAR}-11-20T23:00:00+01:00")[-1].get_body(("plain",)).get_content()
    )
    confirm, manage, stop = re.findall(r"https?://\S+/prevenez-moi/\S+", text)
    erase = manage.replace("mes-alertes", "tout-effacer")
    found = [faults_of(page, demo_site, each) for each in (confirm, manage, erase, stop)]
    assert found == [{}] * 4
    page.goto(confirm)
    tab_to(page, "main button[type='submit']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes alertes")
    assert faults_of(page, demo_site, page.url) == {}
    page.goto(stop)
    tab_to(page, "main button[type='submit']")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("votre adresse est effacée")


def is_own(request: Request, site: Site) -> bool:
    return request.url.startswith((f"{site.address}/", "data:"))


# What moved after it was shown, as the browser itself sums it; 0.02 at most.
SHIFTS = """() => new Promise(done => new PerformanceObserver(list => done(
    list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
)).observe({type: "layout-shift", buffered: true}) ?? setTimeout(() => done(0), 500))"""
MOST_SHIFTED = 0.02


@pytest.mark.parametrize(
    "place",
    [
        ("/",),
        ("/programme",),
        ("/programme/carte",),
        ("/programme/horaires",),
        ("/programme/tableau",),
        ACTIVITY,
        ("/chiffres",),
        ("/chiffres/2017",),
        (f"/chiffres/{YEAR}/zones-blanches",),
        (f"/chiffres/donnees?annee={YEAR}&par=departement&par=type",),
        NO_SUCH_BREAKDOWN,
        ("/integration",),
    ],
)
def test_the_first_page_of_a_visit_is_light(opened, demo_site: Site, place):
    page = opened(None)
    address = next(led_to(page, demo_site, *place))
    heard = hear(page)
    page.goto(address, wait_until="networkidle")
    sizes = {
        each.url: each.sizes()["responseBodySize"]
        for each in heard.requests
        if each.resource_type != "image"
    }
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    assert len(heard.requests) <= MOST_REQUESTS, sizes
    assert sizes[address] > 0  # what is measured is what came over the wire
    assert page.evaluate(SHIFTS) <= MOST_SHIFTED
