"""The reader has the last word on how letters reach them, and those who left are written to no more."""

import re
from datetime import timedelta

import pytest

from fete.core.clock import now
from fete.core.db import db as database, transaction
from fete.core.tokens import sign
from fete.mailing.models import Channel, Letter, Topic
from fete.mailing.queries import (
    choices_of,
    count_given_up,
    count_unread,
    failed_letters,
    letters_for_digest,
    letters_given_up,
    letters_waiting,
    messages_of,
    tally,
)
from fete.mailing.rules import DIGEST_KIND
from fete.mailing.services import (
    Recipient,
    Round,
    choose,
    enqueue,
    forget_letters,
    give_up,
    mark_all_read,
    mark_digested,
    read_stop_token,
    retry,
    send_waiting,
    try_again,
    write_letter,
)
from tests.factories.accounts import make_user


def write_to(person, topic=Topic.DECISIONS, *, leads_to="/mes-activites", **values) -> Letter:
    known = {
        "kind": "trial/hello",
        "subject": "Bonjour",
        "text": "Texte.\n",
        "html": "",
        "at": now(),
    }
    to = Recipient(
        address=person.email if person else "nobody@example.org",
        name=person.name if person else "",
        person_id=person.id if person else None,
    )
    return enqueue(to=to, topic=topic, leads_to=leads_to, **(known | values))  # type: ignore[arg-type]


def fates(*letters):
    for letter in letters:
        database.session.refresh(letter)
    return [(letter.channel, letter.try_at is not None) for letter in letters]


def test_without_a_choice_letters_leave_at_once(db):
    letter = write_to(make_user())
    assert fates(letter) == [(Channel.AT_ONCE, True)]
    assert letters_waiting(at=now(), limit=10) == [letter.id]


def test_a_choice_holds_for_its_topic_and_its_person_alone(db):
    ada, zoe = make_user(), make_user()
    choose(ada.id, {Topic.DECISIONS: Channel.DIGEST, Topic.NEWS: Channel.SITE})
    letters = [
        write_to(ada, Topic.DECISIONS),
        write_to(ada, Topic.NEWS),
        write_to(ada, Topic.REVIEW),
        write_to(ada, None),
        write_to(zoe, Topic.DECISIONS),
        write_to(None, None),
    ]
    assert fates(*letters) == [
        (Channel.DIGEST, False),
        (Channel.SITE, False),
        (Channel.AT_ONCE, True),
        (Channel.AT_ONCE, True),
        (Channel.AT_ONCE, True),
        (Channel.AT_ONCE, True),
    ]
    assert letters_for_digest(ada.id) == [letters[0]]
    assert letters_for_digest(zoe.id) == []


def test_choosing_again_replaces(db):
    ada = make_user()
    choose(ada.id, {Topic.DECISIONS: Channel.DIGEST})
    choose(ada.id, {Topic.DECISIONS: Channel.AT_ONCE, Topic.NEWS: Channel.SITE})
    assert choices_of(ada.id) == {Topic.DECISIONS: Channel.AT_ONCE, Topic.NEWS: Channel.SITE}


def test_what_waits_follows_a_refusal(db):
    ada, zoe = make_user(), make_user()
    choose(ada.id, {Topic.NEWS: Channel.DIGEST})
    waiting = [write_to(ada, Topic.NEWS), write_to(ada, Topic.REVIEW), write_to(zoe, Topic.NEWS)]
    choose(ada.id, {Topic.NEWS: Channel.SITE})
    assert fates(*waiting) == [
        (Channel.SITE, False),
        (Channel.AT_ONCE, True),
        (Channel.AT_ONCE, True),
    ]


def test_what_waits_for_a_digest_or_stays_on_the_site_has_not_failed(db):
    ada = make_user()
    choose(ada.id, {Topic.DECISIONS: Channel.DIGEST, Topic.NEWS: Channel.SITE})
    quiet = [write_to(ada, Topic.DECISIONS), write_to(ada, Topic.NEWS)]
    lost = write_to(ada, Topic.REVIEW)
    lost.try_at = None
    database.session.flush()
    assert letters_given_up() == [lost]
    assert count_given_up() == 1
    assert list(database.session.scalars(failed_letters())) == [lost]
    assert try_again(at=now()) == 1
    assert fates(*quiet) == [(Channel.DIGEST, False), (Channel.SITE, False)]
    mark_digested(quiet[:1], at=now())
    assert letters_for_digest(ada.id) == []
    assert count_given_up() == 0


def test_old_letters_go_whatever_their_channel(db):
    ada = make_user()
    choose(ada.id, {Topic.DECISIONS: Channel.DIGEST, Topic.NEWS: Channel.SITE})
    for topic in Topic:
        write_to(ada, topic, at=now() - timedelta(days=366))
    kept = write_to(ada, Topic.NEWS)
    assert forget_letters(before=now() - timedelta(days=365)) == len(Topic)
    assert list(database.session.scalars(messages_of(ada.id))) == [kept]


def test_letters_are_counted_by_what_became_of_them(db):
    ada = make_user()
    choose(ada.id, {Topic.DECISIONS: Channel.DIGEST, Topic.NEWS: Channel.SITE})
    write_to(ada, Topic.DECISIONS)
    write_to(ada, Topic.NEWS)
    write_to(ada, Topic.REVIEW)
    for at in (now(), now() - timedelta(days=1)):
        sent = write_to(ada, Topic.REVIEW)
        sent.sent_at, sent.try_at = at, None
    for _each in range(3):
        write_to(ada, Topic.REVIEW).try_at = None
    database.session.flush()
    found = tally(since=now() - timedelta(hours=10))
    assert (found.waiting, found.gathered, found.sent, found.given_up) == (1, 1, 1, 3)


def test_a_letter_may_be_tried_anew_or_left_unless_it_left(db):
    ada = make_user()
    lost, left, gone = (write_to(ada) for _each in range(3))
    for letter in (lost, left):
        letter.try_at, letter.attempts, letter.failure = None, 6, "550"
    gone.sent_at, gone.try_at = now(), None
    database.session.flush()
    retry(lost, at=now())
    give_up(left)
    retry(gone, at=now())
    give_up(gone)
    assert fates(lost, left, gone) == [
        (Channel.AT_ONCE, True),
        (Channel.SITE, False),
        (Channel.AT_ONCE, False),
    ]
    assert lost.attempts == 0
    assert count_given_up() == 0


# What is read on the site


def test_what_opens_doors_is_never_read_on_the_site(db):
    ada, zoe = make_user(), make_user()
    write_to(ada, None, leads_to="", kind="accounts/reset")
    seen = [write_to(ada, None), write_to(ada, Topic.NEWS, leads_to="")]
    write_to(zoe)
    assert list(database.session.scalars(messages_of(ada.id))) == seen[::-1]
    assert count_unread(ada.id) == 2
    mark_all_read(ada.id, at=now())
    assert (count_unread(ada.id), count_unread(zoe.id)) == (0, 1)


# Those who left


@pytest.mark.parametrize("left", [{"erased_at": now()}, {"checked_at": None}])
def test_a_letter_to_somebody_who_left_goes_instead_of_leaving(app, db, left, tmp_path, folder):
    ada = make_user()
    letter = write_to(ada)
    staying = write_to(make_user())
    for name, value in left.items():
        setattr(ada, name, value)
    number, kept = letter.id, staying.id
    database.session.commit()
    done = send_waiting(at=now(), keeping=transaction)
    assert done == Round(sent=1, failed=0)
    assert database.session.get(Letter, number) is None
    assert database.session.get_one(Letter, kept).sent_at == now()


def test_whoever_proves_an_address_is_written_to(app, db, folder):
    letter = write_to(make_user(checked_at=None), None, leads_to="", kind="accounts/confirm")
    number = letter.id
    database.session.commit()
    assert send_waiting(at=now(), keeping=transaction) == Round(sent=1, failed=0)
    assert database.session.get_one(Letter, number).sent_at == now()


# The way out


def test_a_letter_that_can_be_refused_says_how_and_the_others_do_not(app, db, folder, templates):
    english = make_user(language="en")
    to = Recipient(address=english.email, name="Ada", person_id=english.id)
    for topic in (Topic.NEWS, Topic.DECISIONS, None):
        write_letter(kind="trial/hello", to=to, at=now(), topic=topic, leads_to="/x", title="t")
    write_letter(kind=DIGEST_KIND, to=to, at=now(), letters=[], desk=None)
    database.session.commit()
    send_waiting(at=now(), keeping=transaction)
    sent = [path.read_text("utf-8") for path in sorted(folder.glob("*.eml"))]
    ways = [
        re.findall(
            r"^List-Unsubscribe: <https://fete\.example\.org/en/mon-compte/courriels/arreter/(\S+)>\r?$",
            each,
            re.MULTILINE,
        )
        for each in sent
    ]
    assert [[read_stop_token(way) for way in each] for each in ways] == [
        [(english.id, "news")],
        [],
        [],
        [(english.id, "digest")],
    ]
    for each, way in zip(sent, ways, strict=True):
        assert ("List-Unsubscribe-Post: List-Unsubscribe=One-Click" in each) is bool(way)
        # In the header, in the text and in the page.
        assert each.count("/courriels/arreter/") == 3 * len(way)
    assert "/en/mon-compte/courriels" in sent[1].partition("<body>")[2]
    assert "mon-compte/courriels" not in sent[2]


@pytest.mark.parametrize(
    "token", ["", "x", "WzEsIm5ld3MiXQ.x.y", "signed for another purpose", "decisions"]
)
def test_a_way_out_that_we_did_not_write_leads_nowhere(app, token):
    if token == "signed for another purpose":
        token = sign("reset", [1, "news"])
    elif token == "decisions":
        token = sign("stop", [1, "decisions"])
    assert read_stop_token(token) is None
