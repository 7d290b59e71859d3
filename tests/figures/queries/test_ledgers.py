"""The ledgers that a worker keeps: only what changed is read again, and nothing that changed is missed."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from fete.core.db import db as database, transaction
from fete.figures.arithmetic import Ledger
from fete.figures.queries import ledgers, totals_of
from fete.figures.queries.ledgers import WAYS, ledger_of
from fete.figures.queries.lines import lines_of
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import Outcome
from fete.reports.services.reporting import send_back, validate
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue, term
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
    db.session.commit()
    assert totals_of(edition, at=after).visitors == 0
    validate(activities[1], version=1, by=camille, at=after)
    db.session.commit()
    with queries() as asked, ledger_of(edition, at=after) as ledger:
        assert ledger.totals.visitors == 68
    # The edition, how it stands, what changed, whether that holds any other; its hours, words, places, sessions, line.
    assert len(asked) == 9, asked
    assert stands_as_read_anew(edition, after)
    send_back(activities[1], "Combien ?", version=2, by=camille, at=after)
    assert totals_of(edition, at=after).visitors == 0
    assert stands_as_read_anew(edition, after)


def test_nothing_changed_costs_one_question(edition, after, queries):
    make_report(make_activity())
    with ledger_of(edition, at=after):
        pass
    database.session.commit()
    with ledger_of(edition, at=after):
        pass
    database.session.commit()
    # Its number is read again, which is none of it.
    assert edition.id
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
    database.session.commit()
    with ledger_of(edition, at=after):
        pass
    with queries() as asked, ledger_of(edition, at=after - timedelta(seconds=1)):
        pass
    # Whether anything ended in that second.
    assert len(asked) == 1, asked
    assert stands_as_read_anew(edition, after - timedelta(seconds=1))


@pytest.fixture
def programme(db, edition):
    """Give a village with its stand, and another activity, each with its report."""
    village = make_activity(kind="science_village", venue=make_venue())
    stand = make_activity(parent=village, venue=make_venue(), organisation=make_organisation())
    stand.slots, stand.venue = [], None
    alone = make_activity(venue=make_venue(), organisation=make_organisation())
    for each in (village, stand, alone):
        make_report(each)
    db.session.commit()
    return SimpleNamespace(village=village, stand=stand, alone=alone)


def at_toulouse(place):
    place.commune_code = TOULOUSE


CHANGES = {
    "a kind": lambda there: setattr(there.alone, "kind", term("kind", "lab_open_day")),
    "words": lambda there: setattr(there.alone, "terms", [term("audience", "schools")]),
    "a slot put off": lambda there: setattr(there.alone.slots[0], "state", SlotState.POSTPONED),
    "hours of a village": lambda there: setattr(
        there.village.slots[0], "starts_at", there.village.slots[0].starts_at - timedelta(days=1)
    ),
    "the place of a village": lambda there: at_toulouse(there.village.venue),
    "the seat of a structure": lambda there: setattr(
        there.stand.organisation, "commune_code", TOULOUSE
    ),
    "the family of a structure": lambda there: setattr(
        there.alone.organisation, "family", term("family", "csti_museum")
    ),
    "a village withdrawn": lambda there: setattr(there.village, "status", Status.WITHDRAWN),
    "a stand that leaves": lambda there: setattr(there.stand, "parent", None),
    "a stand that comes": lambda there: setattr(there.alone, "parent", there.village),
    "one more": lambda there: make_report(make_activity(parent=there.village)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_of_the_programme_is_read_again_and_all_adds_up(
    db, edition, after, programme, change, monkeypatch
):
    with ledger_of(edition, at=after):
        pass
    change(programme)
    db.session.commit()
    read: list[int] = []

    def noted(*editions, only, **how):
        read.extend(only)
        return lines_of(*editions, only=only, **how)

    monkeypatch.setattr(ledgers, "lines_of", noted)
    with ledger_of(edition, at=after) as ledger:
        anew = Ledger(lines_of(edition, at=after), WAYS)
        assert (ledger.lines, ledger.totals, ledger.received, ledger.estimate) == (
            anew.lines,
            anew.totals,
            anew.received,
            anew.estimate,
        )
        assert {name: ledger.parts(name) for name in WAYS} == {
            name: anew.parts(name) for name in WAYS
        }
    assert 1 <= len(read) <= 3


def test_a_change_costs_the_same_however_many_activities_there_are(db, edition, after, queries):
    asked = []
    for number in (1, 30):
        for _each in range(number):
            make_report(make_activity())
        db.session.commit()
        with ledger_of(edition, at=after):
            pass
        make_report(make_activity()).activity.title = "Autre titre"
        db.session.commit()
        with queries() as seen, ledger_of(edition, at=after):
            pass
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_what_a_transaction_undid_is_not_in_the_figures(db, edition, after):
    camille = make_coordinator("32")
    activity = make_activity()
    make_report(activity, status=ReportStatus.FILED)
    db.session.commit()
    with transaction(dry_run=True):
        validate(activity, version=1, by=camille, at=after)
        assert totals_of(edition, at=after).visitors == 68
    assert totals_of(edition, at=after).visitors == 0
