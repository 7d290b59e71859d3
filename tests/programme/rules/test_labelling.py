"""What a committee is shown of each criterion, and what a decision keeps: on objects that are never saved."""

from datetime import date, datetime

import pytest

from fete.core.clock import PARIS
from fete.programme.models import Activity, Decision, Edition, EditionState, Remark, Slot
from fete.programme.rules import (
    CRITERIA,
    CRITERIA_NAMES,
    Evidence,
    Verdict,
    asked_of,
    contradicted,
    criteria_of,
    evidence,
    lacking,
    on_evidence,
    told_by_itself,
    why_not,
    written,
)
from fete.programme.workflow import SlotState, Status, Step, next_status

EDITION = Edition(
    year=2026,
    starts_on=date(2026, 10, 2),
    ends_on=date(2026, 10, 12),
    state=EditionState.OPEN,
)


def slot(day, month=10, state=SlotState.SCHEDULED):
    return Slot(starts_at=datetime(2026, month, day, 10, tzinfo=PARIS), state=state)


def activity(*slots, **values):
    known = {"is_free": True, "scientific_referent": "Ada Martin", "status": Status.SUBMITTED}
    return Activity(edition=EDITION, slots=list(slots), **(known | values))


def test_both_lists_of_criteria_go_together():
    assert list(CRITERIA) == list(CRITERIA_NAMES)


def test_the_declaration_speaks_for_three_criteria_and_people_judge_the_others(app):
    said = evidence(activity(slot(3), slot(20), slot(4, state=SlotState.CANCELLED)))
    assert said == [
        Evidence(code="period", holds=True, words="1 sur 2 créneaux dans la période officielle."),
        Evidence(code="free", holds=True, words="La structure confirme la gratuité."),
        Evidence(code="content", holds=None, words=""),
        Evidence(code="referent", holds=True, words="Ada Martin"),
        Evidence(code="mediation", holds=None, words=""),
        Evidence(code="neutrality", holds=None, words=""),
    ]


@pytest.mark.parametrize(
    ("made", "against"),
    [
        (activity(slot(3)), set()),
        (activity(), {"period"}),
        (activity(slot(1)), {"period"}),
        (activity(slot(12)), set()),
        (activity(slot(13)), {"period"}),
        (activity(slot(3, state=SlotState.CANCELLED)), {"period"}),
        (activity(slot(3), is_free=False), {"free"}),
        (activity(slot(3), scientific_referent=""), {"referent"}),
        (activity(is_free=False, scientific_referent=""), {"period", "free", "referent"}),
    ],
)
def test_what_the_declaration_denies_is_found(made, against, app):
    assert contradicted(made) == against
    assert told_by_itself(made) == {"period", "free", "referent"} - against


def test_an_activity_without_times_of_its_own_has_those_of_its_village(app):
    village = activity(slot(3))
    assert told_by_itself(Activity(edition=EDITION, parent=village, is_free=True)) == {
        "period",
        "free",
    }


def test_a_verdict_on_several_keeps_for_each_what_its_declaration_does_not_deny(app):
    verdict = Verdict(committee="Comité", criteria=frozenset(CRITERIA))
    own = on_evidence(verdict, activity(slot(3), is_free=False))
    assert own == Verdict(committee="Comité", criteria=frozenset(CRITERIA) - {"free"})


def test_criteria_are_written_in_order_and_read_back(app):
    kept = written({"neutrality", "period", "unknown"})
    assert kept == "period,neutrality"
    read = criteria_of(Decision(criteria=kept, step=Step.LABEL))
    assert [holds for _words, holds in read] == [True, False, False, False, False, True]
    assert criteria_of(Decision(criteria="", step=Step.REFUSE)) == []


def test_what_is_lacking_is_said_in_a_word_each(app):
    assert lacking({"period", "free", "content", "referent"}) == ["médiation", "neutralité"]
    assert lacking(CRITERIA) == []


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", [Step.LABEL, Step.PUBLISH, Step.SEND_BACK, Step.REFUSE])
def test_a_step_has_a_reason_not_to_be_taken_just_where_it_leads_nowhere(status, step, app):
    assert (why_not(activity(status=status), step) == "") is (next_status(status, step) is not None)


def test_nothing_is_done_in_a_closed_edition(app):
    closed = Edition(year=2020, state=EditionState.CLOSED)
    assert why_not(Activity(edition=closed, status=Status.SUBMITTED), Step.LABEL) == (
        "Son édition est close."
    )


def at(hour):
    return datetime(2026, 3, 1, hour, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("status", "remarks", "asked"),
    [
        (Status.CHANGES_REQUESTED, [(9, "slots,title")], ["title", "slots"]),
        (Status.CHANGES_REQUESTED, [(9, "title"), (10, "")], ["title"]),
        # Sent back again without a point: those of the time before were answered by the deposit.
        (Status.CHANGES_REQUESTED, [(7, "title"), (9, "")], []),
        (Status.SUBMITTED, [(9, "title")], []),
        (Status.CHANGES_REQUESTED, [(9, "a field that is gone")], []),
        (Status.CHANGES_REQUESTED, [], []),
    ],
)
def test_the_points_asked_are_those_of_the_latest_sending_back(status, remarks, asked, app):
    made = activity(status=status, submitted_at=at(8))
    made.remarks = [
        Remark(id=number, at=at(hour), text="À revoir", fields=fields)
        for number, (hour, fields) in enumerate(remarks)
    ]
    assert asked_of(made) == asked
