"""What the coordination types: which activities to list, why a step is taken, what becomes of a slot."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from fete.accounts.models import User
from fete.accounts.policies import is_regional, territory_of
from fete.accounts.queries import Absent, absent_coordinators
from fete.core.clock import NoSuchTimeError, to_paris
from fete.core.fields import DayField, HourField
from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.pagination import PAGE_SIZE
from fete.geography.models import Departement
from fete.programme import rules
from fete.programme.forms.slots import NO_SUCH_HOUR
from fete.programme.forms.wording import PART_NAMES
from fete.programme.models import NOTE_LENGTH, Activity, Edition, Sentence, Slot
from fete.programme.queries.editions import editions
from fete.programme.queries.review import Eyes, QueueFilters, Sorting
from fete.programme.queries.territory import departements_within
from fete.programme.rules import CRITERIA, FIELD_NAMES, FIELDS, Verdict, told_by_itself
from fete.programme.workflow import SlotState, Status, Step, possible_steps
from fete.vocabulary.models import Term, TermList
from fete.vocabulary.queries import terms_of

REASON_LENGTH = 2000
SEARCH_LENGTH = 100
COMMITTEE_LENGTH = 120
SIZES = (PAGE_SIZE, 50, 100)
MOST_ROWS = 1000
_ON_SEVERAL = (Step.LABEL, Step.PUBLISH, Step.SEND_BACK, Step.REFUSE)

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
_SORTINGS = {
    Sorting.OLDEST: lazy_gettext("Le plus ancien dépôt d’abord"),
    Sorting.LATEST: lazy_gettext("Le dernier changement d’abord"),
    Sorting.TITLE: lazy_gettext("Par titre"),
    Sorting.STRUCTURE: lazy_gettext("Par structure"),
}
_YES, _NO = "oui", "non"
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
    village = SelectField(lazy_gettext("Village, festival ou parcours"))
    message = SelectField(lazy_gettext("Messages"))
    libre = BooleanField(lazy_gettext("Que personne d’autre ne lit en ce moment"))
    absence = SelectField(lazy_gettext("À la place de"))
    tri = SelectField(lazy_gettext("Ordre"))
    par = SelectField(lazy_gettext("Activités par page"))

    def __init__(
        self,
        args: Mapping[str, str],
        *,
        departements: Sequence[Departement],
        kinds: Sequence[Term],
        editions: Sequence[Edition],
        absent: Sequence[Absent] = (),
    ) -> None:
        super().__init__(args)
        self.absent = {str(each.person_id): each for each in absent}
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
        self.village.choices = [
            SelectChoice("", _("Peu importe")),
            SelectChoice(_YES, _("Dans un village, un festival ou un parcours")),
            SelectChoice(_NO, _("Hors de tout village, festival ou parcours")),
        ]
        self.message.choices = [
            SelectChoice("", _("Peu importe")),
            SelectChoice(_YES, _("Un message attend une réponse")),
            SelectChoice(_NO, _("Aucun message n’attend")),
        ]
        self.absence.choices = [
            SelectChoice("", _("Tout le monde")),
            *(SelectChoice(number, each.name) for number, each in self.absent.items()),
        ]
        self.tri.choices = [
            SelectChoice("", _("Comme d’habitude")),
            *(SelectChoice(sorting.value, label) for sorting, label in _SORTINGS.items()),
        ]
        self.par.choices = [
            SelectChoice("" if size == PAGE_SIZE else str(size), str(size)) for size in SIZES
        ]
        for field in self:
            if isinstance(field, SelectField) and field.data not in {
                choice.value for choice in field.choices
            }:
                field.data = ""

    @property
    def size(self) -> int:
        """How many activities a page holds."""
        return int(self.par.data or PAGE_SIZE)

    @property
    def in_place_of(self) -> Absent | None:
        """Whose territory is looked at in their absence."""
        return self.absent.get(self.absence.data)

    def filters(self, status: Status, *, by: User, at: datetime) -> QueueFilters:
        """Return what is asked, in this status."""
        return QueueFilters(
            status=status,
            departement=self.departement.data or None,
            departements=self.in_place_of.departements if self.in_place_of else None,
            kind=self.type.data or None,
            text=(self.q.data or "")[:SEARCH_LENGTH],
            year=int(self.edition.data) if self.edition.data else None,
            in_container=_either(self.village.data),
            awaits_answer=_either(self.message.data),
            unread_by_others=Eyes(person_id=by.id, at=at) if self.libre.data else None,
            sorting=Sorting(self.tri.data) if self.tri.data else None,
        )

    def asked(self) -> dict[str, str]:
        """Return what was asked, as the address says it."""
        asked = {name: value for name, value in self.data.items() if value}
        return asked | ({"libre": _YES} if self.libre.data else {})

    def narrows(self) -> bool:
        """Whether something is asked beside the order and the length of the page."""
        return bool(self.asked().keys() - {"tri", "par"})


def queue_form(args: Mapping[str, str], *, by: User) -> QueueForm:
    """Return what an address asks of the queue of a person: only what is theirs to look at is on offer."""
    return QueueForm(
        args,
        departements=departements_within(territory_of(by)),
        kinds=terms_of(TermList.KIND),
        editions=editions(),
        absent=absent_coordinators() if is_regional(by) else (),
    )


def status_word(args: Mapping[str, str]) -> str:
    """Return which list an address asks for; what was deposited, unless it says."""
    word = args.get("statut", "")
    return word if word in STATUSES else next(iter(STATUSES))


def _either(word: str) -> bool | None:
    return {_YES: True, _NO: False}.get(word)


class StepForm(Form):
    """A step that needs no word, bound to the version that the person read."""

    version = HiddenField()

    def values(self) -> dict[str, Any]:
        """Return what was typed; a version that is no number is one that nobody read."""
        # A field that did not come at all is an empty one.
        typed = {name: value or "" for name, value in super().values().items()}
        return typed | {"version": read_version(self.version.data)}


class ReasonedForm(StepForm):
    """A step that says why: in words of the moment, or taken from the sentences that the person keeps."""

    reason: Any  # each form asks for it in its own words
    sentence = SelectField(lazy_gettext("Une de vos phrases"), validate_choice=False)

    def offer(self, sentences: Sequence[Sentence]) -> None:
        """Let the person choose among the sentences that they keep."""
        self.sentences = {str(each.id): each for each in sentences}
        self.sentence.choices = [
            SelectChoice("", _("Choisir…")),
            *(
                SelectChoice(number, each.title, render_kw={"data-text": each.text})
                for number, each in self.sentences.items()
            ),
        ]

    def insert(self) -> None:
        """Add the chosen sentence to what is typed; nothing else happens."""
        chosen = self.sentences.get(self.sentence.data or "")
        if chosen is not None:
            typed = (self.reason.data or "").rstrip()
            self.reason.data = f"{typed}\n\n{chosen.text}" if typed else chosen.text
            self.sentence.data = ""

    def values(self) -> dict[str, Any]:
        """Return what was typed, without the choice of a sentence."""
        return {name: value for name, value in super().values().items() if name != "sentence"}


def _boxes(label: Any) -> SelectMultipleField:  # noqa: ANN401  # a text that waits for its language
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class RemarkForm(ReasonedForm):
    """Send back: what is to be completed, and where."""

    fields = _boxes(lazy_gettext("Les points à compléter ou à corriger"))
    reason = TextAreaField(
        lazy_gettext("Ce qu’il faut compléter ou corriger"),
        [
            DataRequired(
                lazy_gettext("Écrivez ce qu’il faut compléter : la structure le recevra.")
            ),
            Length(max=REASON_LENGTH),
        ],
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.fields.choices = [
            SelectChoice(name, str(FIELD_NAMES[name]), optgroup=str(PART_NAMES[part]))
            for part, names in FIELDS.items()
            for name in names
        ]


class _VerdictForm(ReasonedForm):
    """A decision about the label."""

    committee = StringField(
        lazy_gettext("Comité qui a décidé"),
        [Length(max=COMMITTEE_LENGTH)],
        render_kw={"autocomplete": "off"},
    )
    decided_on = DayField(lazy_gettext("Date de la décision"))

    def values(self) -> dict[str, Any]:
        """Return what was typed, the decision as the rules know it."""
        typed = super().values()
        verdict = Verdict(
            committee=typed.pop("committee"),
            decided_on=typed.pop("decided_on") or None,
            criteria=frozenset(typed.pop("criteria", ())),
        )
        return typed | {"verdict": verdict}


class LabelForm(_VerdictForm):
    """Give the label: by whom, when, which criteria were found to hold, why if not all of them."""

    criteria = _boxes(lazy_gettext("Critères du label"))
    reason = TextAreaField(lazy_gettext("Un mot sur la décision"), [Length(max=REASON_LENGTH)])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.criteria.choices = [SelectChoice(code, str(words)) for code, words in CRITERIA.items()]


class RefusalForm(_VerdictForm):
    """Refuse: by whom, when, why."""

    reason = TextAreaField(
        lazy_gettext("Pourquoi l’activité n’est pas retenue"),
        [
            DataRequired(lazy_gettext("Écrivez pourquoi : la structure recevra votre réponse.")),
            Length(max=REASON_LENGTH),
        ],
    )


class WithdrawalForm(ReasonedForm):
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
    Step.LABEL: LabelForm,
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


def steps_on_several(status: Status) -> list[Step]:
    """Return the steps that may be taken about several activities in this status at once, in their order."""
    return [step for step in _ON_SEVERAL if step in possible_steps(status)]


def read_rows(rows: Sequence[str]) -> dict[int, int]:
    """Return, by number, the version of each activity that the rows of a page name: « 12.3 » is version 3 of 12."""
    found = {}
    for row in rows[:MOST_ROWS]:
        number, _dot, version = row.partition(".")
        if read_version(number) > 0:
            found[read_version(number)] = read_version(version)
    return found


def step_forms(activity: Activity, *, sentences: Sequence[Sentence] = ()) -> dict[Step, StepForm]:
    """Return an empty form for each step of the coordination, bound to the activity as it stands."""
    return {
        step: step_form(
            step,
            sentences=sentences,
            version=activity.version,
            criteria=sorted(told_by_itself(activity)),
        )
        for step in STEP_FORMS
    }


def step_form(
    step: Step, *, sentences: Sequence[Sentence] = (), **known: Any
) -> StepForm:  # what each field shows first
    """Return the form of a step; its fields have names of their own, so that several stand on one page."""
    form = STEP_FORMS[step](prefix=f"{step.value}-", data=known)
    if isinstance(form, ReasonedForm):
        form.offer(sentences)
    return form


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
