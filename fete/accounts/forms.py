"""Forms to sign in, register, choose a password, describe oneself, give a role."""

from typing import Any

from wtforms import (
    EmailField,
    Field,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, Regexp, ValidationError
from wtforms.widgets import ListWidget

from fete.accounts import services
from fete.accounts.models import RoleName, User
from fete.accounts.rules import ROLE_NAMES, password_fault
from fete.core.fields import DayField, PhoneField
from fete.core.forms import Form
from fete.core.i18n import LANGUAGES, gettext as _, lazy_gettext
from fete.core.settings import settings
from fete.geography.queries import departements_of_region

NAME_LENGTH = 120
ADDRESS_LENGTH = 254
# Far beyond what is accepted as a password, and short enough to be read whole.
TYPED_LENGTH = 1_000

_NEEDED = lazy_gettext("Ce champ est nécessaire.")


def _address_field(**attributes: str) -> EmailField:
    return EmailField(
        lazy_gettext("Adresse électronique"),
        [
            DataRequired(_NEEDED),
            Length(max=ADDRESS_LENGTH, message=lazy_gettext("Cette adresse est trop longue.")),
            Email(
                lazy_gettext(
                    "Cette adresse n’a pas la bonne forme : par exemple prenom.nom@exemple.fr."
                )
            ),
        ],
        render_kw={"autocomplete": "email", **attributes},
    )


def _name_field() -> StringField:
    return StringField(
        lazy_gettext("Prénom et nom"),
        [
            DataRequired(_NEEDED),
            Length(max=NAME_LENGTH, message=lazy_gettext("120 signes au plus.")),
            Regexp(r"^[^\n]*\Z", message=lazy_gettext("Un nom tient sur une ligne.")),
        ],
        render_kw={"autocomplete": "name"},
    )


def _password_field(label: Any, complete: str, name: str | None = None) -> PasswordField:  # noqa: ANN401  # a text that waits for its language
    return PasswordField(
        label,
        [
            InputRequired(_NEEDED),
            Length(max=TYPED_LENGTH, message=lazy_gettext("Ce mot de passe est trop long.")),
        ],
        render_kw={"autocomplete": complete, "spellcheck": "false"},
        name=name,
    )


class SignInForm(Form):
    """The address and the password of an account."""

    email = _address_field(autocomplete="username")
    password = _password_field(lazy_gettext("Mot de passe"), "current-password")


class RegistrationForm(Form):
    """A new account."""

    name = _name_field()
    email = _address_field()
    password = _password_field(lazy_gettext("Mot de passe"), "new-password")

    def validate_password(self, field: Field) -> None:
        """Refuse what is too short or too common."""
        fault = password_fault(
            field.data or "", email=self.email.data or "", name=self.name.data or ""
        )
        if fault:
            raise ValidationError(fault)


class InvitedForm(Form):
    """A new account at an address that its letter has proved."""

    name = _name_field()
    password = _password_field(lazy_gettext("Mot de passe"), "new-password")

    def __init__(self, email: str, **options: Any) -> None:
        self.email = email
        super().__init__(**options)

    def validate_password(self, field: Field) -> None:
        """Refuse what is too short or too common."""
        fault = password_fault(field.data or "", email=self.email, name=self.name.data or "")
        if fault:
            raise ValidationError(fault)


class AddressForm(Form):
    """The address to write to."""

    email = _address_field()


class ConfirmationForm(Form):
    """Nothing but the button: an address is not proved by looking at a link."""


class _OwnForm(Form):
    """A form about the person who fills it."""

    def __init__(self, person: User, **options: Any) -> None:
        self.person = person
        super().__init__(**options)


class NewPasswordForm(_OwnForm):
    """A password to come."""

    password = _password_field(lazy_gettext("Nouveau mot de passe"), "new-password")

    def validate_password(self, field: Field) -> None:
        """Refuse what is too short or too common."""
        fault = password_fault(field.data or "", email=self.person.email, name=self.person.name)
        if fault:
            raise ValidationError(fault)


class _ProvenForm(_OwnForm):
    """A form that asks once more who is there."""

    present = _password_field(lazy_gettext("Votre mot de passe actuel"), "current-password")

    def validate_present(self, field: Field) -> None:
        """Refuse what is not the present password."""
        if not services.matches(self.person.password_hash, field.data or ""):
            raise ValidationError(_("Ce n’est pas votre mot de passe actuel."))


class PasswordChangeForm(_ProvenForm, NewPasswordForm):
    """The present password, and another one."""


class ErasureForm(_ProvenForm):
    """The present password, to erase the account."""


class ProfileForm(Form):
    """How one is called, reached, spoken to."""

    name = _name_field()
    phone = PhoneField(lazy_gettext("Téléphone"), render_kw={"autocomplete": "tel", "type": "tel"})
    language = SelectField(
        lazy_gettext("Langue du site à la connexion"),
        choices=[SelectChoice(code, label) for code, label in LANGUAGES.items()],
    )


class PeopleFilters(Form):
    """Which people to list."""

    class Meta(Form.Meta):
        """Searching changes nothing: the address holds it all."""

        csrf = False

    q = StringField(lazy_gettext("Nom ou adresse"), [Length(max=NAME_LENGTH)])
    role = SelectField(lazy_gettext("Rôle"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.role.choices = [
            SelectChoice("", _("Tous les comptes")),
            *(SelectChoice(name.value, str(label)) for name, label in ROLE_NAMES.items()),
        ]


class RoleForm(Form):
    """A role to give, with its territory."""

    role = RadioField(lazy_gettext("Rôle"), [InputRequired(lazy_gettext("Choisissez un rôle."))])
    departements = SelectMultipleField(
        lazy_gettext("Départements, pour la coordination départementale"),
        widget=ListWidget(prefix_label=False),
    )

    def __init__(self, *, roles: list[RoleName], **options: Any) -> None:
        super().__init__(**options)
        self.role.choices = [SelectChoice(name.value, str(ROLE_NAMES[name])) for name in roles]
        self.departements.choices = [
            SelectChoice(each.code, f"{each.name} ({each.code})")
            for each in departements_of_region(settings().region)
        ]


class AbsenceForm(Form):
    """The days on which a coordinator is away."""

    first_day = DayField(
        lazy_gettext("Premier jour"), [InputRequired(lazy_gettext("Écrivez le premier jour."))]
    )
    last_day = DayField(
        lazy_gettext("Dernier jour"), [InputRequired(lazy_gettext("Écrivez le dernier jour."))]
    )
