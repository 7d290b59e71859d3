"""White zones: which communes are too far from what is offered, and what the charter asks, measured."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from fete.programme.rules.catalogue import Catalogue, Entry, Place
from fete.programme.rules.zones import (
    RADII,
    Aims,
    Answers,
    Group,
    Offered,
    Reach,
    Town,
    aims,
    offered,
    reaches,
    spread,
)
from fete.programme.workflow import SlotState
from tests.programme.rules.test_catalogue import CAPITOL, MUSEUM, a_time, at

# One degree of latitude is 111.2 km.
HOST = Town(code="A", name="Hôte", departement="1", population=5_000, point=(1.0, 43.0))
NEAR = Town(code="B", name="Près", departement="1", population=1_999, point=(1.0, 43.0899))
FAR = Town(code="C", name="Loin", departement="2", population=300, point=(1.0, 43.25))
AWAY = Town(code="D", name="Très loin", departement="2", population=2_000, point=(1.0, 44.0))
LOST = Town(code="E", name="Sans point", departement="2", population=70, point=None)
TOWNS = [HOST, NEAR, FAR, AWAY, LOST]
FAIR = Place(
    number=9, name="Foire", commune="09122", town="Foix", departement="09", point=MUSEUM.point
)


def entry(*times, **told) -> Entry:
    return Entry(**{"number": 1, "title": "Atelier", "times": times, "kind": "workshop", **told})


def numbers(*entries: Entry, **asked) -> list[int]:
    return [each.number for each in offered(Catalogue(entries), **asked)]


def test_each_commune_knows_the_nearest_one_where_something_is_held_to_a_hundred_metres():
    assert list(reaches(TOWNS, {"A"})) == [
        Reach(town=HOST, nearest=HOST, distance=0.0),
        Reach(town=NEAR, nearest=HOST, distance=10.0),
        Reach(town=FAR, nearest=HOST, distance=27.8),
        Reach(town=AWAY, nearest=HOST, distance=111.2),
        Reach(town=LOST),
    ]


def test_what_is_said_to_be_ten_kilometres_away_is_within_ten_kilometres():
    (reach,) = [each for each in reaches(TOWNS, {"A"}) if each.town is NEAR]
    assert [reach.is_white(radius) for radius in RADII] == [False, False, False]


def test_a_host_without_a_point_hosts_all_the_same_and_is_near_to_nobody():
    found = {each.town.code: each for each in reaches(TOWNS, {"E"})}
    assert found["E"] == Reach(town=LOST, nearest=LOST, distance=0.0)
    assert found["D"] == Reach(town=AWAY)


def test_sums_tell_hosts_white_zones_and_the_unknown_apart():
    sums = spread(list(reaches(TOWNS, {"A"})))
    assert sums.all == Group(communes=5, population=9_369, rural=3, rural_population=2_369)
    assert sums.hosts == Group(communes=1, population=5_000, rural=0, rural_population=0)
    assert sums.beyond == {
        10: Group(communes=2, population=2_300, rural=1, rural_population=300),
        20: Group(communes=2, population=2_300, rural=1, rural_population=300),
        30: Group(communes=1, population=2_000, rural=0, rural_population=0),
    }
    assert sums.unknown == Group(communes=1, population=70, rural=1, rural_population=70)
    # Of 2,299 rural inhabitants whose place is known, 300 are too far.
    assert sums.rural_share_within(10) == pytest.approx(1_999 / 2_299)
    assert sums.rural_share_within(30) == 1.0


def test_without_rural_communes_there_is_no_rural_share():
    assert spread(list(reaches([HOST], {"A"}))).rural_share_within(10) is None


towns = st.lists(
    st.builds(
        Town,
        code=st.integers(0, 999).map(str),
        name=st.just("Commune"),
        departement=st.sampled_from("123"),
        population=st.integers(0, 5_000),
        point=st.none() | st.tuples(st.floats(0, 4), st.floats(42, 45)),
    ),
    max_size=40,
    unique_by=lambda town: town.code,
)


@given(towns, st.sets(st.integers(0, 999).map(str), max_size=300))
def test_departements_add_up_to_the_region_and_nobody_is_lost(found, hosts):
    reached = list(reaches(found, hosts))
    whole = spread(reached)
    parts = [spread([each for each in reached if each.town.departement == part]) for part in "123"]
    for group in (
        lambda sums: sums.all,
        lambda sums: sums.hosts,
        lambda sums: sums.unknown,
        *(lambda sums, radius=radius: sums.beyond[radius] for radius in RADII),
    ):
        for name in ("communes", "population", "rural", "rural_population"):
            assert getattr(group(whole), name) == sum(getattr(group(part), name) for part in parts)
    assert whole.all.communes == len(found)
    assert whole.hosts.communes == len({town.code for town in found} & hosts)
    # The wider one looks, the fewer are too far.
    assert whole.beyond[10].communes >= whole.beyond[20].communes >= whole.beyond[30].communes


@pytest.mark.parametrize(
    ("told", "is_offered"),
    [
        ({"state": SlotState.SCHEDULED}, True),
        ({"state": SlotState.RESCHEDULED}, True),
        ({"state": SlotState.FULL}, True),
        ({"state": SlotState.CANCELLED}, False),
        ({"state": SlotState.POSTPONED}, False),
        ({"state": SlotState.MOVED_ONLINE}, False),
        ({"is_for_schools": True}, False),
        ({"places": ()}, False),
    ],
)
def test_what_does_not_take_place_somewhere_for_all_is_not_offered(told, is_offered):
    assert numbers(entry(a_time(1, at(3), **told))) == [1] * is_offered


def test_what_is_online_only_is_offered_nowhere():
    assert numbers(entry(a_time(1, at(3)), is_online=True)) == []


def test_an_activity_is_offered_where_its_sessions_that_take_place_are():
    found = list(
        offered(
            Catalogue(
                [
                    entry(
                        a_time(1, at(3)),
                        a_time(2, at(4), places=(MUSEUM,), state=SlotState.CANCELLED),
                        a_time(3, at(5), places=(FAIR,), state=SlotState.FULL),
                        a_time(4, at(6), places=(MUSEUM,), is_for_schools=True),
                    )
                ]
            )
        )
    )
    assert found == [
        Offered(
            number=1,
            communes=frozenset({"31555", "09122"}),
            departements=frozenset({"31", "09"}),
            sessions=2,
            full=1,
        )
    ]


def test_classes_count_when_they_are_asked_for():
    open_to_all = entry(a_time(1, at(3)))
    at_school = entry(a_time(2, at(5)), number=2, kind="class_intervention")
    for_classes = entry(a_time(3, at(5), is_for_schools=True), number=3)
    all_of_them = (open_to_all, at_school, for_classes)
    assert numbers(*all_of_them, apart=["class_intervention"]) == [1]
    assert numbers(*all_of_them, apart=["class_intervention"], with_schools=True) == [1, 2, 3]


def test_among_what_was_held_the_rest_does_not_count():
    both = (entry(a_time(1, at(3))), entry(a_time(2, at(3)), number=2))
    assert numbers(*both, held={2, 5}) == [2]
    assert numbers(*both, held=set()) == []


def test_the_aims_of_the_charter_are_counted_over_activities_and_not_saying_is_not_saying_no():
    workshop = Offered(
        number=1,
        communes=frozenset({CAPITOL.commune}),
        departements=frozenset({"31"}),
        audiences=("all", "priority"),
        accessibility=("hi", "mi", "lsf"),
        sessions=3,
        full=1,
    )
    found = [
        workshop,
        replace(workshop, number=2, accessibility=("lsf",), audiences=("leisure_centres",)),
        replace(workshop, number=3, accessibility=(), audiences=()),
        # What says to be accessible has answered, even where the box is not ticked.
        replace(workshop, number=4, accessibility=("mi",), full=0),
        replace(workshop, number=5, is_container=True),
    ]
    assert aims(
        found,
        free={1, 2, 5},
        answered={1, 2, 5},
        impairments=["hi", "mi"],
        audiences=["priority", "leisure_centres"],
    ) == Aims(
        activities=4,
        free=2,
        accessible=Answers(yes=2, no=1, unknown=1),
        impairments={
            "hi": Answers(yes=1, no=1, unknown=2),
            "mi": Answers(yes=2, no=1, unknown=1),
        },
        audiences={"priority": 2, "leisure_centres": 1},
        sessions=12,
        full=3,
    )
