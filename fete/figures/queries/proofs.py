"""What is behind a figure, row by row: the activities, communes or structures that make it, a page at a time."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from fete.core.db import db
from fete.core.pagination import Page, page_number
from fete.figures.arithmetic import Line, host_proof, organisation_proof, proof
from fete.figures.queries.counting import remembered, signature_of
from fete.figures.queries.ledgers import WAYS, lines_now
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.models import Activity, Edition, Venue

ROWS = 50
_PLACE = joinedload(Activity.venue).joinedload(Venue.commune)
_PROVED: tuple[ExecutableOption, ...] = (
    joinedload(Activity.kind),
    selectinload(Activity.slots),
    _PLACE,
    joinedload(Activity.parent).options(_PLACE, selectinload(Activity.slots)),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A page of the rows behind a figure, each an object and its value, and what all of them add up to."""

    page: Page[tuple[Any, int]]
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """The part of a figure whose rows are asked for: of which edition, known when, and which part of it."""

    edition: Edition
    key: str
    at: datetime
    known_on: datetime | None = None
    of: str = ""
    code: str | None = None


def proof_of(behind: Behind, *, number: int) -> Proof:
    """Return a page of the rows behind a figure, the greatest values first; beyond the last page, the last."""
    names, values = _brought(behind)
    number = page_number(number, len(names), ROWS)
    some = slice((number - 1) * ROWS, number * ROWS)
    known = _objects(behind.key, names[some])
    rows = [(known[name], value) for name, value in zip(names[some], values[some], strict=True)]
    is_a_number_of_rows = behind.key in {"host_communes", "organisations"}
    return Proof(
        page=Page(rows=rows, number=number, total=len(names), size=ROWS),
        total=len(names) if is_a_number_of_rows else sum(values),
    )


def _brought(behind: Behind) -> tuple[Sequence[Any], Sequence[int]]:
    """Return what makes a figure, by name, and what each brings: kept by each worker as long as nothing changes."""

    def count() -> tuple[Sequence[Any], Sequence[int]]:
        found = _found(_lines(behind), behind)
        rows = sorted(found.items(), key=lambda row: (-row[1], row[0]))
        names = [name for name, _value in rows]
        # Numbers are kept by thousands: as bare ones they take a tenth of the room.
        is_numbered = behind.key != "host_communes"
        return array("q", names) if is_numbered else names, array("q", [row[1] for row in rows])

    signature = signature_of([behind.edition], at=behind.at)
    key = ("proof", signature, behind.known_on, behind.key, behind.of, behind.code)
    return remembered(key, count)


def _lines(behind: Behind) -> Sequence[Line]:
    return lines_now(behind.edition, at=behind.at, known_on=behind.known_on)


def _found(lines: Sequence[Line], behind: Behind) -> Mapping[Any, int]:
    way = WAYS[behind.of] if behind.of else None
    if behind.key == "host_communes":
        return host_proof(lines, way=way, code=behind.code)
    if behind.key == "organisations":
        return organisation_proof(lines, way=way, code=behind.code)
    return proof(lines, behind.key, way=way, code=behind.code)


def _objects(key: str, names: Sequence[Any]) -> Mapping[Any, Any]:
    if key == "host_communes":
        communes = db.session.scalars(select(Commune).where(Commune.code.in_(names)))
        return {each.code: each for each in communes}
    if key == "organisations":
        structures = db.session.scalars(select(Organisation).where(Organisation.id.in_(names)))
        return {each.id: each for each in structures}
    statement = select(Activity).where(Activity.id.in_(names)).options(*_PROVED)
    return {each.id: each for each in db.session.scalars(statement)}
