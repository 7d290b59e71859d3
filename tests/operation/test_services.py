"""Reference lists, a ready database, a server that finishes what it began, letters that leave."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, time as hour, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from fete.accounts import services as accounts
from fete.accounts.models import RoleName, Sketch, User
from fete.core.clock import from_paris, now
from fete.core.db import db as database
from fete.figures.models import Headline
from fete.geography.models import Commune
from fete.journal.models import Entry
from fete.journal.services import record
from fete.mailing.models import Letter
from fete.mailing.services import Recipient, Round, enqueue
from fete.network.models import Invitation
from fete.network.services import accept_invitation, invite
from fete.operation import services
from fete.operation.services import (
    INVITATIONS_KEPT,
    JOURNAL_KEPT,
    LETTERS_KEPT,
    SKETCHES_KEPT,
    UNPROVED_KEPT,
    Purged,
    RefusedToStartError,
    check_catalogues,
    check_database,
    hold,
    letters_leaving,
    load_lists,
    purge,
    write_first_settings,
    write_of_the_day,
)
from fete.programme.services.review import change_slot
from fete.programme.workflow import SlotState, Status
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import find_term
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.alerts import make_follow
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition

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


def test_a_site_without_its_sentences_is_refused(app, tmp_path):
    check_catalogues(Path(app.root_path, "translations"))
    (tmp_path / "fr/LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "fr/LC_MESSAGES/messages.mo").touch()
    with pytest.raises(RefusedToStartError, match="pybabel compile"):
        check_catalogues(tmp_path)


def test_settings_that_stand_are_left_alone(tmp_path):
    (tmp_path / "fete.toml").write_text("", "utf-8")
    assert write_first_settings(tmp_path) is None
    assert (tmp_path / "fete.toml").read_text("utf-8") == ""


# A server of ours around a site that takes its time and tells what it heard.
SLOW = """
import sys, time
from fete.core.settings import Settings
from fete.operation.services import hold, listen, serve_until_stopped

def site(environ, start_response):
    print("begun", flush=True)
    time.sleep(0.5)
    body = environ.get("HTTP_X_FORWARDED_FOR", "nobody").encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]

server = listen(site, hold("127.0.0.1", int(sys.argv[1])), settings=Settings(proxies=int(sys.argv[2])))
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
        hold("192.0.2.1", free_port())


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


def test_followers_are_told_while_the_site_is_served(app, db, letters):
    activity = make_activity(title="Le ciel")
    make_follow(activity, "ada@example.org")
    change_slot(
        activity.slots[0],
        SlotState.FULL,
        by=make_coordinator(),
        at=now() - timedelta(minutes=20),
    )
    activity.changed_at = activity.slots[0].changed_at
    database.session.commit()
    rounds = iter([app.app_context()])

    with letters_leaving(lambda: next(rounds, nullcontext())):
        time.sleep(0.05)

    database.session.expire_all()
    told = [letter.subject for letter in letters() if letter.to_address == "ada@example.org"]
    assert told == ["Complet : Le ciel"]


def test_a_failure_that_nobody_foresaw_stops_no_letter(monkeypatch, caplog):
    rounds = []

    def sent(**_options: object) -> Round:
        rounds.append("a round")
        return Round(sent=0, failed=0)

    def failing(**_options: object) -> int:
        raise KeyError("a letter without words")

    monkeypatch.setattr(services, "_BETWEEN_LETTERS", 0.01)
    monkeypatch.setattr(services, "send_waiting", sent)
    monkeypatch.setattr(services, "write_of_the_day", lambda **_: None)
    monkeypatch.setattr(services, "tell_followers", failing)
    with letters_leaving(nullcontext):
        time.sleep(0.3)
    assert len(rounds) > 1
    assert "a letter without words" in caplog.text


def test_reports_that_are_due_are_asked_for_with_the_letters_of_the_day(db, letters, clock):
    make_activity(organisation=make_organisation(make_user()))
    database.session.commit()
    clock.move_to(from_paris(date(2026, 10, 4), hour(7)))
    assert write_of_the_day(done=None, at=now()) == date(2026, 10, 4)
    assert [each.kind for each in letters()] == ["reports/due"]


def test_the_letters_of_the_day_are_written_once_from_seven_on(db, letters):
    make_coordinator("32")
    make_activity(status=Status.SUBMITTED)
    make_activity(status=Status.DRAFT, organisation=make_organisation(make_user()))
    make_edition().call_closes_on = date(2026, 3, 30)
    database.session.commit()

    def at(day: int, number: int) -> datetime:
        return from_paris(date(2026, 3, day), hour(number))

    def kinds() -> list[str]:
        return [each.kind for each in letters()]

    assert write_of_the_day(done=None, at=at(16, 6)) is None
    assert kinds() == []
    assert write_of_the_day(done=None, at=at(16, 7)) == date(2026, 3, 16)
    told = ["programme/call_closing", "mailing/digest"]
    assert kinds() == told
    # Started anew on the same day, then left running.
    for done in (None, date(2026, 3, 16)):
        assert write_of_the_day(done=done, at=at(16, 15)) == date(2026, 3, 16)
    assert write_of_the_day(done=date(2026, 3, 16), at=at(17, 6)) == date(2026, 3, 16)
    assert kinds() == told
    assert write_of_the_day(done=date(2026, 3, 16), at=at(17, 8)) == date(2026, 3, 17)
    assert kinds() == [*told, "mailing/digest"]


MOMENT = timedelta(seconds=1)


def standing(column):
    """Return what the database holds in a column, in order."""
    return list(database.session.scalars(select(column).order_by(column)))


def write_to(person, *, subject, at):
    return enqueue(
        kind="trial/hello",
        to=Recipient(address=person.email, name=person.name, person_id=person.id),
        subject=subject,
        text="Texte.\n",
        html="",
        at=at,
    )


def test_journal_lines_and_letters_go_after_twelve_months_and_not_a_moment_earlier(db):
    ada, at = make_user(), now()
    for act, age in (
        ("person.signed_in", JOURNAL_KEPT + MOMENT),
        ("activity.published", JOURNAL_KEPT),
        ("person.described", timedelta()),
    ):
        record(act, on=ada, person_id=ada.id, at=at - age)
    write_to(ada, subject="ancienne, envoyée", at=at - LETTERS_KEPT - MOMENT).sent_at = at
    write_to(ada, subject="ancienne, abandonnée", at=at - LETTERS_KEPT - MOMENT).try_at = None
    write_to(ada, subject="d’un an", at=at - LETTERS_KEPT).sent_at = at
    write_to(ada, subject="en attente", at=at)

    assert purge(at=at) == Purged(
        entries=1, letters=2, accounts=0, sketches=0, files=0, invitations=0, follows=0
    )
    assert standing(Entry.act) == ["activity.published", "person.described"]
    assert standing(Letter.subject) == ["d’un an", "en attente"]
    assert standing(User.email) == [ada.email]
    assert purge(at=at) == Purged(
        entries=0, letters=0, accounts=0, sketches=0, files=0, invitations=0, follows=0
    )


def test_an_account_never_confirmed_goes_whole_after_thirty_days(db, clock):
    began = now()
    accounts.register(
        email="old@example.org", name="Vieux", password="un cheval sur la colline", at=began
    )
    invited = accounts.create_person(email="invited@example.org", name="Invitée", at=began)
    accounts.grant_role(invited, RoleName.REGIONAL, by=make_coordinator(), at=began)
    number = invited.id
    make_user(email="proved@example.org")
    erased = make_user(email="erased@example.org")
    accounts.erase(erased, at=began)
    accounts.register(
        email="late@example.org",
        name="Tardive",
        password="un cheval sur la colline",
        at=began + MOMENT,
    )
    write_to(make_user(email="other@example.org"), subject="reste", at=began)

    assert purge(at=began + UNPROVED_KEPT).accounts == 0
    assert purge(at=began + UNPROVED_KEPT + MOMENT) == Purged(
        entries=0, letters=0, accounts=2, sketches=0, files=0, invitations=0, follows=0
    )
    left = standing(User.email)
    assert [email for email in left if email in {"old@example.org", "invited@example.org"}] == []
    assert {"proved@example.org", "late@example.org", erased.email} < set(left)
    assert standing(Letter.to_address) == ["late@example.org", "other@example.org"]
    told = {(entry.act, entry.object_id) for entry in database.session.scalars(select(Entry))}
    assert {act for act, _number in told} == {"person.erased", "person.registered"}
    assert number not in {number for _act, number in told}


def test_a_registration_begun_anew_counts_from_its_new_day(db):
    began, again = now(), now() + UNPROVED_KEPT
    for at in (began, again):
        accounts.register(
            email="ada@example.org", name="Ada", password="un cheval sur la colline", at=at
        )
    assert purge(at=again + MOMENT).accounts == 0
    assert purge(at=again + UNPROVED_KEPT + MOMENT).accounts == 1
    assert standing(User.email) == []


def test_what_was_typed_and_never_kept_goes_after_thirty_days_and_not_a_moment_earlier(db):
    ada, at = make_user(), now()
    accounts.keep_sketch(ada, "/mes-bilans/1", {"remarks": ["a"]}, at=at - SKETCHES_KEPT - MOMENT)
    accounts.keep_sketch(ada, "/mes-bilans/2", {"remarks": ["b"]}, at=at - SKETCHES_KEPT)
    assert purge(at=at).sketches == 1
    assert standing(Sketch.page) == ["/mes-bilans/2"]


def test_an_invitation_goes_after_thirty_days_with_the_address_it_holds(db):
    ada, began = make_user(), now()
    museum = make_organisation(ada)
    for email in ("partie@example.org", "restee@example.org"):
        invite(museum, email=email, quality="", by=ada, at=began)
    accept_invitation(museum.invitations[0], by=make_user(email="partie@example.org"), at=began)
    assert purge(at=began + INVITATIONS_KEPT).invitations == 0
    assert purge(at=began + INVITATIONS_KEPT + MOMENT).invitations == 2
    assert db.session.scalars(select(Invitation)).all() == []
