import pytest

from fete.accounts.models import RoleName
from fete.accounts.policies import (
    can_manage_people,
    coordinates,
    grantable_roles,
    is_administrator,
    is_coordinator,
    is_regional,
    territory_of,
)
from tests.factories.accounts import make_administrator, make_coordinator, make_user

PEOPLE = {
    "nobody": make_user,
    "gers": lambda: make_coordinator("32"),
    "gers and tarn": lambda: make_coordinator("32", "81"),
    "region": make_coordinator,
    "administrator": make_administrator,
}
TWO = [RoleName.DEPARTMENTAL, RoleName.REGIONAL]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        # coordinator, regional, administrator, manages people, territory, gers, tarn, nowhere, may grant
        ("nobody", (False, False, False, False, frozenset(), False, False, False, [])),
        ("gers", (True, False, False, False, frozenset({"32"}), True, False, False, [])),
        (
            "gers and tarn",
            (True, False, False, False, frozenset({"32", "81"}), True, True, False, []),
        ),
        ("region", (True, True, False, True, None, True, True, True, TWO)),
        (
            "administrator",
            (True, True, True, True, None, True, True, True, [*TWO, RoleName.ADMINISTRATOR]),
        ),
    ],
)
def test_each_person_has_the_rights_of_their_roles(db, person, expected):
    user = PEOPLE[person]()
    assert (
        is_coordinator(user),
        is_regional(user),
        is_administrator(user),
        can_manage_people(user),
        territory_of(user),
        coordinates(user, "32"),
        coordinates(user, "81"),
        coordinates(user, None),
        grantable_roles(user),
    ) == expected
