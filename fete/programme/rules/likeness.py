"""What is likely one thing entered twice, pure: two places of a commune, two activities."""

from collections.abc import Mapping
from difflib import get_close_matches

from fete.core.text import fold, fold_name
from fete.network.rules import Likeness, names_are_near
from fete.programme.models import Activity, Slot, Venue
from fete.programme.workflow import SlotState

# How many letters a slip of the hand adds or drops, and how alike two words must be.
_MOST_SLIPS = 2
_NEARNESS = 0.72
_SMALL_WORDS = frozenset(
    ["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"]
)


def is_likely(venue: Venue, *, name: str, address: str) -> bool:
    """Whether a place of the same commune is likely the one described: a near name, a name in the other, one address."""
    if address and fold_name(address) == fold_name(venue.address):
        return True
    if titles_are_near(name, venue.name):
        return True
    mine, other = _telling(name), _telling(venue.name)
    return bool(mine and other) and (mine <= other or other <= mine)


def closest(word: str, known: Mapping[str, int]) -> str | None:
    """Return the known word that is most like one typed amiss, `None` when none is like it; the more said of two.

    Words are compared without accents, and only with those of about their length: a slip adds or drops a letter or two.
    """
    typed = fold(word)
    folded: dict[str, str] = {}
    for each in sorted(known, key=lambda each: (known[each], each)):
        if abs(len(each) - len(word)) <= _MOST_SLIPS:
            folded[fold(each)] = each
    found = get_close_matches(typed, folded, n=1, cutoff=_NEARNESS)
    return folded[found[0]] if found else None


def titles_are_near(one: str, other: str) -> bool:
    """Whether two titles are the same but for small words, their order, or a slip of the hand."""
    return names_are_near(Likeness(name=one), Likeness(name=other))


def are_likely_one(activity: Activity, other: Activity) -> bool:
    """Whether two activities of an edition are likely one: held together, by one structure or under near titles.

    A container and what it holds are held together by their nature; so are the stands that one structure has in one
    container, and opening hours beside anything of the same structure: there, only the title tells.
    """
    if activity.parent_id == other.id or other.parent_id == activity.id:
        return False
    near = titles_are_near(activity.title, other.title)
    beside = activity.parent_id is not None and activity.parent_id == other.parent_id
    same = activity.organisation_id == other.organisation_id and not beside
    return (near or same) and any(
        _are_together(activity, slot, other, its)
        for slot in _standing(activity)
        for its in _standing(other)
        if near or not (slot.is_opening or its.is_opening)
    )


def place_of(activity: Activity) -> int | None:
    """Return the number of the place where it is held: its own, else its container's."""
    if activity.venue_id is not None or activity.parent is None:
        return activity.venue_id
    return activity.parent.venue_id


def _standing(activity: Activity) -> list[Slot]:
    return [slot for slot in activity.slots if slot.state is not SlotState.CANCELLED]


def _are_together(activity: Activity, slot: Slot, other: Activity, its: Slot) -> bool:
    return (
        slot.starts_at < its.ends_at
        and its.starts_at < slot.ends_at
        and (slot.venue_id or place_of(activity)) == (its.venue_id or place_of(other))
    )


def _telling(name: str) -> set[str]:
    return {word for word in fold_name(name).split() if word not in _SMALL_WORDS}
