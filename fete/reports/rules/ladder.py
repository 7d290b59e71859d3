"""The ladder of reminders: on which days those who owe a report are asked for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.reports.models import Ladder

MOST_RUNGS = 6
MOST_DAYS = 365


@dataclass(frozen=True, kw_only=True, slots=True)
class Rungs:
    """Days after the last slot, and days before the deadline."""

    after: tuple[int, ...] = (1, 7, 21)
    before: tuple[int, ...] = (3,)


def rungs_of(ladder: Ladder | None) -> Rungs:
    """Return the rungs of an edition; the usual ones where nobody chose others."""
    if ladder is None:
        return Rungs()
    return Rungs(after=_split(ladder.days_after), before=_split(ladder.days_before))


def read_days(typed: str, *, field: str) -> tuple[int, ...]:
    """Return the days typed, each once and in their order; none for no reminder."""
    words = [each for each in re.split(r"[\s,;]+", typed) if each]
    if any(not re.fullmatch(r"[0-9]{1,3}", each) for each in words):
        raise RuleBrokenError(
            _("Écrivez des nombres de jours, avec des virgules : par exemple 1, 7, 21."),
            field=field,
        )
    days = tuple(sorted({int(each) for each in words}))
    if days and not 1 <= days[0] <= days[-1] <= MOST_DAYS:
        raise RuleBrokenError(_("Chaque nombre va de 1 à 365 jours."), field=field)
    if len(days) > MOST_RUNGS:
        raise RuleBrokenError(_("Six relances au plus : au-delà, on ne les lit plus."), field=field)
    return days


def written(days: Sequence[int]) -> str:
    """Return days as they are kept."""
    return ",".join(str(day) for day in days)


def rungs_passed(rungs: Rungs, *, over_on: date, deadline: date, today: date) -> list[str]:
    """Return the rungs that a report due since a day has passed; none any more after the deadline."""
    if today > deadline:
        return []
    after = [f"after:{each}" for each in rungs.after if today >= over_on + timedelta(days=each)]
    before = [f"before:{each}" for each in rungs.before if today >= deadline - timedelta(days=each)]
    return [*after, *before]


def _split(days: str) -> tuple[int, ...]:
    return tuple(int(each) for each in days.split(",") if each)
