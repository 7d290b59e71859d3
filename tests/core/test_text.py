"""Text as people type it."""

import pytest
from hypothesis import given, strategies as st

from fete.core.text import (
    asked_words,
    cell,
    clean,
    fold,
    fold_name,
    search_text,
    slug,
    stems,
    telling_words,
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Œuvre d’Été", "oeuvre d’ete"),
        ("ÇA", "ca"),
        ("Lætitia", "laetitia"),
        ("naïveté", "naivete"),
    ],
)
def test_folding_takes_accents_capitals_and_ligatures_away(typed, folded):
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("St-Étienne", "saint etienne"),
        ("Saint Étienne", "saint etienne"),
        ("L’Isle-Jourdain", "l isle jourdain"),
        ("  Ste  Foy ", "sainte foy"),
    ],
)
def test_a_name_is_compared_without_its_spelling(typed, name):
    assert fold_name(typed) == name


def test_plurals_elisions_and_empty_words_do_not_matter_to_a_search():
    assert stems("les étoiles de l’hiver") == stems("étoile hiver") == stems("L'étoile d'HIVER")


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Les étoiles", "etoile"),
        ("Œnologie", "oenologie"),
        ("chercheuses", "chercheuse"),
        ("géologie", "geologie"),
        ("préhistoire", "prehistoire"),
        ("énergies", "energie"),
    ],
)
def test_what_is_asked_without_accents_is_found(written, asked):
    kept = search_text(written).split()
    assert set(stems(asked)) <= set(kept)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", []),
        ("« ! »", []),
        ("les étoiles", [("etoiles", "etoil")]),
        ("l eau", [("eau",)]),
        ("vitamine d", [("vitamine", "vitamin")]),
        ("d", [("d",)]),
        ("de la", [("la",)]),
        ("a_b", [("b",)]),
        ("e\u0301toile", [("etoile", "etoil")]),
    ],
)
def test_the_words_of_a_search_come_with_the_forms_that_find_them(typed, words):
    assert asked_words(typed) == words


@given(st.text(max_size=80))
def test_every_word_asked_is_among_those_kept_of_the_same_text(text):
    kept = search_text(text).split()
    full = asked_words(text) if stems(text) else []
    assert all(set(forms) <= set(kept) for forms in full)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dans l’Hérault", ("herault",)),
        ("Tarn-et-Garonne", ("tarn", "garonne")),
        ("Côte d'Or", ("cote", "or")),
        ("l eau de la", ("eau",)),
        ("de la", ()),
    ],
)
def test_the_words_that_tell_something_are_compared_folded(text, words):
    assert telling_words(text) == words


def test_a_search_takes_twelve_words_at_most():
    assert len(asked_words("eau " * 50)) == 12


def test_control_characters_go_and_line_ends_are_one_kind():
    assert clean("a\x00b\r\nc\u2028d\ufeff ") == "ab\ncd"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)


@given(st.text(max_size=300))
def test_a_slug_is_never_empty_and_fits_an_address(text):
    made = slug(text)
    assert made
    assert len(made) <= 60
    assert all(c.isascii() and (c.isalnum() or c == "-") for c in made)


def test_an_apostrophe_separates_words_in_a_slug():
    assert slug("L’école d'à côté") == "l-ecole-d-a-cote"


@pytest.mark.parametrize("typed", ["=1+1", "+33 5 61", "-2", "@SUM(A1)", "\t=1", " =1", "\r\n=1"])
def test_a_cell_is_never_a_formula(typed):
    assert cell(typed) == "'" + typed


@pytest.mark.parametrize("typed", ["", "Auch", "1 200", "a=b", "l’île", "'=1"])
def test_a_cell_that_is_no_formula_stays_as_it_is(typed):
    assert cell(typed) == typed
