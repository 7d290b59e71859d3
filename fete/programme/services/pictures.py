"""Give an activity its picture, say what it shows and whose it is, take it away."""

from datetime import datetime
from secrets import token_hex

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.core.imaging import CONTENT_TYPE, LARGE, SMALL, Encoded
from fete.core.store import delete_with_row, store, write_with_row
from fete.journal.services import record
from fete.programme.models import Activity, Picture
from fete.programme.queries.pictures import keys_in_use
from fete.programme.services.activities import hold, touch


def set_picture(
    activity: Activity, encoded: Encoded, *, alternative: str, credit: str, by: User, at: datetime
) -> Picture:
    """Return the picture that the activity now has; the files of the one before go once this is kept.

    An empty alternative says that the picture only decorates.
    """
    _refuse_uncredited(credit)
    # Of two people who send one at the same time, the second replaces the first's.
    hold(activity)
    picture = activity.picture or Picture()
    if activity.picture is not None:
        delete_with_row(*picture.files.values())
    picture.added_by_id, picture.added_at = by.id, at
    picture.key = token_hex(16)
    picture.width, picture.height = encoded.width, encoded.height
    picture.alternative, picture.credit = alternative, credit
    activity.picture = picture
    for size, content in ((LARGE, encoded.large), (SMALL, encoded.small)):
        write_with_row(picture.files[size], content, CONTENT_TYPE)
    _note("activity.picture_set", activity, by=by, at=at, detail=credit)
    return picture


def describe_picture(
    activity: Activity, *, alternative: str, credit: str, by: User, at: datetime
) -> bool:
    """Return whether what is said of the picture changed."""
    _refuse_uncredited(credit)
    picture = activity.picture
    if picture is None:
        raise RuleBrokenError(_("Il n’y a plus d’image : choisissez-en une."), field="file")
    if (picture.alternative, picture.credit) == (alternative, credit):
        return False
    picture.alternative, picture.credit = alternative, credit
    _note("activity.picture_described", activity, by=by, at=at, detail=credit)
    return True


def remove_picture(activity: Activity, *, by: User, at: datetime) -> None:
    """Take the picture away, with its files; without one, nothing changes."""
    picture = activity.picture
    if picture is None:
        return
    delete_with_row(*picture.files.values())
    activity.picture = None
    _note("activity.picture_removed", activity, by=by, at=at, detail=picture.credit)


def forget_orphans(*, before: datetime) -> int:
    """Take away the files written before this instant that no picture names; return how many there were.

    They go once the transaction under way is kept.
    """
    old = [name for name, written_at in store().names() if written_at < before]
    used = keys_in_use() if old else frozenset()
    orphans = [name for name in old if name.partition("-")[0] not in used]
    delete_with_row(*orphans)
    return len(orphans)


def _refuse_uncredited(credit: str) -> None:
    if not credit:
        raise RuleBrokenError(
            _("Dites de qui est l’image : son auteur ou son autrice, ou la structure."),
            field="credit",
        )


def _note(act: str, activity: Activity, *, by: User, at: datetime, detail: str) -> None:
    touch(activity, at)
    db.session.flush()
    record(act, on=activity, person_id=by.id, at=at, detail=detail)
