"""Find activities: one with all that a page shows, those of a person, the containers that may hold others."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from fete.accounts.models import User
from fete.accounts.policies import is_coordinator
from fete.core.db import db
from fete.core.pagination import Page, paginate
from fete.network.models import Organisation
from fete.programme.models import (
    Activity,
    ActivityVersion,
    CoOrganiser,
    Decision,
    Edition,
    EditionState,
    Handover,
    Remark,
    Slot,
    StandRequest,
    Venue,
)
from fete.programme.queries.sharing import is_organised_by_structures_of
from fete.programme.workflow import Status
from fete.vocabulary.models import Term

MOST_IN_HAND = 50
_PLACE = joinedload(Activity.venue).joinedload(Venue.commune)
_SHOWN: tuple[ExecutableOption, ...] = (
    joinedload(Activity.edition),
    joinedload(Activity.organisation).joinedload(Organisation.commune),
    joinedload(Activity.organisation).selectinload(Organisation.memberships),
    joinedload(Activity.kind),
    _PLACE,
    selectinload(Activity.sites),
    joinedload(Activity.parent).joinedload(Activity.venue),
    joinedload(Activity.parent).joinedload(Activity.kind),
    joinedload(Activity.parent).selectinload(Activity.sites),
    joinedload(Activity.parent).selectinload(Activity.slots).joinedload(Slot.venue),
    joinedload(Activity.created_by),
    joinedload(Activity.picture),
    selectinload(Activity.terms),
    selectinload(Activity.slots).joinedload(Slot.venue),
    selectinload(Activity.versions),
    selectinload(Activity.children).options(
        joinedload(Activity.kind), joinedload(Activity.venue), selectinload(Activity.slots)
    ),
    selectinload(Activity.co_organisers)
    .joinedload(CoOrganiser.organisation)
    .selectinload(Organisation.memberships),
    selectinload(Activity.handovers).joinedload(Handover.to_organisation),
    selectinload(Activity.stand_requests)
    .joinedload(StandRequest.container)
    .options(joinedload(Activity.kind), joinedload(Activity.venue)),
    selectinload(Activity.remarks).joinedload(Remark.person),
    selectinload(Activity.decisions).joinedload(Decision.person),
)


def find_activity(activity_id: int) -> Activity | None:
    """Return an activity with all that its pages show: nothing more is asked of the database."""
    return db.session.scalar(
        select(Activity)
        .where(Activity.id == activity_id)
        .options(*_SHOWN)
        .execution_options(populate_existing=True)
    )


def find_declared(form_key: str) -> Activity | None:
    """Return the activity that a form has declared already."""
    return db.session.scalar(select(Activity).where(Activity.form_key == form_key))


def is_mine(user: User) -> ColumnElement[bool]:
    """Return the condition that a structure of the person organises an activity, or that a coordinator declared it."""
    mine = is_organised_by_structures_of(user)
    return or_(mine, Activity.created_by_id == user.id) if is_coordinator(user) else mine


def page_of_activities(user: User, *, number: int, year: int | None = None) -> Page[Activity]:
    """Return one page of a person's activities, of one edition or of all: the latest edition first, then by title."""
    statement = _mine(user)
    if year is not None:
        statement = statement.where(Edition.year == year)
    return paginate(statement, number=number)


def activities_by_year(user: User) -> dict[int, int]:
    """Return how many activities the person has in each edition, by its year, the latest first."""
    statement = (
        select(Edition.year, func.count())
        .select_from(Activity)
        .join(Activity.edition)
        .where(is_mine(user))
        .group_by(Edition.year)
        .order_by(Edition.year.desc())
    )
    return {year: number for year, number in db.session.execute(statement)}  # noqa: C416  # rows are no pairs to the type checker


def activities_in_hand(user: User) -> Sequence[Activity]:
    """Return the person's activities that wait for them: drafts and sent back, of editions not closed."""
    return db.session.scalars(
        _mine(user)
        .where(
            Activity.status.in_((Status.CHANGES_REQUESTED, Status.DRAFT)),
            Edition.state != EditionState.CLOSED,
        )
        .limit(MOST_IN_HAND)
    ).all()


def _mine(user: User) -> Select[Activity]:
    return (
        select(Activity)
        .join(Activity.edition)
        .where(is_mine(user))
        .options(
            joinedload(Activity.edition),
            joinedload(Activity.organisation),
            joinedload(Activity.kind),
            _PLACE,
            joinedload(Activity.parent).options(
                joinedload(Activity.venue), selectinload(Activity.slots)
            ),
            selectinload(Activity.stand_requests)
            .joinedload(StandRequest.container)
            .joinedload(Activity.venue),
            selectinload(Activity.terms),
            selectinload(Activity.slots),
            selectinload(Activity.versions).load_only(ActivityVersion.state),
        )
        .order_by(Edition.year.desc(), Activity.title, Activity.id)
    )


def containers_of(edition: Edition) -> Sequence[Activity]:
    """Return the villages, festivals and trails of an edition that activities may join, by title."""
    return db.session.scalars(
        select(Activity)
        .join(Activity.kind)
        .where(
            Activity.edition_id == edition.id,
            Activity.status.in_((Status.LABELLED, Status.PUBLISHED)),
            Term.is_container,
        )
        .options(joinedload(Activity.kind), _PLACE, selectinload(Activity.sites))
        .order_by(Activity.title, Activity.id)
    ).all()
