"""What a report raises beside others: last year's, its structure's, its village's, its sessions and its counter."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from fete.core.clock import from_paris
from fete.reports.arithmetic import Counts, Method, Outcome
from fete.reports.rules.doubts import (
    Beside,
    Comparison,
    Oddity,
    Peer,
    Peers,
    oddities,
    raised_by,
    sentence_of,
)
from fete.reports.workflow import ReportStatus
from tests.factories.programme import make_activity, make_venue
from tests.factories.reports import make_report

HELD = Counts(outcome=Outcome.HELD, public=123, pupils=0, adults=0, online=0)
DAY = date(2026, 10, 3)


def on(day, hour=10):
    return from_paris(date(2026, 10, day), time(hour))


def peer(number, **values):
    known: dict[str, Any] = {
        "title": "Le ciel",
        "counts": HELD,
        "edition_id": 1,
        "organisation_id": 1,
        "commune_code": "32013",
        "day": DAY,
    }
    return Peer(activity_id=number, **(known | values))


def before(public, **values):
    return peer(1, counts=replace(HELD, public=public), year=2025, **values)


@pytest.fixture
def activity(db):
    return make_activity(on(3))


def found(activity, beside, *, counts=HELD, method=Method.COUNTED):
    return [(each.comparison, each.figures) for each in oddities(activity, counts, method, beside)]


@pytest.mark.parametrize(
    ("visitors", "last_year", "expected"),
    [
        (300, 99, [(Comparison.ABOVE_BEFORE, (300, 99, 2025))]),
        (300, 100, []),
        (301, 100, [(Comparison.ABOVE_BEFORE, (301, 100, 2025))]),
        # More than three times, but not so many more.
        (60, 10, []),
        (61, 10, [(Comparison.ABOVE_BEFORE, (61, 10, 2025))]),
        (100, 301, [(Comparison.BELOW_BEFORE, (100, 301, 2025))]),
        (1, 52, [(Comparison.BELOW_BEFORE, (1, 52, 2025))]),
        (0, 51, [(Comparison.BELOW_BEFORE, (0, 51, 2025))]),
        (2, 49, []),
    ],
)
def test_what_is_far_from_last_year_is_asked_about(activity, visitors, last_year, expected):
    counts = replace(HELD, public=visitors)
    beside = Beside(before=before(last_year))
    assert found(activity, beside, counts=counts, method=Method.ESTIMATED) == expected


@pytest.mark.parametrize(
    "counts",
    [
        Counts(),
        Counts(outcome=Outcome.CANCELLED, public=900),
        Counts(outcome=Outcome.HELD),
        Counts(public=900),
    ],
)
def test_what_was_not_held_or_not_told_is_compared_with_nothing(activity, counts):
    beside = Beside(before=before(10), sessions=HELD, taps=4)
    assert found(activity, beside, counts=counts, method=Method.CLICKER) == []


@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [
        ({"title": "A"}, {"title": "B"}, [Comparison.SAME_FIGURES]),
        ({"title": "A"}, {"title": "B", "organisation_id": 2}, []),
        ({"title": "A"}, {"title": "B", "edition_id": 2}, []),
        ({"title": "A"}, {"title": "B", "counts": replace(HELD, online=1)}, []),
        ({"title": "A"}, {"title": "B", "counts": replace(HELD, public=122, pupils=1)}, []),
        # What is told nowhere is nobody.
        (
            {"title": "A"},
            {"title": "B", "counts": replace(HELD, online=None)},
            [Comparison.SAME_FIGURES],
        ),
        ({"title": "Le ciel !"}, {"title": "LE CIEL", "organisation_id": 2}, []),
        (
            {"title": "Le Ciél"},
            {"title": "LE CIEL", "organisation_id": 2},
            [Comparison.ENTERED_TWICE],
        ),
        # One question about one pair.
        ({}, {}, [Comparison.ENTERED_TWICE]),
        ({}, {"day": date(2026, 10, 4), "organisation_id": 2}, []),
        ({}, {"commune_code": "81004", "organisation_id": 2}, []),
        ({"day": None}, {"day": None, "organisation_id": 2}, []),
        ({"commune_code": None}, {"commune_code": None, "organisation_id": 2}, []),
    ],
)
def test_twins_are_asked_about_once_at_the_later_of_the_two(db, first, later, expected):
    earlier, activity = make_activity(on(3)), make_activity(on(3))
    peers = Peers([peer(activity.id, **later), peer(earlier.id, **first)])
    beside = Beside(peers=peers)
    odd = oddities(activity, HELD, Method.COUNTED, beside)
    assert [each.comparison for each in odd] == expected
    assert all(each.other.activity_id == earlier.id for each in odd)
    assert oddities(earlier, HELD, Method.COUNTED, beside) == []


def test_classes_of_one_size_are_no_twins(db):
    small = Counts(outcome=Outcome.HELD, public=0, pupils=25, adults=3)
    one, other = make_activity(on(3)), make_activity(on(3))
    peers = Peers(peer(each.id, title=each.title, counts=small) for each in (one, other))
    assert oddities(other, small, Method.COUNTED, Beside(peers=peers)) == []


def test_a_village_is_no_twin_of_its_stand(db):
    village, stand = make_activity(on(3), kind="science_village"), make_activity(on(3))
    peers = Peers([peer(village.id), peer(stand.id, parent_id=village.id)])
    assert oddities(stand, HELD, Method.COUNTED, Beside(peers=peers)) == []
    assert oddities(village, HELD, Method.COUNTED, Beside(peers=peers)) == []


@pytest.mark.parametrize(
    ("at_the_gate", "at_the_stand", "asked"), [(122, 123, True), (123, 123, False)]
)
def test_a_gate_below_one_of_its_stands_is_asked_about(db, at_the_gate, at_the_stand, asked):
    village = make_activity(on(3), kind="science_village")
    counts = replace(HELD, public=at_the_gate)
    stands = [
        peer(901, parent_id=village.id, counts=replace(HELD, public=3)),
        peer(902, parent_id=village.id, counts=replace(HELD, public=at_the_stand)),
        # Not held: nobody came, whatever is written.
        peer(903, parent_id=village.id, counts=Counts(outcome=Outcome.CANCELLED, public=9_000)),
    ]
    odd = oddities(village, counts, Method.ESTIMATED, Beside(peers=Peers(stands)))
    expected = [(Comparison.BELOW_A_STAND, (at_the_gate, at_the_stand), 902)] if asked else []
    assert [(each.comparison, each.figures, each.other.activity_id) for each in odd] == expected


def places(*numbers: int | None) -> frozenset[int]:
    return frozenset(number for number in numbers if number is not None)


def gate(village, *, status=ReportStatus.FILED, **values):
    return make_report(
        village, status=status, **({"public": 4000, "pupils": 0, "adults": 0} | values)
    )


def test_a_stand_in_its_village_is_simply_not_added(db):
    place = make_venue()
    village = make_activity(on(3), kind="science_village", venue=place)
    stand = make_activity(on(3, 11), parent=village, venue=place)
    beside = Beside(gate=gate(village), grounds=places(place.id))
    assert found(stand, beside) == []


def test_a_stand_held_elsewhere_or_on_another_day_may_not_have_passed_the_gate(db):
    village = make_activity(on(3), kind="science_village")
    elsewhere = make_activity(on(3), parent=village, venue=make_venue())
    early = make_activity(on(2), parent=village, venue=village.venue)
    counted = gate(village)
    beside = Beside(gate=counted, grounds=places(village.venue_id))
    expected = [(Comparison.OUTSIDE_THE_GATE, (123,))]
    assert found(elsewhere, beside) == expected
    assert found(early, beside) == expected
    (odd,) = oddities(early, HELD, None, beside)
    assert odd.other.activity_id == village.id
    # A site of the village is in the village; where nobody counted at the gate, the stand counts.
    sites = replace(beside, grounds=places(village.venue_id, elsewhere.venue_id))
    assert found(elsewhere, sites) == []
    counted.status = ReportStatus.DRAFT
    assert found(elsewhere, beside) == []


def test_a_stand_that_tells_the_figure_of_the_gate_is_asked_about(db):
    village = make_activity(on(3), kind="science_village")
    stand = make_activity(on(3), parent=village, venue=village.venue)
    beside = Beside(gate=gate(village, public=123), grounds=places(village.venue_id))
    assert found(stand, beside) == [(Comparison.TELLS_THE_GATE, (123,))]


@pytest.mark.parametrize(
    ("figures", "method", "asked"),
    [
        ((200, 0, 0), Method.COUNTED, True),
        ((200, 24, 3), Method.TICKETED, True),
        ((200, 150, 3), Method.COUNTED, True),
        ((200, 150, 3), Method.ESTIMATED, False),
        ((200, 0, 0), None, False),
        ((200, 151, 3), Method.COUNTED, False),
        ((50, 0, 0), Method.COUNTED, False),
        ((50, 50, 4), Method.COUNTED, True),
        ((49, 49, 49), Method.COUNTED, False),
        ((0, 0, 0), Method.COUNTED, False),
    ],
)
def test_round_figures_that_are_said_to_be_counted_are_asked_about(
    activity, figures, method, asked
):
    public, pupils, adults = figures
    counts = Counts(outcome=Outcome.HELD, public=public, pupils=pupils, adults=adults)
    expected = [(Comparison.ROUND_FIGURES, (sum(figures),))] if asked else []
    assert found(activity, Beside(), counts=counts, method=method) == expected


@pytest.mark.parametrize(
    ("sessions", "asked"),
    [
        (Counts(public=123, pupils=0, adults=0), False),
        (Counts(public=123), False),
        (Counts(public=122), True),
        (Counts(public=100, pupils=23), True),
        (Counts(pupils=1), True),
        (Counts(), False),
    ],
)
def test_sessions_that_do_not_add_up_to_their_report_are_asked_about(activity, sessions, asked):
    told = (sessions.visitors or 0, sessions.pupils or 0, 123, 0)
    expected = [(Comparison.SESSIONS_APART, told)] if asked else []
    assert found(activity, Beside(sessions=sessions)) == expected


@pytest.mark.parametrize(
    ("taps", "method", "asked"),
    [
        (123, Method.CLICKER, False),
        (112, Method.CLICKER, False),
        (110, Method.CLICKER, True),
        (137, Method.CLICKER, True),
        (None, Method.CLICKER, True),
        (4, Method.COUNTED, False),
    ],
)
def test_a_report_far_from_its_counter_is_asked_about(activity, taps, method, asked):
    expected = [(Comparison.TAPS_APART, (123, taps or 0))] if asked else []
    assert found(activity, Beside(taps=taps), method=method) == expected


@pytest.mark.parametrize("comparison", list(Comparison))
def test_every_comparison_has_its_sentence_with_its_figures_and_a_key_that_fits(comparison):
    other = peer(2**31 - 1, title="T" * 140)
    figures = (9_999_999, 9_999_998, 2025, 9_999_996, 9_999_995)
    oddity = Oddity(comparison=comparison, figures=figures, other=other)
    sentence = sentence_of(oddity)
    assert sentence.endswith("\u00a0?")
    assert "%(" not in sentence
    assert len(oddity.key) <= 200
    assert oddity.key != replace(oddity, figures=(1, *figures[1:])).key
    assert oddity.key != replace(oddity, other=peer(3)).key


def test_what_the_structure_was_asked_is_told_from_what_others_raise(activity):
    report = make_report(activity, public=300, pupils=0, adults=0, method=Method.COUNTED)
    activity.slots[0].capacity = 20
    raised = raised_by(report, Beside(before=before(20)))
    assert [(each.key, each.was_asked) for each in raised] == [
        ("above_capacity:300:20:1", True),
        ("above_before:300:20:2025:@1", False),
        ("round_figures:300", False),
    ]
    assert raised[1].question == "300 visiteurs, contre 20 en 2025\u00a0: est-ce exact\u00a0?"
