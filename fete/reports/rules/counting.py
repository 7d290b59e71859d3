"""Counting at the doors: from when to when, what a touch may be, and which report its sums fill in."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from fete.core.clock import to_paris
from fete.programme.models import Activity
from fete.programme.workflow import Status
from fete.reports.arithmetic import Counts
from fete.reports.models import Report
from fete.reports.rules.reporting import is_late, is_open
from fete.reports.workflow import ReportStatus

# The greatest number that one touch adds or takes back, and how many touches are sent at once.
LARGEST_TOUCH = 1_000
MOST_TOUCHES = 500
_DAY = timedelta(days=1)


class CounterState(StrEnum):
    """What the link of a counter finds."""

    OPEN = "open"
    # It opens the day before the first session.
    EARLY = "early"
    # The day by which the report is expected has passed, or the activity is not in the programme any more.
    ENDED = "ended"
    # Somebody who answers for the report withdrew the link.
    REVOKED = "revoked"
    # The edition is closed.
    CLOSED = "closed"


def counter_opens_on(activity: Activity) -> date | None:
    """Return the day before its first session, on which one tries the counter; nothing while it has no session."""
    first = min((slot.starts_at for slot in activity.times), default=None)
    return to_paris(first).date() - _DAY if first else None


def has_door(activity: Activity) -> bool:
    """Whether people come through a door to be there: at one of its sessions at least, it is not only online."""
    return not all(slot.is_online for slot in activity.times)


def counter_state(activity: Activity, *, is_revoked: bool, at: datetime) -> CounterState:
    """Return what the link of the counter of an activity finds at a moment."""
    today, opens_on = to_paris(at).date(), counter_opens_on(activity)
    if is_revoked:
        return CounterState.REVOKED
    if not is_open(activity.edition):
        return CounterState.CLOSED
    if activity.status is not Status.PUBLISHED or is_late(activity.edition, today):
        return CounterState.ENDED
    if opens_on is None or today < opens_on:
        return CounterState.EARLY
    return CounterState.OPEN


def moment_of_touch(said: datetime | None, activity: Activity, *, at: datetime) -> datetime:
    """Return when a touch was made: as its telephone says, or when it arrived if that clock cannot be right."""
    opens_on = counter_opens_on(activity)
    if said is None or opens_on is None or said > at + _DAY:
        return at
    return said if to_paris(said).date() >= opens_on else at


def key_of_undoing(key: str) -> str:
    """Return the name of the touch that takes one back: always the same, so that none is taken back twice."""
    return str(uuid5(UUID(key), "undone"))


def takes_the_count(report: Report | None) -> bool:
    """Whether what was counted at the doors fills the report in: nobody has told any figure yet."""
    if report is None:
        return True
    told = Counts(outcome=report.outcome)
    return report.status is ReportStatus.DRAFT and report.counts == told and not report.sessions
