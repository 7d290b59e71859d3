"""Many reports in one table, for the members of a structure or, in its place, for the coordination."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.core.access import requires, signed_in
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.i18n import gettext as _, ngettext
from fete.core.pagination import Page
from fete.core.security import is_key
from fete.network.models import Organisation
from fete.programme.models import Edition
from fete.programme.queries.editions import shown_editions
from fete.reports.forms.grid import GridForm, GridOnBehalfForm, RowForm
from fete.reports.policies import can_follow_up, can_report
from fete.reports.queries.reporting import (
    GRID_SIZE,
    ReportLine,
    find_reporting,
    lines_of,
    unsent_by,
    unsent_of,
)
from fete.reports.rules import (
    circumstances_of,
    is_due,
    is_late,
    is_open,
    question_of,
)
from fete.reports.rules.grid import RowKept, RowState
from fete.reports.services.grid import Entering, file_rows, save_rows
from fete.reports.views.follow_up import edition_of
from fete.reports.workflow import ReportStatus

blueprint = Blueprint("grid", __name__)

_BAD_REQUEST = 400


@dataclass(kw_only=True)
class Row:
    """One report of the table as it is shown."""

    line: ReportLine
    form: RowForm
    asks_online: bool
    kept: RowKept | None = None
    questions: list[str] = field(default_factory=list)

    @property
    def is_readable(self) -> bool:
        """Whether everything typed in it is a figure."""
        return not self.form.errors

    @property
    def told(self) -> str:
        """What its person has to know of it, in words; nothing when it is as they left it."""
        if self.kept is None:
            return ""
        if self.kept.state is RowState.REFUSED:
            return self.kept.refusal
        if self.kept.state is RowState.RENEWED:
            return str(
                _("Quelqu’un d’autre vient de la remplir, voici ce qui est enregistré maintenant.")
            )
        if self.kept.state is RowState.CONFLICT:
            return str(
                _(
                    "Quelqu’un d’autre l’a changée entre-temps. Ce que vous avez tapé est toujours là : "
                    "comparez, puis enregistrez de nouveau."
                )
            )
        return " ".join(self.questions)

    @property
    def is_told_apart(self) -> bool:
        """Whether it is not simply kept."""
        return bool(self.told)


@blueprint.route("/mes-bilans/grille", methods=["GET", "POST"])
@requires(signed_in)
def own() -> ResponseReturnValue:
    """Tell what became of all the activities of one's structures, in one table."""
    edition = _edition()
    number = request.args.get("page", default=1, type=int)
    return _table(
        edition,
        GridForm(),
        load=lambda: unsent_of(current_user, edition=edition, at=now(), number=number),
    )


@blueprint.route("/coordination/bilans/grille", methods=["GET", "POST"])
@requires(can_follow_up)
def on_behalf() -> ResponseReturnValue:
    """Tell it for a structure of one's territory, and how one learned it."""
    edition = _edition()
    asked = request.args.get("structure", default=0, type=int)
    structure = find_reporting(asked, current_user, edition=edition) if is_key(asked) else None
    if structure is None:
        abort(404)
    number = request.args.get("page", default=1, type=int)
    return _table(
        edition,
        GridOnBehalfForm(),
        load=lambda: unsent_by(structure, current_user, edition=edition, at=now(), number=number),
        structure=structure,
    )


def _edition() -> Edition:
    return edition_of(shown_editions()) or abort(404)


def _table(
    edition: Edition,
    form: GridForm,
    *,
    load: Callable[[], Page[ReportLine]],
    structure: Organisation | None = None,
) -> ResponseReturnValue:
    if request.method == "GET":
        page = load() if is_open(edition) else Page(rows=[], number=1, total=0)
        rows = [_shown(line) for line in page.rows]
        return _page(edition, form, rows, page=page, structure=structure)
    rows = _sent(edition, structure)
    can_be_kept = form.submitted() and is_open(edition)
    if can_be_kept:
        _keep(rows, form)
        _tell(rows)
        if not any(_is_left(row) for row in rows):
            return redirect(url_for(request.endpoint or "", **_address(edition, structure)))
        rows = [row for row in rows if row.kept is None or row.kept.state is not RowState.FILED]
    elif not is_open(edition):
        form.form_errors.append(_("Cette édition est close : ses bilans ne changent plus."))
    return _page(edition, form, rows, structure=structure)


def _keep(rows: Sequence[Row], form: GridForm) -> None:
    """Keep or hand in what can be read, and put beside each row what became of it."""
    typed = {row.line.activity.id: row.form.typed() for row in rows if row.is_readable}
    entering = Entering(by=current_user, at=now(), learned=form.learned_by)
    act = file_rows if "deposer" in request.form else save_rows
    with transaction():
        kept = act(typed, entering=entering)
    standing = {line.activity.id: line for line in lines_of(sorted(kept))}
    for row in rows:
        row.kept = kept.get(row.line.activity.id)
        row.line = standing.get(row.line.activity.id, row.line)
        if row.kept is not None:
            _show_what_became(row, row.kept)


def _show_what_became(row: Row, kept: RowKept) -> None:
    report = row.line.report
    row.form.stand_beside(report)
    row.questions = [question_of(each) for each in kept.questions]
    row.form.point_at(kept.gaps)
    if kept.state is RowState.RENEWED:
        row.form.show(report)


def _is_left(row: Row) -> bool:
    """Whether something about a row remains to be read or done."""
    kept = row.kept
    return not row.is_readable or (
        kept is not None
        and (
            bool(kept.questions or kept.gaps)
            or kept.state in {RowState.RENEWED, RowState.CONFLICT, RowState.REFUSED}
        )
    )


def _tell(rows: Sequence[Row]) -> None:
    states = [row.kept.state for row in rows if row.kept is not None]
    filed, saved = states.count(RowState.FILED), states.count(RowState.SAVED)
    asked = sum(bool(row.questions) for row in rows)
    if filed:
        flash(
            ngettext("%(num)s bilan est déposé.", "%(num)s bilans sont déposés.", filed), "success"
        )
    if saved:
        flash(
            ngettext(
                "%(num)s bilan est enregistré en brouillon.",
                "%(num)s bilans sont enregistrés en brouillon.",
                saved,
            ),
            "success",
        )
    if asked:
        flash(
            ngettext(
                "%(num)s bilan n’est pas déposé : un chiffre est à relire sur sa page.",
                "%(num)s bilans ne sont pas déposés : des chiffres sont à relire, chacun sur sa page.",
                asked,
            ),
            "warning",
        )
    if not (filed or saved or any(_is_left(row) for row in rows)):
        flash(_("Rien n’a changé."), "info")


def _sent(edition: Edition, structure: Organisation | None) -> list[Row]:
    """Return the rows that were sent, with what was typed in them; what is not the person's is not there."""
    wanted = {number for number in request.form.getlist("ligne", type=int) if is_key(number)}
    if not wanted or len(wanted) > GRID_SIZE:
        abort(_BAD_REQUEST)
    lines = lines_of(sorted(wanted))
    if len(lines) < len(wanted) or not all(
        _is_ones_own(each, edition, structure) for each in lines
    ):
        abort(404)
    rows = [_row(line, RowForm(prefix=f"l{line.activity.id}")) for line in lines]
    for row in rows:
        row.form.validate()
    return rows


def _is_ones_own(line: ReportLine, edition: Edition, structure: Organisation | None) -> bool:
    activity = line.activity
    return (
        activity.edition_id == edition.id
        and (structure is None or activity.organisation_id == structure.id)
        and can_report(current_user, activity)
        and is_due(activity, now())
    )


def _shown(line: ReportLine) -> Row:
    form = RowForm(prefix=f"l{line.activity.id}", formdata=None)
    form.show(line.report)
    return _row(line, form)


def _row(line: ReportLine, form: RowForm) -> Row:
    kept_online = line.report.online if line.report else None
    asks_online = circumstances_of(line.activity).online or kept_online is not None
    return Row(line=line, form=form, asks_online=asks_online)


def _address(edition: Edition, structure: Organisation | None) -> dict[str, Any]:
    """Return what the address of this table holds."""
    asked = {} if structure is None else {"structure": structure.id}
    return asked | {"edition": edition.year}


def _page(
    edition: Edition,
    form: GridForm,
    rows: Sequence[Row],
    *,
    structure: Organisation | None,
    page: Page[ReportLine] | None = None,
) -> str:
    return render_template(
        "grid/own.html" if structure is None else "grid/on_behalf.html",
        edition=edition,
        structure=structure,
        form=form,
        rows=rows,
        page=page,
        asks_online=any(row.asks_online for row in rows),
        several=len({row.line.activity.organisation_id for row in rows}) > 1,
        args=_address(edition, structure),
        is_late=is_late(edition, today()),
        can_change=is_open(edition),
        ReportStatus=ReportStatus,
        RowState=RowState,
    )
