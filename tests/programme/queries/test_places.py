"""What goes from place to place, or is held at several, is found in each of its communes, on its day there."""

from datetime import date, datetime, time

import pytest

from fete.core.clock import from_paris
from fete.core.db import db as database
from fete.programme.models import Activity, Slot
from fete.programme.queries.catalogue import times_of
from fete.programme.queries.facets import facets
from fete.programme.queries.listing import count_of, page_of_programme
from fete.programme.queries.review import QueueFilters, awaiting_review
from fete.programme.rules.filters import Filters
from fete.programme.workflow import Status
from tests.factories.network import AUCH, MONTPELLIER, TOULOUSE
from tests.factories.programme import make_activity, make_edition, make_venue

BEFORE = from_paris(date(2026, 9, 1), time(8))
LUNEL = "34145"


def at(day: int, hour: int = 10) -> datetime:
    return from_paris(date(2026, 10, day), time(hour))


def slots_in(**filters) -> list[tuple[str, int]]:
    times = times_of(Filters(**filters))
    found = [database.session.get_one(Slot, time.slot) for time in times]
    return [(slot.activity.title, slot.day.day) for slot in found]


def listed_in(**filters) -> list[tuple[str, int]]:
    page = page_of_programme(Filters(**filters), now=BEFORE)
    assert page.total == count_of(Filters(**filters))
    return [(row.activity.title, row.day.day) for row in page.rows]


def make_travelling(**values) -> Activity:
    """Give a village of Auch that is at Toulouse on the 3rd and at Montpellier on the 4th."""
    village = make_activity(at(3), at(4), kind="science_village", title="Itinérant", **values)
    village.sites = [make_venue(TOULOUSE), make_venue(MONTPELLIER)]
    for slot, site in zip(village.slots, village.sites, strict=True):
        slot.venue = site
    database.session.flush()
    return village


@pytest.fixture
def travelling(db):
    return make_travelling()


@pytest.mark.parametrize(
    ("filters", "slots", "listed"),
    [
        ({"communes": (TOULOUSE,)}, [3], [3]),
        ({"communes": (MONTPELLIER,)}, [4], [4]),
        ({"communes": (TOULOUSE, MONTPELLIER)}, [3, 4], [3]),
        ({"communes": (AUCH,)}, [], []),
        ({"departements": ("31",)}, [3], [3]),
        ({"departements": ("34",)}, [4], [4]),
        ({"departements": ("32",)}, [], []),
        ({"departements": ("34",), "last": date(2026, 10, 3)}, [], []),
        ({"communes": (TOULOUSE,), "departements": ("34",)}, [], []),
    ],
)
def test_what_travels_is_found_where_it_is_that_day(travelling, filters, slots, listed):
    make_activity(commune=LUNEL, title="Ailleurs")
    filters["edition_id"] = make_edition().id
    assert [day for title, day in slots_in(**filters) if title == "Itinérant"] == slots
    assert [day for title, day in listed_in(**filters) if title == "Itinérant"] == listed


def test_a_stand_follows_what_travels_unless_it_has_a_place(travelling):
    follower = make_activity(parent=travelling, title="Suit")
    follower.venue = None
    stays = make_activity(parent=travelling, title="Reste", commune=AUCH)
    for stand in (follower, stays):
        stand.slots.clear()
    database.session.flush()
    assert listed_in(communes=(MONTPELLIER,)) == [("Itinérant", 4), ("Suit", 4)]
    assert listed_in(communes=(AUCH,)) == [("Reste", 3)]
    assert [place.commune_code for place in follower.places] == [TOULOUSE, MONTPELLIER]
    assert [place.commune_code for place in stays.places] == [AUCH]


def test_what_is_held_at_several_sites_is_found_at_each(db):
    village = make_activity(at(3), kind="science_village", title="Réparti", commune=AUCH)
    village.sites = [make_venue(TOULOUSE), make_venue(TOULOUSE), make_venue(MONTPELLIER)]
    stand = make_activity(at(3, 14), parent=village, title="Stand")
    stand.venue = None
    database.session.flush()
    for commune in (AUCH, TOULOUSE, MONTPELLIER):
        assert slots_in(communes=(commune,)) == [("Réparti", 3), ("Stand", 3)]
    assert slots_in(communes=(LUNEL,)) == []


def test_each_commune_and_departement_counts_what_is_held_there_once(travelling):
    make_activity(title="À Auch")
    apart = make_activity(title="Réparti", kind="festival", commune=AUCH)
    apart.sites = [make_venue(AUCH), make_venue(TOULOUSE)]
    database.session.flush()
    edition = make_edition()
    found = facets(Filters(edition_id=edition.id), edition)
    assert {v.code: v.count for v in found.communes} == {AUCH: 2, TOULOUSE: 2, MONTPELLIER: 1}
    assert {v.code: v.count for v in found.departements} == {"32": 2, "31": 2, "34": 1}
    for value in found.communes:
        asked = Filters(edition_id=edition.id, communes=(value.code,))
        assert count_of(asked) == value.count
    on_the_fourth = Filters(edition_id=edition.id, first=date(2026, 10, 4))
    assert {v.code: v.count for v in facets(on_the_fourth, edition).communes} == {MONTPELLIER: 1}


def test_the_departement_of_its_own_place_reviews_what_travels(db):
    make_travelling(status=Status.SUBMITTED)
    queue = {
        code: awaiting_review(frozenset({code}), QueueFilters()).total
        for code in ("31", "32", "34")
    }
    assert queue == {"31": 0, "32": 1, "34": 0}


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_what_travels_asks_the_same_number_of_questions(db, queries, number):
    asked_for = Filters(edition_id=make_edition().id)
    for _each in range(number):
        make_activity(at(3), parent=make_travelling()).slots.clear()
    database.session.commit()
    database.session.expunge_all()
    with queries() as asked:
        page = page_of_programme(asked_for, now=BEFORE)
        places = [
            place.commune.departement.code
            for row in page.rows
            for slot in row.slots
            for place in row.activity.places_at(slot)
        ]
    assert sorted(places) == ["31"] * number + ["32"] * number
    assert len(asked) == 15
