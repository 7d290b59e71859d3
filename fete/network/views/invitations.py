"""Invite a colleague to a structure by e-mail; come in by the link of the letter, or from one's own pages."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.accounts.forms import InvitedForm
from fete.accounts.models import User
from fete.accounts.queries import find_by_email
from fete.accounts.views.sign import open_session, this_person
from fete.core.access import allows, public
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.forms import Form
from fete.core.i18n import gettext as _
from fete.core.ratelimit import by_place, limiter, only_posts
from fete.network import policies, queries, services
from fete.network.forms import InvitationForm
from fete.network.models import Invitation, Organisation
from fete.network.rules import is_open

blueprint = Blueprint("invitations", __name__)

# More than a structure has colleagues to invite in a day, and too few to bother strangers with.
INVITATIONS = "30 per day"


def _inviter() -> str:
    return str(getattr(current_user, "id", request.remote_addr))


@blueprint.route("/ma-structure/<int:organisation_id>/inviter", methods=["GET", "POST"])
@limiter.limit(INVITATIONS, key_func=_inviter, exempt_when=only_posts)
@allows(policies.can_invite, load=queries.find_organisation)
def create(organisation: Organisation) -> ResponseReturnValue:
    """Invite an address."""
    form = InvitationForm()
    if form.submitted():
        email = form.email.data
        try:
            with transaction():
                is_sent = services.invite(
                    organisation,
                    email=email,
                    quality=form.quality.data or "",
                    by=this_person(),
                    at=now(),
                )
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            _tell_sent(email, is_sent=is_sent)
            return _to_members(organisation)
    return render_template("invitations/create.html", organisation=organisation, form=form)


@blueprint.route(
    "/ma-structure/<int:organisation_id>/invitations/<int:invitation_id>/renvoyer", methods=["POST"]
)
@limiter.limit(INVITATIONS, key_func=_inviter, exempt_when=only_posts)
@allows(policies.can_invite, load=queries.find_organisation)
def resend(organisation: Organisation, invitation_id: int) -> ResponseReturnValue:
    """Send the letter once more."""
    try:
        with transaction():
            invitation = _its_invitation(organisation, invitation_id)
            is_sent = services.invite_again(invitation, by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
    else:
        _tell_sent(invitation.email, is_sent=is_sent)
    return _to_members(organisation)


@blueprint.route(
    "/ma-structure/<int:organisation_id>/invitations/<int:invitation_id>/retirer", methods=["POST"]
)
@allows(policies.can_invite, load=queries.find_organisation)
def withdraw(organisation: Organisation, invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    try:
        with transaction():
            invitation = _its_invitation(organisation, invitation_id)
            services.withdraw_invitation(invitation, by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
    else:
        flash(_("L’invitation est retirée : son lien ne sert plus."), "success")
    return _to_members(organisation)


@blueprint.route("/ma-structure/invitations/<int:invitation_id>/accepter", methods=["POST"])
@allows(policies.is_invited, load=queries.find_invitation)
def accept(invitation: Invitation) -> ResponseReturnValue:
    """Come in, from one's own pages."""
    return _accepted(invitation)


@blueprint.route("/ma-structure/invitations/<int:invitation_id>/decliner", methods=["POST"])
@allows(policies.is_invited, load=queries.find_invitation)
def decline(invitation: Invitation) -> ResponseReturnValue:
    """Say no to an invitation."""
    try:
        with transaction():
            services.withdraw_invitation(invitation, by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
    else:
        flash(_("C’est noté : vous ne rejoignez pas cette structure."), "success")
    return redirect(url_for("organisation.index"))


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@by_place
@public
def answer(token: str) -> ResponseReturnValue:
    """Open the link of a letter: join, sign in first, or open an account that the letter proves."""
    invitation = services.bearer_of(token)
    if invitation is None or not is_open(invitation, now()):
        return render_template("invitations/_over.html", invitation=invitation)
    if current_user.is_authenticated:
        person = this_person()
        if not policies.is_invited(person, invitation):
            return render_template("invitations/_other.html", invitation=invitation, person=person)
        form = Form()
        if form.submitted():
            return _accepted(invitation)
        return render_template("invitations/_join.html", invitation=invitation, form=form)
    if _has_account(find_by_email(invitation.email)):
        return render_template("invitations/_known.html", invitation=invitation)
    return _register(invitation)


def _has_account(person: User | None) -> bool:
    return person is not None and person.is_active


def _register(invitation: Invitation) -> ResponseReturnValue:
    form = InvitedForm(invitation.email)
    if form.submitted():
        try:
            with transaction():
                person = services.register_invited(invitation, **form.values(), at=now())
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            open_session(person)
            return _welcome(invitation)
    return render_template("invitations/_register.html", invitation=invitation, form=form)


def _accepted(invitation: Invitation) -> ResponseReturnValue:
    try:
        with transaction():
            services.accept_invitation(invitation, by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
        return redirect(url_for("organisation.index"))
    return _welcome(invitation)


def _welcome(invitation: Invitation) -> ResponseReturnValue:
    organisation = invitation.organisation
    flash(_("Vous agissez maintenant au nom de « %(name)s ».", name=organisation.name), "success")
    return redirect(url_for("organisation.show", organisation_id=organisation.id))


def _its_invitation(organisation: Organisation, invitation_id: int) -> Invitation:
    found = [each for each in queries.invitations_of(organisation) if each.id == invitation_id]
    if found:
        return found[0]
    if any(each.id == invitation_id for each in organisation.invitations):
        raise RuleBrokenError(_("Cette invitation a déjà eu sa réponse, ou elle a été retirée."))
    return abort(404)


def _tell_sent(email: str, *, is_sent: bool) -> None:
    if is_sent:
        flash(_("L’invitation est partie vers %(address)s.", address=email), "success")
    else:
        flash(
            _(
                "%(address)s a déjà été invitée il y a moins d’un jour : rien n’est reparti.",
                address=email,
            ),
            "info",
        )


def _to_members(organisation: Organisation) -> ResponseReturnValue:
    return redirect(url_for("organisation.members", organisation_id=organisation.id))
