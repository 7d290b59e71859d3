"""Figures counted ahead: whoever starts finds what a count would tell, and nothing else."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from fete.figures.models import EditionCount
from fete.figures.queries import figures_of, ledgers, totals_by_edition, totals_of
from fete.figures.queries.counting import forget
from fete.figures.services import count_ahead
from fete.programme.workflow import Status
from fete.reports.services.reporting import validate
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report


@pytest.fixture
def edition(db, after):
    edition = make_edition()
    village = make_activity(kind="science_village")
    make_report(village, public=900, pupils=300, adults=20)
    make_report(make_activity(parent=village), public=500)
    make_report(make_activity(kind="lab_open_day"))
    make_report(make_activity(), status=ReportStatus.FILED)
    make_activity()
    db.session.commit()
    return edition


def told(edition, at):
    figures = figures_of(edition, region="76", at=at)
    return figures.totals, figures.received, figures.estimate, figures.breakdowns


def test_who_starts_finds_what_was_counted_and_reads_no_activity(edition, after, queries):
    counted = told(edition, after)
    assert count_ahead(nullcontext, at=after) == 1
    forget()
    with queries() as asked:
        assert totals_of(edition, at=after) == counted[0]
    # Whether the figures stand, and those that were kept.
    assert len(asked) == 2, asked
    forget()
    assert told(edition, after) == counted
    assert not ledgers._ledgers


def test_what_stands_is_not_counted_again_and_one_row_an_edition_is_kept(db, edition, after):
    assert [count_ahead(nullcontext, at=after) for _each in range(2)] == [1, 0]
    make_report(make_activity())
    assert count_ahead(nullcontext, at=after) == 1
    assert db.session.scalar(select(func.count()).select_from(EditionCount)) == 1


def test_what_changed_since_is_counted_anew(db, edition, after):
    waiting = make_activity()
    make_report(waiting, status=ReportStatus.FILED)
    count_ahead(nullcontext, at=after)
    before = totals_of(edition, at=after)
    validate(waiting, version=1, by=make_coordinator("32"), at=after)
    forget()
    assert totals_of(edition, at=after).visitors == before.visitors + 68
    count_ahead(nullcontext, at=after)
    waiting.status = Status.WITHDRAWN
    db.session.flush()
    forget()
    assert totals_of(edition, at=after).visitors == before.visitors


def test_a_session_that_ends_makes_what_was_counted_before_a_thing_of_the_past(db):
    edition = make_edition()
    end = make_activity().slots[0].ends_at
    db.session.commit()
    count_ahead(nullcontext, at=end - timedelta(minutes=1))
    forget()
    assert totals_of(edition, at=end).coverage.due == 1


def test_an_edition_to_come_is_not_counted(db, after):
    make_activity(edition=make_edition(2027))
    assert count_ahead(nullcontext, at=after) == 0


def test_the_command_says_how_many_it_counted(app, db, edition, after):
    runner = app.test_cli_runner()
    said = [runner.invoke(args=["figures", "count"]).output for _each in range(2)]
    assert said == ["1 édition comptée.\n", "0 édition comptée.\n"]
    assert db.session.scalar(select(EditionCount.edition_id)) == edition.id


def test_what_changes_of_an_edition_leaves_the_count_of_the_others(db, edition, after, queries):
    past = make_edition(2025)
    make_report(make_activity(edition=past))
    db.session.commit()
    assert count_ahead(nullcontext, at=after) == 2
    totals_by_edition([past, edition], at=after)
    make_report(make_activity())
    db.session.commit()
    editions = [past.id, edition.id]
    with queries() as asked:
        rows = totals_by_edition([past, edition], at=after)
    # How it stands, what changed and of which edition, what is kept of that one; then its activities.
    assert [row.totals.coverage.validated for row in rows] == [1, 4]
    assert not [each for each in asked if "FROM activity" in each and f"({editions[0]})" in each]
    assert count_ahead(nullcontext, at=after) == 1
    forget()
    marks = set(db.session.execute(select(EditionCount.latest, EditionCount.ended)))
    assert len(marks) == 1


def test_totals_of_many_editions_cost_as_many_questions_as_those_of_one(db, after, queries):
    editions = [make_edition(year) for year in range(2016, 2027)]
    for edition in editions:
        make_report(make_activity(edition=edition))
    db.session.commit()
    count_ahead(nullcontext, at=after)
    asked = []
    for some in (editions[:1], editions[:3], editions):
        forget()
        with queries() as seen:
            assert [row.totals.visitors for row in totals_by_edition(some, at=after)] == [
                68 for _each in some
            ]
        asked.append(len(seen))
    assert len(set(asked)) == 1, asked


def test_what_was_counted_by_other_rules_is_counted_anew(db, edition, after, monkeypatch):
    count_ahead(nullcontext, at=after)
    db.session.execute(update(EditionCount).values(totals="{}", rules="0.0.9 1"))
    forget()
    assert totals_of(edition, at=after).visitors == 1288
    assert count_ahead(nullcontext, at=after) == 1
