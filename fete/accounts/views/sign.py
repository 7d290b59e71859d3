"""Sign in and out, register, prove an address, choose a forgotten password anew."""

import time
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from fete.accounts import mails, services
from fete.accounts.forms import (
    AddressForm,
    ConfirmationForm,
    NewPasswordForm,
    RegistrationForm,
    SignInForm,
)
from fete.accounts.models import User
from fete.accounts.policies import is_coordinator
from fete.core.access import public, requires, signed_in
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import address_in, gettext as _
from fete.core.ratelimit import by_letter, by_place, limiter, only_posts, typed_address
from fete.core.settings import settings

blueprint = Blueprint("sign", __name__, url_prefix="/compte")

# Tries at one account from one place; then from everywhere, far enough to leave its owner a way in: what
# succeeds is not counted, and a forgotten password opens another door.
ACCOUNT_GUESSES = "8 per 5 minutes"
SPREAD_GUESSES = "100 per hour"
# How often a session in use is written again.
_REFRESH = 300
_FOUND = 302


def _account_here() -> str:
    return f"{request.remote_addr} {typed_address()}"


def _failed(response: Any) -> bool:  # noqa: ANN401  # as the library calls it
    return bool(response.status_code != _FOUND)


_by_account_here = limiter.limit(
    ACCOUNT_GUESSES, key_func=_account_here, exempt_when=only_posts, deduct_when=_failed
)
_by_account = limiter.limit(
    SPREAD_GUESSES, key_func=typed_address, exempt_when=only_posts, deduct_when=_failed
)


def open_session(person: User) -> None:
    """Sign the person in, in a session that holds nothing of what was there before."""
    session.clear()
    session.permanent = True
    session["began"] = session["seen"] = int(time.time())
    login_user(person)


@blueprint.record_once
def _watch_sessions(state: BlueprintSetupState) -> None:
    @state.app.before_request
    def end_old_sessions() -> None:
        """End a session that has lasted its whole length; keep alive one that is in use."""
        if request.endpoint in {"static", "vendor"} or not request.cookies:
            return  # Not even looked at: a shared cache may keep what depends on no session.
        if "_user_id" not in session:
            return
        instant = int(time.time())
        if instant - session.get("began", 0) > settings().session_hours * 3600:
            session.clear()
            flash(_("Votre session a pris fin. Connectez-vous de nouveau pour continuer."), "info")
        elif instant - session.get("seen", 0) > _REFRESH:
            session["seen"] = instant


def _way_on(person: User) -> str:
    """Return where the person wanted to go on this site, else their own page, in their language."""
    wanted = request.args.get("suite", "")
    if is_local(wanted):
        return request.script_root + wanted
    endpoint = "dashboard.coordinator" if is_coordinator(person) else "dashboard.actor"
    return address_in(person.language, url_for(endpoint))


def is_local(path: str) -> bool:
    """Whether this is the path of a page of this site, and nothing that leads a browser elsewhere."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc


@blueprint.route("/connexion", methods=["GET", "POST"])
@by_place
@_by_account_here
@_by_account
@public
def enter() -> ResponseReturnValue:
    """Sign in."""
    form = SignInForm()
    if form.submitted():
        # Slow on purpose, hence before the transaction.
        person = services.authenticate(form.email.data, form.password.data)
        with transaction():
            services.record_sign_in(form.email.data, person, at=now())
        if person is not None:
            way = _way_on(person)
            open_session(person)
            return redirect(way)
        form.take_back(
            RuleBrokenError(
                _(
                    "Nous n’avons pas reconnu cette adresse avec ce mot de passe. Vérifiez-les, puis ouvrez "
                    "le lien de confirmation reçu par courriel si vous venez de vous inscrire."
                )
            )
        )
    return render_template("sign/enter.html", form=form)


@blueprint.route("/deconnexion", methods=["POST"])
@requires(signed_in)
def leave() -> ResponseReturnValue:
    """Sign out, here and wherever else the person was signed in."""
    with transaction():
        services.end_sessions(this_person())
    logout_user()
    session.clear()
    flash(_("Vous êtes déconnecté·e."), "success")
    after = request.args.get("suite", "")
    return redirect(request.script_root + after if is_local(after) else url_for("pages.home"))


@blueprint.route("/inscription", methods=["GET", "POST"])
@by_place
@by_letter
@public
def register() -> ResponseReturnValue:
    """Ask for an account."""
    form = RegistrationForm()
    if form.submitted():
        with transaction():
            services.register(**form.values(), at=now())
        return redirect(url_for("sign.check"))
    return render_template("sign/register.html", form=form)


@blueprint.route("/inscription/courriel")
@public
def check() -> ResponseReturnValue:
    """Say that a letter is waiting."""
    return render_template("sign/check.html")


@blueprint.route("/confirmation/<token>", methods=["GET", "POST"])
@by_place
@public
def confirm(token: str) -> ResponseReturnValue:
    """Prove an address: the link shows a button, the button proves."""
    hours = timedelta(hours=settings().registration_hours)
    person = services.bearer_of(token, mails.CONFIRM, within=hours)
    form = ConfirmationForm()
    if person is not None and not person.is_active and form.submitted():
        with transaction():
            services.confirm(person, now())
        flash(_("Votre adresse est confirmée. Vous pouvez vous connecter."), "success")
        return redirect(url_for("sign.enter"))
    return render_template("sign/confirm.html", form=form, person=person)


@blueprint.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@by_place
@by_letter
@public
def forgotten() -> ResponseReturnValue:
    """Ask for a link to choose another password."""
    form = AddressForm()
    if form.submitted():
        with transaction():
            services.ask_for_reset(form.email.data, at=now())
        return redirect(url_for("sign.sent"))
    return render_template("sign/forgotten.html", form=form)


@blueprint.route("/mot-de-passe-oublie/courriel")
@public
def sent() -> ResponseReturnValue:
    """Say that a letter is waiting."""
    return render_template("sign/sent.html")


@blueprint.route("/mot-de-passe/<token>", methods=["GET", "POST"])
@by_place
@public
def reset(token: str) -> ResponseReturnValue:
    """Choose a password with a link that serves once, and come in."""
    person = services.bearer_of_password_link(token)
    if person is None:
        return render_template("sign/reset.html", form=None, person=None)
    form = NewPasswordForm(person)
    if form.submitted():
        try:
            with transaction():
                person = services.choose_password(token, password=form.password.data, at=now())
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            way = _way_on(person)
            open_session(person)
            flash(_("Votre nouveau mot de passe est enregistré."), "success")
            return redirect(way)
    return render_template("sign/reset.html", form=form, person=person)


def this_person() -> User:
    """Return who is signed in, the person itself."""
    return cast("User", current_user._get_current_object())
