"""Take last year's activities into a new edition, and note what was read again since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.journal.services import record
from fete.programme import rules
from fete.programme.models import Activity, CoOrganiser, Edition, Slot, Venue
from fete.programme.queries.lineage import renewals_in
from fete.programme.queries.renewal import renewed_containers
from fete.programme.rules import Moved, Part
from fete.programme.services.activities import declare, index
from fete.programme.workflow import SlotState


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What an activity would become in an edition: its slots, the container that takes it in again, its words left out."""

    source: Activity
    slots: Sequence[Moved]
    container: Activity | None
    left_out: Sequence[str]
    # What renews it in that edition already.
    renewal: Activity | None


def foresee(sources: Collection[Activity], edition: Edition) -> list[Outlook]:
    """Return what each of these activities of earlier editions would become; nothing is written."""
    for source in sources:
        if source.edition.year >= edition.year:
            raise RuleBrokenError(
                _("On ne reconduit que les activités d’une édition passée : choisissez-en une.")
            )
    containers = renewed_containers(sources, edition)
    renewals = renewals_in(edition, [source.id for source in sources])
    return [
        Outlook(
            source=source,
            slots=rules.moved_slots(source, edition),
            container=containers.get(source.parent_id) if source.parent_id else None,
            left_out=[
                term.label for term in (source.kind, *source.terms) if term and term.is_retired
            ],
            renewal=renewals.get(source.id),
        )
        for source in sources
    ]


def renew(
    sources: Collection[Activity], edition: Edition, *, by: User, at: datetime
) -> list[Activity]:
    """Return the new drafts of the edition that renew these activities; one that is renewed already stays alone."""
    made = []
    for outlook in foresee(sources, edition):
        if outlook.renewal is None:
            draft = _renewed(outlook, edition, by=by, at=at)
            if draft is not None:
                made.append(draft)
    db.session.flush()
    return made


def confirm_part(activity: Activity, part: Part, *, by: User, at: datetime) -> list[str]:
    """Note that somebody read again what this part took over from an earlier edition; return those fields."""
    if not activity.to_confirm:
        return []
    # Of two people who confirm two parts at once, neither undoes what the other did.
    db.session.flush()
    db.session.refresh(activity, ["to_confirm"], with_for_update=True)
    waiting = [name for name in activity.to_confirm.split(",") if name]
    confirmed = [name for name in waiting if name in rules.FIELDS[part]]
    if not confirmed:
        return []
    activity.to_confirm = ",".join(name for name in waiting if name not in confirmed)
    record(
        "activity.confirmed",
        on=activity,
        person_id=by.id,
        at=at,
        detail=", ".join(str(rules.FIELD_NAMES[name]) for name in confirmed),
    )
    return confirmed


def _renewed(outlook: Outlook, edition: Edition, *, by: User, at: datetime) -> Activity | None:
    source = outlook.source
    draft = declare(
        organisation=source.organisation,
        edition=edition,
        # The same for whoever renews it: of two at the same instant, one draft is made.
        form_key=str(uuid5(NAMESPACE_URL, f"fete:renewal:{source.id}:{edition.id}")),
        by=by,
        at=at,
        **rules.renewed_content(source),
        venue=_standing(source.venue),
    )
    if draft.renewed_from_id is not None:
        return None
    draft.renewed_from = source
    if outlook.container is not None and rules.may_hold(outlook.container, draft):
        draft.parent = outlook.container
        index(draft)
    draft.to_confirm = ",".join(rules.fields_to_confirm(source, edition))
    draft.slots = [_new_slot(moved, at=at) for moved in outlook.slots if moved.starts_at]
    draft.sites = list(dict.fromkeys(site.merged_into or site for site in source.sites))
    draft.co_organisers = [
        CoOrganiser(organisation_id=each.organisation_id, added_by_id=by.id, added_at=at)
        for each in source.co_organisers
        if each.organisation.merged_into_id is None
    ]
    db.session.flush()
    record(
        "activity.renewed",
        on=draft,
        person_id=by.id,
        at=at,
        detail=_("édition %(year)s", year=source.edition.year),
    )
    return draft


def _new_slot(moved: Moved, *, at: datetime) -> Slot:
    slot = moved.slot
    return Slot(
        starts_at=moved.starts_at,
        ends_at=moved.ends_at,
        capacity=slot.capacity,
        classes=slot.classes,
        audience=slot.audience,
        is_opening=slot.is_opening,
        venue=_standing(slot.venue),
        state=SlotState.SCHEDULED,
        revision=0,
        changed_at=at,
    )


def _standing(venue: Venue | None) -> Venue | None:
    return (venue.merged_into or venue) if venue is not None else None
