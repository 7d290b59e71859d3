"""The figures as pages, JSON and CSV."""

import csv
import re
from datetime import date, time
from html import unescape
from io import StringIO

import pytest

from fete.core.clock import from_paris
from fete.figures.models import Nature
from fete.figures.rules import ALL_FIGURES, KEY_FIGURES, NAMELESS
from fete.figures.services import record_headline
from fete.programme.models import EditionState, Mode
from fete.reports.arithmetic import Method, Outcome
from fete.reports.models import Ladder
from fete.reports.workflow import ReportStatus
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import find_term
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

ALBI, TOULOUSE = "81004", "31555"
KEYS = [each.key for each in KEY_FIGURES]
ADDRESSES = ["/chiffres", "/chiffres/2026", "/chiffres/2026.json", "/chiffres/2026.csv"]
ADDRESSES += ["/chiffres.json", "/chiffres.csv"]


def on(day, hour=10, year=2026):
    return from_paris(date(year, 10, day), time(hour))


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(bare))


def rows_of(response):
    text = response.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text[1:]), delimiter=";"))


@pytest.fixture
def counted(db, after):
    """Give an edition with a village counted at its gate, a stand, two activities and what does not count."""
    edition = make_edition(theme="Lumières")
    village = make_activity(on(3), kind="science_village", commune=ALBI, title="Village d’Albi")
    make_report(
        village,
        public=900,
        pupils=300,
        adults=20,
        online=12,
        researchers=None,
        mediators=None,
        volunteers=None,
        # A third structure, so that the people of all of them are told.
        others=1,
    )
    make_report(make_activity(on(3), parent=village, commune=ALBI), public=500)
    make_report(make_activity(on(4), kind="lab_open_day"), method=Method.ESTIMATED)
    make_report(make_activity(on(5)), outcome=Outcome.CANCELLED)
    make_report(make_activity(on(5), kind="class_intervention"))
    make_report(make_activity(on(5)), status=ReportStatus.FILED, public=5_555)
    make_report(make_activity(on(5)), status=ReportStatus.WAIVED)
    make_activity(on(6))
    return edition


TOTALS = {
    "activities": 2,
    "lab_open_days": 1,
    "host_communes": 2,
    "visitors": 1_288,
    "pupils": 325,
    "researchers": 4,
    "mediators": 2,
    "volunteers": 8,
}
DETAILED = {
    "slots": 2,
    "organisations": 3,
    "public": 940,
    "adults": 23,
    "others": 1,
    "visitor_minutes": 1_220 * 60 + 68 * 120,
}


def test_the_json_gives_the_eight_figures_and_their_coverage(client, counted):
    value = client.get("/chiffres/2026.json").json
    assert {key: value[key] for key in KEYS} == TOTALS
    assert value["coverage"] == {
        "due": 7,
        "received": 6,
        "validated": 5,
        "waived": 1,
        "share": 0.7143,
    }
    assert value["details"] == DETAILED
    assert value["beside"] == {
        "estimated": 68,
        "containers": 1,
        "online": 12,
        "cancelled": 1,
        "apart_activities": 1,
        "apart_visitors": 68,
    }
    assert value["edition"] == {
        "year": 2026,
        "ordinal": 35,
        "starts_on": "2026-10-02",
        "ends_on": "2026-10-12",
        "theme": "Lumières",
        "state": "open",
    }
    assert (value["is_demo"], value["note"], value["counted_on"]) == (False, "", "2026-11-03")
    assert set(value["definitions"]) == set(ALL_FIGURES)


def test_the_parts_of_the_json_add_up_where_it_says_so(client, counted):
    value = client.get("/chiffres/2026.json").json
    for breakdown in value["breakdowns"].values():
        for key in set(breakdown["additive"]) & set(KEYS):
            told = [row[key] for row in breakdown["rows"]]
            if None not in told:
                assert sum(told) == value[key], key
    assert value["breakdowns"]["theme"]["additive"] == []
    rows = {row["code"]: row for row in value["breakdowns"]["departement"]["rows"]}
    assert len(rows) == 13
    assert (rows["81"]["label"], rows["81"]["visitors"], rows["81"]["activities"]) == (
        "Tarn",
        1_220,
        1,
    )


@pytest.fixture
def crowded(counted):
    """Add a commune of Toulouse where three structures tell their teams, beside those that are told alone."""
    for _each in range(3):
        make_report(make_activity(on(6), commune=TOULOUSE), researchers=40)
    return counted


def test_the_team_is_told_of_no_part_where_one_activity_may_stand_alone(client, crowded):
    value = client.get("/chiffres/2026.json").json
    rows = {row["code"]: row for row in value["breakdowns"]["departement"]["rows"]}
    # The Tarn has a village and its stand, the Gers a laboratory: neither tells who was there.
    assert {code: (rows[code]["is_secret"], rows[code]["researchers"]) for code in rows} == {
        code: (code in {"32", "81"}, {"31": 120}.get(code, None if code in {"32", "81"} else 0))
        for code in rows
    }
    assert rows["81"]["details"]["others"] is None
    assert rows["81"]["visitors"] == 1_220
    told = {
        (row["code"], row["value"], row["note"])
        for row in rows_of(client.get("/chiffres/2026.csv"))
        if (row["figure"], row["breakdown"]) == ("researchers", "departement")
    }
    assert told >= {("31", "120", ""), ("32", "", "secret"), ("81", "", "secret")}
    table = client.get("/chiffres/2026").get_data(as_text=True).split('id="tableau-departement"')[1]
    assert table.split("</table>")[0].count("secret") == 2 * 3


def test_a_secret_part_never_stands_alone(client, counted):
    for _each in range(3):
        make_report(make_activity(on(6), commune=ALBI), researchers=40)
    rows = client.get("/chiffres/2026.json").json["breakdowns"]["departement"]["rows"]
    # With the Tarn told, what the Gers tells would be the rest of the total.
    assert {row["code"] for row in rows if row["is_secret"]} == {"32", "81"}


def test_the_page_shows_the_big_figures_with_their_definitions_and_coverage(client, counted):
    page = client.get("/chiffres/2026")
    text = text_of(page)
    assert page.status_code == 200
    for words in (
        "1 288 visiteurs",
        "dont 325 scolaires (25 %)",
        "2 activités",
        "2 communes accueillantes",
        "1 portes ouvertes de laboratoire",
        "Bilans validés : 5 sur 7 attendus (71 %). Bilans reçus : 6 sur 7.",
        "1 activité est dispensée de bilan.",
        "5 % des visiteurs ont été estimés à vue d’œil",
        "1 village, festival ou parcours",
        "12 connexions en ligne",
        "35e édition",
    ):
        assert words in text, words
    assert "5 555" not in text
    for each in KEY_FIGURES:
        assert str(each.definition).replace("\u00a0", " ") in text, each.key
    assert "démonstration" not in text


def test_bars_and_tables_hold_the_same_figures(client, counted):
    html = client.get("/chiffres/2026").get_data(as_text=True)
    bars = html.split('id="visiteurs-departement"')[1].split("</table>")[0]
    shown = re.findall(r'<th scope="row">([^<]+)</th>.*?<span>([^<]+)</span>', bars, re.DOTALL)
    assert shown[:3] == [("Tarn", "1\u202f220"), ("Gers", "68"), ("Ariège", "0")]
    table = html.split('id="tableau-departement"')[1].split("</table>")[0]
    assert "<tfoot>" in table
    themes = html.split('id="tableau-theme"')[1].split("</table>")[0]
    assert "<tfoot>" not in themes


def test_the_csv_has_one_value_a_line_and_opens_in_a_spreadsheet(client, counted):
    response = client.get("/chiffres/2026.csv")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="chiffres-2026.csv"'
    rows = rows_of(response)
    assert {
        row["figure"]: int(row["value"]) for row in rows if row["breakdown"] == "total"
    } == TOTALS | DETAILED | {
        "estimated": 68,
        "containers": 1,
        "online": 12,
        "cancelled": 1,
        "apart_activities": 1,
        "apart_visitors": 68,
        "reports_due": 7,
        "reports_received": 6,
        "reports_validated": 5,
        "reports_waived": 1,
    }
    (tarn,) = [
        row
        for row in rows
        if (row["figure"], row["breakdown"], row["code"]) == ("visitors", "departement", "81")
    ]
    assert (tarn["label"], tarn["value"], tarn["year"], tarn["note"]) == (
        "Tarn",
        "1220",
        "2026",
        "",
    )
    assert all(row["definition"] for row in rows if row["breakdown"] == "total")


def test_no_cell_of_the_csv_is_a_formula(client, counted):
    kind = find_term(TermList.KIND, "workshop")
    assert kind
    kind.label_fr = "=HYPERLINK(1)"
    labels = {row["label"] for row in rows_of(client.get("/chiffres/2026.csv"))}
    assert "'=HYPERLINK(1)" in labels
    assert "=HYPERLINK(1)" not in labels


def test_the_page_of_live_figures_says_that_they_are_provisional(client, counted):
    text = text_of(client.get("/chiffres/2026"))
    assert "Chiffres provisoires, comptés le mardi 3 novembre 2026." in text


def test_the_map_tells_each_departement_and_draws_a_dot_a_host_commune(client, counted):
    html = client.get("/chiffres/2026").get_data(as_text=True)
    drawn = html.split('aria-labelledby="carte-titre carte-mots"')[1].split("</figure>")[0]
    told = " ".join(unescape(drawn.split("<desc")[1].split("</desc>")[0]).split())
    assert "Tarn : 1 220, Gers : 68, Ariège : 0" in told.replace("\u202f", " ")
    svg, legend = drawn.split("</svg>", 1)
    assert svg.count("map-area") == 13
    assert svg.count("map-host") == 2
    assert re.findall(r"map-shade-(\d)", legend) == ["0", "1", "2"]


def test_what_is_held_in_no_commune_is_told_beside_their_ranking(client, counted):
    online = make_activity(on(4), mode=Mode.ONLINE, organisation=make_organisation())
    online.venue = None
    make_report(online, public=0, pupils=0, adults=0, online=40)
    page = client.get("/chiffres/2026")
    ranking = page.text.split('id="activites-commune"')[1].split("</table>")[0]
    nowhere = str(NAMELESS["commune"])
    assert "Albi" in ranking
    assert nowhere not in ranking
    assert f"{nowhere} : 1 activité" in text_of(page)


def test_the_estimate_is_shown_apart_and_only_where_the_edition_says_so(client, counted, db):
    for _each in range(5):
        make_report(make_activity(on(4)), public=100, pupils=0, adults=0)
    assert "estimé à part" not in text_of(client.get("/chiffres/2026"))
    db.session.add(
        Ladder(edition_id=counted.id, days_after="", days_before="", shows_estimate=True)
    )
    page = client.get("/chiffres/2026")
    text = text_of(page)
    assert "Ce qui manque, estimé à part Un bilan manque encore : il ajouterait" in text
    assert "Cette estimation n’est dans aucun total." in text
    assert "Un bilan manquant vaut la moyenne" in text
    assert "1 788 visiteurs" in text


def test_the_figures_of_a_day_are_told_as_they_were_known(client, counted, clock):
    late = make_activity(on(6), title="Arrivé tard")
    clock.move_to(from_paris(date(2026, 11, 20), time(23, 30)))
    make_report(late, public=1_000, pupils=0, adults=0)
    assert "2 288 visiteurs" in text_of(client.get("/chiffres/2026"))
    for day, visitors in (
        ("2026-11-03", "1 288"),
        ("2026-11-19", "1 288"),
        ("2026-11-20", "2 288"),
    ):
        text = text_of(client.get(f"/chiffres/2026?au={day}"))
        assert f"{visitors} visiteurs" in text, day
        assert "tels qu’on les connaissait le" in text
        # Beside the largest figure too: it is what one copies.
        assert 0 < text.index("Tels qu’on les connaissait le") < text.index(f"{visitors} visiteurs")
    before = client.get("/chiffres/2026?au=2026-10-20")
    assert "Aucun bilan n’était encore validé le mardi 20 octobre 2026." in text_of(before)


@pytest.mark.parametrize(
    "typed",
    [
        "hier",
        "2026-13-01",
        "2026-11-31",
        "20261101",
        "2026-W45-1",
        "0001-01-01",
        "9999-12-31",
        "9" * 999,
    ],
)
def test_a_day_that_does_not_exist_or_has_not_come_is_refused_in_words(client, counted, typed):
    for path in ("/chiffres/2026", "/chiffres/2026/preuves/visiteurs", "/chiffres/2026.pdf"):
        page = client.get(path, query_string={"au": typed})
        assert page.status_code == 400
        assert "Ces chiffres n’existent pas" in text_of(page)
        assert 'href="/chiffres/2026"' in page.get_data(as_text=True)


def test_an_edition_is_compared_with_the_one_before_on_the_same_day(client, counted, clock):
    past = make_edition(2025, state=EditionState.CLOSED)
    clock.move_to(from_paris(past.starts_on + (date(2026, 11, 3) - counted.starts_on), time(20)))
    make_report(make_activity(on(4, year=2025), edition=past), public=700, pupils=0, adults=0)
    clock.move_to(from_paris(date(2025, 12, 20), time(10)))
    make_report(make_activity(on(4, year=2025), edition=past), public=9_000, pupils=0, adults=0)
    clock.move_to(from_paris(date(2026, 11, 3), time(10)))
    html = client.get("/chiffres/2026").get_data(as_text=True)
    table = unescape(html.split('id="autres-editions"')[1].split("</table>")[0])
    rows = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
        for row in table.split("<tbody>")[1].split("</tr>")
    ]
    assert rows[0].startswith("2025, le même jour (")
    assert rows[0].endswith("700 0 1 1 1 / 2")
    assert rows[1].startswith("2026 1 288")
    assert rows[2].startswith("2025 9 700")


def test_the_communes_have_a_page_of_their_own_where_few_keep_their_team_secret(client, crowded):
    page = client.get("/chiffres/2026/communes")
    text = text_of(page)
    assert "Albi 1 0 1 1 220 300 secret secret secret" in text
    assert "Toulouse 3 0 1 204 75 120 3 12" in text
    assert "« Secret » : moins de trois structures" in text
    assert client.get("/chiffres/1850/communes").status_code == 404


def test_the_editions_stand_side_by_side(client, counted):
    past = make_edition(2025, state=EditionState.CLOSED)
    make_report(make_activity(on(3, year=2025), edition=past), public=7_000)
    make_edition(2027)
    text = text_of(client.get("/chiffres"))
    assert "2026 provisoires" in text
    assert "7 028" in text
    assert "1 288" in text
    value = client.get("/chiffres.json").json
    assert [(each["year"], each["visitors"]) for each in value["editions"]] == [
        (2027, 0),
        (2026, 1_288),
        (2025, 7_028),
    ]
    rows = rows_of(client.get("/chiffres.csv"))
    visitors = {row["code"]: row["value"] for row in rows if row["figure"] == "visitors"}
    assert visitors == {"2027": "0", "2026": "1288", "2025": "7028"}


def test_what_was_published_elsewhere_stands_beside_with_its_source_and_is_never_mixed(
    client, counted
):
    record_headline(
        year=2026,
        key="visitors",
        value=99_000,
        scope="Occitanie",
        nature=Nature.ANNOUNCED,
        source="Journal du 1er octobre",
    )
    value = client.get("/chiffres/2026.json").json
    assert value["visitors"] == 1_288
    assert value["headlines"] == [
        {
            "year": 2026,
            "key": "visitors",
            "value": 99_000,
            "scope": "Occitanie",
            "nature": "announced",
            "source": "Journal du 1er octobre",
        }
    ]
    for path in ("/chiffres", "/chiffres/2026"):
        text = text_of(client.get(path))
        assert "99 000 Occitanie annoncé avant la fête Journal du 1er octobre" in text
    assert "99000" not in client.get("/chiffres/2026.csv").get_data(as_text=True)


def test_a_demonstration_says_so_everywhere(db, client, counted):
    counted.is_demo = True
    db.session.flush()
    assert "Données de démonstration." in text_of(client.get("/chiffres/2026"))
    assert "(démonstration)" in text_of(client.get("/chiffres"))
    value = client.get("/chiffres/2026.json").json
    assert (value["is_demo"], value["note"]) == (True, "Données de démonstration")
    assert client.get("/chiffres.json").json["editions"][0]["is_demo"] is True
    response = client.get("/chiffres/2026.csv")
    assert "chiffres-2026-demonstration.csv" in response.headers["Content-Disposition"]
    for path in ("/chiffres/2026.csv", "/chiffres.csv"):
        notes = {row["note"] for row in rows_of(client.get(path))}
        assert notes <= {"Données de démonstration", "Données de démonstration, secret"}
        assert "Données de démonstration" in notes


def test_before_the_fete_the_page_says_that_figures_will_come(client, db):
    make_edition(2026)
    text = text_of(client.get("/chiffres/2026"))
    assert "La fête n’a pas encore commencé." in text
    assert client.get("/chiffres/2026.json").json["visitors"] == 0


def test_before_any_validation_the_page_says_how_many_reports_are_due(client, after, db):
    make_activity(on(3))
    make_activity(on(3))
    text = text_of(client.get("/chiffres/2026"))
    assert "Aucun bilan n’est encore validé. 2 bilans sont attendus" in text


def test_without_any_edition_the_series_says_so(client):
    assert "Aucune édition n’a encore de chiffres." in text_of(client.get("/chiffres"))


def test_an_edition_in_preparation_is_for_the_coordination_only(client, sign_in, db):
    make_edition(2027, state=EditionState.PREPARED)
    for suffix in ("", ".json", ".csv"):
        assert client.get(f"/chiffres/2027{suffix}").status_code == 404
        assert sign_in(make_user()).get(f"/chiffres/2027{suffix}").status_code == 404
        assert sign_in(make_coordinator("32")).get(f"/chiffres/2027{suffix}").status_code == 200
    assert "2027" not in text_of(client.get("/chiffres"))


@pytest.mark.parametrize("path", ["/chiffres/1850", "/chiffres/1850.json", "/chiffres/x"])
def test_a_year_without_edition_is_not_there(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_conditional_request_is_answered_without_counting(client, counted, queries, path):
    first = client.get(path)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    assert first.headers["Cache-Control"] == "public, no-cache"
    with queries() as asked:
        again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    # The page of an edition asks also whether its figures were frozen, and which other editions stand beside it.
    assert len(asked) == (5 if path == "/chiffres/2026" else 3), asked


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_validation_makes_the_answer_new(db, client, counted, path):
    tag = client.get(path).headers["ETag"]
    make_report(make_activity(on(7)))
    db.session.flush()
    response = client.get(path, headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert response.headers["ETag"] != tag


def test_each_language_and_form_has_its_own_tag(client, counted):
    tags = {client.get(path).headers["ETag"] for path in (*ADDRESSES, "/en/chiffres/2026.json")}
    assert len(tags) == len(ADDRESSES) + 1


def test_who_is_signed_in_gets_their_own_page(sign_in, counted):
    response = sign_in(make_user()).get("/chiffres/2026")
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("path", ADDRESSES)
def test_an_answer_asks_the_same_number_of_questions_whatever_its_size(
    client, queries, after, path, number
):
    organisation = make_organisation()
    for _each in range(number):
        make_report(make_activity(on(3), organisation=organisation))
    client.get(path)
    with queries() as asked:
        assert client.get(path).status_code == 200
    literal = {
        "/chiffres": 7,
        "/chiffres.json": 6,
        "/chiffres.csv": 5,
        "/chiffres/2026": 12,
        "/chiffres/2026.json": 6,
        "/chiffres/2026.csv": 5,
    }
    assert len(asked) == literal[path], asked
