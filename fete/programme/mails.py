"""Letters about an activity: to the members of its structure, and to those who coordinate its département."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fete.accounts.models import User
from fete.accounts.queries import coordinators_of
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.templating import day, hour
from fete.mailing.services import Recipient, write_letter
from fete.network.policies import is_member
from fete.network.queries import active_members
from fete.programme.models import Activity, Slot
from fete.programme.policies import can_review
from fete.programme.workflow import SlotState, Step

# What the members of the structure get at each step.
_TO_MEMBERS = {
    Step.SUBMIT: "programme/received",
    Step.SEND_BACK: "programme/changes_requested",
    Step.LABEL: "programme/labelled",
    Step.REFUSE: "programme/refused",
    Step.PUBLISH: "programme/published",
    Step.WITHDRAW: "programme/withdrawn",
}
# Where a letter leads, by the name of the page.
MEMBER_PAGE = "activities.preview"
COORDINATION_PAGE = "review.show"
# How a letter names what became of a slot.
SLOT_WORDS = {
    SlotState.SCHEDULED: lazy_gettext("prévu"),
    SlotState.RESCHEDULED: lazy_gettext("horaire changé"),
    SlotState.MOVED_ONLINE: lazy_gettext("en ligne"),
    SlotState.POSTPONED: lazy_gettext("reporté"),
    SlotState.FULL: lazy_gettext("complet"),
    SlotState.CANCELLED: lazy_gettext("annulé"),
}


def tell_of_step(activity: Activity, step: Step, *, by: User, at: datetime, reason: str) -> None:
    """Tell the members of the structure, and the coordination when it has something to do or to know."""
    kind = _TO_MEMBERS.get(step)
    if kind is not None:
        _to_members(kind, activity, at=at, by=by, reason=reason)
    if step is Step.SUBMIT:
        _to_coordination("programme/submitted", activity, at=at, by=by, reason=reason)
    elif step is Step.WITHDRAW and activity.submitted_at is not None:
        _to_coordination_unless_by_it("programme/withdrawn", activity, at=at, by=by, reason=reason)


def tell_of_cancellation(activity: Activity, *, by: User, at: datetime, reason: str) -> None:
    """Tell the members, and the coordination unless it did it, that the activity will not take place."""
    _to_both("programme/cancelled", activity, at=at, by=by, reason=reason, slot=None)


def tell_of_reinstatement(activity: Activity, *, by: User, at: datetime) -> None:
    """Tell the members, and the coordination unless it did it, that the activity will take place after all."""
    _to_both("programme/reinstated", activity, at=at, by=by, slot=None)


def tell_of_slot(slot: Slot, *, before: SlotState, by: User, at: datetime) -> None:
    """Tell of a slot cancelled or taken back; of another change, only the members when others made it."""
    activity = slot.activity
    if slot.state is SlotState.CANCELLED:
        _to_both("programme/cancelled", activity, at=at, by=by, reason=slot.note, slot=slot)
    elif before is SlotState.CANCELLED and slot.state is SlotState.SCHEDULED:
        _to_both("programme/reinstated", activity, at=at, by=by, slot=slot)
    elif not is_member(by, activity.organisation):
        _to_members(
            "programme/slot_changed",
            activity,
            at=at,
            by=by,
            reason=slot.note,
            slot=slot,
            slot_word=SLOT_WORDS[slot.state],
        )


def time_of(slot: Slot) -> str:
    """Return when a slot is, and where when it says so: « samedi 3 octobre 2026, de 10 h à 12 h, Halle »."""
    words = _(
        "%(day)s, de %(start)s à %(end)s",
        day=day(slot.starts_at),
        start=hour(slot.starts_at),
        end=hour(slot.ends_at),
    )
    return f"{words}, {slot.venue.name}" if slot.venue is not None else str(words)


def _to_both(kind: str, activity: Activity, *, at: datetime, by: User, **context: Any) -> None:
    _to_members(kind, activity, at=at, by=by, **context)
    _to_coordination_unless_by_it(kind, activity, at=at, by=by, **context)


def _to_members(kind: str, activity: Activity, *, at: datetime, **context: Any) -> None:
    people = active_members(activity.organisation)
    _write(kind, people, activity, at=at, page=MEMBER_PAGE, **context)


def _to_coordination(kind: str, activity: Activity, *, at: datetime, **context: Any) -> None:
    people = coordinators_of(activity.departement_code)
    _write(kind, people, activity, at=at, page=COORDINATION_PAGE, **context)


def _to_coordination_unless_by_it(
    kind: str, activity: Activity, *, at: datetime, by: User, **context: Any
) -> None:
    if can_review(by, activity):
        return
    told = {person.id for person in active_members(activity.organisation)}
    people = [
        person for person in coordinators_of(activity.departement_code) if person.id not in told
    ]
    _write(kind, people, activity, at=at, page=COORDINATION_PAGE, by=by, **context)


def _write(
    kind: str,
    people: Iterable[User],
    activity: Activity,
    *,
    at: datetime,
    page: str,
    **context: Any,
) -> None:
    for person in people:
        write_letter(
            kind=kind,
            to=Recipient(address=person.email, name=person.name, person_id=person.id),
            at=at,
            activity=activity,
            title=activity.title or lazy_gettext("Activité sans titre"),
            page=page,
            **context,
        )
