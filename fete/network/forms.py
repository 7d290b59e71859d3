"""Forms of the network: describe a structure, ask to join it, sign the charter, look through the directory."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    Optional,
    Regexp,
    ValidationError,
)

from fete.core.fields import CommuneField, LinkField, PhoneField
from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.settings import settings
from fete.geography.queries import departements_of_region, find_commune, matching_communes
from fete.mailing.models import Channel, Topic
from fete.mailing.rules import CHANNEL_NAMES, TOPIC_NAMES
from fete.network.models import Organisation
from fete.network.rules import FIELD_NAMES, bare_identifier, rna_is_valid, siret_is_valid
from fete.network.services import Description, description_of
from fete.vocabulary.models import Term, TermList
from fete.vocabulary.queries import find_term, terms_of

LINE_LENGTH = 200
ADDRESS_LENGTH = 254
ACRONYM_LENGTH = 30
TEXT_LENGTH = 3_000
# Of what a form says, the fields which together describe a structure.
DESCRIBED = tuple(Description.__dataclass_fields__)

_NEEDED = lazy_gettext("Ce champ est nécessaire.")
_ONE_LINE = Regexp(r"^[^\n]*\Z", message=lazy_gettext("Ce champ tient sur une ligne."))


def _at_most(length: int) -> Length:
    return Length(max=length, message=lazy_gettext("%(max)d signes au plus."))


def _way(topic: Topic) -> RadioField:
    return RadioField(
        TOPIC_NAMES[topic],
        [InputRequired(_NEEDED)],
        choices=[SelectChoice(channel.value, name) for channel, name in CHANNEL_NAMES.items()],
    )


class PreferencesForm(Form):
    """How one wishes to receive the letters about each topic that concerns one; the others are not asked."""

    decisions = _way(Topic.DECISIONS)
    conversations = _way(Topic.CONVERSATIONS)
    review = _way(Topic.REVIEW)
    reminders = _way(Topic.REMINDERS)
    news = _way(Topic.NEWS)

    def __init__(self, topics: Sequence[Topic], known: Mapping[Topic, Channel]) -> None:
        super().__init__(
            data={topic.value: known.get(topic, Channel.AT_ONCE).value for topic in topics}
        )
        for topic in Topic:
            if topic not in topics:
                del self[topic.value]

    def choices(self) -> dict[Topic, Channel]:
        """Return what was chosen, by topic."""
        return {Topic(name): Channel(value) for name, value in self.values().items()}


class SearchForm(Form):
    """The name, the commune or the SIRET of a structure."""

    class Meta(Form.Meta):
        """Searching changes nothing: the address holds it all."""

        csrf = False

    q = StringField(lazy_gettext("Nom, commune ou SIRET"), [_at_most(LINE_LENGTH)])


class OrganisationForm(Form):
    """What a structure says of itself."""

    name = StringField(
        FIELD_NAMES["name"],
        [DataRequired(_NEEDED), _at_most(LINE_LENGTH), _ONE_LINE],
        render_kw={"autocomplete": "organization"},
    )
    acronym = StringField(FIELD_NAMES["acronym"], [_at_most(ACRONYM_LENGTH), _ONE_LINE])
    family = SelectField(FIELD_NAMES["family"], [DataRequired(_NEEDED)])
    legal_status = SelectField(FIELD_NAMES["legal_status"], [DataRequired(_NEEDED)])
    siret = StringField(FIELD_NAMES["siret"], render_kw={"inputmode": "numeric"})
    rna = StringField(FIELD_NAMES["rna"])
    commune_code = CommuneField(
        FIELD_NAMES["commune_code"],
        [InputRequired(_NEEDED)],
        search=matching_communes,
        find=find_commune,
    )
    address = StringField(
        FIELD_NAMES["address"],
        [_at_most(LINE_LENGTH), _ONE_LINE],
        render_kw={"autocomplete": "street-address"},
    )
    email = EmailField(
        FIELD_NAMES["email"],
        [
            Optional(),
            _at_most(LINE_LENGTH),
            Email(
                lazy_gettext(
                    "Cette adresse n’a pas la bonne forme : par exemple contact@exemple.fr."
                )
            ),
        ],
    )
    phone = PhoneField(FIELD_NAMES["phone"], render_kw={"type": "tel"})
    website = LinkField(
        FIELD_NAMES["website"], [_at_most(LINE_LENGTH)], render_kw={"inputmode": "url"}
    )
    description = TextAreaField(
        FIELD_NAMES["description"], [_at_most(TEXT_LENGTH)], render_kw={"rows": 8}
    )

    def __init__(self, *, organisation: Organisation | None = None, **options: Any) -> None:
        held = asdict(description_of(organisation)) if organisation else {}
        super().__init__(data=held | options.pop("data", {}), **options)
        self.family.choices = [
            SelectChoice("", _("Choisissez…")),
            *(SelectChoice(term.code, term.label) for term in terms_of(TermList.FAMILY)),
        ]
        self.legal_status.choices = [
            SelectChoice("", _("Choisissez…")),
            *(
                SelectChoice(term.code, term.label, optgroup=sector_name(term.group))
                for term in terms_of(TermList.LEGAL_STATUS)
            ),
        ]

    def validate_siret(self, field: StringField) -> None:
        """Refuse what cannot be a SIRET."""
        field.data = bare_identifier(field.data or "")
        if field.data and not siret_is_valid(field.data):
            raise ValidationError(
                _("Un SIRET compte 14 chiffres, et ceux-ci ne se suivent pas comme il faut.")
            )

    def validate_rna(self, field: StringField) -> None:
        """Refuse what cannot be an RNA number."""
        field.data = bare_identifier(field.data or "")
        if field.data and not rna_is_valid(field.data):
            raise ValidationError(_("Un numéro RNA s’écrit avec la lettre W puis 9 chiffres."))

    def described(self) -> Description:
        """Return what was typed, as the structure keeps it."""
        values = {name: self[name].data or "" for name in DESCRIBED}
        for name in ("siret", "rna", "commune_code"):
            values[name] = values[name] or None
        return Description(**values)


class CreationForm(OrganisationForm):
    """A new structure, which none of those that look like it is."""

    is_new = BooleanField(
        lazy_gettext("Aucune de ces structures n’est la mienne : créer la nouvelle")
    )


class EditForm(OrganisationForm):
    """A structure as one saw it when the form was opened."""

    version = HiddenField()
    is_apart = BooleanField(lazy_gettext("C’est bien une autre structure : enregistrer quand même"))

    def seen_version(self) -> int:
        """Return the version that the person read; 0 for anything unreadable."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isdecimal() and typed.isascii() else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A field where what stands is not what was typed: both in words."""

    name: str
    theirs: str
    mine: str


def differences(form: OrganisationForm, organisation: Organisation) -> list[Difference]:
    """Return the fields where what was typed is not what the structure says now."""
    theirs, mine = asdict(description_of(organisation)), asdict(form.described())
    return [
        Difference(
            name=str(form[name].label.text),
            theirs=_in_words(name, theirs[name]) or _("(vide)"),
            mine=_in_words(name, mine[name]) or _("(vide)"),
        )
        for name in DESCRIBED
        if (theirs[name] or "") != (mine[name] or "")
    ]


def _in_words(name: str, value: str | None) -> str:
    if not value:
        return ""
    if name == "commune_code":
        commune = find_commune(value)
        return commune.label if commune else value
    if name in {"family", "legal_status"}:
        term = find_term(TermList(name), value)
        return term.label if term else value
    return value


def sector_name(group: str) -> str:
    """Return the sector of a legal status in words."""
    return str({"public": _("Secteur public"), "private": _("Secteur privé")}.get(group, ""))


class JoiningForm(Form):
    """What one does in the structure that one asks to join."""

    quality = StringField(
        lazy_gettext("Votre fonction dans la structure"), [_at_most(LINE_LENGTH), _ONE_LINE]
    )


class InvitationForm(Form):
    """The address of a colleague, and what they do."""

    email = EmailField(
        lazy_gettext("Son adresse électronique"),
        [
            DataRequired(_NEEDED),
            _at_most(ADDRESS_LENGTH),
            Email(lazy_gettext("Cette adresse n’a pas la bonne forme : nom@exemple.fr.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    quality = StringField(lazy_gettext("Sa fonction"), [_at_most(LINE_LENGTH), _ONE_LINE])


class CharterForm(Form):
    """The charter: who signs, in what quality, and three separate statements that nothing ticks beforehand."""

    signer_name = StringField(
        lazy_gettext("Prénom et nom de la personne qui signe"),
        [DataRequired(_NEEDED), _at_most(LINE_LENGTH), _ONE_LINE],
        render_kw={"autocomplete": "name"},
    )
    signer_quality = StringField(
        lazy_gettext("En qualité de"),
        [DataRequired(_NEEDED), _at_most(LINE_LENGTH), _ONE_LINE],
        render_kw={"autocomplete": "organization-title"},
    )
    accepts_charter = BooleanField(
        lazy_gettext(
            "Je certifie avoir lu la charte du réseau et l’accepter au nom de la structure."
        ),
        [
            DataRequired(
                lazy_gettext("Sans cet accord, la charte n’est pas signée : cochez la case.")
            )
        ],
    )
    agrees_to_be_listed = BooleanField(
        lazy_gettext("J’accepte que la structure paraisse dans l’annuaire public du réseau.")
    )
    agrees_to_letters = BooleanField(
        lazy_gettext("J’accepte que la structure reçoive les lettres d’information du réseau.")
    )


class DirectoryFilters(Form):
    """Which structures of the directory to list; parameters in French, as in every address."""

    class Meta(Form.Meta):
        """Searching changes nothing: the address holds it all."""

        csrf = False

    q = StringField(lazy_gettext("Nom ou commune"), [_at_most(LINE_LENGTH)])
    famille = SelectField(lazy_gettext("Famille"), validate_choice=False)
    departement = SelectField(lazy_gettext("Département"), validate_choice=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.families = {term.code: term for term in terms_of(TermList.FAMILY)}
        departements = departements_of_region(settings().region)
        self.departement_codes = {each.code for each in departements}
        self.famille.choices = [
            SelectChoice("", _("Toutes les familles")),
            *(SelectChoice(code, term.label) for code, term in self.families.items()),
        ]
        self.departement.choices = [
            SelectChoice("", _("Tous les départements")),
            *(SelectChoice(each.code, f"{each.name} ({each.code})") for each in departements),
        ]

    def validate_famille(self, field: SelectField) -> None:
        """Refuse a family that is not in the list."""
        if field.data and self.family() is None:
            raise ValidationError(_("Cette famille n’existe pas."))

    def validate_departement(self, field: SelectField) -> None:
        """Refuse a département that is not in the list."""
        if field.data and self.departement_code() is None:
            raise ValidationError(_("Ce département n’existe pas."))

    def asks_unknown(self) -> bool:
        """Whether a family or a département is asked for that is none."""
        return bool(self.famille.errors or self.departement.errors)

    def family(self) -> Term | None:
        """Return the family chosen; what is not in the list chooses none."""
        return self.families.get(self.famille.data or "")

    def departement_code(self) -> str | None:
        """Return the département chosen; what is not in the list chooses none."""
        code = self.departement.data
        return code if code in self.departement_codes else None
