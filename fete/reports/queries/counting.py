"""The counters at the doors: what their links name, and what was counted there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from fete.core import tokens
from fete.core.db import db
from fete.core.security import GREATEST_KEY
from fete.programme.models import Activity
from fete.reports.arithmetic import Counted, counted
from fete.reports.models import Tap
from fete.reports.queries.links import generation_of
from fete.reports.rules.counting import CounterState, counter_state, key_of_undoing

_PURPOSE = "counter"
# What ends a link is the deadline of its edition; nobody keeps one for longer than this.
_KEPT = timedelta(days=3 * 365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counter:
    """The activity that the link of a counter names, and what the link finds now."""

    activity: Activity
    state: CounterState


def counter_link_of(activity: Activity) -> str:
    """Return what the address of an activity’s counter bears, for as long as nobody revokes its links."""
    return tokens.sign(_PURPOSE, [activity.id, generation_of(activity.id)])


def find_counter(token: str, *, at: datetime) -> Counter | None:
    """Return what the link of a counter names and finds, or `None` when it is none of ours or names nothing any more."""
    match tokens.read(_PURPOSE, token, within=_KEPT):
        case [int(number), int(generation)] if 0 < number <= GREATEST_KEY:
            activity = _find_with_times(number)
        case _:
            return None
    if activity is None:
        return None
    is_revoked = generation != generation_of(activity.id)
    return Counter(activity=activity, state=counter_state(activity, is_revoked=is_revoked, at=at))


def counted_at_doors(activity: Activity) -> Counted:
    """Return what was counted at the doors of an activity, by whichever telephone."""
    statement = (
        select(Tap.slot_id, Tap.visitor, func.sum(Tap.amount).label("amount"))
        .where(Tap.activity_id == activity.id)
        .group_by(Tap.slot_id, Tap.visitor)
        .order_by(Tap.slot_id, Tap.visitor)
    )
    return counted(db.session.execute(statement))


def find_touch(activity: Activity, key: str) -> Tap | None:
    """Return one touch of the counters of an activity, unless it was taken back."""
    named = (key, key_of_undoing(key))
    found = db.session.scalars(
        select(Tap).where(Tap.key.in_(named), Tap.activity_id == activity.id)
    ).all()
    return found[0] if [each.key for each in found] == [key] else None


def _find_with_times(activity_id: int) -> Activity | None:
    return db.session.scalar(
        select(Activity)
        .where(Activity.id == activity_id)
        .options(
            joinedload(Activity.edition),
            joinedload(Activity.parent).selectinload(Activity.slots),
            selectinload(Activity.slots),
        )
        .execution_options(populate_existing=True)
    )
