"""For the region: when those who owe a report of an edition are reminded, and what they are asked."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.views.sign import this_person
from fete.core.access import allows
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.programme.models import Edition
from fete.programme.policies import can_manage_edition
from fete.programme.queries.editions import find_edition
from fete.reports.forms.ladder import LadderForm
from fete.reports.queries.ladder import ladder_of
from fete.reports.queries.questions import asked_in
from fete.reports.rules.ladder import rungs_of
from fete.reports.services.ladder import choose_ladder

blueprint = Blueprint("ladders", __name__, url_prefix="/coordination/editions")


@blueprint.route("/<int:year>/bilans", methods=["GET", "POST"])
@allows(can_manage_edition, load=find_edition)
def edit(edition: Edition) -> ResponseReturnValue:
    """Choose how an edition asks for its reports."""
    form = _form_of(edition)
    year = edition.year
    if form.submitted():
        try:
            with transaction():
                found = find_edition(year) or abort(404)
                choose_ladder(found, form.asking(), by=this_person(), at=now())
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            flash(_("Les relances des bilans sont enregistrées."), "success")
            return redirect(url_for("editions.edit", year=year))
    return render_template("ladders/edit.html", edition=find_edition(year) or abort(404), form=form)


def _form_of(edition: Edition) -> LadderForm:
    ladder = ladder_of(edition)
    rungs = rungs_of(ladder)
    return LadderForm(
        data={
            "days_after": ", ".join(map(str, rungs.after)),
            "days_before": ", ".join(map(str, rungs.before)),
            "questions": [each.value for each in asked_in(edition)],
            "shows_estimate": ladder is not None and ladder.shows_estimate,
        }
    )
