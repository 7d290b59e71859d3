"""Where one arrives: what waits for an actor, what waits for a coordinator."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import requires, signed_in
from fete.core.clock import now, today
from fete.core.i18n import gettext as _, ngettext
from fete.dashboard.queries.home import desk_of, progress_of
from fete.dashboard.queries.progress import board_of, count_of_late, edition_before
from fete.network.models import Organisation
from fete.network.queries import invitations_for, organisations_of, requests_of
from fete.network.rules import charter_is_signed
from fete.programme.forms.review import STATUSES
from fete.programme.models import Activity
from fete.programme.queries.activities import (
    activities_by_year,
    activities_in_hand,
    page_of_activities,
)
from fete.programme.queries.editions import current_edition, late_entries_for, open_calls
from fete.programme.queries.renewal import waiting_to_renew
from fete.programme.queries.sharing import handovers_for
from fete.programme.queries.stands import awaited_stands
from fete.programme.queries.territory import departements_within
from fete.programme.rules import left_to_confirm, missing, situation
from fete.programme.workflow import Status
from fete.reports.queries.reporting import number_owed

blueprint = Blueprint("dashboard", __name__)


# What waits is read at a glance: beyond, the list of activities.
_MOST_DRAFTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """Something that waits for the person: what it is, why, and where to do it."""

    title: str
    words: str
    url: str
    icon: str
    # Others wait for it.
    is_pressing: bool = False
    # Somebody else's words, which stay in their language.
    is_quoted: bool = False


@blueprint.route("/mon-espace")
@requires(signed_in)
def actor() -> ResponseReturnValue:
    """Show what waits for the person first, then their structures and their activities."""
    person = this_person()
    organisations = organisations_of(person)
    in_hand = activities_in_hand(person)
    drafts = _drafts(in_hand)
    page = page_of_activities(person, number=1)
    calls = open_calls(today())
    return render_template(
        "dashboard/actor.html",
        organisations=organisations,
        requests=requests_of(person),
        invitations=invitations_for(person, at=now()),
        offers=handovers_for(person),
        awaited=awaited_stands(person),
        late=late_entries_for(person, today()),
        tasks=[
            *_sent_back(in_hand),
            *_reports(number_owed(person, at=now())),
            *drafts[:_MOST_DRAFTS],
            *_unsigned(organisations),
        ],
        more_drafts=len(drafts[_MOST_DRAFTS:]),
        calls=calls,
        days_left={each.id: (each.call_closes_on - today()).days for each in calls},
        over={each.id for each in calls if each.ends_on < today()},
        to_renew=waiting_to_renew(person, into=calls[0]) if calls else None,
        page=page,
        years=activities_by_year(person),
        situations={each.id: situation(each) for each in page.rows},
    )


def _sent_back(in_hand: Sequence[Activity]) -> list[Task]:
    return [
        _task(each, icon="arrow-return-left", is_pressing=True)
        for each in in_hand
        if each.status is Status.CHANGES_REQUESTED
    ]


def _reports(owed: int) -> list[Task]:
    if not owed:
        return []
    return [
        Task(
            title=ngettext("%(num)s bilan à remplir", "%(num)s bilans à remplir", owed),
            words=_("Dites si l’activité a eu lieu et combien de personnes sont venues."),
            url=url_for("reports.due"),
            icon="clipboard-check",
            is_pressing=True,
        )
    ]


def _drafts(in_hand: Sequence[Activity]) -> list[Task]:
    """Return the drafts, those that take the least first: to deposit, to read again, to complete."""
    drafts = [each for each in in_hand if each.status is Status.DRAFT]
    lacking = {each.id: len(missing(each)) for each in drafts}
    to_read = {each.id: len(left_to_confirm(each)) for each in drafts}
    drafts.sort(key=lambda each: (lacking[each.id] > 0 and not each.to_confirm, lacking[each.id]))
    return [
        _task(
            each,
            icon="eye" if to_read[each.id] else "pencil" if lacking[each.id] else "send",
        )
        for each in drafts
    ]


def _unsigned(organisations: Sequence[Organisation]) -> list[Task]:
    return [
        Task(
            title=_("Signer la charte pour %(name)s", name=each.name),
            words=_("Elle dit ce qui réunit les acteurs du réseau."),
            url=url_for("organisation.sign", organisation_id=each.id),
            icon="file-earmark-text",
        )
        for each in organisations
        if not charter_is_signed(each)
    ]


def _task(activity: Activity, *, icon: str, is_pressing: bool = False) -> Task:
    return Task(
        title=activity.title,
        words=situation(activity),
        url=url_for("activities.preview", activity_id=activity.id),
        icon=icon,
        is_pressing=is_pressing,
        is_quoted=True,
    )


@blueprint.route("/coordination")
@requires(is_coordinator)
def coordinator() -> ResponseReturnValue:
    """Show what waits for the coordination, and how far the edition is."""
    person = this_person()
    territory = territory_of(person)
    departements = departements_within(territory)
    edition = current_edition(today())
    progress = progress_of(territory, edition=edition, departements=departements)
    previous = edition_before(edition) if edition is not None else None
    board = (
        board_of(edition, previous, territory=territory, departements=departements, today=today())
        if edition is not None
        else None
    )
    codes = None if territory is None else [each.code for each in departements]
    return render_template(
        "dashboard/coordinator.html",
        # The region answers for its own villages, each département for all of its own.
        awaited=awaited_stands(person, territory=territory or frozenset()),
        board=board,
        departements=departements,
        desk=desk_of(territory, at=now()),
        edition=edition,
        late=count_of_late(edition, previous, departements=codes) if edition and previous else 0,
        previous=previous,
        progress=progress,
        statuses=STATUSES,
        territory=territory,
        totals={
            status: sum(line.counts.get(status, 0) for line in progress)
            for status, _label in STATUSES.values()
        },
    )
