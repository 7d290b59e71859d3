"""What the coordination types to write to a group, and to look through the journal."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Regexp

from fete.core.fields import DayField
from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext
from fete.dashboard.queries.journal import Asked, Kind
from fete.programme.models import SUBJECT_LENGTH

TEXT_LENGTH = 5_000
SEARCH_LENGTH = 100


class CircularForm(Form):
    """A letter to a group."""

    subject = StringField(
        lazy_gettext("Objet"),
        [
            DataRequired(lazy_gettext("Écrivez l’objet : c’est ce qui fait ouvrir la lettre.")),
            Length(max=SUBJECT_LENGTH, message=lazy_gettext("%(max)d signes au plus.")),
            Regexp(r"^[^\n]*\Z", message=lazy_gettext("Ce champ tient sur une ligne.")),
        ],
    )
    text = TextAreaField(
        lazy_gettext("Votre lettre"),
        [
            DataRequired(lazy_gettext("Écrivez ce que vous voulez dire.")),
            Length(max=TEXT_LENGTH, message=lazy_gettext("%(max)d signes au plus.")),
        ],
        render_kw={"rows": 12},
    )
    with_copy = BooleanField(lazy_gettext("M’en envoyer une copie"))
    form_key = HiddenField()
    # How many people the preview was for.
    seen = HiddenField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if not self.form_key.data or len(self.form_key.data) > 36:  # noqa: PLR2004  # as the column has it
            self.form_key.data = str(uuid4())


class HistoryForm(Form):
    """Which lines of the journal to read; what is not on offer is not asked."""

    class Meta(Form.Meta):
        """Searching changes nothing: the address holds it all."""

        csrf = False

    type = SelectField(lazy_gettext("Sur"))
    q = StringField(lazy_gettext("Par qui"), [Length(max=SEARCH_LENGTH)])
    du = DayField(lazy_gettext("Du"))
    au = DayField(lazy_gettext("Au"))

    def __init__(self, args: Mapping[str, str], *, kinds: Mapping[str, object]) -> None:
        super().__init__(args)
        self.type.choices = [
            SelectChoice("", _("Tout")),
            *(SelectChoice(word, str(name)) for word, name in kinds.items()),
        ]
        self.type.validate_choice = False
        # What cannot be read is told beside its field, and asks nothing.
        self.validate()
        self.words = kinds

    def asked(self) -> Asked:
        """Return what is asked of the journal."""
        word = self.type.data or ""
        return Asked(
            kind=Kind(word) if word in self.words else None,
            person=(self.q.data or "")[:SEARCH_LENGTH],
            first=None if self.du.errors else self.du.data,
            last=None if self.au.errors else self.au.data,
        )

    def arguments(self) -> dict[str, str]:
        """Return what the address of the list holds."""
        asked = self.asked()
        found = {
            "type": asked.kind.value if asked.kind else "",
            "q": asked.person,
            "du": asked.first.isoformat() if asked.first else "",
            "au": asked.last.isoformat() if asked.last else "",
        }
        return {word: value for word, value in found.items() if value}
