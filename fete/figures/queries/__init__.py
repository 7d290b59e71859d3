"""What is asked of the figures."""

from fete.figures.queries.counting import (
    EditionFigures,
    EditionTotals,
    Part,
    figures_of,
    held_activities,
    next_end,
    signature_of,
    totals_by_edition,
    totals_of,
)
from fete.figures.queries.crossing import Crossing, crossings_of
from fete.figures.queries.headlines import headlines, headlines_of
from fete.figures.queries.lines import lines_of
from fete.figures.queries.maps import FiguresMap, Shaded, map_of_figures
from fete.figures.queries.proofs import Behind, Proof, proof_of
from fete.figures.queries.shown import (
    SameDay,
    Shown,
    ShownTotals,
    latest_figures,
    same_day_before,
    shown_figures,
    shown_totals,
    shows_estimate,
)
from fete.figures.queries.snapshots import (
    Frozen,
    changed_since,
    find_snapshot,
    published_snapshots,
    snapshots_of,
    thawed,
)
from fete.figures.queries.territory import (
    Territory,
    territory_of_edition,
    words_of_reports,
    years_of,
)

__all__ = [
    "Behind",
    "Crossing",
    "EditionFigures",
    "EditionTotals",
    "FiguresMap",
    "Frozen",
    "Part",
    "Proof",
    "SameDay",
    "Shaded",
    "Shown",
    "ShownTotals",
    "Territory",
    "changed_since",
    "crossings_of",
    "figures_of",
    "find_snapshot",
    "headlines",
    "headlines_of",
    "held_activities",
    "latest_figures",
    "lines_of",
    "map_of_figures",
    "next_end",
    "proof_of",
    "published_snapshots",
    "same_day_before",
    "shown_figures",
    "shown_totals",
    "shows_estimate",
    "signature_of",
    "snapshots_of",
    "territory_of_edition",
    "thawed",
    "totals_by_edition",
    "totals_of",
    "words_of_reports",
    "years_of",
]
