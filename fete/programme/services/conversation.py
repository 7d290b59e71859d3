"""Let those who declare an activity and its coordination write to each other about it."""

from datetime import datetime

from sqlalchemy import select

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.journal.services import record
from fete.programme import mails
from fete.programme.models import Activity, Remark, Side
from fete.programme.services.activities import hold


def write(
    activity: Activity, text: str, *, side: Side, by: User, at: datetime, seen: int = 0
) -> Remark:
    """Return the message, kept and told to the other side by letter.

    `seen` is the number of the latest message that the person had before their eyes: the same words sent again
    from the same page are the same message.
    """
    if not text:
        raise RuleBrokenError(_("Écrivez votre message."), field="text")
    hold(activity)
    known = db.session.scalar(
        select(Remark).where(
            Remark.activity_id == activity.id,
            Remark.id > seen,
            Remark.person_id == by.id,
            Remark.side == side,
            Remark.text == text,
        )
    )
    if known is not None:
        return known
    remark = Remark(activity_id=activity.id, person_id=by.id, at=at, text=text, side=side)
    db.session.add(remark)
    record("activity.message_written", on=activity, person_id=by.id, at=at)
    db.session.flush()
    mails.tell_of_message(activity, text, side=side, by=by, at=at)
    return remark
