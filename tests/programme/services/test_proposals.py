"""Answering what members change after publication: what stands afterwards, and what two coordinators learn."""

from datetime import date, time, timedelta

import pytest

from fete.core.clock import from_paris, now
from fete.core.db import db as database
from fete.core.errors import RuleBrokenError, StaleError
from fete.programme.models import Mode
from fete.programme.queries.activities import find_activity
from fete.programme.queries.versions import (
    as_wished,
    changes_proposed,
    changes_since_approval,
)
from fete.programme.rules import PlannedSlot
from fete.programme.rules.versions import written
from fete.programme.services.proposals import accept, decline, see_corrections, take_back
from fete.programme.services.review import change_slot
from fete.programme.services.versions import change
from fete.programme.workflow import SlotState, Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import MONTPELLIER, make_organisation
from tests.factories.programme import make_activity, make_venue, term


def at(day: int, hour: int):
    return from_paris(date(2026, 10, day), time(hour))


def planned(starts, number=None, **values):
    return PlannedSlot(id=number, starts_at=starts, ends_at=starts + timedelta(hours=2), **values)


@pytest.fixture
def member(db):
    return make_user(name="Ada")


@pytest.fixture
def coordinator(db):
    return make_coordinator("32", name="Camille")


@pytest.fixture
def other(db):
    return make_coordinator("32", name="Denis")


@pytest.fixture
def activity(member, coordinator):
    return make_activity(
        at(3, 10), at(4, 10), title="Nuit noire", organisation=make_organisation(member)
    )


def anew(activity):
    found = find_activity(activity.id)
    assert found is not None
    return found


def kinds(letters):
    return [letter.kind for letter in letters()]


def test_what_is_accepted_stands_whole_and_calendars_learn_it(
    activity, member, coordinator, letters
):
    first, second = activity.slots
    uids, revisions = (first.uid, second.uid), (first.revision, second.revision)
    venue = make_venue(name="Observatoire")
    change(activity, {"title": "Nuit blanche", "mode": Mode.BOTH}, by=member, at=now())
    change(activity, {"venue": venue}, by=member, at=now())
    change(activity, {"audiences": [term("audience", "families")]}, by=member, at=now())
    # The first moves, the second goes, a third comes.
    slots = [planned(at(3, 14), first.id, capacity=20), planned(at(6, 10), capacity=8)]
    change(activity, {"slots": slots}, by=member, at=now())
    accept(activity, by=coordinator, at=now(), version=activity.version, reason="Très bien")
    activity = anew(activity)
    assert (activity.title, activity.mode, activity.venue, activity.proposal) == (
        "Nuit blanche",
        Mode.BOTH,
        venue,
        None,
    )
    assert [each.code for each in activity.terms] == ["environment", "families"]
    assert [
        (slot.starts_at, slot.state, slot.capacity, slot.uid in uids) for slot in activity.slots
    ] == [
        (at(3, 14), SlotState.RESCHEDULED, 20, True),
        (at(4, 10), SlotState.CANCELLED, 20, True),
        (at(6, 10), SlotState.SCHEDULED, 8, False),
    ]
    first, second, _third = activity.slots
    assert (first.uid, second.uid) == uids
    assert first.revision > revisions[0]
    assert second.revision > revisions[1]
    assert "nuit blanch" in activity.search
    # All that it says is approved, by whom accepted it.
    assert activity.approved.content == written(activity)
    assert activity.approved.person_id == coordinator.id
    assert kinds(letters) == ["programme/change_proposed", "programme/change_accepted"]
    assert history_of(activity)[0].act == "activity.change_accepted"


def test_a_slot_that_the_public_never_knew_goes_when_it_is_wished_no_more(
    activity, member, coordinator
):
    activity.status, activity.published_at = Status.LABELLED, None
    first, _second = activity.slots
    change(activity, {"slots": [planned(at(3, 10), first.id, capacity=20)]}, by=member, at=now())
    accept(activity, by=coordinator, at=now())
    assert [slot.starts_at for slot in anew(activity).slots] == [at(3, 10)]


def test_accepting_is_also_having_seen_what_was_corrected(activity, member, coordinator):
    change(activity, {"title": "Nuit blanche", "standfirst": "Neuf"}, by=member, at=now())
    accept(activity, by=coordinator, at=now())
    activity = anew(activity)
    assert (activity.corrected_at, changes_since_approval(activity)) == (None, [])


def test_sent_twice_by_one_person_it_is_done_once(activity, member, coordinator, letters):
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    version = activity.version
    accept(activity, by=coordinator, at=now(), version=version)
    accept(activity, by=coordinator, at=now(), version=version)
    assert kinds(letters) == ["programme/change_proposed", "programme/change_accepted"]
    change(activity, {"title": "Nuit grise"}, by=member, at=now())
    version = activity.version
    for _twice in range(2):
        decline(activity, by=coordinator, at=now(), version=version, reason="Non")
    assert kinds(letters)[2:] == ["programme/change_proposed", "programme/change_declined"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (accept, "Camille a déjà accepté ce changement le lundi 16 mars 2026 à 10\u00a0h."),
        (decline, "Camille a déjà refusé ce changement le lundi 16 mars 2026 à 10\u00a0h."),
    ],
)
def test_of_two_coordinators_at_once_the_second_is_told(
    activity, member, coordinator, other, letters, answer, says
):
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    version = activity.version
    answer(activity, by=coordinator, at=now(), version=version, reason="Parce que")
    written_so_far = kinds(letters)
    for second in (accept, decline):
        with pytest.raises(StaleError) as told:
            second(activity, by=other, at=now(), version=version, reason="Autre")
        assert str(told.value) == says
    assert kinds(letters) == written_so_far


def test_what_was_amended_since_it_was_read_is_read_again_first(activity, member, coordinator):
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    version = activity.version
    change(activity, {"title": "Tout autre chose"}, by=member, at=now())
    for answer in (accept, decline):
        with pytest.raises(StaleError) as told:
            answer(activity, by=coordinator, at=now(), version=version, reason="Lu")
        assert "a changé entre-temps" in str(told.value)
    assert anew(activity).title == "Nuit noire"


def test_nothing_to_answer_is_told(activity, coordinator):
    with pytest.raises(StaleError) as told:
        accept(activity, by=coordinator, at=now())
    assert str(told.value) == "Aucun changement n’attend votre réponse."


# What somebody else changed meanwhile


def test_what_the_coordination_changed_meanwhile_is_not_overwritten_unless_it_says_so(
    activity, member, coordinator
):
    change(activity, {"title": "Par Ada", "age_min": 6}, by=member, at=now())
    change(activity, {"title": "Par Camille"}, by=coordinator, at=now())
    title, age = changes_proposed(anew(activity))
    assert (title.name, title.then, title.before, title.after, title.is_conflict) == (
        "title",
        "Nuit noire",
        "Par Camille",
        "Par Ada",
        True,
    )
    assert (age.name, age.is_conflict) == ("age_min", False)
    with pytest.raises(RuleBrokenError) as refused:
        accept(activity, by=coordinator, at=now())
    assert refused.value.field == "despite"
    assert anew(activity).title == "Par Camille"
    accept(activity, by=coordinator, at=now(), despite=True)
    assert (anew(activity).title, activity.age_min) == ("Par Ada", 6)


def test_a_slot_moved_by_the_coordination_meanwhile_is_a_conflict_one_cancelled_is_not(
    activity, member, coordinator
):
    first, second = activity.slots
    slots = [planned(at(3, 14), first.id, capacity=20), planned(at(4, 10), second.id, capacity=20)]
    change(activity, {"slots": slots}, by=member, at=now())
    change_slot(second, SlotState.CANCELLED, by=coordinator, at=now())
    (difference,) = changes_proposed(anew(activity))
    assert not difference.is_conflict
    moved = [planned(at(3, 9), first.id, capacity=20)]
    change(activity, {"slots": moved}, by=coordinator, at=now())
    (difference,) = changes_proposed(anew(activity))
    assert difference.is_conflict


def test_slots_that_each_side_changed_apart_are_all_kept(activity, member, coordinator):
    first, second = activity.slots
    wished = [planned(at(3, 14), first.id, capacity=20), planned(at(4, 10), second.id, capacity=20)]
    change(activity, {"slots": [*wished, planned(at(6, 10))]}, by=member, at=now())
    given = [
        planned(at(3, 10), first.id, capacity=20),
        planned(at(4, 9), second.id, capacity=20),
        planned(at(7, 10)),
    ]
    change(activity, {"slots": given}, by=coordinator, at=now())
    (difference,) = changes_proposed(anew(activity))
    assert not difference.is_conflict
    assert [each.fate for each in difference.slots] == ["moved", "kept", "added", "kept"]
    # The members go on from both.
    assert [slot.starts_at for slot in as_wished(activity).slots] == [
        at(3, 14),
        at(4, 9),
        at(6, 10),
        at(7, 10),
    ]
    accept(activity, by=coordinator, at=now())
    assert [(slot.starts_at, slot.state) for slot in anew(activity).slots] == [
        (at(3, 14), SlotState.RESCHEDULED),
        (at(4, 9), SlotState.RESCHEDULED),
        (at(6, 10), SlotState.SCHEDULED),
        (at(7, 10), SlotState.SCHEDULED),
    ]


def test_a_slot_that_both_moved_stays_a_conflict_when_the_members_write_again(
    activity, member, coordinator
):
    first, second = activity.slots
    wished = [planned(at(3, 14), first.id, capacity=20), planned(at(4, 10), second.id, capacity=20)]
    change(activity, {"slots": wished}, by=member, at=now())
    given = [planned(at(3, 9), first.id, capacity=20), planned(at(4, 10), second.id, capacity=20)]
    change(activity, {"slots": given}, by=coordinator, at=now())
    change(activity, {"slots": [*wished, planned(at(6, 10))]}, by=member, at=now())
    (difference,) = changes_proposed(anew(activity))
    assert difference.is_conflict
    assert [slot.starts_at for slot in difference.then] == [at(3, 10), at(4, 10)]
    assert [slot.starts_at for slot in difference.before] == [at(3, 9), at(4, 10)]


def test_what_the_coordination_did_already_is_no_change_any_more(activity, member, coordinator):
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    change(activity, {"title": "Nuit blanche"}, by=coordinator, at=now())
    assert changes_proposed(anew(activity)) == []
    accept(activity, by=coordinator, at=now())
    assert (anew(activity).title, activity.proposal) == ("Nuit blanche", None)


def test_a_place_that_was_made_one_with_another_meanwhile_is_the_other(
    activity, member, coordinator
):
    twice, once = make_venue(name="Muséum"), make_venue(name="Muséum d’Auch")
    change(activity, {"venue": twice}, by=member, at=now())
    old = activity.venue
    twice.merged_into_id = once.id
    # The place where it stands was too: that is no conflict.
    kept = make_venue(name="Ancien lieu")
    old.merged_into_id, activity.venue = kept.id, kept
    database.session.flush()
    (difference,) = changes_proposed(anew(activity))
    assert (difference.before, difference.after, difference.is_conflict) == (kept, once, False)
    accept(activity, by=coordinator, at=now())
    assert anew(activity).venue is once


def test_a_change_that_cannot_stand_any_more_is_refused_and_kept(activity, member, coordinator):
    village = make_activity(
        title="Village", kind="science_village", organisation=activity.organisation
    )
    change(activity, {"parent": village}, by=member, at=now())
    village.status = Status.WITHDRAWN
    database.session.commit()
    with pytest.raises(RuleBrokenError) as refused:
        accept(activity, by=coordinator, at=now())
    assert refused.value.field == "parent"
    database.session.rollback()
    assert anew(activity).proposal is not None


# Declined


def test_what_is_declined_is_dropped_and_told_whole(activity, member, coordinator, letters):
    before = written(activity)
    change(activity, {"title": "Nuit blanche", "age_min": 6}, by=member, at=now())
    decline(activity, by=coordinator, at=now(), reason="Le titre est déjà imprimé.")
    activity = anew(activity)
    assert (written(activity), activity.proposal) == (before, None)
    assert [(remark.person_id, remark.text) for remark in activity.remarks] == [
        (
            coordinator.id,
            "Le titre est déjà imprimé.\n\nCe qui était proposé\u00a0:\nTitre\u00a0: Nuit blanche\nÂge minimum\u00a0: 6",
        )
    ]
    letter = letters()[-1]
    assert (letter.kind, letter.person_id) == ("programme/change_declined", member.id)
    assert "Nuit blanche" in letter.text


def test_declining_says_why(activity, member, coordinator):
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    with pytest.raises(RuleBrokenError) as refused:
        decline(activity, by=coordinator, at=now(), reason="")
    assert refused.value.field == "reason"
    assert anew(activity).proposal is not None


# Taken back, seen


def test_members_take_back_what_they_propose(activity, member, coordinator, letters):
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    version = activity.version
    for _twice in range(2):
        take_back(activity, by=member, at=now(), version=version)
    activity = anew(activity)
    assert (activity.title, activity.proposal) == ("Nuit noire", None)
    assert [entry.act for entry in history_of(activity)] == [
        "activity.change_taken_back",
        "activity.change_proposed",
    ]
    with pytest.raises(StaleError) as told:
        accept(activity, by=coordinator, at=now(), version=version)
    assert str(told.value).startswith("Ada a retiré ce changement le ")


def test_corrections_that_are_seen_wait_no_more(activity, member, coordinator, other, letters):
    change(activity, {"standfirst": "Neuf"}, by=member, at=now())
    version = activity.version
    see_corrections(activity, by=coordinator, at=now(), version=version)
    # Seen by another in the same instant: nothing is lost.
    see_corrections(activity, by=other, at=now(), version=version)
    activity = anew(activity)
    assert (activity.corrected_at, changes_since_approval(activity)) == (None, [])
    assert activity.approved.person_id == coordinator.id
    assert [entry.act for entry in history_of(activity)] == [
        "activity.corrections_seen",
        "activity.changed",
    ]
    assert kinds(letters) == ["programme/corrected"] * 2


def test_corrections_made_since_one_read_are_read_first(activity, member, coordinator):
    change(activity, {"standfirst": "Un"}, by=member, at=now())
    version = activity.version
    change(activity, {"standfirst": "Deux"}, by=member, at=now())
    with pytest.raises(StaleError) as told:
        see_corrections(activity, by=coordinator, at=now(), version=version)
    assert "a changé entre-temps" in str(told.value)
    assert anew(activity).corrected_at is not None


def test_a_change_of_place_to_another_departement_is_answered_where_it_stands(
    activity, member, coordinator
):
    change(activity, {"venue": make_venue(MONTPELLIER)}, by=member, at=now())
    assert anew(activity).departement_code == "32"
    accept(activity, by=coordinator, at=now())
    assert anew(activity).departement_code == "34"
