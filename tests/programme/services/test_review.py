"""The steps of a review: who was told what, what stands afterwards, and what the second of two people learns."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from fete.core.clock import from_paris, now
from fete.core.db import db as database, transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.journal.models import Entry
from fete.programme.models import Decision, EditionState, Remark, Slot
from fete.programme.services.review import (
    ACTS,
    cancel_activity,
    change_slot,
    reinstate_activity,
    take_step,
)
from fete.programme.workflow import TRANSITIONS, SlotState, Status, Step
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition

pytestmark = pytest.mark.usefixtures("db")
REASON = "Le lieu n’est pas assez précis."


@pytest.fixture
def member():
    return make_user(name="Ada", email="ada@example.org")


@pytest.fixture
def coordinator():
    return make_coordinator("32", name="Camille", email="camille@example.org")


@pytest.fixture
def organisation(member):
    return make_organisation(member, name="Les Étoiles du Gers")


def entries(activity):
    found = database.session.scalars(
        select(Entry)
        .where(Entry.object_kind == "activity", Entry.object_id == activity.id)
        .order_by(Entry.id)
    )
    return [(entry.act, entry.person_id, entry.detail) for entry in found]


def sent(letters):
    return [(letter.kind, letter.to_address) for letter in letters()]


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", Step)
def test_every_step_leads_where_the_table_says_and_nowhere_else(
    status, step, member, coordinator, organisation
):
    activity = make_activity(status=status, organisation=organisation)
    by = member if step in {Step.SUBMIT, Step.REOPEN} else coordinator
    end = TRANSITIONS.get((status, step))
    if end is None:
        with pytest.raises(StaleError):
            take_step(activity, step, by=by, at=now(), reason=REASON)
        assert (activity.status, activity.version, entries(activity)) == (status, 1, [])
    else:
        take_step(activity, step, by=by, at=now(), reason=REASON)
        assert (activity.status, activity.version, activity.changed_at) == (end, 2, now())
        assert entries(activity) == [(ACTS[step], by.id, REASON)]


@pytest.mark.parametrize(
    ("start", "step", "told"),
    [
        (
            Status.DRAFT,
            Step.SUBMIT,
            [
                ("programme/received", "ada@example.org"),
                ("programme/received", "bea@example.org"),
                ("programme/submitted", "camille@example.org"),
            ],
        ),
        *(
            (start, step, [(kind, "ada@example.org"), (kind, "bea@example.org")])
            for start, step, kind in [
                (Status.SUBMITTED, Step.SEND_BACK, "programme/changes_requested"),
                (Status.SUBMITTED, Step.LABEL, "programme/labelled"),
                (Status.SUBMITTED, Step.REFUSE, "programme/refused"),
                (Status.SUBMITTED, Step.PUBLISH, "programme/published"),
                (Status.LABELLED, Step.PUBLISH, "programme/published"),
                (Status.PUBLISHED, Step.WITHDRAW, "programme/withdrawn"),
            ]
        ),
        (Status.WITHDRAWN, Step.REOPEN, []),
    ],
)
def test_each_step_tells_every_member_once(start, step, told, member, coordinator, letters):
    second = make_user(name="Béa", email="bea@example.org")
    organisation = make_organisation(member, second)
    make_organisation(make_user(), name="Une autre structure")
    make_coordinator("31")
    activity = make_activity(status=start, organisation=organisation)
    by = member if step in {Step.SUBMIT, Step.REOPEN} else coordinator
    take_step(activity, step, by=by, at=now(), reason=REASON)
    assert sent(letters) == told


def test_somebody_who_only_asked_to_join_is_not_told(coordinator, letters, member, organisation):
    from_outside = make_user()
    organisation.memberships.append(
        type(organisation.memberships[0])(person=from_outside, state="requested", asked_at=now())
    )
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    take_step(activity, Step.PUBLISH, by=coordinator, at=now())
    assert sent(letters) == [("programme/published", "ada@example.org")]


def test_what_a_member_withdraws_is_told_to_the_coordination_too(
    member, coordinator, organisation, letters
):
    activity = make_activity(organisation=organisation)
    take_step(activity, Step.WITHDRAW, by=member, at=now())
    assert sent(letters) == [
        ("programme/withdrawn", "ada@example.org"),
        ("programme/withdrawn", "camille@example.org"),
    ]


def test_a_draft_withdrawn_before_any_deposit_stays_between_members(
    member, coordinator, organisation, letters
):
    activity = make_activity(status=Status.DRAFT, organisation=organisation)
    take_step(activity, Step.WITHDRAW, by=member, at=now())
    assert sent(letters) == [("programme/withdrawn", "ada@example.org")]


def test_where_nobody_coordinates_the_region_is_told(member, organisation, letters):
    make_coordinator("31")
    regional = make_coordinator()
    activity = make_activity(status=Status.DRAFT, organisation=organisation)
    take_step(activity, Step.SUBMIT, by=member, at=now())
    assert ("programme/submitted", regional.email) in sent(letters)
    assert len(sent(letters)) == 2


def test_depositing_dates_the_deposit_and_keeps_the_answer(member, organisation):
    activity = make_activity(
        status=Status.CHANGES_REQUESTED, organisation=organisation, submitted_at=None
    )
    take_step(activity, Step.SUBMIT, by=member, at=now(), reason="C’est précisé.")
    assert activity.submitted_at == now()
    assert [(remark.person_id, remark.text) for remark in activity.remarks] == [
        (member.id, "C’est précisé.")
    ]


def test_a_deposit_that_lacks_something_is_refused_with_all_that_is_missing(member, organisation):
    activity = make_activity(
        status=Status.DRAFT, organisation=organisation, title="", description=""
    )
    with pytest.raises(RuleBrokenError) as refused:
        take_step(activity, Step.SUBMIT, by=member, at=now())
    assert refused.value.message == (
        "Il manque encore\u00a0: Donnez un titre. "
        "Décrivez l’activité\u00a0: ce que l’on y voit, ce que l’on y fait."
    )
    assert activity.status is Status.DRAFT


@pytest.mark.parametrize(
    ("status", "submitted_at", "passes"),
    [(Status.DRAFT, None, False), (Status.CHANGES_REQUESTED, "once", True)],
)
def test_after_the_call_only_what_was_sent_back_is_deposited(
    status, submitted_at, passes, member, organisation, clock
):
    activity = make_activity(
        status=status, organisation=organisation, submitted_at=submitted_at and now()
    )
    clock.move_to(from_paris(date(2026, 5, 1), time(0)))
    if passes:
        take_step(activity, Step.SUBMIT, by=member, at=now())
    else:
        with pytest.raises(RuleBrokenError, match="n’est pas ouvert"):
            take_step(activity, Step.SUBMIT, by=member, at=now())
    assert (activity.status is Status.SUBMITTED) is passes


@pytest.mark.parametrize(
    ("start", "step"),
    [
        (Status.SUBMITTED, Step.SEND_BACK),
        (Status.SUBMITTED, Step.REFUSE),
        (Status.PUBLISHED, Step.WITHDRAW),
    ],
)
def test_some_steps_need_a_reason(start, step, coordinator, organisation, letters):
    activity = make_activity(status=start, organisation=organisation)
    with pytest.raises(RuleBrokenError) as refused:
        take_step(activity, step, by=coordinator, at=now())
    assert (refused.value.field, activity.status, letters()) == ("reason", start, [])


def test_members_withdraw_without_a_word(member, organisation):
    activity = make_activity(organisation=organisation)
    take_step(activity, Step.WITHDRAW, by=member, at=now())
    assert activity.status is Status.WITHDRAWN


def test_what_has_taken_place_is_withdrawn_by_the_coordination_only(
    member, coordinator, organisation, clock
):
    activity = make_activity(organisation=organisation)
    clock.move_to(activity.last_ends_at)
    with pytest.raises(RuleBrokenError, match="a déjà eu lieu"):
        take_step(activity, Step.WITHDRAW, by=member, at=now())
    kept = activity.status
    take_step(activity, Step.WITHDRAW, by=coordinator, at=now(), reason="Déclarée deux fois")
    assert (kept, activity.status) == (Status.PUBLISHED, Status.WITHDRAWN)


def test_sending_back_leaves_a_remark(coordinator, organisation):
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    take_step(activity, Step.SEND_BACK, by=coordinator, at=now(), reason=REASON)
    found = database.session.scalars(select(Remark)).all()
    assert [(each.activity_id, each.person_id, each.at, each.text) for each in found] == [
        (activity.id, coordinator.id, now(), REASON)
    ]


@pytest.mark.parametrize(
    ("start", "step", "decided"),
    [
        (Status.SUBMITTED, Step.LABEL, [(Step.LABEL, REASON)]),
        (Status.SUBMITTED, Step.REFUSE, [(Step.REFUSE, REASON)]),
        (Status.SUBMITTED, Step.PUBLISH, [(Step.LABEL, REASON)]),
        (Status.LABELLED, Step.PUBLISH, []),
        (Status.LABELLED, Step.REFUSE, [(Step.REFUSE, REASON)]),
    ],
)
def test_labels_and_refusals_are_decisions(start, step, decided, coordinator, organisation):
    activity = make_activity(status=start, organisation=organisation)
    take_step(activity, step, by=coordinator, at=now(), reason=REASON)
    found = database.session.scalars(select(Decision).order_by(Decision.id)).all()
    assert [(each.step, each.reason) for each in found] == decided
    assert all((each.person_id, each.at) == (coordinator.id, now()) for each in found)


@pytest.mark.parametrize(
    ("start", "step", "revision"),
    [
        (Status.SUBMITTED, Step.LABEL, 0),
        (Status.SUBMITTED, Step.PUBLISH, 1),
        (Status.PUBLISHED, Step.WITHDRAW, 1),
        (Status.LABELLED, Step.WITHDRAW, 0),
    ],
)
def test_calendars_learn_what_the_public_sees(start, step, revision, coordinator, organisation):
    activity = make_activity(status=start, organisation=organisation)
    take_step(activity, step, by=coordinator, at=now(), reason=REASON)
    assert [slot.revision for slot in activity.slots] == [revision]


def test_publishing_is_dated(coordinator, organisation):
    activity = make_activity(status=Status.LABELLED, organisation=organisation)
    take_step(activity, Step.PUBLISH, by=coordinator, at=now())
    assert activity.published_at == now()


def test_of_two_coordinators_one_wins_and_the_other_is_told(coordinator, organisation, letters):
    other = make_coordinator("32", name="Dominique")
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    take_step(activity, Step.PUBLISH, by=coordinator, at=now(), version=1)
    with pytest.raises(StaleError) as told:
        take_step(activity, Step.REFUSE, by=other, at=now(), reason=REASON, version=1)
    assert str(told.value) == "Camille l’a déjà publiée le lundi 16 mars 2026 à 10\u00a0h."
    assert (activity.status, len(letters())) == (Status.PUBLISHED, 1)


def test_even_the_same_step_is_won_by_one_only(coordinator, organisation, letters):
    other = make_coordinator("32", name="Dominique")
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    take_step(activity, Step.PUBLISH, by=coordinator, at=now(), version=1)
    with pytest.raises(StaleError):
        take_step(activity, Step.PUBLISH, by=other, at=now(), version=1)
    assert len(letters()) == 1


def test_what_changed_since_it_was_read_is_read_again(coordinator, organisation, member):
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    activity.version = 2
    database.session.add(
        Entry(
            at=now(),
            person_id=member.id,
            act="activity.changed",
            object_kind="activity",
            object_id=activity.id,
        )
    )
    with pytest.raises(StaleError) as told:
        take_step(activity, Step.PUBLISH, by=coordinator, at=now(), version=1)
    assert str(told.value) == (
        "Ada l’a modifiée le lundi 16 mars 2026 à 10\u00a0h\u00a0: relisez-la avant de décider."
    )
    assert activity.status is Status.SUBMITTED


@pytest.mark.parametrize("step", [Step.PUBLISH, Step.SEND_BACK, Step.LABEL, Step.REFUSE])
def test_a_double_click_does_nothing_twice(step, coordinator, organisation, letters):
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    for _click in range(2):
        take_step(activity, step, by=coordinator, at=now(), reason=REASON, version=1)
    assert (activity.version, len(entries(activity)), len(letters())) == (2, 1, 1)


def test_a_member_who_deposits_twice_deposits_once(member, coordinator, organisation, letters):
    activity = make_activity(status=Status.DRAFT, organisation=organisation)
    for _click in range(2):
        take_step(activity, Step.SUBMIT, by=member, at=now())
    assert (activity.version, len(entries(activity)), len(letters())) == (2, 1, 2)


def test_a_closed_edition_does_not_move(coordinator, organisation):
    edition = make_edition(state=EditionState.CLOSED)
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation, edition=edition)
    with pytest.raises(RuleBrokenError, match="close"):
        take_step(activity, Step.PUBLISH, by=coordinator, at=now())
    activity.status = Status.PUBLISHED
    with pytest.raises(RuleBrokenError, match="close"):
        cancel_activity(activity, by=coordinator, at=now())


def test_a_step_that_fails_in_the_middle_leaves_nothing(coordinator, organisation, letters):
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    database.session.commit()

    def publish_and_fail():
        with transaction():
            take_step(activity, Step.PUBLISH, by=coordinator, at=now(), reason=REASON)
            assert len(letters()) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        publish_and_fail()
    assert (activity.status, activity.version, activity.published_at) == (
        Status.SUBMITTED,
        1,
        None,
    )
    assert (letters(), entries(activity), activity.decisions) == ([], [], [])
    assert [slot.revision for slot in activity.slots] == [0]


# Slots


def starts(*days):
    return [from_paris(date(2026, 10, day), time(10)) for day in days]


def test_a_cancelled_slot_says_why_and_calendars_learn_it(
    member, coordinator, organisation, letters
):
    activity = make_activity(*starts(3, 4), organisation=organisation)
    first, second = activity.slots
    at = now() + timedelta(hours=1)
    change_slot(first, SlotState.CANCELLED, by=member, at=at, reason="La salle est inondée")
    assert (first.state, first.note, first.revision, first.changed_at) == (
        SlotState.CANCELLED,
        "La salle est inondée",
        1,
        at,
    )
    assert (second.state, second.revision, second.changed_at) == (SlotState.SCHEDULED, 0, now())
    assert (activity.status, activity.is_cancelled, activity.version) == (
        Status.PUBLISHED,
        False,
        2,
    )
    assert entries(activity) == [
        (
            "activity.slot_changed",
            member.id,
            "samedi 3 octobre 2026, de 10\u00a0h à 12\u00a0h\u00a0: annulé. La salle est inondée",
        )
    ]
    assert sent(letters) == [
        ("programme/cancelled", "ada@example.org"),
        ("programme/cancelled", "camille@example.org"),
    ]


def test_a_cancelled_slot_is_scheduled_again(member, coordinator, organisation, letters):
    activity = make_activity(organisation=organisation)
    (slot,) = activity.slots
    change_slot(slot, SlotState.CANCELLED, by=coordinator, at=now(), reason="Pluie")
    change_slot(slot, SlotState.SCHEDULED, by=coordinator, at=now())
    assert (slot.state, slot.note, slot.revision) == (SlotState.SCHEDULED, "", 2)
    assert [act for act, _by, _detail in entries(activity)] == ["activity.slot_changed"] * 2
    assert sent(letters) == [
        ("programme/cancelled", "ada@example.org"),
        ("programme/reinstated", "ada@example.org"),
    ]


@pytest.mark.parametrize(
    "state",
    [SlotState.FULL, SlotState.POSTPONED, SlotState.MOVED_ONLINE, SlotState.RESCHEDULED],
)
def test_a_slot_takes_every_state_and_members_learn_it_from_others(
    state, member, coordinator, organisation, letters
):
    activity = make_activity(*starts(3, 4), organisation=organisation)
    first, second = activity.slots
    change_slot(first, state, by=member, at=now())
    assert (first.state, letters()) == (state, [])
    change_slot(second, state, by=coordinator, at=now())
    assert sent(letters) == [("programme/slot_changed", "ada@example.org")]


def test_the_same_change_twice_is_made_once(coordinator, organisation, letters):
    activity = make_activity(organisation=organisation)
    (slot,) = activity.slots
    for _click in range(2):
        change_slot(slot, SlotState.FULL, by=coordinator, at=now(), version=1)
    assert (slot.revision, activity.version, len(entries(activity)), len(letters())) == (1, 2, 1, 1)


def test_a_slot_changed_by_somebody_else_is_read_again(coordinator, organisation, member):
    activity = make_activity(organisation=organisation)
    (slot,) = activity.slots
    change_slot(slot, SlotState.FULL, by=member, at=now(), version=1)
    with pytest.raises(StaleError, match="Ada l’a modifiée"):
        change_slot(slot, SlotState.CANCELLED, by=coordinator, at=now(), version=1)
    assert slot.state is SlotState.FULL


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.LABELLED, Status.PUBLISHED}))
def test_only_what_people_count_on_is_cancelled(status, coordinator, organisation):
    activity = make_activity(status=status, organisation=organisation)
    (slot,) = activity.slots
    with pytest.raises(RuleBrokenError, match="Seule une activité labellisée ou publiée"):
        change_slot(slot, SlotState.CANCELLED, by=coordinator, at=now())
    with pytest.raises(RuleBrokenError, match="Seule une activité labellisée ou publiée"):
        cancel_activity(activity, by=coordinator, at=now())
    assert slot.state is SlotState.SCHEDULED


def test_a_cancelled_activity_stays_published_with_every_slot_cancelled(
    member, coordinator, organisation, letters
):
    activity = make_activity(*starts(3, 4), organisation=organisation)
    other = make_activity(organisation=organisation)
    cancel_activity(activity, by=member, at=now(), reason="Grève")
    assert (activity.status, activity.is_cancelled) == (Status.PUBLISHED, True)
    assert [(slot.note, slot.revision) for slot in activity.slots] == [("Grève", 1)] * 2
    assert entries(activity) == [("activity.cancelled", member.id, "Grève")]
    assert not other.is_cancelled
    assert sent(letters) == [
        ("programme/cancelled", "ada@example.org"),
        ("programme/cancelled", "camille@example.org"),
    ]
    cancel_activity(activity, by=member, at=now(), reason="Grève")
    assert (len(letters()), len(entries(activity))) == (2, 1)


def test_what_took_place_is_not_cancelled(coordinator, organisation, clock):
    activity = make_activity(*starts(3, 4), organisation=organisation)
    clock.move_to(from_paris(date(2026, 10, 3), time(18)))
    cancel_activity(activity, by=coordinator, at=now())
    assert [slot.state for slot in activity.slots] == [SlotState.SCHEDULED, SlotState.CANCELLED]
    cancel_activity(activity, by=coordinator, at=now())
    assert [slot.revision for slot in activity.slots] == [0, 1]


def test_once_all_is_over_the_whole_is_cancelled(coordinator, organisation, clock):
    activity = make_activity(*starts(3, 4), organisation=organisation)
    clock.move_to(from_paris(date(2026, 10, 5), time(9)))
    cancel_activity(activity, by=coordinator, at=now())
    assert activity.is_cancelled


def test_a_cancelled_village_cancels_what_it_holds(coordinator, organisation, letters):
    village = make_activity(kind="science_village", organisation=organisation)
    guest = make_user(email="guest@example.org")
    stand = make_activity(parent_id=village.id, organisation=make_organisation(guest))
    draft = make_activity(parent_id=village.id, status=Status.SUBMITTED, organisation=organisation)
    database.session.expire(village)
    cancel_activity(village, by=coordinator, at=now(), reason="Tempête")
    assert [each.is_cancelled for each in (village, stand, draft)] == [True, True, False]
    assert sent(letters) == [
        ("programme/cancelled", "ada@example.org"),
        ("programme/cancelled", "guest@example.org"),
    ]


def test_a_cancelled_activity_is_reinstated(member, coordinator, organisation, letters):
    activity = make_activity(*starts(3, 4), organisation=organisation)
    cancel_activity(activity, by=coordinator, at=now(), reason="Grève")
    for _click in range(2):
        reinstate_activity(activity, by=coordinator, at=now(), version=2)
    assert [(slot.state, slot.note, slot.revision) for slot in activity.slots] == [
        (SlotState.SCHEDULED, "", 2)
    ] * 2
    assert entries(activity) == [
        ("activity.cancelled", coordinator.id, "Grève"),
        ("activity.reinstated", coordinator.id, ""),
    ]
    assert sent(letters) == [
        ("programme/cancelled", "ada@example.org"),
        ("programme/reinstated", "ada@example.org"),
    ]


def test_an_activity_without_slots_of_its_own_is_withdrawn_instead(coordinator, organisation):
    activity = make_activity(organisation=organisation)
    database.session.delete(database.session.scalars(select(Slot)).one())
    database.session.flush()
    database.session.expire(activity)
    with pytest.raises(RuleBrokenError, match="retirez-la plutôt"):
        cancel_activity(activity, by=coordinator, at=now())
