"""The letters of invitations, each compared whole with the expected one."""

import re

import pytest

from fete.core.clock import now
from fete.network.models import MembershipState
from fete.network.services import accept_invitation, invite, remove
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation


@pytest.fixture
def museum(db):
    ada = make_user(name="Ada Dubois", email="ada@example.org")
    return make_organisation(ada, name="Muséum d’Auch & du Gers")


def whole(letter, organisation):
    """Return the letter as a file holds it: its text, what is its own in its HTML, its numbers by a word."""
    own = letter.html.partition('<div class="letter">')[2].partition("</div>")[0]
    kept = f"""À : {letter.to_name} <{letter.to_address}>
Objet : {letter.subject}
Page : {letter.page}

{letter.text}
{"=" * 72}
{own.strip()}
"""
    kept = re.sub(r"/invitation/[\w.-]+", "/invitation/LIEN", kept)
    return re.sub(rf"/{organisation.id}(?=[-/\"\n])", "/NUMÉRO", kept)


def compare(letter, organisation, samples, name):
    """Hold the letter against the expected file of this name."""
    expected = samples / "letters" / "network" / f"{name}.txt"
    assert whole(letter, organisation) == expected.read_text("utf-8")


def test_an_invitation_is_written(museum, letters, samples):
    (ada,) = [each.person for each in museum.memberships]
    invite(museum, email="zoe@example.org", quality="médiatrice", by=ada, at=now())
    compare(letters()[-1], museum, samples, "invited")


def test_who_has_an_account_is_invited_by_name(museum, letters, samples):
    (ada,) = [each.person for each in museum.memberships]
    make_user(name="Zoé Martin", email="zoe@example.org")
    invite(museum, email="zoe@example.org", quality="", by=ada, at=now())
    compare(letters()[-1], museum, samples, "invited_by_name")


def test_the_members_learn_who_came(museum, letters, samples):
    (ada,) = [each.person for each in museum.memberships]
    zoe = make_user(name="Zoé Martin", email="zoe@example.org")
    invite(museum, email="zoe@example.org", quality="", by=ada, at=now())
    accept_invitation(museum.invitations[0], by=zoe, at=now())
    compare(letters()[-1], museum, samples, "joined")


def test_who_is_removed_learns_it(museum, letters, samples):
    (ada,) = [each.person for each in museum.memberships]
    zoe = make_user(name="Zoé Martin", email="zoe@example.org")
    invite(museum, email="zoe@example.org", quality="", by=ada, at=now())
    accept_invitation(museum.invitations[0], by=zoe, at=now())
    (membership,) = [each for each in museum.memberships if each.person_id == zoe.id]
    assert membership.state is MembershipState.ACTIVE
    remove(membership, by=ada, at=now())
    compare(letters()[-1], museum, samples, "removed")
