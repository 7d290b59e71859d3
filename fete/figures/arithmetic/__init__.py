"""The sums of an edition: what was counted, and apart from it what the missing would tell."""

from fete.figures.arithmetic.counting import (
    by_audience,
    by_commune,
    by_days,
    by_departement,
    by_family,
    by_kind,
    by_level,
    by_theme,
    cross,
    in_communes,
    in_departements,
    parted,
    totals,
    under,
    within,
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
from fete.figures.arithmetic.hiding import hidden_keys, secret_parts
from fete.figures.arithmetic.ledger import Ledger
from fete.figures.arithmetic.lines import Line, Session, as_received, settled
from fete.figures.arithmetic.proving import host_proof, organisation_proof, proof
from fete.figures.arithmetic.shading import Shade, shades_of
from fete.figures.arithmetic.tally import FEWEST_TOGETHER, PERSONAL, Totals

__all__ = [
    "FEWEST_TOGETHER",
    "PERSONAL",
    "Estimate",
    "Ground",
    "Ledger",
    "Line",
    "Session",
    "Shade",
    "Size",
    "Totals",
    "as_received",
    "by_audience",
    "by_commune",
    "by_days",
    "by_departement",
    "by_family",
    "by_kind",
    "by_level",
    "by_theme",
    "canonical",
    "cross",
    "digest_of",
    "estimate",
    "frozen_estimate",
    "frozen_totals",
    "hidden_keys",
    "host_proof",
    "in_communes",
    "in_departements",
    "organisation_proof",
    "parted",
    "proof",
    "secret_parts",
    "settled",
    "shades_of",
    "thawed_estimate",
    "thawed_totals",
    "totals",
    "under",
    "within",
]
