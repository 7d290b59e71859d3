"""What breaks under the site: what was answered stands, what is refused is told, and it recovers by itself."""

import http.client
import subprocess
from functools import partial
from pathlib import Path
from threading import Lock

from sqlalchemy import select

from fete.core.db import db
from fete.journal.models import Entry
from fete.mailing.models import Letter
from fete.programme.models import Activity
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity
from tests.site import PATIENCE, ROOT, empty_site
from tests.steadiness.conftest import open_edition
from tests.steadiness.holding import writing_held
from tests.steadiness.visiting import Visitor, answer_of, at_once

WRITERS, DECISIONS, ENOUGH = 6, 60, 30
READ = ("/", "/programme", "/agenda.ics", "/chiffres", "/sante")
UNDONE = "/mes-activites/{}/quoi"


class Counter:
    """Counts what was answered, and calls for the end once that is enough."""

    def __init__(self, enough: int, end) -> None:
        self.left, self.end, self.lock = enough, end, Lock()

    def one_more(self) -> None:
        with self.lock:
            self.left -= 1
            if self.left == 0:
                self.end()


def test_a_server_killed_while_people_write_has_kept_what_it_answered(site, inside, as_person):
    with inside():
        edition = open_edition()
        coordinator = as_person(make_coordinator("32"))
        before = db.session.scalars(select(Letter.id).order_by(Letter.id.desc())).first() or 0
        waiting = [
            make_activity(
                status=Status.SUBMITTED,
                edition=edition,
                organisation=make_organisation(make_user()),
            ).id
            for _ in range(DECISIONS)
        ]
        writers = []
        for _ in range(WRITERS):
            person = make_user()
            activity = make_activity(
                status=Status.DRAFT, edition=edition, organisation=make_organisation(person)
            )
            writers.append((as_person(person), activity.id))

    def write(visitor: Visitor, number: int, answered: Counter) -> tuple[int, int]:
        """Return the last turn that was answered and the last that was sent."""
        path, kept = UNDONE.format(number), 0
        for turn in range(1, DECISIONS):
            try:
                form = visitor.form(path)
                told = visitor.send(path, form, title=f"État {turn}", description=f"État {turn}")
            except (OSError, http.client.HTTPException):
                return kept, turn
            assert told.status == 302
            kept = turn
            answered.one_more()
        return kept, kept

    def decide(answered: Counter) -> list[int]:
        published: list[int] = []
        for number in waiting:
            page = f"/coordination/relecture/{number}"
            try:
                form = coordinator.form(page, f"{page}/publier")
                told = coordinator.send(f"{page}/publier", form)
            except (OSError, http.client.HTTPException):
                break
            assert told.status == 302
            published.append(number)
            answered.one_more()
        return published

    with site.served() as process:
        answered = Counter(ENOUGH, process.kill)
        published, *turns = at_once(
            lambda: decide(answered),
            *(partial(write, *each, answered) for each in writers),
        )
        assert process.wait(timeout=PATIENCE) != 0

    with site.served():
        for (visitor, number), (kept, sent) in zip(writers, turns, strict=True):
            form = visitor.form(UNDONE.format(number))
            assert form["title"] == form["description"] or kept == 0
            assert form["title"][0] in {f"État {kept}", f"État {sent}"} or kept == 0
    with inside():
        found = set(
            db.session.scalars(
                select(Activity.id).where(
                    Activity.id.in_(waiting), Activity.status == Status.PUBLISHED
                )
            )
        )
        assert set(published) <= found
        assert len(found) <= len(published) + 1
        acts = db.session.scalars(
            select(Entry.object_id)
            .where(Entry.act == "activity.published", Entry.object_id.in_(waiting))
            .order_by(Entry.object_id)
        )
        assert list(acts) == sorted(found)
        letters = db.session.scalars(select(Letter.kind).where(Letter.id > before))
        assert list(letters) == ["programme/published"] * len(found)


def test_while_nobody_can_write_reading_goes_on_and_writing_resumes_by_itself(
    site, inside, as_person
):
    with inside():
        person = make_user()
        activity = make_activity(
            status=Status.DRAFT, edition=open_edition(), organisation=make_organisation(person)
        )
        number, visitor = activity.id, as_person(person)
        make_activity(edition=open_edition(), title="Que nul calendrier n’a encore écrite")
    path = UNDONE.format(number)
    with site.served():
        form = visitor.form(path)
        with writing_held(site):
            refused, read = at_once(
                lambda: [visitor.send(path, form, title="Écrit trop tôt")],
                lambda: [visitor.get(each) for each in (*READ, path)],
            )
        again = visitor.send(path, form, title="Écrit ensuite")
    assert [answer.status for answer in read] == [200] * (len(READ) + 1)
    assert (refused[0].status, refused[0].headers["Retry-After"]) == (503, "30")
    assert refused[0].words
    assert again.status == 302
    with inside():
        assert (
            db.session.scalar(select(Activity.title).where(Activity.id == number))
            == "Écrit ensuite"
        )


def test_a_server_told_to_stop_answers_what_is_under_way(site, inside, as_person):
    with inside():
        person = make_user()
        activity = make_activity(
            status=Status.DRAFT, edition=open_edition(), organisation=make_organisation(person)
        )
        number, visitor = activity.id, as_person(person)
    path = UNDONE.format(number)
    with site.served() as process:
        form = visitor.form(path)
        with writing_held(site):
            awaited = visitor.ask_and_leave(path, form, title="En partant")
            # What is asked later has been answered: the first is being dealt with.
            assert [visitor.get("/sante").status for _ in range(3)] == [200] * 3
            process.terminate()
        assert answer_of(awaited).status == 302
        assert process.wait(timeout=PATIENCE) == 0
    with inside():
        assert db.session.get(Activity, number).title == "En partant"


def test_a_site_is_not_served_on_a_database_behind_its_migrations(tmp_path: Path):
    with empty_site(tmp_path) as site:
        site.run("db", "upgrade", "0001")
        done = subprocess.run(
            site.command("serve", "--port", str(site.port)),
            cwd=ROOT,
            env=site.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode != 0
    assert "fete db upgrade" in done.stderr
    assert "Traceback" not in done.stderr
