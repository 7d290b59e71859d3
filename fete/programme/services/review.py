"""Take an activity through its review, and say what becomes of its slots."""

from collections.abc import Sequence
from datetime import datetime

from fete.accounts.models import User
from fete.accounts.queries import latest_act
from fete.core.clock import to_paris
from fete.core.db import db
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.templating import moment
from fete.journal.services import record
from fete.programme import mails, rules
from fete.programme.models import Activity, Decision, Remark, Side, Slot
from fete.programme.policies import can_review, declares
from fete.programme.rules import FIELD_NAMES, Verdict
from fete.programme.services import versions
from fete.programme.services.activities import hold, refuse_closed, tell_openings, touch
from fete.programme.workflow import (
    CANCELLABLE,
    REASONED_STEPS,
    SlotState,
    Status,
    Step,
    next_status,
)

ACTS = {
    Step.SUBMIT: "activity.submitted",
    Step.SEND_BACK: "activity.sent_back",
    Step.LABEL: "activity.labelled",
    Step.REFUSE: "activity.refused",
    Step.PUBLISH: "activity.published",
    Step.WITHDRAW: "activity.withdrawn",
    Step.REOPEN: "activity.reopened",
}
# What the second of two people reads, under the act of the first.
_ALREADY = {
    "activity.submitted": lazy_gettext("%(name)s l’a déjà déposée le %(moment)s."),
    "activity.sent_back": lazy_gettext(
        "%(name)s l’a déjà renvoyée pour compléments le %(moment)s."
    ),
    "activity.labelled": lazy_gettext("%(name)s l’a déjà labellisée le %(moment)s."),
    "activity.refused": lazy_gettext("%(name)s l’a déjà refusée le %(moment)s."),
    "activity.published": lazy_gettext("%(name)s l’a déjà publiée le %(moment)s."),
    "activity.withdrawn": lazy_gettext("%(name)s l’a déjà retirée le %(moment)s."),
    "activity.reopened": lazy_gettext("%(name)s l’a déjà reprise le %(moment)s."),
}
_CHANGES = ("activity.changed", "activity.slot_changed", "activity.cancelled")


def take_step(
    activity: Activity,
    step: Step,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    version: int | None = None,
    verdict: Verdict | None = None,
    fields: Sequence[str] = (),
) -> None:
    """Take the activity one step further: its status, decision or remark, journal and letters stand.

    `version` is the one that the person had before their eyes; `verdict` is how the label was given or refused,
    `fields` are those that are to be completed. Raise `StaleError` when somebody was quicker and
    `RuleBrokenError` when a rule refuses; sent twice by one person, the step is taken once.
    """
    hold(activity)
    take_step_on_held(
        activity,
        step,
        by=by,
        at=at,
        reason=reason,
        version=version,
        verdict=verdict,
        fields=fields,
    )


def take_step_on_held(
    activity: Activity,
    step: Step,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    version: int | None = None,
    verdict: Verdict | None = None,
    fields: Sequence[str] = (),
) -> None:
    """Take the step as `take_step` does, about an activity that the caller has just read and keeps from others."""
    target = next_status(activity.status, step)
    if target is None or version not in {None, activity.version}:
        if _took_it_already(activity, step, by):
            return
        raise StaleError(_what_happened(activity))
    _check(activity, step, by=by, at=at, reason=reason)
    _check_verdict(step, verdict, at=at, reason=reason)
    before, activity.status = activity.status, target
    _mark(activity, at)
    _write_down(activity, step, before, by=by, at=at, reason=reason, verdict=verdict, fields=fields)
    versions.follow(activity, step, by=by, at=at)
    if Status.PUBLISHED in {before, target}:
        touch(activity, at)
    record(ACTS[step], on=activity, person_id=by.id, at=at, detail=reason)
    db.session.flush()
    mails.tell_of_step(activity, step, by=by, at=at, reason=reason, fields=fields)


def cancel_activity(
    activity: Activity, *, by: User, at: datetime, reason: str = "", version: int | None = None
) -> None:
    """Cancel what has not taken place yet of an activity, and of what it holds; it stays visible as cancelled.

    The slots to come are cancelled; all of them when none is to come. Done twice, it is done once.
    """
    hold(activity)
    _check_cancellable(activity)
    if not activity.slots:
        raise RuleBrokenError(_("Cette activité n’a pas de créneau à elle : retirez-la plutôt."))
    slots = slots_to_cancel(activity, at)
    if not slots:
        return
    _check_version(activity, version)
    _set_slots(slots, SlotState.CANCELLED, at=at, note=reason)
    _mark(activity, at)
    record("activity.cancelled", on=activity, person_id=by.id, at=at, detail=reason)
    db.session.flush()
    mails.tell_of_cancellation(activity, by=by, at=at, reason=reason)
    for child in activity.children:
        if child.status in CANCELLABLE and slots_to_cancel(child, at):
            cancel_activity(child, by=by, at=at, reason=reason)
    for child in _at_its_hours(activity):
        record("activity.cancelled", on=child, person_id=by.id, at=at, detail=reason)
        mails.tell_of_inherited_cancellation(child, by=by, at=at, reason=reason)


def reinstate_activity(
    activity: Activity, *, by: User, at: datetime, version: int | None = None
) -> None:
    """Let a cancelled activity take place after all: its cancelled slots are scheduled again."""
    hold(activity)
    _check_cancellable(activity)
    slots = [slot for slot in activity.slots if slot.state is SlotState.CANCELLED]
    if not slots:
        return
    _check_version(activity, version)
    _set_slots(slots, SlotState.SCHEDULED, at=at, note="")
    _mark(activity, at)
    record("activity.reinstated", on=activity, person_id=by.id, at=at)
    db.session.flush()
    mails.tell_of_reinstatement(activity, by=by, at=at)
    for child in _at_its_hours(activity):
        record("activity.reinstated", on=child, person_id=by.id, at=at)
        mails.tell_of_inherited_reinstatement(child, by=by, at=at)


def change_slot(
    slot: Slot,
    state: SlotState,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Say what becomes of a slot and why; calendars learn it. Said twice, it is said once."""
    activity = slot.activity
    hold(activity)
    _check_cancellable(activity)
    if slot.state is state and slot.note == reason:
        return
    _check_version(activity, version)
    before = slot.state
    _set_slots([slot], state, at=at, note=reason)
    _mark(activity, at)
    said = str(_("%(slot)s : %(state)s.", slot=mails.time_of(slot), state=mails.SLOT_WORDS[state]))
    detail = f"{said} {reason}" if reason else said
    record("activity.slot_changed", on=activity, person_id=by.id, at=at, detail=detail)
    db.session.flush()
    mails.tell_of_slot(slot, before=before, by=by, at=at)
    for child in _at_its_hours(activity):
        mails.tell_of_inherited_slot(child, slot, before=before, by=by, at=at)


def _at_its_hours(container: Activity) -> list[Activity]:
    # What has no slot of its own takes place when its container does, and not when it does not.
    return [
        child for child in container.children if child.status in CANCELLABLE and not child.slots
    ]


def slots_to_cancel(activity: Activity, at: datetime) -> Sequence[Slot]:
    """Return the slots that cancelling the activity at this instant cancels: those to come, else all."""
    standing = [slot for slot in activity.slots if slot.state is not SlotState.CANCELLED]
    to_come = [slot for slot in activity.slots if slot.ends_at > at]
    return [slot for slot in standing if slot.ends_at > at] if to_come else standing


def _mark(activity: Activity, at: datetime) -> None:
    activity.version += 1
    activity.changed_at = at


def _took_it_already(activity: Activity, step: Step, by: User) -> bool:
    latest = latest_act(activity, ACTS.values())
    return (
        latest is not None
        and latest.act == ACTS[step]
        and latest.person_id == by.id
        and (activity.status in _ENDS[step])
    )


# Where each step leads.
_ENDS = {
    step: frozenset(end for start in Status if (end := next_status(start, step))) for step in Step
}


def _what_happened(activity: Activity) -> str:
    latest = latest_act(activity, [*ACTS.values(), *_CHANGES])
    if latest is None:
        return str(_("Cette activité a changé entre-temps : relisez-la avant de décider."))
    name = latest.person_name or _("Quelqu’un")
    if latest.act in _ALREADY:
        return str(_ALREADY[latest.act] % {"name": name, "moment": moment(latest.at)})
    words = _(
        "%(name)s l’a modifiée le %(moment)s : relisez-la avant de décider.",
        name=name,
        moment=moment(latest.at),
    )
    return str(words)


def _check_version(activity: Activity, version: int | None) -> None:
    if version not in {None, activity.version}:
        raise StaleError(_what_happened(activity))


def _check(activity: Activity, step: Step, *, by: User, at: datetime, reason: str) -> None:
    refuse_closed(activity)
    if not reason and (step in REASONED_STEPS or _withdraws_for_others(activity, step, by)):
        raise RuleBrokenError(
            _("Dites pourquoi : la structure recevra votre message."), field="reason"
        )
    if step is Step.SUBMIT:
        _check_deposit(activity, at)
    if step is Step.PUBLISH and (why := rules.unplaced(activity)):
        raise RuleBrokenError(why)
    if (
        step is Step.WITHDRAW
        and rules.has_taken_place(activity, at)
        and not can_review(by, activity)
    ):
        # Its visitors may be counted already: they would leave the figures without a word.
        raise RuleBrokenError(
            _("Cette activité a déjà eu lieu : seule la coordination peut encore la retirer.")
        )


def _withdraws_for_others(activity: Activity, step: Step, by: User) -> bool:
    return step is Step.WITHDRAW and not declares(by, activity)


def _check_deposit(activity: Activity, at: datetime) -> None:
    if not rules.deposit_is_open(activity, to_paris(at).date()):
        raise RuleBrokenError(
            _("L’appel à participation n’est pas ouvert : on ne peut pas déposer.")
        )
    if gaps := rules.missing(activity):
        raise RuleBrokenError(
            _("Il manque encore : %(gaps)s", gaps=" ".join(gap.message for gap in gaps))
        )
    if left := rules.left_to_confirm(activity):
        raise RuleBrokenError(
            _(
                "Il reste à relire ce qui vient d’une édition passée : %(fields)s.",
                fields=", ".join(gap.message for gap in left),
            )
        )


def _check_cancellable(activity: Activity) -> None:
    refuse_closed(activity)
    if activity.status not in CANCELLABLE:
        raise RuleBrokenError(
            _("Seule une activité labellisée ou publiée s’annule ; les autres se retirent.")
        )


def _check_verdict(step: Step, verdict: Verdict | None, *, at: datetime, reason: str) -> None:
    if verdict is None:
        return
    if verdict.decided_on is not None and verdict.decided_on > to_paris(at).date():
        raise RuleBrokenError(
            _("Cette date est à venir : une décision se note une fois prise."), field="decided_on"
        )
    if step is Step.LABEL and not reason and (lacks := rules.lacking(verdict.criteria)):
        raise RuleBrokenError(
            _(
                "Cochez chaque critère, ou dites pourquoi l’activité est labellisée sans : %(criteria)s.",
                criteria=", ".join(lacks),
            ),
            field="reason",
        )


def _write_down(
    activity: Activity,
    step: Step,
    before: Status,
    *,
    by: User,
    at: datetime,
    reason: str,
    verdict: Verdict | None,
    fields: Sequence[str],
) -> None:
    if step is Step.SUBMIT:
        activity.submitted_at = at
    elif step is Step.PUBLISH:
        activity.published_at = at
    if step in {Step.LABEL, Step.REFUSE}:
        activity.decisions.insert(
            0, _decision(activity, step, verdict, by=by, at=at, reason=reason)
        )
    elif step is Step.PUBLISH and before is Status.SUBMITTED:
        # Publishing what was not labelled yet labels it.
        activity.decisions.append(
            _decision(activity, Step.LABEL, verdict, by=by, at=at, reason=reason)
        )
    elif step is Step.SEND_BACK and (reason or fields):
        activity.remarks.append(
            Remark(
                person_id=by.id,
                at=at,
                text=reason,
                side=Side.COORDINATION,
                fields=",".join(name for name in FIELD_NAMES if name in fields),
            )
        )
    elif reason and step is Step.SUBMIT:
        activity.remarks.append(Remark(person_id=by.id, at=at, text=reason, side=Side.DECLARERS))


def _decision(
    activity: Activity,
    step: Step,
    verdict: Verdict | None,
    *,
    by: User,
    at: datetime,
    reason: str,
) -> Decision:
    if verdict is None:
        # Nobody went through the criteria: what the declaration shows by itself.
        verdict = Verdict(
            criteria=rules.told_by_itself(activity) if step is Step.LABEL else frozenset()
        )
    return Decision(
        person_id=by.id,
        at=at,
        step=step,
        reason=reason,
        committee=verdict.committee,
        decided_on=verdict.decided_on,
        criteria=rules.written(verdict.criteria),
    )


def _set_slots(slots: Sequence[Slot], state: SlotState, *, at: datetime, note: str) -> None:
    for slot in slots:
        slot.state = state
        slot.note = note
        slot.revision += 1
        slot.changed_at = at
    if slots:
        tell_openings(slots[0].activity, slots, at)
