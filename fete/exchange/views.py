"""What the coordination takes along: the filtered queue for its committee, on paper and as a spreadsheet; its reports."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import requires
from fete.core.clock import now, today
from fete.core.i18n import gettext as _
from fete.core.templating import day
from fete.core.workbook import XLSX
from fete.exchange.sheets import committee_sheet, report_sheet, times_of
from fete.programme.forms.review import STATUSES, QueueForm, queue_form, status_word
from fete.programme.models import Activity, Edition
from fete.programme.queries.editions import shown_editions
from fete.programme.queries.review import for_committee
from fete.programme.queries.territory import departements_within
from fete.programme.rules import CRITERIA_NAMES, evidence, terms_of
from fete.reports.policies import can_follow_up
from fete.reports.queries.reporting import FollowUpFilters, Wanted, followed_one_by_one

blueprint = Blueprint("exchange", __name__)

MOST_LISTED = 1000
# What the spreadsheet weighs about, in bytes: so much, and so much more for each activity.
_WEIGHT = 7_500
_WEIGHT_EACH = 96
_WEIGHT_OF_REPORTS, _WEIGHT_OF_REPORT = 4_500, 140


@blueprint.get("/coordination/relecture/liste")
@requires(is_coordinator)
def committee() -> ResponseReturnValue:
    """Show the filtered queue as a committee goes through it, to be printed."""
    form, word, activities = _asked()
    return render_template(
        "exchange/committee.html",
        activities=activities,
        asked=form.asked() | {"statut": word},
        criteria=CRITERIA_NAMES,
        evidence_of=evidence,
        label=STATUSES[word][1],
        most=MOST_LISTED,
        terms_of=terms_of,
        times_of=times_of,
    )


@blueprint.get("/coordination/relecture/liste.xlsx")
@requires(is_coordinator)
def committee_file() -> ResponseReturnValue:
    """Give the filtered queue as a spreadsheet."""
    _form, word, activities = _asked()
    title = str(_("Liste pour le comité : %(status)s", status=STATUSES[word][1]))
    name = f"comite-{word}-{today():%Y-%m-%d}.xlsx"
    return Response(
        committee_sheet(activities, title=title, at=now()),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.app_template_global("weight_of_list")
def weight_of_list(activities: int) -> int:
    """Return about how many bytes the spreadsheet of so many activities has."""
    return _WEIGHT + min(activities, MOST_LISTED) * _WEIGHT_EACH


@blueprint.app_template_global("weight_of_reports")
def weight_of_reports(activities: int) -> int:
    """Return about how many bytes the spreadsheet of so many activities with their reports has."""
    return _WEIGHT_OF_REPORTS + activities * _WEIGHT_OF_REPORT


@blueprint.get("/coordination/bilans.xlsx")
@requires(can_follow_up)
def reports() -> ResponseReturnValue:
    """Give the activities of one's territory with their reports as a spreadsheet."""
    year = request.args.get("edition", type=int)
    edition = next((each for each in shown_editions() if _is_asked(each, year)), None)
    asked = request.args.getlist("departement")
    known = {each.code for each in departements_within(territory_of(this_person()))}
    word = request.args.get("etat", Wanted.ALL.value)
    if edition is None or not known.issuperset(asked) or word not in set(Wanted):
        abort(404)
    filters = FollowUpFilters(wanted=Wanted(word), departements=asked)
    lines = followed_one_by_one(this_person(), edition=edition, filters=filters, at=now())
    title = str(_("Bilans %(year)s, au %(day)s", year=edition.year, day=day(today())))
    note = str(_("Données de démonstration")) if edition.is_demo else ""
    name = "-".join(["bilans", str(edition.year), word, *asked, f"{today():%Y-%m-%d}"])
    name += "-demonstration" if edition.is_demo else ""
    return Response(
        report_sheet(lines, title=title, note=note, at=now()),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )


def _is_asked(edition: Edition, year: int | None) -> bool:
    """Whether this is the edition of that year; without any, whether it has begun."""
    return edition.year == year if year is not None else edition.starts_on <= today()


def _asked() -> tuple[QueueForm, str, Sequence[Activity]]:
    person = this_person()
    form, word = queue_form(request.args, by=person), status_word(request.args)
    filters = form.filters(STATUSES[word][0], by=person, at=now())
    return form, word, for_committee(territory_of(person), filters, limit=MOST_LISTED)
