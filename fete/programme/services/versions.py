"""Change what is labelled or published: what goes live at once, what is proposed, what stands as approved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.journal.services import record
from fete.programme import mails, rules
from fete.programme.models import Activity, ActivityVersion, Slot, VersionState
from fete.programme.policies import can_review, proposes
from fete.programme.queries.versions import as_wished, read
from fete.programme.rules import PlannedSlot
from fete.programme.rules.versions import (
    REVIEWED,
    Written,
    as_typed,
    clashing_slots,
    is_public_matter,
    lost,
    only_corrects_slots,
    plain,
    rows_of,
    wish,
    written,
)
from fete.programme.services.activities import (
    hold,
    plan_slots,
    refuse_container,
    refuse_slot_faults,
    refuse_uninvited,
    rewrite,
)
from fete.programme.workflow import SlotState, Step

_APPROVING = frozenset({Step.LABEL, Step.PUBLISH})
# What ends the life that a proposal would change.
_ENDING = frozenset({Step.WITHDRAW, Step.REFUSE})
_NOTHING: Written = {"proposed": {}, "before": {}, "notes": {}}


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a change: the fields that stand from now on, and those that wait for the coordination."""

    live: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()


def change(
    activity: Activity,
    content: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    version: int | None = None,
    note: str = "",
    reason: str = "",
) -> Outcome:
    """Return what became of a change that a person typed: any fields, `slots` as planned.

    Of what is labelled or published, words that its members correct go live and the coordination is told; the rest
    is kept as their proposal while what is published stays. What the coordination writes it approves. `note` is
    what the public should read of the slots that move, once they do; `reason`, why a closed edition is corrected.
    """
    if not is_public_matter(activity):
        names = put_down(activity, content, by=by, at=at, version=version, reason=reason)
        if can_review(by, activity):
            _approve_fields(activity, names)
        return Outcome(live=tuple(names))
    hold_as_read(activity, version)
    content = as_typed(activity, content)
    _keep_what_was_approved(activity, at=at)
    if not proposes(by, activity):
        notes = _notes(activity, content, note)
        names = put_down(activity, content, by=by, at=at, reason=reason)
        tell_visitors(activity, notes)
        _approve_fields(activity, names)
        return Outcome(live=tuple(names))
    return _change_as_member(activity, content, by=by, at=at, note=note)


def reschedule(
    slot: Slot,
    *,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    at: datetime,
    version: int | None = None,
    note: str = "",
) -> Outcome:
    """Return what became of a new time for one slot: it stands at once, or its members propose it; see `change`."""
    activity = slot.activity
    if slot.state is SlotState.CANCELLED:
        raise RuleBrokenError(
            _("Ce créneau est annulé : dites d’abord qu’il est prévu, puis changez son horaire."),
            field="state",
        )
    wished = as_wished(activity) if proposes(by, activity) else as_wished(activity, {})
    moved = replace(_planned(slot), starts_at=starts_at, ends_at=ends_at)
    others = [_planned(each) for each in wished.slots if each.id != slot.id]
    planned = sorted([*others, moved], key=lambda each: each.starts_at)
    for fault in rules.slot_faults(planned, activity.edition, held=wished):
        mine = planned[fault.number] is moved
        raise RuleBrokenError(fault.message, field=fault.field if mine else "starts")
    return change(activity, {"slots": planned}, by=by, at=at, version=version, note=note)


def follow(activity: Activity, step: Step, *, by: User, at: datetime) -> None:
    """Keep versions in step with the review: what is labelled or published is approved, what ends proposes no more.

    What is sent back is its members' again: it takes on what they proposed.
    """
    if step in _APPROVING:
        keep_approved(activity, by=by, at=at)
    elif step in _ENDING:
        activity.corrected_at = None
        drop_proposal(activity)
    elif step is Step.SEND_BACK and activity.proposal is not None:
        take_on(activity, read(wish(activity)), by=by, at=at)


def take_on(activity: Activity, wished: Mapping[str, Any], *, by: User, at: datetime) -> None:
    """Let the activity be as its members proposed; the people of a container that it leaves by that are told."""
    before = activity.parent
    drop_proposal(activity)
    put_down(activity, wished, by=by, at=at, cancels=True, is_invited=True)
    if before is not None and activity.parent is not before:
        mails.tell_stand_left(activity, before, by=by, at=at)


def keep_approved(activity: Activity, *, by: User | None, at: datetime) -> None:
    """Let the activity stand as approved in all that it says now: nothing of it is left to be seen."""
    _keep(
        activity, VersionState.APPROVED, written(activity), person_id=by.id if by else None, at=at
    )
    activity.corrected_at = None


def put_down(
    activity: Activity,
    content: Mapping[str, Any],
    *,
    by: User | None,
    at: datetime,
    version: int | None = None,
    cancels: bool = False,
    is_invited: bool = False,
    reason: str = "",
) -> list[str]:
    """Return the names of the fields that changed, slots among the others; see `rewrite` and `plan_slots`."""
    words = {name: value for name, value in content.items() if name != "slots"}
    names = (
        rewrite(
            activity,
            by=by,
            at=at,
            version=version,
            reason=reason,
            is_invited=is_invited,
            replans="slots" in content,
            **words,
        )
        if words
        else []
    )
    if "slots" in content:
        seen = None if version is None else activity.version
        planned = [_planned(slot) for slot in content["slots"]]
        if plan_slots(
            activity, planned, by=by, at=at, version=seen, cancels=cancels, reason=reason
        ):
            names.append("slots")
    return list(dict.fromkeys(names))


def refuse_parent(activity: Activity, parent: Activity | None) -> None:
    """Refuse an event that does not take the activity in, or does no more."""
    if parent is not None and not rules.may_hold(parent, activity):
        raise RuleBrokenError(
            _("Cette activité ne peut pas être rattachée à cet événement."), field="parent"
        )


def tell_visitors(activity: Activity, notes: Mapping[str, str]) -> None:
    """Let the slots that moved say what visitors should know of it."""
    for slot in activity.slots:
        if str(slot.id) in notes and slot.state is SlotState.RESCHEDULED:
            slot.note = notes[str(slot.id)]
    db.session.flush()


def drop_proposal(activity: Activity) -> None:
    """Let nothing be proposed for the activity any more."""
    if activity.proposal is not None:
        activity.versions.remove(activity.proposal)
        db.session.flush()


def hold_as_read(activity: Activity, version: int | None) -> None:
    """Keep the activity until the transaction ends; raise `StaleError` when somebody was quicker."""
    hold(activity)
    if version not in {None, activity.version}:
        raise StaleError


def _change_as_member(
    activity: Activity, content: Mapping[str, Any], *, by: User, at: datetime, note: str
) -> Outcome:
    stands = written(activity)
    wished = _wished(activity, content)
    corrections = {name: value for name, value in content.items() if name not in REVIEWED}
    known = activity.proposal.content if activity.proposal is not None else _NOTHING
    if (
        "slots" in wished
        and "slots" not in known["proposed"]
        and only_corrects_slots(stands["slots"], wished["slots"])
    ):
        corrections["slots"] = content["slots"]
        del wished["slots"]
    proposed, before = dict(known["proposed"]), dict(known["before"])
    for name, value in wished.items():
        if value == stands[name]:
            proposed.pop(name, None)
            before.pop(name, None)
        else:
            proposed[name] = value
            before[name] = _before(name, before.get(name), value, stands[name])
    _check(activity, content, proposed, corrections, by=by)
    live = put_down(activity, corrections, by=by, at=at)
    if live:
        _tell_of_correction(activity, live, by=by, at=at)
    notes = known["notes"] | _notes(activity, content, note)
    if proposed != known["proposed"] or notes != known["notes"]:
        _propose(activity, {"proposed": proposed, "before": before, "notes": notes}, by=by, at=at)
    return Outcome(live=tuple(live), proposed=tuple(name for name in wished if name in proposed))


def _before(name: str, known: Any, wished: Any, stands: Any) -> Any:  # noqa: ANN401  # any field's value
    """Return what stood when a field was first proposed; of slots, only where somebody else changed it since.

    The others are known from the form, which shows them as they stand.
    """
    if known is None or name != "slots":
        return stands if known is None else known
    clashing = clashing_slots(known, wished, stands)
    kept = {row["id"]: row for row in known if row["id"] in clashing}
    return [kept.get(row["id"], row) for row in stands]


def _wished(activity: Activity, content: Mapping[str, Any]) -> Written:
    wished = {name: plain(value) for name, value in content.items() if name in REVIEWED}
    if "slots" in wished:
        wished["slots"] = rows_of(activity, content["slots"])
    return wished


def _check(
    activity: Activity,
    content: Mapping[str, Any],
    proposed: Written,
    corrections: Mapping[str, Any],
    *,
    by: User,
) -> None:
    """Refuse what could not stand once accepted, and what would leave the activity without what a deposit needs."""
    refuse_container(content.get("kind"), by=by)
    refuse_parent(activity, content.get("parent"))
    refuse_uninvited(activity, content.get("parent"), by=by)
    words = {name: plain(value) for name, value in corrections.items() if name != "slots"}
    after = as_wished(activity, {**proposed, **words})
    if "slots" in content:
        refuse_slot_faults(content["slots"], activity.edition, held=after)
    for fault in (*rules.content_faults(after), *lost(activity, after)):
        raise RuleBrokenError(fault.message, field=fault.field)


def _propose(activity: Activity, content: Written, *, by: User, at: datetime) -> None:
    is_first = activity.proposal is None
    activity.version += 1
    if not content["proposed"]:
        drop_proposal(activity)
        record("activity.change_taken_back", on=activity, person_id=by.id, at=at)
        return
    # The oldest wish tells how long the coordination has been waited for.
    since = at if activity.proposal is None else activity.proposal.at
    _keep(activity, VersionState.PROPOSED, content, person_id=by.id, at=since)
    names = ", ".join(str(rules.FIELD_NAMES[name]) for name in content["proposed"])
    record("activity.change_proposed", on=activity, person_id=by.id, at=at, detail=names)
    if is_first:
        mails.tell_of_proposal(activity, list(content["proposed"]), by=by, at=at)


def _tell_of_correction(activity: Activity, names: list[str], *, by: User, at: datetime) -> None:
    # Told once: what is corrected further until it is seen is on the same page.
    if activity.corrected_at is None:
        activity.corrected_at = at
        db.session.flush()
        mails.tell_of_correction(activity, names, by=by, at=at)


def _keep_what_was_approved(activity: Activity, *, at: datetime) -> None:
    # Labelled before versions were kept: what stands before the first change is what was approved.
    if activity.approved is None:
        dates = [activity.published_at, *(decision.at for decision in activity.decisions)]
        since = max((date for date in dates if date is not None), default=at)
        _keep(activity, VersionState.APPROVED, written(activity), person_id=None, at=since)


def _approve_fields(activity: Activity, names: list[str]) -> None:
    """Let what the coordination wrote itself be approved, and nothing else of what waits to be seen."""
    approved = activity.approved
    if approved is not None and names:
        stands = written(activity)
        approved.content = {**approved.content, **{name: stands[name] for name in names}}
        db.session.flush()


def _keep(
    activity: Activity,
    state: VersionState,
    content: Written,
    *,
    person_id: int | None,
    at: datetime,
) -> None:
    kept = activity.approved if state is VersionState.APPROVED else activity.proposal
    if kept is None:
        kept = ActivityVersion(state=state)
        activity.versions.append(kept)
    kept.content, kept.person_id, kept.at = content, person_id, at
    db.session.flush()


def _notes(activity: Activity, content: Mapping[str, Any], note: str) -> dict[str, str]:
    """Return what is to be told of the slots that move, by their numbers."""
    standing = {slot.id: slot for slot in activity.slots}
    return {
        str(slot.id): note
        for slot in content.get("slots", ())
        if note
        and slot.id in standing
        and not rules.same_time(slot.starts_at, standing[slot.id].starts_at)
    }


def _planned(slot: PlannedSlot | Slot) -> PlannedSlot:
    """Return the slot as somebody wishes it, whether typed or read back from a version."""
    return slot if isinstance(slot, PlannedSlot) else rules.planned_of(slot)
