"""The form of an edition."""

from typing import Any

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from fete.core.fields import DayField, FigureField
from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext
from fete.programme.models import EditionState
from fete.programme.rules import EditionPlan

THEME_LENGTH = 140
DESCRIPTION_LENGTH = 5_000
_DAYS_AND_YEAR = (
    "year",
    "starts_on",
    "ends_on",
    "call_opens_on",
    "call_closes_on",
    "report_deadline",
)
_NEEDED = lazy_gettext("Ce champ est nécessaire.")


def _day(label: Any) -> DayField:  # noqa: ANN401  # a lazy text
    return DayField(label, [InputRequired(_NEEDED)])


class EditionForm(Form):
    """What an edition is: its year, its days, its theme, its call, its deadline, its state."""

    version = HiddenField(default="")
    year = FigureField(lazy_gettext("Année"), [InputRequired(_NEEDED)])
    theme = StringField(
        lazy_gettext("Thème"),
        [
            Length(
                max=THEME_LENGTH,
                message=lazy_gettext("Ce texte est trop long : %(max)d signes au plus."),
            )
        ],
        default="",
    )
    description = TextAreaField(
        lazy_gettext("Présentation"),
        [
            Length(
                max=DESCRIPTION_LENGTH,
                message=lazy_gettext("Ce texte est trop long : %(max)d signes au plus."),
            )
        ],
        render_kw={"rows": 8},
        default="",
    )
    starts_on = _day(lazy_gettext("Premier jour"))
    ends_on = _day(lazy_gettext("Dernier jour"))
    call_opens_on = _day(lazy_gettext("Premier jour de l’appel à participation"))
    call_closes_on = _day(lazy_gettext("Dernier jour de l’appel, inclus"))
    report_deadline = _day(lazy_gettext("Date limite des bilans"))
    state = RadioField(lazy_gettext("État"), [InputRequired(_NEEDED)], validate_choice=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.state.choices = [
            SelectChoice(
                EditionState.PREPARED, _("En préparation : seule la coordination la voit")
            ),
            SelectChoice(EditionState.OPEN, _("Ouverte : visible de tous, modifiable")),
            SelectChoice(
                EditionState.CLOSED,
                _(
                    "Close : visible de tous ; les bilans ne se rendent ni ne se valident plus, "
                    "et seule la région corrige encore, en disant pourquoi"
                ),
            ),
        ]

    def plan(self) -> EditionPlan:
        """Return the edition as it was typed."""
        typed = self.values()
        return EditionPlan(
            theme=" ".join((typed.pop("theme") or "").split()),
            description=typed.pop("description") or "",
            **{name: typed[name] for name in _DAYS_AND_YEAR},
        )
