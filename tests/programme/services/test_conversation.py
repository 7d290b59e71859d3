"""Messages about an activity: told to the other side, once, and to nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fete.accounts.services import erase
from fete.core.clock import now
from fete.core.db import db as database
from fete.core.errors import RuleBrokenError
from fete.mailing.models import Topic
from fete.network.models import Membership, MembershipState
from fete.programme.models import Remark, Side
from fete.programme.services.conversation import write
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def ada():
    return make_user(name="Ada", email="ada@example.org")


@pytest.fixture
def camille():
    return make_coordinator("32", name="Camille", email="camille@example.org")


@pytest.fixture
def activity(ada):
    make_coordinator("31", email="elsewhere@example.org")
    bea = make_user(name="Béa", email="bea@example.org")
    return make_activity(status=Status.SUBMITTED, organisation=make_organisation(ada, bea))


def said():
    found = database.session.scalars(select(Remark).order_by(Remark.id))
    return [(each.side, each.person_id, each.text) for each in found]


def sent(letters):
    return [(each.kind, each.to_address, each.topic, each.page) for each in letters()]


def test_what_the_coordination_writes_goes_to_every_member(activity, camille, letters):
    write(activity, "Quelle salle ?", side=Side.COORDINATION, by=camille, at=now())
    assert said() == [(Side.COORDINATION, camille.id, "Quelle salle ?")]
    page = f"/mes-activites/{activity.id}/apercu"
    assert sent(letters) == [
        ("programme/message", "ada@example.org", Topic.CONVERSATIONS, page),
        ("programme/message", "bea@example.org", Topic.CONVERSATIONS, page),
    ]
    (entry,) = history_of(activity)
    assert (entry.act, entry.person_id) == ("activity.message_written", camille.id)


def test_what_a_member_writes_goes_to_its_coordination(activity, ada, camille, letters):
    write(activity, "La salle B.", side=Side.DECLARERS, by=ada, at=now())
    page = f"/coordination/relecture/{activity.id}"
    assert sent(letters) == [
        ("programme/message", "camille@example.org", Topic.CONVERSATIONS, page)
    ]


def test_nobody_is_written_to_who_left_asks_never_confirmed_or_wrote(activity, camille, letters):
    organisation = activity.organisation
    left = make_user()
    asks, unproved = make_user(), make_user(checked_at=None)
    for person, state in [
        (asks, MembershipState.REQUESTED),
        (unproved, MembershipState.ACTIVE),
        (camille, MembershipState.ACTIVE),
    ]:
        organisation.memberships.append(Membership(person=person, state=state, asked_at=now()))
    database.session.flush()
    write(activity, "Bonjour", side=Side.COORDINATION, by=camille, at=now())
    told = {letter.person_id for letter in letters()}
    assert told.isdisjoint({left.id, asks.id, unproved.id, camille.id})
    assert len(told) == 2


def test_the_same_page_sent_twice_writes_once(activity, ada, camille, letters):
    for _click in range(2):
        write(activity, "Bonjour", side=Side.DECLARERS, by=ada, at=now(), seen=0)
    assert (len(said()), len(letters())) == (1, 1)


def test_the_same_words_from_a_later_page_are_another_message(activity, ada, camille):
    first = write(activity, "Merci", side=Side.DECLARERS, by=ada, at=now(), seen=0)
    later = now() + timedelta(hours=1)
    write(activity, "De rien", side=Side.COORDINATION, by=camille, at=later, seen=first.id)
    write(activity, "Merci", side=Side.DECLARERS, by=ada, at=later, seen=first.id + 1)
    assert [text for _side, _person, text in said()] == ["Merci", "De rien", "Merci"]


def test_an_empty_message_is_refused_beside_its_field(activity, ada, letters):
    with pytest.raises(RuleBrokenError) as refused:
        write(activity, "", side=Side.DECLARERS, by=ada, at=now())
    assert (refused.value.field, said(), letters()) == ("text", [], [])


def test_a_message_outlives_the_account_of_who_wrote_it(activity, ada, camille):
    remark = write(activity, "Bonjour", side=Side.DECLARERS, by=ada, at=now())
    erase(ada, at=now())
    assert (remark.person.name, remark.text) == ("Compte effacé", "Bonjour")
