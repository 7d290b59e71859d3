"""From when to when one counts at the doors, what a touch says of its hour, which report its sums fill in."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from fete.core.clock import from_paris
from fete.programme.models import Activity, Edition, EditionState, Slot
from fete.programme.workflow import Status
from fete.reports.models import Report, SessionCount
from fete.reports.rules.counting import (
    CounterState,
    counter_opens_on,
    counter_state,
    moment_of_touch,
    takes_the_count,
)
from fete.reports.workflow import ReportStatus


def on(month, day, hour=10, year=2026):
    return from_paris(date(year, month, day), time(hour))


def an_activity(*starts, status=Status.PUBLISHED, state=EditionState.OPEN):
    slots = [Slot(starts_at=each, ends_at=each + timedelta(hours=2)) for each in starts]
    edition = Edition(year=2026, state=state, report_deadline=date(2026, 12, 15))
    return Activity(edition=edition, status=status, slots=slots)


ACTIVITY = an_activity(on(10, 4), on(10, 3, 0))


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (on(10, 1, 23), CounterState.EARLY),
        (on(10, 2, 0), CounterState.OPEN),
        (on(12, 15, 23), CounterState.OPEN),
        (on(12, 16, 0), CounterState.ENDED),
    ],
)
def test_one_counts_from_the_day_before_until_the_report_is_expected(at, state):
    assert counter_state(ACTIVITY, is_revoked=False, at=at) is state


@pytest.mark.parametrize(
    ("activity", "is_revoked", "state"),
    [
        (ACTIVITY, True, CounterState.REVOKED),
        (an_activity(on(10, 3), status=Status.WITHDRAWN), False, CounterState.ENDED),
        (an_activity(on(10, 3), state=EditionState.CLOSED), False, CounterState.CLOSED),
        (an_activity(), False, CounterState.EARLY),
    ],
)
def test_nothing_is_counted_where_it_would_not_be_reported(activity, is_revoked, state):
    assert counter_state(activity, is_revoked=is_revoked, at=on(10, 4)) is state


def test_a_stand_without_hours_opens_with_its_container():
    stand = an_activity()
    stand.parent = ACTIVITY
    assert counter_opens_on(stand) == date(2026, 10, 2)
    assert counter_opens_on(an_activity()) is None


NOW = on(10, 4, 12)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (on(10, 4, 11), on(10, 4, 11)),
        (on(10, 5, 11), on(10, 5, 11)),
        (on(10, 2, 0), on(10, 2, 0)),
        (None, NOW),
        (on(10, 1, 23), NOW),
        (on(10, 5, 13), NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW),
        (datetime(9998, 12, 31, 23, 59, tzinfo=UTC), NOW),
    ],
)
def test_a_telephone_whose_clock_cannot_be_right_is_not_believed(said, kept):
    assert moment_of_touch(said, ACTIVITY, at=NOW) == kept


@pytest.mark.parametrize(
    ("report", "takes"),
    [
        (None, True),
        (Report(status=ReportStatus.DRAFT), True),
        (Report(status=ReportStatus.DRAFT, remarks="À suivre."), True),
        (Report(status=ReportStatus.DRAFT, public=0), False),
        (Report(status=ReportStatus.DRAFT, volunteers=2), False),
        (Report(status=ReportStatus.DRAFT, sessions=[SessionCount(slot_id=1, public=2)]), False),
        (Report(status=ReportStatus.FILED), False),
        (Report(status=ReportStatus.WAIVED), False),
    ],
)
def test_only_a_report_without_any_figure_takes_what_was_counted(report, takes):
    assert takes_the_count(report) is takes
