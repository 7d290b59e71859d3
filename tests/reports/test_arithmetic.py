"""The sums of one report, and what in it is asked about."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, strategies as st

from fete.reports.arithmetic import (
    Circumstances,
    Counted,
    Counts,
    Doubt,
    Headcount,
    Incoherence,
    Outcome,
    Returns,
    Session,
    Visitor,
    counted,
    incoherences,
    questions_key,
    together,
    with_sessions,
)

FIGURE = st.none() | st.integers(0, 9_999_999)
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
ABOUT = st.builds(
    Circumstances,
    for_public=st.booleans(),
    for_schools=st.booleans(),
    on_site=st.booleans(),
    online=st.booleans(),
    is_container=st.booleans(),
    is_cancelled=st.booleans(),
    slots=st.integers(0, 20),
    capacity=st.none() | st.integers(1, 500),
    expected=st.none() | st.integers(0, 500),
)
EVERYTHING = Circumstances(for_schools=True, online=True, capacity=100, slots=3)


def held(**figures):
    usual = {"public": 40, "pupils": 25, "adults": 3, "online": 0, "researchers": 2}
    return Counts(**({"outcome": Outcome.HELD} | usual | figures))


@pytest.mark.parametrize(
    ("figures", "visitors"),
    [
        ({"public": 954 - 516, "pupils": 495, "adults": 21}, 954),
        ({"public": 0, "pupils": 0, "adults": 0}, 0),
        ({"public": 12}, 12),
        ({"online": 300}, None),
        ({}, None),
    ],
)
def test_visitors_are_public_pupils_and_adults_and_never_connections(figures, visitors):
    assert Counts(**figures).visitors == visitors


def test_the_team_is_everybody_who_made_it():
    counts = Counts(researchers=2, mediators=None, volunteers=4, others=1)
    assert counts.team == 7


def test_a_sound_report_raises_no_doubt():
    assert incoherences(held(), EVERYTHING) == []


@pytest.mark.parametrize(
    ("counts", "about", "doubts"),
    [
        (
            held(public=0, pupils=0, adults=0),
            EVERYTHING,
            [Incoherence(doubt=Doubt.NOBODY_CAME)],
        ),
        (held(public=0, pupils=0, adults=0, online=12), EVERYTHING, []),
        (
            held(adults=0),
            EVERYTHING,
            [Incoherence(doubt=Doubt.PUPILS_WITHOUT_ADULTS, figures=(25,))],
        ),
        (
            held(pupils=0),
            EVERYTHING,
            [Incoherence(doubt=Doubt.ADULTS_WITHOUT_PUPILS, figures=(3,))],
        ),
        (
            held(),
            Circumstances(for_schools=False),
            [Incoherence(doubt=Doubt.PUPILS_NOT_EXPECTED, figures=(25,))],
        ),
        (
            held(),
            Circumstances(for_schools=True, for_public=False),
            [Incoherence(doubt=Doubt.PUBLIC_NOT_EXPECTED, figures=(40,))],
        ),
        (
            held(public=28),
            EVERYTHING,
            [Incoherence(doubt=Doubt.COUNTED_TWICE, figures=(28, 25, 3))],
        ),
        (held(public=8, pupils=8, adults=1), EVERYTHING, []),
        (held(public=300 - 28), EVERYTHING, []),
        (
            held(public=301 - 28),
            EVERYTHING,
            [Incoherence(doubt=Doubt.ABOVE_CAPACITY, figures=(301, 100, 3))],
        ),
        (held(public=200 - 28), Circumstances(for_schools=True, expected=20), []),
        (
            held(public=201 - 28),
            Circumstances(for_schools=True, expected=20),
            [Incoherence(doubt=Doubt.ABOVE_EXPECTED, figures=(201, 20))],
        ),
        (
            held(public=20_000),
            Circumstances(for_schools=True),
            [Incoherence(doubt=Doubt.VERY_MANY, figures=(20_028,))],
        ),
        (held(public=20_000), Circumstances(for_schools=True, is_container=True), []),
        (
            held(volunteers=300),
            EVERYTHING,
            [Incoherence(doubt=Doubt.MORE_PEOPLE_THAN_VISITORS, figures=(302, 68))],
        ),
        (held(public=1, pupils=0, adults=0, volunteers=4), EVERYTHING, []),
        (
            held(volunteers=1_200, public=9_000),
            Circumstances(for_schools=True),
            [Incoherence(doubt=Doubt.VERY_LARGE_TEAM, figures=(1_202,))],
        ),
        (
            held(online=12),
            Circumstances(for_schools=True),
            [Incoherence(doubt=Doubt.ONLINE_NOT_EXPECTED, figures=(12,))],
        ),
        (
            held(online=12),
            Circumstances(for_schools=True, on_site=False, online=True),
            [Incoherence(doubt=Doubt.ON_SITE_NOT_EXPECTED, figures=(68,))],
        ),
        (
            held(online=68),
            Circumstances(for_schools=True, online=True),
            [Incoherence(doubt=Doubt.ONLINE_AS_ON_SITE, figures=(68,))],
        ),
        (
            held(online=40),
            Circumstances(for_schools=True, online=True),
            [Incoherence(doubt=Doubt.ONLINE_AS_ON_SITE, figures=(40,))],
        ),
        (held(online=41), Circumstances(for_schools=True, online=True), []),
        (
            held(),
            Circumstances(for_schools=True, is_cancelled=True),
            [Incoherence(doubt=Doubt.HELD_YET_CANCELLED)],
        ),
        (
            held(outcome=Outcome.CANCELLED, online=7),
            EVERYTHING,
            [Incoherence(doubt=Doubt.CANCELLED_YET_VISITED, figures=(68, 7))],
        ),
        (Counts(outcome=Outcome.CANCELLED), Circumstances(is_cancelled=True), []),
        (Counts(public=40, pupils=25), EVERYTHING, []),
    ],
)
def test_what_does_not_hang_together_is_asked_about(counts, about, doubts):
    assert incoherences(counts, about) == doubts


def test_every_doubt_can_be_raised():
    rows = test_what_does_not_hang_together_is_asked_about.pytestmark[0].args[1]
    assert {each.doubt for row in rows for each in row[2]} == set(Doubt)


@given(COUNTS, ABOUT)
def test_no_report_makes_the_questions_fail_nor_asks_one_twice(counts, about):
    found = incoherences(counts, about)
    assert len({each.doubt for each in found}) == len(found)
    assert (questions_key(found) == "") == (found == [])


@given(COUNTS, ABOUT)
def test_more_than_the_capacity_several_times_never_passes_in_silence(counts, about):
    asked = {each.doubt for each in incoherences(counts, about)}
    if counts.took_place and about.capacity and (counts.visitors or 0) > 1_000 * about.capacity:
        assert Doubt.ABOVE_CAPACITY in asked


def test_an_answer_holds_for_its_figures_only():
    one = incoherences(held(adults=0), EVERYTHING)
    other = incoherences(held(adults=0, pupils=26), EVERYTHING)
    assert questions_key(one) == "pupils_without_adults:25"
    assert questions_key(other) == "pupils_without_adults:26"


def test_returns_add_up():
    rows = [Returns(due=4, received=3, validated=1, waived=1), Returns(due=6, received=2)]
    total = together(rows)
    assert total == Returns(due=10, received=5, validated=1, waived=1)
    assert (total.missing, total.to_validate, total.share, total.received_share) == (5, 4, 0.1, 0.5)
    assert (together([]).share, together([]).received_share) == (None, None)


@dataclass(frozen=True)
class Touch:
    """One touch at a door."""

    visitor: Visitor
    amount: int
    slot_id: int | None = None


TOUCH = st.builds(
    Touch,
    st.sampled_from(Visitor),
    st.integers(-1_000, 1_000).filter(bool),
    st.none() | st.integers(1, 3),
)
PHONE = st.lists(TOUCH, max_size=30)


def test_nobody_counted_is_nothing():
    assert counted([]) == Counted()
    assert counted([]).is_nothing


def test_touches_add_up_altogether_and_session_by_session():
    done = counted(
        [
            Touch(Visitor.PUBLIC, 1, 7),
            Touch(Visitor.PUBLIC, 5, 8),
            Touch(Visitor.PUPILS, 25, 8),
            Touch(Visitor.ADULTS, 2),
            Touch(Visitor.PUBLIC, -1, 7),
        ]
    )
    assert done == Counted(
        whole=Headcount(public=5, pupils=25, adults=2),
        by_slot={7: Headcount(), 8: Headcount(public=5, pupils=25)},
    )
    assert (done.whole.visitors, done.whole.is_short, done.is_nothing) == (32, False, False)


def test_a_figure_is_told_by_sessions_only_when_they_hold_the_whole_of_it():
    done = counted(
        [
            Touch(Visitor.PUBLIC, 3, 7),
            Touch(Visitor.PUBLIC, 5, 8),
            Touch(Visitor.PUPILS, 25, 7),
            Touch(Visitor.PUPILS, 1),
            Touch(Visitor.ADULTS, 4, 7),
            Touch(Visitor.ADULTS, -1, 8),
        ]
    )
    assert done.by_session(Visitor.PUBLIC) == {7: 3, 8: 5}
    assert done.by_session(Visitor.PUPILS) == {}
    assert done.by_session(Visitor.ADULTS) == {}
    assert counted([]).by_session(Visitor.PUBLIC) == {}


def test_nobody_is_shown_as_less_than_nobody():
    count = counted([Touch(Visitor.PUBLIC, -3), Touch(Visitor.ADULTS, 2)]).whole
    assert count.shown == Headcount(adults=2)
    assert (count.visitors, count.is_short) == (2, True)


@given(PHONE, PHONE, st.randoms())
def test_two_telephones_add_up_in_whatever_order_their_touches_come(one, other, chance):
    mixed = [*one, *other]
    chance.shuffle(mixed)
    done = counted(mixed)
    assert done == counted([*one, *other])
    for visitor in Visitor:
        assert getattr(done.whole, visitor) == sum(
            touch.amount for touch in mixed if touch.visitor is visitor
        )
        named = [touch for touch in mixed if touch.visitor is visitor and touch.slot_id]
        assert sum(getattr(each, visitor) for each in done.by_slot.values()) == sum(
            touch.amount for touch in named
        )


@given(PHONE, TOUCH, st.integers(0, 30))
def test_what_is_taken_back_was_never_there(touches, gone, place):
    back = replace(gone, amount=-gone.amount)
    done = counted([*touches[:place], gone, *touches[place:], back])
    assert done.whole == counted(touches).whole
    before = counted(touches).by_slot
    assert {slot: each for slot, each in done.by_slot.items() if each != Headcount()} == {
        slot: each for slot, each in before.items() if each != Headcount()
    }


TOLD = st.none() | st.integers(0, 10_000)
SESSIONS = st.lists(
    st.builds(Session, slot_id=st.integers(1, 9), public=TOLD, pupils=TOLD, adults=TOLD), max_size=6
)


@given(SESSIONS, TOLD, TOLD, TOLD)
def test_each_figure_that_a_session_tells_is_the_sum_of_the_sessions(
    sessions, public, pupils, adults
):
    counts = Counts(public=public, pupils=pupils, adults=adults, online=7)
    summed = with_sessions(counts, sessions)
    for name, total in (("public", public), ("pupils", pupils), ("adults", adults)):
        told = [figure for each in sessions if (figure := getattr(each, name)) is not None]
        assert getattr(summed, name) == (sum(told) if told else total)
    assert summed.online == 7
    assert with_sessions(summed, sessions) == summed
