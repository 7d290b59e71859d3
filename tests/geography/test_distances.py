"""Distances: from point to point, and to the nearest of many places."""

import re

import pytest
from hypothesis import given, strategies as st

from fete.geography.arithmetic import Nearest, dots_of, kilometres

AUCH, TOULOUSE, MONTPELLIER = (0.5867, 43.6465), (1.4437, 43.6047), (3.8767, 43.6108)
# All around the earth, and close together: many at the same distance, some at the same point.
ANYWHERE = st.tuples(st.floats(-180, 180, allow_nan=False), st.floats(-90, 90, allow_nan=False))
CLOSE = st.tuples(st.integers(0, 4), st.integers(42, 46)).map(
    lambda at: (float(at[0]), float(at[1]))
)
POINTS = st.one_of(ANYWHERE, CLOSE)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (AUCH, AUCH, 0.0),
        (AUCH, TOULOUSE, 69.1),
        (AUCH, MONTPELLIER, 264.8),
        ((0.0, 0.0), (180.0, 0.0), 20_015.1),
        ((179.9, 0.0), (-179.9, 0.0), 22.2),
        ((0.0, 90.0), (123.0, 90.0), 0.0),
    ],
)
def test_a_distance_is_that_of_the_sphere(one, other, expected):
    assert round(kilometres(one, other), 1) == round(kilometres(other, one), 1) == expected


@given(POINTS, st.lists(POINTS, max_size=30))
def test_the_nearest_place_is_the_one_that_looking_at_all_of_them_finds(point, places):
    known = {f"{number:02}": place for number, place in enumerate(places)}
    found = Nearest(known).to(point)
    if not places:
        assert found is None
        return
    assert found is not None
    distance, code = found
    assert distance == kilometres(point, known[code])
    assert distance == pytest.approx(min(kilometres(point, each) for each in places), abs=1e-9)


def test_of_several_places_as_near_the_first_one_is_told():
    places = {"B": (1.0, 44.0), "C": (1.0, 42.0), "A": (1.0, 44.0)}
    assert Nearest(places).to((1.0, 43.0)) == (kilometres((1.0, 43.0), (1.0, 44.0)), "A")


def test_points_are_one_path_each_of_them_once():
    path = dots_of([(12, 5), (3, 40), (12, 5)])
    assert path == "M3 40h.1M12 5h.1"
    assert re.fullmatch(r"(M\d+ \d+h\.1)*", path)
    assert dots_of([]) == ""
