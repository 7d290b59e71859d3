"""Touches are kept once, whatever comes twice, from wherever."""

from datetime import date, time, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import delete, select

from fete.core.clock import from_paris
from fete.reports.arithmetic import Counted, Headcount, Visitor, counted
from fete.reports.models import Tap
from fete.reports.queries.counting import counted_at_doors
from fete.reports.services.counting import Kept, Touch, keep_touches, take_back
from tests.factories.programme import make_activity

AT = from_paris(date(2026, 10, 3), time(11))


def touch(amount=1, visitor=Visitor.PUBLIC, **values):
    return Touch(key=str(uuid4()), visitor=visitor, amount=amount, **values)


@pytest.fixture
def activity(db):
    return make_activity(AT - timedelta(hours=1), AT + timedelta(days=1))


def test_a_touch_is_kept_with_its_session_its_hour_and_ours(activity, db):
    one = touch(5, slot_id=activity.slots[1].id, touched_at=AT - timedelta(minutes=3))
    assert keep_touches(activity, [one], at=AT) == Kept(refused=[], on_the_whole=[])
    kept = db.session.scalars(select(Tap)).one()
    assert (kept.key, kept.activity_id, kept.slot_id) == (one.key, activity.id, one.slot_id)
    assert (kept.visitor, kept.amount) == (Visitor.PUBLIC, 5)
    assert (kept.touched_at, kept.received_at) == (AT - timedelta(minutes=3), AT)


def test_touches_sent_again_change_nothing(activity):
    batch = [touch(), touch(25, Visitor.PUPILS), touch(2, Visitor.ADULTS)]
    for _each in range(3):
        keep_touches(activity, batch, at=AT)
    keep_touches(activity, [*batch[1:], *batch, touch()], at=AT)
    assert counted_at_doors(activity).whole == Headcount(public=2, pupils=25, adults=2)


def test_the_same_touch_twice_in_one_sending_counts_once(activity):
    one = touch()
    keep_touches(activity, [one, one], at=AT)
    assert counted_at_doors(activity).whole == Headcount(public=1)


def test_what_says_something_else_under_a_known_key_changes_nothing(activity):
    one = touch()
    keep_touches(activity, [one], at=AT)
    keep_touches(activity, [Touch(key=one.key, visitor=Visitor.PUPILS, amount=900)], at=AT)
    assert counted_at_doors(activity).whole == Headcount(public=1)


def test_a_touch_of_another_activity_is_refused_and_stays_where_it_is(activity):
    other = make_activity(AT)
    theirs, ours = touch(7), touch()
    keep_touches(other, [theirs], at=AT)
    kept = keep_touches(activity, [ours, theirs], at=AT)
    assert kept == Kept(refused=[theirs.key], on_the_whole=[])
    assert counted_at_doors(activity).whole == Headcount(public=1)
    assert counted_at_doors(other).whole == Headcount(public=7)


def test_a_session_of_another_activity_loses_nobody(activity):
    stray = make_activity(AT).slots[0].id
    batch = [touch(slot_id=stray), touch(5, slot_id=2**40), touch(slot_id=activity.slots[0].id)]
    kept = keep_touches(activity, batch, at=AT)
    assert kept.on_the_whole == [batch[0].key, batch[1].key]
    assert counted_at_doors(activity) == Counted(
        whole=Headcount(public=7), by_slot={activity.slots[0].id: Headcount(public=1)}
    )


def test_a_session_that_goes_leaves_its_people_in_the_whole(activity, db):
    keep_touches(activity, [touch(slot_id=activity.slots[1].id)], at=AT)
    db.session.delete(activity.slots[1])
    db.session.flush()
    db.session.expire_all()
    assert counted_at_doors(activity) == Counted(whole=Headcount(public=1))


def test_a_touch_is_taken_back_by_its_opposite_once(activity):
    one = touch(25, Visitor.PUPILS, slot_id=activity.slots[0].id)
    keep_touches(activity, [one, touch()], at=AT)
    take_back(activity, one.key, at=AT)
    take_back(activity, one.key, at=AT)
    assert counted_at_doors(activity) == Counted(
        whole=Headcount(public=1), by_slot={activity.slots[0].id: Headcount()}
    )


def test_nobody_takes_back_what_another_activity_counted(activity):
    other = make_activity(AT)
    theirs = touch(7)
    keep_touches(other, [theirs], at=AT)
    take_back(activity, theirs.key, at=AT)
    assert counted_at_doors(activity).is_nothing
    assert counted_at_doors(other).whole == Headcount(public=7)


PHONE = st.lists(
    st.tuples(st.sampled_from(Visitor), st.integers(-30, 30).filter(bool)), max_size=12
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one=PHONE, other=PHONE, seed=st.randoms(use_true_random=False))
def test_batches_lost_repeated_and_mixed_add_up_to_the_touches(activity, db, one, other, seed):
    """Two telephones send again whatever they are not sure of, in pieces that overlap."""
    db.session.execute(delete(Tap))
    phones = [
        [
            Touch(key=str(UUID(int=10_000 * phone + number)), visitor=visitor, amount=amount)
            for number, (visitor, amount) in enumerate(touches)
        ]
        for phone, touches in enumerate((one, other), start=1)
    ]
    sent = [
        phone[start:end]
        for phone in phones
        for start in range(len(phone))
        for end in (start + 1, start + 4)
    ]
    seed.shuffle(sent)
    for batch in sent:
        keep_touches(activity, batch, at=AT)
    assert counted_at_doors(activity) == counted([*phones[0], *phones[1]])
