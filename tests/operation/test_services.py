"""Reference lists, a ready database, a server that finishes what it began, letters that leave."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from fete.core.clock import now
from fete.core.db import db as database
from fete.core.settings import Settings
from fete.figures.models import Headline
from fete.geography.models import Commune
from fete.mailing.models import Letter
from fete.mailing.services import Recipient, enqueue
from fete.operation.services import (
    RefusedToStartError,
    check_database,
    letters_leaving,
    listen,
    load_lists,
    write_first_settings,
)
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import find_term

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_every_list_is_loaded(db):
    load_lists()
    assert database.session.scalar(select(func.count(Commune.code))) == 34969
    assert find_term(TermList.KIND, "workshop") is not None
    told = database.session.scalar(select(func.count(Headline.id)))
    assert told
    load_lists()
    assert database.session.scalar(select(func.count(Headline.id))) == told


def test_a_ready_database_is_served(db):
    check_database()


def test_a_database_behind_its_migrations_is_refused(db):
    database.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(RefusedToStartError, match="fete db upgrade"):
        check_database()


def test_settings_that_stand_are_left_alone(tmp_path):
    (tmp_path / "fete.toml").write_text("", "utf-8")
    assert write_first_settings(tmp_path) is None
    assert (tmp_path / "fete.toml").read_text("utf-8") == ""


# A server of ours around a site that takes its time and tells what it heard.
SLOW = """
import sys, time
from fete.core.settings import Settings
from fete.operation.services import listen, serve_until_stopped

def site(environ, start_response):
    print("begun", flush=True)
    time.sleep(0.5)
    body = environ.get("HTTP_X_FORWARDED_FOR", "nobody").encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]

server = listen(site, host="127.0.0.1", port=int(sys.argv[1]), settings=Settings(proxies=int(sys.argv[2])))
print("ready", flush=True)
serve_until_stopped(server)
print("ended", flush=True)
"""


@pytest.mark.parametrize(("proxies", "heard"), [(0, b"nobody"), (1, b"192.0.2.7")])
def test_a_server_told_to_stop_finishes_what_is_under_way(proxies, heard):
    """And what proxies say is heard only when there are some."""
    port = free_port()
    command = [sys.executable, "-c", SLOW, str(port), str(proxies)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with socket.create_connection(("127.0.0.1", port)) as asked:
            asked.sendall(b"GET / HTTP/1.0\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n")
            assert process.stdout.readline() == "begun\n"
            process.terminate()
            answer = asked.makefile("rb").read()
        assert process.stdout.readline() == "ended\n"
    assert process.returncode == 0
    assert answer.startswith(b"HTTP/1.0 200 OK")
    assert answer.endswith(b"\r\n\r\n" + heard)


def test_an_address_that_is_not_one_is_refused():
    with pytest.raises(RefusedToStartError, match=r"192\.0\.2\.1"):
        listen(lambda *_: [], host="192.0.2.1", port=free_port(), settings=Settings())


def test_letters_leave_while_the_site_is_served(app, db):
    letter = enqueue(
        kind="trial/hello",
        to=Recipient(address="ada@example.org", name="Ada", person_id=None),
        subject="Bonjour",
        text="Texte.\n",
        html="",
        at=now(),
    )
    database.session.commit()
    number = letter.id
    rounds: list[int] = []

    @contextmanager
    def once():
        # The tests have one connection: the sender gets it to itself, once.
        if rounds:
            yield
            return
        rounds.append(number)
        with app.app_context():
            yield

    with letters_leaving(once):
        time.sleep(0.05)

    database.session.expire_all()
    sent = database.session.get(Letter, number)
    assert sent is not None
    assert sent.sent_at == now()
