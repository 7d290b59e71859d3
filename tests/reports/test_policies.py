"""Persons against actions."""

import pytest

from fete.core.clock import now
from fete.network.models import Membership, MembershipState
from fete.programme.workflow import Status
from fete.reports.policies import can_follow_up, can_report, can_validate
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity


@pytest.fixture
def people(db):
    """Give everybody who may come near the report of an activity of Auch (Gers)."""
    member, asking = make_user(), make_user()
    organisation = make_organisation(member)
    organisation.memberships.append(
        Membership(person=asking, state=MembershipState.REQUESTED, asked_at=now())
    )
    return organisation, {
        "member": member,
        "asking to join": asking,
        "member of another": make_organisation(make_user()).memberships[0].person,
        "coordinator of the Gers": make_coordinator("32"),
        "coordinator of the Tarn": make_coordinator("81"),
        "regional coordinator": make_coordinator(),
        "administrator": make_administrator(),
    }


MAY = {
    "member": (True, False, False),
    "asking to join": (False, False, False),
    "member of another": (False, False, False),
    "coordinator of the Gers": (True, True, True),
    "coordinator of the Tarn": (False, True, False),
    "regional coordinator": (True, True, True),
    "administrator": (True, True, True),
}


@pytest.mark.parametrize("who", MAY)
def test_who_may_report_follow_up_and_validate(people, who):
    organisation, persons = people
    activity = make_activity(organisation=organisation)
    person = persons[who]
    assert (
        can_report(person, activity),
        can_follow_up(person),
        can_validate(person, activity),
    ) == MAY[who]


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.PUBLISHED}))
def test_nobody_reports_on_what_was_not_published(people, status):
    organisation, persons = people
    activity = make_activity(organisation=organisation, status=status)
    assert not any(
        can_report(person, activity) or can_validate(person, activity)
        for person in persons.values()
    )
