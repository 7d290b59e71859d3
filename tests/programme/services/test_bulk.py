"""One step about several activities: all of them or none, each as it was read, once."""

from datetime import date, timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from fete.core.clock import now, today
from fete.core.db import db as database, transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.journal.models import Entry
from fete.programme.models import Activity, Decision
from fete.programme.rules import CRITERIA, Verdict
from fete.programme.services.bulk import Moved, take_steps
from fete.programme.services.review import take_step
from fete.programme.workflow import Status, Step
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity

pytestmark = pytest.mark.usefixtures("db")
EVERY = frozenset(CRITERIA)
VERDICT = Verdict(committee="Comité du Gers", decided_on=date(2026, 3, 12), criteria=EVERY)


@pytest.fixture
def coordinator():
    return make_coordinator("32", name="Camille")


def waiting(count, **values):
    known = {"scientific_referent": "Ada Martin", "status": Status.SUBMITTED}
    return [
        make_activity(organisation=make_organisation(make_user()), **(known | values))
        for _each in range(count)
    ]


def read(activities):
    return {activity.id: activity.version for activity in activities}


def standing():
    database.session.expire_all()
    return (
        list(database.session.scalars(select(Activity.status).order_by(Activity.id))),
        database.session.scalar(select(func.count()).select_from(Decision)),
        database.session.scalar(select(func.count()).select_from(Entry)),
    )


def test_thirty_are_labelled_at_once_after_the_committee(coordinator, letters):
    activities = waiting(30)
    number = take_steps(
        read(activities), Step.LABEL, by=coordinator, at=now(), reason="Bravo", verdict=VERDICT
    )
    assert number == 30
    assert {activity.status for activity in activities} == {Status.LABELLED}
    decisions = database.session.scalars(select(Decision).order_by(Decision.activity_id)).all()
    assert [each.activity_id for each in decisions] == [each.id for each in activities]
    assert {
        (each.step, each.committee, each.decided_on, each.reason, each.criteria, each.person_id)
        for each in decisions
    } == {
        (
            Step.LABEL,
            "Comité du Gers",
            date(2026, 3, 12),
            "Bravo",
            ",".join(CRITERIA),
            coordinator.id,
        )
    }
    assert [letter.kind for letter in letters()] == ["programme/labelled"] * 30


@pytest.mark.parametrize(
    ("step", "end"),
    [
        (Step.PUBLISH, Status.PUBLISHED),
        (Step.SEND_BACK, Status.CHANGES_REQUESTED),
        (Step.REFUSE, Status.REFUSED),
    ],
)
def test_each_other_step_is_taken_about_all(step, end, coordinator, letters):
    activities = waiting(3)
    take_steps(read(activities), step, by=coordinator, at=now(), reason="Pour tous")
    assert standing()[0] == [end] * 3
    assert len(letters()) == 3


def test_what_changed_meanwhile_stops_everything_and_is_named(coordinator, letters):
    first, second, third = waiting(3)
    versions = read([first, second, third])
    other = make_coordinator("32", name="Dominique")
    take_step(second, Step.PUBLISH, by=other, at=now())
    before, told = standing(), len(letters())
    with pytest.raises(StaleError) as stale:
        take_steps(versions, Step.PUBLISH, by=coordinator, at=now())
    assert stale.value.args[0] == [
        Moved(
            activity_id=second.id,
            words="Dominique l’a déjà publiée le lundi 16 mars 2026 à 10\u00a0h.",
        )
    ]
    assert (standing(), len(letters())) == (before, told)


def test_all_that_changed_is_named_at_once(coordinator):
    activities = waiting(3)
    versions = {activity.id: activity.version + 1 for activity in activities}
    with pytest.raises(StaleError) as stale:
        take_steps(versions, Step.PUBLISH, by=coordinator, at=now())
    assert [each.activity_id for each in stale.value.args[0]] == [each.id for each in activities]


def test_what_is_not_theirs_any_more_stops_everything(coordinator):
    (here,) = waiting(1)
    (elsewhere,) = waiting(1, commune=TOULOUSE)
    before = standing()
    gone = 999_999
    with pytest.raises(StaleError) as stale:
        take_steps({here.id: 1, elsewhere.id: 1, gone: 1}, Step.PUBLISH, by=coordinator, at=now())
    assert {each.activity_id for each in stale.value.args[0]} == {elsewhere.id, gone}
    assert standing() == before


def test_sent_twice_it_is_done_once(coordinator, letters):
    activities = waiting(3)
    versions = read(activities)
    done = [
        take_steps(versions, Step.LABEL, by=coordinator, at=now(), verdict=VERDICT)
        for _click in range(2)
    ]
    assert done == [3, 0]
    assert (standing()[1:], len(letters())) == ((3, 3), 3)


def test_a_failure_in_the_middle_leaves_all_as_it_was(coordinator, letters):
    activities = waiting(3)
    activities[2].is_free = False
    database.session.commit()
    before = standing()

    def label():
        with transaction():
            take_steps(read(activities), Step.LABEL, by=coordinator, at=now(), verdict=VERDICT)

    with pytest.raises(RuleBrokenError, match="gratuité") as refused:
        label()
    assert refused.value.field == "reason"
    assert activities[2].title in refused.value.message
    assert (standing(), letters()) == (before, [])


def test_every_activity_that_a_rule_refuses_is_named(coordinator):
    activities = waiting(3)
    for activity in activities[1:]:
        activity.is_free = False
    database.session.commit()
    with pytest.raises(RuleBrokenError) as refused:
        take_steps(read(activities), Step.LABEL, by=coordinator, at=now(), verdict=VERDICT)
    titles = [activity.title for activity in activities]
    assert [title in refused.value.message for title in titles] == [False, True, True]
    # The same reason is given once.
    assert refused.value.message.count("gratuité") == 1
    with force_locale("en"), pytest.raises(RuleBrokenError) as told:
        take_steps(read(activities), Step.LABEL, by=coordinator, at=now(), verdict=VERDICT)
    assert told.value.message.startswith(f"“{titles[1]}”, “{titles[2]}”: ")


def test_with_a_reason_what_a_declaration_denies_is_labelled_without_that_criterion(coordinator):
    (activity,) = waiting(1, is_free=False)
    take_steps(
        read([activity]), Step.LABEL, by=coordinator, at=now(), reason="Repas", verdict=VERDICT
    )
    assert activity.decisions[0].criteria == "period,content,referent,mediation,neutrality"


def test_a_decision_is_not_noted_before_it_is_taken(coordinator):
    (activity,) = waiting(1)
    verdict = Verdict(decided_on=today() + timedelta(days=1), criteria=EVERY)
    with pytest.raises(RuleBrokenError) as refused:
        take_steps(read([activity]), Step.LABEL, by=coordinator, at=now(), verdict=verdict)
    assert refused.value.field == "decided_on"
