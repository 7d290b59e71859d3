"""The sums of an edition: what was counted, and apart from it what the missing would tell."""

from fete.figures.arithmetic.counting import (
    breakdown,
    by_audience,
    by_commune,
    by_days,
    by_departement,
    by_edition,
    by_family,
    by_kind,
    by_level,
    by_theme,
    commune_parts,
    day_parts,
    departement_parts,
    in_communes,
    in_departements,
    parted,
    totals,
    under,
)
from fete.figures.arithmetic.estimating import Estimate, Ground, Size, estimate
from fete.figures.arithmetic.freezing import (
    canonical,
    digest_of,
    frozen_estimate,
    frozen_totals,
    thawed_estimate,
    thawed_totals,
)
from fete.figures.arithmetic.ledger import Ledger
from fete.figures.arithmetic.lines import Line, Session, as_received, settled
from fete.figures.arithmetic.proving import host_proof, organisation_proof, proof
from fete.figures.arithmetic.shading import Shade, shades_of
from fete.figures.arithmetic.tally import Totals

__all__ = [
    "Estimate",
    "Ground",
    "Ledger",
    "Line",
    "Session",
    "Shade",
    "Size",
    "Totals",
    "as_received",
    "breakdown",
    "by_audience",
    "by_commune",
    "by_days",
    "by_departement",
    "by_edition",
    "by_family",
    "by_kind",
    "by_level",
    "by_theme",
    "canonical",
    "commune_parts",
    "day_parts",
    "departement_parts",
    "digest_of",
    "estimate",
    "frozen_estimate",
    "frozen_totals",
    "host_proof",
    "in_communes",
    "in_departements",
    "organisation_proof",
    "parted",
    "proof",
    "settled",
    "shades_of",
    "thawed_estimate",
    "thawed_totals",
    "totals",
    "under",
]
