"""One page of a query, its number held within bounds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Select, func, select

from fete.core.db import db

PAGE_SIZE = 25
Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[Row]):
    """Some of the rows, and where one is among all of them."""

    rows: Sequence[Row]
    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """How many pages there are: one at least."""
        return pages_of(self.total, self.size)

    @property
    def has_previous(self) -> bool:
        """Whether a page comes before."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Whether a page comes after."""
        return self.number < self.pages


def pages_of(total: int, size: int = PAGE_SIZE) -> int:
    """Return how many pages so many rows take: one at least."""
    return max(1, -(-total // size))


def page_asked() -> int | None:
    """Return the number of the page that the address asks for: the first when none is; none when it is no number."""
    typed = request.args.get("page", "1")
    return int(typed) if re.fullmatch(r"[0-9]{1,6}", typed) else None


def page_number(number: int, total: int, size: int = PAGE_SIZE) -> int:
    """Return the number of a page that there is: beyond the last, the last."""
    return min(max(number, 1), pages_of(total, size))


def paginate(statement: Select[Any], *, number: int, size: int = PAGE_SIZE) -> Page[Any]:
    """Return a page of the objects that the statement selects; beyond the last page, the last."""
    total = (
        db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
        or 0
    )
    number = page_number(number, total, size)
    rows = db.session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return Page(rows=rows, number=number, total=total, size=size)


def page_of(rows: Sequence[Row], *, number: int, size: int = PAGE_SIZE) -> Page[Row]:
    """Return a page of rows that are all known; beyond the last page, the last."""
    number = page_number(number, len(rows), size)
    start = (number - 1) * size
    return Page(rows=rows[start : start + size], number=number, total=len(rows), size=size)
