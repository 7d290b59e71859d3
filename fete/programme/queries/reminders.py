"""Whom the end of a call concerns: drafts that were not deposited, structures of last year that said nothing yet."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from fete.core.db import db
from fete.network.models import Organisation
from fete.programme.models import Activity, CallReminder, Edition
from fete.programme.workflow import Status


def reminders_of(edition: Edition) -> frozenset[int]:
    """Return how many days before its end the call of an edition was reminded already."""
    statement = select(CallReminder.days_before).where(CallReminder.edition_id == edition.id)
    return frozenset(db.session.scalars(statement))


def drafts_of(edition: Edition) -> Sequence[Activity]:
    """Return the drafts of an edition with their structures, by title."""
    statement = (
        select(Activity)
        .where(Activity.edition_id == edition.id, Activity.status == Status.DRAFT)
        .options(joinedload(Activity.organisation))
        .order_by(Activity.title, Activity.id)
    )
    return db.session.scalars(statement).all()


def silent_since_last(edition: Edition) -> Sequence[Organisation]:
    """Return the structures published in the edition before this one that declared nothing for it, by name."""
    last = (
        select(Edition.id)
        .where(Edition.year < edition.year)
        .order_by(Edition.year.desc())
        .limit(1)
        .scalar_subquery()
    )
    took_part = exists().where(
        Activity.organisation_id == Organisation.id,
        Activity.edition_id == last,
        Activity.status == Status.PUBLISHED,
    )
    declared = exists().where(
        Activity.organisation_id == Organisation.id, Activity.edition_id == edition.id
    )
    statement = (
        select(Organisation)
        .where(took_part, ~declared, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.search, Organisation.id)
    )
    return db.session.scalars(statement).all()
