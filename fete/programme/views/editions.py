"""For the region: open, describe and close editions."""

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.queries import acts_on
from fete.accounts.views.sign import this_person
from fete.core.access import allows, requires
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.forms import Form
from fete.core.i18n import gettext as _, ngettext
from fete.programme.forms.edition import EditionForm
from fete.programme.models import Edition, EditionState
from fete.programme.policies import can_manage_edition, can_manage_editions
from fete.programme.queries.editions import (
    activities_by_edition,
    current_edition,
    editions,
    find_edition,
    late_entries_of,
    outside_the_window,
)
from fete.programme.rules import call_is_open, slots_outside
from fete.programme.services.editions import (
    dates_were_told,
    describe_edition,
    open_edition,
    tell_moved_dates,
)
from fete.programme.workflow import Status

blueprint = Blueprint("editions", __name__, url_prefix="/coordination/editions")


@blueprint.route("")
@requires(can_manage_editions)
def index() -> ResponseReturnValue:
    """List the editions, the latest first."""
    every = editions()
    return render_template(
        "editions/index.html",
        editions=every,
        current=current_edition(today()),
        numbers=activities_by_edition(),
        calls={edition.id for edition in every if call_is_open(edition, today())},
    )


@blueprint.route("/nouvelle", methods=["GET", "POST"])
@requires(can_manage_editions)
def create() -> ResponseReturnValue:
    """Open the edition of a year."""
    form = EditionForm(data={"state": EditionState.PREPARED.value})
    if form.submitted():
        try:
            with transaction():
                edition = open_edition(
                    form.plan(), state=EditionState(form.state.data), by=this_person(), at=now()
                )
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            flash(_("L’édition %(year)s est enregistrée.", year=edition.year), "success")
            return redirect(url_for("editions.index"))
    return render_template("editions/create.html", form=form)


@blueprint.route("/<int:year>", methods=["GET", "POST"])
@allows(can_manage_edition, load=find_edition)
def edit(edition: Edition) -> ResponseReturnValue:
    """Describe an edition, open or close it."""
    year = edition.year
    form = EditionForm(obj=edition, data={"state": edition.state.value})
    if form.submitted():
        try:
            was = edition.starts_on, edition.ends_on
            with transaction():
                _describe(year, form)
        except RuleBrokenError as error:
            form.take_back(error)
        except StaleError:
            form.form_errors.append(
                _(
                    "Quelqu’un a modifié cette édition en même temps que vous. Ce que vous avez écrit est gardé : comparez avec ce qui est enregistré, puis enregistrez de nouveau."
                )
            )
            edition = find_edition(year) or edition
            form.version.data = str(edition.version)
        else:
            flash(_("L’édition %(year)s est enregistrée.", year=form.year.data), "success")
            return redirect(_way_on(edition, was))
    edition = find_edition(year) or abort(404)
    return render_template(
        "editions/edit.html",
        edition=edition,
        form=form,
        acts=acts_on(edition),
        entries=late_entries_of(edition),
        is_current=edition is current_edition(today()),
        today=today(),
    )


@blueprint.route("/<int:year>/hors-dates", methods=["GET", "POST"])
@allows(can_manage_edition, load=find_edition)
def outside(edition: Edition) -> ResponseReturnValue:
    """Show which activities have slots outside the dates, and write to their structures if one wishes it."""
    year = edition.year
    form = Form()
    if form.submitted():
        if request.form.get("tell") == "yes":
            with transaction():
                count = tell_moved_dates(
                    find_edition(year) or abort(404), by=this_person(), at=now()
                )
            flash(
                ngettext(
                    "%(num)s personne est prévenue.", "%(num)s personnes sont prévenues.", count
                ),
                "success",
            )
        return redirect(url_for("editions.edit", year=year))
    everything = outside_the_window(edition)
    # A draft is between the members: it is counted, and its members are written to.
    activities = [each for each in everything if each.status is not Status.DRAFT]
    return render_template(
        "editions/outside.html",
        edition=edition,
        form=form,
        activities=activities,
        drafts=len(everything) - len(activities),
        outside={each.id: slots_outside(each) for each in activities},
        was_told=dates_were_told(edition),
    )


def _way_on(edition: Edition, was: tuple[date, date]) -> str:
    """Return where one goes once it is kept: to the slots left outside when the dates moved, else to the list."""
    moved = was != (edition.starts_on, edition.ends_on)
    if moved and outside_the_window(edition):
        return url_for("editions.outside", year=edition.year)
    return url_for("editions.index")


def _describe(year: int, form: EditionForm) -> None:
    edition = find_edition(year)
    if edition is None:
        raise StaleError
    typed = form.version.data or ""
    describe_edition(
        edition,
        form.plan(),
        state=EditionState(form.state.data),
        by=this_person(),
        at=now(),
        version=int(typed) if typed.isdecimal() else None,
    )
