"""What a town or a museum chooses of the programme for its own site: which activities, and how they look there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, RadioField, SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ColorInput, ListWidget

from fete.core.colours import READABLE, contrast, ink_on, read_colour, readable
from fete.core.forms import Form
from fete.core.i18n import LANGUAGES, current_language, gettext as _, lazy_gettext
from fete.core.settings import settings
from fete.core.templating import number
from fete.geography.queries import departements_of_region
from fete.programme.forms.filters import TEXT_LENGTH
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import terms_of

LOWEST, HIGHEST = 200, 2_000
HEIGHT, ACTIVITY_HEIGHT = 600, 400
# The words of the address that say how it looks; its others are those of the programme.
BACKGROUND, ACCENT = "fond", "accent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """The two colours of a frame, which can be read on one another, as hexadecimal digits."""

    background: str = "ffffff"
    accent: str = "17315f"

    @property
    def ink(self) -> str:
        """The colour of its text."""
        return ink_on(self.background)

    @property
    def arguments(self) -> dict[str, str]:
        """The parameters of its address: none for the usual colours."""
        usual = Look()
        asked = {BACKGROUND: self.background, ACCENT: self.accent}
        known = {BACKGROUND: usual.background, ACCENT: usual.accent}
        return {word: colour for word, colour in asked.items() if colour != known[word]}


def look_of(background: str, accent: str) -> Look:
    """Return the look that two colours make; what is no colour is the usual one, what cannot be read is moved."""
    usual = Look()
    paper = read_colour(background) or usual.background
    return Look(background=paper, accent=readable(read_colour(accent) or usual.accent, paper))


def _boxes(label: Any) -> SelectMultipleField:  # noqa: ANN401  # a text that waits for its language
    return SelectMultipleField(
        label,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )


class _LookForm(Form):
    """How a frame looks."""

    usual_height = HEIGHT

    class Meta(Form.Meta):
        """Choosing changes nothing: the address holds it all."""

        csrf = False

    langue = RadioField(
        lazy_gettext("Langue"),
        choices=[SelectChoice(code, label) for code, label in LANGUAGES.items()],
    )
    hauteur = IntegerField(
        lazy_gettext("Hauteur, en pixels"),
        [
            Optional(),
            NumberRange(
                LOWEST,
                HIGHEST,
                message=lazy_gettext("Choisissez une hauteur de %(min)s à %(max)s pixels."),
            ),
        ],
    )
    fond = StringField(lazy_gettext("Couleur du fond"), widget=ColorInput())
    accent = StringField(lazy_gettext("Couleur des titres et des liens"), widget=ColorInput())

    def __init__(self, args: MultiDict[str, str]) -> None:
        usual = {
            "langue": current_language(),
            "hauteur": str(self.usual_height),
            BACKGROUND: Look().background,
            ACCENT: Look().accent,
        }
        typed = MultiDict(args)
        for word, value in usual.items():
            if not typed.get(word, "").strip():
                typed[word] = value
        super().__init__(typed)
        self.validate()
        # As the browser's own choice of a colour wants it.
        self.fond.data, self.accent.data = (
            f"#{colour}" for colour in (self.look.background, self.look.accent)
        )

    @property
    def look(self) -> Look:
        """The colours chosen, or the nearest that can be read."""
        return look_of(self.fond.data or "", self.accent.data or "")

    @property
    def language(self) -> str:
        """The language chosen; that of the page when it is none of ours."""
        chosen = str(self.langue.data)
        return chosen if chosen in LANGUAGES else current_language()

    @property
    def height(self) -> int:
        """The height chosen, if it can be."""
        chosen = self.hauteur.data
        return chosen if chosen is not None and LOWEST <= chosen <= HIGHEST else self.usual_height

    def asks(self, word: str) -> bool:
        """Whether it has a field of its own for a word of the address."""
        return word in self._fields

    def validate_fond(self, field: StringField) -> None:
        """Refuse what is no colour."""
        if read_colour(field.data or "") is None:
            raise ValidationError(_("Écrivez une couleur en six signes : « ffffff »."))

    def validate_accent(self, field: StringField) -> None:
        """Refuse what is no colour, and what could not be read on the background."""
        self.validate_fond(field)
        paper, chosen = self.look.background, read_colour(field.data or "") or ""
        ratio = contrast(chosen, paper)
        if ratio < READABLE:
            raise ValidationError(
                _(
                    "Cette couleur se lirait mal sur ce fond : leur contraste est de %(ratio)s, il en faut %(least)s. La plus proche qui se lit, #%(colour)s, est employée.",
                    ratio=number(int(ratio * 10) / 10),
                    least=number(READABLE),
                    colour=self.look.accent,
                )
            )


class ActivityFrameForm(_LookForm):
    """How one activity looks elsewhere."""

    usual_height = ACTIVITY_HEIGHT


class ProgrammeFrameForm(_LookForm):
    """Which activities are shown elsewhere, and how they look; the words are those of the programme."""

    q = StringField(lazy_gettext("Un mot, une structure, une ville"), [Length(max=TEXT_LENGTH)])
    departement = _boxes(lazy_gettext("Département"))
    type = _boxes(lazy_gettext("Type d’activité"))
    public = _boxes(lazy_gettext("Public"))

    def __init__(self, args: MultiDict[str, str]) -> None:
        # One address of the programme joins the values of a filter: each is a box here.
        several = ((word, value) for word in _BOXES for value in args.getlist(word))
        parts = [(word, part) for word, value in several for part in value.split(",")]
        rest = [(word, value) for word, value in args.items(multi=True) if word not in _BOXES]
        super().__init__(MultiDict([*rest, *parts]))
        self.departement.choices = [
            SelectChoice(each.code, each.name) for each in departements_of_region(settings().region)
        ]
        self.type.choices = _words(TermList.KIND)
        self.public.choices = _words(TermList.AUDIENCE)


_BOXES = ("departement", "type", "public")


def _words(of: TermList) -> Sequence[SelectChoice]:
    return [SelectChoice(term.code, term.label) for term in terms_of(of)]
