"""Figures as text that bears its own proof: the same figures give the same bytes, and the bytes their digest."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from fete.figures.arithmetic.estimating import Estimate, Ground, Size
from fete.figures.arithmetic.tally import Totals
from fete.reports.arithmetic import Returns

_KNOWN = frozenset(each.name for each in fields(Totals))


def canonical(content: Mapping[str, Any]) -> str:
    """Return content as JSON that is written in one way only: keys in order, no space."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def frozen_totals(totals: Totals) -> dict[str, Any]:
    """Return totals as they are kept."""
    return asdict(totals)


def thawed_totals(kept: Mapping[str, Any]) -> Totals:
    """Return totals as they were kept; a figure that nobody counted then is zero."""
    values = {name: value for name, value in kept.items() if name in _KNOWN - {"coverage"}}
    return Totals(**values, coverage=Returns(**kept["coverage"]))


def frozen_estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    """Return an estimate as it is kept."""
    return asdict(estimate) if estimate else None


def thawed_estimate(kept: Mapping[str, Any] | None) -> Estimate | None:
    """Return an estimate as it was kept."""
    if kept is None:
        return None
    grounds = [
        Ground(**(each | {"size": Size(each["size"]) if each["size"] else None}))
        for each in kept["grounds"]
    ]
    return Estimate(**(dict(kept) | {"grounds": tuple(grounds)}))
