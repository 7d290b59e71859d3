"""For the coordination: what waits, one activity as the public will see it and what is internal, and each step."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.models import Sketch
from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.queries import acts_on
from fete.accounts.views.sign import this_person
from fete.accounts.views.sketches import forget_this_page, several_taken_up, sketched
from fete.core.access import allows, requires
from fete.core.clock import now
from fete.core.db import transaction, transaction_if_free
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _, lazy_gettext, ngettext
from fete.core.security import is_key
from fete.network.policies import can_act_for
from fete.programme.forms.conversation import MessageForm, message_form
from fete.programme.forms.review import (
    STATUSES,
    WORDS,
    ReasonedForm,
    StepForm,
    queue_form,
    read_rows,
    status_word,
    step_form,
    step_forms,
    steps_on_several,
)
from fete.programme.forms.wording import asked_points
from fete.programme.models import Activity, Side
from fete.programme.policies import can_cancel, can_edit, can_review, steps_for
from fete.programme.queries.activities import find_activity
from fete.programme.queries.review import (
    awaiting_answer,
    awaiting_review,
    committees_of,
    counts_by_status,
    last_read_at,
    next_to_review,
    numbers_in_queue,
    readers_of,
    with_details,
)
from fete.programme.queries.sentences import sentences_of
from fete.programme.queries.sharing import people_of
from fete.programme.queries.versions import after_publication
from fete.programme.rules import criteria_of, evidence, told_by_itself, why_not
from fete.programme.services.bulk import Moved, take_steps
from fete.programme.services.reading import NOTE_EVERY, note_reading
from fete.programme.services.review import take_step
from fete.programme.views.conversation import send_typed
from fete.programme.views.proposals import comparison
from fete.programme.workflow import COORDINATOR_STEPS, Step

blueprint = Blueprint("review", __name__, url_prefix="/coordination/relecture")

# How many activities one decision may be about.
MOST_AT_ONCE = 300
STEPS = {
    "publier": Step.PUBLISH,
    "labelliser": Step.LABEL,
    "renvoyer": Step.SEND_BACK,
    "refuser": Step.REFUSE,
    "retirer": Step.WITHDRAW,
}
_DONE = {
    Step.PUBLISH: lazy_gettext("L’activité est publiée : elle est dans le programme."),
    Step.LABEL: lazy_gettext("L’activité est labellisée. Il reste à la publier."),
    Step.SEND_BACK: lazy_gettext("L’activité est renvoyée : la structure a reçu votre message."),
    Step.REFUSE: lazy_gettext("L’activité est refusée : la structure a reçu votre réponse."),
    Step.WITHDRAW: lazy_gettext("L’activité est retirée : la structure a reçu votre message."),
}


@blueprint.route("")
@requires(is_coordinator)
def queue() -> ResponseReturnValue:
    """List the activities of one's territory, those that wait first."""
    person, territory, at = this_person(), territory_of(this_person()), now()
    form = queue_form(request.args, by=person)
    word = status_word(request.args)
    filters = form.filters(STATUSES[word][0], by=person, at=at)
    counts = counts_by_status(territory, filters)
    page = awaiting_review(
        territory,
        filters,
        number=request.args.get("page", default=1, type=int),
        size=form.size,
        total=counts[filters.status],
    )
    numbers = [activity.id for activity in page.rows]
    chosen = filters.departement
    return render_template(
        "review/queue.html",
        after_publication=after_publication(frozenset({chosen}) if chosen else territory),
        awaiting=awaiting_answer(numbers),
        chosen=chosen,
        counts=counts,
        form=form,
        most=MOST_AT_ONCE,
        page=page,
        readers=readers_of(numbers, at=at, beside=person.id),
        statuses=STATUSES,
        steps=steps_on_several(filters.status),
        word=word,
    )


@blueprint.route(
    "/plusieurs/<any(publier, labelliser, renvoyer, refuser):word>", methods=["GET", "POST"]
)
@requires(is_coordinator)
def several(word: str) -> ResponseReturnValue:
    """Take one step about several activities at once: what will be done is listed first, then all of it is done."""
    step = STEPS[word]
    if request.method == "GET":
        ticked, left_out = _ticked()
        return _several_page(word, ticked, left_out=left_out)
    versions = read_rows(request.form.getlist("row"))
    if len(versions) > MOST_AT_ONCE:
        abort(400)  # The page never lists that many.
    known = with_details({*versions, *read_rows(request.form.getlist("listed"))})
    numbers = [each.id for each in known]
    if any(not can_review(this_person(), each) for each in known) or versions.keys() - {*numbers}:
        abort(404)
    form = step_form(step, sentences=sentences_of(this_person()))
    moved: list[Moved] = []
    if "insert" in request.form and isinstance(form, ReasonedForm):
        form.insert()
    elif not versions:
        form.form_errors.append(_("Cochez au moins une activité."))
    elif form.submitted():
        try:
            with transaction():
                typed = form.values() | {"by": this_person(), "at": now()}
                typed.pop("version")
                number = take_steps(versions, step, **typed)
        except RuleBrokenError as error:
            form.take_back(error)
        except StaleError as error:
            moved = error.args[0]
            form.form_errors.append(
                _("Rien n’a été fait : ce qui suit a changé depuis que vous l’avez lu.")
            )
        else:
            flash(_done_to_several(step, number or len(versions)), "success")
            asked: dict[str, Any] = _asked()
            return redirect(url_for("review.queue", **asked))
    return _several_page(
        word, with_details(numbers), form=form, moved=moved, ticked=frozenset(versions)
    )


@blueprint.route("/<int:activity_id>")
@allows(can_review, load=find_activity)
def show(activity: Activity) -> ResponseReturnValue:
    """Read an activity, and what its coordination should know beside; others see who reads it."""
    if _note_reading(activity):
        activity = find_activity(activity.id) or abort(404)
    return _page(activity)


@blueprint.route(
    "/<int:activity_id>/<any(publier, labelliser, renvoyer, refuser, retirer):word>",
    methods=["GET", "POST"],
)
@sketched
@allows(can_review, load=find_activity)
def take(activity: Activity, word: str) -> ResponseReturnValue:
    """Take one step of the review."""
    step = STEPS[word]
    here = url_for("review.show", activity_id=activity.id)
    if request.method == "GET":
        return redirect(here)
    form = step_form(step, sentences=sentences_of(this_person()))
    if "insert" in request.form and isinstance(form, ReasonedForm):
        form.insert()
    elif form.submitted() and _taken(activity, step, form):
        flash(str(_DONE[step]), "success")
        return redirect(here)
    return _page(find_activity(activity.id) or activity, failed=(step, form))


@blueprint.route("/<int:activity_id>/messages", methods=["POST"])
@allows(can_review, load=find_activity)
def write(activity: Activity) -> ResponseReturnValue:
    """Write to those who declare the activity."""
    number = activity.id
    refused = send_typed(activity, side=Side.COORDINATION)
    if refused is not None:
        return _page(activity, message=refused)
    return redirect(url_for("review.show", activity_id=number, _anchor="conversation"))


def _asked() -> dict[str, str]:
    """Return what the queue was asked for, to go back to it."""
    form = queue_form(request.args, by=this_person())
    return form.asked() | {"statut": status_word(request.args)}


def _ticked() -> tuple[Sequence[Activity], int]:
    """Return the activities that a decision is asked about, and how many are too many for one."""
    person = this_person()
    if "tout" in request.args:
        form, territory = queue_form(request.args, by=person), territory_of(person)
        filters = form.filters(STATUSES[status_word(request.args)][0], by=person, at=now())
        total = counts_by_status(territory, filters)[filters.status]
        numbers = numbers_in_queue(territory, filters, limit=MOST_AT_ONCE)
        return with_details(numbers), total - len(numbers)
    asked = list(dict.fromkeys(request.args.getlist("activite", type=int)))
    known = with_details([each for each in asked[:MOST_AT_ONCE] if is_key(each)])
    if any(not can_review(person, each) for each in known):
        abort(404)
    return known, max(0, len(asked) - MOST_AT_ONCE)


def _several_page(
    word: str,
    activities: Sequence[Activity],
    *,
    form: StepForm | None = None,
    moved: list[Moved] | None = None,
    ticked: frozenset[int] | None = None,
    left_out: int = 0,
) -> ResponseReturnValue:
    step = STEPS[word]
    happened = {each.activity_id: each.words for each in moved or []}
    possible = [each for each in activities if not why_not(each, step)]
    if form is None:
        every = [told_by_itself(each) for each in possible]
        form = step_form(
            step,
            sentences=sentences_of(this_person()),
            criteria=sorted(frozenset().union(*every)),
        )
    return render_template(
        "review/several.html",
        asked=_asked(),
        committees=committees_of(possible[0].edition) if possible else [],
        evidence_of=evidence,
        form=form,
        happened=happened,
        impossible=[(each, why_not(each, step)) for each in activities if why_not(each, step)],
        left_out=left_out,
        most=MOST_AT_ONCE,
        possible=possible,
        step=step,
        ticked={
            each.id
            for each in possible
            if each.id not in happened and (ticked is None or each.id in ticked)
        },
        word=word,
    )


def _done_to_several(step: Step, number: int) -> str:
    if step is Step.PUBLISH:
        return str(
            ngettext("%(num)s activité est publiée.", "%(num)s activités sont publiées.", number)
        )
    if step is Step.LABEL:
        return str(
            ngettext(
                "%(num)s activité est labellisée.", "%(num)s activités sont labellisées.", number
            )
        )
    if step is Step.SEND_BACK:
        return str(
            ngettext("%(num)s activité est renvoyée.", "%(num)s activités sont renvoyées.", number)
        )
    return str(
        ngettext("%(num)s activité est refusée.", "%(num)s activités sont refusées.", number)
    )


def _note_reading(activity: Activity) -> bool:
    """Return whether it had to be written that the person reads the activity: once a minute is enough."""
    person, at = this_person(), now()
    last = last_read_at(activity, person_id=person.id)
    if last is not None and at - last < NOTE_EVERY:
        return False
    with transaction_if_free():
        note_reading(activity, by=person, at=at)
    return True


def _taken(activity: Activity, step: Step, form: StepForm) -> bool:
    """Return whether the step was taken; the form says why when it was not."""
    try:
        with transaction():
            take_step(activity, step, by=this_person(), at=now(), **form.values())
            forget_this_page()
    except RuleBrokenError as error:
        form.take_back(error)
        return False
    except StaleError as error:
        form.form_errors.append(str(error))
        return False
    return True


def _page(
    activity: Activity,
    *,
    failed: tuple[Step, StepForm] | None = None,
    message: MessageForm | None = None,
) -> ResponseReturnValue:
    person = this_person()
    forms, sketches = _forms(activity)
    failed_step, failed_form = failed or (None, None)
    if failed_step is not None and failed_form is not None:
        # What was typed stays; it is bound to the activity as it stands now.
        failed_form.version.data = activity.version
        forms[failed_step] = failed_form
    possible = steps_for(person, activity) & COORDINATOR_STEPS
    return render_template(
        "review/show.html",
        **comparison(activity),
        activity=activity,
        acts=acts_on(activity),
        asked=asked_points(activity),
        can_cancel=can_cancel(person, activity),
        can_edit=can_edit(person, activity),
        can_open_structure=can_act_for(person, activity.organisation),
        committees=committees_of(activity.edition),
        criteria_of=criteria_of,
        evidence=evidence(activity),
        failed_step=failed_step,
        form=failed_form or message,
        forms={step.value: form for step, form in forms.items() if step in possible},
        members=people_of(activity),
        message_form=message or message_form(activity),
        next_one=next_to_review(territory_of(person), beside=activity),
        readers=readers_of([activity.id], at=now(), beside=person.id).get(activity.id, ()),
        word=WORDS[activity.status],
        statuses=STATUSES,
        sketches=sketches,
    )


def _forms(activity: Activity) -> tuple[dict[Step, StepForm], dict[str, Sketch]]:
    """Return the form of each step, with what the person had begun to write there; and what was begun, by step."""
    sentences = sentences_of(this_person())
    forms, sketches = step_forms(activity, sentences=sentences), {}
    pages = {
        f"{blueprint.url_prefix}/{activity.id}/{word}": step
        for word, step in STEPS.items()
        if "reason" in forms[step]
    }
    begun = several_taken_up(
        {
            page: partial(
                step_form,
                step,
                sentences=sentences,
                version=activity.version,
                criteria=sorted(told_by_itself(activity)),
            )
            for page, step in pages.items()
        }
    )
    for page, (form, sketch) in begun.items():
        forms[pages[page]] = form
        if sketch is not None:
            sketches[pages[page].value] = sketch
    return forms, sketches
