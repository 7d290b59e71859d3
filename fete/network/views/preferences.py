"""How one wishes to be written to: topic by topic on one's account, or with the way out of a letter."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator
from fete.accounts.queries import find_person
from fete.accounts.services import choose_letters, stop_letters
from fete.accounts.views.sign import this_person
from fete.core.access import public, requires, signed_in
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.i18n import gettext as _
from fete.mailing.models import Topic
from fete.mailing.queries import choices_of
from fete.mailing.rules import TOPIC_NAMES
from fete.mailing.services import read_stop_token
from fete.network.forms import PreferencesForm
from fete.network.queries import organisations_of
from fete.network.rules import topics_for

blueprint = Blueprint("preferences", __name__, url_prefix="/mon-compte/courriels")
_NOT_FOUND = 404
_NOT_SIGNED = 400


@blueprint.route("", methods=["GET", "POST"])
@requires(signed_in)
def index() -> ResponseReturnValue:
    """Choose, for each topic that concerns the person, how letters about it arrive."""
    person = this_person()
    coordinates = is_coordinator(person)
    known = choices_of(person.id)
    form = PreferencesForm(
        topics_for(coordinates=coordinates, organisations=organisations_of(person)), known
    )
    if form.submitted():
        with transaction():
            choose_letters(this_person(), form.choices(), at=now())
        flash(_("C’est enregistré."), "success")
        return redirect(url_for("preferences.index"))
    return render_template(
        "preferences/index.html",
        form=form,
        has_morning_letter=coordinates and Topic.REVIEW not in known,
    )


@blueprint.route("/arreter/<token>", methods=["GET", "POST"])
@public
def stop(token: str) -> ResponseReturnValue:
    """Refuse letters of one sort without signing in: the link of a letter shows a button, the button refuses.

    A mail program may press it for its reader (RFC 8058).
    """
    said = read_stop_token(token)
    person = find_person(said[0]) if said else None
    if said is None or person is None:
        if request.method == "POST":
            abort(_NOT_SIGNED)
        return render_template("preferences/stop.html", what=None, is_done=False), _NOT_FOUND
    if request.method == "POST":
        with transaction():
            stop_letters(person, said[1], at=now())
    what = TOPIC_NAMES[Topic(said[1])] if said[1] in set(Topic) else _("Le courriel quotidien")
    return render_template("preferences/stop.html", what=what, is_done=request.method == "POST")
