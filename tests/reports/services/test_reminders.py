"""Those who owe a report are asked for it rung after rung, by one letter each, and nobody twice."""

import re
from datetime import date, datetime, time

import pytest

from fete.core.clock import from_paris, now
from fete.core.db import db as database, transaction
from fete.mailing.models import Topic
from fete.network.models import Membership, MembershipState
from fete.programme.models import EditionState
from fete.programme.workflow import SlotState, Status
from fete.reports.models import Ladder, Outcome, ReportReminder
from fete.reports.queries.links import find_by_token
from fete.reports.rules.links import LinkState
from fete.reports.services.reminders import people_to_remind, remind_of_reports
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report
from tests.factories.sharing import make_co_organiser
from tests.letters import compare


def day(month: int, number: int, hour: int = 7) -> datetime:
    return from_paris(date(2026, month, number), time(hour))


@pytest.fixture
def remind(db, clock):
    def on(month: int, number: int) -> int:
        clock.move_to(day(month, number))
        database.session.commit()
        return remind_of_reports(at=now(), keeping=transaction)

    return on


@pytest.fixture
def ada(db):
    return make_user(name="Ada Dubois", email="ada@example.org")


def held(organisation, title="Le ciel de Gascogne", **values):
    return make_activity(day(10, 3, 10), organisation=organisation, title=title, **values)


def test_one_letter_gathers_all_that_a_person_owes_each_with_its_own_link(
    ada, remind, letters, samples
):
    stars = make_organisation(ada, name="Les Étoiles du Gers")
    museum = make_organisation(ada, name="Musée & jardin")
    activities = [held(stars), held(museum, title="Fossiles & roches")]
    assert remind(10, 4) == 1
    (letter,) = letters()
    compare(letter, samples, "reports/due")
    assert (letter.person_id, letter.topic, letter.page) == (ada.id, Topic.REMINDERS, "/mes-bilans")
    tokens = re.findall(r"/bilan/([\w.-]+)", letter.text)
    opened = [find_by_token(token, at=now()) for token in tokens]
    assert [(each.activity.id, each.state) for each in opened if each] == [
        (activity.id, LinkState.OPEN) for activity in activities
    ]


def test_a_single_report_is_named_in_the_subject(ada, remind, letters):
    held(make_organisation(ada))
    remind(10, 4)
    assert letters()[0].subject == "Votre bilan : Le ciel de Gascogne"


def test_the_letter_and_its_link_are_in_the_language_of_its_reader(ada, remind, letters):
    ada.language = "en"
    held(make_organisation(ada))
    remind(10, 4)
    assert "https://fete.example.org/en/bilan/" in letters()[0].text


def test_it_is_asked_for_one_seven_and_twenty_one_days_after_and_three_before_the_deadline(
    ada, remind, letters
):
    held(make_organisation(ada))
    days = [(10, 3), (10, 4), (10, 4), (10, 9), (10, 10), (10, 24), (10, 25), (12, 11), (12, 12)]
    days += [(12, 15), (12, 16)]
    assert [remind(*each) for each in days] == [0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0]


def test_one_letter_stands_for_all_the_rungs_that_passed_while_the_site_was_away(
    ada, remind, letters, db
):
    held(make_organisation(ada))
    assert [remind(11, 1), remind(11, 1), remind(12, 12)] == [1, 0, 1]
    rungs = [each.rung for each in db.session.query(ReportReminder).order_by(ReportReminder.id)]
    assert sorted(rungs) == ["after:1", "after:21", "after:7", "before:3"]


def test_each_edition_climbs_its_own_ladder(ada, remind):
    activity = held(make_organisation(ada))
    database.session.add(Ladder(edition_id=activity.edition_id, days_after="2", days_before=""))
    assert [remind(10, 4), remind(10, 5), remind(10, 25), remind(12, 13)] == [0, 1, 0, 0]


@pytest.mark.parametrize(
    "status", [ReportStatus.FILED, ReportStatus.VALIDATED, ReportStatus.WAIVED]
)
def test_nobody_who_filed_or_owes_none_is_asked(ada, remind, status):
    make_report(held(make_organisation(ada)), status=status)
    assert remind(11, 1) == 0


def test_a_draft_and_what_was_sent_back_are_still_asked_for(ada, remind):
    make_report(
        held(make_organisation(ada)), status=ReportStatus.DRAFT, question="Combien de classes ?"
    )
    assert remind(11, 1) == 1


def test_what_its_village_counted_at_the_gate_is_not_asked_for(ada, remind):
    village = held(make_organisation(make_user()), title="Village", kind="science_village")
    stand = held(make_organisation(ada), title="Stand")
    stand.parent = village
    make_report(village, status=ReportStatus.FILED, outcome=Outcome.HELD)
    assert remind(10, 4) == 0


def test_what_was_cancelled_is_asked_for_all_the_same(ada, remind, letters, clock):
    activity = held(make_organisation(ada))
    for slot in activity.slots:
        slot.state = SlotState.CANCELLED
    assert remind(10, 4) == 1
    assert "«\u00a0annulée\u00a0»" in letters()[0].text


def test_nothing_leaves_for_what_is_not_published_or_closed(ada, remind):
    held(make_organisation(ada), status=Status.WITHDRAWN)
    closed = make_edition(2025, state=EditionState.CLOSED, report_deadline=date(2026, 12, 31))
    held(make_organisation(ada), edition=closed)
    assert remind(11, 1) == 0


def test_those_who_organise_together_are_each_written_to_once(ada, remind, letters):
    bob = make_user(name="Bob")
    activity = held(make_organisation(ada))
    other = make_organisation(bob, name="Une autre")
    make_co_organiser(activity, other)
    assert remind(10, 4) == 2
    assert {each.person_id for each in letters()} == {ada.id, bob.id}


def test_what_stops_between_two_people_is_taken_up_where_it_stopped(ada, remind, letters, clock):
    held(make_organisation(ada))
    held(make_organisation(make_user(name="Bob")))
    clock.move_to(day(10, 4))
    database.session.commit()
    first, _second = people_to_remind(at=now())

    class StoppedError(Exception):
        """The machine stops."""

    kept: list[int] = []

    def keeping():
        if kept:
            raise StoppedError
        kept.append(first)
        return transaction()

    with pytest.raises(StoppedError):
        remind_of_reports(at=now(), keeping=keeping)
    assert [each.person_id for each in letters()] == [first]
    assert remind(10, 4) == 1
    assert len({each.person_id for each in letters()}) == 2


def test_somebody_who_joins_later_is_asked_too(ada, remind):
    organisation = make_organisation(ada)
    held(organisation)
    assert remind(10, 4) == 1
    organisation.memberships.append(
        Membership(person=make_user(name="Bob"), state=MembershipState.ACTIVE, asked_at=now())
    )
    assert remind(10, 5) == 1
