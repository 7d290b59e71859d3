"""Two colours can be read on one another, or are moved until they can."""

import pytest
from hypothesis import given, strategies as st

from fete.core.colours import READABLE, contrast, ink_on, read_colour, readable

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"{number:06x}")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("#17315F", "17315f"),
        (" fff ", "ffffff"),
        ("a1c", "aa11cc"),
        ("", None),
        ("17315", None),
        ("red", None),
        ("#12345g", None),
        ("f" * 1000, None),
        ("ffffff;}body{display:none", None),
        ("١٢٣", None),
    ],
)
def test_a_colour_is_six_or_three_signs(typed, read):
    assert read_colour(typed) == read


def test_contrast_is_that_of_wcag():
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("17315f", "17315f") == 1


@given(COLOURS, COLOURS)
def test_whatever_is_chosen_can_be_read(colour, background):
    assert contrast(ink_on(background), background) >= READABLE
    moved = readable(colour, background)
    assert contrast(moved, background) >= READABLE
    assert read_colour(moved) == moved


def test_what_can_be_read_stays_as_it_is():
    assert readable("17315f", "ffffff") == "17315f"
    assert readable("767676", "ffffff") == "767676"
    assert readable("777777", "ffffff") == "767676"
