"""What somebody may have meant who typed words that nothing says."""

from collections import Counter
from dataclasses import replace

from sqlalchemy import select

from fete.core.db import db
from fete.core.text import clean, telling_words, words_of
from fete.network.models import Organisation
from fete.programme.models import Activity
from fete.programme.queries.catalogue import (
    catalogue_of,
    communes_of,
    departements_of,
    remembered,
)
from fete.programme.queries.listing import count_of
from fete.programme.queries.search import TERM_FIELDS, is_published
from fete.programme.rules.filters import Filters
from fete.programme.rules.likeness import closest
from fete.programme.rules.naming import called
from fete.vocabulary.models import Term

# Too many words are like a shorter one.
_FEWEST_LETTERS = 3


def suggestion(filters: Filters) -> tuple[str, int] | None:
    """Return the words closest to those typed that find something, and how many activities they find."""
    words = words_of(clean(filters.text))
    meant = [_meant(word, filters.edition_id) for word in words]
    if None in meant or meant == words:
        return None
    text = " ".join(word for word in meant if word)
    count = count_of(replace(filters, text=text))
    return (text, count) if count else None


def places_named(filters: Filters) -> list[tuple[Filters, int]]:
    """Return the same search with the place that its words name in their stead, and how many activities it finds.

    A département and a commune may bear one name, and so may several communes.
    """
    departements = called(filters.text, departements_of(filters.edition_id))
    communes = called(filters.text, communes_of(filters.edition_id))
    bare = replace(filters, text="")
    found = [
        *([replace(bare, departements=tuple(departements))] if departements else []),
        *([replace(bare, communes=tuple(communes))] if communes else []),
    ]
    return [(each, count) for each in found if (count := count_of(each))]


def _meant(word: str, edition_id: int | None) -> str | None:
    """Return the word if it finds something or tells nothing, else the closest one that may; none for a short one."""
    if not telling_words(word) or count_of(Filters(edition_id=edition_id, text=word)):
        return word
    if len(word) < _FEWEST_LETTERS:
        return None
    return closest(word, remembered(("vocabulary", edition_id), lambda: _vocabulary(edition_id)))


def _vocabulary(edition_id: int | None) -> Counter[str]:
    """Return the words that the list shows, each with how often: titles, standfirsts, structures, places, themes."""
    found: Counter[str] = Counter()
    for name in departements_of(edition_id).values():
        found.update(words_of(name))
    for entry in catalogue_of(edition_id).entries:
        places = {place for time in entry.times for place in time.places}
        for text in (entry.title, *(f"{place.name} {place.town}" for place in places)):
            found.update(words_of(text))
    shown = select(Activity.standfirst, Organisation.name).join(Activity.organisation)
    shown = shown.where(is_published())
    if edition_id is not None:
        shown = shown.where(Activity.edition_id == edition_id)
    for standfirst, name in db.session.execute(shown):
        found.update(words_of(f"{standfirst} {name}"))
    for label in db.session.scalars(select(Term.label_fr).where(Term.list.in_(TERM_FIELDS))):
        found.update(words_of(label))
    return found
