"""An activity as it is being typed: it reads as one, and nothing is changed by that."""

from dataclasses import replace
from datetime import date, time

from fete.core.clock import from_paris
from fete.programme.models import SlotAudience
from fete.programme.rules import planned_of
from fete.programme.rules.coaching import as_typed
from tests.factories.programme import make_activity, make_venue


def at(day: int, hour: int):
    return from_paris(date(2026, 10, day), time(hour))


def test_slots_that_are_typed_say_all_that_a_slot_says(db):
    hall, school = make_venue(name="Halle"), make_venue(name="Lycée")
    festival = make_activity(at(3, 10), at(4, 10), kind="festival", venue=hall, sites=[school])
    first, second = (planned_of(slot) for slot in festival.slots)
    first = replace(first, classes=2, audience=SlotAudience.SCHOOLS, is_opening=True, venue=school)
    typed = as_typed(festival, {"slots": [second, first]})
    slot, other = typed.slots
    assert (slot.classes, slot.audience, slot.is_opening, slot.venue) == (
        2,
        SlotAudience.SCHOOLS,
        True,
        school,
    )
    assert (typed.places_at(slot), typed.places_at(other)) == ([school], [hall, school])
    assert typed.places == [school, hall]
    assert festival.places == [hall, school]


def test_sites_that_are_typed_are_places(db):
    festival = make_activity(kind="festival", venue=make_venue(name="Halle"))
    school = make_venue(name="Lycée")
    assert as_typed(festival, {"sites": [school]}).places == [festival.venue, school]
    assert festival.places == [festival.venue]
