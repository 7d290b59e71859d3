"""The database as everybody uses it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fete.core.db import transaction_if_free
from tests.factories.programme import make_edition


def test_what_was_typed_stays_out_of_the_words_of_a_failure(db):
    with pytest.raises(DBAPIError) as failed, db.session.begin_nested():
        db.session.execute(text("SELECT * FROM nowhere WHERE a = :typed"), {"typed": "ma phrase"})
    assert "nowhere" in str(failed.value)
    assert "ma phrase" not in str(failed.value)


def test_where_the_database_refuses_nothing_is_kept_and_one_goes_on(db):
    edition = make_edition(theme="Lumières")
    db.session.commit()
    with transaction_if_free():
        edition.theme = "Océans"
        db.session.flush()
        db.session.execute(text("DELETE FROM nowhere"))
    assert edition.theme == "Lumières"


def test_any_other_error_is_told_to_the_caller(db):
    with pytest.raises(ZeroDivisionError), transaction_if_free():
        raise ZeroDivisionError
