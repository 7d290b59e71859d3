"""What is counted, what is not, and what adds up."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, strategies as st

from fete.figures.arithmetic import (
    Line,
    Session,
    Totals,
    as_received,
    by_audience,
    by_days,
    by_departement,
    by_family,
    by_kind,
    by_level,
    by_theme,
    in_communes,
    in_departements,
    parted,
    totals,
    under,
)
from fete.figures.rules import ADDITIVE
from fete.reports.arithmetic import Counts, Method, Outcome, Returns, together
from fete.reports.workflow import ReportStatus

FIGURE = st.none() | st.integers(0, 2_000)
COUNTS = st.builds(
    Counts,
    outcome=st.none() | st.sampled_from(Outcome),
    public=FIGURE,
    pupils=FIGURE,
    adults=FIGURE,
    online=FIGURE,
    researchers=FIGURE,
    mediators=FIGURE,
    volunteers=FIGURE,
    others=FIGURE,
)
COMMUNES = {"31555": "31", "32013": "32", "81004": "81", "34172": "34", None: None}
DAYS = ["2026-10-02", "2026-10-03", "2026-10-04"]
# The structures and the family of each.
FAMILIES = {1: "csti_museum", 2: "csti_museum", 3: "local_authority", 4: None}
SESSIONS = st.lists(
    st.builds(
        Session,
        day=st.sampled_from(DAYS),
        minutes=st.sampled_from([60, 90]),
        public=st.integers(0, 50),
        pupils=st.integers(0, 50),
        adults=st.integers(0, 5),
    ),
    max_size=3,
)
STOPS = [(code, departement) for code, departement in COMMUNES.items() if code and departement]
KINDS: dict[str | None, dict[str, bool]] = {
    "workshop": {},
    "lab_open_day": {"is_lab_open_day": True},
    "class_intervention": {"counts_apart": True},
    None: {},
}


@st.composite
def programmes(draw):
    """Draw a programme: villages with reports of every kind, stands in them, activities on their own."""
    lines = []
    villages = draw(st.integers(0, 3))
    for number in range(draw(st.integers(0, 8)) + villages):
        is_village = number < villages
        commune = draw(st.sampled_from([*COMMUNES]))
        kind = "science_village" if is_village else draw(st.sampled_from([*KINDS]))
        parent = draw(st.none() | st.integers(1, villages)) if villages and not is_village else None
        flags: dict[str, Any] = {"is_container": True} if is_village else KINDS[kind]
        counts, sessions = draw(COUNTS), tuple(draw(SESSIONS))
        if sessions and draw(st.booleans()):
            counts = replace(
                counts,
                **{
                    name: sum(getattr(each, name) for each in sessions)
                    for name in ("public", "pupils", "adults")
                },
            )
        organisation = draw(st.sampled_from([*FAMILIES]))
        lines.append(
            Line(
                activity_id=number + 1,
                edition_id=draw(st.integers(1, 2)),
                parent_id=parent,
                kind=kind,
                commune=commune,
                departement=COMMUNES[commune],
                stops=tuple(sorted(draw(st.sets(st.sampled_from(STOPS), max_size=2)))),
                organisation_id=organisation,
                family=FAMILIES[organisation],
                themes=tuple(draw(st.sets(st.sampled_from(["digital", "exact", "humanities"])))),
                audiences=tuple(draw(st.sets(st.sampled_from(["families", "schools"])))),
                levels=tuple(draw(st.sets(st.sampled_from(["primary_c3", "lower_c4"])))),
                days=tuple(sorted(draw(st.lists(st.sampled_from(DAYS), max_size=4)))),
                minutes=draw(st.sampled_from([0, 60, 120])),
                is_due=draw(st.booleans()),
                status=draw(st.none() | st.sampled_from(ReportStatus)),
                method=draw(st.none() | st.sampled_from(Method)),
                counts=counts,
                sessions=sessions,
                **flags,
            )
        )
    return lines


def held(number, **values):
    figures: dict[str, Any] = {
        name: values.pop(name)
        for name in (
            "outcome",
            "public",
            "pupils",
            "adults",
            "online",
            "researchers",
            "mediators",
            "volunteers",
        )
        if name in values
    }
    usual: dict[str, Any] = {
        "outcome": Outcome.HELD,
        "public": 40,
        "pupils": 25,
        "adults": 3,
        "researchers": 2,
    }
    known: dict[str, Any] = {
        "kind": "workshop",
        "commune": "32013",
        "departement": "32",
        "status": ReportStatus.VALIDATED,
        "method": Method.COUNTED,
        "counts": Counts(**(usual | figures)),
    }
    return Line(activity_id=number, **(known | values))


def village(number, **values):
    return held(
        number,
        **({"kind": "science_village", "is_container": True, "mediators": 5} | values),
    )


def test_a_held_activity_counts_with_its_visitors():
    days = ("2026-10-03", "2026-10-03")
    line = held(1, mediators=1, volunteers=4, online=300, days=days, minutes=90)
    assert totals([line]) == Totals(
        activities=1,
        slots=2,
        host_communes=1,
        organisations=1,
        visitors=68,
        public=40,
        pupils=25,
        adults=3,
        researchers=2,
        mediators=1,
        volunteers=4,
        visitor_minutes=68 * 90,
        online=300,
        coverage=Returns(due=1, received=1, validated=1),
        teams=1,
    )


def test_nothing_counts_for_nothing():
    assert totals([]) == Totals()
    assert (totals([]).pupils_share, totals([]).estimated_share) == (None, None)


@pytest.mark.parametrize("status", [None, ReportStatus.DRAFT, ReportStatus.FILED])
def test_only_validated_reports_count(status):
    received = int(status is ReportStatus.FILED)
    assert totals([held(1, status=status)]) == Totals(coverage=Returns(due=1, received=received))


def test_a_waived_report_is_not_due_and_counts_nothing():
    assert totals([held(1, status=ReportStatus.WAIVED)]) == Totals(coverage=Returns(waived=1))


def test_a_report_is_not_due_before_the_last_slot_has_ended():
    assert totals([held(1, status=None, is_due=False)]) == Totals()


def test_what_was_cancelled_is_told_apart_whatever_its_figures():
    assert totals([held(1, outcome=Outcome.CANCELLED)]) == Totals(
        cancelled=1, coverage=Returns(due=1, received=1, validated=1)
    )


def test_what_was_held_in_part_counts():
    assert totals([held(1, outcome=Outcome.PARTLY)]).activities == 1


def test_a_lab_open_day_is_an_activity_too():
    counted = totals([held(1, kind="lab_open_day", is_lab_open_day=True), held(2)])
    assert (counted.activities, counted.lab_open_days) == (2, 1)


def test_communes_are_counted_by_their_code():
    lines = [held(1), held(2), held(3, commune="81004", departement="81"), held(4, commune=None)]
    assert totals(lines).host_communes == 2


def test_what_goes_from_place_to_place_hosts_at_each_and_not_at_home():
    lines = [
        held(1, stops=(("81004", "81"), ("34172", "34"))),
        held(2, commune="81004", departement="81"),
    ]
    assert totals(lines).host_communes == 2
    parts = parted(lines, in_departements)
    assert {code: part.host_communes for code, part in parts.items()} == {"32": 0, "81": 1, "34": 1}
    assert {code: part.activities for code, part in parts.items()} == {"32": 1, "81": 1, "34": 0}


def test_what_counts_apart_or_was_not_held_hosts_nowhere():
    stops = (("81004", "81"),)
    lines = [
        held(1, stops=stops, counts_apart=True),
        held(2, stops=stops, outcome=Outcome.CANCELLED),
        held(3, stops=stops, status=ReportStatus.FILED),
    ]
    assert totals(lines).host_communes == 0
    assert {part.host_communes for part in parted(lines, in_departements).values()} == {0}


@given(programmes())
def test_host_communes_of_the_departements_add_up(lines):
    parts = parted(lines, in_departements)
    assert sum(part.host_communes for part in parts.values()) == totals(lines).host_communes


def test_the_gate_of_a_village_replaces_its_stands():
    lines = [
        village(1, public=900, pupils=300, adults=20, researchers=9),
        held(2, parent_id=1, public=500, commune="81004"),
        held(3, parent_id=1, volunteers=7),
        held(4, public=10, pupils=0, adults=0),
    ]
    counted = totals(lines)
    assert (counted.activities, counted.containers, counted.host_communes) == (3, 1, 2)
    assert (counted.visitors, counted.pupils) == (900 + 300 + 20 + 10, 300)
    assert (counted.researchers, counted.mediators, counted.volunteers) == (9 + 2, 5, 0)


def test_the_gate_replaces_its_stands_in_every_part_too():
    lines = [
        village(1, public=900, pupils=300, adults=20),
        held(2, parent_id=1, public=500, commune="81004", departement="81"),
    ]
    parts = parted(lines, under(by_departement))
    assert (parts["32"].visitors, parts["81"].visitors) == (1_220, 0)
    assert (parts["32"].activities, parts["81"].activities) == (0, 1)


@pytest.mark.parametrize(
    "gate",
    [
        village(1, public=None, pupils=None, adults=None, researchers=None, mediators=None),
        village(1, status=ReportStatus.FILED),
        village(1, status=None),
        village(1, outcome=Outcome.CANCELLED),
    ],
)
def test_a_village_that_tells_nothing_leaves_its_stands_as_they_are(gate):
    counted = totals([gate, held(2, parent_id=1), held(3, parent_id=1)])
    assert (counted.visitors, counted.researchers) == (136, 4)


def test_a_village_may_tell_its_visitors_and_leave_the_people_to_its_stands():
    gate = village(1, public=900, pupils=0, adults=0, researchers=None, mediators=None)
    counted = totals([gate, held(2, parent_id=1)])
    assert (counted.visitors, counted.researchers) == (900, 2)


def test_researchers_in_class_are_told_apart():
    counted = totals([held(1), held(2, kind="class_intervention", counts_apart=True)])
    assert (counted.activities, counted.visitors, counted.pupils, counted.researchers) == (
        1,
        68,
        25,
        2,
    )
    assert (counted.apart_activities, counted.apart_visitors) == (1, 68)


def test_estimated_visitors_are_told():
    counted = totals([held(1), held(2, method=Method.ESTIMATED)])
    assert (counted.visitors, counted.estimated, counted.estimated_share) == (136, 68, 0.5)


def test_an_activity_of_two_themes_stands_under_both():
    parts = parted([held(1, themes=("digital", "exact")), held(2)], under(by_theme))
    assert {theme: part.activities for theme, part in parts.items()} == {
        "digital": 1,
        "exact": 1,
        None: 1,
    }


# Provence-Alpes-Côte d’Azur 2005: communes, structures, activities and visitors by département, as its report printed.
PACA = {
    "04": (9, 20, 11, 2_350),
    "05": (9, 18, 18, 2_900),
    "06": (8, 41, 17, 7_700),
    "13": (17, 155, 44, 19_000),
    "83": (22, 33, 40, 15_150),
    "84": (18, 25, 30, 3_000),
}


def lines_of_paca(code):
    communes, organisations, activities, visitors = PACA[code]
    # Some have more structures than activities: their stands are held in class, and counted apart.
    return [
        held(
            int(code) * 1000 + number,
            organisation_id=int(code) * 1000 + number % organisations,
            departement=code,
            commune=f"{code}{number % communes:03}",
            public=visitors if number == 0 else 0,
            pupils=0,
            adults=0,
            is_container=number >= activities,
        )
        for number in range(max(activities, organisations))
    ]


def test_a_printed_table_of_six_departements_adds_up_to_its_printed_totals():
    lines = [line for code in PACA for line in lines_of_paca(code)]
    counted = totals(lines)
    assert (
        counted.host_communes,
        counted.organisations,
        counted.activities,
        counted.visitors,
    ) == (83, 292, 160, 50_100)
    parts = parted(lines, under(by_departement))
    assert {
        code: (part.host_communes, part.organisations, part.activities, part.visitors)
        for code, part in parts.items()
    } == PACA


WAYS: dict[str, Callable[[list[Line]], dict[Any, Totals]]] = {
    # One commune may host what several départements review: it is counted in its own.
    "departement": partial(parted, way=in_departements),
    "commune": partial(parted, way=in_communes),
    "day": partial(parted, way=by_days),
    "kind": partial(parted, way=under(by_kind)),
    "family": partial(parted, way=under(by_family)),
}


@pytest.mark.parametrize("name", WAYS)
@given(lines=programmes())
def test_no_part_loses_or_doubles_anything(lines, name):
    whole, parts = totals(lines), WAYS[name](lines)
    additive = ADDITIVE[name] if name != "edition" else ADDITIVE["kind"]
    assert {
        figure: sum(getattr(each, figure) for each in parts.values())
        for figure in additive - {"coverage"}
    } == {figure: getattr(whole, figure) for figure in additive - {"coverage"}}
    if "coverage" in additive:
        assert whole.coverage == together(each.coverage for each in parts.values())


@pytest.mark.parametrize("name", ["theme", "audience", "level"])
def test_what_may_have_several_says_that_it_does_not_add_up(name):
    assert ADDITIVE[name] == frozenset()


def test_visitors_told_session_by_session_are_parted_by_day():
    sessions = (
        Session(day="2026-10-03", minutes=60, public=30),
        Session(day="2026-10-04", minutes=120, public=10, pupils=25, adults=3),
    )
    line = held(1, days=("2026-10-03", "2026-10-04"), minutes=90, sessions=sessions)
    parts = parted([line], by_days)
    assert {
        day: (part.visitors, part.pupils, part.visitor_minutes, part.slots, part.researchers)
        for day, part in parts.items()
    } == {
        None: (0, 0, 0, 0, 2),
        "2026-10-03": (30, 0, 30 * 60, 1, 0),
        "2026-10-04": (38, 25, 38 * 120, 1, 0),
    }


def test_sessions_that_tell_other_visitors_than_the_report_are_not_believed():
    sessions = (Session(day="2026-10-03", minutes=60, public=30),)
    line = held(1, days=("2026-10-03", "2026-10-04"), minutes=90, sessions=sessions)
    parts = parted([line], by_days)
    assert {day: part.visitors for day, part in parts.items()} == {
        None: 68,
        "2026-10-03": 0,
        "2026-10-04": 0,
    }
    assert totals([line]).visitor_minutes == 68 * 90


def test_visitors_of_several_days_that_nobody_parted_stand_under_no_day():
    parts = parted([held(1, days=("2026-10-03", "2026-10-04"))], by_days)
    assert {day: (part.visitors, part.activities) for day, part in parts.items()} == {
        None: (68, 1),
        "2026-10-03": (0, 1),
        "2026-10-04": (0, 1),
    }


def test_the_sessions_of_a_stand_count_nobody_whom_the_gate_counted():
    sessions = (Session(day="2026-10-03", minutes=60, public=40, pupils=25, adults=3),)
    stand = held(2, parent_id=1, days=("2026-10-03",), sessions=sessions)
    gate = village(1, public=900, pupils=0, adults=0, days=("2026-10-03",), minutes=60)
    assert totals([gate, stand]).visitor_minutes == 900 * 60
    assert parted([gate, stand], by_days)["2026-10-03"].visitors == 900


def test_as_received_takes_what_was_filed_as_if_it_were_validated():
    lines = [
        held(1),
        held(2, status=ReportStatus.FILED),
        held(3, status=ReportStatus.DRAFT),
        held(4, status=ReportStatus.WAIVED),
    ]
    assert [line.status for line in as_received(lines)] == [
        ReportStatus.VALIDATED,
        ReportStatus.VALIDATED,
        ReportStatus.DRAFT,
        ReportStatus.WAIVED,
    ]
    assert (totals(lines).visitors, totals(as_received(lines)).visitors) == (68, 136)


@pytest.mark.parametrize("keys", [by_theme, by_audience, by_level])
@given(lines=programmes())
def test_themes_audiences_and_levels_lose_nothing_but_may_double(lines, keys):
    whole, parts = totals(lines), parted(lines, under(keys))
    assert sum(each.visitors for each in parts.values()) >= whole.visitors
    assert all(each.visitors <= whole.visitors for each in parts.values())


@given(programmes(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(lines, luck):
    shuffled = lines[:]
    luck.shuffle(shuffled)
    assert totals(shuffled) == totals(lines)
    assert parted(shuffled, under(by_kind)) == parted(lines, under(by_kind))


@given(programmes(), COUNTS)
def test_a_stand_more_in_a_village_that_counted_its_gate_changes_no_visitor(lines, counts):
    gate = village(900, public=1_000, pupils=200, adults=20, online=5)
    before = totals([*lines, gate])
    stand = held(901, parent_id=900, commune="32013")
    after = totals([*lines, gate, replace(stand, counts=counts)])
    assert (after.visitors, after.pupils) == (before.visitors, before.pupils)
    assert (after.online, after.estimated) == (before.online, before.estimated)
    assert (after.researchers, after.mediators, after.volunteers) == (
        before.researchers,
        before.mediators,
        before.volunteers,
    )
    assert after.activities == before.activities + counts.took_place


@given(programmes())
def test_pupils_are_among_visitors_and_what_came_in_was_due(lines):
    counted = totals(lines)
    assert counted.pupils <= counted.visitors
    assert counted.estimated <= counted.visitors
    assert counted.lab_open_days <= counted.activities
    assert counted.coverage.validated <= counted.coverage.received <= counted.coverage.due


@given(programmes())
def test_connections_never_become_visitors(lines):
    without = [replace(line, counts=replace(line.counts, online=None)) for line in lines]
    assert totals(lines).visitors == totals(without).visitors


def test_sessions_that_part_the_visitors_otherwise_than_the_report_tell_no_day():
    # The report as it stood earlier: as many visitors, but no pupil yet.
    sessions = (
        Session(day="2026-10-03", minutes=60, public=10, pupils=20),
        Session(day="2026-10-04", minutes=60, public=10),
    )
    line = held(1, public=40, pupils=0, adults=0, days=("2026-10-03", "2026-10-04"))
    parts = parted([replace(line, sessions=sessions)], by_days)
    assert {day: (part.public, part.pupils) for day, part in parts.items()} == {
        None: (40, 0),
        "2026-10-03": (0, 0),
        "2026-10-04": (0, 0),
    }
