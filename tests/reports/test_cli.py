"""`fete report remind`."""

from datetime import date, datetime, time

from fete.core.clock import PARIS, from_paris
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity


def test_reminders_are_counted_then_written_once(app, db, clock, letters):
    make_activity(
        from_paris(date(2026, 10, 3), time(10)), organisation=make_organisation(make_user())
    )
    clock.move_to(datetime(2026, 10, 4, 7, 0, tzinfo=PARIS))
    db.session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["report", "remind", "--dry-run"]).output == "1 relance à écrire.\n"
    assert letters() == []
    assert run(args=["report", "remind"]).output == "1 relance écrite.\n"
    assert run(args=["report", "remind"]).output.startswith("0 ")
    assert run(args=["report", "remind", "--dry-run"]).output.startswith("0 ")
    assert len(letters()) == 1
