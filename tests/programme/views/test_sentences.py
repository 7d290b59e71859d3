"""The page of one's sentences: kept, changed, dropped by their owner alone."""

import pytest
from sqlalchemy import select

from fete.core.db import db as database
from fete.programme.models import Sentence
from tests.factories.accounts import make_coordinator, make_user

PAGE = "/coordination/relecture/phrases"


@pytest.fixture
def people(db):
    return {
        "owner": make_coordinator("32"),
        "colleague": make_coordinator("32"),
        "regional": make_coordinator(),
        "member": make_user(),
    }


@pytest.fixture
def sentence(people):
    kept = Sentence(person_id=people["owner"].id, title="Lieu", text="Quelle <salle> ?")
    database.session.add(kept)
    database.session.commit()
    return kept


def kept():
    found = database.session.scalars(select(Sentence).order_by(Sentence.id))
    return [(each.title, each.text) for each in found]


def test_a_sentence_is_kept_once_even_when_sent_twice(people, sign_in):
    browser = sign_in(people["owner"])
    typed = {"title": "Lieu", "text": "Quelle <salle> ?"}
    browser.send(PAGE, typed, token_from=PAGE)
    answer = browser.send(PAGE, typed, follow=True, token_from=PAGE)
    assert kept() == [("Lieu", "Quelle <salle> ?")]
    assert "Quelle &lt;salle&gt; ?" in answer.text


@pytest.mark.parametrize(
    ("title", "text", "fields"),
    [("", "", ["title", "text"]), ("a" * 81, "b", ["title"]), ("a", "b" * 2001, ["text"])],
)
def test_what_cannot_be_kept_is_said_beside_its_field(title, text, fields, people, sign_in):
    answer = sign_in(people["owner"]).send(PAGE, {"title": title, "text": text}, token_from=PAGE)
    assert [name for name in ("title", "text") if f'<a href="#{name}">' in answer.text] == fields
    assert kept() == []


def test_its_owner_changes_and_drops_it(people, sentence, sign_in):
    browser = sign_in(people["owner"])
    own = f"{PAGE}/{sentence.id}"
    browser.send(own, {"title": "Salle", "text": "Laquelle ?"}, token_from=own)
    assert kept() == [("Salle", "Laquelle ?")]
    browser.send(f"{own}/supprimer", token_from=PAGE)
    assert kept() == []


@pytest.mark.parametrize("who", ["colleague", "regional", "member"])
def test_nobody_else_sees_or_touches_it(who, people, sentence, sign_in):
    browser = sign_in(people[who])
    own = f"{PAGE}/{sentence.id}"
    assert browser.get(own).status_code == 404
    for path in (own, f"{own}/supprimer"):
        answer = browser.send(path, {"title": "x", "text": "y"}, token_from="/mon-espace")
        assert answer.status_code == 404
    assert kept() == [("Lieu", "Quelle <salle> ?")]
    listed = browser.get(PAGE)
    assert (listed.status_code, "salle" in listed.text) == (403 if who == "member" else 200, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_is_kept(count, people, sign_in, queries):
    database.session.add_all(
        Sentence(person_id=people["owner"].id, title=f"{number}", text="…")
        for number in range(count)
    )
    browser = sign_in(people["owner"])
    with queries() as asked:
        browser.get(PAGE)
    assert len(asked) == 4, "\n".join(asked)
