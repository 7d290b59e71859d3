"""The programme in memory: what answers each filter, and counts that agree with going through it by hand."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, strategies as st

from fete.core.clock import from_paris
from fete.core.text import asked_words
from fete.programme.models import SlotAudience
from fete.programme.rules.catalogue import (
    FEW,
    MANY,
    Catalogue,
    Entry,
    Place,
    Time,
    day_parts,
    ranked,
    welcomes_schools,
)
from fete.programme.rules.filters import DayPart, Filters, Point
from fete.programme.workflow import SlotState

TOULOUSE = Point(latitude=43.6, longitude=1.44)
AUCH = Point(latitude=43.65, longitude=0.58)
CAPITOL = Place(
    number=1, name="Capitole", commune="31555", town="Toulouse", departement="31", point=TOULOUSE
)
MUSEUM = Place(number=2, name="Musée", commune="32013", town="Auch", departement="32", point=AUCH)
NOWHERE = Place(number=3, name="Salle", commune="32013", town="Auch", departement="32", point=None)


def at(day: int, hour: float = 10) -> datetime:
    return from_paris(date(2026, 10, day), time(int(hour), int(hour % 1 * 60)))


def a_time(slot: int, starts_at: datetime, hours: float = 1, **told) -> Time:
    return Time(
        **{
            "slot": slot,
            "uid": f"uid-{slot}",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=hours),
            "state": SlotState.SCHEDULED,
            "revision": 0,
            "changed_at": at(1),
            "is_own": True,
            "is_for_schools": False,
            "welcomes_schools": False,
            "places": (CAPITOL,),
            **told,
        }
    )


def titles(catalogue: Catalogue, filters: Filters, **asked) -> list[str]:
    rows = catalogue.rows_of(filters, **asked)
    return list(
        dict.fromkeys(catalogue.rows[number][0].title for number in catalogue.by_time(rows))
    )


VILLAGE = Entry(
    number=1,
    title="Village",
    kind="science_village",
    is_container=True,
    departement="31",
    organisations=(7,),
    booking="none",
    times=(a_time(1, at(3)), a_time(2, at(4))),
)
STAND = Entry(
    number=2,
    title="Stand",
    kind="workshop",
    parent=1,
    departement="31",
    organisations=(8, 9),
    themes=("exact", "digital"),
    audiences=("families",),
    levels=("lower_c4",),
    accessibility=("mi",),
    booking="required",
    age_min=8,
    age_max=12,
    times=(a_time(1, at(3), is_own=False), a_time(2, at(4), is_own=False)),
)
WALK = Entry(
    number=5,
    title="Balade",
    kind="visit",
    departement="32",
    organisations=(7,),
    booking="none",
    times=(
        a_time(3, at(2, 19), places=(MUSEUM,), state=SlotState.CANCELLED),
        a_time(4, at(5, 14), places=(NOWHERE,), state=SlotState.FULL, welcomes_schools=True),
    ),
)
ONLINE = Entry(
    number=9,
    title="En ligne",
    departement="34",
    is_online=True,
    times=(a_time(5, at(3, 21), 5, places=()),),
)
PROGRAMME = Catalogue([ONLINE, WALK, STAND, VILLAGE, Entry(number=6, title="Sans date", times=())])


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), ["Balade", "Village", "Stand", "En ligne"]),
        (Filters(departements=("31",)), ["Village", "Stand"]),
        (Filters(departements=("34", "32")), ["Balade", "En ligne"]),
        (Filters(departements=("99",)), []),
        (Filters(communes=("32013",)), ["Balade"]),
        (Filters(first=date(2026, 10, 4)), ["En ligne", "Village", "Stand", "Balade"]),
        (Filters(first=date(2026, 10, 5)), ["Balade"]),
        (Filters(last=date(2026, 10, 2)), ["Balade"]),
        (Filters(first=date(2026, 10, 6)), []),
        (Filters(parts=(DayPart.EVENING,)), ["Balade", "En ligne"]),
        (Filters(parts=(DayPart.MORNING,)), ["Village", "Stand", "En ligne"]),
        (Filters(kinds=("workshop", "visit")), ["Balade", "Stand"]),
        (Filters(themes=("digital",)), ["Stand"]),
        (Filters(audiences=("families",), themes=("earth",)), []),
        (Filters(levels=("lower_c4",)), ["Stand"]),
        (Filters(accessibility=("mi",)), ["Stand"]),
        (Filters(bookings=("required",)), ["Stand"]),
        (Filters(organisations=(9, 7)), ["Balade", "Village", "Stand"]),
        (Filters(villages=(1,)), ["Village", "Stand"]),
        (Filters(villages=(5,)), []),
        (Filters(venues=(1,)), ["Village", "Stand"]),
        (Filters(venues=(2, 3)), ["Balade"]),
        (Filters(venues=(3,), last=date(2026, 10, 2)), []),
        (Filters(venues=(8,)), []),
        (Filters(activities=(5, 9, 12)), ["Balade", "En ligne"]),
        (Filters(age=8, kinds=("workshop",)), ["Stand"]),
        (Filters(age=7, kinds=("workshop",)), []),
        (Filters(age=13, kinds=("workshop",)), []),
        (Filters(age=13, kinds=("visit",)), ["Balade"]),
        (Filters(for_schools=True), ["Balade"]),
        (Filters(with_room=True), ["Village", "Stand", "En ligne"]),
        (Filters(with_cancelled=False, last=date(2026, 10, 2)), []),
        # Everything asked of a time is asked of the same one.
        (Filters(parts=(DayPart.EVENING,), first=date(2026, 10, 5), communes=("32013",)), []),
    ],
)
def test_each_filter_leaves_what_answers_it(filters, found):
    assert titles(PROGRAMME, filters) == found


def test_words_leave_the_activities_that_say_them():
    assert titles(PROGRAMME, Filters(text="x"), said=frozenset({5, 77})) == ["Balade"]
    assert titles(PROGRAMME, Filters(text="x"), said=frozenset()) == []


@pytest.mark.parametrize(
    ("filters", "centres", "found"),
    [
        (Filters(near=TOULOUSE, radius=10), (TOULOUSE,), ["Village", "Stand"]),
        (Filters(near=TOULOUSE, radius=100), (TOULOUSE,), ["Balade", "Village", "Stand"]),
        (Filters(communes=("32013",), radius=5), (AUCH,), ["Balade"]),
        (Filters(communes=("32013",), radius=100), (AUCH,), ["Balade", "Village", "Stand"]),
        (Filters(near=TOULOUSE, radius=100, communes=("32013",)), (TOULOUSE,), ["Balade"]),
        (Filters(radius=10), (), []),
    ],
)
def test_a_radius_is_around_a_point_or_around_communes(filters, centres, found):
    assert titles(PROGRAMME, filters, centres=centres) == found


def test_a_distance_is_that_of_the_earth():
    assert TOULOUSE.distance(AUCH) == pytest.approx(69.4, abs=0.5)
    assert TOULOUSE.distance(TOULOUSE) == 0


@pytest.mark.parametrize(
    ("starts_at", "hours", "parts"),
    [
        (at(3, 9), 3, {DayPart.MORNING}),
        (at(3, 11), 2, {DayPart.MORNING, DayPart.AFTERNOON}),
        (at(3, 12), 6, {DayPart.AFTERNOON}),
        (at(3, 17.5), 1, {DayPart.AFTERNOON, DayPart.EVENING}),
        (at(3, 18), 6, {DayPart.EVENING}),
        (at(3, 9), 15, set(DayPart)),
        (at(3, 22), 4, set(DayPart)),
        # The night on which summer time ends has 25 hours.
        (at(24, 18), 5, {DayPart.EVENING}),
    ],
)
def test_the_parts_of_a_day_follow_the_clocks_of_paris(starts_at, hours, parts):
    assert day_parts(a_time(1, starts_at, hours)) == parts


@pytest.mark.parametrize(
    ("audience", "for_schools", "day", "welcome"),
    [
        (SlotAudience.SCHOOLS, False, 3, True),
        (SlotAudience.PUBLIC, True, 2, False),
        (SlotAudience.ALL, True, 2, True),
        (SlotAudience.ALL, True, 3, False),
        (SlotAudience.ALL, False, 2, False),
    ],
)
def test_classes_come_when_it_is_said_or_on_a_day_of_school(audience, for_schools, day, welcome):
    day = date(2026, 10, day)
    assert welcomes_schools(audience, for_schools=for_schools, day=day) is welcome


def test_the_list_goes_by_the_next_sure_time_and_what_is_over_comes_last():
    def order(now: datetime) -> list[tuple[str, datetime, bool]]:
        found = ranked(PROGRAMME, PROGRAMME.all, now).found
        names = {entry.number: entry.title for entry in PROGRAMME.entries}
        return [(names[each.number], each.starts_at, each.is_over) for each in found]

    assert order(at(1)) == [
        ("Village", at(3), False),
        ("Stand", at(3), False),
        ("En ligne", at(3, 21), False),
        ("Balade", at(5, 14), False),
    ]
    assert order(at(4, 12)) == [
        ("Balade", at(5, 14), False),
        ("Village", at(3), True),
        ("Stand", at(3), True),
        ("En ligne", at(3, 21), True),
    ]


def test_a_ranking_holds_until_the_next_time_ends():
    found = ranked(PROGRAMME, PROGRAMME.all, at(3, 12))
    assert (found.since, found.until) == (at(3, 12), at(4, 2))
    assert ranked(PROGRAMME, PROGRAMME.all, at(9)).until == datetime.max.replace(tzinfo=UTC)


def test_what_says_the_words_in_its_title_comes_first():
    found = ranked(PROGRAMME, PROGRAMME.all, at(1), words=[("balad",)]).found
    assert [each.number for each in found] == [5, 1, 2, 9]


def test_the_word_itself_comes_before_its_family_and_what_is_held_where_the_words_say_before_both():
    titles = {1: "Dans la mare", 2: "Ailleurs", 3: "La planète Mars", 4: "Autre chose"}
    programme = Catalogue(
        Entry(number=number, title=title, times=(a_time(number, at(3)),))
        for number, title in titles.items()
    )

    def order(**asked) -> list[int]:
        found = ranked(programme, programme.all, at(1), words=asked_words("mars"), **asked).found
        return [each.number for each in found]

    assert order() == [3, 1, 2, 4]
    assert order(there={4}) == [4, 3, 1, 2]


@st.composite
def programmes(draw: st.DrawFn) -> Catalogue:
    def entry(number: int) -> Entry:
        times = tuple(
            a_time(
                number * 10 + rank,
                at(draw(st.integers(1, 4)), draw(st.integers(8, 20))),
                draw(st.sampled_from([1, 5, 30])),
                state=draw(st.sampled_from(SlotState)),
                places=draw(st.sampled_from([(), (CAPITOL,), (MUSEUM,), (CAPITOL, NOWHERE)])),
            )
            for rank in range(draw(st.integers(0, 4)))
        )
        return Entry(
            number=number,
            title=str(number),
            times=times,
            kind=draw(st.sampled_from(["workshop", "talk", None])),
            departement=draw(st.sampled_from(["31", "32", None])),
            organisations=tuple(draw(st.sets(st.integers(1, 3), min_size=1))),
            themes=tuple(draw(st.sets(st.sampled_from(["exact", "digital"])))),
            booking="none",
            parent=draw(st.sampled_from([None, 1, 2])),
            is_container=draw(st.booleans()),
        )

    return Catalogue([entry(number) for number in range(1, draw(st.integers(1, 12)))])


@given(programmes(), st.data())
def test_counts_agree_with_counting_by_hand(programme, data):
    rows = data.draw(st.integers(0, programme.all))
    chosen = [programme.rows[number] for number in programme.numbered(rows)]
    assert len(chosen) == rows.bit_count()
    assert programme.entries_among(rows) == len({entry.number for entry, _time in chosen})
    for name in (*FEW, *MANY):
        one = {
            "kinds": lambda entry, _time: [entry.kind] if entry.kind else [],
            "themes": lambda entry, _time: entry.themes,
            "communes": lambda _entry, time: {place.commune for place in time.places},
            "organisations": lambda entry, _time: entry.organisations,
            "activities": lambda entry, _time: [entry.number],
        }.get(name)
        if one is None:
            continue
        by_hand: dict[object, set[int]] = {}
        for entry, time_ in chosen:
            for value in one(entry, time_):
                by_hand.setdefault(value, set()).add(entry.number)
        counted = programme.counts(name, rows)
        assert counted == {value: len(numbers) for value, numbers in by_hand.items()}


def test_calendars_show_the_opening_hours_of_an_activity_as_one_event():
    exhibition = Entry(
        number=7,
        title="Exposition",
        times=(
            *(a_time(10 + day, at(day), is_opening=True) for day in (2, 3, 4)),
            a_time(20, at(3, 18)),
        ),
    )
    programme = Catalogue([exhibition, VILLAGE, STAND])
    assert programme.events_among(programme.all) == 4
    assert programme.events_among(programme.rows_of(Filters(first=date(2026, 10, 4)))) == 2
    assert programme.events_among(programme.rows_of(Filters(activities=(2,)))) == 0
    assert programme.events_among(0) == 0
