"""The programme arranged otherwise: its rows in order of time, the days that have something, the names of territories."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from fete.core.db import db
from fete.geography.models import Departement
from fete.programme.queries.catalogue import catalogue_of, remembered, rows_of
from fete.programme.rules.arrangements import Row, firsts
from fete.programme.rules.filters import Filters


def rows_in_order(filters: Filters) -> list[Row]:
    """Return the activities asked for at each of their times asked for, in the order of time."""
    catalogue = catalogue_of(filters.edition_id)
    return [catalogue.rows[number] for number in catalogue.by_time(rows_of(filters))]


def rows_of_day(filters: Filters, day: date) -> list[Row]:
    """Return the same on one day, whatever days are asked for."""
    catalogue = catalogue_of(filters.edition_id)
    rows = rows_of(filters, but="days") & catalogue.days.get(day, 0)
    return [catalogue.rows[number] for number in catalogue.by_time(rows)]


def days_of(filters: Filters) -> dict[date, int]:
    """Return how many activities there are on each day that has some, in order, whatever days are asked for."""

    def count() -> dict[date, int]:
        catalogue, rows = catalogue_of(filters.edition_id), rows_of(filters, but="days")
        found = {
            day: catalogue.entries_among(rows & touching)
            for day, touching in catalogue.days.items()
        }
        return {day: number for day, number in found.items() if number}

    return remembered(("days", filters), count)


def month_of(filters: Filters, month: date) -> dict[date, tuple[int, list[Row]]]:
    """Return how many activities there are on each day of a month that has some, and the first of them."""

    def gather() -> dict[date, tuple[int, list[Row]]]:
        return {
            day: (count, firsts(rows_of_day(filters, day), day))
            for day, count in days_of(filters).items()
            if (day.year, day.month) == (month.year, month.month)
        }

    return remembered(("month", filters, month), gather)


def counts_on(filters: Filters, day: date, field: str) -> dict[str, int]:
    """Return how many activities of a day bear each value of a filter, the most first."""
    catalogue = catalogue_of(filters.edition_id)
    rows = rows_of(filters, but="days") & catalogue.days.get(day, 0)
    found = catalogue.counts(field, rows)
    return {str(code): found[code] for code in sorted(found, key=lambda code: (-found[code], code))}


def departement_names() -> Mapping[str, str]:
    """Return the names of the départements under their codes."""
    return remembered(
        "departements",
        lambda: {
            row.code: row.name
            for row in db.session.execute(select(Departement.code, Departement.name))
        },
    )
