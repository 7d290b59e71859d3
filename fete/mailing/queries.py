"""Read which letters wait, which were given up, what a person may read on the site and how they wish to be written to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, Select, SQLColumnExpression, and_, case, func, or_, select

from fete.core.db import Model, db
from fete.mailing.models import Channel, Letter, LetterPreference, Topic
from fete.mailing.rules import DIGEST_KIND, is_nobodys

_DEFAULT_LANGUAGE = "fr"
# A letter that is to be sent by itself; the others wait for the daily one, or stay on the site.
_LEAVES = Letter.channel == Channel.AT_ONCE
_GIVEN_UP = and_(Letter.sent_at.is_(None), Letter.try_at.is_(None), _LEAVES)
# What opens doors (a link to choose a password) has neither topic nor page: it is read nowhere but in the mail.
_READABLE = or_(Letter.topic.is_not(None), Letter.page != "")
_WAITS_FOR_DIGEST = and_(Letter.channel == Channel.DIGEST, Letter.digested_at.is_(None))


def letters_waiting(*, at: datetime, limit: int) -> Sequence[int]:
    """Return the numbers of the letters to be sent by now, the one that waited longest first."""
    statement = (
        select(Letter.id)
        .where(Letter.sent_at.is_(None), Letter.try_at <= at)
        .order_by(Letter.try_at, Letter.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def letters_given_up() -> Sequence[Letter]:
    """Return the letters that nobody will try to send again, the oldest first."""
    statement = select(Letter).where(_GIVEN_UP).order_by(Letter.written_at, Letter.id)
    return db.session.scalars(statement).all()


def count_given_up() -> int:
    """Return how many letters nobody will try to send again."""
    return db.session.scalar(select(func.count(Letter.id)).where(_GIVEN_UP)) or 0


def addresses_of_nobody(kinds: Collection[str]) -> list[str]:
    """Return the addresses that refused a letter of these kinds because nobody reads them."""
    statement = select(Letter.to_address, Letter.failure).where(_GIVEN_UP, Letter.kind.in_(kinds))
    return sorted(
        {address for address, failure in db.session.execute(statement) if is_nobodys(failure)}
    )


def failed_letters() -> Select[Letter]:
    """Return the letters that failed and did not leave since: those given up first, then by time."""
    return (
        select(Letter)
        .where(Letter.sent_at.is_(None), _LEAVES, or_(Letter.failure != "", _GIVEN_UP))
        .order_by(Letter.try_at.is_not(None), Letter.written_at.desc(), Letter.id.desc())
    )


def find_failed(number: int) -> Letter | None:
    """Return a letter that failed and did not leave since."""
    return db.session.scalar(failed_letters().where(Letter.id == number))


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many letters wait to leave, wait for the daily letter, left since a moment, were given up."""

    waiting: int
    gathered: int
    sent: int
    given_up: int


def tally(*, since: datetime) -> Tally:
    """Return how the letters stand; those that left are counted from this moment on."""
    waiting = and_(Letter.sent_at.is_(None), Letter.try_at.is_not(None))
    row = db.session.execute(
        select(
            func.count(case((waiting, Letter.id))).label("waiting"),
            func.count(case((_WAITS_FOR_DIGEST, Letter.id))).label("gathered"),
            func.count(case((Letter.sent_at >= since, Letter.id))).label("sent"),
            func.count(case((_GIVEN_UP, Letter.id))).label("given_up"),
        )
    ).one()
    return Tally(waiting=row.waiting, gathered=row.gathered, sent=row.sent, given_up=row.given_up)


def language_of(person_id: int | None) -> str:
    """Return the language in which a person is written to; French for somebody without an account."""
    if person_id is None:
        return _DEFAULT_LANGUAGE
    # People are known here by number only: their table by its name, as the key of `Letter.person_id`.
    people = Model.metadata.tables["user_account"]
    statement = select(people.c.language).where(people.c.id == person_id)
    return db.session.scalar(statement) or _DEFAULT_LANGUAGE


def may_be_written_to(person_id: int) -> bool:
    """Whether the person has an account that was proved, and not erased since."""
    people = Model.metadata.tables["user_account"]
    statement = select(people.c.id).where(
        people.c.id == person_id, people.c.checked_at.is_not(None), people.c.erased_at.is_(None)
    )
    return db.session.scalar(statement) is not None


def choices_of(person_id: int) -> dict[Topic, Channel]:
    """Return how a person chose to receive letters, by topic; without a choice, at once."""
    statement = select(LetterPreference.topic, LetterPreference.channel).where(
        LetterPreference.person_id == person_id
    )
    return {row.topic: row.channel for row in db.session.execute(statement)}


def channel_for(person_id: int | None, topic: Topic | None) -> Channel:
    """Return how a letter about a topic reaches a person; what has no topic leaves at once."""
    if person_id is None or topic is None:
        return Channel.AT_ONCE
    statement = select(LetterPreference.channel).where(
        LetterPreference.person_id == person_id, LetterPreference.topic == topic
    )
    return db.session.scalar(statement) or Channel.AT_ONCE


def messages_of(person_id: int) -> Select[Letter]:
    """Return the letters that a person may read on the site, the latest first."""
    return (
        select(Letter)
        .where(Letter.person_id == person_id, _READABLE)
        .order_by(Letter.written_at.desc(), Letter.id.desc())
    )


def find_message(number: int) -> Letter | None:
    """Return a letter that its reader may read on the site."""
    return db.session.scalar(select(Letter).where(Letter.id == number, _READABLE))


def unread(person_id: SQLColumnExpression[int] | int) -> ScalarSelect[int]:
    """Return, for a statement that reads people, how many messages each has not read on the site."""
    return (
        select(func.count(Letter.id))
        .where(Letter.person_id == person_id, _READABLE, Letter.read_at.is_(None))
        .scalar_subquery()
    )


def count_unread(person_id: int) -> int:
    """Return how many messages a person has not read on the site."""
    return db.session.scalar(select(unread(person_id))) or 0


def latest_unread(person_id: int, *, limit: int) -> Sequence[Letter]:
    """Return the latest messages that a person has not read on the site."""
    statement = messages_of(person_id).where(Letter.read_at.is_(None)).limit(limit)
    return db.session.scalars(statement).all()


def readers_of_digest() -> Sequence[int]:
    """Return the numbers of the people for whom letters wait for the daily one, in order."""
    statement = (
        select(Letter.person_id)
        .where(_WAITS_FOR_DIGEST, Letter.person_id.is_not(None))
        .distinct()
        .order_by(Letter.person_id)
    )
    return [number for number in db.session.scalars(statement) if number is not None]


def letters_for_digest(person_id: int) -> Sequence[Letter]:
    """Return the letters that wait for a person's daily one, the oldest first."""
    statement = (
        select(Letter)
        .where(Letter.person_id == person_id, _WAITS_FOR_DIGEST)
        .order_by(Letter.written_at, Letter.id)
    )
    return db.session.scalars(statement).all()


def had_digest(person_id: int, *, since: datetime) -> bool:
    """Whether a daily letter was written to the person since a moment."""
    statement = select(Letter.id).where(
        Letter.person_id == person_id, Letter.kind == DIGEST_KIND, Letter.written_at >= since
    )
    return db.session.scalar(statement.limit(1)) is not None
