"""Who organises an activity with whom: its people, the activities of a person's structures, what is offered to them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from fete.accounts.models import User
from fete.core.db import db
from fete.network.models import Organisation
from fete.network.queries import acting_for, members_of
from fete.programme.models import Activity, Answer, CoOrganiser, Handover


def people_of(activity: Activity) -> Sequence[User]:
    """Return who acts for the structures that organise an activity, each once, in the order of names."""
    return members_of([each.id for each in activity.organisers])


def is_organised_by_structures_of(user: User) -> ColumnElement[bool]:
    """Return the condition that a structure which the person acts for organises an activity, alone or with others."""
    shared = select(CoOrganiser.activity_id).where(
        CoOrganiser.organisation_id.in_(acting_for(user))
    )
    return or_(is_declared_by_structures_of(user), Activity.id.in_(shared))


def is_declared_by_structures_of(user: User) -> ColumnElement[bool]:
    """Return the condition that a structure which the person acts for declares an activity."""
    return Activity.organisation_id.in_(acting_for(user))


def find_handover(handover_id: int) -> Handover | None:
    """Return a handover with the structure that is asked and its members, and the activity."""
    return db.session.scalar(
        select(Handover)
        .where(Handover.id == handover_id)
        .options(
            joinedload(Handover.to_organisation).selectinload(Organisation.memberships),
            joinedload(Handover.activity).joinedload(Activity.organisation),
        )
    )


def handovers_for(user: User) -> Sequence[Handover]:
    """Return the activities that the person's structures are asked to take over, oldest first."""
    return db.session.scalars(
        select(Handover)
        .where(Handover.state == Answer.ASKED, Handover.to_organisation_id.in_(acting_for(user)))
        .options(
            joinedload(Handover.to_organisation),
            joinedload(Handover.activity).joinedload(Activity.organisation),
        )
        .order_by(Handover.asked_at, Handover.id)
    ).all()
