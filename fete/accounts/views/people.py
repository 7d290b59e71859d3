"""People and their roles, for the regional coordination."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts import policies, queries, services
from fete.accounts.forms import PeopleFilters, RoleForm
from fete.accounts.models import RoleName, User
from fete.accounts.rules import ROLE_NAMES
from fete.accounts.views.sign import open_session, this_person
from fete.core.access import allows, requires
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.core.pagination import paginate

blueprint = Blueprint("people", __name__, url_prefix="/coordination/personnes")


@blueprint.route("")
@requires(policies.can_manage_people)
def index() -> ResponseReturnValue:
    """Look for somebody."""
    form = PeopleFilters(request.args)
    words = (form.q.data or "")[:100]
    role = RoleName(form.role.data) if form.role.data in set(RoleName) else None
    page = paginate(queries.people(words, role), number=request.args.get("page", 1, int))
    filters = {"q": words or None, "role": role}
    return render_template(
        "people/index.html", form=form, page=page, filters=filters, role_names=ROLE_NAMES
    )


@blueprint.route("/<int:person_id>", methods=["GET", "POST"])
@allows(policies.can_manage_person, load=queries.find_person)
def show(person: User) -> ResponseReturnValue:
    """See one person, and give them a role."""
    territory = [each.code for role in person.roles for each in role.departements]
    form = RoleForm(roles=policies.grantable_roles(this_person()), data={"departements": territory})
    if form.submitted():
        try:
            with transaction():
                services.grant_role(
                    person,
                    RoleName(form.role.data),
                    form.departements.data or [],
                    by=this_person(),
                    at=now(),
                )
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            _stay_signed_in(person)
            flash(_("Le rôle est donné. La personne l’apprendra par courriel."), "success")
            return redirect(url_for("people.show", person_id=person.id))
    return render_template(
        "people/show.html",
        person=person,
        form=form,
        acts=queries.acts_on(person, limit=20),
        absences=queries.absences_of(person),
        rights_acts=queries.rights_of(person),
        role_names=ROLE_NAMES,
        revocable=policies.grantable_roles(this_person()),
    )


@blueprint.route("/<int:person_id>/roles/<role>/retirer", methods=["POST"])
@allows(policies.can_manage_person, load=queries.find_person)
def revoke(person: User, role: str) -> ResponseReturnValue:
    """Take a role back."""
    if role not in set(RoleName):
        abort(404)
    try:
        with transaction():
            services.revoke_role(person, RoleName(role), by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
    else:
        _stay_signed_in(person)
        flash(_("Le rôle est retiré."), "success")
    if not policies.can_manage_people(this_person()):
        return redirect(url_for("profile.show"))
    return redirect(url_for("people.show", person_id=person.id))


def _stay_signed_in(person: User) -> None:
    """Renew the session of who changed their own rights; anybody else signs in anew."""
    if person.id == this_person().id:
        open_session(person)
