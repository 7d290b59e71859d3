"""Which places may be the same, and what the entry that stays takes from the other."""

from datetime import timedelta

import pytest

from fete.core.clock import now
from fete.network.models import Organisation
from fete.network.rules import likely_pairs
from fete.programme.models import Merge, Venue
from fete.programme.rules.merging import Why, can_be_undone, taken_over, venue_pairs
from tests.factories.network import AUCH, TOULOUSE


def venue(name, address="", commune=AUCH):
    return Venue(name=name, address=address, commune_code=commune)


def organisation(name, commune=AUCH, **values):
    return Organisation(
        name=name, acronym=values.pop("acronym", ""), commune_code=commune, **values
    )


def test_near_names_come_before_a_common_address():
    halle, hall = venue("La Halle"), venue("Halle")
    school, canteen = venue("École", "1 rue des Lilas"), venue("Cantine", "1, rue des lilas")
    elsewhere = venue("Halle", "1 rue des Lilas", TOULOUSE)
    pairs = venue_pairs([school, halle, canteen, elsewhere, hall])
    assert [(each.one, each.other, each.why) for each in pairs] == [
        (halle, hall, Why.NAME),
        (school, canteen, Why.ADDRESS),
    ]


def test_rooms_of_several_numbers_are_several_places():
    assert venue_pairs([venue("Salle 1"), venue("Salle 2"), venue("Salle"), venue("Cour")]) == []


def test_structures_are_held_against_those_of_their_commune_and_of_their_name():
    museum, double = organisation("Muséum d’Auch"), organisation("Museum Auch")
    far = organisation("Muséum d’Auch", TOULOUSE)
    nowhere = organisation("Muséum d’Auch", None)
    other = organisation("Lycée du Garros")
    assert likely_pairs([museum, double, far, nowhere, other]) == [
        (museum, double),
        (museum, nowhere),
        (double, nowhere),
        (far, nowhere),
    ]


def test_only_what_is_not_said_is_taken():
    survivor = organisation("A", email="a@example.org", phone="", address="")
    gone = organisation("B", email="b@example.org", phone="05", address="1 rue B", siret="1")
    assert taken_over(survivor, gone) == {"phone": "05", "address": "1 rue B", "siret": "1"}


@pytest.mark.parametrize(("commune", "taken"), [(None, True), (AUCH, True), (TOULOUSE, False)])
def test_an_address_goes_with_its_commune(commune, taken):
    survivor = organisation("A", commune)
    assert ("address" in taken_over(survivor, organisation("B", AUCH, address="1 rue B"))) is taken


def test_a_merge_is_undone_within_a_day_and_once():
    made = Merge(at=now(), undone_at=None)
    assert can_be_undone(made, now() + timedelta(hours=24))
    assert not can_be_undone(made, now() + timedelta(hours=24, seconds=1))
    assert not can_be_undone(Merge(at=now(), undone_at=now()), now())
