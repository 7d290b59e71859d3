"""The page where one chooses a calendar, and takes it away."""

import re
from base64 import b64encode
from datetime import date, time, timedelta
from hashlib import sha256
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from icalendar import Calendar

from fete.core.clock import from_paris
from fete.core.db import db as database
from fete.feeds.short import shortened
from fete.programme.models import EditionState
from fete.programme.workflow import SlotState
from tests.factories.network import AUCH, MONTPELLIER, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

MORNING = from_paris(date(2026, 10, 3), time(10))


@pytest.fixture
def edition(db):
    return make_edition()


def address_on(page: str) -> str:
    (field,) = re.findall(r'<input[^>]*id="adresse"[^>]*>', page)
    return unescape(re.findall(r'value="([^"]*)"', field)[0])


def links_on(page: str) -> list[str]:
    block = page.split('<ul class="calendar-ways">')[1].split("</ul>", maxsplit=1)[0]
    return [unescape(found) for found in re.findall(r'href="([^"]*)"', block)]


def held_by(client, address: str) -> list[str]:
    parts = urlsplit(address)
    answer = client.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 200
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")]


def test_every_calendar_is_offered_the_same_feed(client, edition):
    make_activity()
    page = client.get("/abonnement?departement=32&type=workshop").text
    code = shortened({"departement": "32", "type": "workshop"})
    address = f"https://fete.example.org/agenda/s/{code}/ateliers-dans-le-gers.ics"
    webcal = address.replace("https", "webcal")
    name = "Fête de la science en Occitanie 2026\u00a0: Ateliers dans le Gers"
    assert address_on(page) == address
    device, google, outlook, office = links_on(page)
    assert device == webcal
    # Google takes an address by webcal only, and written so that none of it is read as its own.
    assert google == f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}"
    for link, host in ((outlook, "outlook.live.com"), (office, "outlook.office.com")):
        assert urlsplit(link).hostname == host
        assert parse_qs(urlsplit(link).query) == {"url": [address], "name": [name]}
    for kind in ("text/calendar", "application/atom+xml"):
        assert re.search(rf'<link rel="alternate"\s+type="{re.escape(kind)}"', page)


def test_it_tells_how_many_come_and_the_next_three(client, edition):
    soon = [MORNING + timedelta(days=number) for number in range(4)]
    activity = make_activity(*soon, title="Étoiles")
    activity.slots[0].state = SlotState.CANCELLED
    make_activity(MORNING, title="Ailleurs", commune=MONTPELLIER)
    page = client.get("/abonnement?departement=32").text
    assert "4 rendez-vous dans votre agenda pour le moment." in page
    listed = page.split('<ol class="subscription-next">')[1].split("</ol>")[0]
    assert re.findall(r'<time datetime="([^"]*)">', listed) == [
        start.isoformat() for start in soon[1:]
    ]
    assert "Ailleurs" not in listed


def test_days_alike_of_an_exhibition_are_the_one_bar_that_its_calendar_shows(client, edition):
    days = [MORNING + timedelta(days=number) for number in (0, 1, 2, 4)]
    exhibition = make_activity(*days, MORNING + timedelta(days=1, hours=4), kind="exhibition")
    for slot in exhibition.slots[:4]:
        slot.is_opening = True
    make_activity(MORNING)
    database.session.flush()
    page = client.get("/abonnement?departement=32").text
    calendar = client.get("/agenda.ics?departement=32").text
    assert calendar.count("BEGIN:VEVENT") == 4
    assert "4 rendez-vous dans votre agenda pour le moment." in page
    day = f"{MORNING + timedelta(days=1):%Y-%m-%d}"
    assert "2 rendez-vous dans votre agenda" in client.get(f"/abonnement?date={day}").text


def test_what_is_over_is_said_and_the_edition_to_come_promised(client, edition, clock):
    make_activity()
    clock.move_to(from_paris(date(2026, 11, 25), time(10)))
    assert "la prochaine édition viendra d’elle-même" in client.get("/abonnement").text
    page = client.get("/abonnement?annee=2026").text
    assert "Tout est passé." in page
    assert "viendra d’elle-même" not in page


@pytest.mark.parametrize("asked", ["?q=zzzz", "?departement=99", "?type=inconnu&annules=non"])
def test_a_search_that_finds_nothing_yet_has_its_calendar(client, edition, asked):
    answer = client.get(f"/abonnement{asked}")
    page = answer.text
    is_unknown = asked != "?q=zzzz"
    assert answer.status_code == (404 if is_unknown else 200)
    assert ("Une partie de ce que demande cette adresse n’existe pas." in page) is is_unknown
    assert "0 rendez-vous dans votre agenda pour le moment." in page
    assert "Rien n’y est encore" in page
    assert held_by(client, address_on(page)) == []


def test_before_any_edition_one_may_subscribe_to_what_will_come(client, db):
    page = client.get("/abonnement").text
    assert address_on(page) == "https://fete.example.org/agenda.ics"


def test_one_may_go_without_what_is_cancelled(client, edition):
    activity = make_activity(title="Annulée")
    activity.slots[0].state = SlotState.CANCELLED
    page = client.get("/abonnement?annules=non").text
    assert address_on(page).endswith("/activites-sans-les-annulations.ics")
    assert re.search(r'value="non"\s+id="annules"\s+aria-describedby="[^"]*" checked', page)
    assert held_by(client, address_on(page)) == []


def test_one_thing_alone_has_its_own_address(client, edition):
    museum = make_organisation(name="Muséum")
    make_activity(organisation=museum)
    given = {
        f"structure={museum.id}": f"/agenda/structure/{museum.id}-museum.ics",
        f"structure={museum.id}&annules=non": f"/agenda/structure/{museum.id}-museum.ics?annules=non",
        f"commune={AUCH}": f"/agenda/commune/{AUCH}-auch.ics",
        f"commune={AUCH}&type=talk": (
            f"/agenda/s/{shortened({'commune': AUCH, 'type': 'talk'})}/conferences-a-auch.ics"
        ),
        "structure=999999": (
            f"/agenda/s/{shortened({'structure': '999999'})}/activites-structure-inconnue.ics"
        ),
    }
    found = {asked: address_on(client.get(f"/abonnement?{asked}").text) for asked in given}
    assert found == {
        asked: f"https://fete.example.org{address}" for asked, address in given.items()
    }


def test_an_edition_is_chosen_for_ever_when_it_is_named(client, edition):
    make_activity(title="Passée", edition=make_edition(2025, state=EditionState.CLOSED))
    page = client.get("/abonnement?annee=2025").text
    assert address_on(page) == "https://fete.example.org/agenda/2025.ics"
    assert '<input type="hidden" name="annee" value="2025" />' in page
    assert held_by(client, address_on(page)) == ["Passée"]
    assert client.get("/abonnement?annee=1850").status_code == 404


LONG = "departement=09,11,12,30,31,32,34,46&type=debate,exhibition,lab_open_day,workshop&theme=digital,earth_universe,environment&public=all,children,families&du=2026-10-02&au=2026-10-11"


def test_a_long_search_gets_a_short_address_that_holds_the_same(client, edition):
    make_activity(title="Trouvée", terms=[("theme", "environment"), ("audience", "all")])
    make_activity(title="Ailleurs", commune=MONTPELLIER, kind="visit")
    page = client.get(f"/abonnement?{LONG}").text
    address = address_on(page)
    assert "/agenda/s/" in address
    assert len(address) <= 240
    assert held_by(client, address) == ["Trouvée"]
    assert len(links_on(page)) == 4


def test_what_google_would_refuse_in_silence_is_not_offered_to_it(client, edition):
    # No two words are alike: there is nothing to shorten.
    text = b64encode(b"".join(sha256(bytes([number])).digest() for number in range(5))).decode()
    text = text.replace("+", "").replace("/", "")[:200]
    page = client.get(f"/abonnement?q={text}&structure=1,22,333&commune=31555,32013,34172").text
    assert len(address_on(page)) > 240
    assert "google" not in " ".join(links_on(page))
    assert "trop longue pour Google Agenda" in page
    assert held_by(client, address_on(page)) == []


def test_a_commune_is_added_by_its_name_to_what_was_chosen(client, edition):
    answer = client.get(f"/abonnement?commune={AUCH}&type=talk&ville=Montpellier&q=")
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {
        "commune": [f"{AUCH},{MONTPELLIER}"],
        "type": ["talk"],
    }


def test_a_name_that_several_communes_share_is_asked_about(client, edition):
    page = client.get("/abonnement?departement=32&ville=saint").text
    assert "Plusieurs communes correspondent" in page
    assert "<title>Erreur" in page
    (code, *_more) = re.findall(r'name="ville_code"\s+value="(\d[\dAB]\d{3})"', page)
    # The pick counts, and what was chosen before too.
    answer = client.get(f"/abonnement?departement=32&ville=saint&ville_code={code}")
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {
        "commune": [code],
        "departement": ["32"],
    }


def test_a_search_that_fits_in_no_address_is_still_a_page(client, edition):
    words = [
        f"{word}={','.join(f'{number}{word}'.ljust(40, 'x') for number in range(50))}"
        for word in ("type", "theme", "public", "accessibilite", "departement", "commune")
    ]
    page = client.get(f"/abonnement?{'&'.join(words)}").text
    assert len(address_on(page)) > 8_000
    assert "trop longue pour Google Agenda" in page
    assert "<svg viewBox" not in page.split('<div class="subscription-address">')[1]


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("ville=Nulle+part+ailleurs", 200, ""),
        (f"ville={'x' * 1000}", 200, ""),
        ("ville=%00", 200, ""),
        ("du=hier&au=32/13/2026", 400, "Une partie de la recherche n’a pas été prise en compte"),
        (f"q={'a' * 1000}", 400, "Cette recherche est trop longue"),
        ("annules=peut-etre", 400, "Ce filtre n’a pas cette valeur"),
        ("structure=x,-1,99999999999999", 404, "demande cette adresse n’existe pas"),
        ("departement=%F0%9F%A6%8A,',\"<b>", 404, "demande cette adresse n’existe pas"),
        ("page=-1", 200, ""),
    ],
)
def test_what_cannot_be_read_is_told_or_finds_nothing(client, edition, asked, status, told):
    make_activity()
    answer = client.get(f"/abonnement?{asked}")
    assert answer.status_code == status
    assert told in answer.text
    assert "<b>" not in answer.text
    client.get(urlsplit(address_on(answer.text)).path)


def test_the_code_to_scan_is_drawn_in_the_page_and_styles_nothing(client, edition):
    page = client.get("/abonnement").text
    figure = page.split('<figure class="scanned">')[1].split("</figure>")[0]
    assert re.search(r'role="img"\s+aria-label="[^"]+"', figure)
    assert "<svg" in figure
    assert "style" not in figure
    assert "<image" not in figure


def test_values_to_choose_say_how_many_they_bring_and_which_are_chosen(client, edition):
    make_activity()
    make_activity(commune=MONTPELLIER)
    page = client.get(f"/abonnement?departement=32&commune={AUCH}").text
    assert re.search(r'value="32"\s+id="departement-32" checked />', page)
    assert re.search(rf'value="{AUCH}"\s+id="commune-{AUCH}" checked />', page)


def test_choosing_costs_the_same_number_of_queries_whatever_there_is(client, edition, queries):
    def asked_for() -> int:
        with queries() as asked:
            client.get("/abonnement?departement=32")
        return len(asked)

    make_activity()
    first = asked_for()
    for number in range(5):
        make_activity(MORNING + timedelta(hours=number), title=f"Autre {number}")
    assert asked_for() == first


def test_the_next_dates_send_nobody_where_a_session_no_longer_is(client, edition):
    staying, moved = (make_activity(venue=make_venue(name=name)) for name in ("Muséum", "Halle"))
    moved.slots[0].state = SlotState.MOVED_ONLINE
    database.session.flush()
    found = re.findall(
        r'<span class="subscription-where">(.*?)</span>', client.get("/abonnement").text
    )
    assert found == ["10\u00a0h, Muséum, Auch", "10\u00a0h, en ligne"]
    assert staying.id < moved.id
