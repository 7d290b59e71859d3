"""White zones as a page and as CSV, for everybody."""

import csv
import re
from datetime import date, time, timedelta
from html import unescape
from io import StringIO

import pytest
from sqlalchemy import delete, update

from fete.core.clock import from_paris
from fete.figures.views.zones import COLUMNS
from fete.geography.models import Commune, Departement, Region
from fete.programme.models import EditionState, Mode, SlotAudience
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import Outcome
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import AUCH, MONTPELLIER, TOULOUSE
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.factories.reports import make_report

PAVIE, CONDOM, MIRANDE, EAUZE = "32307", "32107", "32256", "32119"
ALBI, FOIX, RODEZ, MENDE = "81004", "09122", "12202", "48095"
PAGE = "/chiffres/2026/zones-blanches"


def on(day, hour=10):
    return from_paris(date(2026, 10, day), time(hour))


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(bare))


def file_of(client, asked=""):
    response = client.get(f"{PAGE}.csv{asked}")
    assert response.status_code == 200
    text = response.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return text[1:]


def hosts_of(client, asked=""):
    rows = csv.DictReader(StringIO(file_of(client, asked)), delimiter=";")
    return {row["code"] for row in rows if row["is_host"] == "1"}


def table_of(client, asked="", name="zones"):
    """Return the cells of a table of the page, line by line, in words."""
    html = client.get(PAGE + asked).get_data(as_text=True)
    table = html.split(f'id="{name}"')[1].split("</table>")[0]
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]


# Along one meridian: a hundredth of a degree is 1.11 km.
COMMUNES = {
    AUCH: (43.0, 22_000),
    PAVIE: (43.03, 2_400),
    MIRANDE: (43.2, 900),
    CONDOM: (43.35, 1_999),
    EAUZE: (None, 500),
    TOULOUSE: (43.6, 500_000),
}


@pytest.fixture
def small_region(db):
    """Leave five communes of the Gers and Toulouse in the region, one of them without a point; Auch has an activity."""
    db.session.execute(delete(Commune).where(Commune.code.not_in(COMMUNES)))
    for code, (latitude, population) in COMMUNES.items():
        longitude = None if latitude is None else 1.0
        db.session.execute(
            update(Commune)
            .where(Commune.code == code)
            .values(latitude=latitude, longitude=longitude, population=population)
        )
    make_activity(on(3))


SMALL = (
    "code;name;departement;population;is_rural;is_host;distance_km;nearest_code;nearest_name;"
    "beyond_10_km;beyond_20_km;beyond_30_km;year;note\r\n"
    "31555;Toulouse;31;500000;0;0;66.7;32013;Auch;1;1;1;2026;\r\n"
    "32013;Auch;32;22000;0;1;0.0;32013;Auch;0;0;0;2026;\r\n"
    "32107;Condom;32;1999;1;0;38.9;32013;Auch;1;1;1;2026;\r\n"
    "32119;Eauze;32;500;1;0;;;;0;0;0;2026;\r\n"
    "32256;Mirande;32;900;1;0;22.2;32013;Auch;1;1;0;2026;\r\n"
    "32307;Pavie;32;2400;0;0;3.3;32013;Auch;0;0;0;2026;\r\n"
)


def test_the_file_has_one_line_a_commune_under_stable_columns(client, small_region):
    assert file_of(client) == SMALL
    response = client.get(f"{PAGE}.csv")
    assert response.mimetype == "text/csv"
    assert (
        response.headers["Content-Disposition"] == 'attachment; filename="zones-blanches-2026.csv"'
    )


def test_the_file_says_the_same_in_each_language(client, small_region):
    english = client.get(f"/en{PAGE}.csv").get_data(as_text=True)
    assert english[1:] == SMALL


def test_the_file_of_a_departement_holds_its_communes_only(client, small_region):
    response = client.get(f"{PAGE}.csv?departement=31")
    assert response.get_data(as_text=True)[1:].splitlines()[1:] == [
        "31555;Toulouse;31;500000;0;0;66.7;32013;Auch;1;1;1;2026;"
    ]
    assert "zones-blanches-2026-31.csv" in response.headers["Content-Disposition"]


def test_departements_add_up_to_the_region(client, small_region):
    head, *lines, total = table_of(client)
    assert head[4:] == [
        "À plus de 10 km",
        "À plus de 20 km",
        "À plus de 30 km",
        "Habitants à plus de 10 km",
        "Population rurale à 10 km ou moins",
    ]
    assert lines == [
        ["Haute-Garonne", "1", "0 0 %", "0", "1", "1", "1", "500 000 100 %", "–"],
        ["Gers", "5", "1 20 %", "0 0 %", "2", "2", "1", "2 899 10 %", "0 %"],
    ]
    assert total == ["Ensemble", "6", "1 17 %", "0 0 %", "3", "3", "2", "502 899 95 %", "0 %"]


def test_the_radius_changes_what_is_told(client, small_region):
    text = text_of(client.get(f"{PAGE}?rayon=30&departement=32"))
    assert (
        "1 commune en zone blanche à plus de 30 km de toute activité ; 20 % des 5 communes" in text
    )
    assert "1 999 habitants concernés" in text
    assert "31 % de la population rurale a une activité à 30 km ou moins" in text
    assert "La position d’une commune n’est pas connue" in text
    assert [
        row[0] for row in table_of(client, "?rayon=30&departement=32", "communes-blanches")
    ] == [
        "Commune",
        "Condom",
    ]


def test_the_map_draws_hosts_and_white_zones_apart_by_size(client, small_region):
    html = client.get(PAGE).get_data(as_text=True)
    drawing = html.split('class="zone-map"')[1].split("</svg>")[0]
    marks = {
        name: path.count("M")
        for name, path in re.findall(r'class="(zone-[^"]+)" d="([^"]+)"', drawing)
    }
    assert marks == {"zone-host": 1, "zone-dot zone-dot-2": 2, "zone-dot zone-dot-3": 1}
    assert 'role="img"' in drawing
    assert "commune accueillante (carré)" in text_of(client.get(PAGE))


def test_where_everything_is_near_the_page_says_so(client, db, small_region):
    for code in (TOULOUSE, CONDOM, MIRANDE, EAUZE):
        make_activity(on(3), commune=code)
    text = text_of(client.get(PAGE))
    assert "Aucune : il y a une activité à 10 km ou moins de chaque commune." in text
    assert "n’est pas connue :" not in text


def test_what_is_not_published_or_does_not_take_place_counts_nowhere(client, db):
    make_activity(on(3))
    for status in set(Status) - {Status.PUBLISHED}:
        make_activity(on(3), commune=ALBI, status=status)
        village = make_activity(on(3), commune=FOIX, status=status, kind="science_village")
        village.sites.append(make_venue(RODEZ))
        village.slots[0].venue = make_venue(MENDE)
    make_activity(on(3), commune=MONTPELLIER, mode=Mode.ONLINE)
    make_activity(on(3), commune=MONTPELLIER).slots[0].state = SlotState.CANCELLED
    make_activity(on(3), commune=MONTPELLIER, edition=make_edition(2025))
    db.session.flush()
    for asked in ("", "?lecture=classes"):
        assert hosts_of(client, asked) == {AUCH}


def test_an_itinerant_village_reaches_each_of_its_stops(client, db):
    village = make_activity(on(3), on(4), kind="science_village", commune=AUCH)
    village.slots[0].venue = make_venue(FOIX)
    village.sites.append(make_venue(RODEZ))
    db.session.flush()
    assert hosts_of(client) == {AUCH, FOIX, RODEZ}


def test_a_place_of_another_region_is_near_its_neighbours_and_no_line_of_ours(
    client, db, small_region
):
    db.session.add(Region(code="75", name="Nouvelle-Aquitaine"))
    db.session.add(Departement(code="40", name="Landes", region_code="75"))
    db.session.flush()
    db.session.execute(update(Commune).where(Commune.code == PAVIE).values(departement_code="40"))
    make_activity(on(3), commune=PAVIE)
    assert "32307" not in {line[:5] for line in file_of(client).splitlines()}
    assert "32256;Mirande;32;900;1;0;18.9;32307;Pavie;1;0;0;2026;" in file_of(client)


def test_sessions_for_classes_count_in_the_reading_that_says_so(client, db):
    make_activity(on(3))
    make_activity(on(3), commune=ALBI, kind="class_intervention")
    make_activity(on(3), commune=FOIX).slots[0].audience = SlotAudience.SCHOOLS
    db.session.flush()
    assert hosts_of(client) == {AUCH}
    assert hosts_of(client, "?lecture=classes") == {AUCH, ALBI, FOIX}
    assert "Ce que le programme propose à tous, compté le lundi 16 mars 2026." in text_of(
        client.get(PAGE)
    )
    assert "séances réservées aux classes comprises, compté le lundi 16 mars 2026." in text_of(
        client.get(f"{PAGE}?lecture=classes")
    )


def test_what_was_held_is_what_a_validated_report_says(client, db):
    make_report(make_activity(on(3)))
    make_report(make_activity(on(3), commune=RODEZ), outcome=Outcome.PARTLY)
    make_report(make_activity(on(3), commune=ALBI), outcome=Outcome.CANCELLED)
    make_report(make_activity(on(3), commune=FOIX), status=ReportStatus.FILED)
    make_report(make_activity(on(3), commune=MENDE), status=ReportStatus.DRAFT)
    make_activity(on(3), commune=MONTPELLIER)
    assert hosts_of(client, "?lecture=tenues") == {AUCH, RODEZ}
    assert hosts_of(client) == {AUCH, RODEZ, ALBI, FOIX, MENDE, MONTPELLIER}
    # A report that is validated since is there at once.
    make_report(make_activity(on(3), commune=TOULOUSE))
    assert hosts_of(client, "?lecture=tenues") == {AUCH, RODEZ, TOULOUSE}


def test_what_changes_in_the_programme_is_there_at_once(client, db):
    activity = make_activity(on(3))
    assert hosts_of(client) == {AUCH}
    activity.venue = make_venue(ALBI)
    db.session.flush()
    assert hosts_of(client) == {ALBI}


def test_the_aims_of_the_charter_stand_in_tables(client, db):
    make_activity(
        on(3),
        accessibility_known=True,
        terms=[("accessibility", "mi"), ("accessibility", "lsf"), ("audience", "priority")],
    )
    make_activity(on(3), accessibility_known=True, is_free=False).slots[0].state = SlotState.FULL
    make_activity(on(3), terms=[("audience", "leisure_centres")])
    make_activity(on(3), commune=ALBI)
    make_activity(on(3), kind="science_village", is_free=False)
    db.session.flush()
    assert table_of(client, "?departement=32", "accessibilite") == [
        ["Accessible en cas de", "Oui", "Répond sans le citer", "N’a pas répondu"],
        ["Handicap auditif", "0 0 %", "2 67 %", "1 33 %"],
        ["Handicap visuel", "0 0 %", "2 67 %", "1 33 %"],
        ["Handicap psychique", "0 0 %", "2 67 %", "1 33 %"],
        ["Handicap moteur", "1 33 %", "1 33 %", "1 33 %"],
        ["Handicap intellectuel", "0 0 %", "2 67 %", "1 33 %"],
        ["Un handicap au moins", "1 33 %", "1 33 %", "1 33 %"],
    ]
    assert table_of(client, "?departement=32", "publics")[1:] == [
        ["Activités qui se disent gratuites", "2", "3", "67 %"],
        ["Activités pour : Publics empêchés ou éloignés", "1", "3", "33 %"],
        ["Activités pour : Centres de loisirs (ALAE, ALSH)", "1", "3", "33 %"],
        ["Créneaux annoncés complets", "1", "3", "33 %"],
    ]


def test_before_anything_is_published_there_is_nothing_to_measure(client, db):
    make_activity(on(3), status=Status.LABELLED)
    text = text_of(client.get(PAGE))
    assert "Rien n’est encore publié pour cette édition." in text
    assert "en zone blanche (rond)" not in text


def test_before_any_validated_report_the_reading_of_what_was_held_leads_to_the_programme(
    client, db
):
    make_report(make_activity(on(3)), status=ReportStatus.FILED)
    page = client.get(f"{PAGE}?lecture=tenues&rayon=20")
    assert "Aucun bilan validé ne dit encore ce qui a été tenu." in text_of(page)
    assert f'href="{PAGE}?rayon=20"' in page.get_data(as_text=True)


def test_an_edition_in_preparation_is_for_the_coordination_only(client, sign_in, db):
    edition = make_edition(2027, state=EditionState.PREPARED)
    make_activity(on(3) + timedelta(days=364), edition=edition)
    for suffix in ("", ".csv"):
        path = f"/chiffres/2027/zones-blanches{suffix}"
        assert client.get(path).status_code == 404
        assert sign_in(make_user()).get(path).status_code == 404
        assert sign_in(make_coordinator("32")).get(path).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        "rayon=7",
        "rayon=-10",
        "rayon=" + "1" * 1_000,
        "rayon=10.0",
        "departement=75",
        "departement=%00",
        "departement=" + "3" * 1_000,
        "lecture=x",
        "rayon=dix&departement=<script>&lecture='",
    ],
)
def test_what_cannot_be_read_is_said_and_the_whole_is_shown(client, small_region, asked):
    page = client.get(f"{PAGE}?{asked}")
    assert page.status_code == 400
    assert "Une partie de la demande n’a pas été prise en compte" in text_of(page)
    assert "3 communes en zone blanche" in text_of(page)
    assert client.get(f"{PAGE}.csv?{asked}").status_code == 400


@pytest.mark.parametrize("year", ["1850", "0", "99999999999", "x"])
def test_a_year_without_edition_is_not_there(client, year):
    for suffix in ("", ".csv"):
        assert client.get(f"/chiffres/{year}/zones-blanches{suffix}").status_code == 404


def test_a_demonstration_says_so(client, db, small_region):
    make_edition().is_demo = True
    db.session.flush()
    assert "Données de démonstration." in text_of(client.get(PAGE))
    response = client.get(f"{PAGE}.csv")
    assert "zones-blanches-2026-demonstration.csv" in response.headers["Content-Disposition"]
    assert file_of(client) == SMALL.replace("2026;\r", "2026;Données de démonstration\r")


def test_no_cell_of_the_file_is_a_formula(client, db, small_region):
    db.session.execute(update(Commune).where(Commune.code == MIRANDE).values(name="=1+1"))
    make_activity(on(4))
    assert "32256;'=1+1;32;" in file_of(client)


def test_the_page_tells_each_column_of_the_file(client, small_region):
    html = client.get(PAGE).get_data(as_text=True)
    assert re.findall(r"<code>(\w+)</code>", html) == list(COLUMNS)


def test_who_has_the_page_is_told_that_it_has_not_changed(client, small_region):
    for suffix in ("", ".csv"):
        tag = client.get(PAGE + suffix).headers["ETag"]
        again = client.get(PAGE + suffix, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("asked", "literal"), [("", 5), ("?lecture=tenues", 5)])
def test_the_page_asks_the_same_number_of_questions_whatever_its_size(
    client, queries, db, number, asked, literal
):
    for _each in range(number):
        make_report(make_activity(on(3)))
    client.get(PAGE + asked)
    with queries() as questions:
        assert client.get(PAGE + asked).status_code == 200
    assert len(questions) == literal, questions


def test_the_page_of_the_figures_leads_here(client, db):
    make_activity(on(3))
    assert f'href="{PAGE}"' in client.get("/chiffres/2026").get_data(as_text=True)
