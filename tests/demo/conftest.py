"""A site filled with the demonstration, once a session: it takes seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import flask_migrate
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from fete.app import create_app
from fete.core.clock import PARIS
from fete.core.db import db as database, transaction
from fete.geography.services import load_reference
from fete.vocabulary.services import load_terms
from tests.conftest import empty_database

# A Sunday after one edition and before the next, when reports are still coming in.
TODAY = datetime(2026, 11, 22, 15, 0, tzinfo=PARIS)


@dataclass(frozen=True)
class Demonstration:
    """A site that was filled, and what the command printed."""

    site: Flask
    printed: str


@contextmanager
def bare_site(folder: Path, *, regions: set[str] | None, **options: str) -> Iterator[Flask]:
    """Give a site with a database of its own that holds the reference lists alone; no context is left open."""
    with empty_database(folder) as address:
        site = create_app(
            folder,
            **{
                "mode": "test",
                "database": address,
                "secret_key": "a key for the tests only, long enough to be one",
                "public_address": "https://fete.example.org",
                "letters_folder": str(folder / "letters"),
            }
            | options,
        )
        site.config["PREFERRED_URL_SCHEME"] = "https"
        with site.app_context():
            flask_migrate.upgrade(revision="head")
            with transaction():
                load_terms()
                load_reference(regions=regions)
        yield site
        with site.app_context():
            database.session.remove()
            database.engine.dispose()


def run(site: Flask, *arguments: str) -> tuple[int, str]:
    """Run a command on the day of the demonstration; give its status and all that it printed."""
    # A context of its own: a command uses the one that is there, which may be another site's.
    with time_machine.travel(TODAY, tick=False), site.app_context():
        result = site.test_cli_runner().invoke(args=list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Give a site with Occitanie's communes that `fete demo` has filled."""
    with bare_site(tmp_path_factory.mktemp("demonstration"), regions={"76"}) as site:
        status, printed = run(site, "demo")
        assert status == 0, printed
        yield Demonstration(site=site, printed=printed)


@pytest.fixture
def demo(demonstration: Demonstration, clock: time_machine.Traveller) -> Iterator[Demonstration]:
    """Give the demonstration on its day, ready to be read; what a test would write is not kept."""
    clock.move_to(TODAY)
    with demonstration.site.app_context():
        yield demonstration
        database.session.rollback()


@pytest.fixture
def visitor(demo: Demonstration) -> FlaskClient:
    """Give somebody who has not signed in."""
    return demo.site.test_client()
