"""Which reports are found, in which order, and how many came in."""

from datetime import date, time

import pytest

from fete.core.clock import from_paris
from fete.programme.models import EditionState
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import Returns
from fete.reports.models import Outcome
from fete.reports.policies import can_report
from fete.reports.queries.reporting import (
    FollowUpFilters,
    Wanted,
    find_report,
    find_reported,
    followed_reports,
    number_owed,
    reports_of,
    returns_by_departement,
)
from fete.reports.workflow import ReportStatus, Standing
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report
from tests.factories.sharing import make_co_organiser

ALBI = "81004"


def on(day, hour=10, year=2026):
    return from_paris(date(year, 10, day), time(hour))


@pytest.fixture
def ada(db):
    return make_user()


def test_a_person_finds_what_their_structures_owe_and_gave_latest_edition_first(ada, after):
    mine = make_organisation(ada)
    late = make_activity(on(9), organisation=mine)
    early = make_activity(on(3), organisation=mine)
    make_report(early, status=ReportStatus.FILED)
    past = make_activity(on(4, year=2025), organisation=mine, edition=make_edition(2025))
    make_report(past)
    make_activity(on(3))
    make_activity(on(3), organisation=mine, status=Status.LABELLED)
    make_activity(on(3), organisation=mine, status=Status.WITHDRAWN)
    make_activity(from_paris(date(2026, 12, 1), time(10)), organisation=mine)
    page = reports_of(ada, at=after)
    assert [(line.activity, line.standing) for line in page.rows] == [
        (early, Standing.FILED),
        (late, Standing.DUE),
        (past, Standing.VALIDATED),
    ]
    assert page.total == 3


def test_a_stand_without_slots_is_due_with_its_village(ada, after):
    village = make_activity(on(3), kind="science_village")
    stand = make_activity(organisation=make_organisation(ada), parent=village)
    stand.slots.clear()
    assert [line.activity for line in reports_of(ada, at=after).rows] == [stand]
    assert reports_of(ada, at=on(3, 11)).rows == []


def test_a_cancelled_activity_owes_its_report(ada, after):
    activity = make_activity(on(3), organisation=make_organisation(ada))
    activity.slots[0].state = SlotState.CANCELLED
    assert [line.activity for line in reports_of(ada, at=after).rows] == [activity]


def test_what_is_owed_counts_neither_what_came_in_nor_closed_editions(ada, after):
    mine = make_organisation(ada)
    make_activity(on(3), organisation=mine)
    make_report(make_activity(on(3), organisation=mine), status=ReportStatus.DRAFT)
    for status in (ReportStatus.FILED, ReportStatus.VALIDATED, ReportStatus.WAIVED):
        make_report(make_activity(on(3), organisation=mine), status=status)
    closed = make_edition(2025, state=EditionState.CLOSED)
    make_activity(on(3, year=2025), organisation=mine, edition=closed)
    make_activity(on(3))
    assert number_owed(ada, at=after) == 2


@pytest.fixture
def spread(db):
    """Spread reports of every kind over the Gers and the Tarn."""
    made = {}
    for commune, day in (("32013", 3), (ALBI, 4)):
        for status in (None, *ReportStatus):
            activity = make_activity(on(day), commune=commune)
            if status is not None:
                make_report(activity, status=status, outcome=Outcome.HELD)
            made[commune, status] = activity
    make_activity(on(3), status=Status.LABELLED)
    make_activity(on(3, year=2025), edition=make_edition(2025))
    return made


@pytest.mark.parametrize(
    ("wanted", "statuses"),
    [
        (Wanted.TO_VALIDATE, [ReportStatus.FILED]),
        (Wanted.MISSING, [None, ReportStatus.DRAFT]),
        (Wanted.VALIDATED, [ReportStatus.VALIDATED]),
        (Wanted.WAIVED, [ReportStatus.WAIVED]),
        (Wanted.ALL, [None, *ReportStatus]),
    ],
)
def test_a_coordinator_follows_their_territory_only(spread, after, wanted, statuses):
    def found(person, **filters):
        page = followed_reports(
            person,
            edition=make_edition(),
            filters=FollowUpFilters(wanted=wanted, **filters),
            at=after,
        )
        return [line.activity for line in page.rows]

    gers = [spread["32013", status] for status in statuses]
    tarn = [spread[ALBI, status] for status in statuses]
    assert found(make_coordinator("32")) == gers
    assert found(make_coordinator()) == [*gers, *tarn]
    assert found(make_coordinator(), departements=["81"]) == tarn
    assert found(make_coordinator("32"), departements=["81"]) == []


def test_returns_are_counted_by_departement_within_the_territory(spread, after):
    edition = make_edition()
    one = Returns(due=4, received=2, validated=1, waived=1)
    assert returns_by_departement(make_coordinator(), edition=edition, at=after) == {
        "32": one,
        "81": one,
    }
    assert returns_by_departement(make_coordinator("81"), edition=edition, at=after) == {"81": one}
    assert returns_by_departement(make_coordinator(), edition=edition, at=on(1)) == {}


GATE = {"public": 900, "pupils": 0, "adults": 0}


@pytest.mark.parametrize(
    ("status", "told", "is_awaited"),
    [
        (ReportStatus.VALIDATED, GATE, False),
        (ReportStatus.FILED, GATE, False),
        (ReportStatus.DRAFT, GATE, True),
        (ReportStatus.WAIVED, GATE, True),
        (ReportStatus.VALIDATED, GATE | {"outcome": Outcome.CANCELLED}, True),
        (ReportStatus.VALIDATED, {"public": None, "pupils": None, "adults": None}, True),
    ],
)
def test_a_stand_owes_no_report_once_its_village_counted_at_the_gate(
    ada, after, status, told, is_awaited
):
    village = make_activity(on(3), kind="science_village")
    stand = make_activity(on(3), organisation=make_organisation(ada))
    stand.parent = village
    stand.slots.clear()
    make_report(village, status=status, **told)
    assert number_owed(ada, at=after) == int(is_awaited)
    (line,) = reports_of(ada, at=after).rows
    assert (line.activity, line.is_optional) == (stand, not is_awaited)
    missing = followed_reports(
        make_coordinator("32"),
        edition=make_edition(),
        filters=FollowUpFilters(wanted=Wanted.MISSING),
        at=after,
    )
    assert (stand in [each.activity for each in missing.rows]) is is_awaited
    returns = returns_by_departement(make_coordinator("32"), edition=make_edition(), at=after)
    due = int(is_awaited) + int(status is not ReportStatus.WAIVED)
    assert returns["32"].due == due
    # What it tells all the same is a report like any other.
    make_report(stand, status=ReportStatus.FILED)
    (line,) = reports_of(ada, at=after).rows
    assert not line.is_optional


def test_members_of_a_co_organiser_find_and_fill_the_report_once(ada, after):
    bob = make_user()
    activity = make_activity(on(3), organisation=make_organisation(ada))
    make_co_organiser(activity, make_organisation(bob, ada))
    for person in (ada, bob):
        assert [line.activity for line in reports_of(person, at=after).rows] == [activity]
        assert number_owed(person, at=after) == 1
        assert can_report(person, activity)
    assert not can_report(make_user(), activity)


def test_the_report_of_what_is_not_published_is_not_found(db):
    assert find_reported(make_activity(status=Status.LABELLED).id) is None
    assert find_reported(0) is None
    activity = make_activity()
    assert find_reported(activity.id) is activity
    assert find_report(activity) is None


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_asks_the_same_number_of_questions_whatever_its_length(
    db, ada, queries, number, after
):
    mine = make_organisation(ada)
    for _each in range(number):
        make_report(make_activity(on(3), organisation=mine))
    db.session.commit()
    assert ada.id
    db.session.expunge_all()
    with queries() as asked:
        page = reports_of(ada, at=after)
        for line in page.rows:
            place, kind = line.activity.commune, line.activity.kind
            assert place
            assert kind
            shown = (place.name, kind.label, line.standing)
            assert shown == ("Auch", "Atelier", Standing.VALIDATED)
    assert len(asked) == 4, asked
