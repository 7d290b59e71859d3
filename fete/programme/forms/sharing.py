"""The form by which an activity is handed over to another structure."""

from wtforms import TextAreaField
from wtforms.validators import Length

from fete.core.forms import Form
from fete.core.i18n import lazy_gettext

MESSAGE_LENGTH = 2_000


class HandoverForm(Form):
    """What to tell the structure that takes it over."""

    message = TextAreaField(
        lazy_gettext("Votre message"),
        [
            Length(
                max=MESSAGE_LENGTH,
                message=lazy_gettext("Ce texte est trop long : %(max)d signes au plus."),
            )
        ],
        render_kw={"rows": 5},
    )
