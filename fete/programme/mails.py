"""Letters about an activity: to the members of its structures, and to those who coordinate its département."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fete.accounts.models import User
from fete.accounts.queries import coordinators_of
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.templating import day, hour, page_path
from fete.mailing.models import Topic
from fete.mailing.services import Recipient, write_letter
from fete.network.models import Organisation
from fete.programme.models import Activity, Answer, CoOrganiser, Handover, Slot, StandRequest
from fete.programme.policies import can_review, organises
from fete.programme.queries.sharing import members_of, people_of
from fete.programme.queries.stands import hosts_of
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
SHARING_PAGE = "sharing.show"
STANDS_PAGE = "stands.index"
OWN_PAGE = "activities.index"
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
    elif not organises(by, activity):
        _to_members(
            "programme/slot_changed",
            activity,
            at=at,
            by=by,
            reason=slot.note,
            slot=slot,
            slot_word=SLOT_WORDS[slot.state],
        )


def tell_of_inherited_slot(
    activity: Activity, slot: Slot, *, before: SlotState, by: User, at: datetime
) -> None:
    """Tell the members of a stand what becomes of a slot of its container, when it keeps the container's hours."""
    if slot.state is SlotState.CANCELLED:
        _to_members("programme/cancelled", activity, at=at, by=by, reason=slot.note, slot=slot)
    elif before is SlotState.CANCELLED and slot.state is SlotState.SCHEDULED:
        _to_members("programme/reinstated", activity, at=at, by=by, slot=slot)
    else:
        _to_members(
            "programme/slot_changed",
            activity,
            at=at,
            by=by,
            reason=slot.note,
            slot=slot,
            slot_word=SLOT_WORDS[slot.state],
        )


def tell_of_inherited_cancellation(
    activity: Activity, *, by: User, at: datetime, reason: str
) -> None:
    """Tell the members of a stand that its container, whose hours it keeps, will not take place."""
    _to_members("programme/cancelled", activity, at=at, by=by, reason=reason, slot=None)


def tell_of_inherited_reinstatement(activity: Activity, *, by: User, at: datetime) -> None:
    """Tell the members of a stand that its container, whose hours it keeps, will take place after all."""
    _to_members("programme/reinstated", activity, at=at, by=by, slot=None)


def ask_for_stand(asked: StandRequest, *, by: User, at: datetime) -> None:
    """Tell the people of a container that an activity asks for a stand there."""
    _to_hosts(
        "programme/stand_asked",
        asked.activity,
        asked.container,
        by=by,
        at=at,
        message=asked.message,
    )


def tell_stand_withdrawn(asked: StandRequest, *, by: User, at: datetime) -> None:
    """Tell the people of a container that an activity asks for a stand there no more."""
    _to_hosts("programme/stand_withdrawn", asked.activity, asked.container, by=by, at=at)


def tell_stand_left(activity: Activity, container: Activity, *, by: User, at: datetime) -> None:
    """Tell the people of a container that an activity which was inside has left."""
    _to_hosts("programme/stand_left", activity, container, by=by, at=at)


def tell_stand_answered(asked: StandRequest, *, by: User, at: datetime) -> None:
    """Tell the members of an activity whether it has its stand."""
    is_accepted = asked.state is Answer.ACCEPTED
    _to_members(
        "programme/stand_accepted" if is_accepted else "programme/stand_declined",
        asked.activity,
        at=at,
        by=by,
        asked=asked,
        topic=Topic.DECISIONS,
        leads_to=page_path(MEMBER_PAGE, activity_id=asked.activity_id),
    )


def _to_hosts(
    kind: str, activity: Activity, container: Activity, *, by: User, at: datetime, **context: Any
) -> None:
    _write(
        kind,
        [person for person in hosts_of(container) if person.id != by.id],
        activity,
        at=at,
        page=STANDS_PAGE,
        topic=Topic.REVIEW,
        leads_to=page_path(STANDS_PAGE, activity_id=container.id),
        by=by,
        container=container,
        **context,
    )


def tell_co_organiser(shared: CoOrganiser, *, by: User, at: datetime) -> None:
    """Tell the members of a structure that it organises the activity with another, and how to take it off."""
    to = [shared.organisation_id]
    _tell_of_sharing("programme/co_organiser_added", shared, to, SHARING_PAGE, by=by, at=at)


def tell_co_organiser_removed(shared: CoOrganiser, *, by: User, at: datetime) -> None:
    """Tell the members of a structure that it organises the activity no more."""
    to = [shared.organisation_id]
    _tell_of_sharing("programme/co_organiser_removed", shared, to, OWN_PAGE, by=by, at=at)


def tell_co_organiser_left(shared: CoOrganiser, *, by: User, at: datetime) -> None:
    """Tell those who declare the activity that a structure took itself off."""
    to = [shared.activity.organisation_id]
    _tell_of_sharing("programme/co_organiser_left", shared, to, SHARING_PAGE, by=by, at=at)


def _tell_of_sharing(
    kind: str, shared: CoOrganiser, to: Sequence[int], page: str, *, by: User, at: datetime
) -> None:
    of_one = {"activity_id": shared.activity_id} if page == SHARING_PAGE else {}
    _write(
        kind,
        [person for person in members_of(to) if person.id != by.id],
        shared.activity,
        at=at,
        page=page,
        topic=Topic.DECISIONS,
        leads_to=page_path(page, **of_one),
        by=by,
        organisation=shared.organisation,
    )


def ask_to_take_over(handover: Handover, *, by: User, at: datetime) -> bool:
    """Ask the members of a structure whether it takes the activity over; return whether there was anybody to ask."""
    people = members_of([handover.to_organisation_id])
    _write(
        "programme/handover_asked",
        people,
        handover.activity,
        at=at,
        page="sharing.offer",
        leads_to=page_path("sharing.offer", handover_id=handover.id),
        by=by,
        handover=handover,
    )
    return bool(people)


def tell_handover_declined(handover: Handover, *, by: User, at: datetime) -> None:
    """Tell those who declare the activity that the other structure does not take it over."""
    _tell_of_handover("programme/handover_declined", handover, by=by, at=at)


def tell_handover_withdrawn(handover: Handover, *, by: User, at: datetime) -> None:
    """Tell the members of the structure that was asked that there is nothing to answer any more."""
    _write(
        "programme/handover_withdrawn",
        members_of([handover.to_organisation_id]),
        handover.activity,
        at=at,
        page=OWN_PAGE,
        topic=Topic.DECISIONS,
        leads_to=page_path(OWN_PAGE),
        by=by,
        handover=handover,
    )


def _tell_of_handover(kind: str, handover: Handover, *, by: User, at: datetime) -> None:
    _write(
        kind,
        people_of(handover.activity),
        handover.activity,
        at=at,
        page=SHARING_PAGE,
        topic=Topic.DECISIONS,
        leads_to=page_path(SHARING_PAGE, activity_id=handover.activity_id),
        by=by,
        handover=handover,
    )


def tell_handed_over(
    activity: Activity, *, before: Organisation, by: User, at: datetime, reason: str
) -> None:
    """Tell the members of both structures that the one now declares what the other did."""
    theirs = {person.id: person for person in people_of(activity)}
    both = {person.id: person for person in members_of([before.id])} | theirs
    for number, person in both.items():
        _write(
            "programme/handed_over",
            [person],
            activity,
            at=at,
            page=MEMBER_PAGE,
            topic=Topic.DECISIONS,
            leads_to=page_path(MEMBER_PAGE, activity_id=activity.id) if number in theirs else "",
            by=by,
            before=before,
            is_theirs=number in theirs,
            reason=reason,
        )


def time_of(slot: Slot) -> str:
    """Return when a slot is: « samedi 3 octobre 2026, de 10 h à 12 h »."""
    words = _(
        "%(day)s, de %(start)s à %(end)s",
        day=day(slot.starts_at),
        start=hour(slot.starts_at),
        end=hour(slot.ends_at),
    )
    return str(words)


def _to_both(kind: str, activity: Activity, *, at: datetime, by: User, **context: Any) -> None:
    _to_members(kind, activity, at=at, by=by, **context)
    _to_coordination_unless_by_it(kind, activity, at=at, by=by, **context)


def _to_members(kind: str, activity: Activity, *, at: datetime, **context: Any) -> None:
    people = people_of(activity)
    _write(kind, people, activity, at=at, page=MEMBER_PAGE, **context)


def _to_coordination(kind: str, activity: Activity, *, at: datetime, **context: Any) -> None:
    people = coordinators_of(activity.departement_code)
    _write(kind, people, activity, at=at, page=COORDINATION_PAGE, **context)


def _to_coordination_unless_by_it(
    kind: str, activity: Activity, *, at: datetime, by: User, **context: Any
) -> None:
    if can_review(by, activity):
        return
    told = {person.id for person in people_of(activity)}
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
