"""For the coordination: structures and places that were entered twice, made one, and put back within the day."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import allows, requires
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.core.pagination import PAGE_SIZE, Page, page_number
from fete.core.security import is_key
from fete.network.models import Organisation
from fete.network.queries import find_entry as find_organisation_entry, matching_organisations
from fete.programme.forms.merging import EntrySearchForm, MergeForm, comparison, in_words
from fete.programme.models import Merged, Venue
from fete.programme.policies import can_merge, can_undo_merge
from fete.programme.queries.merging import (
    MOST_FOUND,
    activities_of,
    find_made,
    matching_venues,
    merges_to_undo,
    twin_organisations,
    twin_venues,
    what_hangs_on,
)
from fete.programme.queries.venues import find_entry as find_venue_entry
from fete.programme.rules.merging import Entry, Made, VenuePair, Why
from fete.programme.services import merging as services

blueprint = Blueprint("merging", __name__, url_prefix="/coordination/doublons")

_PAIR_PAGES = {Merged.ORGANISATION: "merging.pair", Merged.VENUE: "merging.venue_pair"}
_LIST_PAGES = {Merged.ORGANISATION: "merging.index", Merged.VENUE: "merging.venues"}
# Of the structures found, those of the territory are shown: as many are looked through.
_LOOKED_THROUGH = 100


@blueprint.route("")
@requires(is_coordinator)
def index() -> ResponseReturnValue:
    """List the structures of one's territory that are likely the same, and look for any two."""
    person = this_person()
    page = _page_of(twin_organisations(territory_of(person)))
    typed = _typed()
    found = matching_organisations(typed, limit=_LOOKED_THROUGH, territory=territory_of(person))
    return render_template(
        "merging/index.html",
        page=page,
        numbers=activities_of(
            Merged.ORGANISATION, [each.id for pair in page.rows for each in pair]
        ),
        first=_first(Merged.ORGANISATION),
        **_search(found, typed),
    )


@blueprint.route("/lieux")
@requires(is_coordinator)
def venues() -> ResponseReturnValue:
    """List the places of one's territory that are likely the same, and look for any two."""
    territory = territory_of(this_person())
    page: Page[VenuePair] = _page_of(twin_venues(territory))
    typed = _typed()
    return render_template(
        "merging/venues.html",
        page=page,
        numbers=activities_of(
            Merged.VENUE, [each.id for pair in page.rows for each in (pair.one, pair.other)]
        ),
        first=_first(Merged.VENUE),
        Why=Why,
        **_search(matching_venues(typed, territory), typed),
    )


@blueprint.route("/structures/<int:survivor_id>/<int:gone_id>", methods=["GET", "POST"])
@allows(can_merge, load=find_organisation_entry)
def pair(survivor: Organisation, gone_id: int) -> ResponseReturnValue:
    """Compare two structures, see what moves, and make them one."""
    return _pair(survivor, find_organisation_entry(gone_id))


@blueprint.route("/lieux/<int:survivor_id>/<int:gone_id>", methods=["GET", "POST"])
@allows(can_merge, load=find_venue_entry)
def venue_pair(survivor: Venue, gone_id: int) -> ResponseReturnValue:
    """Compare two places, see what moves, and make them one."""
    return _pair(survivor, find_venue_entry(gone_id))


@blueprint.route("/<int:merge_id>/defaire", methods=["POST"])
@allows(can_undo_merge, load=find_made)
def undo(made: Made) -> ResponseReturnValue:
    """Put everything back as it stood before a merge."""
    kind = made.merge.kind
    try:
        with transaction():
            services.undo(made.merge, by=this_person(), at=now())
    except RuleBrokenError as error:
        flash(error.message, "error")
    else:
        flash(_("C’est défait : les deux fiches sont de nouveau séparées."), "success")
    return redirect(url_for(_LIST_PAGES[kind]))


def _pair(survivor: Entry, gone: Entry | None) -> ResponseReturnValue:
    if gone is None or not can_merge(this_person(), gone):
        abort(404)
    kind = Merged.ORGANISATION if isinstance(survivor, Organisation) else Merged.VENUE
    form = MergeForm()
    if form.submitted():
        try:
            with transaction():
                services.merge(survivor, gone, by=this_person(), at=now(), versions=form.versions())
        except RuleBrokenError as error:
            flash(error.message, "error")
            return redirect(url_for(_LIST_PAGES[kind]))
        except StaleError:
            form.form_errors.append(
                _(
                    "Une des deux fiches vient d’être modifiée : comparez-les de nouveau avant de les réunir."
                )
            )
        else:
            flash(
                _(
                    "« %(gone)s » est réunie à « %(survivor)s ». Pendant 24 heures, vous pouvez le défaire ci-dessous.",
                    gone=gone.name,
                    survivor=survivor.name,
                ),
                "success",
            )
            return redirect(url_for(_LIST_PAGES[kind]))
    elif request.method == "GET" and survivor.id != gone.id and (merged := _merged(survivor, gone)):
        flash(
            _("« %(name)s » est déjà réunie à une autre fiche.", name=merged.name),
            "warning",
        )
        return redirect(url_for(_LIST_PAGES[kind]))
    if survivor.id == gone.id:
        abort(404)
    form.renew(survivor, gone)
    hanging = what_hangs_on(kind, [survivor.id, gone.id])
    return render_template(
        "merging/pair.html" if kind is Merged.ORGANISATION else "merging/venue_pair.html",
        survivor=survivor,
        gone=gone,
        form=form,
        compared=comparison(survivor, gone),
        has_members="membership" in hanging[gone.id],
        moving=in_words(hanging[gone.id]),
        staying=in_words(hanging[survivor.id]),
        other_way=url_for(_PAIR_PAGES[kind], survivor_id=gone.id, gone_id=survivor.id),
    )


def _merged(*entries: Entry) -> Entry | None:
    return next((entry for entry in entries if entry.merged_into_id is not None), None)


def _typed() -> str:
    return (EntrySearchForm(request.args).q.data or "").strip()


def _first(kind: Merged) -> Entry | None:
    """Return the one of the two that was chosen first, if any."""
    number = request.args.get("premier", type=int)
    if number is None or not is_key(number):
        return None
    found = (
        find_organisation_entry(number) if kind is Merged.ORGANISATION else find_venue_entry(number)
    )
    if found is None or found.merged_into_id is not None or not can_merge(this_person(), found):
        return None
    return found


def _search(found: Sequence[Entry], typed: str) -> dict[str, Any]:
    person = this_person()
    return {
        "form": EntrySearchForm(request.args),
        "typed": typed,
        "found": found[:MOST_FOUND],
        "undoable": [made for made in merges_to_undo(now()) if can_undo_merge(person, made)],
    }


def _page_of(pairs: Sequence[Any]) -> Page[Any]:
    number = page_number(request.args.get("page", default=1, type=int), len(pairs))
    rows = pairs[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return Page(rows=rows, number=number, total=len(pairs))
