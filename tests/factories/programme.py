"""Make editions, venues, activities and slots."""

from datetime import date, datetime, time, timedelta
from itertools import count

from sqlalchemy import select

from fete.core.clock import from_paris, now
from fete.core.db import db
from fete.core.text import fold_name, search_text
from fete.network.models import Organisation
from fete.programme.models import Activity, Edition, EditionState, Slot, Venue
from fete.programme.workflow import Status
from fete.vocabulary.models import Term, TermList
from tests.factories.network import AUCH, make_organisation

_number = count(1)


def make_edition(year: int = 2026, **values: object) -> Edition:
    """Give the edition of a year (2 to 12 October, call from February to April), once."""
    found = db.session.scalar(select(Edition).where(Edition.year == year))
    if found is not None:
        return found
    known: dict[str, object] = {
        "starts_on": date(year, 10, 2),
        "ends_on": date(year, 10, 12),
        "theme": "Lumières",
        "call_opens_on": date(year, 2, 1),
        "call_closes_on": date(year, 4, 30),
        "report_deadline": date(year, 12, 15),
        "state": EditionState.OPEN,
    }
    edition = Edition(year=year, **(known | values))
    db.session.add(edition)
    db.session.flush()
    return edition


def make_venue(commune: str = AUCH, **values: object) -> Venue:
    """Give a place."""
    name = str(values.pop("name", f"Lieu {next(_number)}"))
    venue = Venue(
        name=name,
        search=fold_name(name),
        commune_code=commune,
        address="1 rue des Écoles",
        **values,
    )
    db.session.add(venue)
    db.session.flush()
    return venue


def term(of: str, code: str) -> Term:
    """Give one word of a list."""
    return db.session.scalars(
        select(Term).where(Term.list == TermList(of), Term.code == code)
    ).one()


def make_activity(
    *starts: datetime, status: Status = Status.PUBLISHED, **values: object
) -> Activity:
    """Give a complete activity of Auch, with a slot of two hours at each start (by default 3 October at 10)."""
    edition = values.pop("edition", None) or make_edition()
    assert isinstance(edition, Edition)
    organisation = values.pop("organisation", None) or make_organisation()
    assert isinstance(organisation, Organisation)
    venue = values.pop("venue", None)
    commune = values.pop("commune", AUCH)
    kind = values.pop("kind", "workshop")
    terms = values.pop("terms", [("theme", "environment"), ("audience", "all")])
    known: dict[str, object] = {
        "title": f"Activité {next(_number)}",
        "standfirst": "Une promenade parmi les étoiles.",
        "description": "On y observe le ciel à l’œil nu.",
        "matches_edition_theme": False,
        "is_free": True,
        "created_at": now(),
        "changed_at": now(),
        "submitted_at": None if status is Status.DRAFT else now(),
        "published_at": now() if status is Status.PUBLISHED else None,
    }
    # Read before the activity is made: one that hangs on its container must not be flushed half done.
    place, its_kind = venue or make_venue(str(commune)), term("kind", str(kind))
    its_terms = [term(*each) for each in terms]  # type: ignore[attr-defined]
    activity = Activity(
        edition=edition,
        organisation=organisation,
        venue=place,
        kind=its_kind,
        status=status,
        **(known | values),
    )
    db.session.add(activity)
    activity.terms = its_terms
    activity.search = search_text(
        activity.title, activity.standfirst, activity.description, organisation.name
    )
    for start in starts or (from_paris(date(edition.year, 10, 3), time(10)),):
        activity.slots.append(
            Slot(starts_at=start, ends_at=start + timedelta(hours=2), capacity=20, changed_at=now())
        )
    db.session.flush()
    return activity
