"""What a coordinator types of a sentence to be kept."""

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from fete.core.forms import Form
from fete.core.i18n import lazy_gettext
from fete.programme.forms.review import REASON_LENGTH
from fete.programme.models import SENTENCE_TITLE_LENGTH


class SentenceForm(Form):
    """A sentence, under the title by which its owner finds it again."""

    title = StringField(
        lazy_gettext("Titre, pour la retrouver"),
        [
            DataRequired(lazy_gettext("Donnez un titre à votre phrase.")),
            Length(max=SENTENCE_TITLE_LENGTH),
        ],
        render_kw={"autocomplete": "off"},
    )
    text = TextAreaField(
        lazy_gettext("La phrase"),
        [DataRequired(lazy_gettext("Écrivez la phrase.")), Length(max=REASON_LENGTH)],
    )
