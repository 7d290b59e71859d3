"""Letters about an activity: to the members of its structure, and to those who coordinate its département."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fete.accounts.models import User
from fete.accounts.queries import coordinators_of
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.templating import WrittenLetter, day, hour, path_of, render_letter
from fete.mailing.models import Topic
from fete.mailing.services import Recipient, write_letter
from fete.network.models import Organisation
from fete.network.policies import is_member
from fete.network.queries import active_members
from fete.programme.models import Activity, Edition, LateEntry, Side, Slot
from fete.programme.policies import can_review
from fete.programme.rules import FIELD_NAMES, part_of
from fete.programme.rules.versions import Change
from fete.programme.rules.wording import words
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
CHANGES_PAGE = "proposals.show"
# What the readers of each may choose about.
_TOPICS = {
    MEMBER_PAGE: Topic.DECISIONS,
    COORDINATION_PAGE: Topic.REVIEW,
    CHANGES_PAGE: Topic.REVIEW,
}
# How a letter names what became of a slot.
SLOT_WORDS = {
    SlotState.SCHEDULED: lazy_gettext("prévu"),
    SlotState.RESCHEDULED: lazy_gettext("horaire changé"),
    SlotState.MOVED_ONLINE: lazy_gettext("en ligne"),
    SlotState.POSTPONED: lazy_gettext("reporté"),
    SlotState.FULL: lazy_gettext("complet"),
    SlotState.CANCELLED: lazy_gettext("annulé"),
}


def tell_of_step(
    activity: Activity,
    step: Step,
    *,
    by: User,
    at: datetime,
    reason: str,
    fields: Sequence[str] = (),
) -> None:
    """Tell the members of the structure, and the coordination when it has something to do or to know.

    One letter to each: a member who coordinates reads what is to be reviewed.
    """
    reviewers = coordinators_of(activity.departement_code) if step is Step.SUBMIT else ()
    kind = _TO_MEMBERS.get(step)
    if kind is not None:
        told = {person.id for person in reviewers}
        people = [
            person for person in active_members(activity.organisation) if person.id not in told
        ]
        _write(
            kind,
            people,
            activity,
            at=at,
            page=MEMBER_PAGE,
            by=by,
            reason=reason,
            decision=activity.decisions[0] if step in {Step.LABEL, Step.REFUSE} else None,
            points=[
                (FIELD_NAMES[name], part_of(name).value) for name in FIELD_NAMES if name in fields
            ],
        )
    _write(
        "programme/submitted",
        reviewers,
        activity,
        at=at,
        page=COORDINATION_PAGE,
        by=by,
        reason=reason,
    )
    if step is Step.WITHDRAW and activity.submitted_at is not None:
        _to_coordination_unless_by_it("programme/withdrawn", activity, at=at, by=by, reason=reason)


def tell_of_message(activity: Activity, text: str, *, side: Side, by: User, at: datetime) -> None:
    """Tell the other side of the conversation what was written."""
    if side is Side.COORDINATION:
        people, page = active_members(activity.organisation), MEMBER_PAGE
    else:
        people, page = coordinators_of(activity.departement_code), COORDINATION_PAGE
    _write(
        "programme/message",
        [person for person in people if person.is_active and person.id != by.id],
        activity,
        at=at,
        page=page,
        topic=Topic.CONVERSATIONS,
        by=by,
        message=text,
        side=side,
    )


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


def remind_of_call(
    person: User,
    edition: Edition,
    *,
    days: int,
    drafts: Sequence[Activity],
    silent: Sequence[Organisation],
    at: datetime,
) -> None:
    """Write to a member how long the call still lasts, which drafts wait and which structures said nothing."""
    _remind(
        "programme/call_closing",
        person,
        at=at,
        edition=edition,
        days=days,
        drafts=drafts,
        silent=silent,
    )


def tell_of_moved_dates(
    person: User, edition: Edition, activities: Sequence[Activity], *, at: datetime
) -> None:
    """Write to a member that the edition has other dates, and which activities now fall outside."""
    _remind("programme/dates_moved", person, at=at, edition=edition, activities=activities)


def tell_of_late_entry(entry: LateEntry, *, by: User, at: datetime) -> None:
    """Write to the members that their structure may still declare and deposit, and until when."""
    for person in active_members(entry.organisation):
        write_letter(
            kind="programme/late_entry",
            to=_to(person),
            at=at,
            topic=Topic.DECISIONS,
            leads_to=path_of("activities.declare", organisation_id=entry.organisation_id),
            entry=entry,
            by=by,
        )


def tell_of_late_entry_revoked(
    edition: Edition, organisation: Organisation, *, by: User, at: datetime
) -> None:
    """Write to the members that their structure may declare late no more."""
    for person in active_members(organisation):
        write_letter(
            kind="programme/late_entry_revoked",
            to=_to(person),
            at=at,
            topic=Topic.DECISIONS,
            leads_to=path_of("activities.index"),
            edition=edition,
            organisation=organisation,
            by=by,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class CircularWords:
    """What a letter to a group says: its words, whose they are, why one receives it, the page it leads to and its name."""

    subject: str
    text: str
    by: User
    reason: object
    page: str
    link: object

    @property
    def paragraphs(self) -> list[str]:
        """The text between its empty lines."""
        return [part.strip() for part in re.split(r"\n\s*\n", self.text) if part.strip()]


def write_circular(
    words: CircularWords, people: Iterable[User], *, topic: Topic | None, at: datetime
) -> None:
    """Write the same words to each of these people."""
    path = path_of(words.page)
    for person in people:
        write_letter(
            kind="programme/circular",
            to=_to(person),
            at=at,
            topic=topic,
            leads_to=path,
            words=words,
        )


def circular_as_read(words: CircularWords) -> WrittenLetter:
    """Return the letter to a group as its writer would receive it."""
    to = _to(words.by)
    return render_letter("programme/circular", language=words.by.language, to=to, words=words)


def tell_of_merge(
    people: Iterable[User], *, gone: str, survivor: Organisation, by: User, at: datetime
) -> None:
    """Tell who acted for a structure where it is from now on."""
    _tell_of_structure("programme/merged", people, survivor, other=gone, by=by, at=at)


def tell_of_separation(
    people: Iterable[User], *, gone: Organisation, survivor: str, by: User, at: datetime
) -> None:
    """Tell who acts for a structure again that it stands by itself as before."""
    _tell_of_structure("programme/separated", people, gone, other=survivor, by=by, at=at)


def _tell_of_structure(
    kind: str,
    people: Iterable[User],
    organisation: Organisation,
    *,
    other: str,
    by: User,
    at: datetime,
) -> None:
    for person in people:
        if not person.is_active:
            continue
        write_letter(
            kind=kind,
            to=_to(person),
            at=at,
            topic=Topic.DECISIONS,
            leads_to=path_of("organisation.show", organisation_id=organisation.id),
            organisation=organisation,
            other=other,
            by=by,
        )


def _remind(kind: str, person: User, *, at: datetime, **context: Any) -> None:
    write_letter(
        kind=kind,
        to=_to(person),
        at=at,
        topic=Topic.REMINDERS,
        leads_to=path_of("activities.index"),
        **context,
    )


def tell_of_correction(activity: Activity, names: Sequence[str], *, by: User, at: datetime) -> None:
    """Tell the coordination that what is labelled or published was corrected by its members."""
    _to_coordination_unless_by_it(
        "programme/corrected",
        activity,
        at=at,
        by=by,
        names=_called(names),
        page=CHANGES_PAGE,
    )


def tell_of_proposal(activity: Activity, names: Sequence[str], *, by: User, at: datetime) -> None:
    """Tell the coordination that a change of what is labelled or published waits for its answer."""
    _to_coordination_unless_by_it(
        "programme/change_proposed",
        activity,
        at=at,
        by=by,
        names=_called(names),
        page=CHANGES_PAGE,
    )


def tell_of_accepted_change(
    activity: Activity, changes: Sequence[Change], *, by: User, at: datetime, reason: str
) -> None:
    """Tell the members that the change they proposed stands."""
    _to_members(
        "programme/change_accepted",
        activity,
        at=at,
        by=by,
        names=[change.label for change in changes],
        reason=reason,
    )


def tell_of_declined_change(
    activity: Activity, changes: Sequence[Change], *, by: User, at: datetime, reason: str
) -> None:
    """Tell the members why the change they proposed does not stand, and what they had proposed."""
    _to_members(
        "programme/change_declined",
        activity,
        at=at,
        by=by,
        changes=changes,
        in_words=words,
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


def _to(person: User) -> Recipient:
    return Recipient(address=person.email, name=person.name, person_id=person.id)


def _called(names: Sequence[str]) -> list[Any]:
    return [FIELD_NAMES[name] for name in names]


def _to_both(kind: str, activity: Activity, *, at: datetime, by: User, **context: Any) -> None:
    _to_members(kind, activity, at=at, by=by, **context)
    _to_coordination_unless_by_it(kind, activity, at=at, by=by, **context)


def _to_members(kind: str, activity: Activity, *, at: datetime, **context: Any) -> None:
    people = active_members(activity.organisation)
    _write(kind, people, activity, at=at, page=MEMBER_PAGE, **context)


def _to_coordination_unless_by_it(
    kind: str,
    activity: Activity,
    *,
    at: datetime,
    by: User,
    page: str = COORDINATION_PAGE,
    **context: Any,
) -> None:
    if can_review(by, activity):
        return
    told = {person.id for person in active_members(activity.organisation)}
    people = [
        person for person in coordinators_of(activity.departement_code) if person.id not in told
    ]
    _write(kind, people, activity, at=at, page=page, by=by, **context)


def _write(
    kind: str,
    people: Iterable[User],
    activity: Activity,
    *,
    at: datetime,
    page: str,
    topic: Topic | None = None,
    **context: Any,
) -> None:
    for person in people:
        write_letter(
            kind=kind,
            to=_to(person),
            at=at,
            topic=topic or _TOPICS[page],
            leads_to=path_of(page, activity_id=activity.id),
            activity=activity,
            title=activity.title or lazy_gettext("Activité sans titre"),
            page=page,
            **context,
        )
