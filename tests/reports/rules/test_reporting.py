"""What a report lacks, from when it is due, and how it is asked about."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fete.programme.models import Activity, Edition, EditionState, Mode, Slot
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import (
    Circumstances,
    Counts,
    Doubt,
    Incoherence,
    Method,
    Outcome,
    incoherences,
)
from fete.reports.models import Report
from fete.reports.rules import (
    Told,
    circumstances_of,
    due_since,
    is_answered,
    is_due,
    is_late,
    is_open,
    limits,
    missing,
    question_of,
    standing_of,
)
from fete.reports.workflow import ReportStatus, Standing
from fete.vocabulary.models import Term, TermList

START = datetime(2026, 10, 3, 8, tzinfo=UTC)
ON_SITE = Circumstances()
ONLINE = Circumstances(on_site=False, online=True)
BOTH = Circumstances(online=True)
VILLAGE = Circumstances(is_container=True)
EVERYBODY = ["public", "pupils", "adults", "researchers", "mediators", "volunteers"]


def slot(hours=2, **values):
    return Slot(
        **(
            {
                "starts_at": START,
                "ends_at": START + timedelta(hours=hours),
                "state": SlotState.SCHEDULED,
            }
            | values
        )
    )


def activity(*slots, **values):
    known = {"status": Status.PUBLISHED, "mode": Mode.ON_SITE, "slots": list(slots)}
    return Activity(**(known | values))


@pytest.mark.parametrize(
    ("counts", "method", "about", "fields"),
    [
        (Counts(), None, ON_SITE, ["outcome"]),
        (Counts(public=3), Method.COUNTED, ON_SITE, ["outcome"]),
        (Counts(outcome=Outcome.CANCELLED), None, ON_SITE, []),
        (Counts(outcome=Outcome.CANCELLED), None, VILLAGE, []),
        (Counts(outcome=Outcome.HELD), None, ON_SITE, [*EVERYBODY, "method"]),
        (
            Counts(outcome=Outcome.PARTLY, public=0, pupils=0, adults=0),
            Method.ESTIMATED,
            ON_SITE,
            ["researchers", "mediators", "volunteers"],
        ),
        (
            Counts(outcome=Outcome.HELD),
            None,
            ONLINE,
            ["online", "researchers", "mediators", "volunteers", "method"],
        ),
        (
            Counts(outcome=Outcome.HELD),
            Method.COUNTED,
            BOTH,
            ["public", "pupils", "adults", "online", "researchers", "mediators", "volunteers"],
        ),
        (Counts(outcome=Outcome.HELD), None, VILLAGE, []),
        (Counts(outcome=Outcome.HELD, public=900), None, VILLAGE, ["pupils", "adults", "method"]),
    ],
)
def test_a_report_lacks_what_its_activity_asks_for(counts, method, about, fields):
    assert [gap.field for gap in missing(counts, method, about)] == fields


def test_an_empty_figure_is_asked_for_and_a_zero_is_an_answer():
    counts = Counts(
        outcome=Outcome.HELD,
        public=0,
        pupils=0,
        adults=0,
        researchers=0,
        mediators=0,
        volunteers=0,
    )
    assert missing(counts, Method.COUNTED, ON_SITE) == []


def test_a_figure_that_cannot_be_is_refused():
    assert [gap.field for gap in limits(Counts(public=10_000_000, pupils=9_999_999))] == ["public"]


def test_a_report_is_due_once_the_last_slot_has_ended():
    declared = activity(slot(2), slot(5))
    assert due_since(declared) == START + timedelta(hours=5)
    assert not is_due(declared, START + timedelta(hours=4, minutes=59))
    assert is_due(declared, START + timedelta(hours=5))


def test_an_activity_all_of_whose_slots_are_cancelled_owes_a_report_too():
    assert is_due(activity(slot(state=SlotState.CANCELLED)), START + timedelta(hours=2))


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.PUBLISHED}))
def test_what_was_not_published_owes_no_report(status):
    assert not is_due(activity(slot(), status=status), START + timedelta(days=9))


def test_an_activity_without_slots_follows_what_holds_it():
    village = activity(slot(8))
    stand = activity(parent=village)
    assert due_since(stand) == START + timedelta(hours=8)
    assert due_since(activity()) is None
    assert not is_due(activity(), START)


def test_the_capacity_is_known_only_when_every_slot_that_stands_tells_it():
    cancelled = slot(capacity=500, state=SlotState.CANCELLED)
    assert (
        circumstances_of(activity(slot(capacity=20), slot(capacity=30), cancelled)).capacity == 50
    )
    assert circumstances_of(activity(slot(capacity=20), slot(capacity=None))).capacity is None
    assert circumstances_of(activity(cancelled)).capacity is None


def test_what_was_declared_says_how_many_were_expected():
    assert circumstances_of(activity(slot(), expected_visitors=80)).expected == 80
    assert circumstances_of(activity(slot())).expected is None


def test_a_slot_moved_online_makes_connections_expected():
    assert not circumstances_of(activity(slot())).online
    assert circumstances_of(activity(slot(state=SlotState.MOVED_ONLINE))).online


def test_a_village_is_known_as_a_container():
    kind = Term(list=TermList.KIND, code="science_village", is_container=True)
    assert circumstances_of(activity(slot(), kind=kind)).is_container


def test_a_report_stands_as_people_see_it():
    assert standing_of(None) is Standing.DUE
    assert standing_of(Report(status=ReportStatus.DRAFT, question="")) is Standing.DRAFT
    assert standing_of(Report(status=ReportStatus.DRAFT, question="?")) is Standing.SENT_BACK
    assert standing_of(Report(status=ReportStatus.FILED, question="?")) is Standing.FILED


def test_only_a_closed_edition_keeps_its_reports_as_they_are():
    assert [is_open(Edition(state=state)) for state in EditionState] == [True, True, False]


def test_the_last_day_is_not_late():
    edition = Edition(report_deadline=date(2026, 12, 15))
    assert not is_late(edition, date(2026, 12, 15))
    assert is_late(edition, date(2026, 12, 16))


def test_an_answer_needs_words_or_a_tick_and_these_very_questions():
    counts = Counts(outcome=Outcome.HELD, public=0, pupils=25, adults=0)
    found = incoherences(counts, Circumstances(for_schools=True))
    key = "pupils_without_adults:25"
    assert is_answered(Told(counts=counts), [])
    assert not is_answered(Told(counts=counts, asked=key), found)
    assert not is_answered(Told(counts=counts, is_confirmed=True), found)
    assert not is_answered(Told(counts=counts, is_confirmed=True, asked="other:1"), found)
    assert is_answered(Told(counts=counts, is_confirmed=True, asked=key), found)
    assert is_answered(Told(counts=counts, explanation="Un seul adulte.", asked=key), found)


@pytest.mark.parametrize("doubt", list(Doubt))
def test_every_doubt_has_a_sentence_that_shows_its_figures(app, doubt):
    sentence = question_of(Incoherence(doubt=doubt, figures=(1_500, 60, 2)))
    assert sentence.endswith((".", "\u00a0?")), sentence
    if doubt not in {Doubt.NOBODY_CAME, Doubt.HELD_YET_CANCELLED}:
        assert "1\u202f500" in sentence
