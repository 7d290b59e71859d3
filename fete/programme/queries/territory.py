"""Which département reviews an activity, told in SQL as `Activity.departement_code` tells it."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import aliased

from fete.core.settings import settings
from fete.geography.models import Commune, Departement
from fete.geography.queries import departements_of_region
from fete.network.models import Organisation
from fete.programme.models import Activity, Venue


def departement_of_activity() -> ColumnElement[str | None]:
    """Return, for a statement that reads `Activity`, the code of the département that reviews each one.

    The commune of its place decides, else that of its container's place, else that of its structure.
    """
    container = aliased(Activity)
    own = (
        select(Commune.departement_code)
        .join(Venue, Venue.commune_code == Commune.code)
        .where(Venue.id == Activity.venue_id)
        .correlate(Activity)
        .scalar_subquery()
    )
    inherited = (
        select(Commune.departement_code)
        .join(Venue, Venue.commune_code == Commune.code)
        .join(container, container.venue_id == Venue.id)
        .where(container.id == Activity.parent_id)
        .correlate(Activity)
        .scalar_subquery()
    )
    of_structure = (
        select(Commune.departement_code)
        .join(Organisation, Organisation.commune_code == Commune.code)
        .where(Organisation.id == Activity.organisation_id)
        .correlate(Activity)
        .scalar_subquery()
    )
    return func.coalesce(own, inherited, of_structure)


def within(territory: frozenset[str] | None) -> ColumnElement[bool]:
    """Return the condition that an activity is reviewed in these départements; `None` means everywhere."""
    return true() if territory is None else departement_of_activity().in_(sorted(territory))


def departements_within(territory: frozenset[str] | None) -> list[Departement]:
    """Return the départements of the region that belong to a territory, in the order of their codes."""
    return [
        departement
        for departement in departements_of_region(settings().region)
        if territory is None or departement.code in territory
    ]


def code_among(departements: Iterable[Departement], asked: str | None) -> str | None:
    """Return the code asked for if it is that of one of these départements."""
    return next((each.code for each in departements if each.code == asked), None)
