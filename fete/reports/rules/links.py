"""What the link to a report opens, and when."""

from datetime import datetime
from enum import StrEnum

from fete.core.clock import to_paris
from fete.programme.models import Activity
from fete.reports.rules.reporting import is_due, is_late, is_open


class LinkState(StrEnum):
    """What a link of ours finds."""

    OPEN = "open"
    # Its report opens after the last slot.
    EARLY = "early"
    # The day by which the reports are expected has passed.
    ENDED = "ended"
    # Somebody who answers for the report withdrew it.
    REVOKED = "revoked"
    # The edition is closed: its reports change no more.
    CLOSED = "closed"


def link_state(activity: Activity, *, is_revoked: bool, at: datetime) -> LinkState:
    """Return what the link to the report of an activity finds at a moment."""
    if is_revoked:
        return LinkState.REVOKED
    if not is_open(activity.edition):
        return LinkState.CLOSED
    if is_late(activity.edition, to_paris(at).date()):
        return LinkState.ENDED
    return LinkState.OPEN if is_due(activity, at) else LinkState.EARLY
