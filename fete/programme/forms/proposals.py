"""What the coordination types of a change made after publication: an answer, with a word or a reason."""

from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length

from fete.core.i18n import lazy_gettext
from fete.programme.forms.review import REASON_LENGTH, StepForm


class AcceptForm(StepForm):
    """Accept: whether what somebody wrote meanwhile is replaced, and a word for the structure, if any."""

    despite = BooleanField(
        lazy_gettext("Remplacer ce qui a changé entre-temps par ce qui est proposé.")
    )
    reason = TextAreaField(lazy_gettext("Un mot pour la structure"), [Length(max=REASON_LENGTH)])


class DeclineForm(StepForm):
    """Decline: why."""

    reason = TextAreaField(
        lazy_gettext("Pourquoi ce changement n’est pas retenu"),
        [
            DataRequired(lazy_gettext("Écrivez pourquoi : la structure recevra votre réponse.")),
            Length(max=REASON_LENGTH),
        ],
    )


def accept_form(*, version: int | None = None) -> AcceptForm:
    """Return the form to accept; its fields have names of their own, as those of `decline_form`."""
    return AcceptForm(prefix="accept-", version=version)


def decline_form(*, version: int | None = None) -> DeclineForm:
    """Return the form to decline."""
    return DeclineForm(prefix="decline-", version=version)
