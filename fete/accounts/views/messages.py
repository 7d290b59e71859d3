"""What the site wrote to the person: read here as well as in the mail."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts import policies
from fete.accounts.views.sign import this_person
from fete.core.access import allows, requires, signed_in
from fete.core.clock import now
from fete.core.db import transaction, transaction_if_free
from fete.core.pagination import paginate
from fete.mailing.models import Letter
from fete.mailing.queries import find_message, messages_of
from fete.mailing.services import mark_all_read, mark_read

blueprint = Blueprint("messages", __name__, url_prefix="/mes-messages")


@blueprint.route("")
@requires(signed_in)
def index() -> ResponseReturnValue:
    """List the person's messages, the latest first."""
    page = paginate(
        messages_of(this_person().id), number=request.args.get("page", default=1, type=int)
    )
    return render_template("messages/index.html", page=page)


@blueprint.route("/<int:letter_id>")
@allows(policies.can_read, load=find_message)
def show(letter: Letter) -> ResponseReturnValue:
    """Read one message; it is read from then on."""
    number = letter.id
    if letter.read_at is None:
        # Whoever reads waits for nobody: a database that is busy marks it the next time.
        with transaction_if_free():
            mark_read(letter, at=now())
    return render_template(
        "messages/show.html",
        letter=find_message(number),
        page=max(1, request.args.get("page", default=1, type=int)),
    )


@blueprint.route("/tout-lu", methods=["POST"])
@requires(signed_in)
def mark_all() -> ResponseReturnValue:
    """Hold every message for read."""
    with transaction():
        mark_all_read(this_person().id, at=now())
    return redirect(url_for("messages.index"))
