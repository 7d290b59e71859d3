"""What the coordination types: which activities to list, why a step is taken, what becomes of a slot."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from fete.core.clock import NoSuchTimeError, to_paris
from fete.core.fields import DayField, HourField
from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext
from fete.geography.models import Departement
from fete.programme import rules
from fete.programme.forms.slots import NO_SUCH_HOUR
from fete.programme.models import NOTE_LENGTH, Activity, Edition, Slot
from fete.programme.queries.review import QueueFilters
from fete.programme.workflow import SlotState, Status, Step
from fete.vocabulary.models import Term

REASON_LENGTH = 2000
SEARCH_LENGTH = 100

# The words of the address, and what each status is called above its list.
STATUSES = {
    "deposees": (Status.SUBMITTED, lazy_gettext("Déposées")),
    "a-completer": (Status.CHANGES_REQUESTED, lazy_gettext("À compléter")),
    "labellisees": (Status.LABELLED, lazy_gettext("Labellisées")),
    "publiees": (Status.PUBLISHED, lazy_gettext("Publiées")),
    "refusees": (Status.REFUSED, lazy_gettext("Refusées")),
    "retirees": (Status.WITHDRAWN, lazy_gettext("Retirées")),
}
WORDS = {status: word for word, (status, _label) in STATUSES.items()}
_SLOT_CHOICES = {
    SlotState.SCHEDULED: lazy_gettext("Prévu, comme annoncé"),
    SlotState.FULL: lazy_gettext("Complet : il a lieu, mais il n’y a plus de place"),
    SlotState.RESCHEDULED: lazy_gettext("Horaire changé : il a lieu à un autre moment"),
    SlotState.MOVED_ONLINE: lazy_gettext("En ligne : il a lieu, mais plus sur place"),
    SlotState.POSTPONED: lazy_gettext("Reporté : la nouvelle date n’est pas encore connue"),
    SlotState.CANCELLED: lazy_gettext("Annulé : il n’a pas lieu"),
}


class QueueForm(Form):
    """Which activities to list; what is not on offer is not asked."""

    class Meta(Form.Meta):
        """Searching changes nothing: the address holds it all."""

        csrf = False

    q = StringField(lazy_gettext("Titre, structure ou lieu"), [Length(max=SEARCH_LENGTH)])
    departement = SelectField(lazy_gettext("Département"))
    type = SelectField(lazy_gettext("Type d’activité"))
    edition = SelectField(lazy_gettext("Édition"))

    def __init__(
        self,
        args: Mapping[str, str],
        *,
        departements: Sequence[Departement],
        kinds: Sequence[Term],
        editions: Sequence[Edition],
    ) -> None:
        super().__init__(args)
        self.departement.choices = [
            SelectChoice("", _("Tous")),
            *(SelectChoice(each.code, f"{each.name} ({each.code})") for each in departements),
        ]
        self.type.choices = [
            SelectChoice("", _("Tous")),
            *(SelectChoice(kind.code, kind.label) for kind in kinds),
        ]
        self.edition.choices = [
            SelectChoice("", _("En cours")),
            *(SelectChoice(str(edition.year), str(edition.year)) for edition in editions),
        ]
        for field in (self.departement, self.type, self.edition):
            if field.data not in {choice.value for choice in field.choices}:
                field.data = ""

    def filters(self, status: Status) -> QueueFilters:
        """Return what is asked, in this status."""
        return QueueFilters(
            status=status,
            departement=self.departement.data or None,
            kind=self.type.data or None,
            text=(self.q.data or "")[:SEARCH_LENGTH],
            year=int(self.edition.data) if self.edition.data else None,
        )

    def asked(self) -> dict[str, str]:
        """Return what was asked, as the address says it."""
        return {name: value for name, value in self.data.items() if value}


class StepForm(Form):
    """A step that needs no word, bound to the version that the person read."""

    version = HiddenField()

    def values(self) -> dict[str, Any]:
        """Return what was typed; a version that is no number is one that nobody read."""
        # A field that did not come at all is an empty one.
        typed = {name: value or "" for name, value in super().values().items()}
        return typed | {"version": read_version(self.version.data)}


class RemarkForm(StepForm):
    """Send back: what is to be completed."""

    reason = TextAreaField(
        lazy_gettext("Ce qu’il faut compléter ou corriger"),
        [
            DataRequired(
                lazy_gettext("Écrivez ce qu’il faut compléter : la structure le recevra.")
            ),
            Length(max=REASON_LENGTH),
        ],
    )


class RefusalForm(StepForm):
    """Refuse: why."""

    reason = TextAreaField(
        lazy_gettext("Pourquoi l’activité n’est pas retenue"),
        [
            DataRequired(lazy_gettext("Écrivez pourquoi : la structure recevra votre réponse.")),
            Length(max=REASON_LENGTH),
        ],
    )


class WithdrawalForm(StepForm):
    """Withdraw: why."""

    reason = TextAreaField(
        lazy_gettext("Pourquoi l’activité est retirée"),
        [
            DataRequired(lazy_gettext("Écrivez pourquoi : la structure recevra votre message.")),
            Length(max=REASON_LENGTH),
        ],
    )


STEP_FORMS: dict[Step, type[StepForm]] = {
    Step.PUBLISH: StepForm,
    Step.LABEL: StepForm,
    Step.SEND_BACK: RemarkForm,
    Step.REFUSE: RefusalForm,
    Step.WITHDRAW: WithdrawalForm,
}


class CancellationForm(StepForm):
    """Cancel a whole activity: a word for the public, if any."""

    reason = StringField(lazy_gettext("Pourquoi, en quelques mots"), [Length(max=NOTE_LENGTH)])


class SlotForm(StepForm):
    """What becomes of a slot, and a word for the public, if any."""

    state = RadioField(
        lazy_gettext("Ce créneau est"),
        [InputRequired(lazy_gettext("Choisissez ce que devient le créneau."))],
        choices=[SelectChoice(state.value, label) for state, label in _SLOT_CHOICES.items()],
    )
    reason = StringField(lazy_gettext("Un mot pour le public"), [Length(max=NOTE_LENGTH)])
    # Read only when the hour changes: they show when the slot is.
    day = DayField(lazy_gettext("Nouveau jour"))
    starts = HourField(lazy_gettext("Nouvelle heure de début"))
    ends = HourField(lazy_gettext("Nouvelle heure de fin"))

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401  # as the library has it
        """Ask for the new time of a slot whose hour changes; of any other, what stands there is no matter."""
        self.time: tuple[datetime, datetime] | None = None
        if self.state.data != SlotState.RESCHEDULED:
            for field in (self.day, self.starts, self.ends):
                field.process_errors = []
            return bool(super().validate(extra_validators))
        sound = bool(super().validate(extra_validators))
        for field in (self.day, self.starts, self.ends):
            if field.data is None and not field.errors:
                field.errors = [_("Ce champ est nécessaire.")]
        return sound and self._read_time()

    def _read_time(self) -> bool:
        day, starts, ends = self.day.data, self.starts.data, self.ends.data
        if day is None or starts is None or ends is None:
            return False
        field = self.starts
        try:
            starts_at = rules.start_of(day, starts)
            field = self.ends
            self.time = starts_at, rules.end_of(day, starts, ends)
        except NoSuchTimeError:
            field.errors = [str(NO_SUCH_HOUR)]
        return self.time is not None

    def values(self) -> dict[str, Any]:
        """Return what was typed, the state as the workflow names it."""
        typed = {
            name: value
            for name, value in super().values().items()
            if name not in {"day", "starts", "ends"}
        }
        return typed | {"state": SlotState(typed["state"])}


def step_forms(activity: Activity) -> dict[Step, StepForm]:
    """Return an empty form for each step of the coordination, bound to the activity as it stands."""
    return {step: step_form(step, version=activity.version) for step in STEP_FORMS}


def step_form(step: Step, *, version: int | None = None) -> StepForm:
    """Return the form of a step; its fields have names of their own, so that several stand on one page."""
    return STEP_FORMS[step](prefix=f"{step.value}-", version=version)


def slot_form(slot: Slot) -> SlotForm:
    """Return the form of a slot, showing what is known of it."""
    starts, ends = to_paris(slot.starts_at), to_paris(slot.ends_at)
    return SlotForm(
        state=slot.state.value,
        reason=slot.note,
        version=slot.activity.version,
        day=starts.date(),
        starts=starts.time(),
        ends=ends.time(),
    )


def read_version(typed: Any) -> int:  # noqa: ANN401  # what a hidden field brings
    """Return the version that a hidden field brings back; -1, which nobody read, when it brings nothing."""
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004
