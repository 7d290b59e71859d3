"""How an edition asks for its reports, as it is typed."""

from wtforms import BooleanField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from fete.core.forms import Form
from fete.core.i18n import lazy_gettext as _
from fete.programme.forms.declaration import Words
from fete.reports.models import Question
from fete.reports.rules.questions import LABELS
from fete.reports.services.ladder import Asking

_LENGTH = 100
_SHORT = [Length(max=_LENGTH, message=_("Au plus %(max)d signes."))]


class LadderForm(Form):
    """The days of the reminders, the questions, and what is published."""

    days_after = StringField(_("Jours après le dernier créneau"), _SHORT, default="")
    days_before = StringField(_("Jours avant la date limite"), _SHORT, default="")
    questions = Words(
        _("Questions posées en plus des chiffres"),
        choices=[SelectChoice(each.value, label) for each, label in LABELS.items()],
    )
    shows_estimate = BooleanField(_("Publier aussi une estimation de ce qui manque"))

    def asking(self) -> Asking:
        """Return what is chosen."""
        chosen = set(self.questions.data or ())
        return Asking(
            days_after=self.days_after.data or "",
            days_before=self.days_before.data or "",
            shows_estimate=bool(self.shows_estimate.data),
            questions=[each for each in Question if each.value in chosen],
        )
