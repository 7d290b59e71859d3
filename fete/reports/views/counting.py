"""The counter at the door: for a telephone, by its link alone, with or without a network, with or without script."""

from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from uuid import uuid4

from flask import (
    Blueprint,
    jsonify,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from fete.core.access import allows, public
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import current_language, gettext as _
from fete.core.ratelimit import limiter
from fete.core.security import keep_apart
from fete.core.templating import absolute_url, day
from fete.programme.models import Activity, Slot
from fete.programme.workflow import SlotState
from fete.reports.arithmetic import Counted, Headcount
from fete.reports.forms.counting import (
    CLASS_SIZES,
    class_size,
    is_key,
    slot_of,
    touch_of,
    touches_of,
)
from fete.reports.policies import can_report
from fete.reports.queries.counting import (
    Counter,
    counted_at_doors,
    counter_link_of,
    find_counter,
    find_touch,
)
from fete.reports.queries.reporting import find_reported
from fete.reports.rules.counting import CounterState, counter_opens_on, counter_state, has_door
from fete.reports.services.counting import keep_touches, take_back

blueprint = Blueprint("counting", __name__, url_prefix="/compteur")
blueprint.after_request(keep_apart)

# A village where twenty telephones behind one address count as fast as one can.
_as_fast_as_one_touches = limiter.shared_limit("3000 per minute", scope="touches")
MOST_BYTES = 256 * 1024
_NOT_FOUND = 404
_TOO_LARGE = 413
_NO_JSON = 415
_UNREADABLE = 400
_ANSWERS = {
    CounterState.OPEN: 200,
    CounterState.EARLY: 403,
    CounterState.ENDED: 410,
    CounterState.REVOKED: 410,
    CounterState.CLOSED: 410,
}


@blueprint.route("/<token>", methods=["GET", "POST"])
@_as_fast_as_one_touches
@public
def count(token: str) -> ResponseReturnValue:
    """Count those who come in; each press of a button is sent by itself where no script runs."""
    counter = find_counter(token, at=now())
    if counter is None or counter.state is not CounterState.OPEN:
        return _no_counter(counter)
    if request.method == "POST":
        return redirect(_after_touch(counter.activity, token))
    return _page(counter.activity, token)


@blueprint.post("/<token>/touches")
@_as_fast_as_one_touches
@public
def take(token: str) -> ResponseReturnValue:
    """Take what a telephone has counted, and tell what all of them have."""
    counter = find_counter(token, at=now())
    if counter is None or counter.state is not CounterState.OPEN:
        answer = _NOT_FOUND if counter is None else _ANSWERS[counter.state]
        return jsonify(error=_words_of(counter)), answer
    if not request.is_json:
        return jsonify(error=_("Les touches sont attendues en JSON.")), _NO_JSON
    try:
        touches = touches_of(_sent())
    except RequestEntityTooLarge:
        return jsonify(error=_("C’est trop à la fois : envoyez moins de touches.")), _TOO_LARGE
    except RuleBrokenError as error:
        return jsonify(error=error.message), _UNREADABLE
    # Who only asks what the others counted waits for nobody who writes.
    with transaction() if touches else nullcontext():
        kept = keep_touches(counter.activity, touches, at=now())
        done = counted_at_doors(counter.activity)
    return jsonify(refused=kept.refused, on_the_whole=kept.on_the_whole, **_told(done))


@blueprint.get("/hors-ligne.js")
@public
def offline() -> ResponseReturnValue:
    """Give what opens the counter again without a network: it answers for the addresses beside its own."""
    return send_from_directory("static", "js/counter-offline.js", mimetype="text/javascript")


@blueprint.get("/affiche/<int:activity_id>")
@allows(can_report, load=find_reported)
def sheet(activity: Activity) -> ResponseReturnValue:
    """Print the way to the counter for those who stand at the doors."""
    return render_template("counting/sheet.html", activity=activity, **way_to(activity))


def way_to(activity: Activity) -> dict[str, object]:
    """Return what a page needs to lead to the counter of an activity; no address where it opens no more or has no door."""
    state = counter_state(activity, is_revoked=False, at=now())
    opens_on = counter_opens_on(activity)
    is_of_use = state in {CounterState.OPEN, CounterState.EARLY} and has_door(activity)
    if opens_on is None or not is_of_use:
        return {"counter_address": None}
    token = counter_link_of(activity)
    return {
        "counter_address": absolute_url("counting.count", language=current_language(), token=token),
        "counter_path": url_for("counting.count", token=token),
        "counter_opens_on": opens_on if state is CounterState.EARLY else None,
    }


def _sent() -> object:
    request.max_content_length = MOST_BYTES
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _after_touch(activity: Activity, token: str) -> str:
    """Keep what was pressed, and return the address of the page that follows, which tells it."""
    typed = request.form
    touch, before = touch_of(typed), typed.get("annule", "")
    with transaction():
        if is_key(before):
            take_back(activity, before, at=now())
        elif touch is not None:
            keep_touches(activity, [touch], at=now())
    return url_for(
        "counting.count",
        token=token,
        creneau=slot_of(typed.get("creneau")),
        classe=class_size(typed.get("classe")),
        derniere=touch.key if touch is not None else None,
    )


def _page(activity: Activity, token: str) -> str:
    asked = request.args
    slots = _slots_in_order(activity)
    chosen = slot_of(asked.get("creneau"))
    done = counted_at_doors(activity)
    last = asked.get("derniere", "")
    return render_template(
        "counting/count.html",
        activity=activity,
        token=token,
        key=str(uuid4()),
        slots=slots,
        chosen=chosen if chosen in {slot.id for slot in slots} else None,
        class_size=class_size(asked.get("classe")),
        class_sizes=CLASS_SIZES,
        counted=done,
        told=_told(done),
        last=find_touch(activity, last) if is_key(last) else None,
    )


def _slots_in_order(activity: Activity) -> list[Slot]:
    """Return its sessions that are held: those of today first."""
    this_day = today()
    held = [slot for slot in activity.slots if slot.state is not SlotState.CANCELLED]
    return sorted(held, key=lambda slot: (slot.day != this_day, slot.starts_at, slot.id))


def _told(done: Counted) -> dict[str, object]:
    return {
        "total": _figures(done.whole),
        "sessions": {str(slot): _figures(each) for slot, each in done.by_slot.items()},
    }


def _figures(count: Headcount) -> Mapping[str, int]:
    """Return the sums as they stand, below zero included: the telephone adds what it has not sent yet."""
    return {"public": count.public, "pupils": count.pupils, "adults": count.adults}


def _no_counter(counter: Counter | None) -> ResponseReturnValue:
    page = partial(render_template, "counting/count.html", token=None, words=_words_of(counter))
    if counter is None:
        return page(activity=None), _NOT_FOUND
    return page(activity=counter.activity), _ANSWERS[counter.state]


def _words_of(counter: Counter | None) -> str:
    """Return why nothing is counted here."""
    if counter is None:
        return str(_("Ce lien n’ouvre aucun compteur : vérifiez qu’il est entier."))
    match counter.state:
        case CounterState.EARLY:
            opens_on = counter_opens_on(counter.activity)
            if opens_on is None:
                return str(_("Cette activité n’a pas encore de créneau."))
            words = _(
                "Ce compteur ouvre le %(day)s, la veille du premier créneau.", day=day(opens_on)
            )
            return str(words)
        case CounterState.REVOKED:
            return str(_("Ce lien a été retiré par la structure : demandez-lui le nouveau."))
        case CounterState.CLOSED:
            return str(_("Cette édition est close : on n’y compte plus."))
        case _:
            words = _(
                "Ce compteur est fermé : la date limite du bilan est passée, "
                "ou l’activité n’est plus au programme."
            )
            return str(words)
