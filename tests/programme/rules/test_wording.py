"""What a field holds, in words."""

import pytest

from fete.programme.rules.wording import words
from tests.factories.programme import make_venue


@pytest.mark.usefixtures("db")
def test_places_are_told_apart_though_their_names_hold_commas():
    hall = make_venue(name="Halle")
    museum = make_venue(name="Musée")
    assert (
        words([hall, museum])
        == "Halle, 1 rue des Écoles, Auch\u00a0; Musée, 1 rue des Écoles, Auch"
    )


@pytest.mark.parametrize(("held", "said"), [([], ""), (["un"], "un"), (["un", "deux"], "un, deux")])
def test_what_holds_no_comma_is_listed_with_commas(held, said):
    assert words(held) == said
