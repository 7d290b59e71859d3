"""Withdraw the links that open a report without a password."""

from datetime import datetime

from sqlalchemy import select

from fete.accounts.models import User
from fete.core.db import db
from fete.journal.services import record
from fete.programme.models import Activity
from fete.reports.models import RevokedLinks


def revoke_links(activity: Activity, *, by: User, at: datetime) -> None:
    """Let every link to the report of an activity that was given so far open it no more."""
    db.session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update())
    row = db.session.get(RevokedLinks, activity.id, populate_existing=True)
    if row is None:
        row = RevokedLinks(activity_id=activity.id, generation=0)
        db.session.add(row)
    row.generation += 1
    row.revoked_at = at
    row.revoked_by_id = by.id
    db.session.flush()
    record("report.link_revoked", on=activity, person_id=by.id, at=at)
