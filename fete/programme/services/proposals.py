"""Answer what the members changed after publication: accept or decline what they propose, see what they corrected."""

from collections.abc import Sequence
from datetime import datetime

from fete.accounts.models import User
from fete.accounts.queries import latest_act
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.templating import moment
from fete.journal.services import record
from fete.programme import mails
from fete.programme.models import Activity, Remark
from fete.programme.queries.versions import changes_proposed, read
from fete.programme.rules.versions import Change, awaits_answer, wish
from fete.programme.rules.wording import words
from fete.programme.services.activities import refuse_closed
from fete.programme.services.versions import (
    drop_proposal,
    hold_as_read,
    keep_approved,
    refuse_parent,
    take_on,
    tell_visitors,
)

_ACCEPTED = "activity.change_accepted"
_DECLINED = "activity.change_declined"
_TAKEN_BACK = "activity.change_taken_back"
_SEEN = "activity.corrections_seen"
# What the second of two people reads, under the act of the first.
_ALREADY = {
    _ACCEPTED: lazy_gettext("%(name)s a déjà accepté ce changement le %(moment)s."),
    _DECLINED: lazy_gettext("%(name)s a déjà refusé ce changement le %(moment)s."),
    _TAKEN_BACK: lazy_gettext("%(name)s a retiré ce changement le %(moment)s."),
}


def accept(
    activity: Activity,
    *,
    by: User,
    at: datetime,
    version: int | None = None,
    despite: bool = False,
    reason: str = "",
) -> None:
    """Let the activity be as its members propose; calendars learn it, and all that it says is approved.

    A slot that the public knows and that is wished no more is cancelled. What somebody changed since it was
    proposed is replaced only `despite` that. Sent twice by one person, it is done once.
    """
    if not _is_to_answer(activity, _ACCEPTED, by=by, version=version):
        return
    changes = changes_proposed(activity)
    if any(change.is_conflict for change in changes) and not despite:
        raise RuleBrokenError(
            _(
                "La fiche a changé depuis que ce changement a été proposé : dites si vous remplacez ce qui y est."
            ),
            field="despite",
        )
    wished = read(wish(activity))
    notes = activity.proposal.content["notes"] if activity.proposal else {}
    refuse_parent(activity, wished.get("parent"))
    take_on(activity, wished, by=by, at=at)
    tell_visitors(activity, notes)
    keep_approved(activity, by=by, at=at)
    record(_ACCEPTED, on=activity, person_id=by.id, at=at, detail=_fields(changes))
    mails.tell_of_accepted_change(activity, changes, by=by, at=at, reason=reason)


def decline(
    activity: Activity, *, by: User, at: datetime, reason: str, version: int | None = None
) -> None:
    """Let the activity stay as it is: its members read why, and what they had proposed, which nothing else keeps."""
    if not _is_to_answer(activity, _DECLINED, by=by, version=version):
        return
    if not reason:
        raise RuleBrokenError(
            _("Dites pourquoi : la structure recevra votre message."), field="reason"
        )
    changes = changes_proposed(activity)
    drop_proposal(activity)
    activity.version += 1
    activity.remarks.append(Remark(person_id=by.id, at=at, text=f"{reason}\n\n{_told(changes)}"))
    record(_DECLINED, on=activity, person_id=by.id, at=at, detail=f"{_fields(changes)}. {reason}")
    mails.tell_of_declined_change(activity, changes, by=by, at=at, reason=reason)


def take_back(activity: Activity, *, by: User, at: datetime, version: int | None = None) -> None:
    """Let nothing be proposed any more: what stands is what stood. Done twice, it is done once."""
    if not _is_to_answer(activity, _TAKEN_BACK, by=by, version=version):
        return
    changes = changes_proposed(activity)
    drop_proposal(activity)
    activity.version += 1
    record(_TAKEN_BACK, on=activity, person_id=by.id, at=at, detail=_fields(changes))


def see_corrections(
    activity: Activity, *, by: User, at: datetime, version: int | None = None
) -> None:
    """Let what its members corrected be approved: it waits no more to be seen. Done twice, it is done once."""
    try:
        hold_as_read(activity, version)
    except StaleError:
        if activity.corrected_at is None:
            return
        raise StaleError(_changed_meanwhile()) from None
    if activity.corrected_at is None:
        return
    keep_approved(activity, by=by, at=at)
    record(_SEEN, on=activity, person_id=by.id, at=at)


def _is_to_answer(activity: Activity, act: str, *, by: User, version: int | None) -> bool:
    """Whether there is a proposal to answer: not when the person has done so; raise when somebody else has."""
    is_stale = False
    try:
        hold_as_read(activity, version)
    except StaleError:
        is_stale = True
    refuse_closed(activity)
    if not awaits_answer(activity):
        latest = latest_act(activity, _ALREADY)
        if latest is not None and (latest.act, latest.person_id) == (act, by.id):
            return False
        if latest is None:
            raise StaleError(_("Aucun changement n’attend votre réponse."))
        name = latest.person_name or _("Quelqu’un")
        raise StaleError(str(_ALREADY[latest.act] % {"name": name, "moment": moment(latest.at)}))
    if is_stale:
        raise StaleError(_changed_meanwhile())
    return True


def _changed_meanwhile() -> str:
    return str(_("Cette activité a changé entre-temps : relisez-la avant de décider."))


def _fields(changes: Sequence[Change]) -> str:
    return ", ".join(str(change.label) for change in changes)


def _told(changes: Sequence[Change]) -> str:
    lines = [_("Ce qui était proposé :")]
    for change in changes:
        said = words(change.after) or _("(vide)")
        lines.append(_("%(name)s : %(sentences)s", name=change.label, sentences=said))
    return "\n".join(str(line) for line in lines)
