"""The arrangements of a search: map, hours, calendar, table; for everybody, without any script."""

import json
import re
from dataclasses import replace
from datetime import date, datetime, time
from html import unescape

import html5lib
import pytest

from fete.core.clock import from_paris
from fete.core.db import db as database
from fete.programme.models import Booking, EditionState, Mode, SlotAudience
from fete.programme.views import arrangements
from fete.programme.workflow import SlotState, Status
from tests.conftest import Browser
from tests.factories.network import AUCH, TOULOUSE
from tests.factories.programme import make_activity, make_edition, make_venue

FRIDAY, SATURDAY, SUNDAY = (date(2026, 10, day) for day in (2, 3, 4))
BLAGNAC = "31069"
PAGES = ("carte", "horaires", "calendrier", "tableau")


def at(day: date, hour: int = 10) -> datetime:
    return from_paris(day, time(hour))


def page(client: Browser, path: str, status: int = 200) -> str:
    """Return a page, its no-break spaces as plain ones."""
    answer = client.get(path)
    assert answer.status_code == status, path
    return unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ")


def words(html: str) -> str:
    """Return what is read on a page, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def titles(html: str) -> list[str]:
    """Return the titles of the activities that a page leads to, in order."""
    return re.findall(r'href="[^"]*/activites/\d+-[^"]*"\s+lang="fr">(.*?)</a>', html)


def rows_of(html: str) -> list[list[str]]:
    """Return the cells of the table, in words."""
    body = html.split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return [
        [words(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]


@pytest.fixture
def programme(db):
    """Give an edition with a workshop at Auch, a visit at Toulouse, something online, and what nobody may see."""
    hall = make_venue(AUCH, name="Halle", latitude=43.65, longitude=0.58)
    make_activity(at(SATURDAY, 14), title="Atelier", venue=hall)
    make_activity(
        at(FRIDAY),
        at(SATURDAY),
        title="Visite & goûter",
        venue=make_venue(TOULOUSE, name="Muséum", latitude=43.59, longitude=1.45),
        booking=Booking.REQUIRED,
    )
    make_activity(at(SUNDAY), title="Chez soi", mode=Mode.ONLINE)
    make_activity(at(SATURDAY), title="Secret", venue=hall, status=Status.SUBMITTED)
    make_activity(
        title="Trop tôt", edition=make_edition(2027, state=EditionState.PREPARED), venue=hall
    )
    make_activity(at(date(2025, 10, 4)), title="L’an passé", edition=make_edition(2025))


# All of them


@pytest.mark.parametrize("word", PAGES)
def test_an_arrangement_shows_what_the_search_finds_and_nothing_else(client, programme, word):
    html = page(client, f"/programme/{word}?commune={TOULOUSE}")
    assert set(titles(html)) == {"Visite & goûter"}
    assert "1 activité " in words(html)
    assert "Secret" not in html
    assert "Trop tôt" not in html
    assert set(titles(page(client, f"/programme/2025/{word}"))) == {"L’an passé"}


@pytest.mark.parametrize("word", PAGES)
@pytest.mark.parametrize("year", ["", "/2026"])
def test_each_arrangement_leads_to_the_others_with_the_same_search(client, programme, word, year):
    html = page(client, f"/programme{year}/{word}?q=visite&commune={TOULOUSE}&annules=non")
    nav = html.split('<nav class="arrangements"')[1].split("</nav>")[0]
    search = f"?q=visite&commune={TOULOUSE}&annules=non"
    others = ("", "/horaires", "/calendrier", "/carte", "/tableau")
    assert re.findall(r'href="([^"]+)"', nav) == [
        f"/programme{year}{each}{search}" for each in others
    ]
    assert re.findall(r'href="([^"]+)"\s+aria-current="page"', nav) == [
        f"/programme{year}/{word}{search}"
    ]


def test_the_list_leads_to_the_arrangements(client, programme):
    html = page(client, f"/programme/2026?commune={AUCH}")
    assert f'href="/programme/2026/carte?commune={AUCH}"' in html
    assert re.search(rf'href="/programme/2026\?commune={AUCH}"\s+aria-current="page"', html)


@pytest.mark.parametrize("word", PAGES)
def test_an_arrangement_is_well_formed_and_runs_nothing_of_its_own(client, programme, word):
    answer = client.get(f"/programme/{word}")
    document = html5lib.HTMLParser(strict=True).parse(answer.text)
    assert document is not None
    assert "style=" not in answer.text
    assert "<script>" not in answer.text
    assert "Visite &amp; goûter" in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("word", PAGES)
@pytest.mark.parametrize(
    ("search", "status"),
    [
        ("?date=hier", 400),
        ("?du=2026-02-30", 400),
        ("?du=0000-01-01", 400),
        ("?pres=ici", 400),
        ("?age=-1", 400),
        ("?commune=99999&type=rien&theme=%00", 404),
        ("?q=" + "a" * 1000, 400),
        ("?tri=prix&mois=", 200),
    ],
)
def test_what_cannot_be_understood_is_told_with_a_way_on(client, programme, word, search, status):
    html = page(client, f"/programme/{word}{search}", status)
    assert ('role="alert"' in html) is (status == 400)
    assert ("<title>Erreur :" in html) is (status == 400)
    assert 'href="/programme' in html
    assert bool(led_to(html)) is (status == 400)


def led_to(html: str) -> list[str]:
    """Return the fields that the summary of what is wrong leads to, all of them on the page."""
    summary = re.search(r'<div class="error-summary".*?</div>', html, re.DOTALL)
    found = re.findall(r'<a href="#([^"]+)">', summary[0]) if summary else []
    assert all(f'id="{each}"' in html for each in found)
    return found


def test_each_mistake_leads_to_its_field_which_is_not_folded(client, programme):
    wrong = f"q={'a' * 1000}&date=hier&au=demain&pres=ici&age=vieux&mois=2026-13"
    html = page(client, f"/programme/calendrier?{wrong}", 400)
    assert sorted(led_to(html)) == ["age", "au", "du", "q", "rayon", "resultats"]
    assert '<details class="filters-fold" open>' in html
    assert '<details class="filters-fold">' in page(client, "/programme/calendrier")


def test_all_filters_are_given_up_at_once_and_the_arrangement_stays(client, programme):
    html = page(client, f"/programme/2026/tableau?tri=commune&commune={AUCH}&annules=non")
    assert re.search(r'href="/programme/2026/tableau\?tri=commune">Tout effacer<', html)
    assert "Tout effacer" not in page(client, f"/programme/tableau?commune={AUCH}")


@pytest.mark.parametrize("word", [*PAGES, "carte.json"])
@pytest.mark.parametrize("year", ["1815", "2027", "0", "99999", "-1", "mille"])
def test_there_is_no_arrangement_of_an_edition_that_nobody_sees(client, programme, word, year):
    assert client.get(f"/programme/{year}/{word}").status_code == 404


@pytest.mark.parametrize("word", PAGES)
def test_without_any_edition_the_programme_says_so(client, word):
    answer = client.get(f"/programme/{word}", follow_redirects=True)
    assert "Le programme n’est pas encore publié." in answer.text
    assert client.get("/programme/carte.json").json == {"places": []}


@pytest.mark.parametrize("word", PAGES)
def test_an_empty_arrangement_says_where_to_go(client, programme, word):
    html = page(client, f"/programme/{word}?q=zzzzzz")
    assert titles(html) == []
    assert "Aucune activité ne répond à tout cela." in words(html)
    assert 'href="/programme?q=zzzzzz#resultats"' in html
    make_edition(2024)
    assert "Aucune activité n’est encore publiée." in words(page(client, f"/programme/2024/{word}"))


@pytest.mark.parametrize("word", [*PAGES, "carte.json"])
def test_an_arrangement_asks_the_same_few_questions_whatever_it_shows(client, queries, word):
    def asked() -> int:
        client.get(f"/programme/{word}")
        with queries() as found:
            client.get(f"/programme/{word}?autre=question")
        return len(found)

    make_activity(at(SATURDAY))
    few = asked()
    for _ in range(12):
        make_activity(at(SATURDAY), at(SUNDAY))
    assert asked() == few <= 12


@pytest.mark.parametrize("word", [*PAGES, "carte.json"])
def test_who_asks_the_same_within_a_minute_has_it_as_it_stands(client, queries, programme, word):
    first = client.get(f"/programme/{word}").text
    with queries() as asked:
        again = client.get(f"/programme/{word}")
    # But whether the programme still stands, which is asked apart.
    assert (again.text, asked) == (first, [])
    make_activity(at(SUNDAY), title="De plus")
    assert client.get(f"/programme/{word}").text != first


def test_an_arrangement_speaks_english(client, programme):
    assert 'lang="en"' in page(client, "/en/programme/carte")
    assert (
        client.get("/en/programme/carte.json")
        .json["places"][0]["first"][0]["url"]
        .startswith("/en/")
    )


# The map


def test_the_list_of_the_map_stands_by_commune_and_by_place(client, programme):
    html = page(client, "/programme/carte")
    assert titles(html) == ["Atelier", "Visite & goûter", "Chez soi"]
    assert "Auch (Gers) 1 activité Halle Atelier sam. 3 oct., 14 h – 16 h" in words(html)
    assert "Muséum Visite & goûter ven. 2 oct., 10 h – 12 h et 1 autre fois" in words(html)
    assert "En ligne ou sans lieu 1 activité Chez soi" in words(html)


def test_the_list_of_the_map_says_what_is_over_apart_from_the_times_left(client, programme, clock):
    clock.move_to(at(date(2026, 10, 20)))
    html = page(client, "/programme/2026/carte")
    assert "ven. 2 oct., 10 h – 12 h (terminé) et 1 autre fois" in words(html)


def test_the_map_reads_its_places_from_an_address_of_their_own(client, programme):
    html = page(client, "/programme/carte?q=visite&annules=non")
    assert 'data-points="/programme/carte.json?q=visite&annules=non"' in html
    (found,) = client.get("/programme/carte.json?q=visite&annules=non").json["places"]
    (told,) = found.pop("first")
    assert told.pop("url").startswith("/activites/")
    assert told == {
        "title": "Visite & goûter",
        "when": "ven. 2 oct., 10\u00a0h\u00a0– 12\u00a0h",
        "state": "",
    }
    assert len(found.pop("activities")) == 1
    assert found.pop("number")
    assert found == {
        "name": "Muséum",
        "town": "Toulouse",
        "commune": TOULOUSE,
        "latitude": 43.59,
        "longitude": 1.45,
        "count": "1 activité",
        "label": "Muséum, Toulouse : 1 activité".replace(" :", "\u00a0:"),
    }


def test_a_place_tells_its_first_activities_and_counts_them_all(client):
    hall = make_venue(AUCH, latitude=43.65, longitude=0.58)
    many = [make_activity(at(SATURDAY, 8 + rank), venue=hall) for rank in range(10)]
    many[0].slots[0].state = SlotState.CANCELLED
    database.session.flush()
    (found,) = client.get("/programme/carte.json").json["places"]
    assert found["count"] == "10 activités"
    assert len(found["first"]) == arrangements.MOST_TOLD
    assert [each["state"] for each in found["first"]][:2] == ["annulé", ""]


def test_the_places_are_kept_a_while_and_not_sent_twice(client, programme):
    answer = client.get("/programme/carte.json")
    assert answer.headers["Cache-Control"].startswith("public, max-age=300")
    again = client.get("/programme/carte.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    make_activity(at(SUNDAY), title="De plus")
    changed = client.get("/programme/carte.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert changed.status_code == 200


def test_what_comes_next_is_told_anew_as_soon_as_something_ends(client, programme, clock):
    def told() -> str:
        (found,) = client.get("/programme/carte.json?q=visite").json["places"]
        return str(found["first"][0]["when"])

    clock.move_to(at(FRIDAY, 11))
    assert told().startswith("ven. 2 oct.")
    clock.move_to(at(FRIDAY, 13))
    assert told().startswith("sam. 3 oct.")


def test_places_asked_for_wrongly_are_refused_in_plain_text(client, programme):
    answer = client.get("/programme/carte.json?pres=ici")
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")


def test_around_a_point_the_map_offers_other_distances(client, programme):
    html = page(client, "/programme/carte?pres=43.60,1.44&rayon=20")
    assert titles(html) == ["Visite & goûter"]
    assert 'data-near="43.60,1.44"' in html
    assert 'data-radius="20"' in html
    assert re.search(r'rayon=20"\s+aria-current="true">20 km', html)
    assert "/programme/carte?pres=43.60,1.44&rayon=50" in html


def test_too_long_a_list_leads_to_each_commune_instead(client, programme, monkeypatch):
    monkeypatch.setattr(arrangements, "MOST_LISTED", 2)
    html = page(client, "/programme/carte?annules=non")
    assert "La liste entière serait trop longue ici" in html
    assert f'href="/programme/carte?annules=non&commune={AUCH}">Auch</a>' in html
    # What is in no commune is listed all the same.
    assert titles(html) == ["Chez soi"]


def test_no_page_but_the_map_shows_pictures_from_the_tiles_host(
    client, programme, app, monkeypatch
):
    def policy(path: str) -> str:
        return str(client.get(path).headers["Content-Security-Policy"])

    usual = policy("/programme")
    assert policy("/programme/carte") == usual
    assert 'data-tiles=""' in page(client, "/programme/carte")
    settings = app.extensions["fete.settings"]
    changed = {
        "map_tiles": "https://tiles.example.org/{z}/{x}/{y}.png",
        "map_hosts": ("tiles.example.org",),
    }
    monkeypatch.setitem(
        app.extensions,
        "fete.settings",
        replace(settings, **changed, map_attribution="© [Cartes](https://example.org)"),
    )
    # Settings change with the server, and its answers go with it: another question.
    assert policy("/programme/carte?q=") == usual.replace("img-src", "img-src tiles.example.org")
    assert policy("/programme/tableau") == usual
    html = page(client, "/programme/carte?q=")
    assert 'data-tiles="https://tiles.example.org/{z}/{x}/{y}.png"' in html
    assert '<a href="https://example.org"' in html
    assert "tiles.example.org" in page(client, "/donnees-personnelles")


# Hour by hour


def test_a_day_stands_against_its_hours(client, programme):
    html = page(client, "/programme/horaires?date=2026-10-03")
    assert "2 activités samedi 3 octobre 2026" in words(html)
    assert re.findall(r'<th scope="col"[^>]*>\s*(.*?)\s*</th>', html) == [
        "Commune",
        *(f"{hour} h" for hour in range(10, 16)),
    ]
    grid, by_hour = html.split('<div class="by-hour">')
    assert titles(grid) == ["Atelier", "Visite & goûter"]
    assert titles(by_hour) == ["Visite & goûter", "Atelier"]
    assert re.findall(r"<h3>(.*?)</h3>", by_hour) == ["10 h", "14 h"]
    assert 'role="region"' in grid


def test_the_first_day_to_come_is_shown_to_who_asks_for_none(client, programme, clock):
    assert "vendredi 2 octobre 2026" in page(client, "/programme/horaires")
    clock.move_to(at(SATURDAY, 8))
    assert "samedi 3 octobre 2026" in page(client, "/programme/horaires")
    assert "dimanche 4 octobre 2026" in page(client, "/programme/horaires?du=2026-10-04")


def test_a_day_leads_to_those_that_have_something(client, programme):
    html = page(client, f"/programme/horaires?date=2026-10-03&commune={TOULOUSE}")
    assert 'rel="prev"\n' in html or 'rel="prev"' in html
    assert 'rel="next"' not in html
    assert f'href="/programme/horaires?commune={TOULOUSE}&date=2026-10-02#resultats"' in html
    assert "Horaires du samedi 3 octobre 2026, par lieu" in words(html)


def test_a_day_without_anything_says_so(client, programme):
    html = page(client, "/programme/horaires?date=2026-10-07")
    assert "Aucune activité ce jour-là." in words(html)
    assert 'href="/programme/horaires?date=2026-10-04#resultats"' in html


def test_what_has_no_place_or_has_moved_online_stands_in_no_commune(client):
    lost = make_activity(at(SATURDAY), title="Sans lieu")
    lost.venue = None
    moved = make_activity(at(SATURDAY), title="Passée en ligne", commune=TOULOUSE)
    moved.slots[0].state = SlotState.MOVED_ONLINE
    database.session.flush()
    for word in (*PAGES, "carte.json"):
        answer = client.get(f"/programme/{word}")
        assert answer.status_code == 200, word
        # The filters still name the commune where it was to be held.
        assert "Toulouse" not in answer.text.split('id="resultats"')[-1], word


def test_a_day_too_full_is_shown_by_departement_then_by_commune(client, programme, monkeypatch):
    monkeypatch.setattr(arrangements, "MOST_BARS", 1)
    html = page(client, "/programme/horaires?date=2026-10-03")
    assert titles(html) == []
    assert (
        'href="/programme/horaires?departement=31&date=2026-10-03#resultats">Haute-Garonne' in html
    )
    make_activity(at(SATURDAY), commune=BLAGNAC)
    html = page(client, "/programme/horaires?date=2026-10-03&departement=31")
    assert (
        f'href="/programme/horaires?departement=31&commune={TOULOUSE}&date=2026-10-03#resultats">Toulouse'
        in html
    )
    assert titles(page(client, f"/programme/horaires?date=2026-10-03&commune={TOULOUSE}"))


@pytest.mark.parametrize("where", [f"commune={AUCH},{TOULOUSE}", f"commune={AUCH}&rayon=50"])
def test_naming_several_communes_makes_no_day_less_full(client, monkeypatch, where):
    monkeypatch.setattr(arrangements, "MOST_BARS", 1)
    towns = []
    for commune in (TOULOUSE, AUCH):
        # Both within reach.
        hall = make_venue(commune, latitude=43.65, longitude=0.58)
        towns.append(make_activity(at(SATURDAY), title=commune, venue=hall).title)
    html = page(client, f"/programme/horaires?date=2026-10-03&{where}")
    assert titles(html) == []
    links = re.findall(
        r'<a href="([^"]+)#resultats">', html.split('<ul class="towns">')[1].split("</ul>")[0]
    )
    assert links == [f"/programme/horaires?commune={commune}&date=2026-10-03" for commune in towns]
    for commune, link in zip(towns, links, strict=True):
        assert set(titles(page(client, link))) == {commune}


# The calendar


def test_a_month_counts_its_days_and_tells_the_first_titles(client, programme):
    for hour in (8, 9, 11):
        make_activity(at(SATURDAY, hour), title=f"À {hour} h")
    html = page(client, "/programme/calendrier")
    assert "4 octobre" not in words(html).split("octobre 2026")[0]
    assert titles(html) == ["Visite & goûter", "À 8 h", "À 9 h", "Visite & goûter", "Chez soi"]
    assert "samedi 3 octobre 2026 5 activités" in words(html)
    assert 'href="/programme?date=2026-10-03#resultats"' in html
    # One week: the others have nothing.
    assert html.count("<tr>") == 2


def test_the_calendar_goes_from_one_month_that_has_something_to_the_next(client, programme):
    make_activity(at(date(2026, 12, 1)), title="Plus tard")
    html = page(client, "/programme/calendrier?mois=2026-10&annules=non")
    assert re.search(
        r'rel="next"\s+href="/programme/calendrier\?annules=non&mois=2026-12#resultats"', html
    )
    assert titles(page(client, "/programme/calendrier?mois=2026-12")) == ["Plus tard"]


@pytest.mark.parametrize(
    ("typed", "status"),
    [("2026-13", 400), ("-1", 400), ("0000-01", 400), ("2026-11", 404), ("9999-12", 404)],
)
def test_a_month_that_is_none_or_has_nothing_leads_to_those_that_have(
    client, programme, typed, status
):
    html = page(client, f"/programme/calendrier?mois={typed}", status)
    assert "octobre 2026" in html
    assert status == 400 or 'href="/programme/calendrier?mois=2026-10#resultats"' in html


def test_a_day_asked_for_chooses_the_month_and_hides_nothing_of_it(client, programme):
    html = page(client, "/programme/calendrier?date=2026-10-04")
    assert titles(html)[0] == "Visite & goûter"
    assert titles(page(client, "/programme/calendrier?date=2026-05-04")) == titles(html)


# The table


def test_the_table_has_a_line_a_time(client, programme):
    visit = make_activity(at(SUNDAY, 8), title="Classe", commune=AUCH, for_schools=True)
    visit.slots[0].audience = SlotAudience.SCHOOLS
    visit.slots[0].state = SlotState.CANCELLED
    database.session.flush()
    html = page(client, "/programme/tableau")
    assert "4 activités" in words(html)
    assert "5 séances" in words(html)
    place = visit.venue.name
    assert rows_of(html) == [
        [
            "ven. 2 oct.",
            "10 h – 12 h",
            "Visite & goûter",
            "Muséum",
            "Toulouse",
            "Tout public",
            "sur réservation",
        ],
        [
            "sam. 3 oct.",
            "10 h – 12 h",
            "Visite & goûter",
            "Muséum",
            "Toulouse",
            "Tout public",
            "sur réservation",
        ],
        [
            "sam. 3 oct.",
            "14 h – 16 h",
            "Atelier",
            "Halle",
            "Auch",
            "Tout public",
            "sans réservation",
        ],
        [
            "dim. 4 oct.",
            "8 h – 10 h (annulé)",
            "Classe",
            place,
            "Auch",
            "groupes scolaires",
            "sans réservation",
        ],
        [
            "dim. 4 oct.",
            "10 h – 12 h",
            "Chez soi",
            "en ligne ou sans lieu",
            "",
            "Tout public",
            "sans réservation",
        ],
    ]


def test_the_table_is_ordered_by_commune_on_request(client, programme):
    rows = rows_of(page(client, "/programme/tableau?tri=commune"))
    assert [(row[0], row[3]) for row in rows] == [
        ("Auch", "Atelier"),
        ("Toulouse", "Visite & goûter"),
        ("Toulouse", "Visite & goûter"),
        ("", "Chez soi"),
    ]


def test_a_long_table_has_pages(client, programme, monkeypatch):
    monkeypatch.setattr(arrangements, "TABLE_SIZE", 3)
    html = page(client, "/programme/tableau?tri=commune&page=2")
    assert [row[3] for row in rows_of(html)] == ["Chez soi"]
    assert 'href="/programme/tableau?tri=commune&page=1#resultats"' in html
    for typed in ("-9", "0", "99", "zzz", "9" * 1000):
        html = page(client, f"/programme/tableau?page={typed}", 404)
        assert len(rows_of(html)) in {1, 3}
        assert "Cette page n’existe pas : voici la plus proche." in words(html)


def test_what_the_map_reads_is_small(client, programme):
    assert len(json.dumps(client.get("/departements.json").json)) < 20_000
