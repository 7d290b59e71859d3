"""The sentences that a coordinator keeps: their own, once each."""

import pytest

from fete.core.db import db as database
from fete.core.errors import RuleBrokenError
from fete.programme.models import Sentence
from fete.programme.queries.sentences import sentences_of
from fete.programme.services.sentences import (
    MOST_SENTENCES,
    change_sentence,
    drop_sentence,
    keep_sentence,
)
from tests.factories.accounts import make_coordinator

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def camille():
    return make_coordinator("32")


def kept(person):
    return [(each.title, each.text) for each in sentences_of(person)]


def test_a_sentence_kept_twice_is_one_and_stays_its_owners(camille):
    other = make_coordinator("32")
    for _click in range(2):
        keep_sentence(title="Lieu", text="Où est-ce ?", by=camille)
    keep_sentence(title="Gratuité", text="Est-ce gratuit ?", by=camille)
    keep_sentence(title="Lieu", text="Où ?", by=other)
    assert kept(camille) == [("Gratuité", "Est-ce gratuit ?"), ("Lieu", "Où est-ce ?")]
    assert kept(other) == [("Lieu", "Où ?")]


def test_a_sentence_is_changed_and_dropped(camille):
    sentence = keep_sentence(title="Lieu", text="Où est-ce ?", by=camille)
    change_sentence(sentence, title="Salle", text="Quelle salle ?")
    assert kept(camille) == [("Salle", "Quelle salle ?")]
    drop_sentence(sentence)
    assert kept(camille) == []


def test_one_does_not_keep_more_than_one_can_look_through(camille):
    database.session.add_all(
        Sentence(person_id=camille.id, title=f"{number}", text="…")
        for number in range(MOST_SENTENCES)
    )
    database.session.flush()
    with pytest.raises(RuleBrokenError, match="100 phrases"):
        keep_sentence(title="Une de trop", text="…", by=camille)
