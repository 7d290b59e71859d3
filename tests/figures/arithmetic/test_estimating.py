"""What missing reports would tell, apart from what was counted."""

from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given

from fete.figures.arithmetic import Estimate, Ground, Line, Size, estimate, totals
from fete.reports.arithmetic import Counts, Outcome
from fete.reports.workflow import ReportStatus
from tests.figures.arithmetic.test_counting import programmes

DAY, DAYS, WEEK = ("2026-10-03",), ("2026-10-03",) * 3, ("2026-10-03",) * 8
NUMBER = iter(range(1, 1_000_000))


def told(visitors, **values):
    known = {"kind": "workshop", "days": DAY, "status": ReportStatus.VALIDATED}
    counts = Counts(outcome=Outcome.HELD, public=visitors)
    return Line(activity_id=next(NUMBER), **({"counts": counts} | known | values))


def silent(**values):
    known = {"kind": "workshop", "days": DAY, "status": None}
    return Line(activity_id=next(NUMBER), **(known | values))


def test_a_missing_report_is_worth_the_mean_of_its_kind_and_size():
    lines = [told(each) for each in (10, 20, 30, 40, 50)]
    lines += [told(1_000, days=WEEK), silent(), silent()]
    # The variance of these five is 250: of two missing reports, and of the mean of five.
    spread = 2 * sqrt(250 * (2 + 4 / 5))
    assert estimate(lines) == Estimate(
        missing=2,
        low=round(60 - spread),
        likely=60,
        high=round(60 + spread),
        grounds=(
            Ground(
                kind="workshop", size=Size.ONE, missing=2, received=5, mean=30.0, variance=250.0
            ),
        ),
    )


def test_with_fewer_than_five_of_its_size_all_of_its_kind_tell():
    lines = [*(told(20) for _each in range(4)), told(120, days=WEEK), silent()]
    found = estimate(lines)
    assert found is not None
    assert [(each.kind, each.size, each.mean) for each in found.grounds] == [("workshop", None, 40)]


def test_with_fewer_than_five_of_its_kind_all_tell():
    lines = [*(told(20) for _each in range(5)), silent(kind="talk")]
    found = estimate(lines)
    assert found is not None
    assert [(each.kind, each.size, each.mean) for each in found.grounds] == [(None, None, 20)]


def test_what_was_cancelled_tells_that_nobody_came():
    lines = [*(told(20) for _each in range(4)), silent()]
    cancelled = replace(told(0), counts=Counts(outcome=Outcome.CANCELLED, public=300))
    found = estimate([*lines, cancelled])
    assert found is not None
    assert found.likely == 16


@pytest.mark.parametrize(
    "line",
    [
        silent(status=ReportStatus.WAIVED),
        silent(status=ReportStatus.FILED),
        silent(is_due=False),
        silent(is_container=True),
        silent(counts_apart=True),
    ],
)
def test_what_is_not_missing_is_not_estimated(line):
    assert estimate([*(told(20) for _each in range(5)), line]) is None


def test_a_stand_that_its_village_counted_is_neither_missing_nor_a_ground():
    gate = told(900, is_container=True, kind="science_village")
    stands = [told(100, parent_id=gate.activity_id) for _each in range(9)]
    quiet = silent(parent_id=gate.activity_id)
    assert estimate([gate, *stands, quiet]) is None
    assert estimate([gate, *stands, quiet, silent()]) is None


def test_too_few_reports_tell_nothing():
    assert estimate([*(told(20) for _each in range(4)), silent()]) is None


@given(lines=programmes())
def test_an_estimate_is_a_range_and_changes_no_total(lines):
    before = totals(lines)
    found = estimate(lines)
    assert totals(lines) == before
    if found is not None:
        assert 0 <= found.low <= found.likely <= found.high
        assert found.missing == sum(each.missing for each in found.grounds)
        assert found.missing <= before.coverage.missing
