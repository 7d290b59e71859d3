"""The published programme as each worker keeps it in memory, for as long as nothing of it changes."""

import gc
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from fete.core.clock import to_paris
from fete.core.db import db
from fete.core.kept import Remembered
from fete.geography.models import Commune, Departement
from fete.network.models import Organisation
from fete.programme.models import (
    Activity,
    Booking,
    CoOrganiser,
    Mode,
    Slot,
    SlotAudience,
    Venue,
    activity_site,
    activity_term,
)
from fete.programme.queries.search import TERM_FIELDS, is_published, says, with_containers
from fete.programme.queries.standing import standing
from fete.programme.rules.catalogue import Catalogue, Entry, Place, Time, welcomes_schools
from fete.programme.rules.filters import Filters, Point
from fete.programme.rules.naming import named_in
from fete.programme.workflow import Status
from fete.vocabulary.models import Term, TermList

# What the public sees, or saw.
_SEEN = (Status.PUBLISHED, Status.WITHDRAWN)
_TERM_FIELDS = {of: name for of, name in TERM_FIELDS.items() if of is not TermList.KIND}
_MOST_ANSWERS = 500
Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """The activities that answer words, and those among them that are held in a département which the words name."""

    activities: frozenset[int] = frozenset()
    there: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Kept:
    """What a worker keeps of the programme under one token."""

    token: str
    catalogues: dict[int | None, Catalogue] = field(default_factory=dict)
    answers: Remembered = field(default_factory=lambda: Remembered(_MOST_ANSWERS))


_kept = _Kept(token="")
_lock = Lock()


def catalogue_of(edition_id: int | None) -> Catalogue:
    """Return the published programme of an edition, or of all those that are shown."""
    kept = _under(standing())
    with _lock:
        if edition_id not in kept.catalogues:
            kept.catalogues[edition_id] = _read(edition_id)
        return kept.catalogues[edition_id]


def remembered(key: Hashable, make: Callable[[], Answer]) -> Answer:
    """Return an answer about the programme, made once by each worker for as long as the programme stands."""
    return _under(standing()).answers.give(key, make)


def rows_of(filters: Filters, *, but: str = "") -> int:
    """Return the rows of the catalogue that answer all filters but one."""
    return remembered(
        ("rows", filters, but),
        lambda: catalogue_of(filters.edition_id).rows_of(
            filters,
            but=but,
            said=said(filters).activities if filters.text else None,
            centres=centres_of(filters),
        ),
    )


def times_of(filters: Filters) -> list[Time]:
    """Return the times asked for, one a slot, in order; a slot is its activity's, not that of what it holds."""
    catalogue = catalogue_of(filters.edition_id)
    found = (catalogue.rows[number][1] for number in catalogue.by_time(rows_of(filters)))
    return [time for time in found if time.is_own]


def said(filters: Filters) -> Said:
    """Return what answers the words asked for: it says them, or says the others where these name a département.

    What an activity says holds its commune and not its département, which is known of each without being written.
    """
    text, edition = filters.text, filters.edition_id
    return remembered(("said", text, edition), lambda: _said(text, edition)) if text else Said()


def departements_of(edition_id: int | None) -> dict[str, str]:
    """Return the names of the départements where something is held, by their codes."""

    def read() -> dict[str, str]:
        held = catalogue_of(edition_id).bearing["departements"]
        found = db.session.execute(select(Departement.code, Departement.name))
        return {code: name for code, name in found if code in held}

    return remembered(("departements", edition_id), read)


def communes_of(edition_id: int | None) -> dict[str, str]:
    """Return the names of the communes where something is held, by their codes."""

    def read() -> dict[str, str]:
        entries = catalogue_of(edition_id).entries
        return {
            place.commune: place.town
            for entry in entries
            for time in entry.times
            for place in time.places
        }

    return remembered(("communes", edition_id), read)


def centres_of(filters: Filters) -> tuple[Point, ...]:
    """Return the points that a radius is around: the one asked for, else those of the communes asked for."""
    if filters.radius is None:
        return ()
    if filters.near is not None:
        return (filters.near,)
    return remembered(("centres", filters.communes), lambda: _points_of(filters.communes))


def _under(token: str) -> _Kept:
    global _kept  # noqa: PLW0603  # replaced whole, so that a reader sees one state or the other
    kept = _kept
    if kept.token != token:
        kept = _kept = _Kept(token=token)
    return kept


def _points_of(communes: Sequence[str]) -> tuple[Point, ...]:
    found = db.session.execute(
        select(Commune.latitude, Commune.longitude)
        .where(Commune.code.in_(communes))
        .order_by(Commune.code)
    )
    return tuple(point for latitude, longitude in found if (point := _point(latitude, longitude)))


def _said(text: str, edition_id: int | None) -> Said:
    found = frozenset(says(text))
    codes, others = named_in(text, departements_of(edition_id))
    if not codes:
        return Said(activities=found)
    catalogue = catalogue_of(edition_id)
    rows = catalogue.rows_of(Filters(departements=tuple(codes)))
    there = frozenset(entry.number for entry in catalogue.entries_of(rows))
    if others:
        there &= frozenset(says(others))
    return Said(activities=found | there, there=there)


def _point(latitude: float | None, longitude: float | None) -> Point | None:
    if latitude is None or longitude is None:
        return None
    return Point(latitude=latitude, longitude=longitude)


def _read(edition_id: int | None) -> Catalogue:
    """Read the programme: the same number of questions whatever it holds, and no object made of a row."""
    published = select(Activity.id).where(is_published())
    seen = select(func.max(Slot.changed_at)).join(Slot.activity).where(Activity.status.in_(_SEEN))
    if edition_id is not None:
        published = published.where(Activity.edition_id == edition_id)
        seen = seen.where(Activity.edition_id == edition_id)
    changed_at = db.session.scalar(seen)
    with _undisturbed():
        return Catalogue(_Reading(published).entries(), changed_at=changed_at)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the collector of garbage out of the many objects made inside, which live on: it would go through them in vain.

    That is half of the time that making them takes, and a pause in the requests that follow.
    """
    gc.unfreeze()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


class _Reading:
    """The rows of which entries are made."""

    def __init__(self, published: Select[int]) -> None:
        held = with_containers(published)
        self.slots = _grouped(
            db.session.execute(
                select(
                    Slot.activity_id,
                    Slot.id,
                    Slot.uid,
                    Slot.starts_at,
                    Slot.ends_at,
                    Slot.state,
                    Slot.revision,
                    Slot.changed_at,
                    Slot.audience,
                    Slot.venue_id,
                    Slot.is_opening,
                )
                .where(Slot.activity_id.in_(held))
                .order_by(Slot.starts_at, Slot.id)
            )
        )
        self.sites = _grouped(
            db.session.execute(
                select(activity_site.c.activity_id, activity_site.c.venue_id)
                .where(activity_site.c.activity_id.in_(held))
                .order_by(activity_site.c.venue_id)
            )
        )
        self.terms = _grouped(
            db.session.execute(
                select(activity_term.c.activity_id, Term.list, Term.code)
                .join(Term, Term.id == activity_term.c.term_id)
                .where(Term.list.in_(_TERM_FIELDS), activity_term.c.activity_id.in_(published))
                .order_by(Term.position)
            )
        )
        self.sharing = _grouped(
            db.session.execute(
                select(CoOrganiser.activity_id, CoOrganiser.organisation_id)
                .where(CoOrganiser.activity_id.in_(published))
                .order_by(CoOrganiser.id)
            )
        )
        container = aliased(Activity)
        self.activities = db.session.execute(
            select(
                Activity.id,
                Activity.title,
                Activity.edition_id,
                Activity.parent_id,
                Activity.venue_id,
                Activity.mode,
                Activity.organisation_id,
                Activity.booking,
                or_(
                    Activity.booking_phone != "",
                    Activity.booking_email != "",
                    Activity.booking_link != "",
                ).label("says_booking"),
                Activity.for_public,
                Activity.for_schools,
                Activity.age_min,
                Activity.age_max,
                Term.code.label("kind"),
                Term.is_container,
                Commune.departement_code.label("home"),
                container.venue_id.label("holder_venue_id"),
                container.booking.label("holder_booking"),
            )
            .outerjoin(Term, Term.id == Activity.kind_id)
            .outerjoin(container, container.id == Activity.parent_id)
            .join(Activity.organisation)
            .outerjoin(Commune, Commune.code == Organisation.commune_code)
            .where(Activity.id.in_(published))
            .order_by(Activity.id)
        ).all()
        # Last: whatever place the others name, even one that came meanwhile, is among them.
        self.places = _places()

    def entries(self) -> Iterable[Entry]:
        """Return the entries of what was read."""
        return map(self._entry, self.activities)

    def _entry(self, row: Any) -> Entry:  # noqa: ANN401  # a row of the statement above
        words: dict[str, list[str]] = {name: [] for name in _TERM_FIELDS.values()}
        for of, code in self.terms.get(row.id, ()):
            words[_TERM_FIELDS[of]].append(code)
        place = self.places.get(row.venue_id) or self.places.get(row.holder_venue_id)
        follows = row.booking is Booking.NONE and not row.says_booking and row.parent_id is not None
        return Entry(
            number=row.id,
            title=row.title,
            times=self._times(row),
            edition=row.edition_id,
            kind=row.kind,
            parent=row.parent_id,
            departement=place.departement if place else row.home,
            organisations=(
                row.organisation_id,
                *(number for (number,) in self.sharing.get(row.id, ())),
            ),
            booking=row.holder_booking if follows else row.booking,
            age_min=row.age_min,
            age_max=row.age_max,
            is_online=row.mode is Mode.ONLINE,
            is_container=bool(row.is_container),
            **{name: tuple(codes) for name, codes in words.items()},
        )

    def _times(self, row: Any) -> tuple[Time, ...]:  # noqa: ANN401  # the same
        owns = row.id in self.slots
        # As `Activity.grounds` and `Activity.places_at`.
        follows = row.venue_id is None and row.parent_id is not None
        grounds = self._grounds(
            row.holder_venue_id if follows else row.venue_id, row.parent_id if follows else row.id
        )
        return tuple(
            Time(
                slot=slot,
                uid=uid,
                starts_at=starts_at,
                ends_at=ends_at,
                state=state,
                revision=revision,
                changed_at=changed_at,
                is_own=owns,
                is_for_schools=audience is SlotAudience.SCHOOLS
                or (audience is SlotAudience.ALL and row.for_schools and not row.for_public),
                welcomes_schools=(row.for_schools or audience is SlotAudience.SCHOOLS)
                and welcomes_schools(
                    audience, for_schools=row.for_schools, day=to_paris(starts_at).date()
                ),
                is_opening=is_opening,
                places=(self.places[venue],)
                if venue is not None and (owns or row.venue_id is None)
                else grounds,
            )
            for slot, uid, starts_at, ends_at, state, revision, changed_at, audience, venue, is_opening in self.slots.get(
                row.id if owns else row.parent_id, ()
            )
        )

    def _grounds(self, venue: int | None, owner: int) -> tuple[Place, ...]:
        sites = [number for (number,) in self.sites.get(owner, ())]
        numbers = dict.fromkeys([*([] if venue is None else [venue]), *sites])
        return tuple(self.places[number] for number in numbers)


def _places() -> dict[int | None, Place]:
    found = db.session.execute(
        select(
            Venue.id,
            Venue.name,
            Venue.latitude,
            Venue.longitude,
            Commune.code,
            Commune.name,
            Commune.departement_code,
            Commune.latitude,
            Commune.longitude,
        ).join(Commune, Commune.code == Venue.commune_code)
    )
    return {
        number: Place(
            number=number,
            name=name,
            commune=commune,
            town=town,
            departement=departement,
            point=_point(latitude, longitude) or _point(of_commune_latitude, of_commune_longitude),
        )
        for number, name, latitude, longitude, commune, town, departement, of_commune_latitude, of_commune_longitude in found
    }


def _grouped(rows: Iterable[Any]) -> dict[int, list[tuple[Any, ...]]]:
    """Return rows under the number that begins each of them."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row[1:])
    return dict(found)
