"""When coordinators are away: one notes one's own days, the regional coordination anybody's."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fete.accounts import policies, queries, services
from fete.accounts.forms import AbsenceForm
from fete.accounts.models import Absence, User
from fete.accounts.views.sign import this_person
from fete.core.access import allows, requires
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _

blueprint = Blueprint("absences", __name__, url_prefix="/coordination")


@blueprint.route("/absences", methods=["GET", "POST"])
@requires(policies.is_coordinator)
def index() -> ResponseReturnValue:
    """See and note one's own absences."""
    return _noted(this_person())


@blueprint.route("/personnes/<int:person_id>/absences", methods=["GET", "POST"])
@allows(policies.can_note_absence, load=queries.find_person)
def of(person: User) -> ResponseReturnValue:
    """See and note the absences of a coordinator."""
    return _noted(person)


@blueprint.route("/absences/<int:absence_id>/retirer", methods=["POST"])
@allows(policies.can_change_absence, load=queries.find_absence)
def remove(absence: Absence) -> ResponseReturnValue:
    """Take an absence back."""
    back, number = _page_of(absence.person), absence.id
    with transaction():
        standing = queries.find_absence(number)
        if standing is not None:
            services.take_absence_back(standing, by=this_person(), at=now())
    flash(_("L’absence est retirée."), "success")
    return redirect(back)


def _noted(person: User) -> ResponseReturnValue:
    form = AbsenceForm()
    first_day, last_day = form.first_day.data, form.last_day.data
    if form.submitted() and first_day is not None and last_day is not None:
        try:
            with transaction():
                services.note_absence(
                    person,
                    first_day=first_day,
                    last_day=last_day,
                    by=this_person(),
                    at=now(),
                )
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            flash(_("L’absence est notée."), "success")
            return redirect(_page_of(person))
    is_own = person.id == this_person().id
    return render_template(
        "absences/index.html" if is_own else "absences/of.html",
        absences=queries.absences_of(person),
        form=form,
        person=person,
    )


def _page_of(person: User) -> str:
    if person.id == this_person().id:
        return url_for("absences.index")
    return url_for("absences.of", person_id=person.id)
