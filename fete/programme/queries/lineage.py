"""An activity from one edition to the next: what it renews, and what renews it."""

from collections.abc import Collection, Sequence

from sqlalchemy import literal, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from fete.core.db import db
from fete.network.models import Organisation
from fete.programme.models import Activity, CoOrganiser, Edition, Venue

# Longer than any line of editions: a circle that should not be is not followed for ever.
_MOST_YEARS = 60
_WHO_SEES_IT: tuple[ExecutableOption, ...] = (
    joinedload(Activity.edition),
    joinedload(Activity.organisation).joinedload(Organisation.commune),
    joinedload(Activity.organisation).selectinload(Organisation.memberships),
    joinedload(Activity.venue).joinedload(Venue.commune),
    joinedload(Activity.parent).joinedload(Activity.venue),
)


def lineage_of(activity: Activity) -> Sequence[Activity]:
    """Return the activity with those that it renews and those that renew it, the earliest edition first."""
    before = (
        select(Activity.renewed_from_id.label("id"), literal(1).label("depth"))
        .where(Activity.id == activity.id)
        .cte("before", recursive=True)
    )
    before = before.union_all(
        select(Activity.renewed_from_id, before.c.depth + 1)
        .join(before, Activity.id == before.c.id)
        .where(before.c.depth < _MOST_YEARS)
    )
    after = (
        select(Activity.id.label("id"), literal(1).label("depth"))
        .where(Activity.id == activity.id)
        .cte("after", recursive=True)
    )
    after = after.union_all(
        select(Activity.id, after.c.depth + 1)
        .join(after, Activity.renewed_from_id == after.c.id)
        .where(after.c.depth < _MOST_YEARS)
    )
    numbers = select(before.c.id).where(before.c.id.is_not(None)).union(select(after.c.id))
    return db.session.scalars(
        select(Activity)
        .join(Activity.edition)
        .where(Activity.id.in_(numbers))
        .options(
            *_WHO_SEES_IT,
            selectinload(Activity.co_organisers)
            .joinedload(CoOrganiser.organisation)
            .selectinload(Organisation.memberships),
            selectinload(Activity.slots),
        )
        .order_by(Edition.year, Activity.id)
    ).all()


def renewals_in(edition: Edition, activity_ids: Collection[int]) -> dict[int, Activity]:
    """Return, by the number of each of these activities, the one of the edition that renews it, directly or in turn."""
    line = (
        select(Activity.id.label("source"), Activity.id.label("id"), literal(1).label("depth"))
        .where(Activity.id.in_(activity_ids))
        .cte("line", recursive=True)
    )
    line = line.union_all(
        select(line.c.source, Activity.id, line.c.depth + 1)
        .join(line, Activity.renewed_from_id == line.c.id)
        .where(line.c.depth < _MOST_YEARS)
    )
    statement = (
        select(line.c.source, Activity)
        .join(line, Activity.id == line.c.id)
        .where(Activity.edition_id == edition.id, line.c.source != line.c.id)
        .options(*_WHO_SEES_IT)
        .order_by(Activity.id)
    )
    found: dict[int, Activity] = {}
    for source, renewal in db.session.execute(statement):
        found.setdefault(source, renewal)
    return found
