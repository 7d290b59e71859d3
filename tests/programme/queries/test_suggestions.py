"""What may have been meant by words that nothing says."""

import pytest

from fete.core.db import db as database
from fete.core.text import search_text
from fete.programme.models import Activity
from fete.programme.queries.suggestions import suggestion
from fete.programme.rules.filters import Filters
from fete.programme.workflow import Status
from tests.factories.programme import make_activity


def indexed(title: str, **values) -> Activity:
    activity = make_activity(title=title, standfirst="", **values)
    activity.search = search_text(title, activity.standfirst)
    database.session.flush()
    return activity


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("etoille", ("étoiles", 1)),
        ("tlescope", ("télescope", 2)),
        ("Les étoille", ("les étoiles", 1)),
        ("télescope etoille", ("télescope étoiles", 1)),
        # What finds something is what was meant.
        ("télescope", None),
        ("xyzzy", None),
        ("%%%", None),
        ("", None),
    ],
)
def test_the_closest_words_that_find_something_are_what_was_meant(db, typed, meant):
    indexed("Les étoiles au télescope")
    indexed("Un télescope de carton")
    indexed("Étoilé le brouillon", status=Status.DRAFT)
    assert suggestion(Filters(text=typed)) == meant


def test_what_is_suggested_keeps_the_other_filters(db):
    indexed("Les étoiles au télescope", kind="talk")
    assert suggestion(Filters(text="tlescope", kinds=("talk",))) == ("télescope", 1)
    assert suggestion(Filters(text="tlescope", kinds=("workshop",))) is None
