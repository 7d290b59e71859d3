"""The database is made by the migrations, which say what the models say; it is committed in one place."""

import re
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import fete
from fete.app import create_app
from fete.core.db import db
from tests.conftest import empty_database

ROOT = Path(fete.__file__).parent


def test_the_database_is_committed_in_one_place():
    places = [
        path.relative_to(ROOT).as_posix()
        for path in sorted(ROOT.rglob("*.py"))
        if re.search(r"\.commit\(", path.read_text("utf-8")) and "migrations" not in path.parts
    ]
    assert places == ["core/db.py"]


@pytest.fixture
def untouched(tmp_path, app):
    with empty_database(tmp_path) as address:
        site = create_app(tmp_path, mode="test", database=address)
        with site.app_context():
            yield site
            db.session.remove()
            db.engine.dispose()


def test_migrations_go_up_down_and_up_again_and_say_what_the_models_say(untouched):
    flask_migrate.upgrade(revision="head")
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _thing, name, *_rest: (
                    not (name or "").startswith("activity_fts")
                ),
            },
        )
        assert compare_metadata(context, db.metadata) == []
    tables = set(inspect(db.engine).get_table_names())
    flask_migrate.downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    flask_migrate.upgrade(revision="head")
    assert set(inspect(db.engine).get_table_names()) == tables


def test_migrations_are_numbered_in_one_line():
    files = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert [name[:4] for name in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
