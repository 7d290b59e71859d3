"""The figures of an edition as the database holds it."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from fete.core.clock import from_paris, now
from fete.core.db import db
from fete.figures.arithmetic import Line, Session, Totals, totals
from fete.figures.models import Nature
from fete.figures.queries import (
    figures_of,
    latest_figures,
    lines_of,
    signature_of,
    totals_by_edition,
    totals_of,
)
from fete.figures.rules import ALL_FIGURES, BESIDE, KEY_FIGURES
from fete.figures.services import record_headline
from fete.programme.models import EditionState
from fete.programme.queries.standing import latest_now
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import Counts, Method, Outcome, Returns
from fete.reports.models import Ladder, SessionCount
from fete.reports.queries.ladder import ladder_of
from fete.reports.rules import Told
from fete.reports.services.reporting import file_report, send_back, validate
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.figures import make_snapshot
from tests.factories.network import AUCH, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue, term
from tests.factories.reports import make_report
from tests.factories.sharing import make_co_organiser

ALBI, TOULOUSE = "81004", "31555"


def on(day, hour=10, year=2026):
    return from_paris(date(year, 10, day), time(hour))


@pytest.fixture
def edition(db):
    return make_edition()


def test_a_line_tells_all_that_the_figures_need(edition, after):
    activity = make_activity(
        on(3),
        kind="lab_open_day",
        commune=ALBI,
        terms=[
            ("theme", "digital"),
            ("theme", "environment"),
            ("audience", "all"),
            ("level", "lower_c4"),
        ],
        organisation=make_organisation(family=term("family", "csti_museum")),
    )
    report = make_report(activity, method=Method.TICKETED, outcome=Outcome.PARTLY)
    assert lines_of(edition, at=after) == [
        Line(
            activity_id=activity.id,
            edition_id=edition.id,
            organisation_id=activity.organisation_id,
            kind="lab_open_day",
            is_lab_open_day=True,
            commune=ALBI,
            departement="81",
            family="csti_museum",
            themes=("environment", "digital"),
            audiences=("all",),
            levels=("lower_c4",),
            days=("2026-10-03",),
            minutes=120,
            status=ReportStatus.VALIDATED,
            method=Method.TICKETED,
            counts=report.counts,
        )
    ]


def test_a_stand_takes_the_place_and_the_end_of_its_village(edition, after):
    village = make_activity(on(4), kind="science_village", commune=ALBI)
    stand = make_activity(parent=village)
    stand.venue = None
    stand.slots.clear()
    lines = lines_of(edition, at=after)
    assert [(line.commune, line.departement, line.is_due) for line in lines] == [
        (ALBI, "81", True),
        (ALBI, "81", True),
    ]
    assert (lines[0].is_container, lines[1].parent_id) == (True, village.id)
    assert not any(line.is_due for line in lines_of(edition, at=on(4, 11)))


def test_what_several_structures_organise_counts_once(edition, after):
    activity = make_activity(on(3))
    alone = totals_of(edition, at=after)
    for _number in range(3):
        make_co_organiser(activity, make_organisation())
    make_report(activity)
    assert (alone.coverage.due, totals_of(edition, at=after).coverage.due) == (1, 1)
    counted = totals_of(edition, at=after)
    assert (counted.activities, counted.visitors, counted.coverage.received) == (1, 68, 1)
    assert [
        part.totals.activities
        for part in figures_of(edition, region="76", at=after).breakdowns["kind"]
    ] == [1]


def test_a_village_counted_at_its_gate_counts_nobody_twice(edition, after):
    village = make_activity(on(4), kind="science_village")
    stands = [make_activity(on(4)), make_activity(on(4))]
    for stand in stands:
        stand.parent = village
    make_report(stands[0], public=300)
    # Without the gate, both stands are awaited and the one that reported counts.
    before = totals_of(edition, at=after)
    assert (before.visitors, before.activities, before.containers) == (328, 1, 0)
    assert before.coverage == Returns(due=3, received=1, validated=1, waived=0)
    make_report(village, public=1000, pupils=0, adults=0)
    # The gate replaces what its stands told; the silent one owes nothing any more.
    told = totals_of(edition, at=after)
    assert (told.visitors, told.activities, told.containers) == (1000, 1, 1)
    assert told.coverage == Returns(due=2, received=2, validated=2, waived=0)


def test_a_village_that_did_not_count_leaves_its_stands_to_report(edition, after):
    village = make_activity(on(4), kind="science_village")
    stand = make_activity(on(4))
    stand.parent = village
    make_report(village, public=None, pupils=None, adults=None)
    assert totals_of(edition, at=after).coverage.due == 2


def test_what_has_no_place_counts_where_its_structure_is_but_hosts_no_commune(edition, after):
    activity = make_activity(on(4), organisation=make_organisation(commune_code=TOULOUSE))
    activity.venue = None
    (line,) = lines_of(edition, at=after)
    assert (line.commune, line.departement) == (None, "31")


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.PUBLISHED}))
def test_only_what_is_published_has_a_line(edition, after, status):
    make_report(make_activity(on(3), status=status))
    assert lines_of(edition, at=after) == []


def test_editions_do_not_mix(edition, after):
    make_report(make_activity(on(3)))
    past = make_edition(2025)
    make_report(make_activity(on(3, year=2025), edition=past), public=100, pupils=0, adults=0)
    assert [
        (row.edition.year, row.totals.visitors)
        for row in totals_by_edition([edition, past], at=after)
    ] == [
        (2026, 68),
        (2025, 100),
    ]
    assert totals_of(past, at=after).visitors == 100


def test_the_totals_are_those_of_the_lines(edition, after):
    make_report(make_activity(on(3)))
    make_report(make_activity(on(4), commune=ALBI), status=ReportStatus.FILED)
    make_activity(on(5))
    assert totals_of(edition) == totals(lines_of(edition, at=after))
    assert totals_of(edition).coverage == Returns(due=3, received=2, validated=1)


def test_every_departement_of_the_region_has_its_part(edition, after):
    make_report(make_activity(on(3)))
    figures = figures_of(edition, region="76", at=after)
    assert len(figures.breakdowns["departement"]) == 13
    told = {part.code: part.totals.visitors for part in figures.breakdowns["departement"]}
    assert told == dict.fromkeys(told, 0) | {"32": 68}
    assert [
        (part.code, part.label, part.totals.activities) for part in figures.breakdowns["kind"]
    ] == [("workshop", "Atelier", 1)]
    assert [(part.code, part.totals.visitors) for part in figures.breakdowns["theme"]] == [
        ("environment", 68)
    ]


def test_what_has_no_theme_stands_under_none(edition, after):
    make_report(make_activity(on(3), terms=[("audience", "all")]))
    (part,) = figures_of(edition, region="76", at=after).breakdowns["theme"]
    assert (part.code, part.totals.activities) == (None, 1)


def test_the_latest_figures_are_of_the_latest_edition_with_a_validated_report(edition, after):
    assert latest_figures(at=after) is None
    make_report(make_activity(on(3)), status=ReportStatus.FILED)
    make_report(make_activity(on(3, year=2025), edition=make_edition(2025)))
    hidden = make_edition(2027, state=EditionState.PREPARED)
    make_report(make_activity(on(3, year=2027), edition=hidden))
    latest = latest_figures(at=after)
    assert latest is not None
    assert (latest.edition.year, latest.totals.visitors) == (2025, 68)


@pytest.mark.parametrize("number", [1, 3, 300])
def test_an_edition_is_read_in_five_questions_whatever_its_size(edition, queries, after, number):
    organisation = make_organisation()
    for each in range(number):
        make_report(make_activity(on(3), organisation=organisation, title=f"Atelier {each}"))
    db.session.commit()
    assert edition.id
    with queries() as asked:
        lines = lines_of(edition, at=after)
    assert len(lines) == number
    assert len(asked) == 5, asked


def show_estimate(edition):
    db.session.add(
        Ladder(edition_id=edition.id, days_after="1", days_before="", shows_estimate=True)
    )


CHANGES = {
    "a report more": lambda _activity, _report: make_report(
        make_activity(on(5)), status=ReportStatus.FILED
    ),
    "a report sent back": lambda activity, report: send_back(
        activity, "Combien ?", version=report.version, by=make_coordinator("32"), at=now()
    ),
    "a snapshot published": lambda activity, _report: make_snapshot(
        activity.edition, published_at=now()
    ),
    "an estimate shown": lambda activity, _report: show_estimate(activity.edition),
    "an activity withdrawn": lambda activity, _report: setattr(
        activity, "status", Status.WITHDRAWN
    ),
    "an activity changed": lambda activity, _report: setattr(activity, "version", 2),
    "a structure moved": lambda activity, _report: setattr(activity.organisation, "version", 2),
    "an edition described": lambda activity, _report: setattr(activity.edition, "version", 2),
    "a kind renamed": lambda activity, _report: setattr(activity.kind, "label_fr", "Autre"),
    "a kind counted otherwise": lambda activity, _report: setattr(
        activity.kind, "counts_apart", True
    ),
    "a figure published elsewhere": lambda _activity, _report: record_headline(
        year=2016,
        key="activities",
        value=500,
        scope="Occitanie",
        nature=Nature.ANNOUNCED,
        source="Journal",
    ),
    "the source of a figure published elsewhere": lambda _activity, _report: record_headline(
        year=2015,
        key="activities",
        value=400,
        scope="Occitanie",
        nature=Nature.ANNOUNCED,
        source="Autre journal",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_signature_changes_with_whatever_changes_the_figures(edition, after, change):
    activity = make_activity(on(3))
    report = make_report(activity)
    record_headline(
        year=2015,
        key="activities",
        value=400,
        scope="Occitanie",
        nature=Nature.ANNOUNCED,
        source="Journal",
    )
    db.session.commit()
    before = signature_of([edition], at=after), latest_now()
    assert (signature_of([edition], at=after), latest_now()) == before
    CHANGES[change](activity, report)
    db.session.commit()
    assert signature_of([edition], at=after) != before[0]
    assert latest_now() != before[1]


def test_the_signature_changes_when_one_edition_shows_its_estimate_in_place_of_another(
    edition, after
):
    past = make_edition(2025)
    show_estimate(past)
    db.session.commit()
    before = signature_of([edition], at=after), latest_now()
    db.session.get_one(Ladder, past.id).shows_estimate = False
    show_estimate(edition)
    db.session.commit()
    assert signature_of([edition], at=after) != before[0]
    assert latest_now() != before[1]


def test_the_signature_changes_when_a_slot_ends_and_a_report_becomes_due(edition):
    activity = make_activity(on(3))
    end = activity.slots[0].ends_at
    before = signature_of([edition], at=end - timedelta(seconds=1))
    assert totals_of(edition, at=end - timedelta(seconds=1)) == Totals()
    assert signature_of([edition], at=end) != before
    assert totals_of(edition, at=end) == Totals(coverage=Returns(due=1))


def test_what_became_of_slots_changes_no_figure(edition, after):
    activity = make_activity(on(3))
    activity.slots[0].state = SlotState.CANCELLED
    make_report(activity)
    assert totals_of(edition, at=after).visitors == 68


def test_every_figure_is_called_something_and_says_what_it_counts(app):
    keys = [each.key for each in (*KEY_FIGURES, *BESIDE)]
    assert set(keys) <= set(Totals.__dataclass_fields__)
    for each in ALL_FIGURES.values():
        assert each.label
        assert str(each.definition).endswith(".")


def test_a_page_of_frozen_figures_changes_when_another_edition_shows_its_estimate_instead(
    edition, after
):
    other = make_edition(2025)
    show_estimate(edition)
    db.session.commit()
    before = latest_now()
    assert latest_now() == before
    db.session.delete(ladder_of(edition))
    show_estimate(other)
    db.session.commit()
    assert latest_now() != before


LUNEL, CONDOM, MIRANDE = "34145", "32107", "32256"


def make_travelling(*stops: str, **values):
    """Give a village of Auch with a session a day at each of these communes."""
    days = [on(3 + number) for number in range(len(stops))]
    village = make_activity(*days, kind="science_village", commune=AUCH, **values)
    village.sites = [make_venue(stop) for stop in stops]
    for slot, site in zip(village.slots, village.sites, strict=True):
        slot.venue = site
    return village


def test_each_commune_of_what_travels_hosts_in_its_own_departement(edition, after):
    make_report(make_travelling(LUNEL, CONDOM, MIRANDE))
    make_report(make_activity(on(3), commune=LUNEL))
    figures = figures_of(edition, region="76", at=after)
    assert figures.totals.host_communes == 3
    assert {
        part.code: (part.totals.host_communes, part.totals.visitors)
        for part in figures.breakdowns["departement"]
        if part.totals != Totals()
    } == {"32": (2, 68), "34": (1, 68)}


@pytest.mark.parametrize("state", [SlotState.CANCELLED, SlotState.POSTPONED])
def test_the_commune_of_a_session_that_was_not_held_does_not_host(edition, after, state):
    village = make_travelling(LUNEL, CONDOM)
    village.slots[0].state = state
    make_report(village)
    assert totals_of(edition, at=after).host_communes == 1
    assert [line.hosts for line in lines_of(edition, at=after)] == [((CONDOM, "32"),)]


def test_what_is_at_home_some_days_makes_a_host_of_its_commune_too(edition, after):
    village = make_travelling(LUNEL, CONDOM)
    village.slots[1].venue = None
    make_report(village)
    # Without a place the second session is held on all the grounds: at home and on both sites.
    assert [line.hosts for line in lines_of(edition, at=after)] == [
        ((AUCH, "32"), (CONDOM, "32"), (LUNEL, "34"))
    ]


def test_the_gate_of_a_village_of_several_sites_replaces_its_stands_and_each_site_hosts(
    edition, after
):
    village = make_activity(on(4), kind="science_village", commune=AUCH)
    village.sites = [make_venue(LUNEL), make_venue(CONDOM)]
    make_report(village, public=900, pupils=300, adults=20)
    for number in range(2):
        stand = make_activity(on(4), parent=village, venue=village.sites[number])
        make_report(stand, public=400, pupils=100, adults=10)
    counted = totals_of(edition, at=after)
    assert (counted.visitors, counted.pupils) == (1_220, 300)
    assert (counted.activities, counted.containers, counted.host_communes) == (2, 1, 3)


def test_a_stand_is_held_wherever_its_village_stops_unless_it_has_a_place(edition, after):
    village = make_travelling(LUNEL, CONDOM)
    follower, stays = make_activity(parent=village), make_activity(parent=village, commune=MIRANDE)
    for stand in (follower, stays):
        stand.slots.clear()
    follower.venue = None
    for stand in (follower, stays):
        make_report(stand)
    assert {line.activity_id: line.hosts for line in lines_of(edition, at=after)} == {
        village.id: ((CONDOM, "32"), (LUNEL, "34")),
        follower.id: ((CONDOM, "32"), (LUNEL, "34")),
        stays.id: ((MIRANDE, "32"),),
    }
    assert totals_of(edition, at=after).host_communes == 3


@pytest.mark.parametrize("number", [1, 3])
def test_what_travels_asks_no_more_questions(edition, after, queries, number):
    for _each in range(number):
        make_report(make_travelling(LUNEL, CONDOM))
    with queries() as asked:
        assert len(lines_of(edition, at=after)) == number
    assert len(asked) == 5


def test_the_figures_of_a_day_are_told_from_the_reports_as_they_stood_then(edition, after):
    ada, camille = make_user(), make_coordinator("32")
    activity = make_activity(on(3), organisation=make_organisation(ada), for_schools=True)
    days = [after + timedelta(days=number) for number in range(4)]
    counts = Counts(
        outcome=Outcome.HELD,
        public=30,
        pupils=20,
        adults=2,
        researchers=1,
        mediators=0,
        volunteers=0,
    )
    activity.slots[0].capacity = 30
    told = Told(counts=counts, method=Method.COUNTED)
    file_report(activity, told, version=0, by=ada, at=days[0])
    validate(activity, version=1, by=camille, at=days[1])
    send_back(activity, "Combien ?", version=2, by=camille, at=days[2])
    corrected = replace(told, counts=replace(counts, public=40))
    file_report(activity, corrected, version=3, by=ada, at=days[3])
    validate(activity, version=4, by=camille, at=days[3])

    def known(moment):
        figures = figures_of(edition, region="76", at=days[3], known_on=moment)
        return figures.totals.visitors, figures.received.visitors

    just_before = timedelta(seconds=1)
    assert [known(day) for day in days] == [(0, 52), (52, 52), (0, 0), (62, 62)]
    assert known(days[0] - just_before) == (0, 0)
    assert known(days[3] - just_before) == (0, 0)
    assert figures_of(edition, region="76", at=days[3]).totals.visitors == 62
    assert known(on(1)) == (0, 0)
    assert lines_of(edition, at=days[3], known_on=on(1))[0].is_due is False


def test_visitors_told_session_by_session_are_read_with_the_day_of_each(edition, after):
    activity = make_activity(on(3), on(4))
    report = make_report(activity, public=50, pupils=0, adults=0)
    for slot, came in zip(activity.slots, (20, 30), strict=True):
        report.sessions.append(SessionCount(slot=slot, public=came))
    db.session.flush()
    (line,) = lines_of(edition, at=after)
    assert line.sessions == (
        Session(day="2026-10-03", minutes=120, public=20),
        Session(day="2026-10-04", minutes=120, public=30),
    )
    days = figures_of(edition, region="76", at=after).breakdowns["day"]
    assert [(part.code, part.totals.visitors) for part in days] == [
        ("2026-10-03", 20),
        ("2026-10-04", 30),
        (None, 0),
    ]


def test_where_one_comes_and_goes_a_visit_lasts_an_hour(edition, after):
    activity = make_activity(on(3), on(4))
    activity.slots[0].is_opening = True
    activity.slots[1].state = SlotState.CANCELLED
    village = make_activity(on(3), kind="science_village")
    village.slots[0].ends_at = on(3, 18)
    stand, at_its_hours = make_activity(parent=village), make_activity(on(3, 11), parent=village)
    stand.slots.clear()
    assert {
        line.activity_id: (line.days, line.minutes) for line in lines_of(edition, at=after)
    } == {
        activity.id: (("2026-10-03",), 60),
        village.id: (("2026-10-03",), 60),
        stand.id: (("2026-10-03",), 60),
        at_its_hours.id: (("2026-10-03",), 120),
    }


def test_whoever_comes_to_a_village_stays_an_hour_however_it_is_told(edition, after):
    village = make_activity(on(3, 10), on(4, 10), kind="science_village")
    stand = make_activity(parent=village)
    stand.slots.clear()
    for slot in village.slots:
        slot.ends_at = slot.starts_at + timedelta(hours=8)
    for activity in (village, stand):
        report = make_report(activity, public=30, pupils=0, adults=0)
        for slot, came in zip(village.slots, (10, 20), strict=True):
            report.sessions.append(SessionCount(slot=slot, public=came))
    assert [line.visitor_minutes for line in lines_of(edition, at=after)] == [30 * 60, 30 * 60]


def test_what_was_counted_once_is_not_counted_again_until_something_changes(
    edition, after, queries
):
    activity = make_activity(on(3))
    make_report(activity)
    assert totals_of(edition, at=after).visitors == 68
    with queries() as asked:
        assert totals_of(edition, at=after).visitors == 68
    assert len(asked) == 1, asked
    make_report(make_activity(on(4)))
    assert totals_of(edition, at=after).visitors == 136
