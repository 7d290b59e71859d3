"""Write letters in the transaction of what they tell, and send them after it."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from fete.core.db import db, upsert_rows
from fete.core.settings import settings
from fete.core.templating import absolute_url, render_letter
from fete.core.tokens import read, sign
from fete.mailing.delivery import Envelope, NobodyThereError, UndeliveredError, opened
from fete.mailing.models import Channel, Letter, LetterPreference, Topic
from fete.mailing.queries import (
    channel_for,
    language_of,
    letters_given_up,
    letters_waiting,
    may_be_written_to,
)
from fete.mailing.rules import can_be_stopped, what_stops

# How long after each failed attempt the next one is made; after the last one the letter is given up.
WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
# Whoever takes a letter to send it keeps the others off it that long: more than a whole batch takes.
CLAIM = timedelta(hours=1)
BATCH = 100
# The way out of a letter is good for longer than the letter is kept.
_STOP, _STOP_KEPT = "stop", timedelta(days=800)
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Whom a letter is for: an address, a name to write above it, the number of an account if there is one."""

    address: str
    name: str
    person_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What became of one round of sending."""

    sent: int
    failed: int
    # Why the round was cut short: what takes the letters does not answer.
    stopped: str = ""


def enqueue(
    *,
    kind: str,
    to: Recipient,
    subject: str,
    text: str,
    html: str,
    at: datetime,
    topic: Topic | None = None,
    leads_to: str = "",
    stop_address: str = "",
) -> Letter:
    """Keep a letter to be sent once the caller's transaction is committed; its headers are made of one line each.

    About a topic, its reader has the last word: at once, once a day with others, or on the site only.
    """
    channel = channel_for(to.person_id, topic)
    letter = Letter(
        written_at=at,
        kind=kind,
        person_id=to.person_id,
        to_address=_one_line(to.address),
        to_name=_one_line(to.name),
        subject=_one_line(subject),
        text=text,
        html=html,
        topic=topic,
        page=leads_to,
        stop_address=stop_address,
        channel=channel,
        try_at=at if channel is Channel.AT_ONCE else None,
    )
    db.session.add(letter)
    db.session.flush()
    return letter


def write_letter(
    *,
    kind: str,
    to: Recipient,
    at: datetime,
    topic: Topic | None = None,
    leads_to: str = "",
    language: str = "",
    stop_address: str = "",
    **context: object,
) -> Letter:
    """Write the letter of `templates/letters/<kind>.txt` and `.html` in the language of its reader, and keep it.

    The templates find the recipient under `to`. The `topic` is what its reader may choose about, none for what
    must reach them; `leads_to` is the path of the page of the site where it leads. Of a reader without an account,
    the caller says the `language` and where such letters are refused at one stroke.
    """
    language = language or language_of(to.person_id)
    written = render_letter(
        kind,
        language=language,
        to=to,
        topic=topic,
        stop_address=stop_address or _address_to_stop(kind, topic, to.person_id, language=language),
        **context,
    )
    return enqueue(
        kind=kind,
        to=to,
        subject=written.subject,
        text=written.text,
        html=written.html,
        at=at,
        topic=topic,
        leads_to=leads_to,
        stop_address=stop_address,
    )


def send_waiting(
    *, at: datetime, keeping: Callable[[], AbstractContextManager[None]], limit: int = BATCH
) -> Round:
    """Send the letters that wait, and keep the fate of each inside `keeping()`, the caller's transactions.

    A letter is claimed before it leaves, so that two senders at once send it once; if this one dies in the
    middle, the letter that was leaving is tried again when its claim ends. A failure is kept with the time of
    the next attempt. When nobody takes letters at all, the others wait where they are.
    """
    sent = failed = 0
    with opened(settings()) as deliver:
        for number in letters_waiting(at=at, limit=limit):
            with keeping():
                envelope = _claim(number, at=at)
            if envelope is None:
                continue
            failure, stopped = "", False
            try:
                deliver(envelope)
            except UndeliveredError as error:
                failure = str(error)
            except NobodyThereError as error:
                failure, stopped = str(error), True
            with keeping():
                _settle(number, failure=failure, at=at)
            sent, failed = (sent, failed + 1) if failure else (sent + 1, failed)
            if stopped:
                return Round(sent=sent, failed=failed, stopped=failure)
    return Round(sent=sent, failed=failed)


def try_again(*, at: datetime) -> int:
    """Let every letter that was given up be tried anew; return how many."""
    letters = letters_given_up()
    for letter in letters:
        letter.try_at, letter.attempts = at, 0
    db.session.flush()
    return len(letters)


def retry(letter: Letter, *, at: datetime) -> None:
    """Let a letter that failed be tried anew at once, unless it left meanwhile."""
    if letter.sent_at is not None:
        return
    letter.try_at, letter.attempts = at, 0
    db.session.flush()


def give_up(letter: Letter) -> None:
    """Send the letter no more, unless it left meanwhile: what may be read on the site stays there."""
    if letter.sent_at is not None:
        return
    letter.channel, letter.try_at = Channel.SITE, None
    db.session.flush()


def mark_read(letter: Letter, *, at: datetime) -> None:
    """Remember when its reader first saw the letter on the site."""
    letter.read_at = letter.read_at or at
    db.session.flush()


def mark_all_read(person_id: int, *, at: datetime) -> None:
    """Hold every letter of a person for read."""
    db.session.execute(
        update(Letter)
        .where(Letter.person_id == person_id, Letter.read_at.is_(None))
        .values(read_at=at)
    )


def mark_digested(letters: Iterable[Letter], *, at: datetime) -> None:
    """Take the letters off what waits for the daily one."""
    for letter in letters:
        letter.digested_at = at
    db.session.flush()


def choose(person_id: int, choices: Mapping[Topic, Channel]) -> None:
    """Keep how a person wishes to receive the letters about these topics; what waits follows a refusal."""
    rows = [
        {"person_id": person_id, "topic": topic, "channel": channel}
        for topic, channel in choices.items()
    ]
    upsert_rows(LetterPreference, rows, key=("person_id", "topic"))
    refused = [topic for topic, channel in choices.items() if channel is Channel.SITE]
    db.session.execute(
        update(Letter)
        .where(
            Letter.person_id == person_id,
            Letter.topic.in_(refused),
            Letter.sent_at.is_(None),
            Letter.digested_at.is_(None),
        )
        .values(channel=Channel.SITE, try_at=None)
    )


def read_stop_token(token: str) -> tuple[int, str] | None:
    """Return whom an unsubscription is for and what it is about; `None` for one that we did not sign."""
    payload = read(_STOP, token, within=_STOP_KEPT)
    if payload is None:
        return None
    person_id, what = payload
    return (int(person_id), str(what)) if can_be_stopped(str(what)) else None


def forget_letters(*, before: datetime) -> int:
    """Remove the letters written before this instant, sent or not; return how many there were."""
    gone = delete(Letter).where(Letter.written_at < before).returning(Letter.id)
    return len(db.session.scalars(gone).all())


def _claim(number: int, *, at: datetime) -> Envelope | None:
    claimed = db.session.scalar(
        update(Letter)
        .where(Letter.id == number, Letter.sent_at.is_(None), Letter.try_at <= at)
        .values(try_at=at + CLAIM, attempts=Letter.attempts + 1)
        .returning(Letter.id)
    )
    if claimed is None:
        return None
    letter = db.session.get_one(Letter, claimed)
    reader = letter.person_id
    if letter.topic is not None and reader is not None and not may_be_written_to(reader):
        # They left while it waited.
        db.session.delete(letter)
        return None
    language = language_of(letter.person_id)
    return Envelope(
        number=letter.id,
        written_at=letter.written_at,
        address=letter.to_address,
        name=letter.to_name,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        stop_address=letter.stop_address
        or _address_to_stop(letter.kind, letter.topic, letter.person_id, language=language),
    )


def _address_to_stop(
    kind: str, topic: Topic | None, person_id: int | None, *, language: str
) -> str:
    """Return where one refuses letters of this sort without signing in; nothing where there is nothing to refuse."""
    what = what_stops(kind, topic)
    if person_id is None or not what:
        return ""
    return absolute_url("preferences.stop", language=language, token=sign(_STOP, [person_id, what]))


def _settle(number: int, *, failure: str, at: datetime) -> None:
    letter = db.session.get(Letter, number)
    if letter is None:
        # Its reader had everything about them removed while it was leaving.
        return
    letter.failure = failure
    if not failure:
        letter.sent_at, letter.try_at = at, None
    elif letter.attempts <= len(WAITS):
        letter.try_at = at + WAITS[letter.attempts - 1]
    else:
        letter.try_at = None
    db.session.flush()


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
