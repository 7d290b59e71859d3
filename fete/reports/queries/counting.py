"""The counters at the doors: what their links name, and what was counted there."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from fete.core.db import db
from fete.programme.models import Activity
from fete.reports.arithmetic import Counted, counted
from fete.reports.models import Tap
from fete.reports.queries.links import Opened, opened_by, signed
from fete.reports.rules.counting import CounterState, counter_state, key_of_undoing

_PURPOSE = "counter"
# The activity that the link of a counter names, and what the link finds now.
Counter = Opened[CounterState]


def counter_link_of(activity: Activity) -> str:
    """Return what the address of an activity’s counter bears, for as long as nobody revokes its links."""
    return signed(_PURPOSE, activity)


def find_counter(token: str, *, at: datetime) -> Counter | None:
    """Return what the link of a counter names and finds, or `None` when it is none of ours or names nothing any more."""
    return opened_by(token, _PURPOSE, find=_find_with_times, state_of=counter_state, at=at)


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
