"""Answering a doubt: for these figures, in the journal, once."""

import pytest
from sqlalchemy import func, select

from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.programme.models import EditionState
from fete.reports.models import ExplainedDoubt
from fete.reports.services.doubts import explain
from fete.reports.services.reporting import Validated, validate, validate_several
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator
from tests.factories.journal import history_of
from tests.factories.programme import make_activity
from tests.factories.reports import kept_report, make_report

KEY = "pupils_without_adults:25"
QUESTION = "25 élèves sont venus sans accompagnateur\u00a0: y avait-il des adultes avec eux\u00a0?"


@pytest.fixture
def camille(db):
    return make_coordinator("32", name="Camille")


@pytest.fixture
def activity(db):
    activity = make_activity(for_schools=True)
    make_report(activity, status=ReportStatus.FILED, public=10, adults=0)
    return activity


def number_kept(db):
    return db.session.scalar(select(func.count()).select_from(ExplainedDoubt))


def test_an_answer_is_kept_with_its_question_its_author_and_a_line_of_the_journal(
    activity, camille, after
):
    kept = explain(activity, KEY, "Vu avec eux.", by=camille, at=after)
    assert (kept.question, kept.explanation) == (QUESTION, "Vu avec eux.")
    assert (kept.explained_by, kept.explained_at) == (camille, after)
    (entry,) = history_of(kept_report(activity))
    assert (entry.act, entry.person_id) == ("report.doubt_explained", camille.id)
    assert entry.detail == f"{QUESTION}\nVu avec eux."
    # The figures are as they were: nothing that others hold is out of date.
    assert kept_report(activity).version == 1


def test_sent_twice_it_is_kept_once_and_another_answer_is_told(db, activity, camille, after):
    first = explain(activity, KEY, "Vu avec eux.", by=camille, at=after)
    assert explain(activity, KEY, "Vu avec eux.", by=camille, at=after) is first
    with pytest.raises(StaleError), transaction():
        explain(activity, KEY, "Autre chose.", by=camille, at=after)
    assert number_kept(db) == 1


def test_an_answered_report_is_validated_with_the_others(activity, camille, after):
    shown = {activity.id: 1}
    left = validate_several(shown, by=camille, at=after)
    assert left == Validated(done=0, doubtful=1, left=0)
    explain(activity, KEY, "Vu avec eux.", by=camille, at=after)
    done = validate_several(shown, by=camille, at=after)
    assert done == Validated(done=1, doubtful=0, left=0)


def test_who_validates_in_spite_of_a_doubt_leaves_it_in_the_journal(activity, camille, after):
    validate(activity, version=1, by=camille, at=after)
    (entry,) = history_of(kept_report(activity))
    assert (entry.act, entry.detail) == ("report.validated", QUESTION)


@pytest.mark.parametrize("key", ["", "pupils_without_adults:24", "x" * 1000])
def test_a_doubt_that_is_not_raised_any_more_takes_no_answer(db, activity, camille, after, key):
    with pytest.raises(StaleError), transaction():
        explain(activity, key, "Vu.", by=camille, at=after)
    assert number_kept(db) == 0


@pytest.mark.parametrize("status", [ReportStatus.DRAFT, ReportStatus.WAIVED])
def test_what_has_not_come_in_takes_no_answer(db, activity, camille, after, status):
    kept_report(activity).status = status
    with pytest.raises(StaleError), transaction():
        explain(activity, KEY, "Vu.", by=camille, at=after)


def test_neither_silence_nor_a_closed_edition_answers(db, activity, camille, after):
    with pytest.raises(RuleBrokenError) as refused, transaction():
        explain(activity, KEY, "", by=camille, at=after)
    assert refused.value.field == "explanation"
    activity.edition.state = EditionState.CLOSED
    with pytest.raises(RuleBrokenError), transaction():
        explain(activity, KEY, "Vu.", by=camille, at=after)
    assert number_kept(db) == 0
