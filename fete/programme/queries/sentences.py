"""Find the sentences that a coordinator keeps."""

from collections.abc import Sequence

from sqlalchemy import select

from fete.accounts.models import User
from fete.core.db import db
from fete.programme.models import Sentence


def sentences_of(user: User) -> Sequence[Sentence]:
    """Return the sentences that the person keeps, in the order of titles."""
    return db.session.scalars(
        select(Sentence).where(Sentence.person_id == user.id).order_by(Sentence.title, Sentence.id)
    ).all()


def find_sentence(sentence_id: int) -> Sentence | None:
    """Return a sentence."""
    return db.session.get(Sentence, sentence_id)
