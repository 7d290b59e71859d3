"""Make frozen figures."""

from fete.core.clock import now
from fete.core.db import db
from fete.figures.models import Snapshot
from fete.programme.models import Edition


def make_snapshot(edition: Edition, *, number: int = 1, **values: object) -> Snapshot:
    """Give the frozen figures of an edition, a draft that holds nothing."""
    known: dict[str, object] = {
        "frozen_at": now(),
        "reason": "",
        "content": "{}",
        "digest": "0" * 64,
    }
    snapshot = Snapshot(edition=edition, number=number, **(known | values))
    db.session.add(snapshot)
    db.session.flush()
    return snapshot
