"""How far an edition is in each département, beside the one before on the same day; who is late; where nothing is held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import joinedload, selectinload

from fete.accounts.models import User
from fete.core.clock import day_bounds
from fete.core.db import db
from fete.core.pagination import Page, paginate
from fete.geography.models import Commune, Departement
from fete.network.models import Membership, MembershipState, Organisation
from fete.network.queries import is_standing
from fete.programme.models import (
    Activity,
    CoOrganiser,
    Decision,
    Edition,
    EditionState,
    Slot,
    Venue,
    activity_site,
)
from fete.programme.queries.search import commune_of_activity
from fete.programme.queries.territory import departement_of_activity, within
from fete.programme.workflow import Status

Territory = frozenset[str] | None
_WAITING = (Status.SUBMITTED, Status.CHANGES_REQUESTED)
_LABELLED = (Status.LABELLED, Status.PUBLISHED)
_UNDECLARED = (Status.DRAFT, Status.WITHDRAWN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many activities were begun, deposited, wait, are labelled, are published; how many communes host one."""

    begun: int = 0
    declared: int = 0
    waiting: int = 0
    labelled: int = 0
    published: int = 0
    hosts: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Return both together."""
        return Counts(
            **{
                each.name: getattr(self, each.name) + getattr(other, each.name)
                for each in fields(self)
            }
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """How far a département is, and was on the same day of the edition before; no département for what is in none."""

    departement: Departement | None
    now: Counts
    before: Counts | None
    communes: int = 0

    @property
    def empty(self) -> int:
        """How many of its communes host nothing yet."""
        return max(0, self.communes - self.now.hosts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """The lines of an edition and all of them together, beside the edition before as it stood on `day`."""

    edition: Edition
    lines: Sequence[Line]
    total: Line
    previous: Edition | None = None
    day: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LateOrganisation:
    """A structure that took part the year before and has deposited nothing: what it did, began, and whom to reach."""

    organisation: Organisation
    published_before: int
    drafts: int
    readers: Sequence[User]


@dataclass(frozen=True, kw_only=True, slots=True)
class EmptyCommune:
    """A commune that hosts nothing yet; whether it did the year before."""

    commune: Commune
    hosted_before: bool


def edition_before(edition: Edition) -> Edition | None:
    """Return the edition before one, if it was shown."""
    return db.session.scalar(
        select(Edition)
        .where(Edition.year < edition.year, Edition.state != EditionState.PREPARED)
        .order_by(Edition.year.desc())
        .limit(1)
    )


def same_day_of(previous: Edition, edition: Edition, today: date) -> date:
    """Return the day that was as far from the opening of the edition before as today is from this one's."""
    return previous.starts_on - (edition.starts_on - today)


def board_of(
    edition: Edition,
    previous: Edition | None,
    *,
    territory: Territory,
    departements: Sequence[Departement],
    today: date,
) -> Board:
    """Return how far each of these départements is, beside the edition before; what belongs to none comes last."""
    now = _counts(edition, _as_it_stands(), territory)
    now = _with_hosts(now, _hosts(edition, None, departements))
    before: dict[str | None, Counts] | None = None
    day = None
    if previous is not None and _was_kept_as_it_went(previous):
        day = same_day_of(previous, edition, today)
        until = day_bounds(day)[1]
        before = _counts(previous, _as_it_stood(until), territory)
        before = _with_hosts(before, _hosts(previous, until, departements))
    lines = _lines(now, before, departements)
    return Board(
        edition=edition,
        lines=lines,
        total=_together(lines),
        previous=previous if before is not None else None,
        day=day,
    )


def _lines(
    now: dict[str | None, Counts],
    before: dict[str | None, Counts] | None,
    departements: Sequence[Departement],
) -> list[Line]:
    communes = _communes_by_departement(departements)
    lines = [
        Line(
            departement=each,
            now=now.pop(each.code, Counts()),
            before=before.pop(each.code, Counts()) if before is not None else None,
            communes=communes.get(each.code, 0),
        )
        for each in departements
    ]
    elsewhere = sum(now.values(), Counts())
    elsewhere_before = sum(before.values(), Counts()) if before is not None else None
    if elsewhere != Counts() or elsewhere_before not in {None, Counts()}:
        lines.append(Line(departement=None, now=elsewhere, before=elsewhere_before))
    return lines


def _together(lines: Sequence[Line]) -> Line:
    before = [line.before for line in lines if line.before is not None]
    return Line(
        departement=None,
        now=sum((line.now for line in lines), Counts()),
        before=sum(before, Counts()) if before or not lines else None,
        communes=sum(line.communes for line in lines),
    )


def _was_kept_as_it_went(edition: Edition) -> bool:
    """Whether the edition was declared here, and not brought from a file once it was over."""
    over = day_bounds(edition.ends_on)[1]
    return bool(
        db.session.scalar(
            select(exists().where(Activity.edition_id == edition.id, Activity.submitted_at < over))
        )
    )


def _as_it_stands() -> dict[str, ColumnElement[bool]]:
    return {
        "begun": Activity.status == Status.DRAFT,
        "declared": (Activity.status != Status.DRAFT) & Activity.submitted_at.is_not(None),
        "waiting": Activity.status.in_(_WAITING),
        "labelled": Activity.status.in_(_LABELLED),
        "published": Activity.status == Status.PUBLISHED,
    }


def _as_it_stood(until: datetime) -> dict[str, ColumnElement[bool]]:
    """Return the same conditions as an instant would have found them, as far as dates tell."""
    deposited = and_(Activity.status != Status.DRAFT, Activity.submitted_at < until)
    published = and_(Activity.status == Status.PUBLISHED, Activity.published_at < until)
    decided = exists().where(
        Decision.activity_id == Activity.id,
        Decision.at >= Activity.submitted_at,
        Decision.at < until,
    )
    return {
        "begun": and_(
            Activity.created_at < until,
            Activity.status != Status.WITHDRAWN,
            or_(Activity.submitted_at.is_(None), Activity.submitted_at >= until),
        ),
        "declared": deposited,
        "waiting": and_(
            deposited,
            Activity.status != Status.WITHDRAWN,
            or_(Activity.published_at.is_(None), Activity.published_at >= until),
            ~decided,
        ),
        "labelled": or_(published, and_(deposited, Activity.status.in_(_LABELLED), decided)),
        "published": published,
    }


def _counts(
    edition: Edition, conditions: Mapping[str, ColumnElement[bool]], territory: Territory
) -> dict[str | None, Counts]:
    placed = (
        select(
            departement_of_activity().label("departement"),
            *(case((condition, 1), else_=0).label(name) for name, condition in conditions.items()),
        )
        .where(Activity.edition_id == edition.id, within(territory))
        .subquery()
    )
    statement = (
        select(placed.c.departement, *(func.sum(placed.c[name]) for name in conditions))
        .group_by(placed.c.departement)
        .order_by(placed.c.departement)
    )
    return {
        departement: Counts(**dict(zip(conditions, map(int, numbers), strict=True)))
        for departement, *numbers in db.session.execute(statement)
    }


def _hosting(edition: Edition, until: datetime | None) -> CTE:
    """Return the codes of the communes where something of the edition is held: published, by `until` if it is said."""
    shown = [Activity.edition_id == edition.id, Activity.status == Status.PUBLISHED]
    if until is not None:
        shown.append(Activity.published_at < until)
    of_sites = (
        select(Venue.commune_code)
        .join(activity_site, activity_site.c.venue_id == Venue.id)
        .join(Activity, Activity.id == activity_site.c.activity_id)
        .where(*shown)
    )
    of_slots = (
        select(Venue.commune_code)
        .join(Slot, Slot.venue_id == Venue.id)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(*shown)
    )
    own = select(commune_of_activity().label("commune_code")).where(*shown)
    return union(own, of_sites, of_slots).cte()


def _hosts(
    edition: Edition, until: datetime | None, departements: Sequence[Departement]
) -> dict[str, int]:
    hosting = _hosting(edition, until)
    statement = (
        select(Commune.departement_code, func.count())
        .join(hosting, hosting.c.commune_code == Commune.code)
        .where(Commune.departement_code.in_([each.code for each in departements]))
        .group_by(Commune.departement_code)
        .order_by(Commune.departement_code)
    )
    return {code: number for code, number in db.session.execute(statement)}  # noqa: C416  # rows are no pairs to the type checker


def _with_hosts(
    counts: Mapping[str | None, Counts], hosts: Mapping[str, int]
) -> dict[str | None, Counts]:
    codes = [*counts, *(code for code in hosts if code not in counts)]
    return {
        code: counts.get(code, Counts()) + Counts(hosts=hosts.get(code or "", 0)) for code in codes
    }


def _communes_by_departement(departements: Sequence[Departement]) -> dict[str, int]:
    statement = (
        select(Commune.departement_code, func.count())
        .where(Commune.departement_code.in_([each.code for each in departements]))
        .group_by(Commune.departement_code)
        .order_by(Commune.departement_code)
    )
    return {code: number for code, number in db.session.execute(statement)}  # noqa: C416  # rows are no pairs to the type checker


def empty_communes(
    edition: Edition,
    *,
    previous: Edition | None,
    departements: Sequence[str],
    number: int,
    size: int,
) -> Page[EmptyCommune]:
    """Return a page of the communes where nothing is held yet: those that hosted the year before, then the most populated."""
    hosting = select(_hosting(edition, None).c.commune_code)
    statement = (
        select(Commune)
        .where(
            Commune.departement_code.in_(departements),
            Commune.code.not_in(hosting.where(_is_told(hosting))),
        )
        .order_by(Commune.population.desc(), Commune.code)
    )
    before: Select[str] | None = None
    if previous is not None:
        told = select(_hosting(previous, None).c.commune_code)
        before = told.where(_is_told(told))
        statement = statement.order_by(None).order_by(
            case((Commune.code.in_(before), 0), else_=1),
            Commune.population.desc(),
            Commune.code,
        )
    page = paginate(statement, number=number, size=size)
    hosted = _hosted_among([each.code for each in page.rows], before)
    return Page(
        rows=[EmptyCommune(commune=each, hosted_before=each.code in hosted) for each in page.rows],
        number=page.number,
        total=page.total,
        size=page.size,
    )


def _is_told(statement: Select[str]) -> ColumnElement[bool]:
    # What is held nowhere has no commune, and NULL is in no list of SQL.
    (column,) = statement.selected_columns
    told: ColumnElement[bool] = column.is_not(None)
    return told


def _hosted_among(codes: Sequence[str], before: Select[str] | None) -> set[str]:
    if before is None:
        return set()
    return set(
        db.session.scalars(
            select(Commune.code).where(Commune.code.in_(codes), Commune.code.in_(before))
        )
    )


# Who is late


def organisations_in(edition: Edition, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a structure declares, or organises with another, such an activity of the edition."""
    own = select(Activity.organisation_id).where(Activity.edition_id == edition.id, *conditions)
    shared = (
        select(CoOrganiser.organisation_id)
        .join(CoOrganiser.activity)
        .where(Activity.edition_id == edition.id, *conditions)
    )
    return or_(Organisation.id.in_(own), Organisation.id.in_(shared))


def is_late(edition: Edition, previous: Edition) -> ColumnElement[bool]:
    """Return the condition that a structure took part in the edition before and has deposited nothing in this one."""
    return and_(
        is_standing(),
        organisations_in(previous, Activity.status == Status.PUBLISHED),
        ~organisations_in(edition, Activity.status.not_in(_UNDECLARED)),
    )


def is_based_in(departements: Sequence[str] | None) -> list[ColumnElement[bool]]:
    """Return the condition that a structure is of these départements (`None`: of any, or of none)."""
    if departements is None:
        return []
    here = select(Commune.code).where(Commune.departement_code.in_(departements))
    return [Organisation.commune_code.in_(here)]


def late_organisations(
    edition: Edition,
    previous: Edition,
    *,
    departements: Sequence[str] | None,
    reachable: bool | None,
    number: int,
) -> Page[LateOrganisation]:
    """Return a page of the structures that are late, in the order of names; `reachable` says which of them."""
    statement = (
        select(Organisation)
        .where(is_late(edition, previous), *is_based_in(departements))
        .options(
            joinedload(Organisation.commune),
            selectinload(Organisation.memberships)
            .joinedload(Membership.person)
            .lazyload(User.roles),
        )
        .order_by(Organisation.search, Organisation.id)
    )
    if reachable is not None:
        someone = exists().where(
            Membership.organisation_id == Organisation.id,
            Membership.state == MembershipState.ACTIVE,
            User.id == Membership.person_id,
            User.checked_at.is_not(None),
            User.erased_at.is_(None),
        )
        statement = statement.where(someone if reachable else ~someone)
    page = paginate(statement, number=number)
    numbers = [each.id for each in page.rows]
    before = _activities_of(numbers, previous, Activity.status == Status.PUBLISHED)
    drafts = _activities_of(numbers, edition, Activity.status == Status.DRAFT)
    rows = [
        LateOrganisation(
            organisation=each,
            published_before=before.get(each.id, 0),
            drafts=drafts.get(each.id, 0),
            readers=readers_of(each),
        )
        for each in page.rows
    ]
    return Page(rows=rows, number=page.number, total=page.total, size=page.size)


def readers_of(organisation: Organisation) -> list[User]:
    """Return those of its members, loaded with it, whom a letter reaches: active, with an account that stands."""
    return [
        membership.person
        for membership in organisation.memberships
        if membership.state is MembershipState.ACTIVE and membership.person.is_active
    ]


def _activities_of(
    organisations: Sequence[int], edition: Edition, condition: ColumnElement[bool]
) -> dict[int, int]:
    statement = (
        select(Activity.organisation_id, func.count())
        .where(
            Activity.organisation_id.in_(organisations),
            Activity.edition_id == edition.id,
            condition,
        )
        .group_by(Activity.organisation_id)
        .order_by(Activity.organisation_id)
    )
    return {number: count for number, count in db.session.execute(statement)}  # noqa: C416  # rows are no pairs to the type checker


def count_of_late(
    edition: Edition, previous: Edition, *, departements: Sequence[str] | None
) -> int:
    """Return how many structures are late."""
    statement = (
        select(func.count())
        .select_from(Organisation)
        .where(is_late(edition, previous), *is_based_in(departements))
    )
    return db.session.scalar(statement) or 0
