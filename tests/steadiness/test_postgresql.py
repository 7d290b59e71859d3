"""What only PostgreSQL meets: a server that goes away and comes back, a copy that is only read."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import make_url

from fete.programme.workflow import Status
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity
from tests.site import Site
from tests.steadiness.conftest import open_edition

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
