"""The home page, the legal pages, and what machines ask."""

import re
from datetime import date, datetime, timedelta

import html5lib
import pytest
from sqlalchemy import create_engine, text

from fete import __version__
from fete.core.clock import PARIS
from fete.core.db import db as database
from fete.core.settings import Settings
from fete.operation.services import JOURNAL_KEPT, LETTERS_KEPT, UNPROVED_KEPT
from fete.programme.models import EditionState
from fete.programme.workflow import SlotState, Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import MONTPELLIER, TOULOUSE
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

PAGES = ["/", "/mentions-legales", "/donnees-personnelles", "/accessibilite", "/plan-du-site"]


@pytest.fixture
def options(app):
    """Change settings for one test: `options(publisher=…)`."""
    before = app.extensions["fete.settings"]

    def change(**values: object) -> None:
        known = {name: getattr(before, name) for name in Settings.__slots__}
        app.extensions["fete.settings"] = Settings(**(known | values))

    yield change
    app.extensions["fete.settings"] = before


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of October 2026."""
    return datetime(2026, 10, day, hour, minute, tzinfo=PARIS)


def words(page: str) -> str:
    """Return what a reader sees of the main part, spaces as one."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    bare = re.sub(r"<[^>]+>", " ", main)
    return " ".join(bare.replace("&#39;", "'").split())


def seen(client, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return words(answer.get_data(as_text=True))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_page_is_whole_and_sets_no_cookie(client, path, prefix):
    make_edition()
    answer = client.get(f"{prefix}{path}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert page.count("<h1") == 1
    assert f'<html lang="{prefix[1:] or "fr"}">' in page
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(page)
    assert parser.errors == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere(client, path):
    page = client.get(path).get_data(as_text=True)
    page = re.sub(r'<link rel="(?:canonical|alternate)"[^>]*>', "", page)
    loaded = re.findall(r'(?:\ssrc|\saction|<link[^>]*\shref)="([^"]+)"', page)
    assert [address for address in loaded if not address.startswith("/")] == []


def test_home_without_edition_says_so(client):
    shown = seen(client)
    assert "Aucune édition n’est encore annoncée." in shown
    assert "Chercher dans le programme" not in shown
    assert "appel à participation" not in shown


def test_home_before_the_edition(client):
    make_edition()
    shown = seen(client)
    assert "Fête de la science 2026" in shown
    assert "La 35e édition se tiendra du vendredi 2 au lundi 12 octobre 2026." in shown
    assert "Son thème : « Lumières »." in shown
    assert "Aujourd’hui" not in shown
    assert "Ce week-end" not in shown


def test_home_invites_actors_until_the_last_day_of_the_call(client, clock):
    make_edition()
    invitation = "l’appel à participation est ouvert jusqu’au jeudi 30 avril 2026 inclus."
    assert invitation in seen(client)
    clock.move_to(datetime(2026, 4, 30, 23, 59, tzinfo=PARIS))
    assert invitation in seen(client)
    clock.move_to(datetime(2026, 5, 1, 0, 0, tzinfo=PARIS))
    assert "appel à participation" not in seen(client)


def test_home_says_every_open_call_and_leads_to_one_account(client):
    make_edition(2026)
    make_edition(2027, call_opens_on=date(2026, 2, 1), call_closes_on=date(2027, 3, 31))
    # What is missing of this one can still be declared: nobody is invited to it.
    make_edition(
        2025,
        call_opens_on=date(2025, 2, 1),
        call_closes_on=date(2026, 3, 31),
        report_deadline=date(2026, 4, 30),
    )
    page = seen(client)
    assert (
        "L’appel à participation de l’édition 2027 est ouvert jusqu’au mercredi 31 mars 2027"
        in page
    )
    assert "mardi 31 mars 2026" not in page
    assert page.count("Proposez une activité pour la Fête de la science") == 1
    assert page.count("Créer un compte pour participer") == 1


def test_home_leads_strangers_to_an_account_and_others_to_their_activities(client, sign_in):
    make_edition()
    page = client.get("/").get_data(as_text=True)
    assert "Créer un compte pour participer" in page
    assert "Déclarer une activité" not in page
    page = sign_in(make_user()).get("/").get_data(as_text=True)
    assert "Créer un compte pour participer" not in page
    assert "Déclarer une activité" in page


@pytest.mark.parametrize(
    ("moment", "weekend"),
    [
        # Friday of the opening: the whole weekend is to come.
        (at(2, 9), "du=2026-10-03&amp;au=2026-10-04"),
        (at(3, 9), "du=2026-10-03&amp;au=2026-10-04"),
        # On Sunday, what is left of it.
        (at(4, 9), "du=2026-10-04&amp;au=2026-10-04"),
        (at(5, 9), "du=2026-10-10&amp;au=2026-10-11"),
        # The last Monday: no weekend any more.
        (at(12, 23, 59), None),
    ],
)
def test_home_during_the_edition_leads_to_today_and_this_weekend(client, clock, moment, weekend):
    make_edition()
    clock.move_to(moment)
    page = client.get("/").get_data(as_text=True)
    assert "La 35e édition se tient en ce moment" in words(page)
    assert f"date={moment:%Y-%m-%d}" in page
    assert re.findall(r"du=[^\"]*", page) == ([weekend] if weekend else [])


def test_home_after_the_edition_speaks_of_it_in_the_past(client, clock):
    make_edition()
    clock.move_to(datetime(2026, 10, 13, 0, 0, tzinfo=PARIS))
    shown = seen(client)
    assert "La 35e édition s’est tenue du vendredi 2 au lundi 12 octobre 2026." in shown
    assert "Aujourd’hui" not in shown


def test_home_shows_the_coming_edition_rather_than_the_last(client):
    make_edition(2025, state=EditionState.CLOSED)
    make_edition()
    assert "Fête de la science 2026" in seen(client)


def test_an_edition_that_is_being_prepared_is_not_shown(client):
    make_edition(2027, state=EditionState.PREPARED, theme="Un secret")
    for path in PAGES:
        shown = seen(client, path)
        assert "2027" not in shown
        assert "Un secret" not in shown


def test_invented_editions_say_that_they_are(client):
    edition = make_edition()
    assert "démonstration" not in seen(client)
    edition.is_demo = True
    database.session.flush()
    assert "Données de démonstration" in seen(client)


def test_what_was_typed_as_a_theme_is_only_text(client):
    make_edition(theme="<script>alert(1)</script>")
    page = client.get("/").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_search_leads_to_the_programme(client):
    make_edition()
    page = client.get("/").get_data(as_text=True)
    form = page.split('role="search"', 1)[1].split("</form>", 1)[0]
    assert 'method="get"' in form
    assert 'name="q"' in form
    assert "csrf_token" not in form


def test_home_tells_the_figures_of_the_latest_edition_that_has_some(client, clock):
    past = make_edition(2025)
    make_edition()
    reported = make_activity(edition=past)
    make_activity(edition=past)
    assert "en chiffres" not in seen(client)
    make_report(reported)
    shown = seen(client)
    assert "La Fête de la science 2025 en chiffres 1 activité 1 commune accueillante" in shown
    assert "68 visiteurs 25 scolaires" in shown
    assert "D’après 1 bilan validé sur 2." in shown
    assert "inventées" not in shown
    past.is_demo = True
    database.session.flush()
    assert "ces chiffres sont ceux d’activités inventées" in seen(client)


@pytest.mark.parametrize("count", [1, 3])
def test_the_home_page_asks_as_many_questions_whatever_there_is(client, queries, count):
    for _ in range(count):
        make_activity(commune=TOULOUSE)
    for year in range(2025, 2025 - count, -1):
        for _ in range(count):
            make_report(make_activity(edition=make_edition(year)))
    client.get("/")
    with queries() as asked:
        client.get("/")
    assert len(asked) == 12


def test_home_tells_what_is_next_and_how_much_there_is(client, clock):
    make_activity(at(3, 10), title="Samedi matin")
    make_activity(at(3, 14), title="Samedi après-midi", kind="talk", for_schools=True)
    make_activity(at(7, 14), title="Mercredi", commune=TOULOUSE, for_schools=True)
    make_activity(at(3, 11), title="Cachée", commune=MONTPELLIER, status=Status.SUBMITTED)
    lost = make_activity(at(3, 12), title="Perdue", commune=TOULOUSE)
    lost.slots[0].state = SlotState.CANCELLED
    make_activity(at(3, 12), title="Village", kind="science_village", commune=TOULOUSE)
    shown = seen(client)
    assert "Tout le programme 5 activités" in shown
    assert shown.index("Les premiers rendez-vous") < shown.index("Samedi matin")
    assert "Haute-Garonne 3 activités" in shown
    assert "Par ville Toulouse 3 activités Auch 2 activités Toutes les villes" in shown
    assert "Atelier 3 activités Conférence 1 activité" in shown
    assert "personne à joindre. 1 activité" in shown
    assert "au même endroit. 1 rendez-vous" in shown
    for hidden in ("Cachée", "Perdue", "Montpellier"):
        assert hidden not in shown, hidden
    clock.move_to(at(3, 13))
    shown = seen(client)
    assert "Aujourd’hui 4 activités" in shown
    assert "Ce week-end 4 activités" in shown
    assert "Les prochains rendez-vous" in shown
    assert "Samedi matin" not in shown
    clock.move_to(at(20, 13))
    shown = seen(client)
    assert "rendez-vous Village" not in shown
    assert "Les prochains rendez-vous" not in shown
    assert "Haute-Garonne 3 activités" in shown


def test_the_map_of_home_leads_where_its_list_leads(client):
    make_activity(commune=TOULOUSE)
    make_activity()
    page = client.get("/").get_data(as_text=True)
    drawn = page.split('<svg class="home-map"', 1)[1].split("</svg>", 1)[0]
    assert 'aria-hidden="true"' in drawn
    assert drawn.count('tabindex="-1"') == drawn.count("<a ") == 13
    assert drawn.count('class="map-shade-4"') == 2
    assert drawn.count('class="map-shade-0"') == 11
    rest = page.replace(drawn, "")
    for code in ("31", "32"):
        assert f'href="/programme?departement={code}"' in drawn
        assert f'href="/programme?departement={code}"' in rest


def test_home_of_an_edition_without_activity_shows_no_empty_lists(client):
    make_edition()
    shown = seen(client)
    for absent in ("Près de chez vous", "Selon vos envies", "rendez-vous", "0 activité"):
        assert absent not in shown, absent


def test_legal_notice_says_what_is_known_and_what_is_not(client, options):
    shown = seen(client, "/mentions-legales")
    assert "L’éditeur de ce site n’est pas encore indiqué." in shown
    assert "L’hébergeur de ce site n’est pas encore indiqué." in shown
    assert "GeoNames" in shown
    options(
        publisher="l’association Étoile",
        publication_director="Ada",
        host_name="Serveurs de Midi",
        contact_email="contact@example.org",
    )
    shown = seen(client, "/mentions-legales")
    assert "Ce site est édité par l’association Étoile." in shown
    assert "Direction de la publication : Ada." in shown
    assert "Ce site est hébergé par Serveurs de Midi." in shown
    assert "contact@example.org" in shown


def test_privacy_notice_follows_the_settings(client, options):
    shown = seen(client, "/donnees-personnelles")
    assert "n’est pas encore indiqué" in shown
    assert "Base légale : l’intérêt légitime du réseau" in shown
    english = client.get("/en/donnees-personnelles").text
    assert "Legal basis: the legitimate interest of the network" in english
    assert "au plus tard au bout de 12 heures" in shown
    options(
        publisher="l’association Étoile",
        data_protection_contact="dpo@example.org",
        legal_basis="une mission d’intérêt public",
        session_hours=8,
    )
    shown = seen(client, "/donnees-personnelles")
    assert "Le responsable du traitement est l’association Étoile" in shown
    assert "Écrivez pour cela à dpo@example.org." in shown
    assert "Base légale : une mission d’intérêt public." in shown
    english = client.get("/en/donnees-personnelles").text
    assert 'Legal basis: <span lang="fr">une mission d’intérêt public</span>.' in english
    assert "au plus tard au bout de 8 heures" in shown


def test_the_promise_of_how_long_data_is_kept_is_the_one_that_is_held(client):
    page = client.get("/donnees-personnelles").get_data(as_text=True)
    rows = [
        [
            " ".join(cell.split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    ]
    kept = {cells[0].split(" :")[0]: cells[-1] for cells in rows}
    assert kept["Journal"] == kept["Messages envoyés par le site"] == "Douze mois"
    assert {JOURNAL_KEPT, LETTERS_KEPT} == {timedelta(days=365)}
    assert kept["Compte"].endswith("trente jours, si son adresse n’est jamais confirmée")
    assert {UNPROVED_KEPT} == {timedelta(days=30)}


def test_the_site_says_non_conforme_until_an_audit_says_otherwise(client, options):
    page = client.get("/").get_data(as_text=True)
    assert "Accessibilité : non conforme" in words("<main" + page.split("<footer")[1] + "</main>")
    shown = seen(client, "/accessibilite")
    assert "est non conforme avec le référentiel général" in shown
    assert "Aucun audit en cours de validité" in shown
    assert "Défenseur des droits" in shown
    assert "La date de cette déclaration n’est pas encore indiquée." in shown
    options(accessibility_state="partiellement conforme", accessibility_declared_on="2 mars 2026")
    shown = seen(client, "/accessibilite")
    assert "est partiellement conforme avec le référentiel général" in shown
    assert "Aucun audit" not in shown
    assert "établie le 2 mars 2026" in shown


def test_the_map_of_the_site_lists_editions_and_what_one_may_open(client, sign_in):
    make_edition(2025, state=EditionState.CLOSED)
    make_edition()
    shown = seen(client, "/plan-du-site")
    assert "Programme de 2026 Programme de 2025" in shown
    assert "Créer un compte" in shown
    assert "Mes activités" not in shown
    shown = seen(sign_in(make_user()), "/plan-du-site")
    assert "Mes activités" in shown
    assert "Coordination" not in shown
    assert "Coordination" in seen(sign_in(make_coordinator("32")), "/plan-du-site")


def test_robots_may_read_the_programme_and_the_feeds_and_nothing_private(client):
    answer = client.get("/robots.txt")
    lines = answer.get_data(as_text=True).splitlines()
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert lines[0] == "User-agent: *"
    refused = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")]
    private = ["/compte/connexion", "/mon-espace", "/coordination/relecture", "/mes-bilans/3"]
    assert {"/chiffres/*/preuves", "/en/chiffres/*/preuves"} <= set(refused)
    for path in [*private, *(f"/en{path}" for path in private)]:
        assert any(path.startswith(start) for start in refused), path
    for path in ["/", "/programme", "/agenda.ics", "/agenda/2026.ics", "/activites/3-x", "/en/"]:
        assert not any(path.startswith(start) for start in refused), path


def test_a_healthy_site_says_so(client):
    answer = client.get("/sante")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ok", "database": "ok", "version": __version__}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_site_whose_database_is_behind_its_migrations_is_not_well(client):
    database.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    database.session.commit()
    answer = client.get("/sante")
    assert (answer.status_code, answer.get_json()["database"]) == (503, "outdated")
    database.session.execute(text("DELETE FROM alembic_version"))
    database.session.commit()
    assert client.get("/sante").status_code == 503


def test_a_site_whose_database_does_not_answer_is_not_well(client):
    engines: dict[str | None, object] = database.engines  # type: ignore[assignment]
    standing = engines[None]
    database.session.remove()
    engines[None] = create_engine("sqlite:////nowhere/at/all.sqlite")
    try:
        answer = client.get("/sante")
    finally:
        database.session.remove()
        engines[None] = standing
    assert answer.status_code == 503
    assert answer.get_json() == {
        "status": "error",
        "database": "unreachable",
        "version": __version__,
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_icon_is_found_under_its_oldest_address(client):
    with client.get("/favicon.ico") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        assert answer.get_data().startswith(b"\x89PNG")


@pytest.mark.parametrize(("prefix", "language"), [("", "fr"), ("/en", "en")])
def test_a_telephone_learns_how_the_site_is_called_and_drawn(client, options, prefix, language):
    options(site_name="Fête de la science en Bretagne")
    page = client.get(f"{prefix}/").text
    assert f'<link rel="manifest" href="{prefix}/manifest.webmanifest" />' in page
    answer = client.get(f"{prefix}/manifest.webmanifest")
    told = answer.get_json(force=True)
    assert answer.mimetype == "application/manifest+json"
    assert (told["name"], told["lang"]) == ("Fête de la science en Bretagne", language)
    assert told["start_url"] == f"{prefix}/"
    for icon in told["icons"]:
        assert client.get(icon["src"], buffered=True).mimetype == icon["type"]


@pytest.mark.parametrize("path", [*PAGES, "/robots.txt", "/sante"])
def test_a_page_is_read_only(client, path):
    assert client.post(path).status_code in {400, 405}
    assert client.head(path).status_code == 200


def test_the_first_edition_was_that_of_1992(client):
    edition = make_edition(1992, ends_on=date(1992, 10, 12))
    assert edition.ordinal == 1
