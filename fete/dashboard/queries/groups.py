"""Who is in a group that the coordination writes to: its structures within a territory, and their members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, select
from sqlalchemy.orm import selectinload

from fete.accounts.models import User
from fete.core.db import db
from fete.dashboard.queries.progress import (
    edition_before,
    is_based_in,
    is_late,
    organisations_in,
    readers_of,
)
from fete.dashboard.rules import MANNERS, Group
from fete.mailing.models import Topic
from fete.network.models import Membership, Organisation
from fete.network.queries import is_standing
from fete.network.rules import agrees_to_letters
from fete.programme.models import Activity, Edition
from fete.programme.queries.territory import departement_of_activity
from fete.programme.workflow import Status
from fete.reports.models import Report
from fete.reports.queries.reporting import is_due
from fete.reports.workflow import ReportStatus

_TAKING_PART = (Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.LABELLED, Status.PUBLISHED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Where one looks: an edition, and the départements of a territory (`None`: everywhere, and nowhere known)."""

    edition: Edition
    departements: Sequence[str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Whom a letter to a group reaches, each person once, and how many structures it does not and why."""

    structures: int
    readers: Sequence[User]
    # They have not agreed to be written to.
    silent: int
    # Nobody with an account acts for them.
    nobody: int


def audience_of(group: Group, scope: Scope, *, at: datetime) -> Audience:
    """Return whom a letter to a group reaches: news only where the structure agreed to letters."""
    statement = (
        select(Organisation)
        .where(is_standing(), _is_in(group, scope, at=at))
        .options(
            selectinload(Organisation.memberships)
            .joinedload(Membership.person)
            .lazyload(User.roles),
            selectinload(Organisation.signatures),
        )
        .order_by(Organisation.id)
        .execution_options(populate_existing=True)
    )
    organisations = db.session.scalars(statement).all()
    needs_consent = MANNERS[group].topic is Topic.NEWS
    willing = [each for each in organisations if not needs_consent or agrees_to_letters(each)]
    readers = {person.id: person for each in willing for person in readers_of(each)}
    return Audience(
        structures=len(organisations),
        readers=[readers[number] for number in sorted(readers)],
        silent=len(organisations) - len(willing),
        nobody=sum(not readers_of(each) for each in willing),
    )


def sizes_of_groups(scope: Scope, *, at: datetime) -> dict[Group, int]:
    """Return how many structures each group holds."""
    found = {}
    for group in Group:
        statement = (
            select(func.count())
            .select_from(Organisation)
            .where(is_standing(), _is_in(group, scope, at=at))
        )
        found[group] = db.session.scalar(statement) or 0
    return found


def _is_in(group: Group, scope: Scope, *, at: datetime) -> ColumnElement[bool]:
    edition = scope.edition
    match group:
        case Group.LATE:
            previous = edition_before(edition)
            if previous is None:
                return false()
            return and_(is_late(edition, previous), *is_based_in(scope.departements))
        case Group.DRAFTS:
            return _declares(scope, Activity.status == Status.DRAFT)
        case Group.TO_COMPLETE:
            return _declares(scope, Activity.status == Status.CHANGES_REQUESTED)
        case Group.NO_REPORT:
            told = exists().where(
                Report.activity_id == Activity.id, Report.status != ReportStatus.DRAFT
            )
            return _declares(scope, is_due(at), ~told)
        case Group.PARTICIPANTS:
            return organisations_in(edition, Activity.status.in_(_TAKING_PART), *_held_in(scope))


def _declares(scope: Scope, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a structure itself declares such an activity: its own duty, not its partners'."""
    own = select(Activity.organisation_id).where(
        Activity.edition_id == scope.edition.id, *conditions, *_held_in(scope)
    )
    return Organisation.id.in_(own)


def _held_in(scope: Scope) -> list[ColumnElement[bool]]:
    if scope.departements is None:
        return []
    return [departement_of_activity().in_(scope.departements)]
