"""What is likely one thing entered twice, pure: two places of a commune, two activities."""

from fete.core.text import fold_name
from fete.network.rules import Likeness, names_are_near
from fete.programme.models import Activity, Slot, Venue
from fete.programme.workflow import SlotState

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
