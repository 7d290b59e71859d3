"""Open, describe and close editions."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import update

from fete.accounts.models import User
from fete.accounts.queries import latest_act
from fete.core.db import db
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _, lazy_gettext
from fete.journal.services import record
from fete.network.queries import members_of_all
from fete.programme import mails
from fete.programme.models import Activity, Edition, EditionState
from fete.programme.queries.editions import find_edition, outside_the_window
from fete.programme.queries.standing import UNSEEN
from fete.programme.rules import EditionPlan, edition_fault, moves_dates

_DAY = timedelta(days=1)
# How the journal calls what changed.
EDITION_FIELDS = {
    "year": lazy_gettext("Année"),
    "starts_on": lazy_gettext("Premier jour"),
    "ends_on": lazy_gettext("Dernier jour"),
    "theme": lazy_gettext("Thème"),
    "description": lazy_gettext("Présentation"),
    "call_opens_on": lazy_gettext("Ouverture de l’appel"),
    "call_closes_on": lazy_gettext("Clôture de l’appel"),
    "report_deadline": lazy_gettext("Date limite des bilans"),
    "state": lazy_gettext("État"),
}


def plan_by_default(year: int, starts_on: date, ends_on: date) -> EditionPlan:
    """Return the usual calendar of an edition: call from February to April, reports until mid-December."""
    return EditionPlan(
        year=year,
        starts_on=starts_on,
        ends_on=ends_on,
        theme="",
        call_opens_on=date(year, 2, 1),
        call_closes_on=min(date(year, 4, 30), starts_on - _DAY),
        report_deadline=max(date(year, 12, 15), ends_on + _DAY),
    )


def open_edition(
    plan: EditionPlan,
    *,
    by: User | None,
    at: datetime,
    state: EditionState = EditionState.OPEN,
    is_demo: bool = False,
) -> Edition:
    """Return the new edition of a year; there is one a year."""
    if find_edition(plan.year) is not None:
        raise RuleBrokenError(_("L’édition %(year)s existe déjà.", year=plan.year), field="year")
    _check(plan)
    edition = Edition(state=state, is_demo=is_demo, version=1, **asdict(plan))
    db.session.add(edition)
    db.session.flush()
    record("edition.opened", on=edition, person_id=by.id if by else None, at=at)
    return edition


def describe_edition(
    edition: Edition,
    plan: EditionPlan,
    *,
    state: EditionState,
    by: User | None,
    at: datetime,
    version: int | None = None,
) -> None:
    """Make the edition what the plan says; raise `StaleError` when somebody else wrote since `version`."""
    _check(plan)
    other = find_edition(plan.year)
    if other is not None and other is not edition:
        raise RuleBrokenError(_("L’édition %(year)s existe déjà.", year=plan.year), field="year")
    wished = {**asdict(plan), "state": state}
    changed = [name for name, value in wished.items() if getattr(edition, name) != value]
    if not changed:
        return
    _claim(edition, version)
    closes = state is EditionState.CLOSED and edition.state is not EditionState.CLOSED
    act = "edition.dates_moved" if moves_dates(edition, plan) else "edition.described"
    for name in changed:
        setattr(edition, name, wished[name])
    db.session.flush()
    record(
        "edition.closed" if closes else act,
        on=edition,
        person_id=by.id if by else None,
        at=at,
        detail=", ".join(str(EDITION_FIELDS[name]) for name in changed),
    )


def tell_moved_dates(edition: Edition, *, by: User, at: datetime) -> int:
    """Write to the members of the structures whose slots fall outside the dates, one letter to each person.

    Return how many letters there are: none when they were told since the dates last changed.
    """
    if dates_were_told(edition):
        return 0
    # Held, so that of two people who press at once one writes.
    db.session.refresh(edition, with_for_update=True)
    if dates_were_told(edition):
        return 0
    activities = outside_the_window(edition)
    members = members_of_all({each.organisation_id for each in activities})
    concerned: dict[int, tuple[User, list[Activity]]] = {}
    for activity in activities:
        for person in members.get(activity.organisation_id, ()):
            concerned.setdefault(person.id, (person, []))[1].append(activity)
    for person, theirs in concerned.values():
        mails.tell_of_moved_dates(person, edition, theirs, at=at)
    record("edition.dates_told", on=edition, person_id=by.id, at=at)
    db.session.flush()
    return len(concerned)


def dates_were_told(edition: Edition) -> bool:
    """Whether the structures were told of the dates of the edition as they stand."""
    latest = latest_act(edition, ("edition.dates_moved", "edition.dates_told"))
    return latest is not None and latest.act == "edition.dates_told"


def close_edition(edition: Edition, *, by: User | None, at: datetime) -> None:
    """Close the edition: nothing of it changes from then on. Done twice, it is done once."""
    if edition.state is EditionState.CLOSED:
        return
    _claim(edition, None)
    edition.state = EditionState.CLOSED
    db.session.flush()
    record("edition.closed", on=edition, person_id=by.id if by else None, at=at)


def _check(plan: EditionPlan) -> None:
    fault = edition_fault(plan)
    if fault is not None:
        raise RuleBrokenError(fault.message, field=fault.field)


def _claim(edition: Edition, version: int | None) -> None:
    seen = edition.version if version is None else version
    claimed = db.session.execute(
        update(Edition)
        .where(Edition.id == edition.id, Edition.version == seen)
        .values(version=seen + 1),
        execution_options=UNSEEN,
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]
        raise StaleError
