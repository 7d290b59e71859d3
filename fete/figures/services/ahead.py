"""Count ahead: who starts, or comes first after a change, finds the figures counted."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from fete.core.clock import to_paris
from fete.core.db import upsert_rows
from fete.figures.models import EditionCount
from fete.figures.queries.counting import count_to_keep, is_counted_ahead
from fete.programme.queries.editions import shown_editions


def count_ahead(keeping: Callable[[], AbstractContextManager[None]], *, at: datetime) -> int:
    """Keep the figures of the editions that have begun, each inside `keeping()`; return how many were counted anew."""
    counted = 0
    for edition in shown_editions():
        has_begun = edition.starts_on <= to_paris(at).date()
        if has_begun and not is_counted_ahead(edition, at=at):
            # Counted before anything is held: others write meanwhile, and what they change is under another signature.
            row = count_to_keep(edition, at=at)
            with keeping():
                upsert_rows(EditionCount, [row], key=("edition_id",))
            counted += 1
    return counted
