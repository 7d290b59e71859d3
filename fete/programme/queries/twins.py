"""Find activities that are likely one, declared twice, and what was said of them already."""

import re
from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from fete.core.db import db
from fete.journal.models import Entry
from fete.network.models import Organisation
from fete.programme.models import Activity, CoOrganiser, Edition, Slot, Venue
from fete.programme.rules import are_likely_one, place_of, titles_are_near
from fete.programme.workflow import Status

TOLD_APART = "activity.told_apart"
# What the journal says of the other one begins with its number.
_NUMBER = re.compile(r"n° (\d+)\b")
_GONE = (Status.WITHDRAWN, Status.REFUSED)


def declared_twins(
    organisation: Organisation, edition: Edition, *, title: str, form_key: str
) -> list[Activity]:
    """Return what the structure declared for the edition under a near title, this very form apart, by title."""
    found = db.session.scalars(
        select(Activity)
        .where(
            Activity.organisation_id == organisation.id,
            Activity.edition_id == edition.id,
            Activity.status.not_in(_GONE),
            Activity.form_key != form_key,
        )
        .options(selectinload(Activity.slots))
        .order_by(Activity.title, Activity.id)
    )
    return [each for each in found if titles_are_near(title, each.title)]


def twins_of_renewals(sources: Sequence[Activity], edition: Edition) -> dict[int, list[Activity]]:
    """Return, by the number of each activity that may be renewed, what its structure declared already under a near title."""
    found = db.session.scalars(
        select(Activity)
        .where(
            Activity.organisation_id.in_({each.organisation_id for each in sources}),
            Activity.edition_id == edition.id,
            Activity.status.not_in(_GONE),
        )
        .order_by(Activity.title, Activity.id)
    ).all()
    return {
        source.id: [
            each
            for each in found
            if each.organisation_id == source.organisation_id
            and titles_are_near(source.title, each.title)
        ]
        for source in sources
    }


def overlapping_twins(activity: Activity) -> list[Activity]:
    """Return what is held at the same place and time and is likely the same, unless somebody told them apart."""
    place = place_of(activity)
    if place is None or not activity.slots:
        return []
    container = aliased(Activity)
    first = min(slot.starts_at for slot in activity.slots)
    last = max(slot.ends_at for slot in activity.slots)
    found = db.session.scalars(
        select(Activity)
        .outerjoin(container, Activity.parent_id == container.id)
        .where(
            Activity.edition_id == activity.edition_id,
            Activity.id != activity.id,
            Activity.status.not_in(_GONE),
            or_(
                Activity.venue_id == place,
                and_(Activity.venue_id.is_(None), container.venue_id == place),
            ),
            Activity.slots.any(and_(Slot.starts_at < last, Slot.ends_at > first)),
        )
        .options(
            joinedload(Activity.edition),
            joinedload(Activity.organisation).joinedload(Organisation.commune),
            joinedload(Activity.organisation).selectinload(Organisation.memberships),
            selectinload(Activity.co_organisers)
            .joinedload(CoOrganiser.organisation)
            .selectinload(Organisation.memberships),
            joinedload(Activity.venue).joinedload(Venue.commune),
            joinedload(Activity.parent).joinedload(Activity.venue),
            selectinload(Activity.slots),
        )
        .order_by(Activity.title, Activity.id)
    ).all()
    twins = [each for each in found if are_likely_one(activity, each)]
    apart = _told_apart(activity, twins) if twins else set()
    return [each for each in twins if each.id not in apart]


def in_the_journal(activity: Activity) -> str:
    """Return how the journal names the activity that another was told apart from."""
    return f"n° {activity.id} — {activity.title}"


def _told_apart(activity: Activity, twins: Sequence[Activity]) -> set[int]:
    """Return those of the twins that somebody told apart from the activity, on the page of either."""
    numbers = [activity.id, *(each.id for each in twins)]
    found = db.session.execute(
        select(Entry.object_id, Entry.detail).where(
            Entry.object_kind == Activity.__tablename__,
            Entry.object_id.in_(numbers),
            Entry.act == TOLD_APART,
        )
    )
    pairs = {
        frozenset((number, int(named[1])))
        for number, detail in found
        if (named := _NUMBER.match(detail))
    }
    return {each.id for each in twins if frozenset((activity.id, each.id)) in pairs}
