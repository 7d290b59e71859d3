import pytest

from fete.core.clock import now
from fete.network.models import Membership, MembershipState
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation

INDEX = "/coordination/adhesions"


def ask(organisation, person):
    request = Membership(person=person, state=MembershipState.REQUESTED, asked_at=now())
    organisation.memberships.append(request)
    return request


@pytest.fixture
def requests(db):
    """Give a request in the Gers, and one in Haute-Garonne."""
    auch = ask(make_organisation(name="À Auch"), make_user(name="Ada"))
    toulouse = ask(
        make_organisation(name="À Toulouse", commune_code=TOULOUSE), make_user(name="Bob")
    )
    db.session.flush()
    return auch, toulouse


@pytest.mark.parametrize(
    ("make", "code", "sees"),
    [
        (make_user, 403, (False, False)),
        (lambda: make_coordinator("32"), 200, (True, False)),
        (lambda: make_coordinator("31", "81"), 200, (False, True)),
        (lambda: make_coordinator("81"), 200, (False, False)),
        (make_coordinator, 200, (True, True)),
        (make_administrator, 200, (True, True)),
    ],
)
def test_each_coordination_sees_and_settles_what_is_in_its_territory(
    db, sign_in, requests, make, code, sees
):
    client = sign_in(make())
    page = client.get(INDEX)
    assert page.status_code == code
    assert ("À Auch" in page.text, "À Toulouse" in page.text) == sees
    for request, is_seen in zip(requests, sees, strict=True):
        number = request.id
        for answer in ("admettre", "refuser"):
            assert client.get(f"{INDEX}/{number}/{answer}").status_code == 405
        settled = client.send(f"{INDEX}/{number}/admettre")
        assert settled.status_code == (302 if is_seen else 404)
        assert (request.state is MembershipState.ACTIVE) is is_seen


def test_a_stranger_is_sent_to_the_door(client, requests):
    assert client.get(INDEX).location == f"/compte/connexion?suite={INDEX}"
    for answer in ("admettre", "refuser"):
        answered = client.send(f"{INDEX}/{requests[0].id}/{answer}")
        assert answered.location == "/compte/connexion"
    assert requests[0].state is MembershipState.REQUESTED


def test_no_is_no_and_is_told(db, sign_in, requests, letters):
    auch, _toulouse = requests
    number, organisation = auch.id, auch.organisation
    client = sign_in(make_coordinator("32"))
    assert client.send(f"{INDEX}/{number}/refuser").location == INDEX
    assert organisation.memberships == []
    assert [each.kind for each in letters()] == ["network/not_admitted"]
    # Answered already: there is nothing more to answer.
    assert client.send(f"{INDEX}/{number}/admettre").status_code == 404
    assert "Aucune demande en attente." in client.get(INDEX).text


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_queue_asks_the_same_of_the_database_however_long(db, sign_in, queries, count):
    for number in range(count):
        ask(make_organisation(), make_user(name=f"Personne {number}"))
    client = sign_in(make_coordinator("32"))
    with queries() as asked:
        page = client.get(INDEX).text
    # Who asks, their roles and territory; how many; the requests; the roles of who asks to join.
    assert len(asked) == 6, "\n".join(asked)
    assert page.count("demande à rejoindre\n") == min(count, 25)
