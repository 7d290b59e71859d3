"""What every test may ask for: the site, a database that forgets, a client, people, a stopped clock."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import flask_migrate
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from hypothesis import HealthCheck, settings as hypothesis_settings
from sqlalchemy import NullPool, create_engine, event, select, text

from fete.accounts.models import User
from fete.app import create_app
from fete.core.clock import PARIS
from fete.core.db import db as database
from fete.core.ratelimit import limiter
from fete.geography.services import load_reference
from fete.mailing.models import Letter
from fete.vocabulary.services import load_terms

# A quiet day of the spring when the call of 2026 is open: what the tests call now, unless they say otherwise.
NOW = datetime(2026, 3, 16, 10, 0, tzinfo=PARIS)
# A property holds whatever the machine does meanwhile: how long it takes is measured elsewhere.
hypothesis_settings.register_profile(
    "whatever the time", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("whatever the time")


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """Give the address of an empty database: a file, or a database of its own in FETE_TEST_DATABASE's server."""
    server = os.environ.get("FETE_TEST_DATABASE")
    if not server:
        yield f"sqlite:///{folder}/tests.sqlite"
        return
    name = f"fete_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield engine.url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give the site on a database made by the migrations, with the reference lists of Occitanie in it."""
    folder = tmp_path_factory.mktemp("instance")
    with empty_database(folder) as address:
        yield from site_on(address, folder)


def site_on(address: str, folder: Path) -> Iterator[Flask]:
    """Give the site on an empty database, until the tests are over."""
    site = create_app(
        folder,
        mode="test",
        database=address,
        secret_key="a key for the tests only, long enough to be one",
        public_address="https://fete.example.org",
        letters_folder=str(folder / "letters"),
    )
    with site.app_context():
        # The public address is secure: so is what tests ask.
        site.config["PREFERRED_URL_SCHEME"] = "https"
        flask_migrate.upgrade(revision="head")
        load_terms()
        load_reference(regions={"76"})
        database.session.commit()
        yield site
        database.session.remove()
        database.engine.dispose()


class _Borrowed:
    """The one connection of a test, which nobody closes before it ends."""

    def __init__(self, connection: Any) -> None:
        self.cursor = connection.cursor

    def close(self) -> None: ...


@pytest.fixture
def db(app: Flask) -> Iterator[SQLAlchemy]:
    """Give a database that forgets the test."""
    engine = database.engines[None]
    connection = engine.connect()
    outer = connection.begin()
    # Who asks past the session sees what the test did, as it would see what others kept.
    connection.raw_connection = lambda: _Borrowed(connection.connection)  # type: ignore[attr-defined]
    engines: dict[str | None, object] = database.engines  # type: ignore[assignment]
    engines[None] = connection
    database.session.remove()
    database.session.configure(join_transaction_mode="create_savepoint")
    yield database
    database.session.remove()
    outer.rollback()
    connection.close()
    engines[None] = engine


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock at `NOW`; `clock.move_to(…)` sets it elsewhere."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def unhurried() -> None:
    """Let a test do in a second what takes people a day, whatever site was made before; those about guesses say otherwise."""
    limiter.enabled = False


class Browser(FlaskClient):
    """A client that fills the forms it is shown as a browser would: by https, with their hidden token."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.environ_base["HTTP_REFERER"] = "https://localhost/"

    def open(self, *args: Any, **options: Any) -> Any:
        """Ask in a context of its own, as on a real site: nobody is remembered from one request to the next.

        What the test did is written before; what it holds is read anew after.
        """
        database.session.commit()
        with self.application.app_context():
            answer = super().open(*args, **options)
        database.session.expire_all()
        return answer

    def token(self, path: str = "/compte/connexion") -> str:
        """Return a token against forged requests for this session."""
        page = self.get(path).get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found, f"no token on {path}"
        return found[1]

    def send(
        self,
        path: str,
        data: dict[str, object] | None = None,
        *,
        follow: bool = False,
        token_from: str = "/compte/connexion",
    ):
        """Send a form with its token."""
        return self.post(
            path,
            data={"csrf_token": self.token(token_from), **(data or {})},
            follow_redirects=follow,
        )


@pytest.fixture
def client(app: Flask, db: SQLAlchemy) -> Browser:
    """Give somebody who has not signed in."""
    app.test_client_class = Browser
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def sign_in(app: Flask, db: SQLAlchemy) -> Callable[[User], Browser]:
    """Give a way to be somebody: `sign_in(person)` returns a client of theirs."""

    def as_person(person: User) -> Browser:
        app.test_client_class = Browser
        client = app.test_client()
        database.session.commit()
        with client.session_transaction() as session:
            session["_user_id"] = person.get_id()
            session["_fresh"] = True
            session["began"] = session["seen"] = int(time.time())
        return client  # type: ignore[return-value]

    return as_person


@pytest.fixture
def queries(app: Flask, db: SQLAlchemy) -> Callable[[], object]:
    """Count what is asked of the database, between the beginning and the end of a `with`."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        asked: list[str] = []

        def note(_connection, _cursor, statement: str, *_rest: object) -> None:
            # What the test did before is said of the programme with the first commit that follows.
            own = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "INSERT INTO standing")
            if not statement.startswith(own):
                asked.append(statement)

        connection = database.engines[None]
        event.listen(connection, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(connection, "before_cursor_execute", note)

    return counting


@pytest.fixture
def letters(db: SQLAlchemy) -> Callable[[], list[Letter]]:
    """Give the letters written so far, oldest first."""
    return lambda: list(database.session.scalars(select(Letter).order_by(Letter.id)))


@pytest.fixture
def samples() -> Path:
    """Give the folder of sample files."""
    return Path(__file__).parent / "data"
