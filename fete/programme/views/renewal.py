"""For those who declare: take last year's activities into the new edition."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.models import User
from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import requires, signed_in
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.forms import Form
from fete.core.i18n import gettext as _, ngettext
from fete.network.models import Organisation
from fete.network.policies import can_act_for
from fete.network.queries import find_organisation, organisations_of
from fete.programme import policies, rules
from fete.programme.models import Activity, Edition
from fete.programme.queries.editions import calls_open_to_person, open_editions
from fete.programme.queries.lineage import renewals_in
from fete.programme.queries.renewal import (
    MOST_OFFERED,
    activities_to_renew,
    editions_to_renew,
    find_to_renew,
    structures_to_renew,
)
from fete.programme.queries.twins import twins_of_renewals
from fete.programme.services.renewal import Outlook, foresee, renew

blueprint = Blueprint("renewal", __name__, url_prefix="/mes-activites/reconduire")
_LONGEST_NUMBER = 9


@blueprint.route("")
@requires(signed_in)
def choose() -> ResponseReturnValue:
    """Choose which activities of an earlier edition to take into the new one."""
    person = this_person()
    targets = _targets(person)
    if not targets:
        return render_template("renewal/choose.html", target=None)
    target = _edition_asked("edition", targets) or targets[0]
    organisation = _structure(person)
    earlier = editions_to_renew(person, organisation, into=target)
    source = _edition_asked("de", earlier) or (earlier[0] if earlier else None)
    found = activities_to_renew(person, organisation, source) if source else []
    offered = [
        each
        for each in found
        if is_coordinator(person) or rules.may_declare(target, each.organisation_id, today())
    ]
    renewals = renewals_in(target, [each.id for each in offered])
    return render_template(
        "renewal/choose.html",
        target=target,
        targets=targets,
        source=source,
        earlier=earlier,
        organisation=organisation,
        organisations=organisations_of(person),
        followed=structures_to_renew(territory_of(person), into=target)
        if is_coordinator(person)
        else [],
        held=[each for each in offered if rules.was_held(each)],
        others=[each for each in offered if not rules.was_held(each)],
        is_all="tout" in request.args,
        renewals=renewals,
        mine={source for source, made in renewals.items() if policies.can_see(person, made)},
        may_renew_containers=is_coordinator(person),
        most=MOST_OFFERED if len(found) == MOST_OFFERED else None,
    )


@blueprint.route("/confirmer", methods=["GET", "POST"])
@requires(signed_in)
def confirm() -> ResponseReturnValue:
    """See what each activity becomes, then make the drafts."""
    person = this_person()
    targets = _targets(person)
    target = _edition_asked("edition", targets)
    if target is None:
        flash(_("L’appel à participation de cette édition n’est pas ouvert."), "error")
        return redirect(url_for("renewal.choose"))
    sources = _sources(person)
    if not sources:
        flash(_("Cochez au moins une activité à reconduire."), "error")
        return redirect(url_for("renewal.choose", edition=target.year))
    form = Form()
    try:
        if form.submitted():
            with transaction():
                made = renew(_sources(person), target, by=person, at=now())
            return _done(made, target)
        outlooks = foresee(sources, target)
    except RuleBrokenError as error:
        flash(error.message, "error")
        return redirect(url_for("renewal.choose", edition=target.year))
    new = [each for each in outlooks if each.renewal is None]
    return render_template(
        "renewal/confirm.html",
        form=form,
        target=target,
        outlooks=new,
        known=[each for each in outlooks if each.renewal is not None],
        twins=twins_of_renewals([each.source for each in new], target),
        to_confirm={each.source.id: _to_confirm(each, target) for each in new},
    )


def _done(made: Sequence[Activity], target: Edition) -> ResponseReturnValue:
    if not made:
        flash(_("Ces activités sont déjà reconduites."), "info")
        return redirect(url_for("activities.index"))
    flash(
        ngettext(
            "%(num)s brouillon est créé pour %(year)s. Relisez ce qui est marqué, puis déposez-le.",
            "%(num)s brouillons sont créés pour %(year)s. Relisez ce qui est marqué, puis déposez-les.",
            len(made),
            year=target.year,
        ),
        "success",
    )
    if len(made) == 1:
        return redirect(url_for("activities.preview", activity_id=made[0].id))
    return redirect(url_for("activities.index"))


def _targets(person: User) -> Sequence[Edition]:
    return open_editions() if is_coordinator(person) else calls_open_to_person(person, today())


def _edition_asked(name: str, among: Sequence[Edition]) -> Edition | None:
    year = request.values.get(name, type=int)
    return next((each for each in among if each.year == year), None)


def _structure(person: User) -> Organisation | None:
    """Return the structure that the list is bound to: one of the person's, or of their territory."""
    number = request.args.get("structure", "")
    if not number:
        return None
    found = find_organisation(int(number)) if _is_number(number) else None
    if found is None or not can_act_for(person, found):
        abort(404)
    return found


def _sources(person: User) -> list[Activity]:
    """Return the activities that were ticked; one that the person does not declare looks as if it were not there."""
    numbers = request.values.getlist("activite")
    if len(numbers) > MOST_OFFERED or not all(_is_number(each) for each in numbers):
        abort(404)
    wanted = {int(each) for each in numbers}
    found = find_to_renew(wanted)
    if len(found) != len(wanted) or not all(
        can_act_for(person, each.organisation) for each in found
    ):
        abort(404)
    return found


def _is_number(typed: str) -> bool:
    # Longer ones name nothing that the database could hold.
    return typed.isascii() and typed.isdecimal() and len(typed) <= _LONGEST_NUMBER


def _to_confirm(outlook: Outlook, target: Edition) -> list[str]:
    return [
        str(rules.FIELD_NAMES[name]) for name in rules.fields_to_confirm(outlook.source, target)
    ]
