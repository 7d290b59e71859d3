"""Topic by topic on one's account, or at one stroke from a letter."""

import re

import pytest
from sqlalchemy import select

from fete.core.clock import now
from fete.core.tokens import sign
from fete.journal.models import Entry
from fete.mailing.models import Channel, LetterPreference, Topic
from fete.mailing.queries import choices_of
from fete.mailing.services import choose
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation

HERE = "/mon-compte/courriels"


def text(response) -> str:
    return re.sub(r"\s+", " ", response.get_data(as_text=True).replace("\u00a0", " "))


def asked(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'type="radio" id="[^"]+" name="([^"]+)"', page)))


def chosen(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="([a-z]+)" value="([a-z_]+)" checked', page))


def way_out(person, what: str) -> str:
    return f"{HERE}/arreter/{sign('stop', [person.id, what])}"


def agreeing(*members, **values):
    organisation = make_organisation(*members, **values)
    organisation.signatures[0].agrees_to_letters = True
    return organisation


def test_a_stranger_chooses_nothing(client, db):
    assert client.get(HERE).status_code == 302


@pytest.mark.parametrize(
    ("make", "topics"),
    [
        (make_user, []),
        (
            lambda: make_organisation(make_user()).memberships[0].person,
            ["decisions", "conversations", "reminders"],
        ),
        (
            lambda: agreeing(make_user()).memberships[0].person,
            ["decisions", "conversations", "reminders", "news"],
        ),
        (lambda: make_coordinator("32"), ["conversations", "review"]),
        (
            lambda: agreeing(make_coordinator("32")).memberships[0].person,
            ["decisions", "conversations", "review", "reminders", "news"],
        ),
    ],
    ids=["nobody", "member", "agreeing member", "coordinator", "both"],
)
def test_only_what_concerns_the_person_is_asked(db, sign_in, make, topics):
    page = text(sign_in(make()).get(HERE))
    assert asked(page) == topics
    assert chosen(page) == dict.fromkeys(topics, "at_once")


def test_news_are_no_longer_asked_about_once_the_agreement_is_taken_back(db, sign_in):
    ada = make_user()
    agreeing(ada).signatures[0].letters_withdrawn_at = now()
    assert "news" not in asked(text(sign_in(ada).get(HERE)))


def test_a_choice_is_kept_and_shown_and_the_same_twice_is_written_once(db, sign_in):
    ada = make_user()
    make_organisation(ada)
    client = sign_in(ada)
    typed = {"decisions": "digest", "conversations": "at_once", "reminders": "site"}
    for _each in range(2):
        assert client.send(HERE, typed).location == HERE
    assert chosen(text(client.get(HERE))) == typed
    assert choices_of(ada.id) == {
        Topic.DECISIONS: Channel.DIGEST,
        Topic.CONVERSATIONS: Channel.AT_ONCE,
        Topic.REMINDERS: Channel.SITE,
    }
    assert db.session.scalars(select(Entry.act)).all() == ["person.letters_chosen"]


def test_what_is_not_offered_is_refused(db, sign_in):
    ada = make_user()
    make_organisation(ada)
    client = sign_in(ada)
    right = {"decisions": "digest", "conversations": "digest", "reminders": "digest"}
    for wrong in ({"decisions": "pigeon"}, {"reminders": ""}):
        assert "Quelque chose est à corriger" in text(client.send(HERE, right | wrong))
    client.send(HERE, right | {"review": "site"})
    assert Topic.REVIEW not in choices_of(ada.id)


# The way out of a letter


def test_the_link_shows_a_button_and_the_button_refuses(client, db, app):
    ada, zoe = make_user(), make_user()
    agreeing(ada, zoe)
    path = way_out(ada, "news")
    page = client.get(path)
    assert page.status_code == 200
    assert "Les nouvelles du réseau" in text(page)
    assert "Set-Cookie" not in page.headers
    assert db.session.scalars(select(LetterPreference)).all() == []
    # As a mail program does it: no cookie, no token, one field (RFC 8058).
    for _each in range(2):
        done = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert "C’est fait" in text(done)
    db.session.expire_all()
    assert choices_of(ada.id) == {Topic.NEWS: Channel.SITE}
    assert choices_of(zoe.id) == {}


def test_the_way_out_of_the_daily_letter_ends_it_and_nothing_else(client, db):
    ada, camille = make_user(), make_coordinator("32")
    choose(ada.id, {Topic.DECISIONS: Channel.DIGEST, Topic.NEWS: Channel.AT_ONCE})
    for person in (ada, camille):
        assert client.post(way_out(person, "digest")).status_code == 200
    assert choices_of(ada.id) == {Topic.DECISIONS: Channel.SITE, Topic.NEWS: Channel.AT_ONCE}
    # Who never chose goes on being told of each thing.
    assert choices_of(camille.id) == {Topic.REVIEW: Channel.AT_ONCE}


def test_a_link_that_is_not_ours_or_of_somebody_who_left_refuses_nothing(client, db):
    gone = make_user()
    gone.erased_at = now()
    ada = make_user()
    for path in (
        way_out(gone, "news"),
        way_out(ada, "decisions"),
        f"{HERE}/arreter/x",
        way_out(ada, "news") + "x",
    ):
        assert client.get(path).status_code == 404
        assert "ne sert plus" in text(client.get(path))
        assert client.post(path).status_code == 400
    assert db.session.scalars(select(LetterPreference)).all() == []
