"""Many slots at once: a slot repeated, a day of short sessions, a day copied, the opening hours of an exhibition.

Each tool only adds rows to the form that shows it: nothing is kept until they are read again and saved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from wtforms import SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from fete.core.fields import DayField, FigureField, HourField
from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.templating import short_day
from fete.programme import rules
from fete.programme.models import Edition
from fete.programme.rules import Hours, Weekdays

_NEEDED = lazy_gettext("Ce champ est nécessaire.")
_EVERY = (10, 15, 20, 30, 45, 60, 90, 120)
_SHORTEST, _LONGEST = 5, 720


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of the form that is complete: its hours, and what else it says, as its fields have it."""

    hours: Hours
    capacity: int | None = None
    classes: int | None = None
    audience: str = ""
    venue: str = ""
    kind: str = ""

    def on(self, hours: Hours) -> "Row":
        """Return the same row at other hours."""
        return replace(self, hours=hours)


class Boxes(SelectMultipleField):  # type: ignore[misc]  # untyped library
    """Several values, as boxes to tick; one that is not offered is no value."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Form) -> None:  # as the field it replaces
        """Refuse nothing: `chosen` reads what is offered only."""

    @property
    def chosen(self) -> list[str]:
        """The values ticked, in the order of the list."""
        return [choice.value for choice in self.choices if choice.value in (self.data or ())]


class Tool(Form):
    """What adds rows; `rows` gives them, or leaves an error beside the field that is wrong."""

    class Meta(Form.Meta):
        """The form that shows it is protected."""

        csrf = False

    NEEDED: tuple[str, ...] = ()
    DAYS: tuple[str, ...] = ()

    def __init__(self, *, edition: Edition, prefix: str, **values: Any) -> None:
        super().__init__(prefix=prefix, data=values)
        self.edition = edition

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401  # as the library has it
        """Ask for what it cannot do without, and for days of the year of the edition, in their order."""
        super().validate(extra_validators)
        for name in self.NEEDED:
            if self[name].data is None and not self[name].errors:
                self.refuse(name, str(_NEEDED))
        for name in self.DAYS:
            if self[name].data is not None and self[name].data.year != self.edition.year:
                self.refuse(name, _("Cette date n’est pas en %(year)s.", year=self.edition.year))
        first, last = self._fields.get("first"), self._fields.get("last")
        if not self.errors and first is not None and last is not None and first.data > last.data:
            self.refuse("last", _("Le dernier jour vient avant le premier."))
        return not self.errors

    def refuse(self, name: str, message: str) -> None:
        """Leave an error beside a field."""
        field = self[name]
        field.errors = [*field.errors, message]

    def told(self, name: str) -> Any:  # noqa: ANN401  # any field's value
        """Return what was typed in a field that `validate` asked for."""
        return self[name].data

    def rows(self, known: Mapping[int, Row]) -> list[Row]:
        """Return the rows to add to those that are complete, known by their numbers."""
        raise NotImplementedError


class DailyTool(Tool):
    """A slot again every day between two dates."""

    number = FigureField(lazy_gettext("Numéro du créneau à répéter"))
    first = DayField(lazy_gettext("Du"))
    last = DayField(lazy_gettext("Au"))
    among = SelectField(lazy_gettext("Quels jours"), validate_choice=False)
    NEEDED = DAYS = ("first", "last")

    def __init__(self, *, edition: Edition, prefix: str) -> None:
        super().__init__(
            edition=edition, prefix=prefix, first=edition.starts_on, last=edition.ends_on
        )
        self.among.choices = [
            SelectChoice(Weekdays.EVERY, _("Tous les jours")),
            SelectChoice(Weekdays.WORKING, _("Du lundi au vendredi")),
            SelectChoice(Weekdays.WEEKENDS, _("Samedis et dimanches")),
        ]

    def rows(self, known: Mapping[int, Row]) -> list[Row]:
        """Return the slot of that number, the last one when none is given, on each day."""
        number = self.number.data or max(known, default=0)
        if not known:
            self.refuse("number", _("Écrivez d’abord un créneau : le jour, le début et la fin."))
            return []
        if number not in known:
            self.refuse("number", _("Il n’y a pas de créneau complet sous ce numéro."))
            return []
        like = known[number]
        among = Weekdays(self.among.data) if self.among.data in set(Weekdays) else Weekdays.EVERY
        found = rules.repeated(like.hours, self.told("first"), self.told("last"), among=among)
        if not found:
            self.refuse("last", _("Aucun autre jour ne convient entre ces deux dates."))
        return [like.on(hours) for hours in found]


class SessionsTool(Tool):
    """Short sessions, one after the other, between two hours of a day."""

    day = DayField(lazy_gettext("Jour"))
    opens = HourField(lazy_gettext("À partir de"))
    closes = HourField(lazy_gettext("Jusqu’à"))
    every = SelectField(lazy_gettext("Une séance toutes les"), validate_choice=False)
    length = FigureField(lazy_gettext("Durée d’une séance, en minutes"))
    capacity = FigureField(lazy_gettext("Places par séance"))
    audience = SelectField(lazy_gettext("Pour qui"), validate_choice=False)
    NEEDED = ("day", "opens", "closes")
    DAYS = ("day",)

    def __init__(self, *, edition: Edition, prefix: str, audiences: Sequence[SelectChoice]) -> None:
        super().__init__(edition=edition, prefix=prefix, every="30")
        self.every.choices = [SelectChoice(str(each), minutes(each)) for each in _EVERY]
        self.audience.choices = list(audiences)

    def rows(self, known: Mapping[int, Row]) -> list[Row]:  # noqa: ARG002  # as every tool
        """Return the sessions of the day: as long as the time from one to the next, unless said."""
        every = int(self.every.data) if self.every.data in {str(each) for each in _EVERY} else 30
        length = self.length.data if self.length.data is not None else every
        if not _SHORTEST <= length <= _LONGEST:
            self.refuse("length", _("Une séance dure de 5 minutes à 12 heures."))
            return []
        if length > every:
            self.refuse(
                "length",
                _("Une séance ne peut pas durer plus que le temps qui la sépare de la suivante."),
            )
            return []
        found = rules.sessions(
            self.told("day"), self.told("opens"), self.told("closes"), every=every, length=length
        )
        if not found or self.told("opens") == self.told("closes"):
            self.refuse("closes", _("Aucune séance ne tient entre ces deux heures."))
            return []
        offered = {choice.value for choice in self.audience.choices}
        audience = self.audience.data if self.audience.data in offered else ""
        return [Row(hours=hours, capacity=self.capacity.data, audience=audience) for hours in found]


class CopyTool(Tool):
    """All the slots of a day, again on other days."""

    source = DayField(lazy_gettext("Jour à copier"))
    days = Boxes(lazy_gettext("Vers ces jours"))
    other = DayField(lazy_gettext("Ou vers un autre jour"))
    DAYS = ("source", "other")

    def __init__(self, *, edition: Edition, prefix: str) -> None:
        super().__init__(edition=edition, prefix=prefix)
        length = (edition.ends_on - edition.starts_on).days + 1
        official = [edition.starts_on + timedelta(days=number) for number in range(length)]
        self.days.choices = [SelectChoice(day.isoformat(), short_day(day)) for day in official]

    def rows(self, known: Mapping[int, Row]) -> list[Row]:
        """Return the slots of the day, of the last one when none is given, on each of the others."""
        source = self.source.data or (known[max(known)].hours.day if known else None)
        copied = [row for row in known.values() if row.hours.day == source]
        if not copied:
            self.refuse("source", _("Il n’y a pas de créneau complet ce jour-là."))
            return []
        days = [date.fromisoformat(value) for value in self.days.chosen]
        days += [self.other.data] if self.other.data is not None else []
        days = [day for day in dict.fromkeys(days) if day != source]
        if not days:
            self.refuse("other", _("Dites vers quel autre jour les copier."))
        return [
            row.on(hours)
            for day in days
            for row in copied
            for hours in rules.copied([row.hours], [day])
        ]


class OpeningTool(Tool):
    """The opening hours of an exhibition: one slot a day."""

    first = DayField(lazy_gettext("Du"))
    last = DayField(lazy_gettext("Au"))
    opens = HourField(lazy_gettext("Ouvre à"))
    closes = HourField(lazy_gettext("Ferme à"))
    closed = Boxes(lazy_gettext("Jours de fermeture"))
    NEEDED = ("first", "last", "opens", "closes")
    DAYS = ("first", "last")

    def __init__(self, *, edition: Edition, prefix: str) -> None:
        super().__init__(
            edition=edition, prefix=prefix, first=edition.starts_on, last=edition.ends_on
        )
        names = (
            _("lundi"),
            _("mardi"),
            _("mercredi"),
            _("jeudi"),
            _("vendredi"),
            _("samedi"),
            _("dimanche"),
        )
        self.closed.choices = [SelectChoice(str(number), name) for number, name in enumerate(names)]

    def rows(self, known: Mapping[int, Row]) -> list[Row]:  # noqa: ARG002
        """Return one row a day, but on the weekdays when it is closed."""
        if self.told("opens") == self.told("closes"):
            self.refuse("closes", _("La fin doit venir après le début."))
            return []
        found = rules.openings(
            self.told("first"),
            self.told("last"),
            self.told("opens"),
            self.told("closes"),
            closed={int(value) for value in self.closed.chosen},
        )
        if not found:
            self.refuse("closed", _("Elle ne serait jamais ouverte entre ces deux dates."))
        return [Row(hours=hours, kind="opening") for hours in found]


def minutes(number: int) -> str:
    """Return a length in words: « 45 minutes », « 1 h 30 »."""
    hours, rest = divmod(number, 60)
    if not hours:
        return str(_("%(count)s minutes", count=rest))
    return str(_("%(hours)s h", hours=hours)) + (f" {rest:02}" if rest else "")
