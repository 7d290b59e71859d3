"""Links that open one report without a password: what they bear, and what they find."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fete.core import tokens
from fete.core.db import db
from fete.core.security import is_key
from fete.programme.models import Activity
from fete.reports.models import RevokedLinks
from fete.reports.queries.reporting import find_reported
from fete.reports.rules.links import LinkState, link_state

_PURPOSE = "report"
# What ends a link is the deadline of its edition; nobody keeps one for longer than this.
_KEPT = timedelta(days=3 * 365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What a link names without a password: an activity, and whether it names it no more."""

    activity_id: int
    is_revoked: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The activity whose report a link names, and what the link finds now."""

    activity: Activity
    state: LinkState


def link_of(activity: Activity) -> str:
    """Return what the address of an activity’s report bears, for as long as nobody revokes it."""
    return signed(_PURPOSE, activity)


def find_by_token(token: str, *, at: datetime) -> Opened | None:
    """Return what a link names and finds, or `None` when it is none of ours or what it names is not published."""
    named = named_by(token, _PURPOSE)
    activity = find_reported(named.activity_id) if named is not None else None
    if named is None or activity is None:
        return None
    state = link_state(activity, is_revoked=named.is_revoked, at=at)
    return Opened(activity=activity, state=state)


def signed(purpose: str, activity: Activity) -> str:
    """Return what a link to an activity bears for one purpose, for as long as nobody revokes its links."""
    return tokens.sign(purpose, [activity.id, generation_of(activity.id)])


def named_by(token: str, purpose: str) -> Named | None:
    """Return what a link of that purpose names, or `None` when it is none of ours."""
    match tokens.read(purpose, token, within=_KEPT):
        case [int(number), int(generation)] if is_key(number):
            return Named(activity_id=number, is_revoked=generation != generation_of(number))
        case _:
            return None


def generation_of(activity_id: int) -> int:
    """Return what a link must bear to open the report of an activity."""
    row = db.session.get(RevokedLinks, activity_id, populate_existing=True)
    return row.generation if row is not None else 0
