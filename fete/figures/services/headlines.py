"""Record the figures that were published elsewhere."""

import csv
from pathlib import Path

from sqlalchemy import select

from fete.core.db import db
from fete.figures.models import Headline, Nature
from fete.figures.rules import ALL_FIGURES

_HEADLINES = Path(__file__).parents[1] / "data" / "headlines.csv"


def record_headline(
    *, year: int, key: str, value: int, scope: str, nature: Nature, source: str
) -> Headline:
    """Keep a figure published elsewhere, or correct the one of that year, scope and nature.

    Raise `ValueError` for a figure that has no definition here.
    """
    if key not in ALL_FIGURES:
        raise ValueError(f"{key} is not a figure that is told here")
    headline = db.session.scalar(
        select(Headline).where(
            Headline.year == year,
            Headline.key == key,
            Headline.scope == scope,
            Headline.nature == nature,
        )
    )
    if headline is None:
        headline = Headline(year=year, key=key, scope=scope, nature=nature)
        db.session.add(headline)
    headline.value = value
    headline.source = source
    db.session.flush()
    return headline


def load_headlines() -> int:
    """Record every figure of `data/headlines.csv` and return how many there are; the same file twice changes nothing."""
    with _HEADLINES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        record_headline(
            year=int(row["year"]),
            key=row["key"],
            value=int(row["value"]),
            scope=row["scope"],
            nature=Nature(row["nature"]),
            source=row["source"],
        )
    return len(rows)
