"""Follow something, confirm it, stop; and tell followers, once, what became of what they follow."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError

from fete.alerts import mails, queries
from fete.alerts.models import SEARCH_LENGTH, Follow, Follower, Told
from fete.alerts.rules import LATE, Standing, changes, due, news_due_since, standing_of
from fete.core.clock import to_paris
from fete.core.db import db, upsert_rows
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.mailing.models import Letter
from fete.mailing.queries import addresses_of_nobody
from fete.programme.models import Activity, Edition, Slot
from fete.programme.rules.filters import Filters

Keeping = Callable[[], AbstractContextManager[None]]
# The filters of a follow are kept as their address has them: whoever reads addresses is passed here.
Reading = Callable[[Follow], Filters]

# What the page on personal data promises; it says so in words.
UNCONFIRMED_KEPT = timedelta(days=7)
KEPT_AFTER_EDITION = timedelta(days=30)
# The same form sent twice writes one letter.
_AGAIN = timedelta(minutes=1)
# Slots that come are looked for less often than those that change: nobody knows them yet.
_BETWEEN_LOOKS = timedelta(minutes=5)
_KEY = ("follow_id", "activity_id", "slot_id")


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What one may follow: an activity, by its title; or a search of an edition, by its parameters and in words."""

    edition_id: int
    activity_id: int | None = None
    search: str | None = None
    label: str = ""


def follow(
    subject: Subject, *, email: str, language: str, at: datetime, wants_new: bool = False
) -> None:
    """Keep what somebody wishes to follow, once, and write to the address: nothing is told before it confirms."""
    if len(subject.search or "") > SEARCH_LENGTH:
        raise RuleBrokenError(
            _("Cette recherche est trop longue pour être suivie : retirez quelques filtres.")
        )
    follower = _follower(email.strip().lower(), language)
    kept = next((each for each in follower.follows if _is_about(each, subject)), None)
    if kept is None:
        kept = Follow(
            edition_id=subject.edition_id,
            activity_id=subject.activity_id,
            search=subject.search,
            label=subject.label,
            asked_at=at,
        )
        follower.follows.append(kept)
        db.session.flush()
    elif kept.asked_at > at - _AGAIN:
        return
    kept.asked_at, kept.label = at, subject.label
    mails.ask_to_confirm(kept, wants_new=wants_new, language=language, at=at)


def confirm(
    key: str, number: int, *, reading: Reading, wants_new: bool, language: str, at: datetime
) -> None:
    """Let a follower be told from now on of what changes; how it stands now is what they know."""
    for follow in _held(key, {number}):
        follow.follower.language = language
        follow.confirmed_at = follow.confirmed_at or at
        _choose_news(follow, wants_new=wants_new, at=at)
        if follow.looked_at is None:
            _look_through(follow, reading(follow), at=at)


def choose_news(key: str, number: int, *, wants_new: bool, at: datetime) -> None:
    """Let newly published activities of a search be told too from now on, or no more."""
    for follow in _held(key, {number}):
        _choose_news(follow, wants_new=wants_new, at=at)


def stop(key: str, numbers: Collection[int]) -> None:
    """Forget these follows, and the follower with the last of them: what is not sent yet about them never is.

    Done twice, it is done once.
    """
    follows = _held(key, numbers)
    if not follows:
        return
    follower = follows[0].follower
    for each in follows:
        follower.follows.remove(each)
    if not follower.follows:
        erase(key)
        return
    db.session.flush()
    unsent = select(Letter).where(
        Letter.kind.in_(mails.KINDS), Letter.to_address == follower.email, Letter.sent_at.is_(None)
    )
    for letter in db.session.scalars(unsent):
        if mails.follows_behind(letter) <= set(numbers):
            db.session.delete(letter)
    db.session.flush()


def erase(key: str) -> None:
    """Forget a follower with all that they follow and every letter that they were sent."""
    follower = queries.hold_bearer(key)
    if follower is not None:
        db.session.delete(follower)
        db.session.flush()
        _forget_letters()


def tell_followers(*, at: datetime, keeping: Keeping, reading: Reading) -> int:
    """Write to followers what they do not know yet, inside `keeping()`, a transaction each; return how many letters.

    Run as often as one likes, or by two machines at once, each thing is told once. When nothing changed it asks
    the database a few questions and writes nothing.
    """
    _stop_unreachable(keeping)
    for number in queries.follows_to_look_through(before=at - LATE - _BETWEEN_LOOKS):
        is_whole = False
        while not is_whole:
            with keeping():
                is_whole = _look_through_again(number, reading, at=at)
    written = 0
    if activities := due(queries.pending(at), at=at):
        for number in queries.followers_to_tell(activities, at=at):
            with keeping():
                written += _tell_changes(number, activities, at=at)
    if since := news_due_since(at):
        for number in queries.followers_of_news(since=since):
            with keeping():
                written += _tell_news(number, reading, since=since, at=at)
    return written


def forget_follows(*, at: datetime) -> int:
    """Remove what nobody confirmed in time and what is followed of past editions, addresses and letters with it.

    Return how many follows there were.
    """
    over = select(Edition.id).where(Edition.ends_on < to_paris(at - KEPT_AFTER_EDITION).date())
    gone = [
        Follow.confirmed_at.is_(None) & (Follow.asked_at < at - UNCONFIRMED_KEPT),
        Follow.edition_id.in_(over),
    ]
    count = sum(
        len(db.session.scalars(delete(Follow).where(each).returning(Follow.id)).all())
        for each in gone
    )
    db.session.execute(delete(Follower).where(~exists().where(Follow.follower_id == Follower.id)))
    _forget_letters()
    return count


def _follower(email: str, language: str) -> Follower:
    found = queries.find_by_address(email)
    if found is None:
        found = Follower(email=email, language=language)
        try:
            with db.session.begin_nested():
                db.session.add(found)
        except IntegrityError:
            # The same form was sent twice in the same instant.
            found = queries.find_by_address(email)
    # Held: of two forms sent at once, the second finds what the first one kept.
    held = queries.hold_follower(found.id) if found is not None else None
    if held is None:
        raise LookupError("a follower left while somebody came back")
    db.session.refresh(held, ["follows"])
    return held


def _held(key: str, numbers: Collection[int]) -> list[Follow]:
    """Return those of these follows that are this follower's, and keep them: others may stop them in this instant."""
    follower = queries.hold_bearer(key)
    follows = follower.follows if follower is not None else []
    return [each for each in follows if each.id in numbers]


def _choose_news(follow: Follow, *, wants_new: bool, at: datetime) -> None:
    if wants_new and not follow.wants_new:
        follow.news_at = at
    follow.wants_new = wants_new and follow.search is not None
    db.session.flush()


def _is_about(follow: Follow, subject: Subject) -> bool:
    return (follow.edition_id, follow.activity_id, follow.search) == (
        subject.edition_id,
        subject.activity_id,
        subject.search,
    )


def _look_through_again(number: int, reading: Reading, *, at: datetime) -> bool:
    follow = queries.find_follow(number)
    return follow is None or _look_through(follow, reading(follow), at=at)


def _look_through(follow: Follow, filters: Filters, *, at: datetime) -> bool:
    """Keep how the slots stand that a follow holds since now: their follower is told of what changes from here on.

    Return whether it holds no more: a whole programme is kept in several transactions, others write in between.
    """
    new = queries.unknown_to(follow, filters, at=at)
    rows = [
        {
            "follow_id": follow.id,
            "activity_id": activity.id,
            "slot_id": slot.id,
            "known_since": at,
            **_as_told(activity, slot),
        }
        for activity, slot in queries.with_places(new[: queries.BATCH])
    ]
    upsert_rows(Told, rows, key=_KEY)
    if len(new) > queries.BATCH:
        return False
    follow.looked_at = at - LATE
    db.session.flush()
    return True


def _as_told(activity: Activity, slot: Slot) -> dict[str, object]:
    standing = standing_of(activity, slot)
    return {
        "title": activity.title,
        "starts_at": standing.starts_at,
        "ends_at": standing.ends_at,
        "place": standing.place,
        "state": standing.state,
        "is_shown": standing.is_shown,
        "revision": slot.revision,
        "version": activity.version,
    }


def _tell_changes(number: int, activities: Collection[int], *, at: datetime) -> bool:
    # Held until the letter is kept: whoever comes to write it at the same time waits, then finds it written.
    follower = queries.hold_follower(number)
    if follower is None:
        return False
    found: dict[Activity, dict[int, mails.SlotNews]] = {}
    follows: set[Follow] = set()
    for told, activity, slot in queries.pending_of(follower, activities, at=at):
        before, after = _known(told), standing_of(activity, slot)
        # What is on the programme no more goes by the name under which it was.
        title = activity.title if after.is_shown else told.title
        for name, value in (_as_told(activity, slot) | {"title": title}).items():
            setattr(told, name, value)
        if changed := changes(before, after):
            follows.add(told.follow)
            # Of what is followed twice, by itself and in a search, one hears once.
            found.setdefault(activity, {})[slot.id] = mails.SlotNews(
                before=before, after=after, title=title, changes=changed, note=slot.note
            )
    db.session.flush()
    if not found:
        return False
    news = [
        mails.ActivityNews(activity=activity, slots=list(slots.values()))
        for activity, slots in found.items()
    ]
    mails.tell_changes(follower, follows, news, at=at)
    return True


def _known(told: Told) -> Standing:
    return Standing(
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        place=told.place,
        state=told.state,
        is_shown=told.is_shown,
    )


def _tell_news(number: int, reading: Reading, *, since: datetime, at: datetime) -> bool:
    follower = queries.hold_follower(number)
    if follower is None:
        return False
    found: dict[int, Activity] = {}
    follows: set[Follow] = set()
    for follow in follower.follows:
        if not follow.wants_new or follow.news_at is None or follow.news_at >= since:
            continue
        for activity in _new_in(follow, reading, at=at):
            found[activity.id] = activity
            follows.add(follow)
        follow.news_at = at - LATE
    db.session.flush()
    if found:
        mails.tell_news(follower, follows, list(found.values()), at=at)
    return bool(found)


def _new_in(follow: Follow, reading: Reading, *, at: datetime) -> Sequence[Activity]:
    """Return what was published of a search since it was last told, and is still to come."""
    if follow.news_at is None:
        return []
    published = queries.published_between(follow.edition_id, after=follow.news_at, until=at - LATE)
    if not published:
        return []
    numbers = [each.id for each in published]
    filters = replace(reading(follow), with_cancelled=False)
    asked = queries.numbers_asked_for(filters, numbers, at=at)
    known = queries.known_since(follow, numbers)
    # What was on the programme before is back, not new.
    return [
        each
        for each in published
        if each.id in asked
        and each.published_at is not None
        and known.get(each.id, each.published_at) >= each.published_at
    ]


def _stop_unreachable(keeping: Keeping) -> None:
    addresses = addresses_of_nobody(mails.KINDS)
    if not addresses:
        return
    with keeping():
        db.session.execute(delete(Follower).where(Follower.email.in_(addresses)))
        _forget_letters()


def _forget_letters() -> None:
    """Remove the letters to addresses that follow nothing: no copy of them stays behind."""
    db.session.execute(
        delete(Letter).where(
            Letter.kind.in_(mails.KINDS), Letter.to_address.not_in(select(Follower.email))
        )
    )
