"""The public pages: the list with its filters, and one activity, for everybody and without any script."""

import json
import re
from datetime import date, datetime, time
from html import unescape
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs

import html5lib
import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from fete.core.clock import from_paris
from fete.core.db import db as database
from fete.network.models import Organisation
from fete.programme.models import Activity, Booking, EditionState, Mode, SlotAudience
from fete.programme.queries import facets
from fete.programme.workflow import SlotState, Status
from tests.conftest import Browser
from tests.factories.accounts import make_user
from tests.factories.network import AUCH, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

FRIDAY, SATURDAY, SUNDAY = (date(2026, 10, day) for day in (2, 3, 4))
HTML = "{http://www.w3.org/1999/xhtml}"


def at(day: date, hour: int = 10) -> datetime:
    return from_paris(day, time(hour))


def page(client: Browser, path: str, status: int = 200) -> str:
    """Return a page, its no-break spaces as plain ones."""
    answer = client.get(path)
    assert answer.status_code == status, path
    return unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ")


def words(html: str) -> str:
    """Return what is read on a page, in one line."""
    bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(bare.split())


def titles(html: str) -> list[str]:
    """Return the titles of the cards, in order."""
    return re.findall(r"<h3>\s*<a[^>]*>(.*?)</a>", html)


def path_of(activity: Activity) -> str:
    return f"/activites/{activity.id}-{activity.slug}"


def changed(activity: Activity, **values: object) -> Activity:
    for name, value in values.items():
        setattr(activity, name, value)
    database.session.flush()
    return activity


# The list


def test_the_programme_of_the_edition_to_come_stands_under_its_days(client):
    make_activity(at(SATURDAY), title="Samedi")
    make_activity(at(FRIDAY), title="Vendredi")
    make_activity(edition=make_edition(2025), title="L’an passé")
    html = page(client, "/programme")
    assert titles(html) == ["Vendredi", "Samedi"]
    assert re.findall(r'<h2 class="day"[^>]*>(.*?)</h2>', html) == [
        "vendredi 2 octobre 2026",
        "samedi 3 octobre 2026",
    ]
    assert "2 activités" in words(html)
    assert titles(page(client, "/programme/2025")) == ["L’an passé"]
    assert 'href="/programme/2025"' in html


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.PUBLISHED])
def test_nothing_of_what_is_not_published_can_be_read(client, status):
    hidden = make_activity(title="Secret de laboratoire", status=status)
    make_activity(title="Publique")
    html = page(client, "/programme")
    assert titles(html) == ["Publique"]
    assert "Secret" not in html
    assert hidden.organisation.name not in html
    assert client.get(path_of(hidden)).status_code == (410 if hidden.published_at else 404)


def test_an_edition_in_preparation_is_not_there(client):
    edition = make_edition(2026, state=EditionState.PREPARED)
    activity = make_activity(edition=edition, title="Trop tôt")
    assert client.get("/programme/2026").status_code == 404
    assert client.get(path_of(activity)).status_code == 404
    assert "Trop tôt" not in page(client, "/programme")
    assert client.get("/programme/1815").status_code == 404


def test_without_any_edition_the_programme_says_so(client):
    assert "Le programme n’est pas encore publié." in words(page(client, "/programme"))


def test_an_empty_edition_says_so(client):
    make_edition()
    assert "Aucune activité n’est encore publiée." in words(page(client, "/programme"))


def test_what_is_over_is_folded_while_the_edition_runs(client, clock):
    make_activity(at(FRIDAY), title="Passée")
    make_activity(at(SUNDAY), title="À venir")
    assert "Déjà passé" not in page(client, "/programme")
    clock.move_to(at(SATURDAY))
    html = page(client, "/programme")
    assert titles(html) == ["À venir", "Passée"]
    before, _folded = html.split('<details class="over">')
    assert titles(before) == ["À venir"]
    clock.move_to(at(date(2026, 12, 1)))
    html = page(client, "/programme")
    assert titles(html) == ["Passée", "À venir"]
    assert '<details class="over"' not in html
    assert "Cette édition est terminée." in html


def test_an_activity_of_many_days_stands_once(client):
    make_activity(*(at(date(2026, 10, day)) for day in range(2, 13)), title="Exposition")
    html = page(client, "/programme")
    assert titles(html) == ["Exposition"]
    assert "et 10 autres jours, jusqu’au lun. 12 oct." in words(html)


def test_a_card_tells_states_in_words(client):
    activity = make_activity(at(SATURDAY, 10), at(SATURDAY, 14), title="Visite")
    activity.slots[0].state = SlotState.FULL
    gone = make_activity(at(SATURDAY), title="Perdue")
    gone.slots[0].state = SlotState.CANCELLED
    changed(activity, booking=Booking.REQUIRED, standfirst="Entrez !")
    html = words(page(client, "/programme"))
    assert "10 h – 12 h Complet 14 h – 16 h" in html
    assert "sur réservation" in html
    assert "Annulé" in html


def test_a_search_and_its_filters_stay_in_the_form_and_in_every_link(client):
    make_activity(title="Gers", commune=AUCH)
    for number in range(30):
        make_activity(title=f"Tarn {number}", commune=TOULOUSE)
    html = page(client, "/programme?departement=31&departement=32&q=etoile&date=2026-10-03")
    assert 'value="etoile"' in html
    for code in ("31", "32"):
        assert re.search(rf'name="departement"\s+value="{code}"[^>]* checked', html)
    assert html.count('value="2026-10-03"') == 2
    query = "q=etoile&departement=31,32&date=2026-10-03"
    assert f'href="/agenda.ics?{query}"' in html
    assert f'href="/abonnement?{query}"' in html
    assert f'href="/programme?{query}&page=2#resultats"' in html
    assert f'content="https://fete.example.org/programme/2026?{query}"' in html
    assert '<meta name="robots" content="noindex, follow" />' in html
    assert 'rel="canonical"' not in html
    assert "S’abonner à cette recherche" in html
    chips = re.search(r'<ul class="chosen".*?</ul>', html, re.DOTALL)
    assert chips
    assert re.findall(r'href="([^"]+)"', chips[0]) == [
        "/programme?departement=31,32&date=2026-10-03",
        "/programme?q=etoile&departement=31,32",
        "/programme?q=etoile&departement=32&date=2026-10-03",
        "/programme?q=etoile&departement=31&date=2026-10-03",
        "/programme",
    ]


def test_a_past_edition_keeps_its_own_addresses(client):
    make_edition()
    make_activity(edition=make_edition(2025), title="L’an passé")
    html = page(client, "/programme/2025?departement=32")
    assert 'href="/agenda/2025.ics?departement=32"' in html
    assert 'href="/abonnement?departement=32&annee=2025"' in html
    assert 'action="/programme/2025#resultats"' in html


def test_the_name_of_a_place_leads_to_what_is_held_there(client):
    make_activity(title="Ciel", commune=TOULOUSE)
    make_activity(title="Terre", commune=TOULOUSE)
    make_activity(title="Mer", kind="talk")
    html = page(client, "/programme?q=haute-garonne&type=workshop")
    assert titles(html) == ["Ciel", "Terre"]
    assert (
        '<a href="/programme?departement=31&type=workshop">Voir les 2 activités en Haute-Garonne</a>'
        in html
    )
    html = page(client, "/programme?q=Auch")
    assert f'<a href="/programme?commune={AUCH}">Voir l’activité à Auch</a>' in html
    assert "Voir l’activité" not in page(client, "/programme?q=etoile")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=etoile", ["Ciel"]),
        ("departement=31", ["Ciel"]),
        (f"commune={AUCH}", ["Terre"]),
        ("date=2026-10-03", ["Ciel"]),
        ("du=2026-10-04", ["Terre"]),
        ("au=2026-10-03", ["Ciel"]),
        ("type=talk", ["Terre"]),
        ("theme=exact", ["Ciel"]),
        ("public=families", ["Terre"]),
        ("accessibilite=mi", ["Terre"]),
        ("annules=non", ["Ciel"]),
        ("departement=31&theme=exact", ["Ciel"]),
        ("departement=31,32", ["Ciel", "Terre"]),
        ("departement=31&type=talk", []),
        ("moment=matin", ["Ciel"]),
        ("moment=soir", ["Terre"]),
        ("age=7", ["Ciel"]),
        ("niveau=lower_c4", ["Ciel"]),
        ("scolaires=oui", []),
        ("reservation=obligatoire", ["Terre"]),
        ("places=libres", ["Ciel"]),
        ("pres=43.60,1.44&rayon=10", ["Ciel"]),
        (f"commune={AUCH}&rayon=5", ["Terre"]),
        (f"commune={AUCH}&rayon=50", ["Terre"]),
    ],
)
def test_each_filter_narrows_the_list(client, query, found):
    sky = make_activity(
        at(SATURDAY),
        title="Ciel",
        commune=TOULOUSE,
        terms=[("theme", "exact"), ("audience", "all"), ("level", "lower_c4")],
    )
    sky.search = "etoil"
    earth = make_activity(
        at(SUNDAY, 19),
        title="Terre",
        kind="talk",
        terms=[("theme", "digital"), ("audience", "families"), ("accessibility", "mi")],
    )
    earth.search = "terr"
    earth.slots[0].state = SlotState.CANCELLED
    changed(earth, age_min=8, booking=Booking.REQUIRED)
    assert titles(page(client, f"/programme?{query}")) == found


@pytest.mark.parametrize(
    "query", ["departement=ZZ", "structure=abc", "type=licorne", "moment=nuit", "village=9"]
)
def test_a_value_that_is_none_is_not_found_and_shows_a_way_on(client, query):
    make_activity()
    html = page(client, f"/programme?{query}", 404)
    assert titles(html) == []
    assert "Aucune activité ne répond à tout cela." in words(html)
    assert '<a class="btn btn-primary" href="/programme">' in " ".join(html.split())


def test_a_structure_has_its_own_list(client):
    mine = make_organisation(name="Muséum")
    make_activity(title="Ici", organisation=mine)
    make_activity(title="Ailleurs")
    html = page(client, f"/programme?structure={mine.id}")
    assert titles(html) == ["Ici"]
    assert "<title>Activités, Muséum — Programme 2026 — " in html


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=%00%22%27%3Cscript%3E", 200),
        ("q=" + "a" * 5000, 400),
        ("departement=%00", 200),
        ("commune=" + "9" * 5000, 404),
        ("structure=999999999999999999999999", 404),
        ("structure=%F0%9F%AA%90", 404),
        ("page=99999999999999999999", 404),
        ("page=-3", 404),
        ("page=0", 404),
        ("page=deux", 404),
        ("date=2026-13-45&du=hier&au=9999-12-31", 400),
        ("age=sept", 400),
        ("age=-1", 400),
        ("pres=ici&rayon=10", 400),
        ("places=zzz", 400),
        ("annules=zzz", 400),
        ("scolaires=zzz", 400),
        ("places=&annules=oui&scolaires=non", 200),
        ("pres=99.0,500.0&rayon=1e9", 200),
        ("rayon=10", 200),
        ("type=,,,&theme=%FF", 404),
    ],
)
def test_a_hostile_address_is_only_a_search(client, query, status):
    make_activity()
    answer = client.get(f"/programme?{query}")
    assert answer.status_code == status
    assert "Programme 2026" in answer.text
    assert "<script>" not in answer.text


def test_a_bad_date_is_told_beside_its_field_and_ignored(client):
    make_activity(title="Là")
    html = page(client, "/programme?du=31/02/2026&au=demain", 400)
    assert titles(html) == ["Là"]
    told = re.findall(r'<p class="field-error" id="(..)-erreur">(.*?)</p>', html, re.DOTALL)
    assert [(field, words(text)) for field, text in told] == [
        (
            "du",
            "Erreur : Cette date n’existe pas dans le calendrier. Vous aviez écrit « 31/02/2026 ».",
        ),
        (
            "au",
            "Erreur : Écrivez la date sous la forme jour/mois/année : par exemple 03/10/2026. Vous aviez écrit « demain ».",
        ),
    ]
    assert 'aria-describedby="du-erreur"' in html
    assert "<title>Erreur : Programme 2026 — " in html
    summary = re.search(r'<div class="error-summary".*?</div>', html, re.DOTALL)
    assert summary
    assert re.findall(r'href="(#..)"', summary[0]) == ["#du", "#au"]


def test_finding_nothing_gives_ways_out(client):
    make_activity(title="Atelier d’Auch")
    make_activity(title="Conférence de Toulouse", kind="talk", commune=TOULOUSE)
    html = page(client, "/programme?departement=31&type=workshop&annules=non")
    assert titles(html) == []
    assert "Aucune activité ne répond à tout cela." in html
    ways = re.search(r'<ul class="ways-out">.*?</ul>', html, re.DOTALL)
    assert ways
    assert re.findall(r'href="([^"]+)"', ways[0]) == [
        "/programme?type=workshop&annules=non",
        "/programme?departement=31&annules=non",
    ]
    assert "sans le filtre : Haute-Garonne 1 activité" in words(ways[0])
    assert "Voir tout le programme" in html
    unknown = words(page(client, "/programme?departement=99&annules=non", 404))
    assert "Retirer le filtre : département 99" in unknown
    assert "sans le filtre : département 99 2 activités" in unknown


def test_pages_of_twenty_five_follow_each_other(client):
    venue, organisation = make_venue(), make_organisation()
    for number in range(60):
        make_activity(at(SATURDAY), title=f"A{number:02}", venue=venue, organisation=organisation)
    first, last = page(client, "/programme"), page(client, "/programme?page=3")
    assert titles(first) == [f"A{number:02}" for number in range(25)]
    assert titles(last) == [f"A{number:02}" for number in range(50, 60)]
    assert '<link rel="next" href="/programme?page=2"' in " ".join(first.split())
    assert "60 activités page 3 sur 3" in words(last)
    beyond = page(client, "/programme?page=9", 404)
    assert titles(beyond) == titles(last)
    assert "Cette page n’existe pas : voici la plus proche." in words(beyond)


def test_the_counts_of_values_are_on_the_page(client):
    make_activity(title="Auch")
    make_activity(title="Toulouse", commune=TOULOUSE, kind="talk")
    html = words(page(client, "/programme?departement=32"))
    assert "Gers (1) Haute-Garonne (1)" in html
    assert "Atelier (1)" in html
    assert "Conférence (1)" not in html


def test_a_filter_of_too_many_values_keeps_the_weightiest_and_those_chosen(client, monkeypatch):
    monkeypatch.setattr(facets, "MOST_VALUES", 2)
    names = ["Abeille", "Baleine", "Castor", "Daim"]
    for number, name in enumerate(names):
        organisation = make_organisation(name=name)
        for _time in range(number + 1):
            make_activity(organisation=organisation)
    html = words(page(client, "/programme"))
    assert "Structure Castor (3) Daim (4) et 2 autres, que leur nom trouve" in html
    first = database.session.scalars(
        select(Organisation.id).where(Organisation.name == "Abeille")
    ).one()
    html = words(page(client, f"/programme?structure={first}"))
    assert "Structure Abeille (1) Daim (4) et 2 autres" in html


@pytest.mark.parametrize("count", [1, 3, 300])
def test_the_page_costs_the_same_whatever_the_programme(client, queries, count):
    venue, organisation = make_venue(), make_organisation()
    for _number in range(count):
        make_activity(at(SATURDAY), at(SUNDAY), venue=venue, organisation=organisation)
    database.session.expire_all()
    with queries() as asked:
        page(client, "/programme")
    assert len(asked) == 19


# One activity


def test_an_activity_tells_all_that_a_visitor_needs(client):
    activity = make_activity(
        at(SATURDAY, 14),
        title="Sous les étoiles",
        venue=make_venue(TOULOUSE, name="Cité de l’espace", latitude=43.5868, longitude=1.4934),
        terms=[
            ("theme", "earth_universe"),
            ("audience", "families"),
            ("level", "lower_c4"),
            ("accessibility", "mi"),
        ],
        description="Avec **des lunettes**.\n\n<script>alert(1)</script>",
        booking=Booking.REQUIRED,
        booking_phone="05 61 00 00 00",
        booking_email="contact@example.org",
        booking_link="https://example.org/places",
        conditions="Prévoir un pull.",
        age_min=8,
        for_schools=True,
        accessibility_known=True,
        accessibility_note="Ascenseur au fond de la cour.",
        access_note="Bus 37.",
        partners="Le club d’astronomie",
        organisation=make_organisation(name="Planétarium"),
    )
    html = page(client, path_of(activity))
    text = words(html)
    for told in (
        "Atelier Sous les étoiles Une promenade parmi les étoiles.",
        "samedi 3 octobre 2026 14 h – 16 h 20 places",
        "Cité de l’espace 1 rue des Écoles 31000 Toulouse (Haute-Garonne)",
        "Bus 37.",
        "Gratuit. Sur réservation.",
        "05 61 00 00 00",
        "Prévoir un pull.",
        "Publics Familles",
        "à partir de 8 ans",
        "Avec : Le club d’astronomie",
        "Ascenseur au fond de la cour.",
        "Planétarium",
    ):
        assert told in text, told
    assert "<strong>des lunettes</strong>" in html
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" in client.get(path_of(activity)).text
    for link in (
        'href="tel:0561000000"',
        'href="mailto:contact@example.org"',
        'href="https://example.org/places"',
        "https://www.openstreetmap.org/?mlat=43.58680&mlon=1.49340",
        'href="https://www.openstreetmap.org/directions?to=43.58680,1.49340"',
        'href="geo:43.58680,1.49340?q=43.58680,1.49340(Cit%C3%A9%20de%20l%E2%80%99espace)"',
        f'href="{path_of(activity)}.ics"',
        f'href="https://fete.example.org{path_of(activity)}"',
        f'href="/abonnement?structure={activity.organisation_id}"',
    ):
        assert link in html, link
    assert not re.search(r'<(?:iframe|img|script)[^>]*src="https?:', html)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"accessibility_known": False}, "Non renseignée : demandez à l’organisateur"),
        ({"accessibility_known": True}, "n’annonce aucun aménagement particulier"),
        ({"accessibility_known": True, "accessibility_note": "De plain-pied."}, "De plain-pied."),
        ({"booking": Booking.NONE}, "Entrée libre, sans réservation."),
        ({"booking": Booking.RECOMMENDED}, "Réservation conseillée."),
        ({"for_schools": True, "for_public": False}, "Réservé aux groupes scolaires."),
        ({"age_min": 6, "age_max": 12}, "de 6 à 12 ans"),
        ({"age_max": 1}, "jusqu’à 1 an"),
        ({"mode": Mode.BOTH, "online_link": "https://example.org/visio"}, "Aussi en ligne."),
    ],
)
def test_what_is_unknown_is_not_a_no(client, values, told):
    activity = changed(make_activity(), **values)
    assert told in words(page(client, path_of(activity)))


def test_an_activity_online_has_a_link_and_no_address(client):
    activity = make_activity(mode=Mode.ONLINE, online_link="https://example.org/visio")
    html = page(client, path_of(activity))
    assert 'href="https://example.org/visio"' in html
    assert "1 rue des Écoles" not in html


def test_a_wrong_name_leads_to_the_right_one_for_good(client):
    activity = make_activity(title="L’école dehors")
    answer = client.get(f"/activites/{activity.id}-autre-chose")
    assert (answer.status_code, answer.location) == (
        301,
        f"/activites/{activity.id}-l-ecole-dehors",
    )
    assert client.get("/activites/999999-rien").status_code == 404
    assert client.get("/activites/99999999999999999999-rien").status_code == 404


def test_what_was_withdrawn_after_publication_says_so_without_its_title(client):
    activity = make_activity(title="Trop dangereux")
    changed(activity, status=Status.WITHDRAWN)
    answer = client.get(path_of(activity))
    assert answer.status_code == 410
    assert "retirée du programme" in answer.text
    assert "Trop dangereux" not in answer.text


def test_what_is_cancelled_says_so_loudly(client):
    activity = make_activity(title="Grand large")
    activity.slots[0].state = SlotState.CANCELLED
    activity.slots[0].note = "La salle est inondée."
    database.session.flush()
    html = page(client, path_of(activity))
    assert "<title>Annulé : Grand large — " in html
    assert "Annulé. Cette activité n’aura pas lieu." in words(html)
    assert "La salle est inondée." in html


def test_the_next_slot_comes_first_and_those_over_are_folded(client, clock):
    activity = make_activity(at(FRIDAY), at(SATURDAY), at(SUNDAY))
    activity.slots[1].state = SlotState.POSTPONED
    database.session.flush()
    clock.move_to(at(FRIDAY, 18))
    text = words(page(client, path_of(activity)))
    assert "Prochaine séance dimanche 4 octobre 2026 à 10 h samedi 3 octobre 2026" in text
    assert "Reporté" in text
    assert text.index("Séances passées") > text.index("dimanche 4 octobre 2026 10 h")
    clock.move_to(at(date(2026, 10, 20)))
    assert "Cette activité est passée." in words(page(client, path_of(activity)))


def test_a_village_shows_its_published_stands_only(client):
    village = make_activity(title="Village", kind="science_village")
    for title, status in (("Stand ouvert", Status.PUBLISHED), ("Stand caché", Status.SUBMITTED)):
        stand = make_activity(title=title, status=status)
        stand.parent = village
        stand.venue = None
        stand.slots.clear()
    database.session.flush()
    html = page(client, path_of(village))
    assert "1 activité vous y attend." in words(html)
    assert "Stand ouvert" in html
    assert "Stand caché" not in html
    stand = village.published_children[0]
    text = words(page(client, path_of(stand)))
    # When and where are those of the village, and it is said.
    assert text.count("Comme « Village » :") == 2
    assert "samedi 3 octobre 2026 10 h – 12 h" in text
    assert "Dans le cadre de : Village" in text
    assert village.venue
    assert village.venue.name in text


def event_on(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    event: dict[str, Any] = json.loads(found[1])
    return event


def test_search_engines_read_an_event(client):
    activity = make_activity(
        at(SATURDAY),
        title="</script><b>Étoiles",
        venue=make_venue(TOULOUSE, name="Cité", latitude=43.5, longitude=1.5),
        organisation=make_organisation(name="Planétarium", website="https://planetarium.example"),
        age_min=6,
    )
    html = client.get(path_of(activity)).text
    url = f"https://fete.example.org{path_of(activity)}"
    assert event_on(html) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": "</script><b>Étoiles",
        "description": "Une promenade parmi les étoiles.",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "eventStatus": "https://schema.org/EventScheduled",
        "startDate": "2026-10-03T10:00:00+02:00",
        "endDate": "2026-10-03T12:00:00+02:00",
        "location": [
            {
                "@type": "Place",
                "name": "Cité",
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": "1 rue des Écoles",
                    "postalCode": "31000",
                    "addressLocality": "Toulouse",
                    "addressRegion": "Haute-Garonne",
                    "addressCountry": "FR",
                },
                "geo": {"@type": "GeoCoordinates", "latitude": 43.5, "longitude": 1.5},
            }
        ],
        "organizer": {
            "@type": "Organization",
            "name": "Planétarium",
            "url": "https://planetarium.example",
        },
        "isAccessibleForFree": True,
        "maximumAttendeeCapacity": 20,
        "offers": {
            "@type": "Offer",
            "price": "0",
            "priceCurrency": "EUR",
            "availability": "https://schema.org/InStock",
            "url": url,
        },
        "audience": [{"@type": "Audience", "audienceType": "Tout public"}],
        "typicalAgeRange": "6-",
        "inLanguage": "fr",
    }


def test_each_slot_is_a_part_of_the_event_with_its_own_state(client):
    days = [date(2026, 10, day) for day in range(3, 9)]
    activity = make_activity(
        *map(at, days), venue=make_venue(AUCH), online_link="https://example.org/visio"
    )
    states = [
        SlotState.SCHEDULED,
        SlotState.FULL,
        SlotState.RESCHEDULED,
        SlotState.MOVED_ONLINE,
        SlotState.POSTPONED,
        SlotState.CANCELLED,
    ]
    for slot, state in zip(activity.slots, states, strict=True):
        slot.state = state
    activity.slots[0].audience = SlotAudience.SCHOOLS
    database.session.flush()
    event = event_on(client.get(path_of(activity)).text)
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    # Until the last that is not cancelled.
    assert (event["startDate"], event["endDate"]) == (
        "2026-10-03T10:00:00+02:00",
        "2026-10-07T12:00:00+02:00",
    )
    assert event["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert [place["@type"] for place in event["location"]] == ["Place", "VirtualLocation"]
    assert event["offers"]["availability"] == "https://schema.org/InStock"
    parts = event["subEvent"]
    assert isinstance(parts, list)
    told = [
        (
            part["startDate"][:10],
            part["eventStatus"].removeprefix("https://schema.org/Event"),
            part["offers"]["availability"].removeprefix("https://schema.org/"),
            [place["@type"] for place in part["location"]],
            "audience" in part,
        )
        for part in parts
    ]
    assert told == [
        ("2026-10-03", "Scheduled", "InStock", ["Place"], True),
        ("2026-10-04", "Scheduled", "SoldOut", ["Place"], False),
        ("2026-10-05", "Scheduled", "InStock", ["Place"], False),
        ("2026-10-06", "MovedOnline", "InStock", ["VirtualLocation"], False),
        ("2026-10-07", "Postponed", "SoldOut", ["Place"], False),
        ("2026-10-08", "Cancelled", "SoldOut", ["Place"], False),
    ]
    assert parts[3]["location"] == [
        {"@type": "VirtualLocation", "url": "https://example.org/visio"}
    ]
    assert parts[3]["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"


def test_an_event_says_nothing_of_what_it_does_not_have(client):
    activity = changed(make_activity(is_free=False, terms=[]), venue=None)
    activity.slots.clear()
    database.session.flush()
    event = event_on(client.get(path_of(activity)).text)
    assert {"location", "offers", "audience", "subEvent", "startDate", "image"} & set(
        event
    ) == set()
    assert event["isAccessibleForFree"] is False


def test_an_event_wholly_cancelled_is_told_so(client):
    activity = make_activity(at(SATURDAY), at(SUNDAY))
    for slot in activity.slots:
        slot.state = SlotState.CANCELLED
    database.session.flush()
    event = event_on(client.get(path_of(activity)).text)
    assert event["eventStatus"] == "https://schema.org/EventCancelled"


def test_an_event_without_any_room_left_offers_none(client):
    activity = make_activity(at(SATURDAY), at(SUNDAY))
    for slot, state in zip(activity.slots, (SlotState.FULL, SlotState.CANCELLED), strict=True):
        slot.state = state
    database.session.flush()
    event = event_on(client.get(path_of(activity)).text)
    assert event["offers"]["availability"] == "https://schema.org/SoldOut"


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_of_an_activity_costs_the_same_whatever_it_holds(client, queries, count):
    village = make_activity(
        *(at(date(2026, 10, 2 + day)) for day in range(count)), kind="science_village"
    )
    for _number in range(count):
        changed(make_activity(), parent=village)
    database.session.expire_all()
    path = path_of(village)
    page(client, path)
    with queries() as asked:
        page(client, f"{path}?autre=question")
    assert len(asked) == 9


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (["full", "full"], "Complet. Il ne reste de place à aucune séance."),
        (["full", "cancelled"], "Complet. Il ne reste de place à aucune séance."),
        (
            ["postponed", "postponed"],
            "Reporté. Cette activité n’aura pas lieu aux dates annoncées.",
        ),
        (
            ["cancelled", "postponed"],
            "Reporté. Cette activité n’aura pas lieu aux dates annoncées.",
        ),
        (
            ["moved_online", "cancelled"],
            "En ligne. Cette activité se suit à distance : ne vous déplacez pas.",
        ),
        (["full", "moved_online"], None),
        (["full", "scheduled"], None),
        (["postponed", "rescheduled"], None),
    ],
)
def test_what_keeps_everybody_from_coming_is_told_before_all_the_rest(client, states, told):
    activity = make_activity(at(SATURDAY), at(SUNDAY))
    for slot, state in zip(activity.slots, states, strict=True):
        slot.state = SlotState(state)
    database.session.flush()
    html = page(client, path_of(activity))
    before = words(html.split('class="activity-body"')[0])
    assert (told in before) if told else ('class="notice-state"' not in html)


@pytest.mark.parametrize("path", ["", "/integration"])
@pytest.mark.parametrize(
    ("states", "told"),
    [
        (
            ["postponed", "postponed"],
            "Reporté. Cette activité n’a pas eu lieu aux dates annoncées.",
        ),
        (
            ["cancelled", "postponed"],
            "Reporté. Cette activité n’a pas eu lieu aux dates annoncées.",
        ),
        (["cancelled", "cancelled"], "Annulé. Cette activité n’a pas eu lieu."),
        (
            ["scheduled", "postponed"],
            "Cette activité est passée. Dernière séance : samedi 3 octobre 2026.",
        ),
    ],
)
def test_what_was_called_off_is_not_told_as_held_once_it_is_past(client, clock, states, told, path):
    activity = make_activity(at(SATURDAY), at(SUNDAY))
    for slot, state in zip(activity.slots, states, strict=True):
        slot.state = SlotState(state)
    database.session.flush()
    clock.move_to(at(SUNDAY, 20))
    address = f"{path}/activites/{activity.id}" if path else path_of(activity)
    text = words(page(client, address))
    assert told in text
    assert ("est passée" in text) is ("est passée" in told)


def test_a_village_that_is_past_awaits_nobody(client, clock):
    village = make_activity(at(SATURDAY), title="Village", kind="science_village")
    changed(make_activity(), parent=village)
    database.session.expire_all()
    assert "1 activité vous y attend." in page(client, path_of(village))
    clock.move_to(at(SUNDAY))
    text = page(client, path_of(village))
    assert "1 activité y a été proposée." in text
    assert "vous y attend" not in text


def test_of_what_moved_online_one_reads_no_way_in(client):
    activity = make_activity(at(SATURDAY), at(SUNDAY), access_note="L’entrée se fait par la cour.")
    assert "par la cour" in page(client, path_of(activity))
    activity.slots[0].state = SlotState.MOVED_ONLINE
    database.session.flush()
    assert "par la cour" in page(client, f"{path_of(activity)}?encore")
    activity.slots[1].state = SlotState.MOVED_ONLINE
    database.session.flush()
    text = words(page(client, f"{path_of(activity)}?enfin"))
    assert "par la cour" not in text
    assert "En ligne. Cette activité se suit à distance : ne vous déplacez pas." in text


def test_what_is_past_says_so_at_the_top(client, clock):
    activity = make_activity(at(FRIDAY), at(SATURDAY))
    clock.move_to(at(SUNDAY))
    before = words(page(client, path_of(activity)).split('class="activity-body"')[0])
    assert "Cette activité est passée. Dernière séance : samedi 3 octobre 2026." in before


def test_what_moved_online_is_nowhere_a_place_to_walk_to(client):
    museum = make_organisation(name="Muséum")
    moved = make_activity(
        at(SATURDAY),
        at(SUNDAY),
        title="Étoiles",
        organisation=museum,
        venue=make_venue(AUCH, name="Halle", latitude=43.7, longitude=0.6),
    )
    for slot in moved.slots:
        slot.state = SlotState.MOVED_ONLINE
    beside = make_activity(title="Fossiles", organisation=museum)
    database.session.flush()
    pages = [
        page(client, path)
        for path in (
            "/programme",
            path_of(moved),
            path_of(beside),
            "/integration",
            f"/integration/activites/{moved.id}",
            f"/mon-programme?activites={moved.id}",
        )
    ]
    for html in pages:
        assert "Halle" not in html
        assert re.search("[Ee]n ligne", words(html))
    assert "Où ? En ligne. Comment" in words(pages[1])
    assert "Au même moment" not in pages[1]
    event = event_on(pages[1])
    assert event["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"
    assert [place["@type"] for place in event["location"]] == ["VirtualLocation"]
    assert around(pages[2], "Aussi de cette structure") == [
        "Étoiles sam. 3 oct., 10 h – 12 h , en ligne"
    ]


def around(html: str, title: str) -> list[str]:
    """Return what stands in one list around an activity, each in one line."""
    section = html.split(f">{title}</h2>")[1].split("</section>", maxsplit=1)[0]
    return [words(each) for each in re.findall(r"<li.*?</li>", section, re.DOTALL)]


def test_what_is_near_at_the_same_time_is_told_and_what_else_its_structure_holds(client):
    museum = make_organisation(name="Muséum")
    activity = make_activity(title="Fossiles", organisation=museum)
    make_activity(at(SATURDAY, 14), title="À côté", venue=activity.venue)
    make_activity(title="Près", venue=make_venue(AUCH, name="Halle", latitude=43.7, longitude=0.6))
    make_activity(at(SUNDAY), title="Le lendemain", organisation=museum)
    make_activity(title="Cachée", organisation=museum, status=Status.SUBMITTED)
    make_activity(title="Loin", commune=TOULOUSE)
    html = page(client, path_of(activity))
    place = activity.venue
    assert place is not None
    near = around(html, "Au même moment, près d’ici")
    assert near[0] == f"À côté sam. 3 oct., 14 h – 16 h , {place.name}, Auch au même endroit"
    assert re.fullmatch(r"Près sam. 3 oct., 10 h – 12 h , Halle, Auch à \d,\d km", near[1])
    assert len(near) == 2
    (also,) = around(html, "Aussi de cette structure")
    assert also.startswith("Le lendemain dim. 4 oct., 10 h – 12 h")
    assert "Cachée" not in html
    assert f'href="/programme/2026?structure={museum.id}"' in html


def test_what_is_alone_has_nothing_around_it(client):
    activity = make_activity(commune=TOULOUSE)
    make_activity()
    html = page(client, path_of(activity))
    assert "Au même moment" not in html
    assert "Aussi de cette structure" not in html


def test_a_place_leads_to_its_page_and_stands_on_a_map(client):
    hall = make_venue(TOULOUSE, name="Halle", latitude=43.6, longitude=1.45)
    activity = make_activity(venue=hall)
    html = page(client, path_of(activity))
    assert f'href="/lieux/{hall.id}-halle"' in html
    assert f'href="/villes/{TOULOUSE}-toulouse"' in html
    assert "https://www.openstreetmap.org/directions?to=43.60000,1.45000" in html
    assert 'aria-label="Carte : Toulouse (Haute-Garonne)"' in html
    assert html.count('<circle class="map-dot"') == 1
    changed(activity, mode=Mode.ONLINE)
    assert "<figure" not in page(client, path_of(activity))


def test_a_village_lists_its_stands_by_hour_then_by_title(client):
    village = make_activity(at(SATURDAY), at(SUNDAY), kind="science_village")
    for title, hours in (
        ("Zoé", [9]),
        ("Écoute", []),
        ("Abeille", [14, 16]),
        ("Bulles", []),
        ("Daim", [9]),
    ):
        stand = make_activity(*(at(SATURDAY, hour) for hour in hours), title=title)
        stand.parent = village
        if not hours:
            stand.slots.clear()
    database.session.flush()
    html = page(client, path_of(village))
    stands = html.split('<ul class="children">')[1].split("</ul>")[0]
    told = [words(each) for each in re.findall(r"<li.*?</li>", stands, re.DOTALL)]
    assert [line.split(" Atelier")[0] for line in told] == [
        "sam. 3 oct., 9 h – 11 h Daim",
        "sam. 3 oct., 9 h – 11 h Zoé",
        "sam. 3 oct., 14 h – 16 h et 1 autre horaire Abeille",
        "en continu Bulles",
        "en continu Écoute",
    ]


def test_an_activity_is_handed_on_without_anybody_in_between(client):
    activity = make_activity(title="Sel & poivre ?", standfirst="Goûtez !")
    html = client.get(path_of(activity)).text
    address = f"https://fete.example.org{path_of(activity)}"
    shared = html.split('class="activity-share"')[1]
    assert f'value="{address}"' in shared
    mail = unescape(re.findall(r'href="(mailto:[^"]+)"', shared)[0])
    assert parse_qs(mail.removeprefix("mailto:?")) == {
        "subject": ["Sel & poivre ?"],
        "body": [f"Goûtez ! — Auch\n\n{address}"],
    }
    assert f'href="/integrer?activite={activity.id}"' in shared
    assert f"À jour sur {address}" in words(page(client, path_of(activity)))
    assert not re.search(r"facebook|twitter\.com|x\.com|linkedin|whatsapp", html)


def test_an_activity_tells_itself_to_sites_that_show_links(client):
    activity = make_activity(title="Étoiles", standfirst="Goûtez !")
    activity.slots[0].state = SlotState.CANCELLED
    database.session.flush()
    html = page(client, f"/en{path_of(activity)}")
    found = re.findall(
        r'<meta (?:property|name)="((?:og|twitter):[^"]+)"\s+content="([^"]*)"', html
    )
    address = f"https://fete.example.org/en{path_of(activity)}"
    assert sorted(found) == [
        ("og:description", "Goûtez ! — Auch"),
        ("og:image", "https://fete.example.org/static/img/icon-512.png"),
        ("og:image:height", "512"),
        ("og:image:width", "512"),
        ("og:locale", "en_GB"),
        ("og:locale:alternate", "fr_FR"),
        ("og:site_name", "Fête de la science en Occitanie"),
        ("og:title", "Cancelled: Étoiles"),
        ("og:type", "article"),
        ("og:url", address),
        ("twitter:card", "summary"),
    ]


# Both


def test_a_demonstration_says_so_on_each_of_its_pages(client):
    activity = make_activity(edition=make_edition(2025, is_demo=True))
    real = make_activity()
    for path in ("/programme/2025", path_of(activity), "/programme/2025?q=rien"):
        assert "Données de démonstration" in page(client, path), path
    for path in ("/programme", path_of(real)):
        assert "Données de démonstration" not in page(client, path), path


def test_who_has_a_page_already_is_told_that_it_has_not_changed(client, sign_in):
    activity = make_activity()
    tag = ""
    for path in (path_of(activity), "/programme?q=etoile", "/programme"):
        first = client.get(path, headers={"Accept-Encoding": "gzip"})
        tag = first.headers["ETag"]
        assert "no-cache" in first.headers["Cache-Control"]
        assert "Cookie" in first.headers["Vary"]
        for encoding in ("gzip", "identity"):
            again = client.get(path, headers={"If-None-Match": tag, "Accept-Encoding": encoding})
            assert (again.status_code, again.data) == (304, b""), path
        assert client.get(path, headers={"If-None-Match": 'W/"autre"'}).status_code == 200
    changed(activity, title="Un autre titre")
    answer = client.get("/programme", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "Un autre titre" in answer.text
    signed_in = sign_in(make_user()).get("/programme", headers={"If-None-Match": tag})
    assert "ETag" not in signed_in.headers
    assert signed_in.headers["Cache-Control"] == "private, no-store"


def test_the_pages_are_sound_html_that_works_without_script(client):
    village = make_activity(
        at(FRIDAY), at(SATURDAY), title="Village <i>", kind="science_village", age_min=3
    )
    changed(make_activity(title="Stand"), parent=village, venue=None)
    gone = make_activity(at(SATURDAY), title="Perdue", commune=TOULOUSE)
    gone.slots[0].state = SlotState.CANCELLED
    database.session.flush()
    paths = [
        "/programme",
        "/programme?departement=32&q=village&du=hier&type=science_village",
        "/programme?q=introuvable&departement=31",
        "/programme/2026?page=1",
        path_of(village),
        path_of(gone),
    ]
    for path in paths:
        html = client.get(path).text
        parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=True)
        tree = parser.parse(html)
        assert parser.errors == [], (path, parser.errors[:3])
        assert len(tree.findall(f".//{HTML}h1")) == 1, path
        ids = [each.get("id") for each in tree.iter() if each.get("id")]
        assert len(ids) == len(set(ids)), path
        known = set(ids)
        for each in tree.iter():
            for name in ("aria-labelledby", "aria-describedby", "for", "form", "popovertarget"):
                assert set((each.get(name) or "").split()) <= known, (path, name, each.get(name))
        controls = [
            each
            for tag in ("input", "select", "textarea")
            for each in tree.iter(f"{HTML}{tag}")
            if each.get("type") != "hidden"
        ]
        labelled = {each.get("for") for each in tree.iter(f"{HTML}label")}
        assert {each.get("id") for each in controls} <= labelled, path
        levels = [
            int(each.tag[-1]) for each in tree.iter() if re.fullmatch(r".*}h[1-6]", str(each.tag))
        ]
        jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        assert (levels[0], jumps) == (1, []), path


def test_the_form_alone_gives_the_filters_that_its_boxes_say(client):
    make_activity(commune=TOULOUSE)
    make_activity(commune=AUCH)
    html = page(client, "/programme?departement=31,32&date=2026-10-03&annules=non&q=pluie")
    tree = html5lib.HTMLParser(namespaceHTMLElements=True).parse(html)
    sent = MultiDict(
        (str(each.get("name")), str(each.get("value")))
        for each in tree.iter(f"{HTML}input")
        if each.get("name") and (each.get("type") != "checkbox" or each.get("checked") is not None)
    )
    assert sorted(sent.items(multi=True)) == [
        ("age", ""),
        ("annules", "non"),
        ("au", "2026-10-03"),
        ("departement", "31"),
        ("departement", "32"),
        ("du", "2026-10-03"),
        ("q", "pluie"),
    ]


def test_an_activity_shown_inside_another_page_leaves_it_its_title(app, db):
    activity = make_activity(status=Status.DRAFT)
    with app.test_request_context():
        template = app.jinja_env.get_template("programme/_activity.html")
        alone = template.render(activity=activity)
        inside = template.render(activity=activity, title_level=3)
    assert re.findall(r"<h(\d)", alone) == ["1", *"2" * 7]
    assert re.findall(r"<h(\d)", inside) == ["3", *"4" * 7]


def test_a_draft_that_says_nothing_yet_can_be_shown(app, db):
    activity = make_activity(status=Status.DRAFT, title="", standfirst="", description="", terms=[])
    activity.venue = None
    activity.kind = None
    activity.slots.clear()
    database.session.flush()
    with app.test_request_context():
        shown = app.jinja_env.get_template("programme/_activity.html").render(activity=activity)
    for told in ("Type à choisir", "Sans titre", "Les dates ne sont pas encore connues."):
        assert told in shown
    assert "Le lieu n’est pas encore connu." in shown
