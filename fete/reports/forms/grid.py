"""The reports of one structure in one table: a row an activity, each understood by itself."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from fete.core.fields import FigureField
from fete.core.forms import Form
from fete.core.i18n import lazy_gettext as _
from fete.reports.arithmetic import Counts, Method, Outcome
from fete.reports.forms.reporting import VersionedForm, how_learned
from fete.reports.models import Report
from fete.reports.rules import FIGURES, Gap
from fete.reports.rules.grid import Typed
from fete.reports.workflow import Learned

_NOTHING = SelectChoice("", "–")
OUTCOMES = (
    _NOTHING,
    SelectChoice(Outcome.HELD.value, _("Oui")),
    SelectChoice(Outcome.PARTLY.value, _("En partie")),
    SelectChoice(Outcome.CANCELLED.value, _("Annulée")),
)
METHODS = (
    _NOTHING,
    SelectChoice(Method.COUNTED.value, _("Un par un")),
    SelectChoice(Method.TICKETED.value, _("Billets")),
    SelectChoice(Method.ESTIMATED.value, _("À vue d’œil")),
    SelectChoice(Method.CLICKER.value, _("Compteur")),
)
# Beside « environ 300 »: figures of visitors say how they were counted.
_ESTIMATED = _("Écrivez %(figure)s, et choisissez « À vue d’œil ».")


class GridForm(Form):
    """What holds the rows: its protection, and which they are."""

    @property
    def learned_by(self) -> Learned | None:
        """How somebody else learned these figures; who was there says nothing of it."""
        return None


class GridOnBehalfForm(GridForm):
    """The same table, entered by the coordination for a structure."""

    learned = how_learned()

    @property
    def learned_by(self) -> Learned | None:
        """By telephone, by e-mail or on paper."""
        return Learned(self.learned.data) if self.learned.data in set(Learned) else None


class RowForm(VersionedForm):
    """One report as a row: the figures that a report must tell."""

    class Meta(VersionedForm.Meta):
        """The table around it is protected."""

        csrf = False

    outcome = SelectField(_("Tenue"), choices=OUTCOMES, validate_choice=False)
    public = FigureField(_("Grand public"), [Optional()], if_rough=_ESTIMATED)
    pupils = FigureField(_("Élèves"), [Optional()], if_rough=_ESTIMATED)
    adults = FigureField(_("Accompa\u00adgnateurs"), [Optional()], if_rough=_ESTIMATED)
    online = FigureField(_("En ligne"), [Optional()], if_rough=_ESTIMATED)
    method = SelectField(_("Compté"), choices=METHODS, validate_choice=False)
    researchers = FigureField(_("Chercheurs"), [Optional()])
    mediators = FigureField(_("Médiateurs"), [Optional()])
    volunteers = FigureField(_("Bénévoles"), [Optional()])
    others = FigureField(_("Autres"), [Optional()])

    # The figures that it is shown with.
    shown = HiddenField()

    def show(self, report: Report | None) -> None:
        """Show what is kept."""
        told = Typed.of(report)
        for each in fields(Counts):
            self._put(each.name, getattr(told.counts, each.name))
        self._put("method", told.method)
        self.stand_beside(report)

    def stand_beside(self, report: Report | None) -> None:
        """Take what is kept for what the person sees: what is sent next is decided on it."""
        told = Typed.of(report)
        self.renew(told.version)
        self._put("shown", told.figures)

    def _put(self, name: str, value: Any) -> None:  # noqa: ANN401  # a figure or a choice
        self[name].raw_data, self[name].errors = None, ()
        self[name].data = "" if value is None and name not in FIGURES else value

    def typed(self) -> Typed:
        """Return what the row tells."""
        figures = {each.name: self[each.name].data for each in fields(Counts)}
        outcome = figures.pop("outcome")
        return Typed(
            counts=Counts(outcome=Outcome(outcome) if outcome in set(Outcome) else None, **figures),
            method=Method(self.method.data) if self.method.data in set(Method) else None,
            version=self.seen,
            seen=self.shown.data or "",
        )

    def point_at(self, gaps: Sequence[Gap]) -> None:
        """Say beside each field what it lacks."""
        for gap in gaps:
            self[gap.field].errors = [*self[gap.field].errors, gap.message]
