"""Small maps: from degrees to the units of a drawing."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from fete.geography.arithmetic import WIDTH, Box, atlas_of, view_of
from fete.geography.queries import atlas, map_of

# Two squares of one degree side by side, and one far from them, around the parallel where a degree is half as wide.
SQUARE = [(0.0, 59.0), (1.0, 59.0), (1.0, 60.0), (0.0, 60.0), (0.0, 59.0)]
BESIDE = [(x + 1, y) for x, y in SQUARE]
AFAR = [(x, y + 2) for x, y in SQUARE]
THREE = [("A", "Un", [SQUARE]), ("B", "Deux", [BESIDE]), ("C", "Trois", [AFAR])]


def test_outlines_become_paths_and_keep_their_proportions():
    drawn = atlas_of(THREE)
    # Three degrees high, two wide; at 60.5 degrees north, one of longitude is 0.4924 of one of latitude.
    assert drawn.box == Box(left=0, top=0, right=WIDTH, bottom=3046)
    assert drawn.outlines["A"].path == "M0 3046l500 0 0 -1015 -500 0 0 1015z"
    assert drawn.outlines["B"].box == Box(left=500, top=2031, right=1000, bottom=3046)
    assert drawn.projection.place(1.0, 59.0) == (500, 3046)


def test_a_territory_of_several_parts_is_one_path():
    drawn = atlas_of([("A", "Un", [SQUARE, AFAR])])
    assert drawn.outlines["A"].path.count("M") == drawn.outlines["A"].path.count("z") == 2


def test_a_view_shows_what_is_asked_and_what_touches_it():
    view = view_of(atlas_of(THREE), ["A"], [(0.5, 59.5), (0.5, 59.5)])
    assert view is not None
    assert [each.name for each in view.shown] == ["Un"]
    assert [each.name for each in view.beside] == ["Deux"]
    assert view.dots == ((250, 2538),)
    assert (view.box.left < 0, view.box.right > 500, view.box.bottom > 3046) == (True, True, True)


@pytest.mark.parametrize("codes", [[], ["Z"]])
def test_what_is_not_drawn_has_no_view(codes):
    assert view_of(atlas_of(THREE), codes, [(0.5, 59.5)]) is None


@given(
    st.lists(st.sampled_from(["09", "11", "31", "32", "48", "65"]), min_size=1, max_size=4),
    st.lists(st.tuples(st.floats(-1, 5), st.floats(42, 45.5)), max_size=4),
)
def test_a_view_holds_all_that_it_shows(app, codes, points):
    view = map_of(codes, points)
    assert view is not None
    assert {each.code for each in view.shown} == set(codes)
    for outline in view.shown:
        assert view.box.left < outline.box.left < outline.box.right < view.box.right
        assert view.box.top < outline.box.top < outline.box.bottom < view.box.bottom
    for x, y in view.dots:
        assert view.box.left < x < view.box.right
        assert view.box.top < y < view.box.bottom
    assert 0.99 <= view.box.width / view.box.height <= 1.61


def test_the_region_is_drawn_whole_and_light(app):
    drawn = atlas()
    assert drawn is not None
    assert len(drawn.outlines) == 13
    assert sum(len(each.path) for each in drawn.outlines.values()) < 8000
    for outline in drawn.outlines.values():
        assert re.fullmatch(r"(M-?\d+ -?\d+l(-?\d+ -?\d+ ?)+z)+", outline.path), outline.name


def test_towns_stand_where_they_are(app):
    auch, toulouse = (
        drawn.dots[0]
        for drawn in filter(
            None, (map_of(["32"], [(0.586, 43.646)]), map_of(["31"], [(1.444, 43.605)]))
        )
    )
    drawn = atlas()
    assert drawn is not None
    gers, garonne = drawn.outlines["32"].box, drawn.outlines["31"].box
    assert (gers.left < auch[0] < gers.right, gers.top < auch[1] < gers.bottom) == (True, True)
    assert (garonne.left < toulouse[0] < garonne.right) is True
    assert auch[0] < toulouse[0]


def test_a_network_overseas_has_no_map(app, monkeypatch):
    monkeypatch.setitem(
        app.extensions, "fete.settings", replace(app.extensions["fete.settings"], region="04")
    )
    assert atlas() is None
    assert map_of(["32"], [(0.586, 43.646)]) is None
