"""One report as it is typed, and the steps of the coordination."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fete.core.fields import FigureField
from fete.core.forms import Form
from fete.core.i18n import lazy_gettext as _
from fete.reports.arithmetic import (
    Counts,
    Headcount,
    Incoherence,
    Method,
    Outcome,
    questions_key,
)
from fete.reports.models import Report
from fete.reports.rules import TEXT_LENGTH, VISITOR_FIGURES, Told

OUTCOMES = (
    SelectChoice(Outcome.HELD.value, _("Oui, comme prévu")),
    SelectChoice(Outcome.PARTLY.value, _("En partie")),
    SelectChoice(Outcome.CANCELLED.value, _("Non, elle a été annulée")),
)
METHODS = (
    SelectChoice(Method.COUNTED.value, _("Comptés un par un")),
    SelectChoice(Method.TICKETED.value, _("D’après les billets ou les inscriptions")),
    SelectChoice(Method.ESTIMATED.value, _("Estimés à vue d’œil")),
    SelectChoice(Method.CLICKER.value, _("Avec le compteur du site")),
)


def _text(label: Any, *, rows: int = 3) -> TextAreaField:  # noqa: ANN401  # a text that waits for its language
    return TextAreaField(
        label,
        [
            Optional(),
            Length(max=TEXT_LENGTH, message=_("Au plus %(max)d signes.")),
        ],
        render_kw={"rows": rows, "maxlength": TEXT_LENGTH},
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
    """The one page of a report."""

    outcome = RadioField(
        _("L’activité a-t-elle eu lieu ?"),
        [Optional()],
        choices=OUTCOMES,
        coerce=str,
    )
    public = FigureField(_("Grand public"), [Optional()])
    pupils = FigureField(_("Élèves venus avec leur classe"), [Optional()])
    adults = FigureField(_("Accompagnateurs des classes"), [Optional()])
    online = FigureField(_("Connexions en ligne"), [Optional()])
    method = RadioField(_("Comment avez-vous compté ?"), [Optional()], choices=METHODS, coerce=str)
    researchers = FigureField(_("Chercheurs et chercheuses"), [Optional()])
    mediators = FigureField(_("Médiateurs et médiatrices scientifiques"), [Optional()])
    volunteers = FigureField(_("Bénévoles"), [Optional()])
    others = FigureField(_("Autres personnes mobilisées"), [Optional()])
    remarks = _text(_("Remarques"), rows=4)
    explanation = _text(_("Votre explication"))
    is_confirmed = BooleanField(_("Ces chiffres sont exacts"))
    asked = HiddenField()

    def require(self, names: Iterable[str]) -> None:
        """Say in words which fields are needed; drafts are kept without them."""
        for name in ("outcome", *names):
            self[name].flags.required = True

    def ask(self, found: Sequence[Incoherence]) -> None:
        """Ask about these figures: a tick given to other questions does not answer them."""
        key = questions_key(found)
        if self.asked.data != key:
            self.is_confirmed.data = False
            self.is_confirmed.raw_data = None
        self.asked.raw_data = None
        self.asked.data = key

    def show(self, report: Report | None) -> None:
        """Fill in what was kept so far."""
        if report is None:
            return
        self.version.data = report.version
        self.outcome.data = report.outcome.value if report.outcome else None
        self.method.data = report.method.value if report.method else None
        for name in _KEPT:
            self[name].data = getattr(report, name)

    def take_count(self, count: Headcount) -> None:
        """Fill in what was counted at the doors."""
        for name in VISITOR_FIGURES:
            self[name].data = getattr(count, name)
        self.method.data = Method.CLICKER.value

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
        )


_MARK = re.compile(r"(\d{1,9}):(\d{1,9})")
_KEPT = (
    "public",
    "pupils",
    "adults",
    "online",
    "researchers",
    "mediators",
    "volunteers",
    "others",
    "remarks",
    "explanation",
    "is_confirmed",
)


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
    """The reports ticked in the list, each with the version that was shown."""

    report = SelectMultipleField(choices=(), validate_choice=False)

    def shown(self) -> dict[int, int]:
        """Return the version that was seen of each activity's report; what was not shown so is left out."""
        found = (_MARK.fullmatch(mark) for mark in self.report.data or ())
        return {int(mark[1]): int(mark[2]) for mark in found if mark}
