"""For those who declare: their activities, a new one, each part of it, the preview, the deposit."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.accounts.models import Sketch
from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.queries import find_sketch, latest_act
from fete.accounts.services import forget_sketches_under
from fete.accounts.views.sign import this_person
from fete.accounts.views.sketches import forget_this_page, sketched, taken_up
from fete.core.access import allows, requires, signed_in
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.forms import Form
from fete.core.i18n import gettext as _
from fete.network.models import Organisation
from fete.network.policies import can_act_for
from fete.network.queries import find_organisation, matching_organisations, organisations_of
from fete.programme import policies, rules
from fete.programme.forms.calls import (
    call_mark,
    editions_just_closed,
    too_late,
    whom_to_ask,
)
from fete.programme.forms.coaching import tips_with_links, wording_with_links
from fete.programme.forms.conversation import MessageForm, message_form
from fete.programme.forms.declaration import CorrectionForm, DeclareForm, form_of
from fete.programme.forms.printed import printed
from fete.programme.forms.slots import SlotsForm
from fete.programme.forms.steps import steps_of
from fete.programme.forms.wording import (
    PART_NAMES,
    Difference,
    anchor,
    asked_points,
    differences,
    in_words,
    is_stale,
    stamp,
)
from fete.programme.models import Activity, Side
from fete.programme.queries.activities import (
    activities_by_year,
    find_activity,
    find_declared,
    page_of_activities,
)
from fete.programme.queries.editions import (
    calls_open_to,
    late_entries_for,
    open_calls,
    open_editions,
)
from fete.programme.queries.renewal import waiting_to_renew
from fete.programme.queries.sharing import handovers_for
from fete.programme.queries.stands import awaited_stands
from fete.programme.queries.twins import declared_twins, overlapping_twins
from fete.programme.queries.versions import as_wished, changes_proposed
from fete.programme.rules import Part
from fete.programme.rules.versions import is_public_matter, reviewed_in
from fete.programme.rules.wording import words
from fete.programme.services import activities as services, stands
from fete.programme.services.renewal import confirm_part
from fete.programme.services.review import take_step
from fete.programme.services.versions import Outcome, change
from fete.programme.views.coach import advice_on, advice_on_new
from fete.programme.views.conversation import send_typed
from fete.programme.workflow import Status, Step

blueprint = Blueprint("activities", __name__, url_prefix="/mes-activites")

_LONGEST_SEARCH = 100
_PARTS = ",".join(f'"{part}"' for part in Part)


@blueprint.route("")
@requires(signed_in)
def index() -> ResponseReturnValue:
    """List the activities of one's structures."""
    person = this_person()
    years = activities_by_year(person)
    asked = request.args.get("edition", type=int)
    year = asked if asked in years else None
    number = request.args.get("page", default=1, type=int)
    page = page_of_activities(person, number=number, year=year)
    calls = open_calls(today())
    return render_template(
        "activities/index.html",
        page=page,
        year=year,
        years=years,
        situations={activity.id: rules.situation(activity) for activity in page.rows},
        late=late_entries_for(person, today()),
        calls=calls,
        to_renew=waiting_to_renew(person, into=calls[0]) if calls else None,
        offers=handovers_for(person),
        awaited=awaited_stands(person),
    )


@blueprint.route("/declarer")
@requires(signed_in)
def choose() -> ResponseReturnValue:
    """Choose the structure in whose name one declares: with one only, there is nothing to choose.

    Who coordinates looks for any structure of the territory.
    """
    person = this_person()
    organisations = organisations_of(person)
    coordinates = is_coordinator(person)
    if len(organisations) == 1 and not coordinates:
        return redirect(url_for("activities.declare", organisation_id=organisations[0].id))
    typed = request.args.get("q", "").strip()[:_LONGEST_SEARCH] if coordinates else ""
    return render_template(
        "activities/choose.html",
        coordinates=coordinates,
        found=matching_organisations(typed, territory=territory_of(person)) if typed else [],
        organisations=organisations,
        typed=typed,
    )


@blueprint.route("/structures/<int:organisation_id>/declarer", methods=["GET", "POST"])
@sketched
@allows(can_act_for, load=find_organisation)
def declare(organisation: Organisation) -> ResponseReturnValue:
    """Declare a new activity of a structure: its first part makes the draft."""
    person = this_person()
    open_now = open_editions() if is_coordinator(person) else calls_open_to(organisation, today())
    closed = editions_just_closed(_seen_call(), person=person, organisation=organisation, at=now())
    editions = [*open_now, *(each for each in closed if each not in open_now)]
    if not editions:
        return render_template("activities/declare.html", organisation=organisation, form=None)
    form, sketch = taken_up(
        lambda: DeclareForm(editions=editions, may_create_containers=is_coordinator(person))
    )
    if sketch is not None and find_declared(form.form_key.data) is not None:
        # It was sent after all, as its last words were being taken.
        form, sketch = (
            DeclareForm(editions=editions, may_create_containers=is_coordinator(person)),
            None,
        )
    if not form.was_typed:
        form.call.data = call_mark(open_now, person=person, organisation=organisation)
    twins: list[Activity] = []
    if form.submitted() and not (twins := _declared_twins(organisation, form)):
        is_late = form.chosen_edition not in open_now
        try:
            with transaction():
                activity = services.declare(
                    organisation=organisation,
                    edition=form.chosen_edition,
                    form_key=form.form_key.data,
                    by=person,
                    at=now(),
                    begun_in_time=is_late,
                    **form.content(),
                )
                forget_this_page()
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            if is_late:
                flash(too_late(organisation), "warning")
                return redirect(url_for("activities.preview", activity_id=activity.id))
            flash(
                _("Votre brouillon est créé. Vous pouvez vous arrêter quand vous voulez."),
                "success",
            )
            return redirect(_after(activity, Part.WHAT))
    return render_template(
        "activities/declare.html",
        organisation=organisation,
        form=form,
        twins=twins,
        sketch=sketch,
        coach=advice_on_new(organisation, sketch),
    )


@blueprint.route("/<int:activity_id>/modifier")
@blueprint.route(f"/<int:activity_id>/<any({_PARTS}):part>", methods=["GET", "POST"])
@sketched
@allows(policies.can_edit, load=find_activity)
def edit(activity: Activity, part: str | None = None) -> ResponseReturnValue:
    """Complete one part of a declaration: what is right is kept, even when much is still missing."""
    if part is None:
        return redirect(url_for("activities.edit", activity_id=activity.id, part=Part.WHAT.value))
    here = Part(part)
    form, sketch = taken_up(
        lambda: form_of(
            here, _as_edited(activity), may_create_containers=is_coordinator(current_user)
        )
    )
    correction = CorrectionForm() if policies.can_correct(current_user, activity) else None
    conflict = None
    if _changes_rows(form):
        return _part_page(activity, here, form, correction=correction)
    # Both are asked: what is wrong in one does not hide what is wrong in the other.
    if all([form.submitted(), correction is None or correction.submitted()]):
        try:
            with transaction():
                activity, outcome = _keep(activity.id, here, form, correction=correction)
                forget_this_page()
        except RuleBrokenError as error:
            form.take_back(error)
        except StaleError as error:
            conflict = error.args[0] if error.args else []
        else:
            _tell(activity, here, outcome)
            _tell_stand_asked(activity, here)
            return redirect(_after(activity, here))
        activity = _anew(activity.id)
    if conflict is not None:
        form.version.data = stamp(_as_edited(activity), here)
    return _part_page(activity, here, form, conflict=conflict, sketch=sketch, correction=correction)


@blueprint.route("/<int:activity_id>/apercu")
@allows(policies.can_see, load=find_activity)
def preview(activity: Activity) -> ResponseReturnValue:
    """Read it all again, as the public will: what is missing, what is advised, the way to the deposit."""
    return _preview_page(activity)


@blueprint.route("/<int:activity_id>/deposer", methods=["POST"])
@allows(policies.can_submit, load=find_activity)
def submit(activity: Activity) -> ResponseReturnValue:
    """Deposit it; refused with the list of what is missing."""
    if rules.missing(activity) or rules.left_to_confirm(activity) or _twins(activity):
        return _preview_page(activity, is_refused=True)
    try:
        with transaction():
            take_step(_anew(activity.id), Step.SUBMIT, by=this_person(), at=now())
    except (RuleBrokenError, StaleError) as error:
        flash(str(error), "error")
    else:
        flash(
            _("C’est déposé. La coordination de votre département va relire votre activité."),
            "success",
        )
    return redirect(url_for("activities.preview", activity_id=activity.id))


@blueprint.route("/<int:activity_id>/messages", methods=["POST"])
@allows(policies.can_write_to_coordination, load=find_activity)
def write(activity: Activity) -> ResponseReturnValue:
    """Write to the coordination about what one declares."""
    number = activity.id
    refused = send_typed(activity, side=Side.DECLARERS)
    if refused is not None:
        return _preview_page(activity, message=refused)
    return redirect(url_for("activities.preview", activity_id=number, _anchor="conversation"))


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
            services.delete_draft(_anew(activity.id), by=this_person(), at=now())
            forget_sketches_under(f"{blueprint.url_prefix}/{activity.id}/")
    except RuleBrokenError as error:
        flash(error.message, "error")
        return redirect(url_for("activities.preview", activity_id=activity.id))
    flash(_("Le brouillon « %(title)s » est supprimé.", title=title), "success")
    return redirect(url_for("activities.index"))


def _seen_call() -> str:
    """Return the mark of the form under way, or of the one that was begun."""
    if request.method == "POST":
        return request.form.get("call", "")
    sketch = find_sketch(this_person(), request.path)
    return next(iter(sketch.fields.get("call", ())), "") if sketch else ""


def _declared_twins(organisation: Organisation, form: DeclareForm) -> list[Activity]:
    """Return what looks like the new activity, unless the person said that it is another."""
    if form.is_another.data:
        return []
    return declared_twins(
        organisation,
        form.chosen_edition,
        title=form.title.data,
        form_key=form.form_key.data,
    )


def _twins(activity: Activity) -> list[tuple[Activity, str]]:
    """Return what is likely the same activity and that the person may see, each with where it leads."""
    person = this_person()
    return [
        (
            each,
            url_for("activities.preview", activity_id=each.id)
            if policies.can_see(person, each)
            else url_for("programme.show", activity_id=each.id, slug=each.slug),
        )
        for each in overlapping_twins(activity)
        if policies.can_read(person, each)
    ]


def _anew(activity_id: int) -> Activity:
    return find_activity(activity_id) or abort(404)


def _as_edited(activity: Activity) -> Activity:
    """Return the activity as the person goes on writing it: with what its members propose, without cancelled slots."""
    if not is_public_matter(activity):
        return activity
    if policies.proposes(this_person(), activity):
        return as_wished(activity)
    return as_wished(activity, {})


def _keep(
    activity_id: int,
    part: Part,
    form: Any,  # noqa: ANN401  # one of several forms
    *,
    correction: CorrectionForm | None,
) -> tuple[Activity, Outcome]:
    """Keep what was typed; raise `StaleError` with what the other wrote where both wrote."""
    activity = _anew(activity_id)
    if not policies.can_edit(current_user, activity):
        abort(404)
    typed: dict[str, Any] = form.content()
    chosen, before = typed.get("parent"), activity.parent
    is_to_ask = stands.must_be_asked(activity, chosen, by=this_person())
    if is_to_ask:
        # Only its people can let it in: until they do, nothing of it changes.
        typed["parent"] = activity.parent
    held = _as_edited(activity)
    if is_stale(held, part, form.version.data or ""):
        between = differences(held, typed)
        if between:
            raise StaleError(between)
    outcome = change(
        activity,
        typed,
        by=this_person(),
        at=now(),
        version=activity.version,
        reason=correction.reason.data if correction else "",
    )
    if "parent" in typed:
        stands.choose(
            activity,
            chosen if is_to_ask else None,
            before=before,
            needs=form.needs.data or "",
            by=this_person(),
            at=now(),
        )
    confirm_part(activity, part, by=this_person(), at=now())
    return activity, outcome


def _changes_rows(form: Any) -> bool:  # noqa: ANN401
    """Add or remove rows of the slots, as the button pressed says; nothing is kept by that."""
    if not isinstance(form, SlotsForm) or not form.is_submitted():
        return False
    word = request.form.get("add")
    if word is not None:
        if word in form.tools:
            form.use(word)
        else:
            form.add_row(like_last=word == "copy")
        return True
    number = request.form.get("remove", default=None, type=int)
    if number is not None:
        form.remove_row(number)
        return True
    return False


def _after(activity: Activity, part: Part) -> str:
    if request.form.get("then") == "sites":
        # One more site, perhaps: the page is shown again where they are.
        return url_for(
            "activities.edit", activity_id=activity.id, part=part.value, _anchor="autres-lieux"
        )
    if request.form.get("then") != "preview":
        parts = list(Part)
        following = parts[parts.index(part) + 1 :]
        if following:
            return url_for("activities.edit", activity_id=activity.id, part=following[0].value)
    return url_for("activities.preview", activity_id=activity.id)


def _tell(activity: Activity, part: Part, outcome: Outcome) -> None:
    outside = rules.slots_outside(activity) if part is Part.WHEN else []
    if outcome.proposed:
        names = ", ".join(str(rules.FIELD_NAMES[name]) for name in outcome.proposed)
        waits = (
            _(
                "La coordination va relire ce que vous proposez (%(names)s). En attendant sa réponse, la version publiée reste en ligne.",
                names=names,
            )
            if activity.status is Status.PUBLISHED
            else _(
                "La coordination va relire ce que vous proposez (%(names)s). En attendant sa réponse, ce qui est labellisé ne change pas.",
                names=names,
            )
        )
        flash(waits, "success")
        if outcome.live:
            flash(_("Le reste est corrigé dès maintenant."), "success")
    elif outside:
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
                "Votre demande de stand dans « %(title)s » est partie : ses organisateurs l’ont reçue et vont répondre, même si votre déclaration n’est pas finie. Vous pouvez la retirer en relisant l’activité.",
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
    sketch: Sketch | None = None,
    correction: CorrectionForm | None = None,
) -> ResponseReturnValue:
    reviewed, corrected = reviewed_in(part)
    return render_template(
        "activities/edit.html",
        activity=activity,
        corrected=corrected,
        proposes=policies.proposes(this_person(), activity),
        reviewed=reviewed,
        part=part,
        form=form,
        steps=steps_of(activity),
        correction=correction,
        conflict=conflict,
        to_confirm=[gap for gap in _marked(activity) if gap[0].step is part],
        sketch=sketch,
        coach=advice_on(activity, part, sketch),
        other=latest_act(activity, ("activity.changed",)) if conflict is not None else None,
        asked=asked_points(activity, part),
    )


def _preview_page(
    activity: Activity, *, is_refused: bool = False, message: MessageForm | None = None
) -> ResponseReturnValue:
    person = this_person()
    may_edit = policies.can_edit(person, activity)
    return render_template(
        "activities/preview.html",
        activity=activity,
        steps=steps_of(activity) if may_edit else [],
        may_edit=may_edit,
        may_submit=policies.can_submit(person, activity),
        may_withdraw=policies.can_withdraw(person, activity)
        and not rules.has_taken_place(activity, now()),
        may_take_back=policies.can_take_back(person, activity),
        may_reopen=policies.can_reopen(person, activity),
        may_delete=policies.can_delete(person, activity),
        may_cancel=policies.can_cancel(person, activity),
        whom_to_ask=whom_to_ask(activity.organisation),
        may_write=policies.can_write_to_coordination(person, activity),
        asked=asked_points(activity),
        criteria_of=rules.criteria_of,
        form=message,
        message_form=message or message_form(activity),
        deposit_is_open=rules.deposit_is_open(activity, today()),
        is_refused=is_refused,
        situation=rules.situation(activity),
        proposed=changes_proposed(activity),
        said=words,
        gaps=[(gap, _link(activity, gap)) for gap in rules.missing(activity)],
        to_confirm=_left(activity),
        twins=_twins(activity) if may_edit else [],
        advice=tips_with_links(activity),
        wording=wording_with_links(activity),
        entry=printed(activity),
        summary=[(part, PART_NAMES[part], in_words(activity, part)) for part in Part],
    )


def _marked(activity: Activity) -> list[tuple[rules.Gap, str]]:
    return [(gap, _link(activity, gap)) for gap in rules.left_to_confirm(activity)]


def _left(activity: Activity) -> list[tuple[str, str, list[str]]]:
    marked = _marked(activity)
    return [
        (str(PART_NAMES[part]), here[0][1], [gap.message for gap, _there in here])
        for part in Part
        if (here := [each for each in marked if each[0].step is part])
    ]


def _link(activity: Activity, gap: rules.Gap) -> str:
    return url_for(
        "activities.edit", activity_id=activity.id, part=gap.step.value, _anchor=anchor(gap)
    )


def _confirmed_step(activity: Activity, step: Step, done: str) -> ResponseReturnValue:
    form = Form()
    if not form.submitted():
        return render_template(f"activities/{step.value}.html", activity=activity, form=form)
    try:
        with transaction():
            take_step(_anew(activity.id), step, by=this_person(), at=now())
    except (RuleBrokenError, StaleError) as error:
        flash(str(error), "error")
    else:
        flash(done, "success")
    return redirect(url_for("activities.preview", activity_id=activity.id))
