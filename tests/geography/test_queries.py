"""A commune is found as people name it."""

import pytest

from fete.geography.queries import departements_of_region, find_commune, matching_communes
from fete.geography.services import load_reference


def labels(typed: str, limit: int = 10) -> list[str]:
    return [commune.label for commune in matching_communes(typed, limit)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("toulouse", ["Toulouse (31000)"]),
        ("  TOULOUSE ", ["Toulouse (31000)"]),
        ("31000", ["Toulouse (31000)"]),
        ("310", ["Toulouse (31000)"]),
        ("31500", ["Toulouse (31000)"]),
        ("Auch (32000)", ["Auch (32000)"]),
        ("auch 32", ["Auch (32000)"]),
        ("32000 Auch", ["Auch (32000)"]),
        ("Auch (31000)", []),
        ("vieille-toulouse", ["Vieille-Toulouse (31320)"]),
        # A word inside the name, when no name begins with it.
        ("jourdain", ["L’Isle-Jourdain (32600)"]),
        ("vigan", ["Le Vigan (30120)", "Le Vigan-en-Quercy (46300)"]),
        ("l isle jourdain", ["L’Isle-Jourdain (32600)"]),
        ("L'Isle-Jourdain", ["L’Isle-Jourdain (32600)"]),
        ("L’Isle-Jourdain", ["L’Isle-Jourdain (32600)"]),
        ("isle jourdain", ["L’Isle-Jourdain (32600)"]),
        ("lisle jourdain", ["L’Isle-Jourdain (32600)"]),
        ("lislejourdain", ["L’Isle-Jourdain (32600)"]),
        ("bezier", ["Béziers (34500)"]),
        ("BÉZIERS", ["Béziers (34500)"]),
        ("beziers", ["Béziers (34500)"]),
        # An official code where nobody receives letters under that number.
        ("32013", ["Auch (32000)"]),
        ("31555", ["Toulouse (31000)"]),
        ("99999", []),
        ("Nulle-Part-sur-Rien", []),
    ],
)
def test_a_commune_is_found_as_people_write_it(app, db, typed, found):
    assert labels(typed) == found


@pytest.mark.parametrize("typed", ["st gaudens", "St-Gaudens", "Saint Gaudens", "SAINT-GAUDENS"])
def test_saint_may_be_short(app, db, typed):
    assert labels(typed) == ["Saint-Gaudens (31800)"]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "a",
        "%",
        "_",
        "%%",
        "__",
        "a%",
        "_o_l_use",
        "'",
        "\\",
        "x' OR '1'='1",
        "\x00",
        "−",
        "(",
        "31 32",
        "日本",
    ],
)
def test_hostile_or_empty_text_finds_nothing(app, db, typed):
    assert labels(typed) == []


def test_signs_of_the_database_are_no_jokers(app, db):
    assert labels("tou%") == labels("tou")
    assert labels("tou%ouse") == []
    assert labels("31_00") == []
    assert labels("au_h") == []


def test_a_text_without_end_is_cut(app, db):
    assert labels("toulouse" + " " * 200_000 + "x") == labels("toulouse")


def test_the_exact_name_comes_first_then_the_most_populated(app, db):
    found = matching_communes("castel", limit=10)
    assert len(found) == 10
    populations = [commune.population for commune in found]
    assert populations == sorted(populations, reverse=True)
    assert labels("aur")[0] != "Aure (31000)"
    assert labels("muret")[0] == "Muret (31600)"
    assert labels("lombez")[0] == "Lombez (32220)"


def test_homonyms_are_all_offered(app, db):
    found = labels("sainte colombe")
    assert len(found) == len(set(found)) > 1


def test_a_name_and_a_number_tell_homonyms_apart(app, db):
    assert labels("Saint-Lary (31350)") == ["Saint-Lary-Boujean (31350)"]
    assert labels("sainte colombe 46120") == ["Sainte-Colombe (46120)"]


def test_a_former_name_finds_the_commune_of_today(app, db):
    found = find_commune("12021")
    assert found is not None
    assert found.former_names != ""
    for name in found.former_names.split("|"):
        assert found in matching_communes(name)


def test_every_label_finds_its_commune(app, db):
    """A label typed whole means one commune: its own comes first."""
    sample = [
        commune
        for typed in ("saint", "mont", "la", "castel", "le", "vi", "bea")
        for commune in matching_communes(typed, limit=40)
    ]
    assert len(sample) > 200
    wrong = [commune.label for commune in sample if matching_communes(commune.label) != [commune]]
    assert wrong == []


def test_the_region_of_the_network_comes_before_the_rest_of_france(app, db):
    load_reference(regions={"76", "84", "75"})
    assert labels("l'isle jourdain") == ["L’Isle-Jourdain (32600)", "L’Isle-Jourdain (86150)"]
    # The exact name wins over the region.
    assert labels("saint etienne")[0] == "Saint-Étienne (42000)"
    assert {label[-6:-4] for label in labels("saint etienne")[1:5]} <= {
        "09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82",
    }  # fmt: skip


def test_a_corsican_code_is_read(app, db):
    load_reference(regions={"94"})
    assert labels("2a004") == labels("2A004") == ["Ajaccio (20000)"]


def test_one_question_is_asked(app, db, queries):
    for typed, count in [
        ("toul", 1),
        ("310", 1),
        ("Auch (32000)", 1),
        ("32013", 2),
        ("auc 32", 2),
        ("zzzz", 2),
        ("isle jourd", 1),
        ("lislejourd", 2),
        ("a", 0),
    ]:
        with queries() as asked:
            [commune.departement_name for commune in matching_communes(typed)]
        assert len(asked) == count, typed


def test_a_code_finds_its_commune(app, db):
    auch = find_commune("32013")
    assert auch is not None
    assert auch.name == "Auch"
    assert find_commune("00000") is None
    assert find_commune("") is None


def test_the_departements_of_a_region_stand_in_order(app, db):
    assert [departement.code for departement in departements_of_region("76")] == [
        "09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82",
    ]  # fmt: skip
    assert departements_of_region("00") == []
