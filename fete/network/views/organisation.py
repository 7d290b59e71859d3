"""The structures of a person: find, create, join, describe, leave them; their members; their charter."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.queries import acts_on
from fete.accounts.views.sign import this_person
from fete.accounts.views.sketches import forget_this_page, sketched, taken_up
from fete.core.access import allows, requires, signed_in
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.forms import Form
from fete.core.i18n import gettext as _
from fete.network import policies, queries, services
from fete.network.forms import (
    CharterForm,
    CreationForm,
    Difference,
    EditForm,
    InvitationForm,
    JoiningForm,
    SearchForm,
    differences,
    sector_name,
)
from fete.network.models import Membership, MembershipState, Organisation
from fete.network.rules import (
    CHARTER_VERSION,
    charter_is_signed,
    is_open,
    may_be_sent_again,
    valid_signature,
)
from fete.network.services import Consent

MOST_SHOWN = 20
blueprint = Blueprint("organisation", __name__, url_prefix="/ma-structure")


def at_its_own_address(
    view: Callable[..., ResponseReturnValue],
) -> Callable[..., ResponseReturnValue]:
    """Lead the reader of an address of a merged structure to that of the one in its place."""

    @wraps(view)
    def kept(
        organisation: Organisation, **values: Any
    ) -> ResponseReturnValue:  # as the address has them
        asked = request.view_args or {}
        if request.method == "GET" and asked["organisation_id"] != organisation.id:
            own = {**asked, "organisation_id": organisation.id}
            return redirect(url_for(str(request.endpoint), **own))
        return view(organisation, **values)

    return kept


@blueprint.route("")
@requires(signed_in)
def index() -> ResponseReturnValue:
    """See one's structures and one's requests."""
    person = this_person()
    return render_template(
        "organisation/index.html",
        organisations=queries.organisations_of(person),
        requests=queries.requests_of(person),
        invitations=queries.invitations_for(person, at=now()),
        charter_is_signed=charter_is_signed,
    )


@blueprint.route("/chercher")
@requires(signed_in)
def search() -> ResponseReturnValue:
    """Look whether a structure is here already, before creating it."""
    form = SearchForm(request.args)
    typed = (form.q.data or "").strip()
    person = this_person()
    found = queries.matching_organisations(typed, limit=MOST_SHOWN + 1)
    return render_template(
        "organisation/search.html",
        form=form,
        typed=typed,
        found=found[:MOST_SHOWN],
        has_more=len(found) > MOST_SHOWN,
        tied={membership.organisation_id for membership in queries.requests_of(person)},
        mine={organisation.id for organisation in queries.organisations_of(person)},
    )


@blueprint.route("/creer", methods=["GET", "POST"])
@sketched
@requires(signed_in)
def create() -> ResponseReturnValue:
    """Enter a new structure, after a second look at those that may be the same."""
    form, sketch = taken_up(lambda: CreationForm(data={"name": request.args.get("nom", "")[:200]}))
    twins: list[Organisation] = []
    if form.submitted():
        described = form.described()
        twins = list(
            queries.similar_organisations(
                described.name, described.commune_code, described.siret, described.acronym
            )
        )
        if not twins or form.is_new.data or any(_is_mine(twin) for twin in twins):
            try:
                with transaction():
                    organisation = services.create(described, by=this_person(), at=now())
                    forget_this_page()
            except RuleBrokenError as error:
                form.take_back(error)
            else:
                flash(_("La structure est créée. Reste à signer la charte du réseau."), "success")
                return redirect(url_for("organisation.show", organisation_id=organisation.id))
    return render_template("organisation/create.html", form=form, twins=twins, sketch=sketch)


def _is_mine(organisation: Organisation) -> bool:
    """Whether the form was sent twice: what it describes is there, and the person acts for it."""
    return policies.is_member(this_person(), organisation)


@blueprint.route("/<int:organisation_id>")
@allows(policies.can_act_for, load=queries.find_organisation)
@at_its_own_address
def show(organisation: Organisation) -> ResponseReturnValue:
    """See a structure as its members do."""
    person = this_person()
    return render_template(
        "organisation/show.html",
        organisation=organisation,
        sector=sector_name(organisation.sector),
        signature=valid_signature(organisation),
        requests=_memberships(organisation, MembershipState.REQUESTED),
        members=_memberships(organisation, MembershipState.ACTIVE),
        is_member=policies.is_member(person, organisation),
        acts=acts_on(organisation, limit=20, also=queries.merged_into(organisation.id)),
    )


def _memberships(organisation: Organisation, state: MembershipState) -> list[Membership]:
    return sorted(
        (each for each in organisation.memberships if each.state is state),
        key=lambda each: (each.asked_at, each.id),
    )


@blueprint.route("/<int:organisation_id>/modifier", methods=["GET", "POST"])
@sketched
@allows(policies.can_act_for, load=queries.find_organisation)
@at_its_own_address
def edit(organisation: Organisation) -> ResponseReturnValue:
    """Rewrite what a structure says of itself; the second of two people is told and loses nothing."""
    form, sketch = taken_up(
        lambda: EditForm(organisation=organisation, data={"version": organisation.version})
    )
    conflict: list[Difference] = []
    twins: list[Organisation] = []
    if form.submitted() and not (twins := _new_twins(organisation, form)):
        try:
            with transaction():
                services.describe(
                    organisation,
                    form.described(),
                    version=form.seen_version(),
                    by=this_person(),
                    at=now(),
                )
                forget_this_page()
        except RuleBrokenError as error:
            form.take_back(error)
        except StaleError:
            conflict = differences(form, organisation)
            # Sent once more, what was typed replaces what the page now shows beside it.
            form.version.data = organisation.version
            if not conflict:
                flash(_("C’est déjà enregistré ainsi."), "success")
                return redirect(url_for("organisation.show", organisation_id=organisation.id))
        else:
            flash(_("C’est enregistré."), "success")
            return redirect(url_for("organisation.show", organisation_id=organisation.id))
    return render_template(
        "organisation/edit.html",
        organisation=organisation,
        form=form,
        conflict=conflict,
        twins=twins,
        sketch=sketch,
    )


def _new_twins(organisation: Organisation, form: EditForm) -> list[Organisation]:
    """Return the structures that this one would come to look like, unless the person said that it is another."""
    described = form.described()
    before = services.description_of(organisation)
    is_same = (described.name, described.acronym, described.commune_code) == (
        before.name,
        before.acronym,
        before.commune_code,
    )
    if is_same or form.is_apart.data:
        return []
    found = queries.similar_organisations(
        described.name, described.commune_code, None, described.acronym
    )
    known = queries.similar_organisations(before.name, before.commune_code, None, before.acronym)
    # Those that it looked like already were told before.
    return [each for each in found if each.id != organisation.id and each not in known]


@blueprint.route("/<int:organisation_id>/rejoindre", methods=["GET", "POST"])
@allows(policies.can_ask_to_join, load=queries.find_organisation)
@at_its_own_address
def join(organisation: Organisation) -> ResponseReturnValue:
    """Ask to act for a structure that is here already."""
    form = JoiningForm()
    if form.submitted():
        with transaction():
            services.request_membership(
                organisation, quality=form.quality.data or "", by=this_person(), at=now()
            )
        flash(_("Votre demande est partie. Vous aurez la réponse par courriel."), "success")
        return redirect(url_for("organisation.index"))
    return render_template("organisation/join.html", organisation=organisation, form=form)


@blueprint.route("/<int:organisation_id>/quitter", methods=["GET", "POST"])
@allows(policies.can_leave, load=queries.find_organisation)
@at_its_own_address
def leave(organisation: Organisation) -> ResponseReturnValue:
    """Act for a structure no more, or take a request back."""
    if request.method == "POST":
        with transaction():
            services.leave(organisation, by=this_person(), at=now())
        flash(_("C’est fait : vous n’agissez plus au nom de cette structure."), "success")
        return redirect(url_for("organisation.index"))
    members = _memberships(organisation, MembershipState.ACTIVE)
    person = this_person()
    return render_template(
        "organisation/leave.html",
        organisation=organisation,
        is_member=policies.is_member(person, organisation),
        is_last=[each.person_id for each in members] == [person.id],
    )


@blueprint.route("/<int:organisation_id>/membres")
@allows(policies.can_admit, load=queries.find_organisation)
@at_its_own_address
def members(organisation: Organisation) -> ResponseReturnValue:
    """See who acts for the structure, who asks to, who is invited."""
    at = now()
    return render_template(
        "organisation/members.html",
        organisation=organisation,
        requests=_memberships(organisation, MembershipState.REQUESTED),
        members=_memberships(organisation, MembershipState.ACTIVE),
        invitations=queries.invitations_of(organisation),
        is_open=lambda invitation: is_open(invitation, at),
        may_be_sent_again=lambda invitation: may_be_sent_again(invitation, at),
        form=InvitationForm(),
        person=this_person(),
    )


@blueprint.route(
    "/<int:organisation_id>/membres/<int:membership_id>/retirer", methods=["GET", "POST"]
)
@allows(policies.can_remove, load=queries.find_organisation)
def remove(organisation: Organisation, membership_id: int) -> ResponseReturnValue:
    """Say that a member acts for the structure no more; one's own leaving has its page."""
    membership = _its_membership(organisation, membership_id)
    if membership.person_id == this_person().id:
        return redirect(url_for("organisation.leave", organisation_id=organisation.id))
    form = Form()
    if not form.submitted():
        return render_template(
            "organisation/remove.html", organisation=organisation, membership=membership, form=form
        )
    name = membership.person.name
    try:
        with transaction():
            services.remove(membership, by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
    else:
        flash(_("%(name)s n’agit plus au nom de la structure.", name=name), "success")
    return redirect(url_for("organisation.members", organisation_id=organisation.id))


@blueprint.route("/<int:organisation_id>/membres/<int:membership_id>/admettre", methods=["POST"])
@allows(policies.can_admit, load=queries.find_organisation)
def admit(organisation: Organisation, membership_id: int) -> ResponseReturnValue:
    """Say yes to who asks."""
    with transaction():
        membership = _its_membership(organisation, membership_id)
        services.admit(membership, by=this_person(), at=now())
    flash(_("Cette personne fait maintenant partie de la structure."), "success")
    return redirect(url_for("organisation.members", organisation_id=organisation.id))


@blueprint.route("/<int:organisation_id>/membres/<int:membership_id>/refuser", methods=["POST"])
@allows(policies.can_admit, load=queries.find_organisation)
def turn_down(organisation: Organisation, membership_id: int) -> ResponseReturnValue:
    """Say no to who asks."""
    try:
        with transaction():
            membership = _its_membership(organisation, membership_id)
            services.turn_down(membership, by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
    else:
        flash(_("La demande est refusée. La personne l’apprendra par courriel."), "success")
    return redirect(url_for("organisation.members", organisation_id=organisation.id))


def _its_membership(organisation: Organisation, membership_id: int) -> Membership:
    found = [each for each in organisation.memberships if each.id == membership_id]
    return found[0] if found else abort(404)


@blueprint.route("/<int:organisation_id>/charte", methods=["GET", "POST"])
@allows(policies.can_act_for, load=queries.find_organisation)
@at_its_own_address
def sign(organisation: Organisation) -> ResponseReturnValue:
    """Sign the charter in the structure's name, and see what was signed before."""
    person = this_person()
    can_sign = policies.can_sign(person, organisation)
    form = CharterForm(data={"signer_name": person.name})
    if form.is_submitted() and not can_sign:
        abort(404)
    if form.submitted():
        with transaction():
            services.sign_charter(
                organisation,
                signer_name=form.signer_name.data,
                signer_quality=form.signer_quality.data,
                agrees_to_be_listed=form.agrees_to_be_listed.data,
                agrees_to_letters=form.agrees_to_letters.data,
                by=this_person(),
                at=now(),
            )
        flash(_("La charte est signée. Merci !"), "success")
        # What comes next is there: declare an activity.
        return redirect(url_for("organisation.show", organisation_id=organisation.id))
    return render_template(
        "organisation/sign.html",
        organisation=organisation,
        form=form,
        can_sign=can_sign,
        signature=valid_signature(organisation),
        latest=next(iter(organisation.signatures), None),
        version=CHARTER_VERSION,
    )


@blueprint.route(
    "/<int:organisation_id>/charte/<int:signature_id>/retirer/<consent>", methods=["POST"]
)
@allows(policies.can_sign, load=queries.find_organisation)
def withdraw(organisation: Organisation, signature_id: int, consent: str) -> ResponseReturnValue:
    """Take back the charter, or one of the two consents."""
    if consent not in set(Consent):
        abort(404)
    with transaction():
        for signature in organisation.signatures:
            if signature.id == signature_id:
                services.withdraw(signature, Consent(consent), by=this_person(), at=now())
                break
        else:
            abort(404)
    flash(_("C’est retiré, à la date d’aujourd’hui."), "success")
    return redirect(url_for("organisation.sign", organisation_id=organisation.id))
