"""A file from end to end: read, planned, carried out, taken in again."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from fete.core.clock import now
from fete.core.errors import RefusedFileError
from fete.exchange import plan as planning
from fete.exchange.models import ImportRun, SourceLink
from fete.exchange.services import apply
from fete.journal.models import Entry
from fete.network.models import Organisation
from fete.programme.models import Activity, Slot, SlotAudience
from fete.programme.workflow import SlotState, Status
from fete.reports.models import Report
from fete.reports.workflow import ReportStatus
from tests.factories.network import make_organisation
from tests.factories.programme import make_edition

DOCS = Path(__file__).parents[2] / "docs"
HEADING = "reference;structure;type;titre;lieu;code_insee;commune;departement;creneaux;bilan;public;scolaires;accompagnateurs;village\n"
ROW = "a1;Muséum;atelier;Étoiles;Salle bleue;32013;;;03/10/2026 10h-12h;tenue;40;25;3;\n"


@pytest.fixture
def edition(db):
    return make_edition()


def take_in(text: str, edition):
    plan = planning.plan(text.encode(), edition)
    return apply(plan, filename="essai.csv", at=now())


def counts(db) -> dict[str, int]:
    return {
        model.__name__: db.session.scalar(select(func.count()).select_from(model))
        for model in (Activity, Slot, Report, Organisation, SourceLink, ImportRun, Entry)
    }


def test_a_line_becomes_an_activity_with_its_slots_and_its_report(db, edition):
    run = take_in(HEADING + ROW, edition)
    assert (run.created, run.updated, run.unchanged) == (1, 0, 0)
    activity = db.session.scalars(select(Activity)).one()
    report = db.session.scalars(select(Report)).one()
    assert (activity.title, activity.status, activity.kind.code, activity.organisation.name) == (
        "Étoiles",
        Status.PUBLISHED,
        "workshop",
        "Muséum",
    )
    assert (activity.venue.name, activity.venue.commune_code, activity.is_free) == (
        "Salle bleue",
        "32013",
        True,
    )
    assert [(slot.starts_at.isoformat(), slot.ends_at.isoformat()) for slot in activity.slots] == [
        ("2026-10-03T08:00:00+00:00", "2026-10-03T10:00:00+00:00")
    ]
    assert (report.status, report.public, report.pupils, report.adults, report.counts.visitors) == (
        ReportStatus.VALIDATED,
        40,
        25,
        3,
        68,
    )
    assert "etoil" in activity.search


def test_the_same_file_twice_changes_nothing(db, edition):
    take_in(HEADING + ROW, edition)
    before = counts(db)
    again = take_in(HEADING + ROW, edition)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert counts(db) == before


def test_a_corrected_file_changes_what_it_corrects_and_calendars_learn_it(db, edition):
    take_in(HEADING + ROW, edition)
    slot = db.session.scalars(select(Slot)).one()
    uid = slot.uid
    run = take_in(
        HEADING + ROW.replace("Étoiles", "Planètes").replace("12h", "13h").replace(";40;", ";41;"),
        edition,
    )
    assert (run.created, run.updated, run.unchanged) == (0, 1, 0)
    activity = db.session.scalars(select(Activity)).one()
    slot = db.session.scalars(select(Slot)).one()
    report = db.session.scalars(select(Report)).one()
    assert (activity.title, report.public, slot.uid) == ("Planètes", 41, uid)
    assert slot.revision > 0
    assert slot.state in {SlotState.SCHEDULED, SlotState.RESCHEDULED}


def test_a_published_slot_that_the_file_lost_is_refused(db, edition):
    take_in(HEADING + ROW, edition)
    plan = planning.plan((HEADING + ROW.replace("03/10", "04/10")).encode(), edition)
    assert [(refusal.line, refusal.column) for refusal in plan.refusals] == [(2, "creneaux")]


def test_one_refused_line_keeps_the_whole_file_out(db, edition):
    before = counts(db)
    bad = ROW.replace("a1", "a2").replace("32013", "99999")
    plan = planning.plan((HEADING + ROW + bad).encode(), edition)
    assert [str(refusal) for refusal in plan.refusals] == [
        "ligne 3, colonne code_insee : aucune commune n’a le code 99999"
    ]
    with pytest.raises(RefusedFileError):
        apply(plan, filename="essai.csv", at=now())
    assert counts(db) == before


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        (
            ROW.replace("atelier", "kermesse"),
            "ligne 2, colonne type : « kermesse » n’est pas dans la liste",
        ),
        (
            ROW.replace("32013;;", ";Nulle-Part;32"),
            "ligne 2, colonne commune : aucune commune ne s’appelle « Nulle-Part » dans le département 32",
        ),
        (
            ROW.replace("32013;;", ";Auch;"),
            "ligne 2, colonne commune : donnez le code de la commune, ou son nom et son département",
        ),
        (
            ROW.replace("12h", "12h|03/10/2026 11h-13h"),
            "ligne 2, colonne creneaux : créneau 2 : Ce créneau chevauche celui du 03/10/2026 à 10:00.",
        ),
        (
            ROW.replace("/2026", "/2025"),
            "ligne 2, colonne creneaux : créneau 1 : Cette date n’est pas en 2026.",
        ),
        (
            ROW.replace(";3;\n", ";3;v9\n"),
            "ligne 2, colonne village : « v9 » n’est la référence d’aucun village du fichier",
        ),
        (ROW + ROW, "ligne 3, colonne reference : cette activité est déjà à la ligne 2"),
    ],
)
def test_a_refusal_names_the_line_the_column_and_the_reason(db, edition, row, refusal):
    assert [str(each) for each in planning.plan((HEADING + row).encode(), edition).refusals] == [
        refusal
    ]


def test_a_commune_is_found_by_its_name_and_by_the_one_it_had(db, edition):
    take_in(HEADING + ROW.replace("32013;;", ";l isle-jourdain;32"), edition)
    assert db.session.scalars(select(Activity)).one().venue.commune.name == "L’Isle-Jourdain"


def test_a_structure_that_exists_is_found_whatever_its_spelling(db, edition):
    known = make_organisation(name="Muséum d’Auch")
    take_in(
        HEADING
        + ROW.replace("Muséum", "museum d'auch")
        + ROW.replace("a1", "a2").replace("Muséum", "MUSÉUM D’AUCH"),
        edition,
    )
    assert {activity.organisation_id for activity in db.session.scalars(select(Activity))} == {
        known.id
    }


def test_a_stand_stands_in_the_village_of_the_file_wherever_its_line_is(db, edition):
    village = (
        ROW.replace("a1", "v1")
        .replace("atelier", "village des sciences")
        .replace("Étoiles", "Village")
    )
    take_in(HEADING + ROW.replace(";3;\n", ";3;v1\n") + village, edition)
    stand, container = (
        db.session.scalars(select(Activity).where(Activity.title == title)).one()
        for title in ("Étoiles", "Village")
    )
    assert stand.parent is container


def test_the_sample_of_real_activities_is_taken_in_whole(db, app):
    edition = make_edition(2021, starts_on=date(2021, 10, 1), ends_on=date(2021, 10, 11))
    run = apply(
        planning.plan((DOCS / "exemples" / "activites-2021.csv").read_bytes(), edition),
        filename="2021",
        at=now(),
    )
    assert (run.created, run.updated, run.unchanged) == (7, 0, 0)
    slots = Counter(slot.activity.title for slot in db.session.scalars(select(Slot)))
    assert slots["Fête de la science 2021 au CEMES"] == 11
    assert slots["Festival des sciences au Parc de Lunaret"] == 1
    assert {activity.venue.commune.name for activity in db.session.scalars(select(Activity))} == {
        "Toulouse",
        "Montpellier",
        "Alès",
    }
    again = planning.plan((DOCS / "exemples" / "activites-2021.csv").read_bytes(), edition)
    assert (len(again.creates), len(again.updates), again.unchanged, again.refusals) == (
        0,
        0,
        7,
        [],
    )


def test_what_public_pages_left_out_is_told_line_by_line(db, edition, samples):
    plan = planning.plan((samples / "activites-2016-2024.csv").read_bytes(), edition)
    told = [str(refusal) for refusal in plan.refusals]
    assert "ligne 3, colonne creneaux : cette cellule est nécessaire" in told
    assert "ligne 2, colonne creneaux : créneau 1 : Cette date n’est pas en 2026." in told
    assert "ligne 19, colonne structure : cette cellule est nécessaire" in told


def test_the_command_says_what_it_did_and_keeps_nothing_when_only_trying(app, db, tmp_path):
    make_edition()
    file = tmp_path / "essai.csv"
    file.write_text(HEADING + ROW, "utf-8")
    runner = app.test_cli_runner()
    tried = runner.invoke(args=["import", str(file), "--edition", "2026", "--dry-run"])
    assert tried.exit_code == 0, tried.output
    assert "1 activités seraient créées" in tried.output
    assert db.session.scalar(select(func.count()).select_from(Activity)) == 0
    done = runner.invoke(args=["import", str(file), "--edition", "2026"])
    assert "Édition 2026 : 1 activités créées, 0 changées, 0 inchangées." in done.output
    assert db.session.scalar(select(func.count()).select_from(Activity)) == 1


def test_the_command_lists_refusals_and_fails(app, db, tmp_path):
    make_edition()
    file = tmp_path / "essai.csv"
    file.write_text(HEADING + ROW.replace("32013", "99999"), "utf-8")
    failed = app.test_cli_runner().invoke(args=["import", str(file), "--edition", "2026"])
    assert failed.exit_code == 1
    assert "ligne 2, colonne code_insee : aucune commune n’a le code 99999" in failed.stderr
    assert "Rien n’a été repris : 1 refus." in failed.stderr
    missing = app.test_cli_runner().invoke(args=["import", str(file), "--edition", "1999"])
    assert "ouvrez-la d’abord" in missing.stderr


def test_what_a_file_does_not_tell_of_a_slot_stays_as_it_stands(db, edition):
    take_in(HEADING + ROW, edition)
    slot = db.session.scalars(select(Slot)).one()
    slot.audience, slot.classes, slot.is_opening = SlotAudience.PUBLIC, None, True
    take_in(HEADING + ROW.replace("12h", "13h"), edition)
    slot = db.session.scalars(select(Slot)).one()
    assert (slot.audience, slot.is_opening, slot.ends_at - slot.starts_at) == (
        SlotAudience.PUBLIC,
        True,
        timedelta(hours=3),
    )
