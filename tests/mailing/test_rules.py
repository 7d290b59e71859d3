"""What may be refused at one stroke, and what the answer of a mail server means."""

import pytest

from fete.mailing.models import Topic
from fete.mailing.rules import (
    DIGEST,
    DIGEST_KIND,
    can_be_stopped,
    in_plain_words,
    is_nobodys,
    what_stops,
)


@pytest.mark.parametrize(
    ("kind", "topic", "what"),
    [
        (DIGEST_KIND, None, DIGEST),
        ("programme/call_closing", Topic.REMINDERS, "reminders"),
        ("programme/circular", Topic.NEWS, "news"),
        ("programme/published", Topic.DECISIONS, ""),
        ("programme/submitted", Topic.REVIEW, ""),
        ("programme/remark", Topic.CONVERSATIONS, ""),
        ("accounts/reset", None, ""),
    ],
)
def test_only_what_is_no_decision_can_be_refused_at_one_stroke(kind, topic, what):
    assert what_stops(kind, topic) == what


@pytest.mark.parametrize(
    ("failure", "is_so"),
    [
        ("550 5.1.1 <a@b.fr>: User unknown", True),
        ("550 No such user here", True),
        ("554 account disabled", True),
        ("address: ValueError: invalid address", True),
        ("552 5.2.2 Mailbox full", False),
        ("553 5.7.1 Sender address rejected", False),
        ("554 5.7.1 Relay access denied", False),
        ("450 4.1.1 unknown for now", False),
        ("ConnectionRefusedError: [Errno 111] Connection refused", False),
        ("", False),
    ],
)
def test_only_an_address_that_nobody_reads_is_nobodys(failure, is_so):
    assert is_nobodys(failure) is is_so


@pytest.mark.parametrize("what", ["decisions", "review", "conversations", "", "all"])
def test_a_decision_is_always_told(what):
    assert not can_be_stopped(what)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("550 5.1.1 <a@b.fr>: User unknown", "elle est sans doute fausse"),
        ("552 5.2.2 Mailbox full", "pleine"),
        ("452 4.2.2 over quota", "pleine"),
        ("554 5.7.1 spam", "refuse ce courriel"),
        ("450 4.7.1 Greylisted", "d’attendre"),
        ("ConnectionRefusedError: [Errno 111] Connection refused", "ne répond pas"),
        ("TimeoutError: timed out", "ne répond pas"),
        ("address: ValueError: invalid address", "mal écrite"),
        ("ValueError: invalid address", "inconnue"),
        ("", "inconnue"),
    ],
)
def test_the_answer_of_a_server_is_told_in_plain_words(app, failure, words):
    assert words in in_plain_words(failure)
