"""From a made-up text to an activity as the programme knows it."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fete.demo import hosts
from fete.demo.hosts import Network
from fete.demo.timetable import Session
from fete.demo.writing import ActivityText
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.models import Activity, Booking, Edition, Mode, SlotAudience, Venue
from fete.programme.rules import PlannedSlot
from fete.programme.services.activities import Content, PastActivity, declare_past
from fete.programme.workflow import Status
from fete.vocabulary.models import Term, TermList
from fete.vocabulary.queries import terms_by_code

_BOOKED = frozenset({"workshop", "lab_open_day", "site_visit", "visit", "nature_outing", "game"})
_MATCHES = 0.25
_ACCESSIBILITY_KNOWN = 0.8
_ADVISED = 0.3
_RARE = 0.07
_FEATURES = ("lsf", "induction_loop", "captions", "braille_large_print", "quiet_hours", "easy_read")


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An activity before it is declared: its text, its host and its times."""

    name: str  # what its permanent numbers follow from
    text: ActivityText
    organisation: Organisation
    commune: Commune
    venue: Venue | None
    sessions: Sequence[Session]
    content: Content

    @property
    def slots(self) -> list[PlannedSlot]:
        """Its slots, under their permanent names."""
        is_opening = self.text.kind == "exhibition"
        return [
            replace(
                each.planned(hosts.number(self.name, rank)),
                # An exhibition is open to everybody when classes come too.
                audience=SlotAudience.SCHOOLS
                if each.for_classes and not is_opening
                else SlotAudience.ALL,
                is_opening=is_opening,
            )
            for rank, each in enumerate(self.sessions)
        ]

    @property
    def form_key(self) -> str:
        """What its declaration is known by."""
        return hosts.number(self.name, "declaration")

    def as_past(
        self,
        edition: Edition,
        *,
        status: Status,
        submitted_at: datetime | None,
        published_at: datetime | None,
    ) -> PastActivity:
        """Return it as it stood after its review."""
        return PastActivity(
            organisation=self.organisation,
            edition=edition,
            content=self.content,
            slots=self.slots,
            status=status,
            submitted_at=submitted_at,
            published_at=published_at,
            form_key=self.form_key,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """An activity as the database holds it, with the draft it comes from."""

    activity: Activity
    draft: Draft


def declare_all(
    edition: Edition,
    drafts: Iterable[Draft],
    *,
    declared: datetime,
    published: datetime | None = None,
) -> list[Declared]:
    """Return the activities, submitted when they were declared; published then, or waiting for their review."""
    kept = list(drafts)
    activities = declare_past(
        [
            draft.as_past(
                edition,
                status=Status.PUBLISHED if published else Status.SUBMITTED,
                submitted_at=declared,
                published_at=published,
            )
            for draft in kept
        ],
        by=None,
        at=declared,
    )
    return [
        Declared(activity=activity, draft=draft)
        for activity, draft in zip(activities, kept, strict=True)
    ]


class Desk:
    """What is needed to fill a declaration in: the lists of words, the network, and luck."""

    def __init__(self, rng: random.Random, network: Network, edition: Edition) -> None:
        self._rng = rng
        self._network = network
        self._edition = edition
        self._terms = {of: terms_by_code(of) for of in TermList}

    def draft(
        self,
        name: str,
        text: ActivityText,
        commune: Commune,
        sessions: Sequence[Session],
        *,
        at: datetime,
        organisation: Organisation | None = None,
        parent: Activity | None = None,
    ) -> Draft:
        """Return the activity as its host would declare it; a stand takes its container's place."""
        host = organisation or self._network.host(text.kind, text.themes, commune, at=at)
        is_online = text.kind == "online"
        venue = (
            None
            if is_online or parent is not None
            else self._network.venue(host, text.kind, commune)
        )
        content = self._content(text, sessions, commune)
        content["mode"] = Mode.ONLINE if is_online else Mode.ON_SITE
        content["venue"] = venue
        content["parent"] = parent
        if is_online:
            content["online_link"] = "https://example.org/direct"
        if parent is not None:
            content["booking"] = Booking.NONE
        return Draft(
            name=name,
            text=text,
            organisation=host,
            commune=commune,
            venue=venue,
            sessions=sessions,
            content=content,
        )

    def _content(
        self, text: ActivityText, sessions: Sequence[Session], commune: Commune
    ) -> Content:
        rng = self._rng
        booking = self._booking(text, sessions)
        content = Content(
            kind=self._terms[TermList.KIND][text.kind],
            title=text.title,
            standfirst=text.standfirst,
            description=text.description,
            themes=self._words(TermList.THEME, text.themes),
            matches_edition_theme=rng.random() < _MATCHES if self._edition.theme else None,
            audiences=self._words(TermList.AUDIENCE, text.audiences),
            for_public=text.for_public,
            for_schools=text.for_schools,
            levels=self._words(TermList.LEVEL, text.school_levels),
            age_min=text.age_min,
            age_max=text.age_max,
            booking=booking,
            is_free=True,
            **self._access(text),
        )
        if booking is not Booking.NONE:
            if rng.random() < _BY_PHONE:
                content["booking_phone"] = hosts.phone(rng, commune.departement_code)
            else:
                content["booking_email"] = "reservation@example.org"
        return content

    def _booking(self, text: ActivityText, sessions: Sequence[Session]) -> Booking:
        if not text.for_public:
            return Booking.REQUIRED
        if any(session.capacity for session in sessions):
            if text.kind in _BOOKED:
                return Booking.REQUIRED
            if self._rng.random() < _ADVISED:
                return Booking.RECOMMENDED
        return Booking.NONE

    def _access(self, text: ActivityText) -> Content:
        rng = self._rng
        if rng.random() >= _ACCESSIBILITY_KNOWN:
            return Content(accessibility_known=False)
        codes = ["mi"] if text.kind != "nature_outing" and rng.random() < _WHEELCHAIR else []
        if codes:
            codes += [
                code
                for code in ("wheelchair_toilet", "disabled_parking")
                if rng.random() < _ADVISED
            ]
        codes += [code for code in ("hi", "ii", "pi", "vi") if rng.random() < 2 * _RARE]
        codes += [code for code in _FEATURES if rng.random() < _RARE / 2]
        return Content(
            accessibility_known=True, accessibility=self._words(TermList.ACCESSIBILITY, codes)
        )

    def _words(self, of: TermList, codes: Sequence[str]) -> list[Term]:
        return [self._terms[of][code] for code in codes]


_BY_PHONE = 0.45
_WHEELCHAIR = 0.65
