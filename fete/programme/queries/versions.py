"""Read versions back: their values as objects, an activity as its members wish it, what waits for the coordination."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from fete.core.db import db
from fete.core.pagination import Page, paginate
from fete.network.models import Organisation
from fete.programme.models import (
    Activity,
    ActivityVersion,
    Booking,
    Edition,
    EditionState,
    Mode,
    Slot,
    SlotAudience,
    Venue,
    VersionState,
)
from fete.programme.queries.review import Territory, Waiting
from fete.programme.queries.territory import within
from fete.programme.rules import TERM_LISTS
from fete.programme.rules.versions import (
    Change,
    Written,
    changed,
    clashes,
    plain,
    rows_following,
    wish,
    written,
)
from fete.programme.workflow import CANCELLABLE, SlotState
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import find_term, terms_by_code


@dataclass(frozen=True, kw_only=True, slots=True)
class AfterPublication:
    """What was changed of what is labelled or published, and waits: to be answered, to be seen."""

    proposals: Waiting
    corrections: Waiting


def read(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a content tells, as the activity would hold them: words, places, slots.

    A place that was made one with another since is the other.
    """
    places = _places(content)
    return {name: _value(name, value, places) for name, value in content.items()}


def as_wished(activity: Activity, wished: Mapping[str, Any] | None = None) -> Activity:
    """Return the activity as it would be with what is wished, by default with its members' proposal.

    Its cancelled slots are left out: they are not planned any more. Where that is not how it stands, it is a copy
    that is never kept.
    """
    if wished is None:
        wished = wish(activity)
    planned = written(activity)["slots"]
    if not wished and len(planned) == len(activity.slots):
        return activity
    content = {"slots": planned, **wished}
    values = read({**content, "slots": rows_following(activity, wished, content["slots"])})
    copy = Activity()
    relations = inspect(Activity).relationships.keys()
    for name in (*inspect(Activity).column_attrs.keys(), *relations):
        set_committed_value(copy, name, getattr(activity, name))
    replaced = {TERM_LISTS[name] for name in values if name in TERM_LISTS}
    terms = [term for term in activity.terms if term.list not in replaced]
    for name, value in values.items():
        if name in TERM_LISTS:
            terms += value
        else:
            set_committed_value(copy, name, value)
            if name in {"kind", "parent", "venue"}:
                set_committed_value(copy, f"{name}_id", value.id if value else None)
    set_committed_value(copy, "terms", sorted(terms, key=lambda term: term.position))
    standing = {slot.id: slot for slot in activity.slots}
    for slot in copy.slots:
        set_committed_value(slot, "activity", copy)
        if slot.id in standing:
            slot.state, slot.note = standing[slot.id].state, standing[slot.id].note
    return copy


def changes_between(before: Written, after: Written) -> list[Change]:
    """Return the fields that two versions do not hold alike, with the values of both."""
    names = changed(before, after)
    values = (read({name: version[name] for name in names}) for version in (before, after))
    one, other = values
    return [Change(name=name, before=one[name], after=other[name]) for name in names]


def changes_proposed(activity: Activity) -> list[Change]:
    """Return what the proposal changes of the activity as it stands, and what stood when it was made if that clashes."""
    if activity.proposal is None:
        return []
    stands, wished = written(activity), _anew(wish(activity))
    then = read(activity.proposal.content["before"])
    names = clashes(activity)
    return [
        replace(change, then=then[change.name], is_conflict=True)
        if change.name in names and plain(then[change.name]) != stands[change.name]
        else change
        for change in changes_between({name: stands[name] for name in wished}, wished)
    ]


def _anew(content: Mapping[str, Any]) -> Written:
    """Return a content as it would be written today: a place that was made one with another since is the other."""
    return {name: plain(value) for name, value in read(content).items()}


def changes_since_approval(activity: Activity) -> list[Change]:
    """Return what changed of the activity since the coordination approved it; nothing when it never did."""
    if activity.approved is None:
        return []
    approved = activity.approved.content
    slots = _without_cancelled(approved["slots"], activity)
    return changes_between({**approved, "slots": slots}, written(activity))


def after_publication(territory: Territory) -> AfterPublication:
    """Return how many proposals wait for an answer and how many corrections to be seen, and since when."""
    return AfterPublication(
        proposals=_waiting(_proposals(territory), ActivityVersion.at),
        corrections=_waiting(_corrections(territory), Activity.corrected_at),
    )


def page_of_proposals(territory: Territory, *, number: int) -> Page[Activity]:
    """Return one page of the activities whose members propose a change, the one that waits longest first."""
    statement = _proposals(territory).order_by(ActivityVersion.at, Activity.id)
    return paginate(statement.options(*_line()), number=number)


def page_of_corrections(territory: Territory, *, number: int) -> Page[Activity]:
    """Return one page of the activities corrected after publication that nobody has seen, the oldest first."""
    statement = _corrections(territory).order_by(Activity.corrected_at, Activity.id)
    return paginate(statement.options(*_line()), number=number)


def _proposals(territory: Territory) -> Select[Activity]:
    return (
        select(Activity)
        .join(Activity.versions)
        .where(ActivityVersion.state == VersionState.PROPOSED, *_may_change(territory))
    )


def _corrections(territory: Territory) -> Select[Activity]:
    return select(Activity).where(Activity.corrected_at.is_not(None), *_may_change(territory))


def _may_change(territory: Territory) -> list[ColumnElement[bool]]:
    open_ones = select(Edition.id).where(Edition.state != EditionState.CLOSED)
    return [
        within(territory),
        Activity.status.in_(sorted(CANCELLABLE)),
        Activity.edition_id.in_(open_ones),
    ]


def _waiting(statement: Select[Activity], since: InstrumentedAttribute[Any]) -> Waiting:
    number, oldest = db.session.execute(
        statement.with_only_columns(func.count(), func.min(since))
    ).one()
    return Waiting(number=number, since=oldest)


def _line() -> Sequence[Any]:
    return (
        joinedload(Activity.edition),
        joinedload(Activity.kind),
        joinedload(Activity.venue),
        joinedload(Activity.parent).joinedload(Activity.venue),
        joinedload(Activity.organisation).joinedload(Organisation.commune),
        selectinload(Activity.slots),
        selectinload(Activity.sites),
        selectinload(Activity.terms),
        selectinload(Activity.versions),
    )


def _without_cancelled(rows: Sequence[Mapping[str, Any]], activity: Activity) -> list[Any]:
    """Leave out those that were cancelled since: that was told at once."""
    planned = {row["id"] for row in written(activity)["slots"]}
    gone = {slot.id for slot in activity.slots} - planned
    return [row for row in rows if row["id"] not in gone]


def _value(name: str, value: Any, places: Mapping[int, Venue]) -> Any:  # noqa: ANN401  # any field's value
    if name in TERM_LISTS:
        known = terms_by_code(TERM_LISTS[name])
        return [term for code, term in known.items() if code in value]
    if name == "slots":
        return [_slot(row, places) for row in value]
    if name == "sites":
        return [places[number] for number in value if number in places]
    if value is None:
        return None
    if name == "kind":
        return find_term(TermList.KIND, value)
    if name == "venue":
        return places.get(value)
    if name == "parent":
        return db.session.get(Activity, value)
    if name == "mode":
        return Mode(value)
    return Booking(value) if name == "booking" else value


def _slot(row: Mapping[str, Any], places: Mapping[int, Venue]) -> Slot:
    venue = places.get(row["venue_id"]) if row["venue_id"] is not None else None
    slot = Slot(
        id=row["id"],
        uid=row["uid"],
        starts_at=datetime.fromisoformat(row["starts_at"]),
        ends_at=datetime.fromisoformat(row["ends_at"]),
        capacity=row["capacity"],
        classes=row["classes"],
        audience=SlotAudience(row["audience"]),
        is_opening=row["is_opening"],
        venue_id=venue.id if venue else None,
        state=SlotState.SCHEDULED,
        note="",
        revision=0,
    )
    set_committed_value(slot, "venue", venue)
    return slot


def _places(content: Mapping[str, Any]) -> dict[int, Venue]:
    """Return the places that a content names, by the number it gives them."""
    numbers = {content.get("venue"), *content.get("sites", ())}
    numbers |= {row["venue_id"] for row in content.get("slots", ())}
    wanted = sorted(number for number in numbers if number is not None)
    statement = (
        select(Venue)
        .where(Venue.id.in_(wanted))
        .options(joinedload(Venue.merged_into))
        .execution_options(populate_existing=True)
    )
    return {venue.id: venue.merged_into or venue for venue in db.session.scalars(statement)}
