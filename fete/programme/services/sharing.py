"""Let several structures organise an activity, and hand it over from one to another."""

from datetime import datetime

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _, lazy_gettext
from fete.journal.services import record
from fete.network.models import Organisation
from fete.network.policies import is_member
from fete.programme import mails
from fete.programme.models import Activity, Answer, CoOrganiser, Handover
from fete.programme.policies import hands_over_at_once
from fete.programme.services.activities import hold, index, refuse_closed, touch
from fete.programme.workflow import Status

# What whoever answers too late reads.
_ANSWERED = {
    Answer.ACCEPTED: lazy_gettext("Cette activité a déjà été reprise par la structure."),
    Answer.DECLINED: lazy_gettext("Votre structure a déjà décliné cette proposition."),
    Answer.WITHDRAWN: lazy_gettext(
        "La structure qui vous confiait cette activité a retiré sa demande entre-temps."
    ),
}


def add_co_organiser(
    activity: Activity, organisation: Organisation, *, by: User, at: datetime
) -> CoOrganiser:
    """Let a structure organise the activity with the one that declares it; its members get a letter.

    Adding it twice adds it once.
    """
    hold(activity)
    _refuse_settled(activity)
    if organisation.id == activity.organisation_id:
        raise RuleBrokenError(_("C’est déjà la structure qui porte l’activité."))
    known = _shared_with(activity, organisation)
    if known is not None:
        return known
    shared = CoOrganiser(organisation=organisation, added_by_id=by.id, added_at=at)
    activity.co_organisers.append(shared)
    db.session.flush()
    index(activity)
    record(
        "activity.co_organiser_added",
        on=activity,
        person_id=by.id,
        at=at,
        detail=organisation.name,
    )
    mails.tell_co_organiser(shared, by=by, at=at)
    return shared


def remove_co_organiser(
    activity: Activity, organisation: Organisation, *, by: User, at: datetime
) -> None:
    """Let a structure organise the activity no more, and tell the others; done twice, it is done once."""
    hold(activity)
    refuse_closed(activity)
    shared = _shared_with(activity, organisation)
    if shared is None:
        return
    leaves = is_member(by, organisation)
    if leaves:
        mails.tell_co_organiser_left(shared, by=by, at=at)
    else:
        mails.tell_co_organiser_removed(shared, by=by, at=at)
    activity.co_organisers.remove(shared)
    db.session.flush()
    index(activity)
    act = "activity.co_organiser_left" if leaves else "activity.co_organiser_removed"
    record(act, on=activity, person_id=by.id, at=at, detail=organisation.name)


def hand_over(
    activity: Activity, to: Organisation, *, message: str, by: User, at: datetime
) -> Handover:
    """Ask a structure to take the activity over; who acts for both, or for the coordination, does it at once.

    Asked twice, it is asked once.
    """
    hold(activity)
    if to.id == activity.organisation_id:
        known = next((each for each in reversed(activity.handovers)), None)
        if known is not None and known.to_organisation_id == to.id:
            return known
        raise RuleBrokenError(_("C’est déjà la structure qui porte l’activité."))
    _refuse_settled(activity)
    waiting = pending_handover(activity)
    if waiting is not None and waiting.to_organisation_id == to.id:
        return waiting
    if waiting is not None:
        raise RuleBrokenError(
            _(
                "« %(name)s » n’a pas encore répondu : retirez d’abord la demande.",
                name=waiting.to_organisation.name,
            )
        )
    is_at_once = hands_over_at_once(by, activity, to)
    if is_at_once and not message and not is_member(by, to):
        raise RuleBrokenError(
            _("Dites pourquoi : les deux structures recevront votre message."), field="message"
        )
    handover = Handover(
        to_organisation=to, message=message, asked_by_id=by.id, asked_at=at, state=Answer.ASKED
    )
    activity.handovers.append(handover)
    db.session.flush()
    if is_at_once:
        _take_over(handover, by=by, at=at)
        return handover
    if not mails.ask_to_take_over(handover, by=by, at=at):
        raise RuleBrokenError(
            _("Personne n’agit encore pour cette structure : demandez à votre coordination.")
        )
    record("activity.handover_asked", on=activity, person_id=by.id, at=at, detail=to.name)
    return handover


def take_over(handover: Handover, *, by: User, at: datetime) -> None:
    """Let the structure that was asked declare the activity from now on; done twice, it is done once."""
    if _is_open_to(handover, Answer.ACCEPTED):
        _refuse_settled(handover.activity)
        _take_over(handover, by=by, at=at)


def decline_handover(handover: Handover, *, by: User, at: datetime) -> None:
    """Leave the activity where it is, and tell those who asked; done twice, it is done once."""
    if not _is_open_to(handover, Answer.DECLINED):
        return
    _settle(handover, Answer.DECLINED, by=by, at=at)
    name = handover.to_organisation.name
    record("activity.handover_declined", on=handover.activity, person_id=by.id, at=at, detail=name)
    mails.tell_handover_declined(handover, by=by, at=at)


def withdraw_handover(handover: Handover, *, by: User, at: datetime) -> None:
    """Ask no more that the structure takes the activity over; done twice, it is done once."""
    if not _is_open_to(handover, Answer.WITHDRAWN):
        return
    _settle(handover, Answer.WITHDRAWN, by=by, at=at)
    name = handover.to_organisation.name
    record("activity.handover_withdrawn", on=handover.activity, person_id=by.id, at=at, detail=name)
    mails.tell_handover_withdrawn(handover, by=by, at=at)


def pending_handover(activity: Activity) -> Handover | None:
    """Return the handover that waits for its answer: there is one at most."""
    return next((each for each in activity.handovers if each.state is Answer.ASKED), None)


def _take_over(handover: Handover, *, by: User, at: datetime) -> None:
    activity, to, before = (
        handover.activity,
        handover.to_organisation,
        handover.activity.organisation,
    )
    _settle(handover, Answer.ACCEPTED, by=by, at=at)
    shared = _shared_with(activity, to)
    if shared is not None:
        activity.co_organisers.remove(shared)
    activity.organisation = to
    activity.version += 1
    touch(activity, at)
    db.session.flush()
    index(activity)
    detail = _("De « %(before)s » à « %(after)s ».", before=before.name, after=to.name)
    record(
        "activity.handed_over",
        on=activity,
        person_id=by.id,
        at=at,
        detail=f"{detail} {handover.message}".strip(),
    )
    mails.tell_handed_over(activity, before=before, by=by, at=at, reason=handover.message)


def _is_open_to(handover: Handover, answer: Answer) -> bool:
    """Return whether the answer is to be given now; raise when another one was."""
    hold(handover.activity)
    db.session.refresh(handover)
    if handover.state is Answer.ASKED:
        return True
    if handover.state is answer:
        return False
    raise RuleBrokenError(str(_ANSWERED[handover.state]))


def _settle(handover: Handover, answer: Answer, *, by: User, at: datetime) -> None:
    handover.state = answer
    handover.settled_by_id, handover.settled_at = by.id, at
    db.session.flush()


def _shared_with(activity: Activity, organisation: Organisation) -> CoOrganiser | None:
    return next(
        (each for each in activity.co_organisers if each.organisation_id == organisation.id), None
    )


def _refuse_settled(activity: Activity) -> None:
    refuse_closed(activity)
    if activity.status in {Status.REFUSED, Status.WITHDRAWN}:
        raise RuleBrokenError(_("Cette activité est retirée ou refusée : reprenez-la d’abord."))
