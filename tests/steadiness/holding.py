"""Keep everybody else from writing, as a long import or a copy of the database would."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from tests.site import Site


@contextmanager
def writing_held(site: Site) -> Iterator[None]:
    """Hold what every writer of an activity waits for."""
    address = make_url(site.database)
    if address.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(address.database), isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
        return
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as held:
        held.execute(text("LOCK TABLE activity IN EXCLUSIVE MODE"))
        yield
        held.rollback()
