"""For the regional coordination: the letters that did not leave, and why; never what they say."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.policies import can_look_after_letter, can_look_after_letters
from fete.core.access import allows, requires
from fete.core.clock import day_bounds, now, today
from fete.core.db import transaction
from fete.core.i18n import gettext as _, ngettext
from fete.core.pagination import paginate
from fete.mailing import services
from fete.mailing.models import Letter
from fete.mailing.queries import failed_letters, find_failed, tally
from fete.mailing.rules import TOPIC_NAMES, in_plain_words

blueprint = Blueprint("letters", __name__, url_prefix="/coordination/lettres")


@blueprint.route("")
@requires(can_look_after_letters)
def index() -> ResponseReturnValue:
    """Say how the letters stand, and show those that failed."""
    since, _until = day_bounds(today())
    return render_template(
        "letters/index.html",
        topics=TOPIC_NAMES,
        in_plain_words=in_plain_words,
        tally=tally(since=since),
        page=paginate(failed_letters(), number=request.args.get("page", default=1, type=int)),
    )


@blueprint.route("/reessayer", methods=["POST"])
@requires(can_look_after_letters)
def retry_all() -> ResponseReturnValue:
    """Let every letter that was given up be tried anew."""
    with transaction():
        count = services.try_again(at=now())
    flash(
        ngettext("%(num)s lettre va repartir.", "%(num)s lettres vont repartir.", count), "success"
    )
    return redirect(url_for("letters.index"))


@blueprint.route("/<int:letter_id>/reessayer", methods=["POST"])
@allows(can_look_after_letter, load=find_failed)
def retry(letter: Letter) -> ResponseReturnValue:
    """Let one letter be tried anew."""
    with transaction():
        services.retry(letter, at=now())
    flash(
        _("La lettre à %(name)s va repartir.", name=letter.to_name or letter.to_address), "success"
    )
    return redirect(url_for("letters.index"))


@blueprint.route("/<int:letter_id>/abandonner", methods=["POST"])
@allows(can_look_after_letter, load=find_failed)
def give_up(letter: Letter) -> ResponseReturnValue:
    """Send one letter no more."""
    with transaction():
        services.give_up(letter)
    flash(
        _("La lettre à %(name)s ne partira pas.", name=letter.to_name or letter.to_address),
        "success",
    )
    return redirect(url_for("letters.index"))
