"""Keep the sentences that a coordinator writes often."""

from sqlalchemy import func, select

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.programme.models import Sentence

MOST_SENTENCES = 100


def keep_sentence(*, title: str, text: str, by: User) -> Sentence:
    """Return the sentence of the person, kept under this title; the same one kept again is the same."""
    # Two that arrive at once wait for each other here.
    db.session.execute(select(User.id).where(User.id == by.id).with_for_update())
    known = db.session.scalar(
        select(Sentence).where(
            Sentence.person_id == by.id, Sentence.title == title, Sentence.text == text
        )
    )
    if known is not None:
        return known
    number = db.session.scalar(select(func.count()).where(Sentence.person_id == by.id)) or 0
    if number >= MOST_SENTENCES:
        raise RuleBrokenError(
            _("Vous avez déjà %(most)s phrases : supprimez-en une d’abord.", most=MOST_SENTENCES)
        )
    sentence = Sentence(person_id=by.id, title=title, text=text)
    db.session.add(sentence)
    db.session.flush()
    return sentence


def change_sentence(sentence: Sentence, *, title: str, text: str) -> None:
    """Give the sentence these words."""
    sentence.title, sentence.text = title, text
    db.session.flush()


def drop_sentence(sentence: Sentence) -> None:
    """Take the sentence away; what was written with it stays."""
    db.session.delete(sentence)
    db.session.flush()
