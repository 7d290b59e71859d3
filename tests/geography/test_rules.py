"""What the official codes of communes say."""

import pytest
from sqlalchemy import select

from fete.core.db import db as database
from fete.geography.models import Commune
from fete.geography.rules import departement_of


@pytest.mark.parametrize(
    ("commune", "departement"),
    [("32013", "32"), ("01004", "01"), ("2A004", "2A"), ("97411", "974"), ("98735", "987")],
)
def test_the_code_of_a_commune_begins_with_that_of_its_departement(commune, departement):
    assert departement_of(commune) == departement


def test_each_commune_that_is_known_lies_where_its_code_says(db):
    rows = database.session.execute(select(Commune.code, Commune.departement_code)).all()
    assert rows
    assert [code for code, departement in rows if departement_of(code) != departement] == []
