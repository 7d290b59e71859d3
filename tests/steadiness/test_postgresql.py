"""What only PostgreSQL meets: a server that goes away and comes back, a copy that is only read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import make_url

from fete.accounts.models import User
from fete.core.clock import now
from fete.core.db import db as database
from fete.figures.queries import totals_of
from fete.programme.models import Activity
from fete.programme.workflow import Status
from fete.reports.services.reporting import validate
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity
from tests.factories.reports import make_report
from tests.site import PATIENCE, Site
from tests.steadiness.conftest import open_edition

FILED = ReportStatus.FILED
PATH = "/mes-activites/{}/quoi"
PUBLIC = ("/", "/programme", "/agenda.ics", "/chiffres", "/en/reseau")


@contextmanager
def beside(site: Site) -> Iterator[tuple[Connection, str]]:
    """Give a connection to the server that is not one to the site's database, and this database's name."""
    address = make_url(site.database)
    engine = create_engine(
        address.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        yield connection, str(address.database)


def cut(connection: Connection, name: str) -> None:
    connection.execute(
        text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
        {"name": name},
    )


def validated(number, by):
    activity = database.session.get_one(Activity, number)
    validate(activity, version=1, by=database.session.get_one(User, by), at=now())


def visitors_now(inside):
    with inside():
        return totals_of(open_edition(), at=now()).visitors


def a_draft(inside, as_person):
    with inside():
        person = make_user()
        activity = make_activity(
            status=Status.DRAFT, edition=open_edition(), organisation=make_organisation(person)
        )
        make_activity(edition=open_edition(), title="Que nul calendrier n’a encore écrite")
        return as_person(person), PATH.format(activity.id)


def test_a_database_that_goes_away_is_told_in_words_and_comes_back_by_itself(
    site, inside, as_person
):
    visitor, path = a_draft(inside, as_person)
    with site.served():
        form = visitor.form(path)
        with beside(site) as (server, name):
            server.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            cut(server, name)
            away = [visitor.get(each) for each in (*PUBLIC, path)]
            away.append(visitor.send(path, form, title="Perdu"))
            health = visitor.get("/sante")
            server.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
        again = visitor.send(path, form, title="Retrouvé")
        title = visitor.form(path)["title"]
        back = visitor.get("/sante")
    assert [(answer.status, answer.headers.get("Retry-After")) for answer in away] == [
        (503, "30")
    ] * (len(PUBLIC) + 2)
    assert all(answer.words for answer in away)
    assert (health.status, back.status) == (503, 200)
    assert again.status == 302
    assert title == ["Retrouvé"]


def test_a_connection_cut_in_between_is_made_anew_unseen(site, inside, as_person):
    visitor, path = a_draft(inside, as_person)
    with site.served():
        form = visitor.form(path)
        with beside(site) as (server, name):
            cut(server, name)
        assert visitor.send(path, form, title="Sans le voir").status == 302


def test_on_a_database_that_is_only_read_reading_goes_on(site, inside, as_person):
    visitor, path = a_draft(inside, as_person)
    with site.served(), beside(site) as (server, name):
        form = visitor.form(path)
        server.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        cut(server, name)
        read = [visitor.get(each) for each in (*PUBLIC, path)]
        refused = visitor.send(path, form, title="Refusé")
        server.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
        cut(server, name)
        again = visitor.send(path, form, title="Accepté")
    assert [answer.status for answer in read] == [200] * (len(PUBLIC) + 1)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "30")
    assert refused.words
    assert again.status == 302


def test_a_report_kept_later_under_an_earlier_number_is_in_the_figures(inside):
    """Two people validate at the same time: numbers are drawn before what they name is kept."""
    with inside():
        reports = []
        for _each in range(2):
            activity = make_activity(now() - timedelta(days=1), edition=open_edition())
            reports.append(make_report(activity, status=FILED))
        slow, quick = (report.activity_id for report in reports)
        by = make_coordinator("32").id
    drawn, go_on = threading.Event(), threading.Event()

    def validate_slowly():
        with inside():
            validated(slow, by)
            drawn.set()
            go_on.wait(PATIENCE)

    before = visitors_now(inside)
    first = threading.Thread(target=validate_slowly)
    first.start()
    assert drawn.wait(PATIENCE)
    with inside():
        validated(quick, by)
    meanwhile = visitors_now(inside)
    go_on.set()
    first.join()
    assert (meanwhile - before, visitors_now(inside) - before) == (68, 136)
