"""For the coordination: figures as they stand now, and those that were frozen, published or not."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.accounts.policies import territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import allows, requires
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.core.settings import settings
from fete.figures.forms.freezing import FreezeForm
from fete.figures.models import Snapshot
from fete.figures.policies import (
    can_follow_figures,
    can_follow_figures_of,
    can_freeze,
    can_publish,
    can_read_snapshot,
)
from fete.figures.queries import (
    changed_since,
    figures_of,
    find_snapshot,
    same_day_before,
    snapshots_of,
    thawed,
)
from fete.figures.rules import COUNTED, KEY_FIGURES
from fete.figures.services import freeze, next_number, publish, unpublish
from fete.figures.views.figures import day_asked, known_on, names_of
from fete.programme.models import Edition
from fete.programme.queries.editions import editions, find_edition, shown_editions

blueprint = Blueprint("snapshots", __name__, url_prefix="/coordination/chiffres")


@blueprint.get("")
@requires(can_follow_figures)
def index() -> ResponseReturnValue:
    """Lead to the figures of the latest edition that has begun."""
    every = editions()
    begun = [each for each in every if each.starts_on <= today()]
    if not every:
        return render_template("snapshots/index.html")
    return redirect(url_for("snapshots.edition", year=(begun or every)[0].year))


@blueprint.get("/<int:year>")
@allows(can_follow_figures_of, load=find_edition)
def edition(edition: Edition) -> ResponseReturnValue:
    """Show the figures of an edition as they stand, received and validated, and what was frozen of them."""
    day = day_asked(url_for("snapshots.edition", year=edition.year))
    at = now()
    figures = figures_of(edition, region=settings().region, at=at, known_on=known_on(day))
    snapshots = snapshots_of(edition)
    shown = next((each for each in snapshots if each.published_at), None)
    territory = territory_of(current_user)
    return render_template(
        "snapshots/edition.html",
        edition=edition,
        editions=editions(),
        day=day,
        # What is proved without a day is what is published: once that is frozen, what is live is what today knows.
        proof_day=day or (today() if shown else None),
        figures=figures,
        totals=figures.totals,
        received=figures.received,
        estimate=figures.estimate,
        counted=COUNTED,
        kinds={part.code: part.label for part in figures.breakdowns["kind"]},
        names=names_of(figures)["departement"],
        departements=[
            part
            for part in figures.breakdowns["departement"]
            if territory is None or part.code in territory
        ],
        is_everything=territory is None,
        key_figures={each.key: each for each in KEY_FIGURES},
        same_day=None if day else same_day_before(edition, shown_editions(), at=at, today=today()),
        snapshots=snapshots,
        shown=shown,
        changed=changed_since(thawed(snapshots[0])) if snapshots else 0,
        can_freeze=can_freeze(current_user, edition),
    )


@blueprint.route("/<int:year>/figer", methods=["GET", "POST"])
@allows(can_freeze, load=find_edition)
def create(edition: Edition) -> ResponseReturnValue:
    """Freeze the figures of an edition, after saying what is missing."""
    year = edition.year
    form = FreezeForm(data={"number": next_number(edition)})
    if form.submitted():
        # Counted before anything is held: what is frozen then follows from it at once.
        figures_of(edition, region=settings().region, at=now())
        try:
            with transaction():
                frozen = freeze(
                    find_edition(year) or abort(404),
                    number=form.expected,
                    reason=form.reason.data or "",
                    region=settings().region,
                    by=this_person(),
                    at=now(),
                ).id
        except RuleBrokenError as error:
            form.take_back(error)
        except StaleError:
            form.form_errors.append(
                _(
                    "Quelqu’un vient de figer ces chiffres : regardez sa version avant d’en figer une autre."
                )
            )
        else:
            flash(
                _(
                    "Les chiffres sont figés. Seule la coordination les voit, jusqu’à leur publication."
                ),
                "success",
            )
            return redirect(url_for("snapshots.show", snapshot_id=frozen))
        edition = find_edition(year) or abort(404)
    form.number.data = str(number := next_number(edition))
    figures = figures_of(edition, region=settings().region, at=now())
    return render_template(
        "snapshots/create.html",
        edition=edition,
        form=form,
        number=number,
        totals=figures.totals,
        received=figures.received,
        estimate=figures.estimate,
        key_figures=KEY_FIGURES,
    )


@blueprint.get("/versions/<int:snapshot_id>")
@allows(can_read_snapshot, load=find_snapshot)
def show(snapshot: Snapshot) -> ResponseReturnValue:
    """Show what was frozen, beside what is counted now."""
    frozen = thawed(snapshot)
    live = figures_of(snapshot.edition, region=settings().region, at=now())
    return render_template(
        "snapshots/show.html",
        snapshot=snapshot,
        edition=snapshot.edition,
        frozen=frozen,
        figures=[each for each in COUNTED if each.key in frozen.definitions],
        then=frozen.figures.totals,
        live=live.totals,
        changed=changed_since(frozen),
        can_publish=can_publish(current_user, snapshot),
        can_freeze=can_freeze(current_user, snapshot.edition),
    )


@blueprint.post("/versions/<int:snapshot_id>/publier")
@allows(can_publish, load=find_snapshot)
def show_to_all(snapshot: Snapshot) -> ResponseReturnValue:
    """Show what was frozen to the public."""
    number = snapshot.id
    with transaction():
        publish(find_snapshot(number) or abort(404), by=this_person(), at=now())
    flash(_("Ces chiffres sont publiés."), "success")
    return redirect(url_for("snapshots.show", snapshot_id=number))


@blueprint.post("/versions/<int:snapshot_id>/retirer")
@allows(can_publish, load=find_snapshot)
def withdraw(snapshot: Snapshot) -> ResponseReturnValue:
    """Take what was frozen off the public page."""
    number = snapshot.id
    with transaction():
        unpublish(find_snapshot(number) or abort(404), by=this_person(), at=now())
    flash(_("Ces chiffres ne sont plus sur la page publique."), "success")
    return redirect(url_for("snapshots.show", snapshot_id=number))
