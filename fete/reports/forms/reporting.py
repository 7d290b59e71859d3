"""One report as it is typed, and the steps of the coordination."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fete.core.fields import FigureField
from fete.core.forms import Form
from fete.core.i18n import lazy_gettext as _
from fete.core.templating import day, hour
from fete.programme.models import Slot
from fete.reports.arithmetic import (
    Counted,
    Counts,
    Incoherence,
    Method,
    Outcome,
    Session,
    Visitor,
    questions_key,
    total_of,
)
from fete.reports.models import Question, Report
from fete.reports.rules import FIGURES, TEXT_LENGTH, Told
from fete.reports.rules.questions import CHOICES, LABELS
from fete.reports.workflow import Learned

OUTCOMES = (
    SelectChoice(Outcome.HELD.value, _("Oui, comme prévu")),
    SelectChoice(Outcome.PARTLY.value, _("En partie")),
    SelectChoice(Outcome.CANCELLED.value, _("Non, elle a été annulée")),
)
LEARNED = (
    SelectChoice(Learned.PHONE.value, _("Par téléphone")),
    SelectChoice(Learned.EMAIL.value, _("Par courriel")),
    SelectChoice(Learned.PAPER.value, _("Sur papier")),
)
METHODS = (
    SelectChoice(Method.COUNTED.value, _("Comptés un par un")),
    SelectChoice(Method.TICKETED.value, _("D’après les billets ou les inscriptions")),
    SelectChoice(Method.ESTIMATED.value, _("Estimés à vue d’œil")),
    SelectChoice(Method.CLICKER.value, _("Avec le compteur du site")),
)
# Beside « environ 300 »: figures of visitors say how they were counted.
_ESTIMATED = _("Écrivez %(figure)s, et cochez « Estimés à vue d’œil ».")


def _text(label: Any, *, rows: int = 3) -> TextAreaField:  # noqa: ANN401  # a text that waits for its language
    return TextAreaField(
        label,
        [
            Optional(),
            Length(max=TEXT_LENGTH, message=_("Au plus %(max)d signes.")),
        ],
        render_kw={"rows": rows, "maxlength": TEXT_LENGTH},
    )


def how_learned() -> RadioField:
    """Return the question that the coordination answers when it enters figures for a structure."""
    return RadioField(
        _("Comment avez-vous appris ces chiffres ?"),
        [InputRequired(message=_("Dites comment vous avez appris ces chiffres."))],
        choices=LEARNED,
    )


class VersionedForm(Form):
    """A form that knows which state of the report it was shown with."""

    version = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])

    @property
    def seen(self) -> int:
        """The version that the person had before their eyes."""
        return int(self.version.data or 0)

    def renew(self, version: int) -> None:
        """Show the state that stands now: what is sent next is decided on it."""
        self.version.raw_data = None
        self.version.data = version


class ReportForm(VersionedForm):
    """The one page of a report; `report_form` adds what one report is asked beside its figures."""

    # What it asks session by session, and beside the figures.
    slots: Sequence[Slot] = ()
    questions: Sequence[Question] = ()

    outcome = RadioField(
        _("L’activité a-t-elle eu lieu ?"),
        [Optional()],
        choices=OUTCOMES,
        coerce=str,
    )
    public = FigureField(_("Grand public"), [Optional()], if_rough=_ESTIMATED)
    pupils = FigureField(_("Élèves venus avec leur classe"), [Optional()], if_rough=_ESTIMATED)
    adults = FigureField(_("Accompagnateurs des classes"), [Optional()], if_rough=_ESTIMATED)
    online = FigureField(_("Connexions en ligne"), [Optional()], if_rough=_ESTIMATED)
    method = RadioField(_("Comment avez-vous compté ?"), [Optional()], choices=METHODS, coerce=str)
    researchers = FigureField(_("Chercheurs et chercheuses"), [Optional()])
    mediators = FigureField(_("Médiateurs et médiatrices scientifiques"), [Optional()])
    volunteers = FigureField(_("Bénévoles"), [Optional()])
    others = FigureField(_("Autres personnes mobilisées"), [Optional()])
    remarks = _text(_("Remarques"), rows=4)
    explanation = _text(_("Votre explication"))
    is_confirmed = BooleanField(_("Ces chiffres sont exacts"))
    asked = HiddenField()

    @property
    def learned_by(self) -> Learned | None:
        """How somebody else learned these figures; who was there says nothing of it."""
        return None

    def require(self, names: Iterable[str]) -> None:
        """Say in words which fields are needed; drafts are kept without them."""
        for name in ("outcome", *names):
            self[name].flags.required = True

    def expect_answer(self, *, is_needed: bool) -> None:
        """Take the explanation for the answer to what the coordination asked."""
        self.explanation.label.text = _("Votre réponse")
        self.explanation.flags.for_deposit = is_needed

    def ask(self, found: Sequence[Incoherence]) -> None:
        """Ask about these figures: a tick given to other questions does not answer them."""
        key = questions_key(found)
        if self.asked.data != key:
            self.is_confirmed.data = False
            self.is_confirmed.raw_data = None
        self.asked.raw_data = None
        self.asked.data = key

    def show(self, report: Report | None, answers: Mapping[Question, str]) -> None:
        """Fill in what was kept so far."""
        if report is None:
            return
        for question in self.questions:
            self[_answer_name(question)].data = answers.get(question)
        self.version.data = report.version
        self.outcome.data = report.outcome.value if report.outcome else None
        self.method.data = report.method.value if report.method else None
        for name in _KEPT:
            self[name].data = getattr(report, name)
        for visitor in Visitor:
            told = {each.slot_id: getattr(each, visitor) for each in report.sessions}
            self._show_sessions(visitor, told)

    def take_count(self, done: Counted) -> None:
        """Fill in what was counted at the doors, session by session where every touch named one."""
        for name in ("method", *Visitor, *self._session_names()):
            self[name].raw_data, self[name].data = None, None
        self.method.data = Method.CLICKER.value
        for visitor in Visitor:
            self[visitor.value].data = getattr(done.whole.shown, visitor)
            self._show_sessions(visitor, done.by_session(visitor))

    def holds_count(self, done: Counted) -> bool:
        """Whether its figures are those that were counted at the doors."""
        return all(self[each.value].data == getattr(done.whole.shown, each) for each in Visitor)

    def told(self) -> Told:
        """Return what the person tells; what cannot be read is not told."""
        figures = {each.name: self[each.name].data for each in fields(Counts)}
        outcome = figures.pop("outcome")
        return Told(
            counts=Counts(outcome=Outcome(outcome) if outcome in set(Outcome) else None, **figures),
            method=Method(self.method.data) if self.method.data in set(Method) else None,
            remarks=self.remarks.data or "",
            explanation=self.explanation.data or "",
            is_confirmed=bool(self.is_confirmed.data),
            asked=self.asked.data or "",
            sessions=tuple(self._session(slot) for slot in self.slots) if self.slots else None,
            answers={each: self[_answer_name(each)].data or "" for each in self.questions},
        )

    def session_fields(self, slot: Slot) -> dict[Visitor, FigureField]:
        """Return the fields of one session, by whom they count."""
        return {name: self[_session_name(slot.id, name)] for name in Visitor}

    def answer_fields(self) -> list[tuple[Question, Any]]:
        """Return the fields of the questions asked beside the figures."""
        return [(each, self[_answer_name(each)]) for each in self.questions]

    @property
    def tells_sessions(self) -> bool:
        """Whether anything was typed, or is kept, of a session."""
        fields_of_all = (self.session_fields(slot).values() for slot in self.slots)
        return any(each.data is not None or each.errors for row in fields_of_all for each in row)

    def _session_names(self) -> list[str]:
        return [_session_name(slot.id, visitor) for slot in self.slots for visitor in Visitor]

    def _show_sessions(self, visitor: Visitor, told: Mapping[int, int | None]) -> None:
        """Fill one figure in session by session, where the sessions of the page hold the whole of it.

        Who came to one that was called off or removed since stays in the total, which nothing shown adds up anew.
        """
        shown = {
            name: count
            for slot_id, count in told.items()
            if (name := _session_name(slot_id, visitor)) in self
        }
        if total_of(*shown.values()) == self[visitor.value].data:
            for name, count in shown.items():
                self[name].data = count

    def _session(self, slot: Slot) -> Session:
        told = {name.value: each.data for name, each in self.session_fields(slot).items()}
        return Session(slot_id=slot.id, **told)


def report_form(
    slots: Sequence[Slot], questions: Sequence[Question], *, is_on_behalf: bool = False
) -> type[ReportForm]:
    """Return the form of a report that may be told by these slots one by one, and is asked these questions."""
    asked: dict[str, Any] = {"slots": slots, "questions": questions}
    for slot in slots:
        for name, label in _SESSION_LABELS.items():
            when = {"day": day(slot.starts_at), "hour": hour(slot.starts_at)}
            asked[_session_name(slot.id, name)] = FigureField(
                label % when, [Optional()], if_rough=_ESTIMATED
            )
    for question in questions:
        asked[_answer_name(question)] = _question_field(question)
    return type("ReportForm", (OnBehalfForm if is_on_behalf else ReportForm,), asked)


def _question_field(question: Question) -> Any:  # noqa: ANN401  # a field that waits for its form
    if question not in CHOICES:
        return _text(LABELS[question])
    choices = [SelectChoice(value, words) for value, words in CHOICES[question].items()]
    return RadioField(LABELS[question], [Optional()], choices=choices, coerce=str)


def _session_name(slot_id: int, name: Visitor) -> str:
    return f"session_{slot_id}_{name.value}"


def _answer_name(question: Question) -> str:
    return f"answer_{question.value}"


# In an error message the sentence stands alone.
_SESSION_LABELS = {
    Visitor.PUBLIC: _("%(day)s à %(hour)s, grand public"),
    Visitor.PUPILS: _("%(day)s à %(hour)s, élèves"),
    Visitor.ADULTS: _("%(day)s à %(hour)s, accompagnateurs"),
}
SHORT_TEXT = 500
_MOST_MARKS = 5_000
_MARK = re.compile(r"(\d{1,9}):(\d{1,9})")
_KEPT = (*FIGURES, "remarks", "explanation", "is_confirmed")


class OnBehalfForm(ReportForm):
    """The same page, entered by the coordination for the structure: it says how it learned the figures."""

    learned = how_learned()

    @property
    def learned_by(self) -> Learned | None:
        """By telephone, by e-mail or on paper."""
        return Learned(self.learned.data) if self.learned.data in set(Learned) else None


class ValidateForm(VersionedForm):
    """Take the report as it stands."""


class QuestionForm(VersionedForm):
    """Give the report back with a question."""

    question = TextAreaField(
        _("Votre question à la structure"),
        [
            InputRequired(message=_("Écrivez votre question.")),
            Length(max=TEXT_LENGTH, message=_("Au plus %(max)d signes.")),
        ],
        render_kw={"rows": 3, "maxlength": TEXT_LENGTH},
    )


class WaiverForm(VersionedForm):
    """Do without the report."""

    reason = TextAreaField(
        _("Pourquoi n’attendez-vous plus ce bilan ?"),
        [
            InputRequired(message=_("Dites pourquoi vous n’attendez plus ce bilan.")),
            Length(max=TEXT_LENGTH, message=_("Au plus %(max)d signes.")),
        ],
        render_kw={"rows": 3, "maxlength": TEXT_LENGTH},
    )


class ValidateSeveralForm(Form):
    """The reports ticked in the list, or all of them, each with the version that was shown."""

    report = SelectMultipleField(choices=(), validate_choice=False)
    # Marks between spaces: as many as there are, in one field.
    every = HiddenField()

    def shown(self) -> dict[int, int]:
        """Return the version that was seen of each activity's report; what was not shown so is left out."""
        marks = [*(self.report.data or ()), *(self.every.data or "").split()][:_MOST_MARKS]
        found = (_MARK.fullmatch(mark) for mark in marks)
        return {int(mark[1]): int(mark[2]) for mark in found if mark}


class ExplainForm(Form):
    """Why the figures stand, whatever a doubt asks about them."""

    key = HiddenField()
    explanation = StringField(
        _("Pourquoi ces chiffres sont justes"),
        [Optional(), Length(max=SHORT_TEXT, message=_("Au plus %(max)d signes."))],
        render_kw={"maxlength": SHORT_TEXT, "autocomplete": "off"},
    )

    def about(self, key: str, number: int) -> "ExplainForm":
        """Ask about one doubt among several of the page, each under its own number."""
        self.key.raw_data, self.key.data = None, key
        self.explanation.id = f"explanation-{number}"
        self.explanation.flags.required = True
        return self
