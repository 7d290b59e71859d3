"""`fete edition open` and `fete edition close`."""

from datetime import date, datetime

import pytest

from fete.core.clock import PARIS
from fete.programme.models import EditionState
from fete.programme.queries.editions import find_edition
from fete.programme.workflow import Status
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity

OPEN = ["edition", "open", "--year", "2027", "--starts", "2027-10-01", "--ends", "11/10/2027"]


def test_an_edition_is_opened_with_its_usual_calendar_then_closed(app, db):
    runner = app.test_cli_runner()
    told = runner.invoke(args=[*OPEN, "--theme", "Océans"])
    assert told.exit_code == 0, told.output
    assert "2027 (36e)" in told.output
    edition = find_edition(2027)
    assert (edition.theme, edition.ends_on, edition.call_opens_on, edition.state) == (
        "Océans",
        date(2027, 10, 11),
        date(2027, 2, 1),
        EditionState.OPEN,
    )
    assert runner.invoke(args=["edition", "close", "--year", "2027"]).exit_code == 0
    db.session.expire_all()
    assert find_edition(2027).state is EditionState.CLOSED


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["edition", "close", "--year", "1999"], "Aucune édition 1999"),
        ([*OPEN, "--call-closes", "2026-01-01"], "L’appel se termine"),
        ([*OPEN[:-1], "hier"], "--ends"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(app, db, args, says):
    told = app.test_cli_runner().invoke(args=args)
    assert told.exit_code != 0
    assert says in told.output
    assert find_edition(2027) is None


def test_an_edition_is_opened_once(app, db):
    runner = app.test_cli_runner()
    runner.invoke(args=[*OPEN, "--prepared"])
    again = runner.invoke(args=OPEN)
    assert "existe déjà" in again.output
    db.session.expire_all()
    assert find_edition(2027).state is EditionState.PREPARED


def test_the_reminders_of_a_call_are_written_once(app, db, clock):
    make_activity(status=Status.DRAFT, organisation=make_organisation(make_user(), make_user()))
    clock.move_to(datetime(2026, 4, 16, 7, tzinfo=PARIS))
    db.session.commit()
    runner = app.test_cli_runner()
    told = [runner.invoke(args=["edition", "remind"]).output for _each in range(2)]
    assert [each.split()[0] for each in told] == ["2", "0"]
