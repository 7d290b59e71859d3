"""The rules of an edition, pure: which calendar can be, when the call is open, what lies in the window."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fete.core import clock
from fete.core.i18n import gettext as _
from fete.programme.models import Edition, EditionState

LONGEST_EDITION = timedelta(days=60)
FIRST_YEAR, LAST_YEAR = 1992, 2100
# How many days before its end a call is reminded.
REMINDERS = (14, 7, 1)
KEPT_AFTER_CALL = timedelta(hours=48)


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionPlan:
    """An edition as somebody wishes it: every day is included, in Paris."""

    year: int
    starts_on: date
    ends_on: date
    theme: str
    call_opens_on: date
    call_closes_on: date
    report_deadline: date
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionFault:
    """Why an edition cannot be: the field, the sentence."""

    field: str
    message: str


def edition_fault(plan: EditionPlan) -> EditionFault | None:
    """Return the first thing wrong with the calendar of an edition, or `None`."""
    checks = (
        (
            "year",
            FIRST_YEAR <= plan.year <= LAST_YEAR,
            _("La première Fête de la science a eu lieu en 1992."),
        ),
        (
            "starts_on",
            plan.starts_on.year == plan.year,
            _("Le premier jour doit être en %(year)s.", year=plan.year),
        ),
        ("ends_on", plan.ends_on >= plan.starts_on, _("Le dernier jour vient avant le premier.")),
        (
            "ends_on",
            plan.ends_on - plan.starts_on <= LONGEST_EDITION,
            _("Une édition dure 60 jours au plus."),
        ),
        (
            "call_closes_on",
            plan.call_closes_on >= plan.call_opens_on,
            _("L’appel se termine avant de commencer."),
        ),
        (
            "call_opens_on",
            plan.call_opens_on <= plan.ends_on,
            _("L’appel doit s’ouvrir avant la fin de l’édition."),
        ),
        (
            "report_deadline",
            plan.report_deadline > plan.ends_on,
            _("Les bilans se font après l’édition : choisissez une date plus tardive."),
        ),
    )
    for field, holds, message in checks:
        if not holds:
            return EditionFault(field=field, message=message)
    return None


def moves_dates(edition: Edition, plan: EditionPlan) -> bool:
    """Whether the plan gives the edition other official dates."""
    return (edition.starts_on, edition.ends_on) != (plan.starts_on, plan.ends_on)


def call_has_just_closed(edition: Edition, at: datetime) -> bool:
    """Whether the call ended so lately that somebody may still be writing what they began in time."""
    _opening, closing = clock.day_bounds(edition.call_opens_on, edition.call_closes_on)
    return edition.state is EditionState.OPEN and closing <= at < closing + KEPT_AFTER_CALL


def call_is_open(edition: Edition, today: date) -> bool:
    """Whether one may declare for the edition today: it is open, and today is within its call."""
    return (
        edition.state is EditionState.OPEN
        and edition.call_opens_on <= today <= edition.call_closes_on
    )


def has_late_entry(edition: Edition, organisation_id: int, today: date) -> bool:
    """Whether the coordination lets this structure declare and deposit today though the call is over."""
    return edition.state is EditionState.OPEN and any(
        entry.organisation_id == organisation_id and today <= entry.until
        for entry in edition.late_entries
    )


def may_declare(edition: Edition, organisation_id: int, today: date) -> bool:
    """Whether a structure may declare for the edition today: in the call, or late by exception."""
    # Exceptions are asked for only when the call is over: in the call nobody reads them.
    return call_is_open(edition, today) or has_late_entry(edition, organisation_id, today)


def days_left(edition: Edition, today: date) -> int:
    """Return how many days the call still has after today."""
    return (edition.call_closes_on - today).days


def reminder_due(edition: Edition, today: date, *, done: Collection[int]) -> int | None:
    """Return which reminder of the call is to be written today, by its number of days; `None` when none is.

    One that was missed is made up for, unless the next one is due already.
    """
    if not call_is_open(edition, today):
        return None
    reached = [days for days in REMINDERS if days_left(edition, today) <= days]
    return min(reached) if reached and min(reached) not in done else None


def window_of(edition: Edition) -> tuple[datetime, datetime]:
    """Return the instants between which the edition lies, the end excluded."""
    return clock.day_bounds(edition.starts_on, edition.ends_on)


def is_in_window(starts_at: datetime, edition: Edition) -> bool:
    """Whether a slot that starts then belongs to the official dates."""
    first, last = window_of(edition)
    return first <= starts_at < last
