"""What the coordination takes to its committee: the filtered queue as a list to print, and as a spreadsheet."""

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import requires
from fete.core.clock import now, today
from fete.core.i18n import gettext as _
from fete.exchange.sheets import committee_sheet, times_of
from fete.programme.forms.review import STATUSES, QueueForm, queue_form, status_word
from fete.programme.models import Activity
from fete.programme.queries.review import for_committee
from fete.programme.rules import CRITERIA_NAMES, evidence, terms_of

blueprint = Blueprint("exchange", __name__)

MOST_LISTED = 1000
# What the spreadsheet weighs about, in bytes: so much, and so much more for each activity.
_WEIGHT = 7_500
_WEIGHT_EACH = 96
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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


def _asked() -> tuple[QueueForm, str, Sequence[Activity]]:
    person = this_person()
    form, word = queue_form(request.args, by=person), status_word(request.args)
    filters = form.filters(STATUSES[word][0], by=person, at=now())
    return form, word, for_committee(territory_of(person), filters, limit=MOST_LISTED)
