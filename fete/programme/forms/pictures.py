"""The picture of an activity as one sends it, and what one says of it."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext
from fete.programme.models import ALTERNATIVE_LENGTH, CREDIT_LENGTH, Picture

_TOO_LONG = lazy_gettext("Ce texte est trop long : %(max)d signes au plus.")


def _one_line(value: Any) -> Any:  # noqa: ANN401  # as every filter
    return " ".join(value.split()) if isinstance(value, str) else value


class PictureForm(Form):
    """A picture: a new one, or what is said of the one that stands."""

    file = FileField(lazy_gettext("Fichier de l’image"))
    alternative = TextAreaField(
        lazy_gettext("Ce que montre l’image"),
        [Length(max=ALTERNATIVE_LENGTH, message=_TOO_LONG)],
        filters=[_one_line],
        render_kw={"rows": 3},
        default="",
    )
    is_decorative = BooleanField(
        lazy_gettext("Elle décore seulement : elle n’apprend rien à qui ne la voit pas.")
    )
    credit = StringField(
        lazy_gettext("Crédit"),
        [Length(max=CREDIT_LENGTH, message=_TOO_LONG)],
        filters=[_one_line],
        default="",
    )
    has_rights = BooleanField(
        lazy_gettext(
            "Nous avons le droit de publier cette image, et l’accord des personnes que l’on y reconnaît ; pour les enfants, celui de leurs parents."
        )
    )

    def __init__(self, *, held: Picture | None) -> None:
        super().__init__(
            data=None
            if held is None
            else {
                "alternative": held.alternative,
                "is_decorative": not held.alternative,
                "credit": held.credit,
            }
        )
        self.held = held
        self.credit.flags.required = True
        self.file.flags.required = held is None
        self.has_rights.flags.required = held is None
        # Needed too, unless the picture only decorates.
        self.alternative.flags.required = True

    @property
    def has_file(self) -> bool:
        """Whether a file was chosen."""
        return bool(self.file.data and self.file.data.filename)

    def content(self) -> bytes:
        """Return the file, and let it go."""
        with self.file.data.stream as stream:
            found: bytes = stream.read()
        return found

    @property
    def described(self) -> str:
        """What the picture shows; nothing when it only decorates."""
        return "" if self.is_decorative.data else str(self.alternative.data)

    def validate_file(self, field: FileField) -> None:  # noqa: ARG002  # as every validator
        """Ask for a file where there is no picture yet."""
        if self.held is None and not self.has_file:
            raise ValidationError(_("Choisissez le fichier de l’image."))

    def validate_alternative(self, field: TextAreaField) -> None:
        """Ask what the picture shows, unless it only decorates."""
        if not field.data and not self.is_decorative.data:
            raise ValidationError(
                _(
                    "Décrivez l’image en une phrase, pour les personnes qui ne la voient pas ; ou dites qu’elle décore seulement."
                )
            )

    def validate_credit(self, field: StringField) -> None:
        """Ask whose picture it is."""
        if not field.data:
            raise ValidationError(
                _("Dites de qui est l’image : son auteur ou son autrice, ou la structure.")
            )

    def validate_has_rights(self, field: BooleanField) -> None:
        """Ask for the rights on a picture that comes in."""
        if self.has_file and not field.data:
            raise ValidationError(_("Sans ces accords, l’image ne peut pas être publiée."))
