"""Links that open one report without a password: what they bear, and what they find."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from fete.core import tokens
from fete.core.db import db
from fete.core.security import is_key
from fete.programme.models import Activity
from fete.reports.models import RevokedLinks
from fete.reports.queries.reporting import find_reported
from fete.reports.rules.links import LinkState, link_state

State = TypeVar("State")

_PURPOSE = "report"
# What ends a link is the deadline of its edition; nobody keeps one for longer than this.
_KEPT = timedelta(days=3 * 365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened(Generic[State]):
    """The activity that a link names without a password, and what the link finds now."""

    activity: Activity
    state: State


def link_of(activity: Activity) -> str:
    """Return what the address of an activity’s report bears, for as long as nobody revokes it."""
    return signed(_PURPOSE, activity)


def find_by_token(token: str, *, at: datetime) -> Opened[LinkState] | None:
    """Return what a link names and finds, or `None` when it is none of ours or what it names is not published."""
    return opened_by(token, _PURPOSE, find=find_reported, state_of=link_state, at=at)


def signed(purpose: str, activity: Activity) -> str:
    """Return what a link to an activity bears for one purpose, for as long as nobody revokes its links."""
    return tokens.sign(purpose, [activity.id, generation_of(activity.id)])


def opened_by(
    token: str,
    purpose: str,
    *,
    find: Callable[[int], Activity | None],
    state_of: Callable[..., State],
    at: datetime,
) -> Opened[State] | None:
    """Return what a link of one purpose names and finds, or `None` when it is none of ours or names nothing any more."""
    match tokens.read(purpose, token, within=_KEPT):
        case [int(number), int(generation)] if is_key(number):
            activity = find(number)
        case _:
            return None
    if activity is None:
        return None
    is_revoked = generation != generation_of(number)
    return Opened(activity=activity, state=state_of(activity, is_revoked=is_revoked, at=at))


def generation_of(activity_id: int) -> int:
    """Return what a link must bear to open the report of an activity."""
    row = db.session.get(RevokedLinks, activity_id, populate_existing=True)
    return row.generation if row is not None else 0
