"""Write letters in the transaction of what they tell, and send them after it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from fete.core.db import db
from fete.core.settings import settings
from fete.core.templating import render_letter
from fete.mailing.delivery import Envelope, NobodyThereError, UndeliveredError, opened
from fete.mailing.models import Letter, Topic
from fete.mailing.queries import language_of, letters_given_up, letters_waiting

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
) -> Letter:
    """Keep a letter to be sent once the caller's transaction is committed; its headers are made of one line each."""
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
        try_at=at,
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
    **context: object,
) -> Letter:
    """Write the letter of `templates/letters/<kind>.txt` and `.html` in the language of its reader, and keep it.

    The templates find the recipient under `to`. The `topic` is what its reader may choose about, none for what
    must reach them; `leads_to` is the path of the page of the site where it leads.
    """
    written = render_letter(kind, language=language_of(to.person_id), to=to, **context)
    return enqueue(
        kind=kind,
        to=to,
        subject=written.subject,
        text=written.text,
        html=written.html,
        at=at,
        topic=topic,
        leads_to=leads_to,
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
    return Envelope(
        number=letter.id,
        written_at=letter.written_at,
        address=letter.to_address,
        name=letter.to_name,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
    )


def _settle(number: int, *, failure: str, at: datetime) -> None:
    letter = db.session.get_one(Letter, number)
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
