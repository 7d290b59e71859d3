"""Writing in the conversation about an activity, from either side of it."""

from flask import flash

from fete.accounts.views.sign import this_person
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.i18n import gettext as _
from fete.programme.forms.conversation import MessageForm
from fete.programme.models import Activity, Side
from fete.programme.services.conversation import write

# Said beside the message itself, where the page then is, and not at its top.
SENT = "conversation"


def send_typed(activity: Activity, *, side: Side) -> MessageForm | None:
    """Return the form with what is wrong with the message that was typed; nothing once it is sent."""
    form = MessageForm(prefix="message-")
    if not form.submitted():
        return form
    with transaction():
        write(
            activity, form.text.data, side=side, by=this_person(), at=now(), seen=form.seen_number
        )
    flash(_("Votre message est envoyé."), SENT)
    return None
