"""What becomes of an activity that several structures share, or that changes hands."""

import pytest
from sqlalchemy import select

from fete.core.clock import now
from fete.core.db import db as database
from fete.core.errors import RuleBrokenError
from fete.core.text import stems
from fete.journal.models import Entry
from fete.network.models import Membership, MembershipState
from fete.network.services import leave
from fete.programme.models import Answer, EditionState, Side
from fete.programme.queries.activities import page_of_activities
from fete.programme.services.conversation import write
from fete.programme.services.proposals import accept, decline
from fete.programme.services.review import take_step
from fete.programme.services.sharing import (
    add_co_organiser,
    decline_handover,
    hand_over,
    remove_co_organiser,
    take_over,
    withdraw_handover,
)
from fete.programme.services.versions import change
from fete.programme.workflow import Status, Step
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.sharing import make_co_organiser, make_handover


@pytest.fixture
def people(db):
    return {
        "Ada": make_user(name="Ada", email="ada@example.org"),
        "Bob": make_user(name="Bob", email="bob@example.org"),
        "Zoé": make_user(name="Zoé", email="zoe@example.org"),
    }


@pytest.fixture
def museum(people):
    return make_organisation(people["Ada"], name="Muséum")


@pytest.fixture
def lab(people):
    return make_organisation(people["Bob"], people["Zoé"], name="Laboratoire", acronym="LAPLACE")


@pytest.fixture
def activity(museum):
    return make_activity(organisation=museum, title="Nuit noire")


def acts():
    return [
        (entry.act, entry.detail)
        for entry in database.session.scalars(select(Entry).order_by(Entry.id))
    ]


def told(letters):
    return [(letter.kind.partition("/")[2], letter.to_name) for letter in letters()]


def mine(person):
    return [each.title for each in page_of_activities(person, number=1).rows]


def test_a_structure_is_added_once_and_told(activity, lab, people, letters):
    first = add_co_organiser(activity, lab, by=people["Ada"], at=now())
    assert add_co_organiser(activity, lab, by=people["Ada"], at=now()) is first
    assert [each.name for each in activity.organisers] == ["Muséum", "Laboratoire"]
    assert told(letters) == [("co_organiser_added", "Bob"), ("co_organiser_added", "Zoé")]
    assert {letter.page for letter in letters()} == {f"/mes-activites/{activity.id}/partage"}
    assert acts() == [("activity.co_organiser_added", "Laboratoire")]
    # It is found by the name of either.
    assert set(stems("Laboratoire LAPLACE Muséum")) <= set(activity.search.split())
    assert mine(people["Bob"]) == ["Nuit noire"]


def test_the_structure_that_declares_is_no_co_organiser(activity, museum, people):
    with pytest.raises(RuleBrokenError):
        add_co_organiser(activity, museum, by=people["Ada"], at=now())
    assert activity.co_organisers == []


def test_a_structure_is_taken_off_by_those_who_declare(activity, lab, people, letters):
    make_co_organiser(activity, lab)
    remove_co_organiser(activity, lab, by=people["Ada"], at=now())
    remove_co_organiser(activity, lab, by=people["Ada"], at=now())
    assert [each.name for each in activity.organisers] == ["Muséum"]
    assert told(letters) == [("co_organiser_removed", "Bob"), ("co_organiser_removed", "Zoé")]
    assert acts() == [("activity.co_organiser_removed", "Laboratoire")]
    assert "laplac" not in activity.search
    assert mine(people["Bob"]) == []


def test_a_structure_takes_itself_off_and_the_other_is_told(activity, lab, people, letters):
    make_co_organiser(activity, lab)
    remove_co_organiser(activity, lab, by=people["Bob"], at=now())
    assert told(letters) == [("co_organiser_left", "Ada")]
    assert acts() == [("activity.co_organiser_left", "Laboratoire")]


def test_everybody_who_organises_gets_the_letters_once(activity, lab, people, letters):
    both = make_user(name="Deux")
    for organisation in (activity.organisation, lab):
        make_co_member(organisation, both)
    make_co_organiser(activity, lab)
    activity.status = Status.SUBMITTED
    leave(lab, by=people["Zoé"], at=now())
    take_step(activity, Step.PUBLISH, by=make_coordinator("32"), at=now())
    assert sorted(told(letters)) == [
        ("published", "Ada"),
        ("published", "Bob"),
        ("published", "Deux"),
    ]


def test_everybody_who_organises_learns_what_is_answered_and_said_once(
    activity, lab, people, letters
):
    camille = make_coordinator("32", name="Camille")
    # Who acts for both structures, and who coordinates and acts for one, read one letter each.
    both = make_user(name="Deux")
    for organisation in (activity.organisation, lab):
        make_co_member(organisation, both)
    member = make_coordinator("32", name="Membre")
    make_co_member(lab, member)
    make_co_organiser(activity, lab)
    database.session.expire_all()
    everybody = ["Ada", "Bob", "Deux", "Membre", "Zoé"]

    def new(act):
        count = len(letters())
        act()
        return sorted(told(letters)[count:])

    assert new(lambda: change(activity, {"standfirst": "Mieux"}, by=people["Bob"], at=now())) == [
        ("corrected", "Camille")
    ]
    assert new(lambda: change(activity, {"title": "Autre"}, by=people["Bob"], at=now())) == [
        ("change_proposed", "Camille")
    ]
    assert new(lambda: accept(activity, by=camille, at=now())) == [
        ("change_accepted", name) for name in everybody
    ]
    change(activity, {"title": "Encore"}, by=people["Ada"], at=now())
    assert new(lambda: decline(activity, by=camille, at=now(), reason="Non")) == [
        ("change_declined", name) for name in everybody
    ]
    assert new(
        lambda: write(activity, "Bonjour", side=Side.COORDINATION, by=camille, at=now())
    ) == [("message", name) for name in everybody]


def make_co_member(organisation, person):
    organisation.memberships.append(
        Membership(person=person, state=MembershipState.ACTIVE, asked_at=now(), admitted_at=now())
    )
    database.session.flush()


def test_a_closed_edition_keeps_its_organisers(museum, lab, people):
    closed = make_edition(2025, state=EditionState.CLOSED)
    activity = make_activity(organisation=museum, edition=closed)
    make_co_organiser(activity, lab)
    for refused in (
        lambda: add_co_organiser(activity, make_organisation(), by=people["Ada"], at=now()),
        lambda: remove_co_organiser(activity, lab, by=people["Ada"], at=now()),
        lambda: hand_over(activity, lab, message="", by=people["Ada"], at=now()),
    ):
        with pytest.raises(RuleBrokenError, match="close"):
            refused()


def test_an_activity_changes_hands_when_the_other_structure_accepts(
    activity, museum, lab, people, letters
):
    uid, revision, slug = activity.slots[0].uid, activity.slots[0].revision, activity.slug
    version = activity.version
    handover = hand_over(activity, lab, message="Je pars.", by=people["Ada"], at=now())
    assert hand_over(activity, lab, message="Je pars.", by=people["Ada"], at=now()) is handover
    assert activity.organisation is museum
    assert told(letters) == [("handover_asked", "Bob"), ("handover_asked", "Zoé")]
    assert {letter.page for letter in letters()} == {f"/mes-activites/reprises/{handover.id}"}

    take_over(handover, by=people["Bob"], at=now())
    take_over(handover, by=people["Bob"], at=now())
    assert (activity.organisation.name, handover.state) == ("Laboratoire", Answer.ACCEPTED)
    assert (handover.settled_by_id, activity.version) == (people["Bob"].id, version + 1)
    # Subscribers keep the same event, which says who makes it now; the address stays.
    assert (activity.slots[0].uid, activity.slots[0].revision, activity.slug) == (
        uid,
        revision + 1,
        slug,
    )
    assert set(stems("Laboratoire")) <= set(activity.search.split())
    assert "museum" not in activity.search
    assert sorted(told(letters)[2:]) == [
        ("handed_over", "Ada"),
        ("handed_over", "Bob"),
        ("handed_over", "Zoé"),
    ]
    assert {letter.to_name: letter.page for letter in letters()[2:]} == {
        "Ada": "",
        "Bob": f"/mes-activites/{activity.id}/apercu",
        "Zoé": f"/mes-activites/{activity.id}/apercu",
    }
    assert acts() == [
        ("activity.handover_asked", "Laboratoire"),
        ("activity.handed_over", "De « Muséum » à « Laboratoire ». Je pars."),
    ]
    assert (mine(people["Ada"]), mine(people["Bob"])) == ([], ["Nuit noire"])


def test_a_co_organiser_that_takes_over_is_named_once(activity, lab, people):
    make_co_organiser(activity, lab)
    take_over(make_handover(activity, lab), by=people["Bob"], at=now())
    database.session.refresh(activity)
    assert [each.name for each in activity.organisers] == ["Laboratoire"]


def test_who_acts_for_both_hands_over_at_once(activity, lab, people, letters):
    make_co_member(lab, people["Ada"])
    handover = hand_over(activity, lab, message="", by=people["Ada"], at=now())
    assert (handover.state, activity.organisation.name) == (Answer.ACCEPTED, "Laboratoire")
    # Sent twice, it was done once.
    assert hand_over(activity, lab, message="", by=people["Ada"], at=now()) is handover
    assert len(told(letters)) == 3


def test_the_coordination_hands_over_at_once_and_says_why(activity, lab, letters):
    lab.commune_code = TOULOUSE
    coordinator = make_coordinator("32")
    with pytest.raises(RuleBrokenError) as refused:
        hand_over(activity, lab, message="", by=coordinator, at=now())
    assert (refused.value.field, activity.organisation.name) == ("message", "Muséum")
    hand_over(activity, lab, message="Le muséum ferme.", by=coordinator, at=now())
    assert activity.organisation.name == "Laboratoire"
    assert {"Le muséum ferme." in letter.text for letter in letters()} == {True}


def test_declined_it_stays_and_those_who_asked_learn_it(activity, lab, people, letters):
    handover = make_handover(activity, lab)
    decline_handover(handover, by=people["Bob"], at=now())
    decline_handover(handover, by=people["Zoé"], at=now())
    assert activity.organisation.name == "Muséum"
    assert told(letters) == [("handover_declined", "Ada")]
    with pytest.raises(RuleBrokenError, match="déjà décliné"):
        take_over(handover, by=people["Bob"], at=now())


def test_withdrawn_it_cannot_be_accepted_any_more(activity, lab, people, letters):
    handover = make_handover(activity, lab)
    withdraw_handover(handover, by=people["Ada"], at=now())
    assert told(letters) == [("handover_withdrawn", "Bob"), ("handover_withdrawn", "Zoé")]
    with pytest.raises(RuleBrokenError, match="a retiré sa demande"):
        take_over(handover, by=people["Bob"], at=now())
    assert activity.organisation.name == "Muséum"
    # Another structure may be asked now, or the same one again.
    assert hand_over(activity, lab, message="", by=people["Ada"], at=now()) is not handover


def test_accepted_it_cannot_be_withdrawn_any_more(activity, lab, people):
    handover = make_handover(activity, lab)
    take_over(handover, by=people["Bob"], at=now())
    with pytest.raises(RuleBrokenError, match="déjà été reprise"):
        withdraw_handover(handover, by=people["Ada"], at=now())


def test_one_structure_is_asked_at_a_time(activity, lab, people):
    hand_over(activity, lab, message="", by=people["Ada"], at=now())
    other = make_organisation(make_user(), name="Autre")
    with pytest.raises(RuleBrokenError, match="n’a pas encore répondu"):
        hand_over(activity, other, message="", by=people["Ada"], at=now())


def test_a_structure_where_nobody_acts_cannot_be_asked(activity, people):
    empty = make_organisation(name="Vide", commune_code=TOULOUSE)
    with pytest.raises(RuleBrokenError, match="Personne n’agit encore"):
        hand_over(activity, empty, message="", by=people["Ada"], at=now())


def test_what_was_withdrawn_meanwhile_changes_no_hands(activity, lab, people):
    handover = make_handover(activity, lab)
    activity.status = Status.WITHDRAWN
    with pytest.raises(RuleBrokenError, match="retirée ou refusée"):
        take_over(handover, by=people["Bob"], at=now())
    assert activity.organisation.name == "Muséum"
