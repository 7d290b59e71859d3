"""For those who declare an activity and those who review it: its years one after the other, and who came."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.core.access import allows
from fete.core.clock import now
from fete.programme.models import Activity
from fete.programme.policies import can_see, works_on
from fete.programme.queries.activities import find_activity
from fete.programme.workflow import SlotState
from fete.reports.queries.reporting import ReportLine, history_of
from fete.reports.rules import is_due

blueprint = Blueprint("history", __name__, url_prefix="/mes-bilans/annees")


@blueprint.route("/<int:activity_id>")
@allows(can_see, load=find_activity)
def show(activity: Activity) -> ResponseReturnValue:
    """Show what became of one activity, edition after edition."""
    every = history_of(activity)
    # Another structure may have held it in other years: its drafts and its figures stay its own.
    lines = [line for line in every if can_see(current_user, line.activity)]
    return render_template(
        "history/show.html",
        activity=activity,
        is_own=works_on(current_user, activity),
        lines=lines,
        some_hidden=len(lines) < len(every),
        points=_points(lines),
        slots={line.activity.id: _slots(line.activity) for line in lines},
        is_over={line.activity.id: is_due(line.activity, now()) for line in lines},
    )


def _points(lines: Sequence[ReportLine]) -> list[tuple[int, int | None]]:
    """Return the visitors of each year from the first to the last: nothing where they are not known."""
    told: dict[int, int] = {}
    for line in lines:
        if line.counts is not None and line.counts.visitors is not None:
            year = line.activity.edition.year
            told[year] = told.get(year, 0) + line.counts.visitors
    years = [line.activity.edition.year for line in lines]
    return [(year, told.get(year)) for year in range(min(years), max(years) + 1)]


def _slots(activity: Activity) -> int:
    return sum(slot.state is not SlotState.CANCELLED for slot in activity.slots)
