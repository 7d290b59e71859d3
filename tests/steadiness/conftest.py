"""A site with people in it, served by a process of its own."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import flask_migrate
import pytest
from flask import Flask

from fete.accounts.models import User
from fete.app import create_app
from fete.core.clock import today
from fete.core.db import db as database
from fete.geography.services import load_reference
from fete.programme.models import Edition
from fete.vocabulary.services import load_terms
from tests.factories.programme import make_edition
from tests.site import Site, empty_site
from tests.steadiness.visiting import Visitor

# Each engine fails in ways of its own.
collect_ignore = (
    ["test_sqlite.py"] if os.environ.get("FETE_TEST_DATABASE") else ["test_postgresql.py"]
)


@pytest.fixture
def clock():
    """Let the clock of this process run: the site has its own."""


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Flask]]:
    """Give a site that is not served yet, and the same one here, to put things in and to look."""
    folder = tmp_path_factory.mktemp("steadiness")
    with empty_site(folder) as site:
        here = create_app(
            folder,
            mode="development",
            database=site.database,
            secret_key=site.environment["FETE_SECRET_KEY"],
            public_address=site.address,
        )
        with here.app_context():
            flask_migrate.upgrade()
            load_terms()
            load_reference(regions={"76"})
            database.session.commit()
        yield site, here
        with here.app_context():
            database.engine.dispose()


@pytest.fixture
def site(ready: tuple[Site, Flask]) -> Site:
    """Give the site, to be served."""
    return ready[0]


@pytest.fixture
def inside(ready: tuple[Site, Flask]) -> Callable[[], object]:
    """Give a way to be inside the site's database: what is done there is kept."""

    @contextmanager
    def entered() -> Iterator[None]:
        with ready[1].app_context():
            yield
            database.session.commit()
            database.session.remove()

    return entered


@pytest.fixture
def as_person(ready: tuple[Site, Flask]) -> Callable[[User | None], Visitor]:
    """Give a way to be somebody: inside, `as_person(user)` returns a visitor who has signed in; nobody, one who has not."""
    site, here = ready

    def signed_in(person: User | None) -> Visitor:
        signer = here.session_interface.get_signing_serializer(here)  # type: ignore[attr-defined]
        instant = int(time.time())
        session: dict[str, object] = {"csrf_token": "0" * 40}
        if person is not None:
            session |= {"_user_id": person.get_id(), "_fresh": True, "_permanent": True}
            session |= {"began": instant, "seen": instant}
        return Visitor(site=site, cookie=signer.dumps(session))

    return signed_in


def open_edition() -> Edition:
    """Give the edition whose call is open."""
    return make_edition(
        today().year + 1,
        call_opens_on=today() - timedelta(days=30),
        call_closes_on=today() + timedelta(days=30),
    )
