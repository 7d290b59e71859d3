"""Keep that two activities which look like one are not."""

from collections.abc import Collection
from datetime import datetime

from fete.accounts.models import User
from fete.core.db import db
from fete.journal.services import record
from fete.programme.models import Activity
from fete.programme.policies import can_read
from fete.programme.queries.twins import in_the_journal, overlapping_twins


def tell_apart(
    activity: Activity, others: Collection[int], *, by: User, at: datetime
) -> list[Activity]:
    """Note that these are other activities, so that it is not asked again; said twice, it is noted once.

    One that the person may not know of is left alone: the journal would name it.
    """
    told = [
        each for each in overlapping_twins(activity) if each.id in others and can_read(by, each)
    ]
    for each in told:
        record(
            "activity.told_apart", on=activity, person_id=by.id, at=at, detail=in_the_journal(each)
        )
    db.session.flush()
    return told
