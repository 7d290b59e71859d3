"""A ledger tells what a recount would, whatever came in and in whatever order."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, strategies as st

from fete.figures.arithmetic import Ledger, Line, as_received, estimate, parted, totals
from fete.figures.queries.ledgers import WAYS
from fete.reports.arithmetic import Counts, Method, Outcome
from fete.reports.workflow import ReportStatus
from tests.figures.arithmetic.test_counting import COUNTS, held, programmes, village


def told(ledger: Ledger) -> tuple[object, ...]:
    return (
        ledger.totals,
        ledger.received,
        ledger.estimate,
        {name: ledger.parts(name) for name in WAYS},
    )


def recounted(lines: Mapping[int, Line]) -> tuple[object, ...]:
    every = list(lines.values())
    return (
        totals(every),
        totals(as_received(every)),
        estimate(every),
        {name: parted(every, way) for name, way in WAYS.items()},
    )


@given(programmes())
def test_a_ledger_tells_what_its_lines_add_up_to(lines):
    assert told(Ledger(lines, WAYS)) == recounted({line.activity_id: line for line in lines})


@given(programmes(), st.data())
def test_a_report_that_comes_in_changes_what_a_recount_would_change(lines, data):
    ledger = Ledger(lines, WAYS)
    known = {line.activity_id: line for line in lines}
    for _each in range(data.draw(st.integers(0, 4))):
        if not known:
            return
        line = replace(
            known[data.draw(st.sampled_from(sorted(known)))],
            status=data.draw(st.none() | st.sampled_from(ReportStatus)),
            method=data.draw(st.none() | st.sampled_from(Method)),
            counts=data.draw(COUNTS),
            is_due=data.draw(st.booleans()),
        )
        known[line.activity_id] = line
        ledger.enter([line])
        assert told(ledger) == recounted(known)


@given(programmes(), programmes(), st.data())
def test_a_programme_that_changes_leaves_nothing_of_what_it_was(before, after, data):
    """Whatever goes, comes, or is another thing under the same number."""
    ledger = Ledger(before, WAYS)
    known = {line.activity_id: line for line in before}
    others = {line.activity_id: line for line in after}
    changed = data.draw(st.sets(st.sampled_from(sorted({0, *known, *others}))))
    ledger.enter_anew(changed, [others[number] for number in changed & others.keys()])
    for number in changed:
        known.pop(number, None)
    known |= {number: others[number] for number in changed & others.keys()}
    assert ledger.lines == known
    assert told(ledger) == recounted(known)


def test_the_gate_that_is_told_last_takes_the_place_of_its_stands():
    silent = village(1, status=None)
    ledger = Ledger([held(2, parent_id=1), held(3, parent_id=1), silent], WAYS)
    assert ledger.totals.visitors == 136
    ledger.enter([village(1, public=900, pupils=0, adults=0)])
    assert ledger.totals.visitors == 900
    ledger.enter([replace(silent, counts=Counts(outcome=Outcome.HELD))])
    assert ledger.totals.visitors == 136


def test_a_part_that_nothing_is_left_of_goes():
    ledger = Ledger([held(1)], WAYS)
    ledger.enter([held(1, kind="talk")])
    assert set(ledger.parts("kind")) == {"talk"}
