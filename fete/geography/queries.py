"""Find communes as people name them, and draw where they are."""

import csv
import json
import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select
from sqlalchemy.orm import contains_eager

from fete.core.db import db
from fete.core.settings import settings
from fete.core.text import fold_name
from fete.geography.arithmetic import Atlas, Degrees, Ring, View, atlas_of, view_of
from fete.geography.models import Commune, Departement, Region

_CODE = re.compile(r"\d[\dAB]\d{3}")
_SHORTEST = 2
_OUTLINES = Path(__file__).parent / "data" / "outlines.geojson"
_ARTICLES = ("l", "la", "le", "les")
_DEPARTEMENTS = _OUTLINES.with_name("departements.csv")


def find_commune(code: str) -> Commune | None:
    """Return the commune of this official code."""
    return db.session.get(Commune, code)


def find_region(code: str) -> Region | None:
    """Return the region of this official code."""
    return db.session.get(Region, code)


def communes_of(codes: Collection[str]) -> Sequence[Commune]:
    """Return the communes of these official codes, by name."""
    if not codes:
        return []
    statement = (
        select(Commune)
        .where(Commune.code.in_(sorted(codes)))
        .order_by(Commune.search, Commune.code)
    )
    return db.session.scalars(statement).all()


def atlas() -> Atlas | None:
    """Return the drawing of the départements of the network's region; overseas there is none."""
    return _atlas_of(settings().region)


@lru_cache(maxsize=2)
def _atlas_of(region: str) -> Atlas | None:
    with _DEPARTEMENTS.open(encoding="utf-8", newline="") as file:
        codes = {row["code"] for row in csv.DictReader(file) if row["region_code"] == region}
    shapes = [shape for shape in map(_shape, _outlines()) if shape[0] in codes]
    return atlas_of(shapes) if shapes else None


def map_of(codes: Iterable[str], points: Iterable[Degrees]) -> View | None:
    """Return a small map of these départements with these points; `None` where none of them is drawn."""
    drawn = atlas()
    return view_of(drawn, codes, points) if drawn else None


def _shape(feature: dict[str, Any]) -> tuple[str, str, list[Ring]]:
    names, geometry = feature["properties"], feature["geometry"]
    is_whole = geometry["type"] == "Polygon"
    parts = [geometry["coordinates"]] if is_whole else geometry["coordinates"]
    return names["code"], names["nom"], [ring for part in parts for ring in part]


def departements_of_region(code: str) -> Sequence[Departement]:
    """Return the départements of a region, in the order of their codes."""
    statement = (
        select(Departement).where(Departement.region_code == code).order_by(Departement.code)
    )
    return db.session.scalars(statement).all()


def outlines_of_region(code: str) -> list[dict[str, Any]]:
    """Return the outlines of the départements of a region, as GeoJSON has them; overseas there are none."""
    codes = {departement.code for departement in departements_of_region(code)}
    return [each for each in _outlines() if each["properties"]["code"] in codes]


@lru_cache(maxsize=1)
def _outlines() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(_OUTLINES.read_text("utf-8"))["features"]
    return found


def matching_communes(typed: str, limit: int = 10) -> list[Commune]:
    """Return the communes meant by a name, the beginning of one, a post code, or both: « Auch (32000) ».

    Accents, capitals and hyphens do not matter, and the name of a former commune finds the one it belongs to.
    The exact name comes first, then the region of the network, then the most populated. A number of five
    digits is a post code; only when nobody receives letters there is it an official code.
    """
    words = fold_name(typed[:100]).split()
    digits = [word for word in words if word.isdigit()]
    name = " ".join(word for word in words if not word.isdigit())
    number = digits[0] if digits else ""
    if len(name + number) < _SHORTEST or len(digits) > 1:
        return []
    code = typed.strip().upper()
    if not name:
        return _found(_receives(number), limit=limit) or _by_code(number)
    if _CODE.fullmatch(code):
        return _by_code(code)
    there = [or_(_receives(number), Commune.code == number)] if number else []
    return (
        (number and _found(Commune.search == name, *there, limit=limit))
        or _found(_named(name), *there, limit=limit, name=name)
        or _found(_loosely_named(name), *there, limit=limit, name=name)
    )


def _by_code(code: str) -> list[Commune]:
    commune = find_commune(code)
    return [commune] if commune else []


def _receives(number: str) -> ColumnElement[bool]:
    # The number holds digits only: nothing to escape.
    return or_(Commune.post_codes.like(f"{number}%"), Commune.post_codes.like(f"% {number}%"))


def _named(name: str) -> ColumnElement[bool]:
    # A folded name holds letters and spaces only: nothing to escape.
    beginnings = [name, *(f"{article} {name}" for article in _ARTICLES)]
    return or_(
        *(Commune.search.like(f"{beginning}%") for beginning in beginnings),
        Commune.former_names.like(f"{name}%"),
        Commune.former_names.like(f"%|{name}%"),
    )


def _loosely_named(name: str) -> ColumnElement[bool]:
    # « jourdain », and « lisle jourdain » as if nobody ever wrote a space.
    bare = name.replace(" ", "")
    return or_(
        Commune.search.like(f"% {name}%"),
        func.replace(Commune.search, " ", "").like(f"{bare}%"),
    )


def _found(*conditions: ColumnElement[bool], limit: int, name: str = "") -> list[Commune]:
    at_home = case((Departement.region_code == settings().region, 0), else_=1)
    statement = (
        select(Commune)
        .join(Commune.departement)
        .options(contains_eager(Commune.departement))
        .where(*conditions)
        .order_by(
            case(
                (Commune.search == name, 0),
                ((literal("|") + Commune.former_names + "|").like(f"%|{name}|%"), 1),
                else_=2,
            ),
            at_home,
            case((Commune.search.like(f"{name}%"), 0), else_=1),
            Commune.population.desc(),
            Commune.code,
        )
        .limit(limit)
    )
    return list(db.session.scalars(statement))
