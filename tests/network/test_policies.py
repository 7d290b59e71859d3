import pytest

from fete.core.clock import now
from fete.network import policies
from fete.network.models import Membership, MembershipState
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import make_organisation

PEOPLE = [
    "member", "asking", "member of another", "nobody",
    "gers", "tarn", "region", "administrator",
]  # fmt: skip
MAY = {
    policies.is_member: {"member"},
    policies.can_act_for: {"member", "gers", "region", "administrator"},
    policies.can_admit: {"member", "gers", "region", "administrator"},
    policies.can_sign: {"member"},
    policies.can_ask_to_join: set(PEOPLE) - {"member", "asking"},
    policies.can_leave: {"member", "asking"},
}


def persons():
    people = {
        "member": make_user(),
        "asking": make_user(),
        "member of another": make_user(),
        "nobody": make_user(),
        "gers": make_coordinator("32"),
        "tarn": make_coordinator("81"),
        "region": make_coordinator(),
        "administrator": make_administrator(),
    }
    make_organisation(people["member of another"])
    return people


def ask(organisation, person):
    request = Membership(person=person, state=MembershipState.REQUESTED, asked_at=now())
    organisation.memberships.append(request)
    return request


@pytest.mark.parametrize("policy", MAY, ids=lambda policy: policy.__name__)
def test_each_person_may_do_what_is_theirs_to_do(db, policy):
    people = persons()
    organisation = make_organisation(people["member"])
    ask(organisation, people["asking"])
    db.session.flush()
    assert {name for name, person in people.items() if policy(person, organisation)} == MAY[policy]


def test_a_request_is_settled_by_the_coordination_of_its_territory_while_it_waits(db):
    people = persons()
    organisation = make_organisation(people["member"])
    request = ask(organisation, people["asking"])
    db.session.flush()
    may = {name for name, person in people.items() if policies.can_settle(person, request)}
    assert may == {"gers", "region", "administrator"}
    request.state = MembershipState.ACTIVE
    assert not any(policies.can_settle(person, request) for person in people.values())


def test_a_structure_without_commune_is_the_region_s(db):
    people = persons()
    organisation = make_organisation(people["member"], commune_code=None)
    may = {name for name, person in people.items() if policies.can_act_for(person, organisation)}
    assert may == {"member", "region", "administrator"}
