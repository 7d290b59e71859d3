"""Parting an edition twice: nothing is lost nor doubled, and nobody who made an activity is told apart."""

from dataclasses import fields
from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from fete.figures.arithmetic import (
    Line,
    Totals,
    by_days,
    by_kind,
    cross,
    hidden_keys,
    in_communes,
    in_departements,
    parted,
    totals,
    under,
    within,
)
from fete.figures.rules import ADDITIVE
from fete.reports.arithmetic import Counts, Outcome, together
from fete.reports.workflow import ReportStatus
from tests.figures.arithmetic.test_counting import programmes

PAIRS = [[*pair] for pair in permutations(ADDITIVE, 2)]
FIGURES = [each.name for each in fields(Totals) if each.name != "coverage"]


def told(
    *,
    number,
    departement="32",
    commune=None,
    kind="workshop",
    organisation=None,
    researchers=5,
    themes=(),
):
    return Line(
        activity_id=number,
        organisation_id=organisation or number,
        kind=kind,
        themes=themes,
        commune=commune,
        departement=departement,
        status=ReportStatus.VALIDATED,
        counts=Counts(outcome=Outcome.HELD, researchers=researchers),
    )


def sums(parts, names):
    return {name: sum(getattr(each, name) for each in parts) for name in names}


@given(programmes(), st.sampled_from(PAIRS))
def test_what_adds_up_in_both_breakdowns_adds_up_in_their_cross(lines, names):
    parts = cross(lines, names)
    additive = ADDITIVE[names[0]] & ADDITIVE[names[1]]
    whole = totals(lines)
    shown = [name for name in FIGURES if name in additive]
    assert sums(parts.values(), shown) == {name: getattr(whole, name) for name in shown}
    if "coverage" in additive:
        assert together(each.coverage for each in parts.values()) == whole.coverage


@given(programmes(), st.sampled_from(PAIRS))
def test_a_cross_adds_up_along_one_breakdown_to_the_parts_of_the_other(lines, names):
    shown = [name for name in FIGURES if name in ADDITIVE[names[1]]]
    parts = cross(lines, names)
    for (code,), whole in cross(lines, names[:1]).items():
        row = [each for key, each in parts.items() if key[0] == code]
        assert sums(row, shown) == {name: getattr(whole, name) for name in shown}


@given(programmes())
def test_one_breakdown_alone_is_what_it_is_on_the_page(lines):
    def alone(name):
        return {code: each for (code,), each in cross(lines, [name]).items()}

    assert alone("kind") == parted(lines, under(by_kind))
    assert alone("departement") == parted(lines, in_departements)
    assert alone("commune") == parted(lines, in_communes)
    assert alone("day") == parted(lines, by_days)
    assert cross(lines, []) == ({(): totals(lines)} if lines else {})


@given(programmes(), st.sampled_from(["31", "32", "81", "34"]))
def test_a_territory_tells_what_its_part_of_the_region_tells(lines, code):
    own = totals(within(lines, frozenset({code})))
    part = parted(lines, in_departements).get(code, Totals())
    shown = [name for name in FIGURES if name != "host_communes"]
    assert {name: getattr(own, name) for name in shown} == {
        name: getattr(part, name) for name in shown
    }
    assert own.coverage == part.coverage


@pytest.mark.parametrize(
    ("lines", "hidden"),
    [
        ([], set()),
        # Enough activities, of enough structures.
        ([told(number=n, departement="32") for n in (1, 2, 3)], set()),
        # Two activities only: the whole edition is too small.
        ([told(number=n, departement="32") for n in (1, 2)], {"32"}),
        # Three activities, of one structure.
        ([told(number=n, departement="32", organisation=9) for n in (1, 2, 3)], {"32"}),
        # Nobody would be found by a difference when two are hidden already.
        (
            [told(number=1, departement="09"), told(number=2, departement="11")]
            + [told(number=n, departement="32") for n in (3, 4, 5)],
            {"09", "11"},
        ),
        # One alone would be given back by the total: the smallest other goes with it.
        (
            [told(number=1, departement="09")]
            + [told(number=n, departement="11") for n in (2, 3, 4, 5)]
            + [told(number=n, departement="32") for n in (6, 7, 8)],
            {"09", "32"},
        ),
    ],
)
def test_what_fewer_than_three_made_is_secret_and_no_total_gives_it_back(lines, hidden):
    keys = hidden_keys(lines, ["departement"])
    assert keys == {(code,) for code in hidden}


def test_parts_that_add_up_to_a_secret_one_are_not_all_told():
    lines = [told(number=1, departement="09")]
    lines += [told(number=n, departement="32") for n in (2, 3, 4)]
    lines += [told(number=n, departement="32", kind="talk") for n in (5, 6, 7, 8)]
    lines += [told(number=n, departement="31") for n in range(20, 30)]
    names = ["departement", "kind"]
    assert hidden_keys(lines, names[:1]) == {("09",), ("32",)}
    # The Gers is secret with the Ariège; so is at least one of its kinds, each of them large enough by itself.
    assert ("32", "workshop") in hidden_keys(lines, names)


@given(programmes(), st.sampled_from([*ADDITIVE, *map(tuple, PAIRS)]))
def test_a_sum_that_is_told_never_has_one_unknown(lines, asked):
    names = [asked] if isinstance(asked, str) else [*asked]
    parts, hidden = cross(lines, names), hidden_keys(lines, names)
    for place in range(len(names)):
        others = [*names[:place], *names[place + 1 :]]
        above = hidden_keys(lines, others)
        for whole in cross(lines, others):
            row = {
                key
                for key, each in parts.items()
                if key[:place] + key[place + 1 :] == whole and each.teams
            }
            # A part that is alone is the whole itself.
            assert len(row) < 2 or (whole in above) + len(row & hidden) != 1
    assert {key for key, each in parts.items() if each.teams in {1, 2}} <= hidden


def test_a_commune_is_not_told_where_its_departement_gives_it_back():
    lines = [told(number=n, commune="32013", departement="32") for n in (1, 2, 3)]
    lines += [told(number=4, commune="32462", departement="32")]
    lines += [told(number=n, commune="31555", departement="31") for n in (5, 6, 7, 8)]
    lines += [told(number=9, commune="31395", departement="31")]
    # Two are small, which would be enough were there no départements.
    assert hidden_keys(lines, ["commune"]) == {
        ("32462",),
        ("32013",),
        ("31395",),
        ("31555",),
    }
    assert hidden_keys(lines, ["departement"]) == frozenset()


def test_who_tells_nobody_gives_no_company():
    lines = [told(number=n, kind="talk", researchers=None) for n in (1, 2, 3)]
    lines += [told(number=4, kind="talk"), *(told(number=n) for n in (5, 6, 7, 8))]
    assert ("talk",) in hidden_keys(lines, ["kind"])


def test_themes_give_nobody_back_where_each_activity_has_one():
    lines = [told(number=n, themes=("exact",)) for n in (1, 2, 3)]
    lines += [told(number=4, themes=("digital",))]
    assert hidden_keys(lines, ["theme"]) == {("exact",), ("digital",)}
