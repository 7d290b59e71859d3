"""What is behind a figure adds up to it, whatever the programme."""

from dataclasses import fields

from hypothesis import given

from fete.figures.arithmetic import (
    Totals,
    host_proof,
    organisation_proof,
    parted,
    proof,
    totals,
)
from fete.figures.arithmetic.shading import shades_of
from fete.figures.queries.ledgers import WAYS
from tests.figures.arithmetic.test_counting import programmes

APART = {"coverage", "host_communes", "organisations", "teams"}
KEYS = [each.name for each in fields(Totals) if each.name not in APART]


@given(programmes())
def test_the_rows_behind_a_figure_add_up_to_it(lines):
    counted = totals(lines)
    for key in KEYS:
        assert sum(proof(lines, key).values()) == getattr(counted, key), key
    assert len(host_proof(lines)) == counted.host_communes
    assert len(organisation_proof(lines)) == counted.organisations


@given(programmes())
def test_the_rows_behind_each_part_add_up_to_it(lines):
    for name, way in WAYS.items():
        for code, counted in parted(lines, way).items():
            for key in KEYS:
                rows = proof(lines, key, way=way, code=code)
                assert sum(rows.values()) == getattr(counted, key), (name, code, key)
            assert len(host_proof(lines, way=way, code=code)) == counted.host_communes, (name, code)
            held = organisation_proof(lines, way=way, code=code)
            assert len(held) == counted.organisations, (name, code)


def test_shades_part_territories_in_classes_and_leave_nothing_apart():
    ranks, classes = shades_of({"a": 0, "b": 5, "c": 5, "d": 20, "e": 30, "f": 400})
    assert ranks == {"a": 0, "b": 1, "c": 1, "d": 2, "e": 3, "f": 3}
    assert [(each.rank, each.low, each.high) for each in classes] == [
        (0, 0, 0),
        (1, 5, 5),
        (2, 20, 20),
        (3, 30, 400),
    ]


def test_a_map_of_nothing_has_one_shade():
    ranks, classes = shades_of({"a": 0, "b": 0})
    assert (ranks, len(classes)) == ({"a": 0, "b": 0}, 1)
    assert shades_of({}) == ({}, [])
