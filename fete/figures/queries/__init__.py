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
from fete.figures.queries.crossing import Crossing, crossings_of
from fete.figures.queries.headlines import headlines, headlines_of
from fete.figures.queries.lines import lines_of
from fete.figures.queries.territory import (
    Territory,
    territory_of_edition,
    words_of_reports,
    years_of,
)

__all__ = [
    "Crossing",
    "EditionFigures",
    "EditionTotals",
    "Part",
    "Territory",
    "crossings_of",
    "figures_of",
    "headlines",
    "headlines_of",
    "held_activities",
    "latest_figures",
    "lines_of",
    "signature_of",
    "territory_of_edition",
    "totals_by_edition",
    "totals_of",
    "words_of_reports",
    "years_of",
]
