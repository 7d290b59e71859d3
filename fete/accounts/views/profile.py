"""What a person keeps here about themselves: name, password, a copy of it all, and the way out."""

import json

from flask import Blueprint, Response, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from fete.accounts import queries, services
from fete.accounts.forms import ErasureForm, PasswordChangeForm, ProfileForm
from fete.accounts.models import User
from fete.accounts.views.sign import open_session, this_person
from fete.core.access import requires, signed_in
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import address_in, gettext as _
from fete.core.ratelimit import GUESSES, limiter, only_posts

blueprint = Blueprint("profile", __name__, url_prefix="/mon-compte")

_by_person = limiter.shared_limit(
    GUESSES,
    scope="own password",
    key_func=lambda: str(this_person().id),
    exempt_when=only_posts,
)


@blueprint.route("", methods=["GET", "POST"])
@requires(signed_in)
def show() -> ResponseReturnValue:
    """See and change how one is called and reached."""
    person = this_person()
    form = ProfileForm(obj=person)
    if form.submitted():
        with transaction():
            services.describe_person(
                person,
                name=form.name.data,
                phone=form.phone.data or "",
                language=form.language.data,
                at=now(),
            )
        flash(_("C’est enregistré."), "success")
        return redirect(address_in(person.language, url_for("profile.show")))
    return render_template(
        "profile/show.html", form=form, person=person, rights_acts=queries.rights_of(person)
    )


@blueprint.route("/mot-de-passe", methods=["GET", "POST"])
@requires(signed_in)
@_by_person
def password() -> ResponseReturnValue:
    """Change the password: other sessions end, this one goes on."""
    person = this_person()
    form = PasswordChangeForm(person)
    if form.submitted():
        with transaction():
            services.change_password(person, password=form.password.data, at=now())
        open_session(person)
        flash(
            _("Votre mot de passe est changé. Vos autres sessions ouvertes ont pris fin."),
            "success",
        )
        return redirect(url_for("profile.show"))
    return render_template("profile/password.html", form=form, person=person)


@blueprint.route("/mes-donnees")
@requires(signed_in)
def own_data() -> ResponseReturnValue:
    """See what is kept about oneself, and since when."""
    person = this_person()
    return render_template(
        "profile/own_data.html",
        person=person,
        acts=queries.acts_on(person, limit=20),
        file_weight=len(_file_of(person)),
    )


@blueprint.route("/mes-donnees.json")
@requires(signed_in)
def export() -> ResponseReturnValue:
    """Take away everything that is kept about oneself."""
    name = f"mes-donnees-{today():%Y-%m-%d}.json"
    return Response(
        _file_of(this_person()),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.route("/supprimer", methods=["GET", "POST"])
@requires(signed_in)
@_by_person
def erase() -> ResponseReturnValue:
    """Leave for good."""
    person = this_person()
    form = ErasureForm(person)
    if form.submitted():
        try:
            with transaction():
                services.erase(person, at=now())
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            logout_user()
            session.clear()
            flash(_("Votre compte est supprimé. Merci d’avoir participé."), "success")
            return redirect(url_for("pages.home"))
    return render_template(
        "profile/erase.html", form=form, person=person, file_weight=len(_file_of(person))
    )


def _file_of(person: User) -> bytes:
    rows = queries.rows_about(person)
    return (json.dumps(rows, ensure_ascii=False, indent=2) + "\n").encode()
