"""The slots of an activity as people type them: a day, a start, an end; rows added and removed with or without script."""

from datetime import timedelta
from typing import Any

from wtforms import FieldList, FormField, HiddenField

from fete.core.clock import NoSuchTimeError, to_paris
from fete.core.fields import DayField, FigureField, HourField
from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext
from fete.programme import rules
from fete.programme.models import Activity, Edition, Slot
from fete.programme.rules import FIELD_NAMES, PlannedSlot

_ASKED = ("day", "starts", "ends")
_LABELS = {
    "day": lazy_gettext("Créneau %(number)s, jour"),
    "starts": lazy_gettext("Créneau %(number)s, début"),
    "ends": lazy_gettext("Créneau %(number)s, fin"),
    "capacity": lazy_gettext("Créneau %(number)s, places"),
}
NO_SUCH_HOUR = lazy_gettext(
    "Cette heure n’existe pas ce jour-là : les horloges passent de 2 h à 3 h. Choisissez-en une autre."
)


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

    @property
    def is_blank(self) -> bool:
        """Whether nobody typed anything in it."""
        return not any(
            field.raw_data and field.raw_data[0].strip()
            if field.raw_data is not None
            else field.data
            for field in (self.day, self.starts, self.ends, self.capacity)
        )

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
        return sound


class SlotsForm(Form):
    """All the slots of an activity."""

    version = HiddenField(default="")
    slots = FieldList(FormField(SlotForm, label=lazy_gettext("Créneau")), FIELD_NAMES["slots"])

    def __init__(self, *, held: Activity) -> None:
        super().__init__(data={"slots": [_shown(slot) for slot in held.slots]})
        self.edition: Edition = held.edition
        self.planned: list[PlannedSlot] = []
        length = (self.edition.ends_on - self.edition.starts_on).days + 1
        # Offered while typing: the official dates.
        self.days = [self.edition.starts_on + timedelta(days=number) for number in range(length)]
        if not self.slots.entries:
            self.slots.append_entry()

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
            for fault in rules.slot_faults(self.planned, self.edition):
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
        if like_last and last is not None and last.day.data is not None:
            self.slots.append_entry(
                {
                    "day": last.day.data + timedelta(days=1),
                    "starts": last.starts.data,
                    "ends": last.ends.data,
                    "capacity": last.capacity.data,
                }
            )
        else:
            self.slots.append_entry()

    def remove_row(self, number: int) -> None:
        """Take a row away; a blank one remains when it was the only one."""
        if 0 <= number < len(self.slots.entries):
            del self.slots.entries[number]
            self.slots._compact_indices()  # as the library does after its own removals
        if not self.slots.entries:
            self.slots.append_entry()

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
            id=int(row.id.data) if (row.id.data or "").isdecimal() else None,
        )


def _refuse(row: SlotForm, name: str, message: Any) -> None:  # noqa: ANN401  # or a lazy text
    field = row[name]
    field.errors = [*field.errors, str(message)]


def _shown(slot: Slot) -> dict[str, object]:
    starts, ends = to_paris(slot.starts_at), to_paris(slot.ends_at)
    return {
        "id": str(slot.id),
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "capacity": slot.capacity,
    }
