"""`fete mail`: what left, what did not, and why."""

import signal
import socket
from datetime import timedelta
from threading import Timer

import pytest
from sqlalchemy import create_engine

from fete.core.clock import now
from fete.core.db import db as database
from fete.core.settings import Settings, converted
from fete.mailing.models import Channel, Letter, Topic
from fete.mailing.services import Recipient, choose, enqueue
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.letters import make_letter


@pytest.fixture
def options(app):
    """Change settings for one test: `options(delivery="console")`."""
    before = app.extensions["fete.settings"]

    def change(**values: object) -> None:
        known = {name: getattr(before, name) for name in Settings.__slots__}
        given = {name: converted(name, value) for name, value in values.items()}
        app.extensions["fete.settings"] = Settings(**(known | given))

    yield change
    app.extensions["fete.settings"] = before


def keep_letter(address: str = "ada@example.org") -> Letter:
    letter = enqueue(
        kind="trial/hello",
        to=Recipient(address=address, name="Ada", person_id=None),
        subject="Bonjour",
        text="Voici le texte.\n",
        html="",
        at=now(),
    )
    database.session.commit()
    return letter


def run(app, *arguments: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["mail", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_what_was_sent_is_counted(app, db, options, tmp_path):
    options(delivery="folder", letters_folder=str(tmp_path))
    keep_letter()
    keep_letter()
    keep_letter("pas une adresse")
    code, told, errors = run(app, "send")
    assert (code, errors) == (0, "")
    assert told.startswith("2 lettres envoyées, 1 non envoyée")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_round_may_be_short(app, db, options, tmp_path):
    options(delivery="folder", letters_folder=str(tmp_path))
    keep_letter()
    keep_letter()
    assert run(app, "send", "--limit", "1")[1].startswith("1 lettre envoyée")
    assert len(list(tmp_path.iterdir())) == 1
    assert run(app, "send", "--limit", "0")[0] == 2


def test_the_console_shows_the_letters(app, db, options):
    options(delivery="console")
    keep_letter()
    assert "Voici le texte." in run(app, "send")[1]


def test_a_dead_server_is_told_and_keeps_the_letters(app, db, options):
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    options(delivery="smtp", smtp_port=port)
    first, second = keep_letter(), keep_letter()
    code, told, errors = run(app, "send")
    assert code == 0
    assert told.startswith("0 lettre")
    assert errors.startswith("Les lettres ne partent pas\u00a0: ")
    database.session.expire_all()
    # The first one is tried again later; the second was spared a useless attempt.
    assert (first.attempts, first.try_at) == (1, now() + timedelta(minutes=5))
    assert (second.attempts, second.try_at) == (0, now())


def test_letters_given_up_are_shown_and_can_be_sent_anew(app, db, options, tmp_path):
    options(delivery="folder", letters_folder=str(tmp_path))
    letter = keep_letter()
    letter.try_at, letter.attempts, letter.failure = None, 6, "550 Boîte inconnue"
    database.session.commit()
    assert run(app, "failed")[1] == (
        f"{letter.id}  16/03/2026 10:00  trial/hello  ada@example.org  550 Boîte inconnue\n"
    )
    assert "1 abandonnée (fete mail failed)" in run(app, "send")[1]
    assert run(app, "retry")[1] == "1 lettre à envoyer.\n"
    assert run(app, "failed")[1] == ""
    assert run(app, "send")[1].startswith("1 lettre envoyée")


def test_a_loop_sends_until_told_to_stop(app, db, options, tmp_path):
    options(delivery="folder", letters_folder=str(tmp_path))
    keep_letter()
    before = signal.getsignal(signal.SIGTERM)
    Timer(0.5, signal.raise_signal, [signal.SIGTERM]).start()
    code, told, _ = run(app, "send", "--loop", "1")
    assert code == 0
    assert told.startswith("1 lettre envoyée")
    assert told.count("\n") == 1
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_loop_outlives_a_database_that_is_away(app, db):
    engines: dict[str | None, object] = database.engines  # type: ignore[assignment]
    standing = engines[None]
    database.session.remove()
    engines[None] = create_engine("sqlite:////nowhere/at/all.sqlite")
    Timer(1.5, signal.raise_signal, [signal.SIGTERM]).start()
    try:
        code, told, errors = run(app, "send", "--loop", "1")
    finally:
        database.session.remove()
        engines[None] = standing
    assert (code, told) == (0, "")
    assert errors.startswith("La base de données ne répond pas\u00a0: ")
    assert errors.count("\n") == 2


def test_the_daily_letters_are_written_once(app, db):
    camille = make_coordinator("32")
    choose(camille.id, {Topic.REVIEW: Channel.DIGEST})
    make_letter(camille, Topic.REVIEW)
    database.session.commit()
    assert run(app, "digest") == (0, "1 courriel quotidien écrit.\n", "")
    assert run(app, "digest")[1].startswith("0 ")


def test_what_waits_for_the_daily_letter_is_no_failure(app, db):
    ada = make_user()
    choose(ada.id, {Topic.DECISIONS: Channel.DIGEST, Topic.NEWS: Channel.SITE})
    letters = [make_letter(ada), make_letter(ada, Topic.NEWS)]
    database.session.commit()
    assert run(app, "failed")[1] == ""
    assert run(app, "retry")[1] == "0 lettre à envoyer.\n"
    assert run(app, "send")[1] == "0 lettre envoyée, 0 non envoyée.\n"
    database.session.expire_all()
    assert [each.try_at for each in letters] == [None, None]
