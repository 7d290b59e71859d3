"""For the coordination: every doubt about the reports of its territory, and how each was answered."""

from collections.abc import Sequence
from enum import StrEnum

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.accounts.policies import territory_of
from fete.core.access import requires
from fete.core.clock import now
from fete.core.i18n import lazy_gettext
from fete.core.pagination import page_of
from fete.programme.models import Edition
from fete.programme.queries.editions import shown_editions
from fete.programme.queries.territory import departements_within
from fete.reports.forms.reporting import ExplainForm
from fete.reports.policies import can_follow_up
from fete.reports.queries.doubts import Doubted, doubts_about, explained_doubts
from fete.reports.queries.reporting import (
    FollowUpFilters,
    ReportLine,
    Wanted,
    every_followed,
    lines_of,
)
from fete.reports.rules import is_open
from fete.reports.views.follow_up import (
    chosen_in,
    edition_of,
    explain_forms,
    led_to,
    tab_of,
)

blueprint = Blueprint("doubts", __name__, url_prefix="/coordination/bilans/doutes")


class Tab(StrEnum):
    """Which doubts the page shows."""

    OPEN = "a-relire"
    VALIDATED = "valides"
    EXPLAINED = "expliques"


TABS = {
    Tab.OPEN: lazy_gettext("À relire avant de valider"),
    Tab.VALIDATED: lazy_gettext("Sur des bilans validés"),
    Tab.EXPLAINED: lazy_gettext("Expliqués"),
}


@blueprint.route("")
@requires(can_follow_up)
def index() -> ResponseReturnValue:
    """List what puzzles in the reports of one's territory, report by report, or how it was explained."""
    known = shown_editions()
    edition = edition_of(known)
    if edition is None:
        return render_template("doubts/index.html", edition=None)
    departements = departements_within(territory_of(current_user))
    chosen = chosen_in(departements)
    tab = tab_of(Tab.OPEN)
    number = request.args.get("page", default=1, type=int)
    list_them = _explained if tab is Tab.EXPLAINED else _open
    return render_template(
        "doubts/index.html",
        edition=edition,
        editions=known,
        departements=departements,
        chosen=chosen,
        tab=tab,
        tabs=TABS,
        args={"edition": edition.year, "etat": tab.value, "departement": list(chosen)},
        can_change=is_open(edition),
        led_to=led_to,
        Tab=Tab,
        **list_them(tab, edition, chosen, number),
    )


def _open(
    tab: Tab, edition: Edition, departements: Sequence[str], number: int
) -> dict[str, object]:
    wanted = Wanted.VALIDATED if tab is Tab.VALIDATED else Wanted.TO_VALIDATE
    filters = FollowUpFilters(wanted=wanted, departements=departements)
    lines = every_followed(current_user, edition=edition, filters=filters, at=now())
    doubts = {
        activity_id: [each for each in found if each.is_open]
        for activity_id, found in doubts_about(lines).items()
    }
    puzzling = [line.activity.id for line in lines if doubts[line.activity.id]]
    page = page_of(puzzling, number=number)
    rows = lines_of(page.rows)
    return {"page": page, "rows": rows, "doubts": doubts, "forms": _forms(rows, doubts)}


def _explained(
    _tab: Tab, edition: Edition, departements: Sequence[str], number: int
) -> dict[str, object]:
    answers = explained_doubts(
        current_user, edition=edition, departements=departements, number=number
    )
    lines = lines_of(sorted({each.report.activity_id for each in answers.rows}))
    standing = [doubt.explained for found in doubts_about(lines).values() for doubt in found]
    return {"answers": answers, "holding": standing}


def _forms(
    rows: Sequence[ReportLine], doubts: dict[int, list[Doubted]]
) -> dict[int, dict[str, ExplainForm]]:
    """Return the forms of each report, numbered on through the page."""
    forms: dict[int, dict[str, ExplainForm]] = {}
    for line in rows:
        start = 1 + sum(len(each) for each in forms.values())
        forms[line.activity.id] = explain_forms(doubts[line.activity.id], start=start)
    return forms
