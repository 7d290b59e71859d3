"""For the coordination: structures that may declare and deposit after the end of a call."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.policies import territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import allows
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.network.models import Organisation
from fete.network.queries import find_organisation, matching_organisations
from fete.programme.forms.late_entry import LateEntryForm
from fete.programme.models import Edition, LateEntry
from fete.programme.policies import (
    can_grant_late_entries,
    can_grant_late_entry,
    can_revoke_late_entry,
)
from fete.programme.queries.editions import (
    find_edition,
    find_late_entry,
    late_entries_of,
    late_entry_of,
)
from fete.programme.services.late_entries import grant_late_entry, revoke_late_entry

blueprint = Blueprint("late_entries", __name__, url_prefix="/coordination/delais")
_LONGEST_SEARCH = 100


@blueprint.route("/<int:year>")
@allows(can_grant_late_entries, load=find_edition)
def index(edition: Edition) -> ResponseReturnValue:
    """List the delays of an edition in one's territory, and look for a structure to grant one to."""
    person = this_person()
    typed = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    return render_template(
        "late_entries/index.html",
        edition=edition,
        entries=[
            entry
            for entry in late_entries_of(edition)
            if can_grant_late_entry(person, entry.organisation)
        ],
        typed=typed,
        found=matching_organisations(typed, territory=territory_of(person)),
        today=today(),
    )


@blueprint.route("/<int:year>/structures/<int:organisation_id>", methods=["GET", "POST"])
@allows(can_grant_late_entries, load=find_edition)
def grant(edition: Edition, organisation_id: int) -> ResponseReturnValue:
    """Let a structure declare and deposit after the call, or change until when."""
    year, organisation = edition.year, _its_structure(organisation_id)
    entry = late_entry_of(edition, organisation)
    form = LateEntryForm(obj=entry)
    if form.submitted():
        try:
            with transaction():
                grant_late_entry(
                    find_edition(year) or abort(404),
                    _its_structure(organisation_id),
                    until=form.day,
                    reason=form.reason.data,
                    by=this_person(),
                    at=now(),
                )
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            flash(_("Le délai est accordé. La structure l’apprendra par courriel."), "success")
            return redirect(url_for("late_entries.index", year=year))
    return render_template(
        "late_entries/grant.html",
        edition=find_edition(year),
        organisation=_its_structure(organisation_id),
        form=form,
        is_new=entry is None,
    )


@blueprint.route("/<int:entry_id>/retirer", methods=["POST"])
@allows(can_revoke_late_entry, load=find_late_entry)
def revoke(entry: LateEntry) -> ResponseReturnValue:
    """Take a delay back."""
    number, year, name = entry.id, entry.edition.year, entry.organisation.name
    with transaction():
        found = find_late_entry(number)
        if found is not None:
            revoke_late_entry(found, by=this_person(), at=now())
    flash(_("Le délai de « %(name)s » est retiré.", name=name), "success")
    return redirect(url_for("late_entries.index", year=year))


def _its_structure(organisation_id: int) -> Organisation:
    organisation = find_organisation(organisation_id)
    if organisation is None or not can_grant_late_entry(this_person(), organisation):
        abort(404)
    return organisation
