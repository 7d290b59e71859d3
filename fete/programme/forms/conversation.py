"""What is typed in the conversation about an activity."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from fete.core.forms import Form
from fete.core.i18n import lazy_gettext
from fete.programme.forms.review import REASON_LENGTH, read_version
from fete.programme.models import Activity


class MessageForm(Form):
    """A message, with the number of the latest one that its author has read."""

    seen = HiddenField()
    text = TextAreaField(
        lazy_gettext("Votre message"),
        [DataRequired(lazy_gettext("Écrivez votre message.")), Length(max=REASON_LENGTH)],
    )

    @property
    def seen_number(self) -> int:
        """The number of the latest message that was on the page; 0 when none was."""
        return max(0, read_version(self.seen.data))


def message_form(activity: Activity) -> MessageForm:
    """Return the form of a message about the activity, bound to the conversation as it stands."""
    latest = max((remark.id for remark in activity.remarks), default=0)
    return MessageForm(prefix="message-", data={"seen": latest})
