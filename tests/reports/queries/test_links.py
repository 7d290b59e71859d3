"""What the link to a report names, and what it finds."""

from datetime import date, datetime, time

import pytest

from fete.core import tokens
from fete.core.clock import PARIS, from_paris, now
from fete.programme.models import EditionState
from fete.programme.workflow import Status
from fete.reports.models import RevokedLinks
from fete.reports.queries.links import find_by_token, link_of
from fete.reports.rules.links import LinkState
from tests.factories.programme import make_activity


@pytest.fixture
def activity(db, after):
    return make_activity(from_paris(date(2026, 10, 3), time(10)))


def state_of(token, at=None):
    opened = find_by_token(token, at=at or now())
    return opened.state if opened else None


def test_a_link_names_its_activity_and_opens_its_report(activity):
    opened = find_by_token(link_of(activity), at=now())
    assert opened is not None
    assert opened.activity is activity
    assert opened.state is LinkState.OPEN


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (datetime(2026, 10, 3, 9, 0, tzinfo=PARIS), LinkState.EARLY),
        (datetime(2026, 12, 15, 23, 59, tzinfo=PARIS), LinkState.OPEN),
        (datetime(2026, 12, 16, 0, 0, tzinfo=PARIS), LinkState.ENDED),
    ],
)
def test_it_opens_after_the_last_slot_and_dies_with_the_day_of_the_deadline(activity, at, state):
    assert state_of(link_of(activity), at) is state


def test_it_dies_when_the_edition_closes(activity):
    activity.edition.state = EditionState.CLOSED
    assert state_of(link_of(activity)) is LinkState.CLOSED


def test_one_that_was_revoked_opens_no_more_and_a_later_one_does(activity, db):
    earlier = link_of(activity)
    db.session.add(RevokedLinks(activity_id=activity.id, generation=1, revoked_at=now()))
    db.session.flush()
    assert state_of(earlier) is LinkState.REVOKED
    assert state_of(link_of(activity)) is LinkState.OPEN


def test_what_is_not_published_any_more_is_named_by_none(activity):
    token = link_of(activity)
    activity.status = Status.WITHDRAWN
    assert state_of(token) is None


@pytest.mark.parametrize(
    "payload", [[], [1], ["1", 0], [0, 0], [-1, 0], [2**40, 0], [1, "0"], [10**6, 0], [1, 0, 0]]
)
def test_a_payload_that_names_nothing_opens_nothing(activity, payload):
    assert state_of(tokens.sign("report", payload)) is None


def test_a_token_for_something_else_or_forged_opens_nothing(activity):
    assert state_of(tokens.sign("alerts", [activity.id, 0])) is None
    assert state_of(link_of(activity)[:-1] + "!") is None
    assert state_of("x" * 1_000) is None
