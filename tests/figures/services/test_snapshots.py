"""Figures that were frozen: what is kept of them, and that nothing of it moves."""

import hashlib
import json
from datetime import date, time, timedelta

import pytest

from fete.accounts.queries import acts_on
from fete.core.clock import from_paris, now
from fete.core.errors import RuleBrokenError, StaleError
from fete.figures.queries import (
    changed_since,
    figures_of,
    latest_figures,
    published_snapshots,
    shown_figures,
    shown_totals,
    snapshots_of,
    thawed,
)
from fete.figures.services import freeze, next_number, publish, unpublish
from fete.reports.workflow import ReportStatus
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import find_term
from tests.factories.accounts import make_coordinator
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report, remember


def on(day):
    return from_paris(date(2026, 10, day), time(10))


@pytest.fixture
def edition(db, after):
    edition = make_edition()
    make_report(make_activity(on(3), kind="talk"))
    make_report(make_activity(on(4)), status=ReportStatus.FILED, public=5_000)
    return edition


def frozen(edition, *, number=1, reason="", by=None):
    return freeze(edition, number=number, reason=reason, region="76", by=by, at=now())


def test_frozen_figures_are_read_back_as_they_were_counted(edition):
    live = figures_of(edition, region="76", at=now())
    kept = thawed(frozen(edition)).figures
    assert kept == live
    assert kept.totals.visitors == 68


def test_the_digest_is_that_of_the_text_that_is_kept(edition):
    snapshot = frozen(edition)
    assert snapshot.digest == hashlib.sha256(snapshot.content.encode()).hexdigest()
    value = json.loads(snapshot.content)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert text == snapshot.content


def test_frozen_figures_name_a_role_and_nobody(edition):
    by = make_coordinator(name="Zénobie Quelquune", email="zenobie@example.org")
    snapshot = frozen(edition, by=by)
    assert snapshot.frozen_by_id == by.id
    assert json.loads(snapshot.content)["author"] == "La coordination régionale"
    for word in ("Zénobie", "zenobie"):
        assert word not in snapshot.content


def test_nothing_that_happens_later_changes_frozen_figures(db, edition):
    snapshot = frozen(edition)
    before = thawed(snapshot)
    make_report(make_activity(on(5)), public=900)
    kind = find_term(TermList.KIND, "talk")
    assert kind
    kind.label_fr = "Causerie"
    edition.theme = "Autre"
    db.session.flush()
    after = thawed(snapshot)
    assert (after.figures.totals, after.definitions) == (before.figures.totals, before.definitions)
    assert [part.label for part in after.figures.breakdowns["kind"]] == ["Atelier", "Conférence"]
    assert figures_of(edition, region="76", at=now()).totals.visitors == 68 + 900 + 28


def test_a_correction_bears_the_next_number_and_its_reason(edition):
    assert next_number(edition) == 1
    first = frozen(edition)
    with pytest.raises(RuleBrokenError, match="ce que cette version corrige"):
        frozen(edition, number=2)
    second = frozen(edition, number=2, reason="Trois bilans de l’Aude corrigés")
    assert snapshots_of(edition) == [second, first]
    assert second.digest != first.digest


@pytest.mark.parametrize("number", [0, 1, 3])
def test_of_two_people_who_freeze_at_once_the_second_looks_first(edition, number):
    frozen(edition)
    with pytest.raises(StaleError):
        frozen(edition, number=number, reason="Encore")
    assert next_number(edition) == 2


def test_there_is_nothing_to_freeze_before_a_report_is_validated(db, after):
    edition = make_edition()
    make_report(make_activity(on(3)), status=ReportStatus.FILED)
    with pytest.raises(RuleBrokenError, match="rien à figer"):
        frozen(edition)


def test_the_latest_published_figures_are_shown_and_a_draft_never_is(edition):
    by, at = make_coordinator(), now()
    first = frozen(edition)
    make_report(make_activity(on(5)), public=900)
    second = frozen(edition, number=2, reason="Un bilan de plus")
    assert published_snapshots([edition]) == {}
    assert shown_figures(edition, region="76", at=at).snapshot is None
    publish(first, by=by, at=at)
    assert shown_figures(edition, region="76", at=at).figures.totals.visitors == 68
    publish(second, by=by, at=at)
    assert published_snapshots([edition]) == {edition.id: second}
    unpublish(second, by=by, at=at)
    assert published_snapshots([edition]) == {edition.id: first}
    (row,) = shown_totals([edition], at=at)
    assert (row.totals.visitors, row.snapshot) == (68, first)
    latest = latest_figures(at=at)
    assert latest
    assert latest.totals.visitors == 68


def test_each_step_is_in_the_journal_once(edition):
    by, at = make_coordinator(), now()
    snapshot = frozen(edition, by=by)
    publish(snapshot, by=by, at=at)
    publish(snapshot, by=by, at=at)
    unpublish(snapshot, by=by, at=at)
    unpublish(snapshot, by=by, at=at)
    acts = [(entry.act, entry.detail) for entry in reversed(acts_on(edition))]
    assert [each for each in acts if "figures" in each[0]] == [
        ("edition.figures_frozen", "version 1"),
        ("edition.figures_published", "version 1"),
        ("edition.figures_withdrawn", "version 1"),
    ]


def test_only_reports_that_changed_since_are_told(db, edition, clock):
    draft = make_report(make_activity(on(5)), status=ReportStatus.DRAFT)
    given = make_report(make_activity(on(6)))
    snapshot = frozen(edition)
    assert changed_since(thawed(snapshot)) == 0
    other = make_edition(2025)
    make_report(make_activity(on(3) - timedelta(days=365), edition=other))
    draft.public, draft.version = 7, draft.version + 1
    remember(draft)
    assert changed_since(thawed(snapshot)) == 0
    given.status, given.version = ReportStatus.DRAFT, given.version + 1
    remember(given)
    make_report(make_activity(on(7)))
    db.session.flush()
    assert changed_since(thawed(snapshot)) == 2
