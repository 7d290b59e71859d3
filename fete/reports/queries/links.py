"""Links that open one report without a password: what they bear, and what they find."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fete.core import tokens
from fete.core.db import db
from fete.core.security import GREATEST_KEY
from fete.programme.models import Activity
from fete.reports.models import RevokedLinks
from fete.reports.queries.reporting import find_reported
from fete.reports.rules.links import LinkState, link_state

_PURPOSE = "report"
# What ends a link is the deadline of its edition; nobody keeps one for longer than this.
_KEPT = timedelta(days=3 * 365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The activity whose report a link names, and what the link finds now."""

    activity: Activity
    state: LinkState


def link_of(activity: Activity) -> str:
    """Return what the address of an activity’s report bears, for as long as nobody revokes it."""
    return tokens.sign(_PURPOSE, [activity.id, generation_of(activity.id)])


def find_by_token(token: str, *, at: datetime) -> Opened | None:
    """Return what a link names and finds, or `None` when it is none of ours or what it names is not published."""
    said = tokens.read(_PURPOSE, token, within=_KEPT)
    match said:
        case [int(number), int(generation)] if 0 < number <= GREATEST_KEY:
            activity = find_reported(number)
        case _:
            return None
    if activity is None:
        return None
    is_revoked = generation != generation_of(activity.id)
    return Opened(activity=activity, state=link_state(activity, is_revoked=is_revoked, at=at))


def generation_of(activity_id: int) -> int:
    """Return what a link must bear to open the report of an activity."""
    row = db.session.get(RevokedLinks, activity_id, populate_existing=True)
    return row.generation if row is not None else 0
