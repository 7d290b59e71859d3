"""For those who declare: their activities, a new one, each part of it, the preview, the deposit."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.accounts.models import User
from fete.accounts.policies import is_coordinator
from fete.accounts.queries import latest_act
from fete.core.access import allows, requires, signed_in
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.forms import Form
from fete.core.i18n import gettext as _
from fete.network.models import Organisation
from fete.network.policies import can_act_for
from fete.network.queries import find_organisation, organisations_of
from fete.programme import policies, rules
from fete.programme.forms.declaration import DeclareForm, form_of
from fete.programme.forms.slots import SlotsForm
from fete.programme.forms.wording import (
    PART_NAMES,
    Difference,
    anchor,
    differences,
    in_words,
    is_stale,
    stamp,
)
from fete.programme.models import Activity
from fete.programme.queries.activities import find_activity, page_of_activities
from fete.programme.queries.editions import open_calls, open_editions
from fete.programme.queries.sharing import handovers_for
from fete.programme.queries.stands import awaited_stands
from fete.programme.rules import Part
from fete.programme.services import activities as services, stands
from fete.programme.services.review import take_step
from fete.programme.workflow import Step

blueprint = Blueprint("activities", __name__, url_prefix="/mes-activites")

_PARTS = ",".join(f'"{part}"' for part in Part)


@blueprint.route("")
@requires(signed_in)
def index() -> ResponseReturnValue:
    """List the activities of one's structures."""
    page = page_of_activities(_person(), number=request.args.get("page", default=1, type=int))
    return render_template(
        "activities/index.html",
        page=page,
        situations={activity.id: rules.situation(activity) for activity in page.rows},
        calls=open_calls(today()),
        offers=handovers_for(_person()),
        awaited=awaited_stands(_person()),
    )


@blueprint.route("/declarer")
@requires(signed_in)
def choose() -> ResponseReturnValue:
    """Choose the structure in whose name one declares; with one only, there is nothing to choose."""
    organisations = organisations_of(_person())
    if len(organisations) == 1:
        return redirect(url_for("activities.declare", organisation_id=organisations[0].id))
    return render_template("activities/choose.html", organisations=organisations)


@blueprint.route("/structures/<int:organisation_id>/declarer", methods=["GET", "POST"])
@allows(can_act_for, load=find_organisation)
def declare(organisation: Organisation) -> ResponseReturnValue:
    """Declare a new activity of a structure: its first part makes the draft."""
    person = _person()
    editions = open_editions() if is_coordinator(person) else open_calls(today())
    if not editions:
        return render_template("activities/declare.html", organisation=organisation, form=None)
    form = DeclareForm(editions=editions, may_create_containers=is_coordinator(person))
    if form.submitted():
        try:
            with transaction():
                activity = services.declare(
                    organisation=organisation,
                    edition=form.chosen_edition,
                    form_key=form.form_key.data,
                    by=person,
                    at=now(),
                    **form.content(),
                )
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            flash(
                _("Votre brouillon est créé. Vous pouvez vous arrêter quand vous voulez."),
                "success",
            )
            return redirect(_after(activity, Part.WHAT))
    return render_template("activities/declare.html", organisation=organisation, form=form)


@blueprint.route("/<int:activity_id>/modifier")
@blueprint.route(f"/<int:activity_id>/<any({_PARTS}):part>", methods=["GET", "POST"])
@allows(policies.can_edit, load=find_activity)
def edit(activity: Activity, part: str | None = None) -> ResponseReturnValue:
    """Complete one part of a declaration: what is right is kept, even when much is still missing."""
    if part is None:
        return redirect(url_for("activities.edit", activity_id=activity.id, part=Part.WHAT.value))
    here = Part(part)
    form = form_of(here, activity, may_create_containers=is_coordinator(current_user))
    conflict = None
    if _changes_rows(form):
        return _part_page(activity, here, form)
    if form.submitted():
        try:
            with transaction():
                activity = _keep(activity.id, here, form)
        except RuleBrokenError as error:
            form.take_back(error)
        except StaleError as error:
            conflict = error.args[0] if error.args else []
        else:
            _tell_slots_outside(activity, here)
            _tell_stand_asked(activity, here)
            return redirect(_after(activity, here))
        activity = _anew(activity.id)
    if conflict is not None:
        form.version.data = stamp(activity, here)
    return _part_page(activity, here, form, conflict=conflict)


@blueprint.route("/<int:activity_id>/apercu")
@allows(policies.can_see, load=find_activity)
def preview(activity: Activity) -> ResponseReturnValue:
    """Read it all again, as the public will: what is missing, what is advised, the way to the deposit."""
    return _preview_page(activity)


@blueprint.route("/<int:activity_id>/deposer", methods=["POST"])
@allows(policies.can_submit, load=find_activity)
def submit(activity: Activity) -> ResponseReturnValue:
    """Deposit it; refused with the list of what is missing."""
    if rules.missing(activity):
        return _preview_page(activity, is_refused=True)
    try:
        with transaction():
            take_step(_anew(activity.id), Step.SUBMIT, by=_person(), at=now())
    except (RuleBrokenError, StaleError) as error:
        flash(str(error), "error")
    else:
        flash(
            _("C’est déposé. La coordination de votre département va relire votre activité."),
            "success",
        )
    return redirect(url_for("activities.preview", activity_id=activity.id))


@blueprint.route("/<int:activity_id>/retirer", methods=["GET", "POST"])
@allows(policies.can_withdraw, load=find_activity)
def withdraw(activity: Activity) -> ResponseReturnValue:
    """Take it back from review or from the programme, once confirmed."""
    return _confirmed_step(activity, Step.WITHDRAW, _("L’activité est retirée."))


@blueprint.route("/<int:activity_id>/reprendre", methods=["GET", "POST"])
@allows(policies.can_reopen, load=find_activity)
def reopen(activity: Activity) -> ResponseReturnValue:
    """Make it a draft again, once confirmed."""
    return _confirmed_step(activity, Step.REOPEN, _("L’activité est de nouveau un brouillon."))


@blueprint.route("/<int:activity_id>/supprimer", methods=["GET", "POST"])
@allows(policies.can_delete, load=find_activity)
def delete(activity: Activity) -> ResponseReturnValue:
    """Take a draft away altogether, once confirmed."""
    form = Form()
    if not form.submitted():
        return render_template("activities/delete.html", activity=activity, form=form)
    title = activity.title
    try:
        with transaction():
            services.delete_draft(_anew(activity.id), by=_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
        return redirect(url_for("activities.preview", activity_id=activity.id))
    flash(_("Le brouillon « %(title)s » est supprimé.", title=title), "success")
    return redirect(url_for("activities.index"))


def _person() -> User:
    person: User = current_user._get_current_object()  # how the library gives the person itself
    return person


def _anew(activity_id: int) -> Activity:
    return find_activity(activity_id) or abort(404)


def _keep(activity_id: int, part: Part, form: Any) -> Activity:  # noqa: ANN401  # one of several forms
    """Keep what was typed; raise `StaleError` with what the other wrote where both wrote."""
    activity = _anew(activity_id)
    if not policies.can_edit(current_user, activity):
        abort(404)
    typed: dict[str, Any] = form.content()
    chosen, before = typed.get("parent"), activity.parent
    is_to_ask = stands.must_be_asked(activity, chosen, by=_person())
    if is_to_ask:
        # Only its people can let it in: until they do, nothing of it changes.
        typed["parent"] = activity.parent
    if is_stale(activity, part, form.version.data or ""):
        between = differences(activity, typed)
        if between:
            raise StaleError(between)
    if part is Part.WHEN:
        services.plan_slots(
            activity, form.planned, by=_person(), at=now(), version=activity.version
        )
    else:
        services.rewrite(activity, by=_person(), at=now(), version=activity.version, **typed)
    if "parent" in typed:
        stands.choose(
            activity,
            chosen if is_to_ask else None,
            before=before,
            needs=form.needs.data or "",
            by=_person(),
            at=now(),
        )
    return activity


def _changes_rows(form: Any) -> bool:  # noqa: ANN401
    """Add or remove a row of the slots, as the button pressed says; nothing is kept by that."""
    if not isinstance(form, SlotsForm) or not form.is_submitted():
        return False
    if "add" in request.form:
        form.add_row(like_last=request.form["add"] == "copy")
        return True
    number = request.form.get("remove", default=None, type=int)
    if number is not None:
        form.remove_row(number)
        return True
    return False


def _after(activity: Activity, part: Part) -> str:
    if request.form.get("then") != "preview":
        parts = list(Part)
        following = parts[parts.index(part) + 1 :]
        if following:
            return url_for("activities.edit", activity_id=activity.id, part=following[0].value)
    return url_for("activities.preview", activity_id=activity.id)


def _tell_slots_outside(activity: Activity, part: Part) -> None:
    outside = rules.slots_outside(activity) if part is Part.WHEN else []
    if outside:
        edition = activity.edition
        flash(
            _(
                "C’est enregistré. Attention : un créneau au moins tombe hors des dates officielles, du %(first)s au %(last)s.",
                first=f"{edition.starts_on:%d/%m/%Y}",
                last=f"{edition.ends_on:%d/%m/%Y}",
            ),
            "warning",
        )
    else:
        flash(_("C’est enregistré."), "success")


def _tell_stand_asked(activity: Activity, part: Part) -> None:
    asked = activity.asked_stand if part is Part.WHERE else None
    if asked is not None:
        flash(
            _(
                "Votre demande de stand dans « %(title)s » attend la réponse de ses organisateurs.",
                title=asked.container.title,
            ),
            "info",
        )


def _part_page(
    activity: Activity,
    part: Part,
    form: Any,  # noqa: ANN401  # one of several forms
    *,
    conflict: list[Difference] | None = None,
) -> ResponseReturnValue:
    return render_template(
        "activities/edit.html",
        activity=activity,
        part=part,
        form=form,
        steps=_steps(activity),
        conflict=conflict,
        other=latest_act(activity, ("activity.changed",)) if conflict is not None else None,
    )


def _preview_page(activity: Activity, *, is_refused: bool = False) -> ResponseReturnValue:
    person = _person()
    may_edit = policies.can_edit(person, activity)
    return render_template(
        "activities/preview.html",
        activity=activity,
        steps=_steps(activity) if may_edit else [],
        may_edit=may_edit,
        may_submit=policies.can_submit(person, activity),
        may_withdraw=policies.can_withdraw(person, activity)
        and not rules.has_taken_place(activity, now()),
        may_reopen=policies.can_reopen(person, activity),
        may_delete=policies.can_delete(person, activity),
        may_cancel=policies.can_cancel(person, activity),
        deposit_is_open=rules.deposit_is_open(activity, today()),
        is_refused=is_refused,
        situation=rules.situation(activity),
        gaps=[(gap, _link(activity, gap)) for gap in rules.missing(activity)],
        advice=[(gap, _link(activity, gap)) for gap in rules.advice(activity)],
        summary=[(part, PART_NAMES[part], in_words(activity, part)) for part in Part],
    )


def _link(activity: Activity, gap: rules.Gap) -> str:
    return url_for(
        "activities.edit", activity_id=activity.id, part=gap.step.value, _anchor=anchor(gap)
    )


def _steps(activity: Activity) -> list[tuple[str, str, bool]]:
    complete = rules.complete_parts(activity)
    return [
        (
            str(PART_NAMES[part]),
            url_for("activities.edit", activity_id=activity.id, part=part.value),
            part in complete,
        )
        for part in Part
    ]


def _confirmed_step(activity: Activity, step: Step, done: str) -> ResponseReturnValue:
    form = Form()
    if not form.submitted():
        return render_template(f"activities/{step.value}.html", activity=activity, form=form)
    try:
        with transaction():
            take_step(_anew(activity.id), step, by=_person(), at=now())
    except (RuleBrokenError, StaleError) as error:
        flash(str(error), "error")
    else:
        flash(done, "success")
    return redirect(url_for("activities.preview", activity_id=activity.id))
