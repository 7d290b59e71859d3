"""Events are written before calendars ask for them."""

from fete.core.clock import now
from fete.core.db import db as database, transaction
from fete.feeds.models import Fragment
from fete.feeds.services import write_ahead
from fete.programme.services.activities import touch
from fete.programme.workflow import Status
from tests.factories.programme import make_activity


def written() -> dict[int, int]:
    database.session.expire_all()
    return {each.slot_id: each.revision for each in database.session.query(Fragment)}


def test_what_is_published_is_written_once_for_a_revision(db):
    one, other = make_activity(), make_activity()
    make_activity(status=Status.DRAFT)
    assert write_ahead(transaction) == 2
    assert written() == {one.slots[0].id: 0, other.slots[0].id: 0}
    assert write_ahead(transaction) == 0
    touch(one, now())
    assert write_ahead(transaction) == 1
    assert written() == {one.slots[0].id: 1, other.slots[0].id: 0}


def test_a_calendar_asked_for_after_that_has_nothing_to_write(client, app):
    make_activity()
    found = app.test_cli_runner().invoke(args=["feeds", "write"])
    assert (found.exit_code, found.output) == (0, "Événements écrits\u00a0: 1\n")
    kept = database.session.query(Fragment).one()
    kept.content = kept.content.replace(b"SUMMARY:", b"SUMMARY:KEPT ")
    database.session.flush()
    assert "KEPT" in client.get("/agenda.ics").text
