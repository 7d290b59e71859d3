"""Find the stands of a container: those inside, those that ask to come in, who answers them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fete.accounts.models import User
from fete.accounts.policies import is_coordinator
from fete.accounts.queries import coordinators_of
from fete.core.db import db
from fete.programme.models import Activity, Answer, StandRequest
from fete.programme.queries.activities import is_mine
from fete.programme.queries.sharing import people_of
from fete.programme.queries.territory import within
from fete.programme.workflow import Status

# What is refused or withdrawn waits for nothing.
_LIVING = frozenset(set(Status) - {Status.REFUSED, Status.WITHDRAWN})


@dataclass(frozen=True, kw_only=True, slots=True)
class Awaited:
    """A container, and how many stands wait for an answer there."""

    container: Activity
    number: int


def requests_in(container: Activity) -> Sequence[StandRequest]:
    """Return the stands that ask to come into a container, oldest first, with what one answers by."""
    return db.session.scalars(
        select(StandRequest)
        .join(StandRequest.activity)
        .where(
            StandRequest.container_id == container.id,
            StandRequest.state == Answer.ASKED,
            Activity.status.in_(_LIVING),
        )
        .options(
            joinedload(StandRequest.activity).options(
                joinedload(Activity.organisation),
                joinedload(Activity.kind),
                joinedload(Activity.venue),
                joinedload(Activity.parent),
                selectinload(Activity.slots),
            ),
            joinedload(StandRequest.asked_by).lazyload(User.roles),
        )
        .order_by(StandRequest.asked_at, StandRequest.id)
    ).all()


def find_requests(container: Activity, numbers: Collection[int]) -> Sequence[StandRequest]:
    """Return those of these requests that were made to the container, answered or not, oldest first."""
    made = db.session.scalars(
        select(StandRequest)
        .where(StandRequest.container_id == container.id)
        .options(joinedload(StandRequest.activity))
        .order_by(StandRequest.asked_at, StandRequest.id)
    )
    return [each for each in made if each.id in numbers]


def stands_in(container: Activity) -> Sequence[Activity]:
    """Return what a container holds, by title, with what a line shows of it."""
    return db.session.scalars(
        select(Activity)
        .where(Activity.parent_id == container.id, Activity.status.in_(_LIVING))
        .options(
            joinedload(Activity.organisation),
            joinedload(Activity.kind),
            selectinload(Activity.slots),
            selectinload(Activity.stand_requests),
        )
        .order_by(Activity.title, Activity.id)
    ).all()


def awaited_stands(user: User, *, territory: frozenset[str] = frozenset()) -> Sequence[Awaited]:
    """Return the containers of the person, and of these départements, where stands wait for an answer, by title."""
    whose = or_(is_mine(user), within(territory)) if territory else is_mine(user)
    waiting = (
        select(StandRequest.container_id, func.count().label("number"))
        .join(StandRequest.activity)
        .where(StandRequest.state == Answer.ASKED, Activity.status.in_(_LIVING))
        .group_by(StandRequest.container_id)
        .subquery()
    )
    statement = (
        select(Activity, waiting.c.number)
        .join(waiting, waiting.c.container_id == Activity.id)
        .where(whose)
        .order_by(Activity.title, Activity.id)
    )
    return [Awaited(container=row[0], number=row[1]) for row in db.session.execute(statement).all()]


def hosts_of(container: Activity) -> Sequence[User]:
    """Return who answers for a container: its organisers' members, its creator, its coordination; each once."""
    found = {person.id: person for person in people_of(container)}
    creator = container.created_by
    if creator is not None and creator.is_active and is_coordinator(creator):
        found.setdefault(creator.id, creator)
    for person in coordinators_of(container.departement_code):
        found.setdefault(person.id, person)
    return list(found.values())
