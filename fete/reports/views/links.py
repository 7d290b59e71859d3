"""For whoever holds its link: one report, without a password and without a session."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.core.ratelimit import limiter
from fete.core.security import keep_apart
from fete.core.templating import hour
from fete.programme.models import Activity
from fete.reports.queries.links import Opened, find_by_token
from fete.reports.queries.reporting import find_report
from fete.reports.rules.links import LinkState
from fete.reports.services.reporting import save
from fete.reports.views.filling import Way, form_of, is_finished, tell

blueprint = Blueprint("links", __name__, url_prefix="/bilan")
blueprint.after_request(keep_apart)

# Somebody who types without a pause sends one every few seconds.
_as_fast_as_one_types = limiter.limit("60 per minute", methods=["POST"])
_OPENING = frozenset({LinkState.OPEN, LinkState.EARLY})
_NOT_SIGNED, _FORBIDDEN, _NOT_FOUND, _CHANGED, _SHUT, _NOT_READ = 400, 403, 404, 409, 410, 422


@blueprint.route("/<token>", methods=["GET", "POST"])
@_as_fast_as_one_types
@public
def fill(token: str) -> ResponseReturnValue:
    """Tell what became of one activity and who came."""
    opened = find_by_token(token, at=now())
    if opened is None or opened.state not in _OPENING:
        return shut(opened)
    here = url_for("links.fill", token=token)
    return tell(
        opened.activity,
        Way(
            here=here,
            template="links/fill.html",
            by=None,
            done=lambda _activity, is_filed: redirect(here if is_filed else f"{here}?garde=oui"),
            shown={
                "keeps": url_for("links.keep", token=token),
                "is_kept": "garde" in request.args,
            },
        ),
    )


@blueprint.route("/<token>/saisie", methods=["POST"])
@_as_fast_as_one_types
@public
def keep(token: str) -> ResponseReturnValue:
    """Keep what is typed, as it is typed; say which version it has become."""
    opened = find_by_token(token, at=now())
    if opened is None:
        abort(_NOT_SIGNED)
    if opened.state is not LinkState.OPEN:
        return {
            "said": str(_("Ce lien n’ouvre plus ce bilan : ce que vous tapez n’est plus gardé."))
        }, _FORBIDDEN
    return _keep(opened.activity)


def shut(opened: Opened[LinkState] | None) -> ResponseReturnValue:
    """Say why a link opens nothing, and how to go on."""
    page = render_template("links/_shut.html", opened=opened, LinkState=LinkState)
    if opened is not None:
        return page, _SHUT
    # A form whose address proves nothing is refused as one without its token.
    return page, _NOT_SIGNED if request.method == "POST" else _NOT_FOUND


def _keep(activity: Activity) -> ResponseReturnValue:
    report = find_report(activity)
    if is_finished(activity, report):
        words = _("Ce bilan ne change plus : ce que vous tapez n’est plus gardé.")
        return {"said": str(words)}, _FORBIDDEN
    form = form_of(activity, report, is_protected=False)
    if not form.submitted():
        return {
            "said": str(_("Un chiffre n’a pas pu être lu : le reste attend avec lui."))
        }, _NOT_READ
    at, told = now(), form.told()
    try:
        with transaction():
            kept = save(activity, told, version=form.seen, by=None, at=at, is_typing=True)
    except StaleError:
        words = _("Quelqu’un d’autre vient de changer ce bilan : enregistrez pour comparer.")
        return {"said": str(words)}, _CHANGED
    except RuleBrokenError as error:
        return {"said": error.message}, _NOT_READ
    return {"said": str(_("Gardé à %(hour)s", hour=hour(at))), "version": kept.version}
