"""Letters to who left an address: confirm it, know what changed, know what is new."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from fete.alerts.models import Follow, Follower
from fete.alerts.rules import SUBJECTS, Change, Standing, in_words, next_time
from fete.core.templating import absolute_url
from fete.core.tokens import read, sign
from fete.mailing.models import Letter
from fete.mailing.services import Recipient, write_letter
from fete.programme.models import Activity
from fete.programme.rules.wording import time_in_full

CONFIRM, CHANGES, NEWS = "alerts/confirm", "alerts/changes", "alerts/news"
KINDS = (CONFIRM, CHANGES, NEWS)
# What each link is good for; one of another purpose opens nothing.
_CONFIRM, _MANAGE, _STOP = "alerts.confirm", "alerts.manage", "alerts.stop"
CONFIRM_KEPT = timedelta(days=7)
# For longer than anything is followed, and than a letter is kept.
_KEPT = timedelta(days=800)
# A letter of a hundred lines is not read: it tells that many, and how many more there are.
MOST_ACTIVITIES, MOST_SLOTS = 30, 12


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotNews:
    """What became of one slot: as its reader knew it and as it stands, with what visitors should know of it."""

    before: Standing
    after: Standing
    # Of its activity, as the public knows it.
    title: str
    changes: Sequence[Change]
    note: str

    @property
    def words(self) -> list[str]:
        """The changes in the language of the letter being written."""
        return [in_words(change, self.after) for change in self.changes]

    @property
    def time(self) -> str:
        """When its reader thought it was."""
        return time_in_full(self.before)


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityNews:
    """What became of one activity."""

    activity: Activity
    slots: Sequence[SlotNews]

    @property
    def title(self) -> str:
        """What the public knows it by."""
        return self.slots[0].title

    @property
    def is_shown(self) -> bool:
        """Whether it has a page still."""
        return self.slots[0].after.is_shown


def ask_to_confirm(follow: Follow, *, wants_new: bool, language: str, at: datetime) -> None:
    """Write to an address that somebody typed: nothing more is written before this link is opened."""
    follower = follow.follower
    _write(
        CONFIRM,
        follower,
        [follow],
        at=at,
        language=language,
        wants_new=wants_new,
        days=CONFIRM_KEPT.days,
        token=sign(_CONFIRM, [follower.key, follow.id, int(wants_new)]),
    )


def tell_changes(
    follower: Follower, follows: Collection[Follow], news: Sequence[ActivityNews], *, at: datetime
) -> None:
    """Write what became of activities that somebody follows."""
    kinds = {change for each in news for slot in each.slots for change in slot.changes[:1]}
    _write(
        CHANGES,
        follower,
        follows,
        at=at,
        news=news[:MOST_ACTIVITIES],
        left=max(len(news) - MOST_ACTIVITIES, 0),
        most_slots=MOST_SLOTS,
        subject=SUBJECTS[kinds.pop()] if len(news) == len(kinds) == 1 else None,
    )


def tell_news(
    follower: Follower,
    follows: Collection[Follow],
    activities: Sequence[Activity],
    *,
    at: datetime,
) -> None:
    """Write which activities of a search were published since the last such letter."""
    _write(
        NEWS,
        follower,
        follows,
        at=at,
        activities=activities[:MOST_ACTIVITIES],
        # Said in the language of the letter, once it is being written.
        next_time=partial(next_time, at=at),
        number=len(activities),
        left=max(len(activities) - MOST_ACTIVITIES, 0),
    )


def token_to_manage(key: str) -> str:
    """Return a proof that its bearer reads the letters of a follower: they see, change and erase without an account."""
    return sign(_MANAGE, [key])


def read_confirmation(token: str) -> tuple[str, int, bool] | None:
    """Return whose follow is to be confirmed, which, and whether with what is new; `None` for what we did not sign."""
    payload = read(_CONFIRM, token, within=CONFIRM_KEPT)
    if payload is None:
        return None
    key, number, wants_new = payload
    return str(key), int(number), bool(wants_new)


def read_manager(token: str) -> str | None:
    """Return whose follows are to be seen; `None` for a token that we did not sign."""
    payload = read(_MANAGE, token, within=_KEPT)
    return None if payload is None else str(payload[0])


def read_stop(token: str) -> tuple[str, frozenset[int]] | None:
    """Return whose follows are to be stopped and which; `None` for a token that we did not sign."""
    payload = read(_STOP, token, within=_KEPT)
    if payload is None:
        return None
    key, *numbers = payload
    return str(key), frozenset(int(number) for number in numbers)


def follows_behind(letter: Letter) -> frozenset[int]:
    """Return the numbers of the follows for which a letter was written."""
    said = read_stop(letter.stop_address.rpartition("/")[2])
    return said[1] if said else frozenset()


def _write(
    kind: str,
    follower: Follower,
    follows: Collection[Follow],
    *,
    at: datetime,
    language: str = "",
    **context: Any,
) -> None:
    language = language or follower.language
    token = sign(_STOP, [follower.key, *sorted(follow.id for follow in follows)])
    write_letter(
        kind=kind,
        to=Recipient(address=follower.email, name="", person_id=None),
        at=at,
        language=language,
        stop_address=absolute_url("alerts.stop", language=language, token=token),
        choices_address=absolute_url(
            "alerts.manage", language=language, token=token_to_manage(follower.key)
        ),
        follows=sorted(follows, key=lambda follow: follow.id),
        **context,
    )
