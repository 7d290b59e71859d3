"""Which places a search names."""

import pytest

from fete.programme.rules.naming import called, named_in

NAMES = {
    "31": "Haute-Garonne",
    "32": "Gers",
    "34": "Hérault",
    "81": "Tarn",
    "82": "Tarn-et-Garonne",
}


@pytest.mark.parametrize(
    ("text", "codes", "left"),
    [
        ("Hérault", {"34"}, ""),
        ("herault", {"34"}, ""),
        ("dans l’Hérault", {"34"}, ""),
        ("planétarium haute garonne", {"31"}, "planetarium"),
        ("Tarn et Garonne", {"82"}, ""),
        ("le Tarn, le Gers", {"81", "32"}, ""),
        ("tarn volcans tarn et garonne", {"81", "82"}, "volcans"),
        ("au bord de la Garonne", set(), "bord garonne"),
        ("gersois", set(), "gersois"),
        ("", set(), ""),
        ("de la", set(), ""),
    ],
)
def test_a_search_names_places_by_their_whole_names_and_says_something_else(text, codes, left):
    assert named_in(text, NAMES) == (codes, left)


@pytest.mark.parametrize(
    ("text", "codes"),
    [("le Gers", ["32"]), ("GERS", ["32"]), ("ateliers gers", []), ("tarn", ["81"]), ("de la", [])],
)
def test_a_search_is_the_name_of_a_place_when_it_says_nothing_else(text, codes):
    assert called(text, NAMES) == codes
