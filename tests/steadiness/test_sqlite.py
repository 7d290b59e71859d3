"""What only SQLite meets: a disk that is full, a file that must come out whole of everything."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy.engine import make_url

from fete.programme.workflow import Status
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity
from tests.site import Site
from tests.steadiness.conftest import open_edition

PATH = "/mes-activites/{}/quoi"


@contextmanager
def disk_full(process_id: int) -> Iterator[None]:
    """Let a process write nothing more into any file."""
    _, most = resource.prlimit(process_id, resource.RLIMIT_FSIZE)
    resource.prlimit(process_id, resource.RLIMIT_FSIZE, (0, most))
    yield
    resource.prlimit(process_id, resource.RLIMIT_FSIZE, (most, most))


@pytest.fixture(autouse=True)
def whole_file(site: Site) -> Iterator[None]:
    """Read the whole file after each test."""
    yield
    with closing(sqlite3.connect(str(make_url(site.database).database))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_on_a_full_disk_reading_goes_on_and_writing_resumes_by_itself(site, inside, as_person):
    with inside():
        person = make_user()
        activity = make_activity(
            status=Status.DRAFT, edition=open_edition(), organisation=make_organisation(person)
        )
        visitor, path = as_person(person), PATH.format(activity.id)
        make_activity(edition=open_edition(), title="Que nul calendrier n’a encore écrite")
    with site.served() as process:
        form = visitor.form(path)
        with disk_full(process.pid):
            refused = visitor.send(path, form, title="Plus de place", description="Mot " * 2_000)
            read = [visitor.get(each) for each in ("/", "/programme", "/agenda.ics", path)]
            standing = visitor.form(path)
        again = visitor.send(path, form, title="De la place")
        written = visitor.form(path)["title"]
    assert (refused.status, refused.headers["Retry-After"]) == (503, "30")
    assert refused.words
    assert [answer.status for answer in read] == [200] * 4
    assert standing["title"] == form["title"]
    assert standing["description"] == form["description"]
    assert again.status == 302
    assert written == ["De la place"]
