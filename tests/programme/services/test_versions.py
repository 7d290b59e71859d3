"""Changing what is labelled or published: what goes live, what is proposed, what is kept as approved."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from fete.core.clock import from_paris, now
from fete.core.db import db as database, transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.programme.models import Decision, EditionState, Mode, Slot, SlotAudience
from fete.programme.queries.activities import find_activity
from fete.programme.queries.versions import as_wished, changes_since_approval
from fete.programme.rules import PlannedSlot, planned_of
from fete.programme.rules.versions import written
from fete.programme.services.activities import rewrite
from fete.programme.services.proposals import accept, see_corrections
from fete.programme.services.review import change_slot, take_step
from fete.programme.services.versions import Outcome, change, keep_approved, reschedule
from fete.programme.workflow import SlotState, Status, Step
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_venue, term


def at(day: int, hour: int):
    return from_paris(date(2026, 10, day), time(hour))


def two_hours(starts, **values):
    return PlannedSlot(starts_at=starts, ends_at=starts + timedelta(hours=2), **values)


def as_planned(slot, **values):
    known = {
        "id": slot.id,
        "uid": slot.uid,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "capacity": slot.capacity,
    }
    return PlannedSlot(**(known | values))


@pytest.fixture
def member(db):
    return make_user(name="Ada", email="ada@example.org")


@pytest.fixture
def coordinator(db):
    return make_coordinator("32", name="Camille", email="camille@example.org")


@pytest.fixture
def activity(member, coordinator):
    return make_activity(
        at(3, 10), at(4, 10), title="Nuit noire", organisation=make_organisation(member)
    )


def anew(activity):
    found = find_activity(activity.id)
    assert found is not None
    return found


def proposed(activity):
    return activity.proposal.content["proposed"] if activity.proposal else {}


def acts(activity):
    return [entry.act for entry in history_of(activity)]


# What goes live


@pytest.mark.parametrize("status", [Status.LABELLED, Status.PUBLISHED])
def test_words_that_members_correct_stand_at_once(activity, member, status):
    activity.status = status
    revisions = [slot.revision for slot in activity.slots]
    outcome = change(
        activity,
        {"standfirst": "Plus clair", "booking_phone": "05 62 00 00 00"},
        by=member,
        at=now(),
    )
    assert outcome == Outcome(live=("standfirst", "booking_phone"))
    activity = anew(activity)
    assert (activity.standfirst, activity.proposal, activity.corrected_at) == (
        "Plus clair",
        None,
        now(),
    )
    # Calendars learn it.
    assert [slot.revision for slot in activity.slots] == [each + 1 for each in revisions]
    assert acts(activity) == ["activity.changed"]


def test_the_coordination_is_told_of_corrections_once_until_it_has_seen_them(
    activity, member, coordinator, letters, clock
):
    change(activity, {"standfirst": "Un"}, by=member, at=now())
    first = now()
    clock.shift(timedelta(hours=1))
    change(activity, {"standfirst": "Deux"}, by=member, at=now())
    assert [(letter.kind, letter.person_id) for letter in letters()] == [
        ("programme/corrected", coordinator.id)
    ]
    assert activity.corrected_at == first
    see_corrections(activity, by=coordinator, at=now(), version=activity.version)
    change(activity, {"standfirst": "Trois"}, by=member, at=now())
    assert [letter.kind for letter in letters()] == ["programme/corrected"] * 2


def test_what_is_typed_as_it_stands_changes_nothing_and_tells_nobody(activity, member, letters):
    content = {"title": "Nuit noire", "standfirst": activity.standfirst, "kind": activity.kind}
    slots = [as_planned(slot) for slot in activity.slots]
    version = activity.version
    assert change(activity, content, by=member, at=now()) == Outcome()
    assert change(activity, {"slots": slots}, by=member, at=now()) == Outcome()
    assert (activity.version, letters(), acts(activity), activity.corrected_at) == (
        version,
        [],
        [],
        None,
    )


def test_spaces_that_a_form_loses_are_no_change(activity, member, coordinator):
    activity.title, activity.standfirst = "Nuit\u00a0noire\u00a0?", "Un\u202fciel"
    activity.description = "Un.\n\nDeux\u00a0!"
    database.session.flush()
    typed = {
        "title": "Nuit noire ?",
        "standfirst": "Un ciel",
        "description": "Un.\n\nDeux !",
        "partners": "",
    }
    for person in (member, coordinator):
        assert change(activity, typed, by=person, at=now()) == Outcome()
    assert change(activity, typed | {"description": "Un. Deux !"}, by=member, at=now()) == Outcome(
        live=("description",)
    )
    assert activity.title == "Nuit\u00a0noire\u00a0?"


def test_a_number_of_places_is_corrected_at_once(activity, member):
    first, second = activity.slots
    slots = [as_planned(first, capacity=12), as_planned(second)]
    assert change(activity, {"slots": slots}, by=member, at=now()) == Outcome(live=("slots",))
    activity = anew(activity)
    assert [slot.capacity for slot in activity.slots] == [12, 20]
    assert activity.proposal is None
    assert activity.corrected_at == now()


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"description": ""}, "description"),
        ({"is_free": False}, "is_free"),
        ({"themes": []}, "themes"),
        ({"for_public": False, "for_schools": False}, "welcome"),
        ({"slots": []}, "slots"),
        ({"venue": None, "mode": Mode.ON_SITE}, "venue"),
        ({"title": "x" * 141}, "title"),
        ({"age_min": 12, "age_max": 6}, "age_max"),
        (
            {"slots": [PlannedSlot(starts_at=at(3, 12), ends_at=at(3, 10))]},
            "slots-0-ends",
        ),
    ],
)
def test_nothing_that_a_deposit_needs_is_emptied_nor_made_wrong(activity, member, content, field):
    with pytest.raises(RuleBrokenError) as refused:
        change(activity, content, by=member, at=now())
    assert refused.value.field == field
    database.session.rollback()


def test_what_was_lacking_already_keeps_nobody_from_correcting_the_rest(activity, member):
    activity.description = ""
    database.session.flush()
    assert change(activity, {"partners": "Le muséum"}, by=member, at=now()).live == ("partners",)


def test_a_member_makes_no_village_of_an_activity(activity, member):
    with pytest.raises(RuleBrokenError) as refused:
        change(activity, {"kind": term("kind", "science_village")}, by=member, at=now())
    assert refused.value.field == "kind"


# What is proposed


@pytest.mark.parametrize("status", [Status.LABELLED, Status.PUBLISHED])
def test_the_rest_is_proposed_and_what_stands_stays(activity, member, coordinator, letters, status):
    activity.status = status
    before = written(activity)
    changed_at = [(slot.revision, slot.changed_at) for slot in activity.slots]
    venue = make_venue(name="Observatoire")
    first, _second = activity.slots
    change(activity, {"title": "Nuit blanche", "standfirst": "Neuf"}, by=member, at=now())
    change(activity, {"venue": venue, "mode": Mode.BOTH}, by=member, at=now())
    outcome = change(
        activity,
        {"slots": [as_planned(first, starts_at=at(3, 9)), two_hours(at(5, 10))]},
        by=member,
        at=now(),
    )
    assert outcome == Outcome(proposed=("slots",))
    activity = anew(activity)
    assert written(activity) == before | {"standfirst": "Neuf"}
    assert proposed(activity) == {
        "title": "Nuit blanche",
        "venue": venue.id,
        "mode": "both",
        "slots": [
            {
                "id": first.id,
                "uid": first.uid,
                "starts_at": "2026-10-03T07:00:00+00:00",
                "ends_at": "2026-10-03T10:00:00+00:00",
                "capacity": 20,
                "classes": None,
                "audience": "all",
                "is_opening": False,
                "venue_id": None,
            },
            {
                "id": None,
                "uid": "",
                "starts_at": "2026-10-05T08:00:00+00:00",
                "ends_at": "2026-10-05T10:00:00+00:00",
                "capacity": None,
                "classes": None,
                "audience": "all",
                "is_opening": False,
                "venue_id": None,
            },
        ],
    }
    # Only the standfirst was told to calendars.
    assert [(slot.revision - 1, slot.changed_at) for slot in activity.slots] == changed_at
    # One letter for the corrections, one for the proposal, however often it is amended.
    assert sorted((letter.kind, letter.person_id) for letter in letters()) == [
        ("programme/change_proposed", coordinator.id),
        ("programme/corrected", coordinator.id),
    ]


def test_a_proposed_slot_keeps_its_place_its_public_its_classes_and_its_opening(
    activity, member, coordinator
):
    activity.kind, activity.for_schools = term("kind", "science_village"), True
    activity.sites = [make_venue(name="Halle"), make_venue(name="Lycée")]
    hall, school = activity.sites
    slot = activity.slots[0]
    slot.audience, slot.classes, slot.venue = SlotAudience.SCHOOLS, 2, hall
    slot.is_opening = True
    database.session.flush()
    reschedule(slot, starts_at=at(3, 9), ends_at=at(3, 11), by=member, at=now())
    row = proposed(activity)["slots"][0]
    told = ("schools", 2, True, hall.id)
    assert tuple(row[name] for name in ("audience", "classes", "is_opening", "venue_id")) == told
    wished = as_wished(anew(activity)).slots
    slots = [planned_of(wished[0]), replace(planned_of(wished[1]), venue=school)]
    change(activity, {"slots": slots}, by=member, at=now())
    accept(activity, by=coordinator, at=now())
    stands = anew(activity).slots
    assert [
        (each.starts_at, each.audience, each.classes, each.is_opening, each.venue)
        for each in stands
    ] == [
        (at(3, 9), SlotAudience.SCHOOLS, 2, True, hall),
        (at(4, 10), SlotAudience.ALL, None, False, school),
    ]


def test_a_slot_that_names_the_place_of_its_activity_goes_with_it_when_that_is_accepted(
    activity, member, coordinator
):
    old, new = activity.venue, make_venue(name="Halle")
    activity.slots[0].venue = old
    database.session.flush()
    slots = [as_planned(activity.slots[0], starts_at=at(3, 9), venue=old)]
    change(activity, {"slots": [*slots, planned_of(activity.slots[1])]}, by=member, at=now())
    change(activity, {"venue": new}, by=member, at=now())
    assert [slot.venue for slot in as_wished(anew(activity)).slots] == [new, None]
    assert [slot.venue for slot in activity.slots] == [old, None]
    accept(activity, by=coordinator, at=now())
    assert [slot.venue for slot in anew(activity).slots] == [new, None]
    assert changes_since_approval(activity) == []


def test_the_coordination_moves_what_names_its_place_and_approves_both(activity, coordinator):
    activity.slots[0].venue = activity.venue
    database.session.flush()
    keep_approved(activity, by=coordinator, at=now())
    new = make_venue(name="Halle")
    outcome = change(activity, {"venue": new}, by=coordinator, at=now())
    assert outcome.live == ("venue", "slots")
    assert changes_since_approval(anew(activity)) == []


def test_a_site_is_given_up_with_the_slot_that_was_held_there(activity, member, coordinator):
    activity.kind = term("kind", "science_village")
    activity.sites = [make_venue(name="Halle")]
    (hall,) = activity.sites
    activity.slots[0].venue = hall
    database.session.flush()
    school = make_venue(name="Lycée")
    with pytest.raises(RuleBrokenError) as refused:
        change(activity, {"sites": [school]}, by=member, at=now())
    assert refused.value.field == "sites"
    change(activity, {"sites": [hall, school]}, by=member, at=now())
    slots = [as_planned(activity.slots[0], venue=school), planned_of(activity.slots[1])]
    # A place that is proposed may be named by slots that are proposed.
    change(activity, {"slots": slots}, by=member, at=now())
    change(activity, {"sites": [school]}, by=member, at=now())
    accept(activity, by=coordinator, at=now())
    stands = anew(activity)
    assert (stands.sites, [slot.venue for slot in stands.slots]) == ([school], [school, None])


def test_a_cancelled_slot_keeps_no_site_from_being_given_up(activity, coordinator):
    activity.kind = term("kind", "science_village")
    activity.sites = [make_venue(name="Halle")]
    activity.slots[0].venue = activity.sites[0]
    activity.slots[0].state = SlotState.CANCELLED
    database.session.flush()
    change(activity, {"sites": []}, by=coordinator, at=now())
    assert anew(activity).sites == []


# The event it is part of


def test_nobody_proposes_to_join_a_village_whose_people_were_not_asked(activity, member):
    village = make_activity(kind="science_village")
    with pytest.raises(RuleBrokenError) as refused:
        change(activity, {"parent": village}, by=member, at=now())
    assert (refused.value.field, activity.proposal) == ("parent", None)


def test_who_receives_stands_proposes_to_join_and_any_coordination_accepts(
    activity, member, coordinator
):
    elsewhere = make_venue(TOULOUSE)
    village = make_activity(
        kind="science_village", venue=elsewhere, organisation=activity.organisation
    )
    change(activity, {"parent": village}, by=member, at=now())
    assert activity.parent is None
    accept(activity, by=coordinator, at=now())
    assert anew(activity).parent is village


def test_the_people_of_a_village_learn_that_a_stand_has_left_once_that_is_accepted(
    activity, member, coordinator, letters
):
    host = make_user(name="Hélène")
    activity.parent = make_activity(kind="science_village", organisation=make_organisation(host))
    database.session.flush()
    change(activity, {"parent": None}, by=member, at=now())
    accept(activity, by=coordinator, at=now())
    assert [letter.kind for letter in letters() if letter.person_id == host.id] == [
        "programme/stand_left"
    ]


def test_what_is_proposed_is_amended_field_by_field_and_given_up(activity, member):
    change(activity, {"title": "Un", "age_min": 6}, by=member, at=now())
    change(activity, {"title": "Deux", "age_min": 6}, by=member, at=now())
    assert proposed(activity) == {"title": "Deux", "age_min": 6}
    assert activity.proposal.content["before"] == {"title": "Nuit noire", "age_min": None}
    change(activity, {"title": "Nuit noire", "age_min": 6}, by=member, at=now())
    assert proposed(activity) == {"age_min": 6}
    change(activity, {"age_min": None}, by=member, at=now())
    assert anew(activity).proposal is None
    assert acts(activity)[0] == "activity.change_taken_back"


def test_the_members_go_on_from_what_they_propose(activity, member):
    change(
        activity,
        {"title": "Nuit blanche", "audiences": [term("audience", "families")]},
        by=member,
        at=now(),
    )
    wished = as_wished(anew(activity))
    assert (wished.title, [each.code for each in wished.terms], len(wished.slots)) == (
        "Nuit blanche",
        ["environment", "families"],
        2,
    )
    # It is a copy: nothing of it is kept.
    database.session.flush()
    assert anew(activity).title == "Nuit noire"


def test_two_members_who_change_at_once_are_told_apart(activity, member):
    version = activity.version
    change(activity, {"title": "Un"}, by=member, at=now(), version=version)
    with pytest.raises(StaleError):
        change(activity, {"title": "Deux"}, by=member, at=now(), version=version)
    assert proposed(anew(activity)) == {"title": "Un"}


def test_a_draft_is_changed_as_ever(activity, member):
    activity.status, activity.published_at = Status.DRAFT, None
    assert change(activity, {"title": "Un"}, by=member, at=now()) == Outcome(live=("title",))
    assert (activity.title, activity.versions) == ("Un", [])


# What is approved


@pytest.mark.parametrize("step", [Step.LABEL, Step.PUBLISH])
def test_labelling_and_publishing_approve_the_whole(activity, coordinator, step):
    activity.status = Status.SUBMITTED
    take_step(activity, step, by=coordinator, at=now())
    (version,) = activity.versions
    assert (version.state, version.person_id, version.at) == ("approved", coordinator.id, now())
    assert version.content == written(activity)


def test_what_was_labelled_before_versions_were_kept_is_kept_at_the_first_change(activity, member):
    activity.decisions.append(Decision(at=now() - timedelta(days=3), step=Step.LABEL))
    activity.published_at = now() - timedelta(days=2)
    before = written(activity)
    change(activity, {"standfirst": "Neuf"}, by=member, at=now())
    approved = anew(activity).approved
    assert (approved.content, approved.at, approved.person_id) == (
        before,
        now() - timedelta(days=2),
        None,
    )
    assert [each.name for each in changes_since_approval(activity)] == ["standfirst"]


def test_what_the_coordination_writes_it_approves_and_nothing_else(activity, member, coordinator):
    change(activity, {"standfirst": "Par Ada"}, by=member, at=now())
    outcome = change(activity, {"title": "Par Camille"}, by=coordinator, at=now())
    assert outcome == Outcome(live=("title",))
    activity = anew(activity)
    assert activity.approved.content["title"] == "Par Camille"
    # What the members corrected waits to be seen.
    assert [each.name for each in changes_since_approval(activity)] == ["standfirst"]
    assert activity.corrected_at == now()


def test_what_is_sent_back_and_comes_again_is_compared_with_what_was_approved(
    activity, member, coordinator
):
    activity.status = Status.SUBMITTED
    take_step(activity, Step.LABEL, by=coordinator, at=now())
    take_step(activity, Step.SEND_BACK, by=coordinator, at=now(), reason="Autre titre ?")
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    take_step(activity, Step.SUBMIT, by=member, at=now())
    (difference,) = changes_since_approval(anew(activity))
    assert (difference.name, difference.before, difference.after) == (
        "title",
        "Nuit noire",
        "Nuit blanche",
    )


def test_an_import_approves_nothing(activity):
    rewrite(activity, by=None, at=now(), title="Du fichier")
    assert activity.versions == []


# What ends a proposal


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (Status.PUBLISHED, Step.WITHDRAW),
        (Status.LABELLED, Step.WITHDRAW),
        (Status.LABELLED, Step.REFUSE),
    ],
)
def test_what_ends_an_activity_ends_what_was_proposed(activity, member, coordinator, status, step):
    activity.status = status
    change(activity, {"title": "Nuit blanche", "partners": "X"}, by=member, at=now())
    take_step(activity, step, by=coordinator, at=now(), reason="Fini")
    activity = anew(activity)
    assert (activity.proposal, activity.title, activity.corrected_at) == (None, "Nuit noire", None)


def test_what_is_sent_back_takes_on_what_was_proposed(activity, member, coordinator):
    activity.status, activity.published_at = Status.LABELLED, None
    slots = [as_planned(activity.slots[0]), two_hours(at(6, 10))]
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    change(activity, {"slots": slots}, by=member, at=now())
    take_step(activity, Step.SEND_BACK, by=coordinator, at=now(), reason="À revoir")
    activity = anew(activity)
    assert (activity.status, activity.proposal, activity.title) == (
        Status.CHANGES_REQUESTED,
        None,
        "Nuit blanche",
    )
    assert [slot.starts_at for slot in activity.slots] == [at(3, 10), at(6, 10)]


def test_publishing_what_is_labelled_leaves_what_is_proposed_to_be_answered(
    activity, member, coordinator
):
    activity.status, activity.published_at = Status.LABELLED, None
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    take_step(activity, Step.PUBLISH, by=coordinator, at=now())
    activity = anew(activity)
    assert (activity.title, proposed(activity)) == ("Nuit noire", {"title": "Nuit blanche"})


# Slots said otherwise while a proposal waits


@pytest.mark.parametrize("state", [SlotState.FULL, SlotState.CANCELLED, SlotState.MOVED_ONLINE])
def test_what_becomes_of_a_slot_is_told_at_once_while_a_change_waits(activity, member, state):
    first, second = activity.slots
    change(
        activity,
        {"slots": [as_planned(first, starts_at=at(3, 9)), as_planned(second)]},
        by=member,
        at=now(),
    )
    revision = second.revision
    change_slot(second, state, by=member, at=now())
    activity = anew(activity)
    assert (activity.slots[1].state, activity.slots[1].revision) == (state, revision + 1)
    assert proposed(activity).keys() == {"slots"}


def test_a_cancelled_slot_is_planned_no_more_and_stays(activity, member):
    first, second = activity.slots
    change_slot(first, SlotState.CANCELLED, by=member, at=now())
    assert [slot.id for slot in as_wished(activity).slots] == [second.id]
    # Another at the very time of the one that was cancelled.
    change(activity, {"slots": [two_hours(at(3, 10)), as_planned(second)]}, by=member, at=now())
    coordinator = make_coordinator("32")
    accept(activity, by=coordinator, at=now())
    assert [(slot.starts_at, slot.state) for slot in anew(activity).slots] == [
        (at(3, 10), SlotState.CANCELLED),
        (at(3, 10), SlotState.SCHEDULED),
        (at(4, 10), SlotState.SCHEDULED),
    ]


# A new time


def test_the_coordination_moves_a_slot_at_once_and_says_why(activity, coordinator):
    slot = activity.slots[0]
    uid, revision = slot.uid, slot.revision
    outcome = reschedule(
        slot, starts_at=at(3, 14), ends_at=at(3, 16), by=coordinator, at=now(), note="Il pleut"
    )
    assert outcome == Outcome(live=("slots",))
    moved = next(each for each in anew(activity).slots if each.uid == uid)
    assert (moved.starts_at, moved.state, moved.note, moved.revision > revision) == (
        at(3, 14),
        SlotState.RESCHEDULED,
        "Il pleut",
        True,
    )


def test_a_member_proposes_a_new_time_beside_what_is_proposed_already(
    activity, member, coordinator
):
    first, second = activity.slots
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    reschedule(first, starts_at=at(3, 14), ends_at=at(3, 16), by=member, at=now(), note="Il pleut")
    outcome = reschedule(second, starts_at=at(4, 14), ends_at=at(4, 16), by=member, at=now())
    assert outcome == Outcome(proposed=("slots",))
    assert [(slot.starts_at, slot.note) for slot in anew(activity).slots] == [
        (at(3, 10), ""),
        (at(4, 10), ""),
    ]
    accept(activity, by=coordinator, at=now())
    assert [(slot.starts_at, slot.state, slot.note) for slot in anew(activity).slots] == [
        (at(3, 14), SlotState.RESCHEDULED, "Il pleut"),
        (at(4, 14), SlotState.RESCHEDULED, ""),
    ]


def test_a_postponed_slot_whose_date_is_known_is_moved(activity, coordinator):
    slot = activity.slots[0]
    change_slot(slot, SlotState.POSTPONED, by=coordinator, at=now())
    reschedule(slot, starts_at=at(6, 10), ends_at=at(6, 12), by=coordinator, at=now())
    assert slot.state is SlotState.RESCHEDULED


def test_a_new_time_over_another_slot_is_refused_beside_the_hour(activity, member):
    with pytest.raises(RuleBrokenError) as refused:
        reschedule(activity.slots[0], starts_at=at(4, 11), ends_at=at(4, 13), by=member, at=now())
    assert refused.value.field == "starts"


def test_a_cancelled_slot_is_not_moved(activity, member):
    change_slot(activity.slots[0], SlotState.CANCELLED, by=member, at=now())
    with pytest.raises(RuleBrokenError) as refused:
        reschedule(activity.slots[0], starts_at=at(5, 11), ends_at=at(5, 13), by=member, at=now())
    assert refused.value.field == "state"


def test_a_failure_in_the_middle_leaves_everything_as_it_was(activity, member, letters):
    database.session.commit()

    def change_and_fail():
        with transaction():
            change(activity, {"title": "Un", "standfirst": "Neuf"}, by=member, at=now())
            assert len(letters()) == 2
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    stands = anew(activity)
    assert (stands.title, stands.standfirst == "Neuf", stands.versions, letters()) == (
        "Nuit noire",
        False,
        [],
        [],
    )


def test_a_closed_edition_keeps_what_was_proposed_and_does_nothing_of_it(
    activity, member, coordinator
):
    change(activity, {"title": "Nuit blanche"}, by=member, at=now())
    activity.edition.state = EditionState.CLOSED
    database.session.flush()
    with pytest.raises(RuleBrokenError):
        accept(activity, by=coordinator, at=now())
    assert (anew(activity).title, proposed(activity)) == ("Nuit noire", {"title": "Nuit blanche"})
    assert database.session.query(Slot).count() == 2
