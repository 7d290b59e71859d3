"""The communes of France are loaded once, and written again only where they differ."""

import pytest
from sqlalchemy import func, select

from fete.core.db import db as database
from fete.geography.models import Commune, Departement, Region
from fete.geography.services import load_reference

OCCITANIE = ["09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"]


def counted() -> dict[str, int | None]:
    return {
        model.__tablename__: database.session.scalar(select(func.count()).select_from(model))
        for model in (Region, Departement, Commune)
    }


def test_a_region_comes_with_its_departements_and_communes_alone(db):
    assert counted() == {"region": 1, "departement": 13, "commune": 4446}
    codes = database.session.scalars(select(Departement.code).order_by(Departement.code))
    assert list(codes) == OCCITANIE


def test_all_of_france_is_loaded_beside_what_stands(db):
    load_reference()
    assert counted() == {"region": 26, "departement": 109, "commune": 34969}


def test_loading_again_writes_nothing(db, queries):
    with queries() as asked:
        load_reference(regions={"76"})
    assert [statement.split()[0] for statement in asked] == ["SELECT", "SELECT", "SELECT"]


def test_what_was_changed_is_written_right_again(db):
    auch = database.session.get(Commune, "32013")
    assert auch is not None
    auch.name, auch.population = "Augusta", 0
    gers = database.session.get(Departement, "32")
    assert gers is not None
    gers.name = "Gascogne"
    database.session.flush()

    load_reference(regions={"76"})

    assert (auch.name, auch.population > 20_000, gers.name) == ("Auch", True, "Gers")
    assert counted() == {"region": 1, "departement": 13, "commune": 4446}


def test_a_commune_that_is_not_in_the_file_any_more_stays(db):
    gone = Commune(
        code="32999",
        name="Ys",
        departement_code="32",
        post_codes="32999",
        population=1,
        search="ys",
    )
    database.session.add(gone)
    database.session.flush()
    load_reference(regions={"76"})
    assert database.session.get(Commune, "32999") is not None


def test_a_commune_is_whole(db):
    toulouse = database.session.get(Commune, "31555")
    assert toulouse is not None
    assert toulouse.name == "Toulouse"
    assert toulouse.departement_name == "Haute-Garonne"
    assert toulouse.departement.region.name == "Occitanie"
    assert toulouse.post_codes.split() == ["31000", "31100", "31200", "31300", "31400", "31500"]
    assert toulouse.label == "Toulouse (31000)"
    # The point of the town, within two kilometres of its Capitole.
    assert toulouse.latitude == pytest.approx(43.604, abs=0.02)
    assert toulouse.longitude == pytest.approx(1.444, abs=0.02)


def test_former_names_are_kept_folded_with_the_commune_of_today(db):
    found = database.session.execute(
        select(Commune.code, Commune.former_names)
        .where(Commune.former_names.like("%|%"))
        .order_by(Commune.code)
        .limit(1)
    ).one()
    assert found.former_names == "|".join(sorted(found.former_names.split("|")))
    assert found.former_names == found.former_names.lower()


def test_every_commune_of_the_region_can_be_put_on_a_map_and_written_to(db):
    missing = select(func.count(Commune.code)).where(
        (Commune.latitude.is_(None)) | (Commune.longitude.is_(None)) | (Commune.post_codes == "")
    )
    assert database.session.scalar(missing) == 0


def test_places_without_inhabitants_have_no_point_nor_post_code(db):
    load_reference()
    crozet = database.session.get(Commune, "98413")
    assert crozet is not None
    assert (crozet.latitude, crozet.post_codes, crozet.population) == (None, "", 0)
    assert crozet.label == "Archipel des Crozet (98413)"


def test_the_command_loads_all_of_france(app, db):
    result = app.test_cli_runner().invoke(args=["geography", "load"])
    assert (result.exit_code, result.output) == (0, "Les communes de France sont à jour.\n")
    assert counted() == {"region": 26, "departement": 109, "commune": 34969}
