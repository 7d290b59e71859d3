"""What is typed when figures are frozen."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from fete.core.forms import Form
from fete.core.i18n import lazy_gettext as _

_LONGEST = 500


class FreezeForm(Form):
    """Which version is about to be frozen, and what it corrects."""

    number = HiddenField()
    reason = TextAreaField(
        _("Ce que cette version corrige"),
        [Optional(), Length(max=_LONGEST, message=_("Au plus %(max)d signes."))],
        render_kw={"rows": 3, "maxlength": _LONGEST},
    )

    @property
    def expected(self) -> int:
        """The number that the person was shown; nothing that can be read is none."""
        typed = self.number.data or ""
        return (
            int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len("1000000") else 0
        )
