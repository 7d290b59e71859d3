"""The ledgers that a worker keeps: only what changed is read again, and nothing that changed is missed."""

from datetime import timedelta

import pytest

from fete.figures.queries import totals_of
from fete.figures.queries.ledgers import ledger_of
from fete.figures.queries.lines import lines_of
from fete.programme.workflow import Status
from fete.reports.arithmetic import Outcome
from fete.reports.services.reporting import send_back, validate
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report


@pytest.fixture
def edition(db):
    return make_edition()


def stands_as_read_anew(edition, at):
    with ledger_of(edition, at=at) as ledger:
        kept = dict(ledger.lines)
    return kept == {line.activity_id: line for line in lines_of(edition, at=at)}


def test_a_step_of_a_report_is_read_and_nothing_else(db, edition, after, queries):
    camille = make_coordinator("32")
    activities = [make_activity() for _each in range(3)]
    for activity in activities:
        make_report(activity, status=ReportStatus.FILED)
    assert totals_of(edition, at=after).visitors == 0
    validate(activities[1], version=1, by=camille, at=after)
    db.session.flush()
    with queries() as asked, ledger_of(edition, at=after) as ledger:
        assert ledger.totals.visitors == 68
    # The versions kept last, whose they are, the reports and their sessions.
    assert len(asked) == 4, asked
    assert stands_as_read_anew(edition, after)
    send_back(activities[1], "Combien ?", version=2, by=camille, at=after)
    assert totals_of(edition, at=after).visitors == 0
    assert stands_as_read_anew(edition, after)


def test_nothing_changed_costs_one_question(edition, after, queries):
    make_report(make_activity())
    with ledger_of(edition, at=after):
        pass
    with queries() as asked, ledger_of(edition, at=after):
        pass
    assert len(asked) == 1, asked


def test_a_slot_that_ends_makes_its_activity_due_and_the_stands_that_have_their_hours_from_it(
    edition,
):
    village = make_activity(kind="science_village")
    stand = make_activity(parent=village)
    stand.slots.clear()
    end = village.slots[0].ends_at
    before = end - timedelta(minutes=1)
    assert totals_of(edition, at=before).coverage.due == 0
    with ledger_of(edition, at=end) as ledger:
        assert ledger.totals.coverage.due == 2
    assert stands_as_read_anew(edition, end)
    # A clock that goes back reads everything again.
    with ledger_of(edition, at=before) as ledger:
        assert ledger.totals.coverage.due == 0


def test_the_gate_of_a_village_that_comes_last_takes_the_place_of_its_stands(edition, after):
    camille = make_coordinator("32")
    village = make_activity(kind="science_village")
    make_report(make_activity(parent=village))
    make_report(village, status=ReportStatus.FILED, public=900, pupils=0, adults=0)
    assert totals_of(edition, at=after).visitors == 68
    validate(village, version=1, by=camille, at=after)
    assert totals_of(edition, at=after).visitors == 900
    assert stands_as_read_anew(edition, after)


def test_what_the_programme_changes_is_read_anew(db, edition, after):
    activity, other = make_activity(), make_activity()
    make_report(activity)
    make_report(other, outcome=Outcome.CANCELLED)
    assert totals_of(edition, at=after).visitors == 68
    activity.status = Status.WITHDRAWN
    db.session.flush()
    assert totals_of(edition, at=after).visitors == 0
    assert stands_as_read_anew(edition, after)


def test_who_comes_a_second_too_late_to_the_ledger_does_not_read_all_again(edition, after, queries):
    make_report(make_activity())
    with ledger_of(edition, at=after):
        pass
    with queries() as asked, ledger_of(edition, at=after - timedelta(seconds=1)):
        pass
    # The versions kept last, and whether anything ended in that second.
    assert len(asked) == 2, asked
    assert stands_as_read_anew(edition, after - timedelta(seconds=1))
