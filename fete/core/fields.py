"""Fields of the trade: a commune found by name or post code, a French day and hour, a figure, a phone."""

import re
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any, Protocol

from wtforms import Field, IntegerField, StringField
from wtforms.widgets import TextInput

from fete.core.forms import typed
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.text import clean, fold, fold_name

_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{2}|\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
# « samedi 3 octobre 2026 », folded: as the site itself writes a day, whatever weekday is said.
_DAY_IN_WORDS = re.compile(r"(?:[a-z]+\s+)?(\d{1,2})(?:er)?\s+([a-z]+)\s+(\d{4})")
_MONTHS = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
]
_HOUR = re.compile(r"(\d{1,2})(?:\s*(?:h|:|\.)\s*(\d{2})?)?", re.IGNORECASE)
# Figures are read folded. These two are read by the page too, as it is typed in: what both languages understand.
# Digits, together or in threes as one writes thousands: « 1 200 », « 1.200 », « 1,200 »; « 1,2 » is no whole number.
_DIGITS = r"(?:[1-9][0-9]{0,2}(?:(?:\s[0-9]{3})+|(?:\.[0-9]{3})+|(?:,[0-9]{3})+)|[0-9]+)"
_PEOPLE = (
    r"(?:personnes?|pers\.?|visiteu(?:rs?|ses?)|eleves?|enfants?|adultes?|accompagnat(?:eurs?|rices?)|"
    r"people|persons?|visitors?|pupils?|children|adults?)"
)
FIGURE = rf"({_DIGITS})(?:\s*{_PEOPLE})?"
NOBODY = rf"(?:zero|aucune?|no)\s+{_PEOPLE}|zero|aucune?|none|nobody|personne"
_ABOUT = (
    r"(?:environ|env\.?|a peu pres|autour de|pres de|presque|plus de|moins de|"
    r"about|around|approximately|approx\.?|nearly|almost|more than|less than|[~≈±]|\+/?-)"
)
_ROUGH = re.compile(rf"(?:{_ABOUT}\s*{FIGURE}|{FIGURE}\s*(?:{_ABOUT}|[+?]))")
_SEVERAL = re.compile(
    rf"(?:(?:de|entre|from|between)\s+)?{FIGURE}\s*(?:a|et|ou|to|and|or|[-–—/+])\s*{FIGURE}"
)
_MOST_DIGITS = 7
_JUST_THE_NUMBER = lazy_gettext("Écrivez seulement le nombre : %(figure)s.")
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_PAGE = re.compile(
    r"https?://(?:[\w\-]+\.)+[^\W\d_]{2,}(?::\d{1,5})?(?:[/?#][^\s<>\"\\]*)?", re.IGNORECASE
)
_CENTURY = 2000
_TWO_DIGITS = 2


class Place(Protocol):
    """What a commune shows of itself in a field."""

    code: str
    name: str
    post_codes: str

    @property
    def label(self) -> str:
        """The commune as one tells it from others."""


class CommuneField(Field):  # type: ignore[misc]  # untyped library
    """A commune, typed by its name or post code; its data is the official code, or `None`.

    Several that fit are offered as `candidates`; the person's pick comes back under `<name>_code`.
    """

    widget = TextInput()

    def __init__(
        self,
        label: Any = None,  # noqa: ANN401  # a text, or one that waits for its language
        validators: Sequence[Any] = (),
        *,
        search: Callable[[str], Sequence[Place]],
        find: Callable[[str], Place | None],
        **options: Any,
    ) -> None:
        super().__init__(label, list(validators), **options)
        self.search = search
        self.find = find
        self.typed = ""
        self.candidates: Sequence[Place] = ()
        self.chosen: Place | None = None

    def _value(self) -> str:
        return self.typed

    def process_data(self, value: str | None) -> None:
        """Show the commune that the object holds."""
        super().process_data(value)
        self.chosen = self.find(value) if value else None
        self.typed = self.chosen.label if self.chosen else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Find which commune was meant; the pick counts only while the text has not been changed."""
        self.typed = clean(valuelist[0] if valuelist else "").strip()[:100]
        self.data: str | None = None
        self.chosen = None
        if not self.typed:
            return
        code = clean(typed(f"{self.name}_code")).strip()
        picked = self.find(code) if code else None
        found = list(self.search(self.typed))
        exact = [place for place in found if fold_name(place.name) == fold_name(self.typed)]
        if picked is not None and picked.label == self.typed:
            self._choose(picked)
        elif len(exact) == 1:
            self._choose(exact[0])
        elif picked is not None and any(place.code == picked.code for place in found):
            self._choose(picked)
        elif len(found) == 1 and not self._may_be_misread(found[0]):
            self._choose(found[0])
        elif found:
            self.candidates = found
            raise ValueError(
                _("Plusieurs communes correspondent : choisissez la vôtre dans la liste.")
                if len(found) > 1
                else _("Est-ce bien cette commune ? Choisissez-la, ou corrigez ce qui est écrit.")
            )
        else:
            raise ValueError(
                _("Aucune commune ne porte ce nom ou ce code postal. Vérifiez l’orthographe.")
            )

    def _may_be_misread(self, place: Place) -> bool:
        """Whether a number was typed that is not one of its post codes: « 31062 », of a cedex, is elsewhere's code."""
        return self.typed.isdigit() and not any(
            code.startswith(self.typed) for code in place.post_codes.split()
        )

    def _choose(self, place: Place) -> None:
        self.data, self.chosen, self.typed = place.code, place, place.label


class DayField(StringField):  # type: ignore[misc]
    """A day typed the French way, `3/10/2026` or `3 octobre 2026`, or as a browser sends it, `2026-10-03`."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%d/%m/%Y}" if isinstance(self.data, date) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = read_day(typed) if typed else None


class HourField(StringField):  # type: ignore[misc]
    """An hour typed as people write it: `14h30`, `14:30`, `14 h`, `14`."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%H:%M}" if isinstance(self.data, time) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the hour."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = read_hour(typed) if typed else None


class FigureField(IntegerField):  # type: ignore[misc]
    """A whole number as people write it: with marks between thousands, with « visiteurs » behind it, or « aucun »."""

    widget = TextInput()
    # What the page reads of it as it is typed.
    figure_pattern = FIGURE
    nobody_pattern = NOBODY

    def __init__(
        self,
        label: Any = None,  # noqa: ANN401  # a text, or one that waits for its language
        validators: Sequence[Any] = (),
        *,
        if_rough: Any = _JUST_THE_NUMBER,  # noqa: ANN401  # the same
        **options: Any,
    ) -> None:
        super().__init__(label, list(validators), **options)
        # What is answered to « environ 300 »: where an estimate can be told as one, it says how.
        self.if_rough = if_rough

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; an empty field is nothing, not zero."""
        typed = clean(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if typed:
            self.data = read_figure(typed, if_rough=self.if_rough)


class PhoneField(StringField):  # type: ignore[misc]
    """A French or international phone number, kept as it reads best: `05 61 00 00 00`."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number and put the spaces where they belong."""
        typed = (valuelist[0] if valuelist else "").strip()
        bare = re.sub(r"[\s.\-()/]", "", typed)
        self.data = typed or None
        if not bare:
            return
        if not re.fullmatch(r"(?:0\d{9}|\+\d{8,15}|[1-9]\d{3})", bare):
            raise ValueError(
                _("Ce numéro n’a pas la bonne forme : 10 chiffres, ou + et l’indicatif du pays.")
            )
        self.data = " ".join(re.findall(r"\d{2}", bare)) if bare.startswith("0") else bare


class LinkField(StringField):  # type: ignore[misc]
    """A page of the web; `https://` is added where nobody wrote how to get there."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the address; refuse what no browser would open as a page."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = typed
        if not typed:
            return
        address = typed if _SCHEME.match(typed) else f"https://{typed}"
        if not _PAGE.fullmatch(address):
            raise ValueError(
                _("Cette adresse n’a pas la bonne forme : https://www.exemple.fr/page.")
            )
        self.data = address


def read_day(typed: str) -> date:
    """Return the day typed; raise `ValueError` with a sentence when there is none such."""
    if found := _ISO_DAY.fullmatch(typed):
        year, month, number = (int(part) for part in found.groups())
    elif found := _DAY.fullmatch(typed):
        number, month, year = (int(part) for part in found.groups())
        year += _CENTURY if len(found[3]) == _TWO_DIGITS else 0
    elif (found := _DAY_IN_WORDS.fullmatch(fold(typed))) and found[2] in _MONTHS:
        number, month, year = int(found[1]), _MONTHS.index(found[2]) + 1, int(found[3])
    else:
        raise ValueError(
            _("Écrivez la date sous la forme jour/mois/année : par exemple 03/10/2026.")
        )
    try:
        return date(year, month, number)
    except ValueError:
        raise ValueError(_("Cette date n’existe pas dans le calendrier.")) from None


def read_figure(typed: str, *, if_rough: object) -> int:
    """Return the whole number typed; raise `ValueError` with a sentence that fits when there is none such."""
    said = fold(typed).strip()
    if re.fullmatch(NOBODY, said):
        return 0
    if found := re.fullmatch(FIGURE, said):
        digits = re.sub(r"[^0-9]", "", found[1]).lstrip("0")
        if len(digits) > _MOST_DIGITS:
            raise ValueError(_("Ce nombre est trop grand."))
        return int(digits or 0)
    if found := _ROUGH.fullmatch(said):
        raise ValueError(str(if_rough) % {"figure": found[1] or found[2]})
    if _SEVERAL.fullmatch(said):
        raise ValueError(_("Écrivez un seul nombre, celui qui vous semble le plus juste."))
    raise ValueError(_("Écrivez un nombre entier, en chiffres : par exemple 120."))


def read_hour(typed: str) -> time:
    """Return the hour typed; raise `ValueError` with a sentence when there is none such."""
    found = _HOUR.fullmatch(typed)
    if found is None:
        raise ValueError(_("Écrivez l’heure sous la forme heures et minutes : par exemple 14h30."))
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        raise ValueError(_("Cette heure n’existe pas : de 0h00 à 23h59.")) from None
