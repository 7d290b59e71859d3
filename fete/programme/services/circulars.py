"""Write to a whole group: one letter a person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.journal.services import record
from fete.mailing.models import Topic
from fete.programme import mails
from fete.programme.models import Circular
from fete.programme.queries.circulars import circular_sent_by

# More than any edition has had; a group that is larger was not meant.
MOST_READERS = 2_000


def send_circular(
    readers: Sequence[User],
    words: mails.CircularWords,
    *,
    audience: str,
    topic: Topic,
    form_key: str,
    with_copy: bool,
    by: User,
    at: datetime,
) -> Circular:
    """Return what was written to these people, one letter each, none knowing of the others; the same form sends once."""
    known = circular_sent_by(form_key)
    if known is not None and known.by_id == by.id:
        return known
    if not readers:
        raise RuleBrokenError(_("Ce groupe ne compte personne à qui écrire."))
    if len(readers) > MOST_READERS:
        raise RuleBrokenError(
            _(
                "Ce groupe est trop grand : %(most)s personnes au plus. Choisissez un département.",
                most=MOST_READERS,
            )
        )
    circular = Circular(
        form_key=form_key,
        subject=words.subject,
        text=words.text,
        audience=audience,
        recipients=len(readers),
        at=at,
        by_id=by.id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(circular)
    except IntegrityError:
        # The same form arrived by another worker in the same instant: its letters are the ones.
        known = circular_sent_by(form_key)
        if known is None or known.by_id != by.id:
            raise
        return known
    record("circular.sent", on=circular, person_id=by.id, at=at, detail=audience)
    mails.write_circular(words, readers, topic=topic, at=at)
    if with_copy and by.id not in {person.id for person in readers}:
        mails.write_circular(words, [by], topic=None, at=at)
    return circular
