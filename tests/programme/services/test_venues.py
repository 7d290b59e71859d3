"""Each place is kept once."""

import pytest
from sqlalchemy import select

from fete.geography.queries import find_commune
from fete.programme.models import Venue
from fete.programme.queries.venues import known_venues
from fete.programme.services.venues import find_or_create_venue
from tests.factories.network import AUCH, TOULOUSE

NAME, ADDRESS = "Médiathèque Grand Auch", "12, rue Rouget-de-Lisle"


def take(name: str, commune: str = AUCH, address: str = "", **values) -> Venue:
    found = find_commune(commune)
    assert found is not None
    return find_or_create_venue(name=name, commune=found, address=address, **values)


@pytest.mark.parametrize("brings_many", [False, True])
@pytest.mark.parametrize(
    ("name", "commune", "address", "is_the_same"),
    [
        (NAME, AUCH, ADDRESS, True),
        ("mediatheque  GRAND-AUCH", AUCH, "12 rue Rouget de Lisle", True),
        (NAME, AUCH, "", True),
        (NAME, AUCH, "3 place de la Cathédrale", False),
        (NAME, TOULOUSE, ADDRESS, False),
        ("Médiathèque", AUCH, ADDRESS, False),
    ],
)
def test_a_place_is_known_by_its_name_its_commune_and_its_address(
    db, name, commune, address, is_the_same, brings_many
):
    first = take(NAME, address=ADDRESS)
    db.session.flush()
    known = {"known": known_venues()} if brings_many else {}
    again = take(name, commune, address, **known)
    db.session.flush()
    assert (again is first) is is_the_same
    assert len(db.session.scalars(select(Venue)).all()) == (1 if is_the_same else 2)


def test_a_place_without_address_is_kept_once_too(db):
    assert take("Place du marché") is take("place du Marché")


def test_who_brings_many_asks_nothing_of_the_database(db, queries):
    known = known_venues()
    commune = find_commune(AUCH)
    assert commune is not None
    with queries() as asked:
        made = [find_or_create_venue(name="Foyer", commune=commune, known=known) for _ in range(3)]
    assert asked == []
    assert made[0] is made[1] is made[2]
