"""The rules of versions, pure: what goes back to review, how a content is written down, what changed between two."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from enum import Enum, StrEnum
from itertools import groupby
from typing import Any

from fete.core.i18n import lazy_gettext
from fete.programme.models import Activity, EditionState, Slot, Venue
from fete.programme.rules.declaring import FIELD_NAMES, FIELDS, TERM_LISTS, Part, missing, terms_of
from fete.programme.rules.slots import PlannedSlot, same_time
from fete.programme.workflow import CANCELLABLE, SlotState
from fete.vocabulary.models import Term

# Of what is labelled or published: what the public chose by, and the label was given on. It goes back to review.
REVIEWED = frozenset(
    {
        "kind",
        "title",
        "audiences",
        "for_public",
        "for_schools",
        "levels",
        "age_min",
        "age_max",
        "mode",
        "parent",
        "venue",
        "sites",
        "slots",
    }
)
# What its members correct at once: words, and what one should know to come. Nothing needed may be emptied by it.
CORRECTED = frozenset(
    {
        "standfirst",
        "description",
        "themes",
        "matches_edition_theme",
        "scientific_referent",
        "partners",
        "access_note",
        "online_link",
        "booking",
        "booking_phone",
        "booking_email",
        "booking_link",
        "conditions",
        "is_free",
        "accessibility_known",
        "accessibility",
        "accessibility_note",
        "expected_researchers",
        "expected_mediators",
        "expected_volunteers",
        "expected_visitors",
    }
)
# Of a slot that stays where and when it is: how many it takes in.
_CORRECTED_IN_SLOTS = ("capacity", "classes", "is_opening")
_SLOT_FIELDS = ("starts_at", "ends_at", "capacity", "classes", "audience", "is_opening")
_GLANCE = 60
# Where two texts meet again for a space or a comma only, one change reads better than two.
_WORD = re.compile(r"\w")
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")

Row = dict[str, Any]
Written = dict[str, Any]


class Fate(StrEnum):
    """What becomes of a slot between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """Something of a slot that is no longer the same, apart from its time."""

    name: Any
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotChange:
    """A slot of two versions: as it was, as it is; one of them is missing when it comes or goes."""

    fate: Fate
    before: Slot | None
    after: Slot | None
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of a text: in both versions, only in the first (`gone`), or only in the second (`new`)."""

    state: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A field that is not the same in two versions.

    Of a proposal, `then` is what stood when it was made, where somebody else changed it meanwhile.
    """

    name: str
    before: Any
    after: Any
    then: Any = None
    is_conflict: bool = False

    @property
    def label(self) -> Any:  # noqa: ANN401  # a text that waits for its language
        """How the field is called."""
        return FIELD_NAMES[self.name]

    @property
    def slots(self) -> list[SlotChange]:
        """What becomes of each slot, in the order of time; nothing when the field is another."""
        return slot_changes(self.before, self.after) if self.name == "slots" else []

    @property
    def pieces(self) -> list[Piece]:
        """The two texts as one; nothing when the field is no text, or so short that both are read at a glance."""
        texts = self.before, self.after
        if not all(isinstance(text, str) and text for text in texts):
            return []
        return pieces(*texts) if max(map(len, texts)) > _GLANCE else []

    @property
    def members(self) -> list[tuple[str, Any]]:
        """Of a list of words or places, each one with whether it is the `same`, `gone` or `new`."""
        if self.name == "slots" or not isinstance(self.before, list):
            return []
        return [
            *(("same" if one in self.after else "gone", one) for one in self.before),
            *(("new", one) for one in self.after if one not in self.before),
        ]


def written(activity: Activity) -> Written:
    """Return all that the activity says of itself, by field, as plain values."""
    return {name: plain(held(activity, name)) for name in _names()}


def held(activity: Activity, name: str) -> Any:  # noqa: ANN401  # any field's value
    """Return what the activity holds under a field; of its slots, those that are not cancelled.

    What becomes of a slot is said apart and at once: a version tells what is planned.
    """
    if name in TERM_LISTS:
        return terms_of(activity, name)
    if name == "slots":
        return [slot for slot in activity.slots if slot.state is not SlotState.CANCELLED]
    return getattr(activity, name)


def plain(value: Any) -> Any:  # noqa: ANN401  # any field's value, as JSON can hold it
    """Return a value as a version keeps it: codes of words, numbers of places, slots as rows, times in UTC."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Term):
        return value.code
    if isinstance(value, Activity | Venue):
        return value.id
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Slot | PlannedSlot):
        return row_of(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        each = [plain(one) for one in value]
        return sorted(each, key=_row_order) if each and isinstance(each[0], dict) else sorted(each)
    return value


def row_of(slot: Slot | PlannedSlot, standing: Slot | None = None) -> Row:
    """Return a slot as a row, under the number and the name in calendars of the one that stands."""
    known = slot if standing is None else standing
    row = {
        "id": known.id,
        "uid": known.uid or "",
        **{name: plain(getattr(slot, name)) for name in _SLOT_FIELDS},
        "venue_id": slot.venue_id if isinstance(slot, Slot) else plain(slot.venue),
    }
    if (
        standing is not None
        and same_time(slot.starts_at, standing.starts_at)
        and same_time(slot.ends_at, standing.ends_at)
    ):
        # The hour that autumn repeats is one on a form: it is no change.
        row["starts_at"], row["ends_at"] = plain(standing.starts_at), plain(standing.ends_at)
    return row


def rows_of(activity: Activity, planned: Iterable[PlannedSlot]) -> list[Row]:
    """Return the slots wished for an activity as rows; those that were cancelled stay so, and are not told."""
    standing = {slot.id: slot for slot in activity.slots}
    rows = []
    for slot in planned:
        stands = standing.get(slot.id) if slot.id is not None else None
        if stands is None:
            rows.append(row_of(slot) | {"id": None})
        elif stands.state is not SlotState.CANCELLED:
            rows.append(row_of(slot, stands))
    return sorted(rows, key=_row_order)


def only_corrects_slots(before: Sequence[Row], after: Sequence[Row]) -> bool:
    """Whether no slot comes, goes, nor changes its time, its place or its public: that is corrected at once."""

    def reviewed(rows: Sequence[Row]) -> list[Row]:
        bare = [
            {name: value for name, value in row.items() if name not in _CORRECTED_IN_SLOTS}
            for row in rows
        ]
        return sorted(bare, key=_row_order)

    return reviewed(before) == reviewed(after)


def wish(activity: Activity) -> Written:
    """Return what its members propose, as it would be put down now: by field, and slot by slot.

    A slot that somebody else changed or added meanwhile, and that they did not touch, is as it stands.
    """
    if activity.proposal is None:
        return {}
    wished = dict(activity.proposal.content["proposed"])
    if "slots" in wished:
        before = activity.proposal.content["before"]["slots"]
        merged = _merged(before, wished["slots"], written(activity)["slots"])
        wished["slots"] = rows_following(activity, wished, merged)
    return wished


def rows_following(
    activity: Activity, wished: Mapping[str, Any], rows: Sequence[Row]
) -> Sequence[Row]:
    """Return rows of slots with those that name the activity's own place at the one where it is wished.

    That is what becomes of its slots when it moves; a place that it keeps among its sites, or that is its
    container's, is still named.
    """
    before, there = activity.venue_id, wished.get("venue")
    holder = activity.parent
    kept = {
        *wished.get("sites", [site.id for site in activity.sites]),
        *([holder.venue_id, *(site.id for site in holder.sites)] if holder is not None else []),
    }
    if there is None or before is None or before in {there, *kept}:
        return rows
    return [row | {"venue_id": there} if row["venue_id"] == before else row for row in rows]


def clashes(activity: Activity) -> frozenset[str]:
    """Return the proposed fields that somebody else changed since: of the slots, one that both changed."""
    if activity.proposal is None:
        return frozenset()
    wished, before = activity.proposal.content["proposed"], activity.proposal.content["before"]
    stands = written(activity)
    found = {name for name in wished if before[name] != stands[name] != wished[name]}
    if "slots" in found and not clashing_slots(before["slots"], wished["slots"], stands["slots"]):
        found.discard("slots")
    return frozenset(found)


def clashing_slots(
    before: Sequence[Row], wished: Sequence[Row], stands: Sequence[Row]
) -> frozenset[int]:
    """Return the numbers of the slots that are wished otherwise, and that somebody else changed meanwhile."""
    known, asked = _by_number(before), _by_number(wished)
    return frozenset(
        row["id"]
        for row in stands
        if row["id"] in known
        and row != known[row["id"]]
        and asked.get(row["id"]) not in (known[row["id"]], row)
    )


def _merged(before: Sequence[Row], wished: Sequence[Row], stands: Sequence[Row]) -> list[Row]:
    known, asked = _by_number(before), _by_number(wished)
    rows = [row for row in wished if row["id"] is None]
    for row in stands:
        number = row["id"]
        if number not in known or asked.get(number) == known[number]:
            # Nobody wished it otherwise: it is as it stands.
            rows.append(asked.get(number, row) if number not in known else row)
        elif number in asked:
            rows.append(asked[number])
    return sorted(rows, key=_row_order)


def _by_number(rows: Sequence[Row]) -> dict[int, Row]:
    return {row["id"]: row for row in rows if row["id"] is not None}


def as_typed(activity: Activity, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content without differences that nobody typed: no-break spaces are lost on the way through a form."""
    return {
        name: getattr(activity, name)
        if isinstance(value, str) and _said(value) == _said(getattr(activity, name))
        else value
        for name, value in content.items()
    }


def _said(value: Any) -> Any:  # noqa: ANN401  # any field's value
    if not isinstance(value, str) or isinstance(value, Enum):
        return value
    return [" ".join(line.split()) for line in value.strip().splitlines()]


def is_public_matter(activity: Activity) -> bool:
    """Whether people may count on it already: what its members change is then told apart, words from the rest."""
    return activity.status in CANCELLABLE


def awaits_answer(activity: Activity) -> bool:
    """Whether a proposal of its members waits for the coordination; nothing does once the edition is closed."""
    return (
        activity.proposal is not None
        and is_public_matter(activity)
        and activity.edition.state is not EditionState.CLOSED
    )


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields that both hold, and not alike, in the order of the forms."""
    return [
        name
        for name in _names()
        if name in before and name in after and before[name] != after[name]
    ]


def names_of(activity: Activity, *, is_proposed: bool) -> list[Any]:
    """Return the names of the fields that are proposed, or that are no longer as they were approved."""
    if is_proposed:
        names = list(activity.proposal.content["proposed"]) if activity.proposal else []
    else:
        names = changed(activity.approved.content, written(activity)) if activity.approved else []
    return [FIELD_NAMES[name] for name in names]


def left_alone(activity: Activity, changes: Iterable[Change]) -> list[tuple[Any, Any]]:
    """Return the fields that hold something and that none of these changes is about: their names and values."""
    told = {change.name for change in changes}
    fields = [(name, held(activity, name)) for name in _names() if name not in told]
    return [(FIELD_NAMES[name], value) for name, value in fields if value not in (None, "", [])]


def lost(before: Activity, after: Activity) -> list[Any]:
    """Return what a deposit would lack afterwards, and does not lack now."""
    known = {gap.field for gap in missing(before)}
    return [gap for gap in missing(after) if gap.field not in known]


def reviewed_in(part: Part) -> tuple[list[Any], list[Any]]:
    """Return the names of the fields of a part that go back to review, and of those corrected at once."""
    fields = FIELDS[part]
    return (
        [FIELD_NAMES[name] for name in fields if name in REVIEWED],
        [FIELD_NAMES[name] for name in fields if name in CORRECTED],
    )


def slot_changes(before: Sequence[Slot], after: Sequence[Slot]) -> list[SlotChange]:
    """Return what becomes of each slot, matched by its number, in the order of time."""
    stays = {slot.id: slot for slot in after}
    known = {slot.id for slot in before}
    found = [_slot_change(slot, stays.get(slot.id)) for slot in before]
    found += [
        SlotChange(fate=Fate.ADDED, before=None, after=slot)
        for slot in after
        if slot.id not in known
    ]
    return sorted(found, key=_shown_at)


def _slot_change(before: Slot, after: Slot | None) -> SlotChange:
    if after is None:
        return SlotChange(fate=Fate.REMOVED, before=before, after=None)
    details = tuple(
        Detail(name=label, before=getattr(before, name), after=getattr(after, name))
        for name, label in _DETAILS.items()
        if getattr(before, name) != getattr(after, name)
    )
    moved = (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at)
    fate = Fate.MOVED if moved else Fate.CHANGED if details else Fate.KEPT
    return SlotChange(fate=fate, before=before, after=after, details=details)


def pieces(before: str, after: str) -> list[Piece]:
    """Return two texts as one: what both say, what only the first says, what only the second says."""
    one, other = _TOKENS.findall(before), _TOKENS.findall(after)
    found: list[tuple[str, str]] = []
    steps = SequenceMatcher(None, one, other).get_opcodes()
    for number, (step, start, end, other_start, other_end) in enumerate(steps):
        gone, new = "".join(one[start:end]), "".join(other[other_start:other_end])
        if step == "equal" and (_WORD.search(gone) or number in {0, len(steps) - 1}):
            found.append(("same", gone))
        else:
            found += [("gone", gone), ("new", new)]
    return [
        Piece(state=state, text="".join(text for _state, text in several))
        for state, several in _joined(found)
        if any(text for _state, text in several)
    ]


def _joined(found: list[tuple[str, str]]) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """Put together, between two stretches that both say, all that goes, then all that comes."""
    for is_same, run in groupby(found, key=lambda each: each[0] == "same"):
        held_there = list(run)
        if is_same:
            yield "same", held_there
        else:
            for state in ("gone", "new"):
                yield state, [each for each in held_there if each[0] == state]


def _names() -> Iterable[str]:
    return (name for fields in FIELDS.values() for name in fields)


def _row_order(row: Row) -> tuple[str, int]:
    return row["starts_at"], row["id"] or 0


def _shown_at(change: SlotChange) -> tuple[datetime, int]:
    slot = change.before or change.after
    return (
        (slot.starts_at, slot.id or 0)
        if slot is not None
        else (datetime.min.replace(tzinfo=UTC), 0)
    )


_DETAILS = {
    "capacity": lazy_gettext("Places"),
    "classes": lazy_gettext("Classes"),
    "audience": lazy_gettext("Pour"),
    "is_opening": lazy_gettext("Horaires d’ouverture"),
    "venue": lazy_gettext("Lieu"),
}
