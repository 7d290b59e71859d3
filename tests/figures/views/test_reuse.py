"""The figures as open data: what stands at each address, what is kept secret, what is refused in words."""

import csv
import io
import json
import zipfile
from datetime import date, time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from fete.core.clock import day_bounds, from_paris, now
from fete.figures.rules import BESIDE_EACH, COUNTED
from fete.figures.services import freeze, publish
from fete.programme.models import Activity, EditionState
from fete.programme.workflow import Status
from fete.reports.workflow import ReportStatus
from tests.factories.network import AUCH, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

FIGURES = [each.key for each in COUNTED]
BESIDE = [each.name for each in BESIDE_EACH]
PEOPLE = ("researchers", "mediators", "volunteers", "others")
EVERY = ["/chiffres/donnees", "/chiffres/donnees.csv", "/chiffres/2026/donnees.csv"]
EVERY += ["/chiffres/2026/donnees.json", "/chiffres/2026/donnees.xlsx"]


def on(day, hour=10, year=2026):
    return from_paris(date(year, 10, day), time(hour))


def rows_of(response):
    text = response.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


@pytest.fixture
def counted(db, after):
    """Give an edition: three workshops and a talk in the Gers, each of its structure, and one workshop in Toulouse."""
    edition = make_edition()
    for number, kind in enumerate(["workshop", "workshop", "workshop", "talk"], start=1):
        organisation = make_organisation(name=f"Structure {number}")
        make_report(
            make_activity(on(3), kind=kind, commune=AUCH, organisation=organisation), researchers=7
        )
    make_report(make_activity(on(4), kind="workshop", commune=TOULOUSE), researchers=41)
    make_report(make_activity(on(4), commune=AUCH), status=ReportStatus.FILED, public=5_555)
    return edition


def test_without_a_breakdown_an_edition_is_one_line_of_all_figures(client, counted):
    (row,) = rows_of(client.get("/chiffres/2026/donnees.csv"))
    assert [*row] == ["year", *FIGURES, *BESIDE]
    told = ("year", "activities", "visitors", "pupils", "researchers", "secret", "note")
    assert [row[name] for name in told] == ["2026", "5", "340", "125", "69", "0", ""]
    returns = ("reports_due", "reports_received", "reports_validated", "reports_waived")
    assert [row[name] for name in returns] == ["6", "6", "5", "0"]


def test_two_breakdowns_give_a_line_for_each_of_their_combinations(client, counted):
    answer = client.get(
        "/chiffres/2026/donnees.csv?par=departement,type&chiffres=visiteurs,activities"
    )
    rows = rows_of(answer)
    parts = ["departement", "departement_label", "kind", "kind_label"]
    assert [*rows[0]] == ["year", *parts, "visitors", "activities", *BESIDE]
    assert [[row[name] for name in (*parts, "visitors", "activities")] for row in rows] == [
        ["31", "Haute-Garonne", "workshop", "Atelier", "68", "1"],
        ["32", "Gers", "workshop", "Atelier", "204", "3"],
        ["32", "Gers", "talk", "Conférence", "68", "1"],
    ]


def test_every_departement_of_the_region_has_its_line(client, counted):
    rows = rows_of(client.get("/chiffres/2026/donnees.csv?par=departement"))
    assert len(rows) == 13
    assert {row["departement"]: row["visitors"] for row in rows if row["visitors"] != "0"} == {
        "31": "68",
        "32": "272",
    }


def test_the_people_of_a_small_part_are_left_empty_and_no_difference_gives_them_back(
    client, counted
):
    rows = rows_of(client.get("/chiffres/2026/donnees.csv?par=departement"))
    known = {row["departement"]: row for row in rows}
    for code in ("31", "32"):
        assert [known[code][name] for name in PEOPLE] == ["", "", "", ""]
        assert known[code]["secret"] == "4"
    assert known["09"]["researchers"] == "0"
    crossed = rows_of(client.get("/chiffres/2026/donnees.csv?par=departement,type"))
    # Three structures made the second one; those of Toulouse and of the talk stay unknown, only their sum is not.
    assert [row["researchers"] for row in crossed] == ["", "21", ""]
    for address in (
        "par=commune",
        "par=departement,type&forme=long",
        "par=jour",
        "par=famille,jour",
    ):
        for extension in ("csv", "json"):
            told = client.get(f"/chiffres/2026/donnees.{extension}?{address}").get_data(
                as_text=True
            )
            assert "41" not in [word.strip(' ,"') for word in told.replace(";", "\n").split()]


def test_the_long_form_has_one_value_a_line(client, counted):
    address = "/chiffres/2026/donnees.csv?par=departement&forme=long&chiffres=visiteurs,chercheurs"
    rows = [row for row in rows_of(client.get(address)) if row["departement"] == "32"]
    assert [(row["figure"], row["figure_label"], row["value"], row["secret"]) for row in rows] == [
        ("visitors", "visiteurs", "272", "0"),
        ("researchers", "chercheurs et chercheuses", "", "1"),
    ]


def test_the_json_says_the_same_with_its_licence_and_its_dictionary(client, counted):
    value = client.get("/chiffres/2026/donnees.json?par=type&chiffres=visiteurs").json
    assert {name: value[name] for name in ("version", "licence", "counted_on", "known_on")} == {
        "version": "2",
        "licence": "Licence Ouverte / Open Licence 2.0",
        "counted_on": "2026-11-03",
        "known_on": None,
    }
    assert value["dictionary"].endswith("/chiffres/donnees")
    assert value["columns"] == ["year", "kind", "kind_label", "visitors", *BESIDE]
    assert [row["visitors"] for row in value["rows"]] == [272, 68]
    assert [*value["rows"][0]] == value["columns"]


def test_the_spreadsheet_says_the_same_and_no_cell_is_a_formula(client, counted):
    answer = client.get("/chiffres/2026/donnees.xlsx?par=departement,type")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        sheets = [file.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2)]
    assert "<v>204</v>" in sheets[0]
    assert "Gers" in sheets[0]
    assert not any("<f>" in sheet for sheet in sheets)
    assert "41" not in sheets[0].replace("<v>", "\n").replace("</v>", "\n").split("\n")


def test_what_was_known_on_a_day_is_told_as_it_stood_at_its_end(
    client, db, after, clock: time_machine.Traveller
):
    make_edition()
    clock.move_to(on(20))
    make_report(make_activity(on(3)), public=100, pupils=0, adults=0)
    clock.move_to(on(25))
    make_report(make_activity(on(3)), public=11, pupils=0, adults=0)

    def visitors(day):
        address = f"/chiffres/2026/donnees.csv?chiffres=visiteurs&au={day}"
        return [row["visitors"] for row in rows_of(client.get(address))]

    # Nothing was told yet, which is not nobody.
    assert visitors("2026-10-19") == [""]
    assert visitors("2026-10-20") == ["100"]
    assert visitors("2026-10-25") == ["111"]


def test_all_editions_stand_one_after_the_other_but_those_that_are_prepared(client, counted):
    before = make_edition(year=2025)
    make_report(make_activity(on(4, year=2025), edition=before), public=1, pupils=0, adults=0)
    make_edition(year=2027, state=EditionState.PREPARED)
    rows = rows_of(client.get("/chiffres/donnees.csv?chiffres=visiteurs"))
    assert [(row["year"], row["visitors"]) for row in rows] == [("2026", "340"), ("2025", "1")]
    assert client.get("/chiffres/2027/donnees.csv").status_code == 404


def test_what_nobody_has_told_yet_is_left_empty_and_what_nobody_owes_is_none(client, counted):
    make_activity(on(3), commune="81004")
    rows = rows_of(client.get("/chiffres/2026/donnees.csv?par=departement&chiffres=visiteurs"))
    told = {row["departement"]: (row["visitors"], row["secret"]) for row in rows}
    assert (told["81"], told["46"]) == (("", "0"), ("0", "0"))


def test_frozen_figures_say_when_and_under_which_version(client, counted):
    def frozen(address):
        (row,) = rows_of(client.get(f"/chiffres/2026/donnees.csv?chiffres=visiteurs{address}"))
        return row["visitors"], row["frozen_on"], row["frozen_version"]

    assert frozen("") == ("340", "", "")
    edition = make_edition()
    publish(freeze(edition, number=1, reason="", region="76", by=None, at=now()), by=None, at=now())
    make_report(make_activity(on(3)))
    assert frozen("") == ("340", "2026-11-03", "1")
    assert frozen("&au=2026-11-03") == ("408", "", "")


def test_a_name_that_looks_like_a_formula_is_text(client, counted, db):
    commune = make_activity(on(3)).venue.commune
    commune.name = "=1+1"
    db.session.flush()
    rows = rows_of(client.get("/chiffres/2026/donnees.csv?par=commune"))
    assert "'=1+1" in [row["commune_label"] for row in rows]


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("2026/donnees.{}?par=couleur", 400, "departement, commune, type"),
        ("2026/donnees.{}?par=type,commune,jour", 400, "un ou deux"),
        ("2026/donnees.{}?par=" + "x" * 1000, 400, "departement, commune, type"),
        ("2026/donnees.{}?forme=rond", 400, "large"),
        ("2026/donnees.{}?chiffres=visiteurs,budget", 400, "visiteurs"),
        ("2026/donnees.{}?au=hier", 400, "2026-11-03"),
        ("2026/donnees.{}?au=2026-11-04", 400, "2026-11-03"),
        ("2026/donnees.{}?au=20261101", 400, "2026-11-03"),
        ("1812/donnees.{}", 404, "1812"),
        ("donnees.{}?par=couleur", 400, "departement"),
    ],
)
def test_what_does_not_exist_is_refused_in_words(client, counted, asked, status, said, extension):
    answer = client.get(f"/chiffres/{asked.format(extension)}")
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert said in answer.text
    assert "/chiffres/donnees" in answer.text


@pytest.mark.parametrize("asked", ["par=couleur", "annee=1812", "au=hier", "forme=" + "x" * 1000])
def test_the_dictionary_says_what_it_did_not_understand(client, counted, asked):
    answer = client.get(f"/chiffres/donnees?{asked}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "/chiffres/donnees.csv" in answer.text


def test_the_dictionary_makes_the_address_of_what_is_chosen(client, counted):
    page = client.get("/chiffres/donnees?annee=2026&par=departement&par=type&forme=long").text
    assert "/chiffres/2026/donnees.csv?par=departement,type&amp;forme=long" in page
    for name in ["year", "kind", "kind_label", "figure", "value", *FIGURES, *BESIDE]:
        assert f"<code>{name}</code>" in page


@pytest.mark.parametrize("address", EVERY)
def test_who_has_it_already_is_told_so_until_something_changes(client, counted, address):
    first = client.get(address)
    tag = first.headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert first.status_code == 200
    if address != EVERY[0]:
        assert first.headers["Cache-Control"] == "public, no-cache"
        make_report(make_activity(on(5)))
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_the_queries_do_not_grow_with_the_edition(client, counted, queries):
    address = "/chiffres/donnees.json?par=commune,type"
    client.get(address)
    make_report(make_activity(on(5)))
    with queries() as few:
        client.get(address)
    for _ in range(5):
        make_report(make_activity(on(5), organisation=make_organisation()))
    with queries() as many:
        client.get(address)
    assert len(few) == len(many)


def test_the_published_addresses_keep_their_columns(client, counted):
    first = client.get("/chiffres/2026.csv").get_data(as_text=True).splitlines()[0]
    assert first == "\ufefffigure;breakdown;code;label;value;year;note;definition"


def test_the_json_holds_no_infinite_nor_missing_value(client, counted):
    json.loads(client.get("/chiffres/donnees.json?par=thematique,public").text)


def test_an_edition_whose_figures_are_frozen_and_published_is_read_as_of_that_day(client, counted):
    publish(freeze(counted, number=1, reason="", region="76", by=None, at=now()), by=None, at=now())
    later = now() + timedelta(hours=1)
    make_report(
        make_activity(on(5), commune=TOULOUSE), public=900, filed_at=later, validated_at=later
    )
    (row,) = rows_of(client.get("/chiffres/2026/donnees.csv"))
    assert (row["visitors"], row["activities"]) == ("340", "5")
    shown = client.get("/chiffres/2026.json").json
    assert (shown["visitors"], shown["activities"]) == (340, 5)


def test_the_people_of_an_edition_that_few_made_are_told_at_no_address(client, db, after):
    make_edition()
    make_report(make_activity(on(3)), researchers=7_771, public=6_660)
    told = {
        "/chiffres": "7 771",
        "/chiffres/2026": "7 771",
        "/chiffres/2026/preuves/chercheurs": "7 771",
    }
    told |= dict.fromkeys(["/chiffres.csv", "/chiffres.json", "/chiffres/2026.csv"], "7771")
    told |= dict.fromkeys(["/chiffres/2026.json", "/chiffres/2026/donnees.csv"], "7771")
    for address, number in told.items():
        text = client.get(address).get_data(as_text=True).replace("\u202f", " ")
        assert number not in text, address
        assert "secret" in text or "null" in text, address


def test_a_day_that_one_structure_tells_alone_is_secret_beside_activities_of_several_days(
    client, db, after
):
    make_edition()
    for number in (1, 2):
        organisation = make_organisation(name=f"Structure {number}")
        make_report(make_activity(on(3), on(4), organisation=organisation), researchers=5)
    make_report(make_activity(on(3), organisation=make_organisation(name="Seule")), researchers=77)
    rows = rows_of(client.get("/chiffres/2026/donnees.csv?par=jour"))
    # Nobody is told of the fourth: the two told their people of both days together.
    assert [(row["day"], row["researchers"]) for row in rows] == [
        ("2026-10-03", ""),
        ("2026-10-04", "0"),
        ("", ""),
    ]


def test_a_day_means_the_same_at_every_address_until_its_last_second(client, clock, after):
    edition = make_edition()
    make_report(make_activity(on(3)), validated_at=now())
    frozen = freeze(edition, number=1, reason="", region="76", by=None, at=now())
    publish(frozen, by=None, at=now())
    clock.move_to(now() + timedelta(hours=1))
    make_report(make_activity(on(3)), public=140, validated_at=now())
    # It ends tonight: nobody waits for its report yet.
    make_activity(now() + timedelta(hours=3))
    midnight = day_bounds(now().date())[1]
    make_report(make_activity(on(4)), public=1_000, validated_at=midnight)

    def told(day):
        (row,) = rows_of(client.get(f"/chiffres/2026/donnees.csv?au={day}"))
        page = client.get(f"/chiffres/2026.json?au={day}").json
        lines = rows_of(client.get(f"/chiffres/2026.csv?au={day}"))
        values = {each["figure"]: each["value"] for each in lines if each["breakdown"] == "total"}
        assert page["known_on"] == day
        assert str(page["visitors"]) == values["visitors"] == row["visitors"]
        assert str(page["coverage"]["due"]) == values["reports_due"] == row["reports_due"]
        return page["visitors"], page["coverage"]["due"]

    assert told("2026-11-03") == (68 + 168, 3)
    clock.move_to(midnight + timedelta(hours=8))
    assert told("2026-11-03") == (68 + 168, 4)
    assert told("2026-11-04") == (68 + 168 + 1_028, 4)
    page = client.get("/chiffres/2026?au=2026-11-03").get_data(as_text=True)
    for address in ("/chiffres/2026.csv", "/chiffres/2026.json", "/chiffres/2026.pdf"):
        assert f'href="{address}?au=2026-11-03"' in page, address
    assert 'href="/chiffres/2026/donnees.csv?par=commune&amp;au=2026-11-03"' in page


def test_frozen_figures_are_the_same_in_open_data_whatever_leaves_the_programme(
    client, counted, db
):
    frozen = freeze(counted, number=1, reason="", region="76", by=None, at=now())
    publish(frozen, by=None, at=now())
    db.session.commit()

    def told():
        page = client.get("/chiffres/2026.json").json
        (row,) = rows_of(client.get("/chiffres/2026/donnees.csv"))
        rows = rows_of(client.get("/chiffres/2026/donnees.csv?par=type"))
        assert int(row["visitors"]) == page["visitors"]
        kinds = {each["code"]: each["visitors"] for each in page["breakdowns"]["kind"]["rows"]}
        assert {each["kind"]: int(each["visitors"]) for each in rows} == kinds
        return page["visitors"]

    before = told()
    gone = db.session.scalars(select(Activity).order_by(Activity.id)).first()
    gone.status = Status.WITHDRAWN
    db.session.commit()
    assert told() == before == 340
