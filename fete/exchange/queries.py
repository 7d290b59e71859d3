"""What stands already of what a file brings."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fete.core.db import db
from fete.exchange.models import SourceLink
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.models import Activity, Edition
from fete.reports.models import Report


def all_communes() -> Sequence[Commune]:
    """Return every commune."""
    return db.session.scalars(select(Commune).order_by(Commune.code)).all()


def known_links(edition: Edition) -> dict[str, SourceLink]:
    """Return what was taken in for an edition, under its outside number, with its activity."""
    statement = (
        select(SourceLink)
        .where(SourceLink.edition_id == edition.id)
        .options(
            joinedload(SourceLink.activity).options(
                joinedload(Activity.organisation),
                joinedload(Activity.kind),
                joinedload(Activity.venue),
                joinedload(Activity.edition),
                selectinload(Activity.terms),
                selectinload(Activity.slots),
                selectinload(Activity.children),
            )
        )
    )
    return {link.reference: link for link in db.session.scalars(statement)}


def organisations_by_name() -> dict[str, Organisation]:
    """Return every structure under its name as one compares it; of several of one name, the first entered.

    The name of one that was merged leads to the one in its place, unless another bears it.
    """
    statement = (
        select(Organisation)
        .order_by(Organisation.merged_into_id.is_(None), Organisation.id.desc())
        .options(
            joinedload(Organisation.commune),
            joinedload(Organisation.merged_into).joinedload(Organisation.commune),
        )
    )
    return {each.search: each.merged_into or each for each in db.session.scalars(statement)}


def reports_of(activities: Sequence[Activity]) -> dict[int, Report]:
    """Return the reports of these activities under the activities' numbers."""
    numbers = [activity.id for activity in activities]
    found: dict[int, Report] = {}
    for start in range(0, len(numbers), 500):
        statement = select(Report).where(Report.activity_id.in_(numbers[start : start + 500]))
        found |= {report.activity_id: report for report in db.session.scalars(statement)}
    return found
