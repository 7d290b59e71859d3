"""What a field holds, in words."""

from datetime import date, time, timedelta

import pytest

from fete.core.clock import from_paris
from fete.programme.models import Slot
from fete.programme.rules.wording import time_in_full, words
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


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (2, "samedi 3 octobre 2026, de 10\u00a0h à 12\u00a0h"),
        (14, "samedi 3 octobre 2026, de 10\u00a0h à 0\u00a0h"),
        (16, "du samedi 3 octobre 2026 à 10\u00a0h au dimanche 4 octobre 2026 à 2\u00a0h"),
    ],
)
def test_a_time_names_its_last_day_when_that_is_another(app, hours, said):
    starts_at = from_paris(date(2026, 10, 3), time(10))
    slot = Slot(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))
    assert time_in_full(slot) == said
