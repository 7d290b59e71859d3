"""Keep and file the reports of many activities at once, each for itself, inside the caller's transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError, StaleError
from fete.reports.policies import can_report
from fete.reports.queries.reporting import ReportLine, lines_under
from fete.reports.rules import (
    DoubtfulReportError,
    IncompleteReportError,
    UnansweredReportError,
)
from fete.reports.rules.grid import RowKept, RowState, Typed
from fete.reports.services.reporting import file_report, save
from fete.reports.workflow import Learned


@dataclass(frozen=True, kw_only=True, slots=True)
class Entering:
    """Who enters the rows, when, and how they learned what others told them."""

    by: User
    at: datetime
    learned: Learned | None = None


def save_rows(typed: Mapping[int, Typed], *, entering: Entering) -> dict[int, RowKept]:
    """Keep each row that tells something new as a draft; one that cannot be kept leaves the others as they are."""
    return {
        line.activity.id: _kept(line, typed[line.activity.id], entering)
        for line in _lines(typed, entering)
    }


def file_rows(typed: Mapping[int, Typed], *, entering: Entering) -> dict[int, RowKept]:
    """Hand in each row that is complete and raises no question; keep the others as drafts, and say why."""
    return {
        line.activity.id: _filed(line, typed[line.activity.id], entering)
        for line in _lines(typed, entering)
    }


def _lines(typed: Mapping[int, Typed], entering: Entering) -> list[ReportLine]:
    return [line for line in lines_under(sorted(typed)) if can_report(entering.by, line.activity)]


def _filed(line: ReportLine, typed: Typed, entering: Entering) -> RowKept:
    stands = Typed.of(line.report)
    if typed.is_empty and stands.is_empty:
        return RowKept(state=RowState.LEFT)
    try:
        _enter(file_report, line, typed, entering)
    except IncompleteReportError as error:
        return replace(_kept(line, typed, entering), gaps=error.gaps)
    except UnansweredReportError:
        # It waits for its answer, which is given on its page.
        return _kept(line, typed, entering)
    except DoubtfulReportError as error:
        return replace(_kept(line, typed, entering), questions=error.incoherences)
    except (StaleError, RuleBrokenError) as error:
        return _refused(typed, error)
    return RowKept(state=RowState.FILED)


def _kept(line: ReportLine, typed: Typed, entering: Entering) -> RowKept:
    if typed.tells_the_same_as(Typed.of(line.report)):
        return RowKept(state=RowState.LEFT)
    try:
        _enter(save, line, typed, entering)
    except (StaleError, RuleBrokenError) as error:
        return _refused(typed, error)
    return RowKept(state=RowState.SAVED)


def _enter(act: Callable[..., object], line: ReportLine, typed: Typed, entering: Entering) -> None:
    """Keep or hand in one row; refused, it leaves what was done with the others."""
    with db.session.begin_nested():
        act(
            line.activity,
            typed.told_in(line.report),
            version=typed.version,
            by=entering.by,
            at=entering.at,
            learned=entering.learned,
        )


def _refused(typed: Typed, error: StaleError | RuleBrokenError) -> RowKept:
    if isinstance(error, RuleBrokenError):
        return RowKept(state=RowState.REFUSED, refusal=error.message)
    return RowKept(state=RowState.RENEWED if typed.is_untouched else RowState.CONFLICT)
