"""Load the regions, départements and communes of France from the files of `data/`."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from fete.core.db import Model, db, upsert_rows
from fete.core.text import fold_name
from fete.geography.models import Commune, Departement, Region

_FOLDER = Path(__file__).parent / "data"


def load_reference(*, regions: set[str] | None = None) -> None:
    """Give the tables the regions, départements and communes of the files: all of France, or some regions.

    Only rows that differ are written, so that the same files twice write nothing. A commune that is not in the
    files any more stays: what was declared there was declared there.
    """
    kept_regions = [
        row for row in _rows("regions.csv") if regions is None or row["code"] in regions
    ]
    codes = {row["code"] for row in kept_regions}
    departements = [row for row in _rows("departements.csv") if row["region_code"] in codes]
    _write(Region, kept_regions)
    _write(Departement, departements)
    _write(Commune, list(_communes({row["code"] for row in departements})))
    # Objects read before would not know what has just been written under them.
    db.session.expire_all()


def _rows(name: str) -> Iterator[dict[str, Any]]:
    # The official files are typed with straight apostrophes, the rest of the site is not.
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line.replace("'", "’") for line in file)


def _communes(departements: set[str]) -> Iterator[dict[str, Any]]:
    points = {row["code"]: row for row in _rows("points_geonames.csv")}
    former = defaultdict(list)
    for row in _rows("former_communes.csv"):
        former[row["commune_code"]].append(fold_name(row["name"]))
    for row in _rows("communes.csv"):
        if row["departement_code"] not in departements:
            continue
        point = points.get(row["code"], row)
        yield {
            "code": row["code"],
            "name": row["name"],
            "departement_code": row["departement_code"],
            "post_codes": row["post_codes"],
            "latitude": float(point["latitude"]) if point["latitude"] else None,
            "longitude": float(point["longitude"]) if point["longitude"] else None,
            "population": int(row["population"]),
            "search": fold_name(row["name"]),
            "former_names": "|".join(sorted(set(former[row["code"]]))),
        }


def _write(model: type[Model], rows: list[dict[str, Any]]) -> None:
    columns = list(rows[0])
    standing: set[Row[Any]] = set(
        db.session.execute(select(*(getattr(model, name) for name in columns)))
    )
    changed = [row for row in rows if tuple(row[name] for name in columns) not in standing]
    upsert_rows(model, changed, key=("code",))
