"""What looks like one thing entered twice, and what does not."""

from datetime import date, datetime, time

import pytest

from fete.core.clock import from_paris
from fete.programme.models import Activity, Slot, Venue
from fete.programme.rules.likeness import are_likely_one, is_likely, titles_are_near
from fete.programme.workflow import SlotState


@pytest.mark.parametrize(
    ("known", "typed", "expected"),
    [
        (("Médiathèque José-Cabanis", "1 allée Chaban"), ("Mediathèque", ""), True),
        (("Salle des fêtes", ""), ("La salle des fetes", "2 rue du Bac"), True),
        (("Muséum", "35 allées Jules-Guesde"), ("Le grand carré", "35, Allées Jules Guesde"), True),
        (("Amphithéâtre Gay-Lussac", ""), ("Amphitéâtre Gay Lussac", ""), True),
        (("Salle 1", ""), ("Salle 2", ""), False),
        (("Place du marché", "1 rue A"), ("Place du Capitole", "2 rue B"), False),
        (("Bibliothèque", ""), ("Médiathèque", ""), False),
        (("Bibliothèque", ""), ("…", ""), False),
    ],
)
def test_two_places_of_a_commune(known, typed, expected):
    name, address = known
    assert is_likely(Venue(name=name, address=address), name=typed[0], address=typed[1]) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Le ciel de Gascogne", "Ciel de Gascogne", True),
        ("Atelier robots", "Atelier robots pour tous", True),
        ("Les étoiles du Gers", "Les etoile du Gers", True),
        ("Conférence 1", "Conférence 2", False),
        ("Le ciel", "La mer", False),
        ("", "", False),
    ],
)
def test_two_titles(one, other, expected):
    assert titles_are_near(one, other) is expected


def at(hour: int) -> datetime:
    return from_paris(date(2026, 10, 3), time(hour))


def held(number: int, *hours: int, **values) -> Activity:
    slots = [
        Slot(
            starts_at=at(hour),
            ends_at=at(hour + 2),
            state=SlotState.SCHEDULED,
            is_opening=values.get("opening", False),
            venue_id=values.get("slot_place"),
        )
        for hour in hours
    ]
    known = {
        "title": "Le ciel de Gascogne",
        "organisation_id": 1,
        "venue_id": 1,
        "parent_id": None,
    }
    values = {key: value for key, value in values.items() if key not in {"opening", "slot_place"}}
    return Activity(id=number, slots=slots, **(known | values))


OTHER = {"title": "La mer", "organisation_id": 2}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (held(2, 11), True),
        (held(2, 12), False),
        (held(2, 11, title="La mer"), True),
        (held(2, 11, organisation_id=2), True),
        (held(2, 11, **OTHER), False),
        (held(2, 11, venue_id=2), False),
        (held(2, 11, slot_place=2), False),
        # Beside opening hours, a structure does other things: only the title tells.
        (held(2, 11, title="La mer", opening=True), False),
        (held(2, 11, opening=True), True),
        # What it holds, or what holds it.
        (held(2, 11, parent_id=1), False),
    ],
)
def test_two_activities(other, expected):
    one = held(1, 10)
    assert are_likely_one(one, other) is expected
    assert are_likely_one(other, one) is expected


def test_two_stands_of_a_structure_in_one_village_are_told_by_their_titles():
    village = Activity(id=9, venue_id=1, parent_id=None)
    one = held(1, 10, parent_id=9, venue_id=None, parent=village)
    other = held(2, 10, parent_id=9, venue_id=None, parent=village, title="La mer")
    same = held(3, 10, parent_id=9, venue_id=None, parent=village)
    assert not are_likely_one(one, other)
    assert are_likely_one(one, same)


def test_a_cancelled_slot_takes_no_place():
    one, other = held(1, 10), held(2, 10)
    other.slots[0].state = SlotState.CANCELLED
    assert not are_likely_one(one, other)
