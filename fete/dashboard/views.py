"""Where one arrives: what waits for an actor, what waits for a coordinator."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import requires, signed_in
from fete.core.clock import now, today
from fete.dashboard.queries import desk_of, progress_of
from fete.network.queries import invitations_for, organisations_of, requests_of
from fete.network.rules import charter_is_signed
from fete.programme.forms.review import STATUSES
from fete.programme.queries.activities import activities_in_hand, page_of_activities
from fete.programme.queries.editions import current_edition, open_calls
from fete.programme.queries.sharing import handovers_for
from fete.programme.queries.stands import awaited_stands
from fete.programme.queries.territory import departements_within
from fete.programme.rules import situation
from fete.programme.workflow import Status
from fete.reports.queries import number_owed

blueprint = Blueprint("dashboard", __name__)


@blueprint.route("/mon-espace")
@requires(signed_in)
def actor() -> ResponseReturnValue:
    """Show what waits for the person first, then their structures and their activities."""
    person = current_user._get_current_object()  # how the library gives the person itself
    organisations = organisations_of(person)
    in_hand = activities_in_hand(person)
    page = page_of_activities(person, number=1)
    return render_template(
        "dashboard/actor.html",
        organisations=organisations,
        unsigned=[each for each in organisations if not charter_is_signed(each)],
        requests=requests_of(person),
        offers=handovers_for(person),
        awaited=awaited_stands(person),
        invitations=invitations_for(person, at=now()),
        sent_back=[each for each in in_hand if each.status is Status.CHANGES_REQUESTED],
        drafts=[each for each in in_hand if each.status is Status.DRAFT],
        reports_owed=number_owed(person, at=now()),
        calls=open_calls(today()),
        page=page,
        situations={each.id: situation(each) for each in (*in_hand, *page.rows)},
    )


@blueprint.route("/coordination")
@requires(is_coordinator)
def coordinator() -> ResponseReturnValue:
    """Show what waits for the coordination, and how far the edition is."""
    territory = territory_of(this_person())
    departements = departements_within(territory)
    edition = current_edition(today())
    progress = progress_of(territory, edition=edition, departements=departements)
    return render_template(
        "dashboard/coordinator.html",
        departements=departements,
        desk=desk_of(territory, at=now()),
        edition=edition,
        progress=progress,
        statuses=STATUSES,
        territory=territory,
        totals={
            status: sum(line.counts.get(status, 0) for line in progress)
            for status, _label in STATUSES.values()
        },
    )
