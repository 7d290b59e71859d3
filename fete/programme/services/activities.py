"""Declare, rewrite and plan activities: every change is told to the search, to calendars and to the journal."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from fete.accounts.models import User
from fete.accounts.policies import is_coordinator, is_regional
from fete.core import clock
from fete.core.db import db
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.core.store import delete_with_row
from fete.core.text import search_text
from fete.journal.services import record
from fete.network.models import Organisation
from fete.programme import rules
from fete.programme.models import Activity, Booking, Edition, EditionState, Mode, Slot, Venue
from fete.programme.policies import receives
from fete.programme.queries.activities import find_declared
from fete.programme.queries.standing import UNSEEN
from fete.programme.rules import PlannedSlot
from fete.programme.workflow import CANCELLABLE, SlotState, Status
from fete.vocabulary.models import Term, TermList

_SEARCHED = frozenset(
    {"title", "standfirst", "description", "kind", "themes", "venue", "sites", "parent"}
)
_SEEN_BY_CHILDREN = frozenset({"title", "venue", "sites"})
_BOOKED_BY_CHILDREN = frozenset({"booking", "booking_phone", "booking_email", "booking_link"})
_WELCOME = frozenset({"for_public", "for_schools"})
_SHOWN = frozenset({Status.SUBMITTED, Status.LABELLED, Status.PUBLISHED})

# What a slot says beside its time, under the same names in what is planned and in what stands.
_BESIDE_ITS_TIME = ("capacity", "classes", "audience", "is_opening", "venue")
# What visitors were told of a time before it moves: that it stands, or that another will follow.
_ANNOUNCED = frozenset({SlotState.SCHEDULED, SlotState.POSTPONED})


class Content(TypedDict, total=False):
    """What an activity says of itself: any of it, under the names of the model and of the lists of words."""

    kind: Term | None
    title: str
    standfirst: str
    description: str
    themes: Sequence[Term]
    matches_edition_theme: bool | None
    scientific_referent: str
    partners: str
    audiences: Sequence[Term]
    for_public: bool
    for_schools: bool
    levels: Sequence[Term]
    age_min: int | None
    age_max: int | None
    mode: Mode
    parent: Activity | None
    venue: Venue | None
    sites: Sequence[Venue]
    access_note: str
    online_link: str
    booking: Booking
    booking_phone: str
    booking_email: str
    booking_link: str
    conditions: str
    is_free: bool
    accessibility_known: bool
    accessibility: Sequence[Term]
    accessibility_note: str
    expected_researchers: int | None
    expected_mediators: int | None
    expected_volunteers: int | None
    expected_visitors: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastActivity:
    """A whole activity that was declared elsewhere or before: as it stood, with its slots and its dates."""

    organisation: Organisation
    edition: Edition
    content: Content
    slots: Sequence[PlannedSlot] = ()
    status: Status = Status.PUBLISHED
    submitted_at: datetime | None = None
    published_at: datetime | None = None
    form_key: str = field(default_factory=lambda: str(uuid4()))


def declare(
    *,
    organisation: Organisation,
    edition: Edition,
    form_key: str,
    by: User,
    at: datetime,
    begun_in_time: bool = False,
    **content: Unpack[Content],
) -> Activity:
    """Return a new draft of the structure for the edition; the same form sent again returns the same draft.

    What was `begun_in_time` is kept when it arrives just after the end of the call.
    """
    known = find_declared(form_key)
    if known is not None and known.organisation_id == organisation.id:
        return known
    is_late = begun_in_time and rules.call_has_just_closed(edition, at)
    if not is_late:
        _check_call(edition, organisation, by=by, today=clock.to_paris(at).date())
    activity = _begun(organisation, edition, form_key, by=by, at=at)
    _set_down(activity, content, by=by)
    try:
        with db.session.begin_nested():
            db.session.add(activity)
    except IntegrityError:
        # The same form arrived by another worker in the same instant: its draft is the one.
        known = find_declared(form_key)
        if known is None or known.organisation_id != organisation.id:
            raise
        return known
    act = "activity.declared_late" if is_late else "activity.declared"
    record(act, on=activity, person_id=by.id, at=at, detail=activity.title)
    return activity


def declare_past(
    activities: Iterable[PastActivity], *, by: User | None, at: datetime
) -> list[Activity]:
    """Return the activities, kept as they stood whatever the call says: one journal line each, one writing for all."""
    made = []
    with db.session.no_autoflush:
        for past in activities:
            activity = _begun(past.organisation, past.edition, past.form_key, by=by, at=at)
            activity.status = past.status
            activity.submitted_at = past.submitted_at
            activity.published_at = past.published_at
            refuse_slot_faults(past.slots, past.edition)
            activity.slots = [_new_slot(slot, at=at) for slot in past.slots]
            _set_down(activity, past.content, by=None)
            made.append(activity)
        db.session.add_all(made)
    db.session.flush()
    person_id = by.id if by else None
    for activity in made:
        record("activity.declared", on=activity, person_id=person_id, at=at, detail=activity.title)
    return made


def rewrite(
    activity: Activity,
    *,
    by: User | None,
    at: datetime,
    version: int | None = None,
    reason: str = "",
    is_invited: bool = False,
    replans: bool = False,
    **content: Unpack[Content],
) -> list[str]:
    """Return the names of the fields that changed; where the public sees them, calendars are told.

    With a `version`, raise `StaleError` when somebody else wrote since. Once the edition is closed it is a
    correction: by the region only, with its `reason`. `is_invited` says that the hosts of its new container agree
    already; `replans`, that its slots are planned anew right after.
    """
    changed = [name for name, value in content.items() if _differs(activity, name, value)]
    if not changed:
        return []
    _check_correction(activity, reason, by=by)
    if not is_invited:
        refuse_uninvited(activity, content.get("parent"), by=by)
    _claim(activity, version)
    if _set_down(activity, content, by=by, replans=replans):
        changed.append("slots")
    if (
        _WELCOME.intersection(changed)
        and activity.status in _SHOWN
        and not replans
        and rules.strangers(activity)
    ):
        raise RuleBrokenError(
            _(
                "Un créneau au moins est pour ceux que vous n’accueilleriez plus : changez d’abord les créneaux dans « Quand »."
            ),
            field="welcome",
        )
    _tell(activity, changed, by=by, at=at, reason=reason)
    return changed


def plan_slots(
    activity: Activity,
    slots: Sequence[PlannedSlot],
    *,
    by: User | None,
    at: datetime,
    version: int | None = None,
    cancels: bool = False,
    reason: str = "",
) -> bool:
    """Return whether the slots changed: those named by their number stay themselves, the others come or go.

    A slot's revision rises only when the slot changed, or other opening hours beside its own. What subscribers know is not taken away: it is cancelled,
    here when `cancels` says so. What was cancelled already stays without being named. Once the edition is closed
    it is a correction, as in `rewrite`.
    """
    refuse_slot_faults(slots, activity.edition, held=activity)
    standing = {slot.id: slot for slot in activity.slots}
    kept = {slot.id for slot in slots if slot.id is not None} & standing.keys()
    gone = [slot for slot in activity.slots if slot.id not in kept]
    if activity.status in CANCELLABLE:
        gone = [slot for slot in gone if slot.state is not SlotState.CANCELLED]
    was_public = activity.published_at is not None
    if gone and was_public and not cancels:
        raise RuleBrokenError(
            _(
                "Un créneau déjà publié ne se supprime pas : annulez-le, pour que le public l’apprenne."
            ),
            field="slots",
        )
    moved = [
        (standing[slot.id], slot)
        for slot in slots
        if slot.id in standing and _slot_differs(standing[slot.id], slot)
    ]
    added = [slot for slot in slots if slot.id not in standing]
    if not (gone or moved or added):
        return False
    _check_correction(activity, reason, by=by)
    _claim(activity, version)
    places = activity.places
    were_openings = [slot for slot in activity.slots if slot.is_opening]
    for slot, planned in moved:
        _move(slot, planned, at=at)
    for slot in gone:
        if was_public:
            _cancel(slot, at=at)
        else:
            activity.slots.remove(slot)
    new = [_new_slot(slot, at=at) for slot in added]
    activity.slots.extend(new)
    activity.slots.sort(key=lambda slot: slot.starts_at)
    activity.changed_at = at
    tell_openings(activity, [*(slot for slot, _ in moved), *gone, *new], at, were=were_openings)
    if activity.places != places:
        index(activity)
        for child in _followers(activity):
            index(child)
    db.session.flush()
    _note(activity, ["slots"], by=by, at=at, reason=reason)
    return True


def hold(activity: Activity) -> None:
    """Read the activity anew and keep it: of two people who act at once, the second sees what the first did."""
    db.session.flush()
    db.session.refresh(activity, with_for_update={"of": Activity})


def refuse_closed(activity: Activity) -> None:
    """Refuse to change what belongs to a closed edition."""
    if activity.edition.state is EditionState.CLOSED:
        raise RuleBrokenError(_("Cette édition est close : ses activités ne changent plus."))


def touch(activity: Activity, at: datetime) -> None:
    """Raise the revision of the activity's slots: calendars learn that something of it changed."""
    activity.changed_at = at
    for slot in activity.slots:
        slot.revision += 1
        slot.changed_at = at


def tell_openings(
    activity: Activity, changed: Collection[Slot], at: datetime, *, were: Collection[Slot] = ()
) -> None:
    """Raise the revision of the other opening hours when some changed, or `were` opening hours before they did.

    Those that follow each other are one event in calendars: what becomes of one day changes it.
    """
    if any(slot.is_opening or slot in were for slot in changed):
        for slot in activity.slots:
            if slot.is_opening and slot not in changed:
                slot.revision += 1
                slot.changed_at = at


def index(activity: Activity) -> None:
    """Make the activity findable by all that it says now, by its structure and by its place."""
    places = activity.places
    activity.search = search_text(
        activity.title,
        activity.standfirst,
        activity.description,
        activity.kind.label_fr if activity.kind else None,
        *(term.label_fr for term in activity.terms if term.list is TermList.THEME),
        *(name for each in activity.organisers for name in (each.name, each.acronym)),
        *(place.name for place in places),
        *(dict.fromkeys(place.commune.name for place in places)),
    )


def delete_draft(activity: Activity, *, by: User, at: datetime) -> None:
    """Take away a draft that nobody but those who declare it has seen; the journal keeps its title."""
    if not rules.was_never_shown(activity):
        raise RuleBrokenError(_("Seul un brouillon jamais déposé peut être supprimé."))
    record("activity.deleted", on=activity, person_id=by.id, at=at, detail=activity.title)
    if activity.picture is not None:
        delete_with_row(*activity.picture.files.values())
    # What renewed it goes on from what it renewed itself.
    db.session.execute(
        update(Activity)
        .where(Activity.renewed_from_id == activity.id)
        .values(renewed_from_id=activity.renewed_from_id)
    )
    db.session.delete(activity)
    db.session.flush()


def refuse_container(kind: Term | None, *, by: User) -> None:
    """Refuse a kind that holds others to whoever does not coordinate."""
    if kind is not None and kind.is_container and not is_coordinator(by):
        raise RuleBrokenError(
            _("Un village, un festival ou un parcours est créé par la coordination."), field="kind"
        )


def refuse_slot_faults(
    slots: Sequence[PlannedSlot], edition: Edition, *, held: Activity | None = None
) -> None:
    """Refuse slots that cannot be, naming the row and the field of the first fault."""
    for fault in rules.slot_faults(slots, edition, held=held):
        raise RuleBrokenError(fault.message, field=f"slots-{fault.number}-{fault.field}")


def _check_call(edition: Edition, organisation: Organisation, *, by: User, today: date) -> None:
    if rules.may_declare(edition, organisation.id, today):
        return
    if is_coordinator(by) and edition.state is EditionState.OPEN:
        return
    raise RuleBrokenError(
        _("L’appel à participation de cette édition n’est pas ouvert."), field="edition"
    )


def _check_correction(activity: Activity, reason: str, *, by: User | None) -> None:
    """Refuse to change an activity of a closed edition, but for the region that says why; a file says it by itself."""
    if by is None or activity.edition.state is not EditionState.CLOSED:
        return
    if not is_regional(by):
        raise RuleBrokenError(_("Cette édition est close : ses activités ne changent plus."))
    if not reason:
        raise RuleBrokenError(_("Dites pourquoi : l’édition est close."), field="reason")


def _begun(
    organisation: Organisation, edition: Edition, form_key: str, *, by: User | None, at: datetime
) -> Activity:
    # Written out, so that rules can read them before the database gives its own.
    return Activity(
        organisation=organisation,
        edition=edition,
        edition_id=edition.id,
        organisation_id=organisation.id,
        status=Status.DRAFT,
        to_confirm="",
        form_key=form_key,
        created_at=at,
        created_by=by,
        changed_at=at,
        version=1,
        title="",
        standfirst="",
        description="",
        mode=Mode.ON_SITE,
        booking=Booking.NONE,
        for_public=True,
        for_schools=False,
        terms=[],
        sites=[],
        slots=[],
    )


def _set_down(
    activity: Activity, content: Content, *, by: User | None, replans: bool = False
) -> bool:
    """Put the content on the activity, and return whether slots went with its place; refuse what cannot stand."""
    if by is not None:
        refuse_container(content.get("kind"), by=by)
    words = {name: content[name] for name in rules.TERM_LISTS if name in content}  # type: ignore[literal-required]
    if words:
        replaced = {rules.TERM_LISTS[name] for name in words}
        kept = [term for term in activity.terms if term.list not in replaced]
        activity.terms = [*kept, *(term for terms in words.values() for term in terms)]
    before = activity.venue
    for name, value in content.items():
        if name not in rules.TERM_LISTS:
            setattr(activity, name, value)
    has_followers = activity.venue is not before and _follow(activity, before)
    for fault in rules.content_faults(activity, with_slots=not replans):
        raise RuleBrokenError(fault.message, field=fault.field)
    if _SEARCHED & content.keys():
        index(activity)
    return has_followers


def _followers(container: Activity) -> list[Activity]:
    """Return what a container holds that has neither place nor hours of its own: it goes where the container goes."""
    if not container.is_container:
        return []
    return [child for child in container.children if child.venue is None and not child.slots]


def refuse_uninvited(activity: Activity, container: Activity | None, *, by: User | None) -> None:
    """Refuse to put the activity into a container whose people the person is not among: a stand is asked for."""
    if by is None or container is None or container is activity.parent:
        return
    if not container.is_container or receives(by, container):
        return
    raise RuleBrokenError(
        _(
            "Demandez un stand : les organisateurs de « %(title)s » répondront.",
            title=container.title,
        ),
        field="parent",
    )


def _differs(activity: Activity, name: str, value: Any) -> bool:  # noqa: ANN401  # any field's value
    if name in rules.TERM_LISTS:
        return {term.id for term in rules.terms_of(activity, name)} != {term.id for term in value}
    if name == "sites":
        return set(activity.sites) != set(value)
    return bool(getattr(activity, name) != value)


def _follow(activity: Activity, before: Venue | None) -> bool:
    """Let the slots that named the activity's own place go with it where it goes; return whether there are any."""
    named = [slot for slot in activity.slots if slot.venue is before and before is not None]
    if not named or activity.venue is None or before in activity.places_to_name:
        return False
    for slot in named:
        slot.venue = activity.venue
    return True


def _claim(activity: Activity, version: int | None) -> None:
    """Raise the version; whoever read an older one is refused, on every engine."""
    if version is None:
        activity.version += 1
        return
    claimed = db.session.execute(
        update(Activity)
        .where(Activity.id == activity.id, Activity.version == version)
        .values(version=version + 1),
        execution_options=UNSEEN,
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]
        raise StaleError


def _tell(
    activity: Activity, changed: Sequence[str], *, by: User | None, at: datetime, reason: str
) -> None:
    activity.changed_at = at
    if not rules.PRIVATE_FIELDS.issuperset(changed):
        touch(activity, at)
    if activity.is_container and _SEEN_BY_CHILDREN.intersection(changed):
        for child in activity.children:
            if child.venue is None:
                index(child)
            touch(child, at)
    elif activity.is_container and _BOOKED_BY_CHILDREN.intersection(changed):
        for child in activity.children:
            if child.booking_from is activity:
                touch(child, at)
    _note(activity, changed, by=by, at=at, reason=reason)


def _note(
    activity: Activity, changed: Sequence[str], *, by: User | None, at: datetime, reason: str = ""
) -> None:
    names = ", ".join(str(rules.FIELD_NAMES[name]) for name in changed)
    record(
        "activity.corrected" if reason else "activity.changed",
        on=activity,
        person_id=by.id if by else None,
        at=at,
        detail=f"{names}. {reason}" if reason else names,
    )


def _slot_differs(slot: Slot, planned: PlannedSlot) -> bool:
    return (
        not rules.same_time(slot.starts_at, planned.starts_at)
        or not rules.same_time(slot.ends_at, planned.ends_at)
        or any(getattr(slot, name) != getattr(planned, name) for name in _BESIDE_ITS_TIME)
    )


def _move(slot: Slot, planned: PlannedSlot, *, at: datetime) -> None:
    moved = not rules.same_time(slot.starts_at, planned.starts_at) or not rules.same_time(
        slot.ends_at, planned.ends_at
    )
    if moved:
        slot.starts_at, slot.ends_at = planned.starts_at, planned.ends_at
        is_closed = slot.activity.edition.state is EditionState.CLOSED
        if slot.activity.status is Status.PUBLISHED and slot.state in _ANNOUNCED and not is_closed:
            # Whoever noted the old hour must read that it changed.
            slot.state = SlotState.RESCHEDULED
    for name in _BESIDE_ITS_TIME:
        setattr(slot, name, getattr(planned, name))
    slot.revision += 1
    slot.changed_at = at


def _cancel(slot: Slot, *, at: datetime) -> None:
    slot.state = SlotState.CANCELLED
    slot.note = ""
    slot.revision += 1
    slot.changed_at = at


def _new_slot(planned: PlannedSlot, *, at: datetime) -> Slot:
    return Slot(
        uid=planned.uid or str(uuid4()),
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        capacity=planned.capacity,
        classes=planned.classes,
        audience=planned.audience,
        is_opening=planned.is_opening,
        venue=planned.venue,
        state=SlotState.SCHEDULED,
        revision=0,
        changed_at=at,
    )
