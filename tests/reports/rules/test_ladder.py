"""The days of the ladder: what is typed, and which rungs have passed."""

from datetime import date

import pytest

from fete.core.errors import RuleBrokenError
from fete.reports.models import Ladder
from fete.reports.rules.ladder import Rungs, read_days, rungs_of, rungs_passed

OVER, DEADLINE = date(2026, 10, 11), date(2026, 12, 15)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("1, 7, 21", (1, 7, 21)),
        ("21 7;1", (1, 7, 21)),
        (" 7,7 , 007 ", (7,)),
        ("", ()),
        ("365", (365,)),
    ],
)
def test_days_are_read_each_once_and_in_their_order(app, typed, days):
    assert read_days(typed, field="days_after") == days


@pytest.mark.parametrize(
    "typed",
    ["0", "366", "-1", "1.5", "un", "1,x", "1,2,3,4,5,6,7", "9" * 1_000, "٣", "1e2", "<b>"],
)
def test_days_that_cannot_be_are_refused_beside_their_field(app, typed):
    with pytest.raises(RuleBrokenError) as refused:
        read_days(typed, field="days_after")
    assert refused.value.field == "days_after"


def test_an_edition_that_chose_nothing_climbs_the_usual_rungs():
    assert rungs_of(None) == Rungs(after=(1, 7, 21), before=(3,))
    assert rungs_of(Ladder(days_after="2,9", days_before="")) == Rungs(after=(2, 9), before=())


@pytest.mark.parametrize(
    ("today", "passed"),
    [
        (date(2026, 10, 11), []),
        (date(2026, 10, 12), ["after:1"]),
        (date(2026, 10, 17), ["after:1"]),
        (date(2026, 10, 18), ["after:1", "after:7"]),
        (date(2026, 11, 1), ["after:1", "after:7", "after:21"]),
        (date(2026, 12, 11), ["after:1", "after:7", "after:21"]),
        (date(2026, 12, 12), ["after:1", "after:7", "after:21", "before:3"]),
        (date(2026, 12, 15), ["after:1", "after:7", "after:21", "before:3"]),
        (date(2026, 12, 16), []),
    ],
)
def test_rungs_pass_one_after_the_other_until_the_deadline(today, passed):
    assert rungs_passed(Rungs(), over_on=OVER, deadline=DEADLINE, today=today) == passed
