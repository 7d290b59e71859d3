"""Letters are written with what they tell, and sent once."""

from contextlib import contextmanager
from datetime import timedelta

import pytest

from fete.core.clock import now
from fete.core.db import db as database, transaction
from fete.mailing.models import Letter
from fete.mailing.queries import count_given_up, language_of, letters_given_up, letters_waiting
from fete.mailing.services import (
    BATCH,
    CLAIM,
    WAITS,
    Recipient,
    Round,
    enqueue,
    send_waiting,
    try_again,
    write_letter,
)
from tests.factories.accounts import make_user


def to(name: str = "Ada", address: str = "ada@example.org", person_id: int | None = None):
    return Recipient(address=address, name=name, person_id=person_id)


def keep_letter(**values: object) -> Letter:
    known: dict[str, object] = {
        "kind": "trial/hello",
        "to": to(),
        "subject": "Bonjour",
        "text": "Texte.\n",
        "html": "<p>Texte.</p>",
        "at": now(),
    }
    return enqueue(**(known | values))  # type: ignore[arg-type]


def fate(letter: Letter) -> tuple[object, ...]:
    database.session.refresh(letter)
    return letter.sent_at, letter.try_at, letter.attempts


def test_a_letter_waits_from_the_moment_it_is_written(db):
    letter = keep_letter()
    assert fate(letter) == (None, now(), 0)
    assert letters_waiting(at=now(), limit=10) == [letter.id]
    assert letters_waiting(at=now() - timedelta(seconds=1), limit=10) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Bonjour\r\nBcc: eve@example.org", "Bonjour Bcc: eve@example.org"),
        ("a\nb", "a b"),
        ("a\x00b\u2028c\x85d", "a b c d"),
        ("  Été à l’Œuvre  ", "Été à l’Œuvre"),
    ],
)
def test_headers_stay_on_their_line(db, typed, kept):
    letter = keep_letter(subject=typed, to=to(name=typed, address=typed))
    assert (letter.subject, letter.to_name, letter.to_address) == (kept, kept, kept)


def test_a_letter_is_written_in_both_forms(app, db, templates):
    letter = write_letter(kind="trial/hello", to=to("Ada"), at=now(), title="Lune & <b>\r\nX: y")
    assert letter.subject == "Bonjour Lune & <b> X: y"
    assert letter.kind == "trial/hello"
    assert letter.text.startswith(
        "Ada, l’été : Lune & <b>\r\nX: y\n\nhttps://fete.example.org/ fr\n"
    )
    assert letter.text.endswith("Réseau Science(s) en Occitanie\n")
    assert "\n\n\n" not in letter.text
    assert "<p>Ada Lune &amp; &lt;b&gt;" in letter.html
    assert "<!DOCTYPE html>" in letter.html


def test_a_letter_speaks_the_language_of_its_reader(app, db, templates):
    french, english = make_user(), make_user(language="en")
    assert language_of(french.id) == "fr"
    assert language_of(english.id) == "en"
    assert language_of(None) == "fr"
    texts = [
        write_letter(kind="trial/hello", to=to(person_id=person.id), at=now(), title="t").text
        for person in (french, english)
    ]
    assert "https://fete.example.org/ fr" in texts[0]
    assert "https://fete.example.org/en/ en" in texts[1]


def test_a_letter_written_during_a_request_keeps_its_own_language_and_host(app, db, templates):
    english = make_user(language="en")
    with app.test_request_context("/", base_url="https://evil.example.com/"):
        letter = write_letter(kind="trial/hello", to=to(person_id=english.id), at=now(), title="t")
    assert "https://fete.example.org/en/ en" in letter.text
    assert "evil" not in letter.text + letter.html
    assert 'lang="en"' in letter.html


def test_what_is_rolled_back_writes_to_nobody(app, db, letters):
    def broken() -> None:
        with transaction():
            keep_letter()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert letters() == []


def test_waiting_letters_are_sent_once(app, db, folder):
    first, second = keep_letter(), keep_letter(to=to(address="blaise@example.org"))
    later = keep_letter(at=now() + timedelta(hours=1))

    assert send_waiting(at=now(), keeping=transaction) == Round(sent=2, failed=0)
    assert send_waiting(at=now(), keeping=transaction) == Round(sent=0, failed=0)

    assert fate(first) == fate(second) == (now(), None, 1)
    assert fate(later) == (None, now() + timedelta(hours=1), 0)
    assert len(list(folder.iterdir())) == 2


def test_the_one_that_waited_longest_goes_first(app, db, folder):
    new, old = keep_letter(), keep_letter(at=now() - timedelta(days=1))
    assert send_waiting(at=now(), keeping=transaction, limit=1) == Round(sent=1, failed=0)
    assert fate(old)[0] == now()
    assert fate(new)[0] is None


def test_a_letter_that_cannot_be_addressed_stops_nobody_else(app, db, folder):
    bad = keep_letter(to=to(address="pas une adresse"), at=now() - timedelta(minutes=1))
    good = keep_letter()
    assert send_waiting(at=now(), keeping=transaction) == Round(sent=1, failed=1)
    assert fate(bad) == (None, now() + WAITS[0], 1)
    assert bad.failure != ""
    assert fate(good) == (now(), None, 1)


def test_a_failing_letter_is_tried_later_and_later_then_given_up(app, db, folder):
    letter = keep_letter(to=to(address="pas une adresse"))
    at, waited = now(), []
    for _ in WAITS:
        assert send_waiting(at=at, keeping=transaction).failed == 1
        database.session.refresh(letter)
        assert letter.try_at is not None
        waited.append(letter.try_at - at)
        assert (
            send_waiting(at=letter.try_at - timedelta(seconds=1), keeping=transaction).failed == 0
        )
        at = letter.try_at
    assert waited == list(WAITS)
    assert count_given_up() == 0

    assert send_waiting(at=at, keeping=transaction).failed == 1

    assert fate(letter) == (None, None, 6)
    assert letters_given_up() == [letter]
    assert count_given_up() == 1
    assert send_waiting(at=at + timedelta(days=30), keeping=transaction) == Round(sent=0, failed=0)


def test_a_letter_given_up_can_be_tried_anew(app, db, folder):
    letter = keep_letter()
    letter.try_at, letter.attempts = None, 6
    database.session.flush()
    with transaction():
        assert try_again(at=now()) == 1
    assert send_waiting(at=now(), keeping=transaction) == Round(sent=1, failed=0)
    assert fate(letter) == (now(), None, 1)


def test_a_sender_that_dies_after_sending_sends_again_only_when_its_claim_ends(app, db, folder):
    letter = keep_letter()
    kept = 0

    @contextmanager
    def dying_on_the_second():
        nonlocal kept
        kept += 1
        if kept == 2:
            raise KeyboardInterrupt
        with transaction():
            yield

    with pytest.raises(KeyboardInterrupt):
        send_waiting(at=now(), keeping=dying_on_the_second)

    assert fate(letter) == (None, now() + CLAIM, 1)
    assert send_waiting(at=now() + CLAIM - timedelta(seconds=1), keeping=transaction).sent == 0
    assert send_waiting(at=now() + CLAIM, keeping=transaction).sent == 1
    # Twice the same letter, under the same name: the second took the place of the first.
    assert len(list(folder.iterdir())) == 1


def test_a_letter_that_another_sender_took_is_left_to_it(app, db, folder):
    mine, theirs = keep_letter(), keep_letter()
    taken = False

    @contextmanager
    def another_takes_the_second():
        nonlocal taken
        with transaction():
            if not taken:
                taken = True
                theirs.try_at = now() + CLAIM
            yield

    assert send_waiting(at=now(), keeping=another_takes_the_second) == Round(sent=1, failed=0)
    assert fate(mine)[0] == now()
    assert fate(theirs) == (None, now() + CLAIM, 0)


def test_a_batch_has_a_size(app, db, folder):
    for _ in range(3):
        keep_letter()
    assert send_waiting(at=now(), keeping=transaction, limit=2) == Round(sent=2, failed=0)
    assert BATCH == 100
