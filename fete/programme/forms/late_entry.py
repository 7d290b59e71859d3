"""The form of a delay granted to a structure after the call."""

from datetime import date
from typing import cast

from wtforms import TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from fete.core.fields import DayField
from fete.core.forms import Form
from fete.core.i18n import lazy_gettext

REASON_LENGTH = 500
_NEEDED = lazy_gettext("Ce champ est nécessaire.")


class LateEntryForm(Form):
    """Until which day, and why."""

    until = DayField(lazy_gettext("Dernier jour accordé, inclus"), [InputRequired(_NEEDED)])
    reason = TextAreaField(
        lazy_gettext("Pourquoi"),
        [
            DataRequired(_NEEDED),
            Length(
                max=REASON_LENGTH,
                message=lazy_gettext("Ce texte est trop long : %(max)d signes au plus."),
            ),
        ],
        render_kw={"rows": 3},
    )

    @property
    def day(self) -> date:
        """The day that was typed; to be asked for once the form is taken."""
        return cast("date", self.until.data)
