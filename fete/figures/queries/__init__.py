"""What is asked of the figures."""

from fete.figures.queries.counting import (
    EditionFigures,
    EditionTotals,
    Part,
    figures_of,
    held_activities,
    latest_figures,
    signature_of,
    totals_by_edition,
    totals_of,
)
from fete.figures.queries.headlines import headlines, headlines_of
from fete.figures.queries.lines import lines_of

__all__ = [
    "EditionFigures",
    "EditionTotals",
    "Part",
    "figures_of",
    "headlines",
    "headlines_of",
    "held_activities",
    "latest_figures",
    "lines_of",
    "signature_of",
    "totals_by_edition",
    "totals_of",
]
