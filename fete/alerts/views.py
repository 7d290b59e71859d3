"""« Prévenez-moi » : follow an activity or a search with an address alone, see it, change it, stop."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.forms import ConfirmationForm
from fete.alerts import mails, services
from fete.alerts.forms import FollowForm, filters_of, search_of
from fete.alerts.models import Follow, Follower
from fete.alerts.queries import find_follower
from fete.alerts.services import Subject
from fete.core.access import public
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import current_language, gettext as _
from fete.core.ratelimit import by_letter, by_place
from fete.core.security import is_key, keep_apart
from fete.programme.forms.filters import describe, filter_arguments, read_filters
from fete.programme.models import Activity, Edition
from fete.programme.policies import can_see_edition, is_public
from fete.programme.queries.editions import current_edition, find_edition
from fete.programme.queries.listing import count_of, find_shown

blueprint = Blueprint("alerts", __name__, url_prefix="/prevenez-moi")
blueprint.after_request(keep_apart)
_NOT_FOUND = 404
_NOT_SIGNED = 400
_NEWS_ACTS = ("news", "changes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the address of the form names: a subject unless there is none to follow, how the page calls it and leads back."""

    name: str
    page: str
    subject: Subject | None
    activity: Activity | None = None
    count: int = 0
    # There is nothing to follow yet, rather than any more.
    is_to_come: bool = False


@blueprint.route("", methods=["GET", "POST"])
@by_place
@by_letter
@public
def follow() -> ResponseReturnValue:
    """Leave an address to be told about an activity, or about a search of the programme."""
    asked = _asked()
    form = FollowForm()
    if asked.activity is not None:
        del form.wants_new
    if asked.subject is not None and form.submitted():
        try:
            with transaction():
                services.follow(
                    asked.subject, **form.values(), language=current_language(), at=now()
                )
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            # The same page whatever the address: whether it was known is said to nobody but its owner.
            return redirect(url_for("alerts.check"))
    return render_template("alerts/follow.html", form=form, asked=asked)


@blueprint.get("/courriel")
@public
def check() -> ResponseReturnValue:
    """Say that a letter is waiting."""
    return render_template("alerts/check.html", days=mails.CONFIRM_KEPT.days)


@blueprint.route("/confirmer/<token>", methods=["GET", "POST"])
@by_place
@public
def confirm(token: str) -> ResponseReturnValue:
    """Prove an address: the link shows a button, the button lets the site write to it; once is enough."""
    said = mails.read_confirmation(token)
    follow = _among(find_follower(said[0]), {said[1]}) if said else []
    form = ConfirmationForm()
    if said is None or not follow:
        return render_template("alerts/confirm.html", form=form, follow=None), _NOT_FOUND
    key, number, wants_new = said
    if form.submitted():
        with transaction():
            services.confirm(
                key,
                number,
                reading=filters_of,
                wants_new=wants_new,
                language=current_language(),
                at=now(),
            )
        flash(_("C’est confirmé : vous serez prévenu·e de ce qui change."), "success")
        return redirect(url_for("alerts.manage", token=mails.token_to_manage(key)))
    is_done = follow[0].confirmed_at is not None and follow[0].wants_new == wants_new
    return render_template(
        "alerts/confirm.html",
        form=form,
        follow=follow[0],
        wants_new=wants_new,
        others=mails.token_to_manage(key) if is_done else None,
    )


@blueprint.route("/mes-alertes/<token>", methods=["GET", "POST"])
@public
def manage(token: str) -> ResponseReturnValue:
    """See what one follows by the link of any of its letters, and change it."""
    key = mails.read_manager(token)
    if key is not None and request.method == "POST":
        _change(key, request.form.get("follow", 0, type=int), request.form.get("act", ""))
        return redirect(url_for("alerts.manage", token=token))
    follower = find_follower(key) if key is not None else None
    page = render_template(
        "alerts/manage.html",
        is_signed=key is not None,
        follower=follower,
        token=token,
        page_of=_page_of_search,
    )
    return page, _NOT_FOUND if key is None else 200


@blueprint.route("/tout-effacer/<token>", methods=["GET", "POST"])
@public
def erase(token: str) -> ResponseReturnValue:
    """Have everything erased that the site keeps of one's address."""
    key = mails.read_manager(token)
    if key is not None and request.method == "POST":
        with transaction():
            services.erase(key)
        flash(_("C’est effacé : il ne reste rien de votre adresse ici."), "success")
    follower = find_follower(key) if key is not None else None
    if follower is None:
        return redirect(url_for("alerts.manage", token=token))
    return render_template("alerts/erase.html", follower=follower, token=token)


@blueprint.route("/arreter/<token>", methods=["GET", "POST"])
@public
def stop(token: str) -> ResponseReturnValue:
    """Stop what a letter was about: its link shows a button, the button stops it.

    A mail program may press it for its reader (RFC 8058), and press it twice.
    """
    said = mails.read_stop(token)
    if said is None:
        if request.method == "POST":
            abort(_NOT_SIGNED)
        return render_template("alerts/stop.html", is_signed=False), _NOT_FOUND
    key, numbers = said
    if request.method == "POST":
        with transaction():
            services.stop(key, numbers)
    follower = find_follower(key)
    return render_template(
        "alerts/stop.html",
        is_signed=True,
        follows=_among(follower, numbers),
        others=mails.token_to_manage(key) if follower is not None else None,
    )


def _asked() -> Asked:
    if "activite" in request.args:
        return _asked_activity(request.args.get("activite", 0, type=int))
    return _asked_search()


def _asked_activity(number: int) -> Asked:
    activity = find_shown(number) if is_key(number) else None
    if activity is None or not is_public(activity):
        abort(_NOT_FOUND)
    is_to_come = any(slot.ends_at > now() for slot in activity.times)
    return Asked(
        name=activity.title,
        page=url_for("programme.show", activity_id=activity.id, slug=activity.slug),
        subject=Subject(
            edition_id=activity.edition_id, activity_id=activity.id, label=activity.title
        )
        if is_to_come
        else None,
        activity=activity,
    )


def _asked_search() -> Asked:
    edition = _asked_edition()
    filters = read_filters(request.args, edition)
    arguments = filter_arguments(filters)
    label = describe(filters) if arguments else str(_("Tout le programme"))
    if edition is None or edition.ends_on < today():
        page = url_for("programme.index")
        return Asked(name=label, page=page, subject=None, is_to_come=edition is None)
    return Asked(
        name=label,
        page=url_for("programme.edition", year=edition.year, **arguments),  # type: ignore[arg-type]  # words of its query
        subject=Subject(edition_id=edition.id, search=search_of(filters), label=label),
        count=count_of(filters),
    )


def _asked_edition() -> Edition | None:
    if "annee" not in request.args:
        return current_edition(today())
    edition = find_edition(request.args.get("annee", 0, type=int))
    if edition is None or not can_see_edition(None, edition):
        abort(_NOT_FOUND)
    return edition


def _among(follower: Follower | None, numbers: Collection[int]) -> list[Follow]:
    """Return those of these follows that are this follower's, and nobody else's."""
    follows = follower.follows if follower is not None else []
    return [each for each in follows if each.id in numbers]


def _change(key: str, number: int, act: str) -> None:
    """Do what a button beside something followed says; to what is stopped already, nothing."""
    with transaction():
        if act == "stop":
            services.stop(key, {number})
        elif act in _NEWS_ACTS:
            services.choose_news(key, number, wants_new=act == "news", at=now())
        else:
            return
    flash(_("C’est arrêté.") if act == "stop" else _("C’est enregistré."), "success")


def _page_of_search(follow: Follow) -> str:
    arguments = filter_arguments(filters_of(follow))
    return url_for("programme.edition", year=follow.edition.year, **arguments)  # type: ignore[arg-type]  # words of its query
