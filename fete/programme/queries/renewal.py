"""What may be renewed into an edition: the activities of earlier ones, and what stands in the way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from fete.accounts.models import User
from fete.accounts.policies import is_coordinator
from fete.core.db import db
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.models import Activity, CoOrganiser, Edition, Slot, Venue
from fete.programme.queries.sharing import is_declared_by_structures_of
from fete.programme.rules import in_offer_order
from fete.programme.workflow import Status

# More than one structure holds in a year.
MOST_OFFERED = 300
_HELD = (Status.PUBLISHED, Status.LABELLED)


@dataclass(frozen=True, kw_only=True, slots=True)
class ToRenew:
    """How many activities of an earlier edition wait to be renewed."""

    year: int
    number: int


def editions_to_renew(
    user: User, organisation: Organisation | None, *, into: Edition
) -> Sequence[Edition]:
    """Return the editions before this one that hold activities of the person, or of one structure, the latest first."""
    return db.session.scalars(
        select(Edition)
        .where(
            Edition.year < into.year,
            select(Activity.id)
            .where(Activity.edition_id == Edition.id, _whose(user, organisation))
            .exists(),
        )
        .order_by(Edition.year.desc())
    ).all()


def structures_to_renew(
    territory: frozenset[str] | None, *, into: Edition
) -> Sequence[Organisation]:
    """Return the structures of these départements (`None`: of all) that held something before this edition, by name."""
    held = (
        select(Activity.id)
        .join(Activity.edition)
        .where(
            Activity.organisation_id == Organisation.id,
            Activity.status.in_(_HELD),
            Edition.year < into.year,
        )
        .exists()
    )
    statement = (
        select(Organisation)
        .outerjoin(Organisation.commune)
        .where(held)
        .options(contains_eager(Organisation.commune))
        .order_by(Organisation.search, Organisation.id)
    )
    if territory is not None:
        statement = statement.where(Commune.departement_code.in_(sorted(territory)))
    return db.session.scalars(statement).all()


def activities_to_renew(
    user: User, organisation: Organisation | None, edition: Edition
) -> list[Activity]:
    """Return the activities of an earlier edition, of the person or of one structure, as they are offered to renew."""
    found = db.session.scalars(
        select(Activity)
        .where(Activity.edition_id == edition.id, _whose(user, organisation))
        .options(
            joinedload(Activity.organisation),
            joinedload(Activity.kind),
            joinedload(Activity.venue).joinedload(Venue.commune),
            joinedload(Activity.parent).options(
                joinedload(Activity.venue), selectinload(Activity.slots)
            ),
            selectinload(Activity.slots),
        )
        .order_by(Activity.id)
        .limit(MOST_OFFERED)
    ).all()
    return in_offer_order(found)


def find_to_renew(activity_ids: Collection[int]) -> list[Activity]:
    """Return the activities of these numbers with all that a renewal takes over, as they are offered to renew."""
    found = db.session.scalars(
        select(Activity)
        .where(Activity.id.in_(activity_ids))
        .options(
            joinedload(Activity.edition),
            joinedload(Activity.organisation).joinedload(Organisation.commune),
            joinedload(Activity.organisation).selectinload(Organisation.memberships),
            joinedload(Activity.kind),
            joinedload(Activity.venue).joinedload(Venue.commune),
            joinedload(Activity.parent).options(
                joinedload(Activity.venue), selectinload(Activity.slots)
            ),
            selectinload(Activity.terms),
            selectinload(Activity.slots).joinedload(Slot.venue),
            selectinload(Activity.sites),
            selectinload(Activity.co_organisers).joinedload(CoOrganiser.organisation),
        )
        .order_by(Activity.id)
    ).all()
    return in_offer_order(found)


def renewed_containers(sources: Collection[Activity], edition: Edition) -> dict[int, Activity]:
    """Return, by the number of the container of an earlier edition, the one that renews it and may hold others now."""
    numbers = {each.parent_id for each in sources if each.parent_id is not None}
    found = db.session.scalars(
        select(Activity)
        .where(
            Activity.renewed_from_id.in_(numbers),
            Activity.edition_id == edition.id,
            Activity.status.in_(_HELD),
        )
        .options(
            joinedload(Activity.kind),
            joinedload(Activity.venue).joinedload(Venue.commune),
            selectinload(Activity.slots),
        )
        .order_by(Activity.id.desc())
    )
    return {each.renewed_from_id: each for each in found if each.renewed_from_id is not None}


def waiting_to_renew(user: User, *, into: Edition) -> ToRenew | None:
    """Return how many activities of the person's latest earlier edition are not renewed into this one yet."""
    earlier = aliased(Edition)
    latest = (
        select(func.max(earlier.year))
        .select_from(Activity)
        .join(earlier, Activity.edition_id == earlier.id)
        .where(earlier.year < into.year, Activity.status.in_(_HELD), _whose(user, None))
        .correlate(None)
        .scalar_subquery()
    )
    renewal = aliased(Activity)
    statement = (
        select(Edition.year, func.count())
        .select_from(Activity)
        .join(Activity.edition)
        .where(
            Edition.year == latest,
            Activity.status.in_(_HELD),
            _whose(user, None),
            ~select(renewal.id)
            .where(renewal.renewed_from_id == Activity.id, renewal.edition_id == into.id)
            .exists(),
        )
        .group_by(Edition.year)
    )
    row = db.session.execute(statement).first()
    return ToRenew(year=row[0], number=row[1]) if row else None


def _whose(user: User, organisation: Organisation | None) -> ColumnElement[bool]:
    if organisation is None:
        # What others declare and the person's structures organise with them is theirs to renew.
        mine = is_declared_by_structures_of(user)
        return or_(mine, Activity.created_by_id == user.id) if is_coordinator(user) else mine
    return Activity.organisation_id == organisation.id
