"""What reports are held against in the database, and how their doubts were answered."""

from datetime import date, time

import pytest

from fete.core.clock import from_paris
from fete.core.db import db as database
from fete.programme.models.activities import activity_site
from fete.programme.workflow import Status
from fete.reports.arithmetic import Method, Outcome, Visitor
from fete.reports.models import SessionCount, Tap
from fete.reports.queries.doubts import doubts_about, explained_doubts, open_doubts
from fete.reports.queries.reporting import line_of, lines_of
from fete.reports.services.doubts import explain
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.factories.reports import kept_report, make_report

ALBI = "81004"
PUBLIC_ONLY = {"pupils": 0, "adults": 0}


def on(day, year=2026):
    return from_paris(date(year, 10, day), time(10))


def filed(*starts, public=41, status=ReportStatus.FILED, reported=None, **values):
    activity = make_activity(*(starts or (on(3),)), **({"for_schools": True} | values))
    activity.slots[0].capacity = None
    make_report(activity, status=status, **({"public": public} | PUBLIC_ONLY | (reported or {})))
    return activity


def keys(activity):
    return [each.key for each in open_doubts([line_of(activity)])[activity.id]]


def test_last_year_counts_once_it_is_validated_and_was_held(db, after):
    before = filed(on(3, 2025), edition=make_edition(2025), status=ReportStatus.FILED)
    activity = filed(public=341)
    activity.renewed_from_id = before.id
    assert keys(activity) == []
    kept_report(before).status = ReportStatus.VALIDATED
    assert keys(activity) == [f"above_before:341:41:2025:@{before.id}"]
    kept_report(before).outcome = Outcome.CANCELLED
    assert keys(activity) == []


def test_twins_are_found_in_what_came_in_of_the_same_edition_only(db, after):
    structure = make_organisation()
    first = filed(public=141, organisation=structure)
    filed(on(3, 2025), public=141, organisation=structure, edition=make_edition(2025))
    later = filed(public=141, organisation=structure, commune=ALBI)
    same = f"same_figures:141:141:0:0:0:@{first.id}"
    assert (keys(first), keys(later)) == ([], [same])
    other = doubts_about([line_of(later)])[later.id][0].raised.other
    assert (other.title, other.departement_code) == (first.title, "32")
    kept_report(first).status = ReportStatus.DRAFT
    assert keys(later) == []
    kept_report(first).status = ReportStatus.VALIDATED
    first.status = Status.WITHDRAWN
    assert keys(later) == []


def test_the_same_title_day_and_commune_is_found_through_the_container_too(db, after):
    village = make_activity(on(3), kind="science_village")
    stand = filed(title="Le ciel", parent=village)
    stand.slots.clear()
    stand.venue = None
    again = filed(title="LE CIEL")
    database.session.flush()
    assert keys(again) == [f"entered_twice:@{stand.id}"]


def test_the_gate_is_held_against_its_largest_stand(db, after):
    village = filed(public=50, kind="science_village")
    filed(public=49, parent=village, venue=village.venue)
    stand = filed(public=60, parent=village, venue=village.venue)
    assert keys(village) == [f"below_a_stand:50:60:@{stand.id}"]


def test_a_stand_at_a_site_of_its_village_is_in_the_village(db, after):
    village = filed(public=500, kind="science_village", reported={"method": Method.ESTIMATED})
    stand = filed(public=60, parent=village, venue=make_venue())
    assert keys(stand) == [f"outside_the_gate:60:@{village.id}"]
    database.session.execute(
        activity_site.insert().values(activity_id=village.id, venue_id=stand.venue_id)
    )
    assert keys(stand) == []


def test_sessions_and_taps_are_summed(db, after):
    activity = filed(public=120, reported={"method": Method.CLICKER})
    report, slot = kept_report(activity), activity.slots[0]
    database.session.add(SessionCount(report_id=report.id, slot_id=slot.id, public=90, pupils=12))
    for number, amount in enumerate((60, 50, -5)):
        database.session.add(
            Tap(
                key=f"tap-{number}",
                activity_id=activity.id,
                visitor=Visitor.PUBLIC,
                amount=amount,
                touched_at=after,
                received_at=after,
            )
        )
    database.session.flush()
    assert keys(activity) == ["sessions_apart:102:12:120:0", "taps_apart:120:105"]


def test_what_was_answered_is_listed_within_the_territory_and_found_by_its_figures(db, after):
    camille, denis = make_coordinator("32"), make_coordinator()
    here, there = filed(reported={"adults": 2}), filed(commune=ALBI, reported={"adults": 2})
    for activity in (here, there):
        explain(activity, "adults_without_pupils:2", "Des parents.", by=denis, at=after)
    edition = here.edition
    assert (keys(here), keys(there)) == ([], [])

    def listed(user, departements=()):
        page = explained_doubts(user, edition=edition, departements=departements)
        return [each.report.activity_id for each in page.rows]

    assert listed(camille) == [here.id]
    assert listed(denis) == [there.id, here.id]
    assert listed(denis, ["81"]) == [there.id]
    assert listed(camille, ["81"]) == []
    kept_report(here).adults = 3
    assert keys(here) == ["adults_without_pupils:3"]


def test_what_has_no_report_raises_nothing(db, after):
    assert open_doubts([]) == {}
    activity = make_activity(on(3))
    assert open_doubts([line_of(activity)]) == {}


@pytest.mark.parametrize("number", [1, 3, 300])
def test_doubts_ask_the_same_number_of_questions_whatever_they_are_about(
    db, after, queries, number
):
    structure = make_organisation()
    numbers = [filed(public=141, organisation=structure).id for _each in range(number)]
    lines = lines_of(numbers)
    assert len(lines) == number
    with queries() as asked:
        found = doubts_about(lines)
    assert len(asked) == 7, asked
    assert sum(len(each) for each in found.values()) == number - 1


def test_beyond_many_reports_the_whole_edition_is_read_and_the_same_is_found(
    db, after, monkeypatch
):
    structure = make_organisation()
    several = [filed(public=141, organisation=structure) for _each in range(3)]
    lines = lines_of([each.id for each in several])
    few = open_doubts(lines)
    monkeypatch.setattr("fete.reports.queries.doubts._MANY", 2)
    assert open_doubts(lines) == few
    assert [len(few[each.id]) for each in several] == [0, 1, 1]
