"""What may have been meant by words that nothing says."""

import pytest

from fete.core.db import db as database
from fete.core.text import search_text
from fete.programme.models import Activity
from fete.programme.queries.suggestions import places_named, suggestion
from fete.programme.rules.filters import Filters
from fete.programme.workflow import Status
from tests.factories.network import AUCH, MONTPELLIER
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
        ("tlescope des étoille", ("télescope des étoiles", 1)),
        # So short a word is like too many others.
        ("té", None),
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


def test_the_departements_of_the_programme_may_be_meant(db):
    indexed("Les étoiles", commune=MONTPELLIER)
    assert suggestion(Filters(text="Hérrault")) == ("hérault", 1)


def test_words_that_are_the_name_of_a_place_lead_to_what_is_held_there(db):
    indexed("Les étoiles")
    indexed("Un télescope", kind="talk")
    assert places_named(Filters(text="le Gers")) == [(Filters(departements=("32",)), 2)]
    assert places_named(Filters(text="AUCH")) == [(Filters(communes=(AUCH,)), 2)]
    assert places_named(Filters(text="auch", kinds=("talk",))) == [
        (Filters(communes=(AUCH,), kinds=("talk",)), 1)
    ]
    assert places_named(Filters(text="étoiles")) == []
    # Nothing is held there.
    assert places_named(Filters(text="Hérault")) == []
