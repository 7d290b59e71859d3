"""Asking for a stand in a village, and what becomes of it."""

import pytest
from sqlalchemy import select

from fete.core.clock import now
from fete.core.db import db as database
from fete.core.errors import RuleBrokenError
from fete.core.text import stems
from fete.journal.models import Entry
from fete.programme import rules
from fete.programme.models import Answer, Booking, EditionState
from fete.programme.queries.stands import hosts_of, requests_in, stands_in
from fete.programme.services.activities import rewrite
from fete.programme.services.review import (
    cancel_activity,
    change_slot,
    reinstate_activity,
    take_step,
)
from fete.programme.services.stands import (
    accept_stand,
    answer_several,
    ask_for_stand,
    choose,
    decline_stand,
    withdraw_stand,
)
from fete.programme.workflow import SlotState, Status, Step
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.factories.sharing import make_stand_request


@pytest.fixture
def people(db):
    return {
        "actor": make_user(name="Ada"),
        "host": make_user(name="Bob"),
        "gers": make_coordinator("32", name="Camille"),
        "creator": make_coordinator("31", name="Denis"),
    }


@pytest.fixture
def village(people):
    return make_activity(
        kind="science_village",
        title="Village d’Auch",
        venue=make_venue(name="Halle Verdier"),
        organisation=make_organisation(people["host"], name="Mairie"),
        created_by=people["creator"],
        booking=Booking.REQUIRED,
        booking_phone="05 62 00 00 00",
    )


@pytest.fixture
def stand(people):
    """Give what has nothing of its own: neither place, nor hours, nor booking."""
    organisation = make_organisation(people["actor"], name="Club", commune_code=TOULOUSE)
    activity = make_activity(title="Bulles", organisation=organisation, status=Status.DRAFT)
    activity.venue = None
    activity.slots.clear()
    database.session.flush()
    return activity


def told(letters):
    return sorted((letter.kind.partition("/")[2], letter.to_name) for letter in letters())


def acts(activity):
    return [
        (entry.act, entry.detail)
        for entry in database.session.scalars(
            select(Entry).where(Entry.object_id == activity.id).order_by(Entry.id)
        )
    ]


def test_the_people_of_a_village_learn_what_a_stand_needs(stand, village, people, letters):
    asked = ask_for_stand(stand, village, needs="Deux tables", by=people["actor"], at=now())
    assert (asked.state, asked.message, stand.parent) == (Answer.ASKED, "Deux tables", None)
    assert [person.name for person in hosts_of(village)] == ["Bob", "Denis", "Camille"]
    assert told(letters) == [
        ("stand_asked", "Bob"),
        ("stand_asked", "Camille"),
        ("stand_asked", "Denis"),
    ]
    assert {letter.page for letter in letters()} == {f"/mes-activites/{village.id}/stands"}
    assert acts(stand) == [("activity.stand_asked", "Village d’Auch")]


def test_a_pending_stand_may_be_deposited_without_place_nor_hours_but_not_published(
    stand, village, people
):
    assert [gap.field for gap in rules.missing(stand)] == ["venue", "slots"]
    asked = make_stand_request(stand, village)
    assert rules.missing(stand) == []
    take_step(stand, Step.SUBMIT, by=people["actor"], at=now())
    with pytest.raises(RuleBrokenError, match="attend un stand dans « Village d’Auch »"):
        take_step(stand, Step.PUBLISH, by=people["gers"], at=now())
    accept_stand(asked, words="", by=people["host"], at=now())
    take_step(stand, Step.PUBLISH, by=people["gers"], at=now())
    assert stand.status is Status.PUBLISHED


def test_with_a_place_and_hours_of_its_own_it_waits_for_nobody(stand, village, people):
    activity = make_activity(status=Status.SUBMITTED)
    make_stand_request(activity, village)
    take_step(activity, Step.PUBLISH, by=people["gers"], at=now())
    assert (activity.status, activity.parent) == (Status.PUBLISHED, None)


def test_what_was_declined_lacks_its_place_again(stand, village, people):
    asked = make_stand_request(stand, village)
    take_step(stand, Step.SUBMIT, by=people["actor"], at=now())
    decline_stand(asked, words="Complet", by=people["host"], at=now())
    assert [gap.field for gap in rules.missing(stand)] == ["venue", "slots"]
    with pytest.raises(RuleBrokenError, match="ne lui a pas été accordé"):
        take_step(stand, Step.PUBLISH, by=people["gers"], at=now())


def test_an_accepted_stand_takes_what_it_lacks_from_its_village(stand, village, people, letters):
    asked = make_stand_request(stand, village)
    version = stand.version
    accept_stand(asked, words="Allée B", by=people["host"], at=now())
    accept_stand(asked, words="Allée C", by=people["host"], at=now())
    assert (stand.parent, asked.state, asked.answer) == (village, Answer.ACCEPTED, "Allée B")
    assert stand.version == version + 1
    assert (stand.commune, stand.times, stand.booking_from) == (
        village.commune,
        village.slots,
        village,
    )
    assert set(stems("Halle Verdier")) <= set(stand.search.split())
    assert told(letters) == [("stand_accepted", "Ada")]
    assert acts(stand) == [("activity.stand_accepted", "Village d’Auch : Allée B")]
    assert list(requests_in(village)) == []
    assert list(stands_in(village)) == [stand]


@pytest.mark.parametrize(
    "own", [{"booking": Booking.RECOMMENDED}, {"booking_link": "https://example.org/"}]
)
def test_what_a_stand_says_of_its_booking_is_its_own(stand, village, own):
    stand.parent = village
    for name, value in own.items():
        setattr(stand, name, value)
    assert stand.booking_from is stand


def test_booking_alone_is_its_own(village):
    assert village.booking_from is village


def test_several_are_answered_at_once_each_with_its_words(village, people, letters):
    waiting = [
        make_stand_request(
            make_activity(organisation=make_organisation(make_user(name=name))), village
        )
        for name in ("Un", "Deux", "Trois")
    ]
    withdraw_stand(waiting[2], by=people["actor"], at=now())
    late = answer_several(
        waiting, Answer.ACCEPTED, {waiting[0].id: "Allée A"}, by=people["host"], at=now()
    )
    assert late == 1
    assert [(each.state, each.answer) for each in waiting] == [
        (Answer.ACCEPTED, "Allée A"),
        (Answer.ACCEPTED, ""),
        (Answer.WITHDRAWN, ""),
    ]
    assert [name for kind, name in told(letters) if kind == "stand_accepted"] == ["Deux", "Un"]


def test_an_answer_is_given_once(stand, village, people):
    asked = make_stand_request(stand, village)
    accept_stand(asked, words="", by=people["host"], at=now())
    with pytest.raises(RuleBrokenError, match="déjà été accepté"):
        decline_stand(asked, words="", by=people["gers"], at=now())
    with pytest.raises(RuleBrokenError, match="déjà été accepté"):
        withdraw_stand(asked, by=people["actor"], at=now())
    assert stand.parent is village


def test_a_withdrawn_request_cannot_be_accepted(stand, village, people, letters):
    asked = make_stand_request(stand, village)
    withdraw_stand(asked, by=people["actor"], at=now())
    withdraw_stand(asked, by=people["actor"], at=now())
    assert told(letters) == [
        ("stand_withdrawn", "Bob"),
        ("stand_withdrawn", "Camille"),
        ("stand_withdrawn", "Denis"),
    ]
    with pytest.raises(RuleBrokenError, match="retirée entre-temps"):
        accept_stand(asked, words="", by=people["host"], at=now())
    assert stand.parent is None


def test_a_village_that_is_no_more_takes_nobody_in(stand, village, people):
    asked = make_stand_request(stand, village)
    village.status = Status.WITHDRAWN
    with pytest.raises(RuleBrokenError, match="ne peut plus être accueillie"):
        accept_stand(asked, words="", by=people["host"], at=now())
    assert (asked.state, stand.parent) == (Answer.ASKED, None)


def test_a_closed_edition_answers_nobody(stand, village, people):
    asked = make_stand_request(stand, village)
    make_edition().state = EditionState.CLOSED
    with pytest.raises(RuleBrokenError, match="close"):
        accept_stand(asked, words="", by=people["host"], at=now())


def test_what_is_withdrawn_or_refused_waits_no_more(stand, village):
    make_stand_request(stand, village)
    assert len(requests_in(village)) == 1
    stand.status = Status.WITHDRAWN
    assert list(requests_in(village)) == []


def test_another_village_is_asked_anew_and_the_first_one_keeps_its_stand_meanwhile(
    stand, village, people, letters
):
    other = make_activity(kind="science_village", title="Village de Condom")
    accept_stand(make_stand_request(stand, village), words="", by=people["host"], at=now())
    by, at = people["actor"], now()
    choose(stand, other, before=village, needs="Une prise", by=by, at=at)
    choose(stand, other, before=village, needs="Deux prises", by=by, at=at)
    assert (stand.parent, stand.asked_stand.container, stand.asked_stand.message) == (
        village,
        other,
        "Deux prises",
    )
    assert [each.state for each in stand.stand_requests] == [Answer.ACCEPTED, Answer.ASKED]
    third = make_activity(kind="science_village")
    choose(stand, third, before=village, needs="", by=by, at=at)
    assert [each.state for each in stand.stand_requests] == [
        Answer.ACCEPTED,
        Answer.WITHDRAWN,
        Answer.ASKED,
    ]
    accept_stand(stand.asked_stand, words="", by=people["gers"], at=at)
    assert stand.parent is third


def test_who_leaves_a_village_is_missed_there(stand, village, people, letters):
    stand.parent = village
    rewrite(stand, by=people["actor"], at=now(), parent=None)
    choose(stand, None, before=village, needs="", by=people["actor"], at=now())
    assert {kind for kind, _name in told(letters)} == {"stand_left"}


def test_a_host_who_puts_it_in_at_once_answers_the_request(stand, village, people, letters):
    asked = make_stand_request(stand, village)
    rewrite(stand, by=people["host"], at=now(), parent=village)
    choose(stand, None, before=None, needs="", by=people["host"], at=now())
    assert (asked.state, stand.parent) == (Answer.ACCEPTED, village)
    assert told(letters) == [("stand_accepted", "Ada")]


def test_only_what_may_hold_it_is_asked(stand, people):
    with pytest.raises(RuleBrokenError) as refused:
        ask_for_stand(stand, make_activity(), needs="", by=people["actor"], at=now())
    assert refused.value.field == "parent"


def test_a_cancelled_village_cancels_the_stands_that_keep_its_hours_and_tells_them(
    stand, village, people, letters
):
    stand.parent, stand.status = village, Status.PUBLISHED
    own = make_activity(title="À ses heures")
    own.parent = village
    draft = make_activity(title="Brouillon", status=Status.DRAFT)
    draft.parent = village
    draft.slots.clear()
    database.session.flush()
    cancel_activity(village, by=people["gers"], at=now(), reason="Tempête")
    assert (stand.is_cancelled, own.is_cancelled) == (True, True)
    assert ("cancelled", "Ada") in told(letters)
    assert acts(stand) == [("activity.cancelled", "Tempête")]
    assert acts(draft) == []
    reinstate_activity(village, by=people["gers"], at=now())
    assert (stand.is_cancelled, own.is_cancelled) == (False, True)
    assert ("reinstated", "Ada") in told(letters)


def test_a_cancelled_slot_of_a_village_is_told_to_the_stands_that_keep_its_hours(
    stand, village, people, letters
):
    stand.parent, stand.status = village, Status.PUBLISHED
    database.session.flush()
    change_slot(village.slots[0], SlotState.CANCELLED, by=people["host"], at=now(), reason="Vent")
    assert ("cancelled", "Ada") in told(letters)
    change_slot(village.slots[0], SlotState.SCHEDULED, by=people["host"], at=now())
    assert ("reinstated", "Ada") in told(letters)
    change_slot(village.slots[0], SlotState.FULL, by=people["host"], at=now())
    assert ("slot_changed", "Ada") in told(letters)


def test_a_change_of_the_village_s_booking_is_news_of_the_stands_that_keep_it(village, people):
    keeps, own = make_activity(), make_activity(booking=Booking.REQUIRED)
    keeps.parent = own.parent = village
    database.session.flush()
    rewrite(village, by=people["gers"], at=now(), booking_phone="05 62 11 11 11")
    assert (keeps.slots[0].revision, own.slots[0].revision) == (1, 0)
