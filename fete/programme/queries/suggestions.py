"""What somebody may have meant who typed words that nothing says."""

from collections import Counter
from dataclasses import replace

from sqlalchemy import select

from fete.core.db import db
from fete.core.text import clean, words_of
from fete.network.models import Organisation
from fete.programme.models import Activity
from fete.programme.queries.catalogue import catalogue_of, remembered
from fete.programme.queries.listing import count_of
from fete.programme.queries.search import TERM_FIELDS, is_published
from fete.programme.rules.filters import Filters
from fete.programme.rules.likeness import closest
from fete.vocabulary.models import Term


def suggestion(filters: Filters) -> tuple[str, int] | None:
    """Return the words closest to those typed that find something, and how many activities they find."""
    words = words_of(clean(filters.text))
    known = remembered(("vocabulary", filters.edition_id), lambda: _vocabulary(filters.edition_id))
    meant = [word if count_of(_saying(filters, word)) else closest(word, known) for word in words]
    if None in meant or meant == words:
        return None
    text = " ".join(word for word in meant if word)
    count = count_of(replace(filters, text=text))
    return (text, count) if count else None


def _saying(filters: Filters, word: str) -> Filters:
    return Filters(edition_id=filters.edition_id, text=word)


def _vocabulary(edition_id: int | None) -> Counter[str]:
    """Return the words that the list shows, each with how often: titles, standfirsts, structures, places, themes."""
    found: Counter[str] = Counter()
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
