"""The slots of an activity as people type them: a day, a start, an end; rows added and removed with or without script."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from wtforms import FieldList, FormField, HiddenField, SelectField
from wtforms.fields import SelectChoice

from fete.core.clock import NoSuchTimeError, to_paris
from fete.core.fields import DayField, FigureField, HourField
from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext, ngettext
from fete.programme import rules
from fete.programme.forms.timetable import (
    CopyTool,
    DailyTool,
    OpeningTool,
    Row,
    SessionsTool,
    Tool,
)
from fete.programme.models import Activity, Edition, Slot, SlotAudience, Venue
from fete.programme.rules import FIELD_NAMES, MOST_SLOTS, Hours, PlannedSlot

_ASKED = ("day", "starts", "ends")
_LABELS = {
    "day": lazy_gettext("Créneau %(number)s, jour"),
    "starts": lazy_gettext("Créneau %(number)s, début"),
    "ends": lazy_gettext("Créneau %(number)s, fin"),
    "capacity": lazy_gettext("Créneau %(number)s, places"),
    "classes": lazy_gettext("Créneau %(number)s, classes"),
    "audience": lazy_gettext("Créneau %(number)s, pour qui"),
    "venue": lazy_gettext("Créneau %(number)s, lieu"),
    "kind": lazy_gettext("Créneau %(number)s, type"),
}
NO_SUCH_HOUR = lazy_gettext(
    "Cette heure n’existe pas ce jour-là : les horloges passent de 2 h à 3 h. Choisissez-en une autre."
)
_CHOOSE = lazy_gettext("Choisissez une des réponses proposées.")
AUDIENCES = {
    SlotAudience.ALL: lazy_gettext("Public et classes"),
    SlotAudience.PUBLIC: lazy_gettext("Grand public"),
    SlotAudience.SCHOOLS: lazy_gettext("Groupes scolaires"),
}
_OPENING, _SESSION = "opening", "session"


class SlotForm(Form):
    """One slot."""

    class Meta(Form.Meta):
        """The whole form is protected, not each of its rows."""

        csrf = False

    id = HiddenField(default="")
    day = DayField(lazy_gettext("Jour"))
    starts = HourField(lazy_gettext("Début"))
    ends = HourField(lazy_gettext("Fin"))
    capacity = FigureField(lazy_gettext("Places"))
    audience = SelectField(lazy_gettext("Pour qui"), validate_choice=False)
    classes = FigureField(lazy_gettext("Classes"))
    venue = SelectField(lazy_gettext("Lieu"), validate_choice=False)
    kind = SelectField(lazy_gettext("Type"), validate_choice=False)

    @property
    def is_blank(self) -> bool:
        """Whether nobody typed anything in it."""
        return not any(
            field.raw_data and field.raw_data[0].strip()
            if field.raw_data is not None
            else field.data
            for field in (self.day, self.starts, self.ends, self.capacity)
        )

    @property
    def is_for_schools(self) -> bool:
        """Whether it is for school groups only."""
        return bool(self.audience.data == SlotAudience.SCHOOLS)

    @property
    def is_opening(self) -> bool:
        """Whether it tells opening hours."""
        return bool(self.kind.data == _OPENING)

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401  # as the library has it
        """Ask for what a slot cannot do without, unless the row is blank."""
        if self.is_blank:
            return True
        sound = bool(super().validate(extra_validators))
        for name in _ASKED:
            field = self[name]
            if field.data is None and not field.errors:
                field.errors = [*field.errors, _("Ce champ est nécessaire.")]
                sound = False
        for name in ("audience", "venue", "kind"):
            if all(choice.value != self[name].data for choice in self[name].choices):
                _refuse(self, name, _CHOOSE)
                sound = False
        return sound

    def complete(self) -> Row | None:
        """Return the row when it tells a day, a start and an end."""
        day, starts, ends = self.day.data, self.starts.data, self.ends.data
        if day is None or starts is None or ends is None:
            return None
        return Row(
            hours=Hours(day=day, starts=starts, ends=ends),
            capacity=self.capacity.data,
            classes=self.classes.data,
            audience=self.audience.data or "",
            venue=self.venue.data or "",
            kind=self.kind.data or "",
        )


class SlotsForm(Form):
    """All the slots of an activity."""

    version = HiddenField(default="")
    slots = FieldList(
        FormField(SlotForm, label=lazy_gettext("Créneau")),
        FIELD_NAMES["slots"],
        # One more than may be, so that too many are refused in words.
        max_entries=MOST_SLOTS + 1,
    )

    def __init__(self, *, held: Activity) -> None:
        super().__init__(data={"slots": [_shown(slot, held) for slot in held.slots]})
        self.held = held
        self.edition: Edition = held.edition
        self.planned: list[PlannedSlot] = []
        self._standing = {str(slot.id): slot for slot in held.slots}
        self._venues = {str(venue.id): venue for venue in held.places_to_name}
        # What was done by the last button, in words.
        self.said: list[str] = []
        self.used = ""
        length = (self.edition.ends_on - self.edition.starts_on).days + 1
        # Offered while typing: the official dates.
        self.days = [self.edition.starts_on + timedelta(days=number) for number in range(length)]
        self._usual_choices = self._choices(held)
        for entry in self.slots.entries:
            self._fit(entry.form)
        if not self.slots.entries:
            self._append()
        self.tools: dict[str, Tool] = {
            "daily": DailyTool(edition=self.edition, prefix="daily"),
            "sessions": SessionsTool(
                edition=self.edition,
                prefix="sessions",
                audiences=self._usual_choices["audience"],
            ),
            "copying": CopyTool(edition=self.edition, prefix="copying"),
            "opening": OpeningTool(edition=self.edition, prefix="opening"),
        }

    @property
    def asks_audience(self) -> bool:
        """Whether there is a choice of whom a slot is for."""
        return bool(self.held.for_public and self.held.for_schools)

    @property
    def asks_classes(self) -> bool:
        """Whether classes may come."""
        return bool(self.held.for_schools)

    @property
    def asks_venue(self) -> bool:
        """Whether there is a choice of where a slot is held."""
        return len(self._usual_choices["venue"]) > 1

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401  # as the library has it
        """Refuse slots that cannot be, each beside the field that is wrong."""
        for number, entry in enumerate(self.slots.entries, start=1):
            for name, label in _LABELS.items():
                # In the list of errors, which row it is must be told too.
                entry.form[name].label.text = label % {"number": number}
        if not super().validate(extra_validators):
            return False
        rows = [entry.form for entry in self.slots.entries if not entry.form.is_blank]
        planned = [self._planned(row) for row in rows]
        self.planned = [slot for slot in planned if slot is not None]
        if len(self.planned) == len(rows):
            for fault in rules.slot_faults(self.planned, self.edition, held=self.held):
                _refuse(rows[fault.number], fault.field, fault.message)
        if any(row.errors for row in rows):
            self.slots.errors = [entry.errors for entry in self.slots.entries]
            return False
        return True

    def content(self) -> dict[str, Any]:
        """Return the slots that were typed."""
        return {"slots": self.planned}

    def add_row(self, *, like_last: bool) -> None:
        """Add a row at the end: blank, or as the last one a day later."""
        last = next((e.form for e in reversed(self.slots.entries) if not e.form.is_blank), None)
        row = last.complete() if like_last and last is not None else None
        if len(self.slots.entries) >= MOST_SLOTS:
            self.said = [_too_many()]
        elif row is not None:
            hours = row.hours
            self._append(
                row.on(
                    Hours(day=hours.day + timedelta(days=1), starts=hours.starts, ends=hours.ends)
                )
            )
        else:
            self._append()

    def remove_row(self, number: int) -> None:
        """Take a row away; a blank one remains when it was the only one."""
        if 0 <= number < len(self.slots.entries):
            self.slots.pop_entry(number)
        if not self.slots.entries:
            self._append()

    def use(self, name: str) -> None:
        """Add the rows that a tool makes, but those that are there already and the hours that no clock shows."""
        self.used = name
        tool = self.tools[name]
        complete = {
            number: row
            for number, entry in enumerate(self.slots.entries, start=1)
            if (row := entry.form.complete()) is not None
        }
        made = tool.rows(complete) if tool.validate() else []
        if not made:
            return
        typed = [entry for entry in self.slots.entries if not entry.form.is_blank]
        there = {(row.hours, row.venue) for row in complete.values()}
        fresh = [row for row in made if (row.hours, row.venue) not in there]
        added = [row for row in fresh if row.hours.exist]
        if len(typed) + len(added) > MOST_SLOTS:
            self.said = [_too_many()]
            return
        self.slots.entries = typed
        self.slots._compact_indices()  # as the library does after its own removals
        for row in added:
            self._append(row)
        if not self.slots.entries:
            self._append()
        self.said = _told(
            added=len(added), known=len(made) - len(fresh), lost=len(fresh) - len(added)
        )

    def _append(self, row: Row | None = None) -> None:
        values: dict[str, object] = {}
        if row is not None:
            values = {
                "day": row.hours.day,
                "starts": row.hours.starts,
                "ends": row.hours.ends,
                "capacity": row.capacity,
                "classes": row.classes,
                "audience": row.audience,
                "venue": row.venue,
                "kind": row.kind,
            }
        self._fit(self.slots.append_entry(values).form)

    def _fit(self, row: SlotForm) -> None:
        """Give a row its choices; what the page did not ask of a slot stays as it stands."""
        standing = self._standing.get(row.id.data or "")
        usual = {
            "audience": rules.usual_audience(self.held).value,
            "venue": "",
            "kind": _SESSION,
            "classes": None,
        }
        kept = _beside(standing, self.held) if standing is not None else usual
        for name, value in kept.items():
            field = row[name]
            is_told = field.raw_data if field.raw_data is not None else field.data
            if not is_told:
                field.data = value
        for name, choices in self._usual_choices.items():
            row[name].choices = choices
        # What others may not choose any more is shown where it stands: the rules say what is wrong with it.
        venue = standing.venue if standing is not None else None
        retired: dict[str, Mapping[Any, Any]] = {
            "audience": AUDIENCES,
            "venue": _labels([venue] if venue else []),
        }
        for name, labels in retired.items():
            offered = {choice.value for choice in row[name].choices}
            row[name].choices = [
                *row[name].choices,
                *(
                    SelectChoice(value, str(label))
                    for value, label in labels.items()
                    if value not in offered and value in (kept[name], row[name].data)
                ),
            ]

    def _choices(self, held: Activity) -> Mapping[str, list[SelectChoice]]:
        audiences = list(AUDIENCES) if self.asks_audience else [rules.usual_audience(held)]
        grounds = held.grounds
        if len(grounds) > 1:
            everywhere = _("Tous les lieux")
            named = held.places_to_name
        else:
            everywhere = place_in_words(grounds[0]) if grounds else _("Le lieu de l’activité")
            named = [venue for venue in held.places_to_name if venue not in grounds]
        return {
            "audience": [SelectChoice(each.value, str(AUDIENCES[each])) for each in audiences],
            "venue": [
                SelectChoice("", everywhere),
                *(SelectChoice(number, label) for number, label in _labels(named).items()),
            ],
            "kind": [
                SelectChoice(_SESSION, _("Séance à heure fixe")),
                SelectChoice(_OPENING, _("Horaires d’ouverture")),
            ],
        }

    def _planned(self, row: SlotForm) -> PlannedSlot | None:
        day, starts, ends = row.day.data, row.starts.data, row.ends.data
        if day is None or starts is None or ends is None:
            return None
        name = "starts"
        try:
            starts_at = rules.start_of(day, starts)
            name = "ends"
            ends_at = rules.end_of(day, starts, ends)
        except NoSuchTimeError:
            _refuse(row, name, NO_SUCH_HOUR)
            return None
        return PlannedSlot(
            starts_at=starts_at,
            ends_at=ends_at,
            capacity=row.capacity.data,
            classes=row.classes.data,
            audience=SlotAudience(row.audience.data),
            is_opening=row.is_opening,
            venue=self._venue(row),
            id=int(row.id.data) if (row.id.data or "").isdecimal() else None,
        )

    def _venue(self, row: SlotForm) -> Venue | None:
        standing = self._standing.get(row.id.data or "")
        if standing is not None and row.venue.data == _beside(standing, self.held)["venue"]:
            return standing.venue
        return self._venues.get(row.venue.data)


def _labels(venues: Iterable[Venue]) -> dict[str, str]:
    return {str(venue.id): place_in_words(venue) for venue in venues}


def place_in_words(venue: Venue) -> str:
    """Return a place as one tells it from the others of an activity."""
    return f"{venue.name}, {venue.commune.name}"


def _refuse(row: SlotForm, name: str, message: Any) -> None:  # noqa: ANN401  # or a lazy text
    field = row[name]
    field.errors = [*field.errors, str(message)]


def _too_many() -> str:
    return str(
        _(
            "Une activité a %(most)s créneaux au plus : rien n’a été ajouté.",
            most=MOST_SLOTS,
        )
    )


def _told(*, added: int, known: int, lost: int) -> list[str]:
    said = [
        ngettext(
            "%(num)s créneau ajouté : relisez-le, puis enregistrez.",
            "%(num)s créneaux ajoutés : relisez-les, puis enregistrez.",
            added,
        )
        if added
        else _("Aucun créneau ajouté.")
    ]
    if known:
        said.append(ngettext("%(num)s y était déjà.", "%(num)s y étaient déjà.", known))
    if lost:
        said.append(
            ngettext(
                "%(num)s est laissé de côté : ce jour-là, les horloges passent de 2 h à 3 h.",
                "%(num)s sont laissés de côté : ce jour-là, les horloges passent de 2 h à 3 h.",
                lost,
            )
        )
    return [str(sentence) for sentence in said]


def _beside(slot: Slot, held: Activity) -> dict[str, object]:
    grounds = held.grounds
    is_usual = slot.venue is None or (len(grounds) == 1 and slot.venue in grounds)
    return {
        "audience": slot.audience.value,
        "venue": "" if is_usual or slot.venue is None else str(slot.venue.id),
        "kind": _OPENING if slot.is_opening else _SESSION,
        "classes": slot.classes,
    }


def _shown(slot: Slot, held: Activity) -> dict[str, object]:
    starts, ends = to_paris(slot.starts_at), to_paris(slot.ends_at)
    return {
        "id": str(slot.id),
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "capacity": slot.capacity,
    } | _beside(slot, held)
