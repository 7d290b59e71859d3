"""Activities in, what is set on paper out: plain words and numbers, for the printer to lay out. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

import segno

from fete.core.i18n import current_language, gettext as _, ngettext
from fete.core.templating import day as long_day, hour, short_day
from fete.core.text import clean, fold
from fete.geography.models import Commune
from fete.programme.forms.printed import (
    Entry,
    bare,
    booking_words,
    cut,
    hours_of,
    printed,
    stretches,
)
from fete.programme.models import Activity, Booking, Mode, Slot, Venue
from fete.programme.rules.catalogue import OFF
from fete.programme.workflow import SlotState, Status

# From so many entries on, a cover, a table of contents and indexes are worth their paper.
BROCHURE = 40
_MOST_PLACES = 3
_MOST_DAYS = 3
_MOST_STRETCHES = 8
_EVENING = timedelta(hours=12)
_MOST_DAYS_OF_SLOT = 60
_NAME_LENGTH = 120
# As much of a search as a cover has room for.
_WORDS_LENGTH = 240
_MOST_OF_LINK = 1_000
_CODED_LENGTH = 300
# What the fonts can draw, combining accents apart; a test has all of it printed.
_DRAWN = (
    " -~\xa0-\xac\xae-\u02ff\u0370-\u0373\u0376\u0377\u037b-\u037e\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482"
    "\u048a-\u04ff\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u1e00-\u1eff\u2010-\u2027\u202f-\u2040\u2044-\u2052"
    "\u2070\u2071\u2074-\u208e\u20ac\u2116\u2122\u2190-\u21ff\u2200-\u22ff\u25a0-\u25ff\u2605\u2606"
)
_BOX = "□"
_UNDRAWN = re.compile(f"[^{_DRAWN}]")
_ENDLESS = re.compile(r"[^\s\u200b-]{25,}")
_PIECE = re.compile(r"[^/._@?&=]{1,24}[/._@?&=]?|[/._@?&=]")
# Addresses and codes are not read by people: they stay as they are.
_RAW = frozenset({"url", "code"})


class Order(StrEnum):
    """How a programme is arranged: the words of the address."""

    DAY = "jour"
    COMMUNE = "commune"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """The days and places that were asked for: of what is held elsewhere too, only what is there is told."""

    first: date | None = None
    last: date | None = None
    departements: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    with_cancelled: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Front:
    """What is said of the whole: of which edition it is, what was asked for, when and by whom it is printed."""

    site: str
    network: str
    year: int
    dates: str
    theme: str
    # What was asked for, in words; empty for a whole programme.
    words: str
    is_demo: bool
    printed_on: date
    # The online programme.
    url: str
    address_of: Callable[[Activity], str]
    short_address_of: Callable[[Activity], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """An activity at some of its times, all on one day or all in one commune."""

    activity: Activity
    slots: tuple[Slot, ...]
    places: tuple[Venue, ...]

    @property
    def is_off(self) -> bool:
        """Whether none of these times takes place."""
        return all(slot.state in OFF for slot in self.slots)


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """What stands under one title, and under the title of the part that it belongs to."""

    part: str
    name: str = ""
    held: tuple[Held, ...] = ()
    # What is printed whole elsewhere: one line each.
    again: tuple[Held, ...] = ()


def brochure(
    activities: Sequence[Activity],
    slots: frozenset[int],
    *,
    bounds: Bounds,
    order: Order,
    front: Front,
) -> dict[str, Any]:
    """Return the whole of what is printed, each activity once and its other days or communes in one line."""
    chosen = {activity.id for activity in activities}
    # A stand of a village that is printed stands inside it.
    apart = [
        activity
        for activity in activities
        if activity.parent_id not in chosen and held_at(activity, slots)
    ]
    arrange = _by_day if order is Order.DAY else _by_commune
    sections = arrange(apart, slots, bounds)
    content = {
        "lang": current_language(),
        "is_brochure": len(apart) >= BROCHURE,
        "by_day": order is Order.DAY,
        "levels": 2 if order is Order.DAY else 3,
        "words": _words(),
        "sections": [
            {
                "part": section.part,
                "name": section.name,
                "entries": [
                    _entry(held, bounds=bounds, order=order, front=front) for held in section.held
                ],
                "again": [_again(held, order=order) for held in section.again],
            }
            for section in sections
        ],
        "indexes": [
            {"title": _("Communes"), "rows": _communes(sections)},
            {"title": _("Structures"), "rows": _structures(sections, bounds)},
        ],
        **_front(front, len(activities)),
    }
    found: dict[str, Any] = drawn(content)
    return found


# Arranging


def held_at(activity: Activity, slots: frozenset[int]) -> list[Slot]:
    """Return the times of an activity that were asked for, those of its container when it has none."""
    return [slot for slot in activity.times if slot.id in slots]


def days_of(slot: Slot, bounds: Bounds) -> list[date]:
    """Return the days asked for on which a time is told: those that it touches, an evening on its own alone."""
    first = max(slot.day, bounds.first or slot.day)
    last = min(slot.last_day if _is_long(slot) else first, bounds.last or slot.last_day)
    length = min(max((last - first).days, 0) + 1, _MOST_DAYS_OF_SLOT)
    return [first + timedelta(days=number) for number in range(length)]


def _is_long(slot: Slot) -> bool:
    """Whether it goes on for days, and not only past midnight."""
    return slot.ends_at - slot.starts_at > _EVENING


def _by_day(activities: Sequence[Activity], slots: frozenset[int], bounds: Bounds) -> list[Section]:
    whole: dict[date, list[Held]] = {}
    again: dict[date, list[Held]] = {}
    for activity in activities:
        days: dict[date, list[Slot]] = {}
        for slot in held_at(activity, slots):
            for day in days_of(slot, bounds):
                days.setdefault(day, []).append(slot)
        each = {day: _held(activity, of_day, bounds) for day, of_day in sorted(days.items())}
        # Where one day is cancelled, it is told whole on one that takes place.
        own = min(each, key=lambda day: (each[day].is_off, day))
        for day, held in each.items():
            (whole if day == own else again).setdefault(day, []).append(held)
    return [
        Section(
            part=_capital(long_day(day)),
            held=tuple(sorted(whole.get(day, []), key=_by_hour)),
            again=tuple(sorted(again.get(day, []), key=_by_hour)),
        )
        for day in sorted({*whole, *again})
    ]


def _by_commune(
    activities: Sequence[Activity], slots: frozenset[int], bounds: Bounds
) -> list[Section]:
    whole: dict[tuple[int, str, str], list[Held]] = {}
    again: dict[tuple[int, str, str], list[Held]] = {}
    for activity in activities:
        there: dict[tuple[int, str, str], list[Slot]] = {}
        for slot in held_at(activity, slots):
            for key in _heads(_held(activity, [slot], bounds)):
                there.setdefault(key, []).append(slot)
        each = {key: _held(activity, of_key, bounds, at=key) for key, of_key in there.items()}
        own = min(each, key=lambda key: (each[key].is_off, _by_hour(each[key]), key))
        for key, held in each.items():
            (whole if key == own else again).setdefault(key, []).append(held)
    return [
        Section(
            part=key[1],
            name=key[2],
            held=tuple(sorted(whole.get(key, []), key=_by_hour)),
            again=tuple(sorted(again.get(key, []), key=_by_hour)),
        )
        for key in sorted({*whole, *again}, key=lambda key: (key[0], fold(key[1]), fold(key[2])))
    ]


def _held(
    activity: Activity,
    slots: Sequence[Slot],
    bounds: Bounds,
    *,
    at: tuple[int, str, str] | None = None,
) -> Held:
    asked = [place for place in activity.destinations_at(slots) if _is_asked(place.commune, bounds)]
    return Held(
        activity=activity,
        slots=tuple(slots),
        places=tuple(place for place in asked if at is None or _head(place) == at),
    )


def _is_asked(commune: Commune, bounds: Bounds) -> bool:
    return (not bounds.departements or commune.departement_code in bounds.departements) and (
        not bounds.communes or commune.code in bounds.communes
    )


def _heads(held: Held) -> list[tuple[int, str, str]]:
    """Return the titles of part and section under which it stands, with the rank of the part."""
    if held.places:
        return list(dict.fromkeys(_head(place) for place in held.places))
    is_online = held.activity.is_online_at(held.slots)
    return [(1, str(_("En ligne")), "")] if is_online else [(2, str(_("Lieu à préciser")), "")]


def _head(place: Venue) -> tuple[int, str, str]:
    return 0, place.commune.departement_name, place.commune.name


def _by_hour(held: Held) -> tuple[Any, ...]:
    return held.slots[0].starts_at, fold(held.activity.title), held.activity.id


# Saying


def _entry(held: Held, *, bounds: Bounds, order: Order, front: Front) -> dict[str, Any]:
    activity, said = held.activity, printed(held.activity)
    entry = {
        "id": activity.id,
        "url": front.address_of(activity),
        "code": code_of(front.short_address_of(activity)),
        "kind": said.kind,
        "title": said.title.text or _("Sans titre"),
        "when": _when(held, order),
        "notes": list(dict.fromkeys(slot.note for slot in held.slots if slot.note)),
        "where": _where(held, order),
        # What is not published itself has no name here.
        "within": parent.title
        if (parent := activity.parent) and parent.status is Status.PUBLISHED
        else "",
        "by": _names(activity),
        "stands": [_stand(*each) for each in stands_of(held, bounds)],
        "is_off": held.is_off,
    }
    return entry | (_nothing() if held.is_off else _practical(activity, said, held, order))


def _practical(activity: Activity, said: Entry, held: Held, order: Order) -> dict[str, Any]:
    return {
        "text": said.text.text,
        "also": _other_days(held) if order is Order.DAY else "",
        "whom": said.whom,
        "booking": booking_words(activity),
        "contacts": _contacts(activity.booking_from),
        "accessibility": said.accessibility,
    }


def _nothing() -> dict[str, Any]:
    return dict.fromkeys(("text", "also", "whom", "booking", "accessibility"), "") | {
        "contacts": []
    }


def _again(held: Held, *, order: Order) -> dict[str, Any]:
    communes = dict.fromkeys(place.commune.name for place in held.places)
    return {
        "id": held.activity.id,
        "title": printed_title(held.activity),
        "when": _when(held, order),
        "commune": ", ".join(list(communes)[:_MOST_PLACES]) if order is Order.DAY else "",
    }


def _when(held: Held, order: Order) -> list[dict[str, Any]]:
    """Return its times in words; the words of those that do not take place begin by it."""
    if order is Order.DAY:
        return [_told(_hours(slot), slot.state) for slot in held.slots]
    return _stretches(held.slots)


def _stretches(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """Return times in words with their days: those that take place, then those cancelled, then those put off."""
    told: dict[SlotState, list[Slot]] = {SlotState.SCHEDULED: [], SlotState.CANCELLED: []}
    for slot in slots:
        state = slot.state if slot.state in OFF else SlotState.SCHEDULED
        told.setdefault(state, []).append(slot)
    return [
        _told(line, state)
        for state, of_state in told.items()
        for line in stretches(of_state, _hours, most=_MOST_STRETCHES)
    ]


def _told(when: str, state: SlotState) -> dict[str, Any]:
    if state is SlotState.CANCELLED:
        return {"text": _("Annulé : %(when)s", when=when), "is_off": True}
    if state is SlotState.POSTPONED:
        return {"text": _("Reporté : %(when)s", when=when), "is_off": True}
    return {"text": when, "is_off": False}


def _hours(slot: Slot) -> str:
    """Return the hours of a time with what became of it: « 10 h – 12 h (complet) »."""
    hours = hours_of(slot)
    if slot.last_day != slot.day and _is_long(slot):
        hours = _(
            "du %(first)s, %(start)s, au %(last)s, %(end)s",
            first=short_day(slot.starts_at),
            start=hour(slot.starts_at),
            last=short_day(slot.ends_at),
            end=hour(slot.ends_at),
        )
    said = [_state(slot)]
    if slot.is_for_schools and slot.activity.for_public:
        said.append(_("groupes scolaires"))
    words = ", ".join(filter(None, said))
    return f"{hours} ({words})" if words else hours


def _state(slot: Slot) -> str:
    if slot.state is SlotState.FULL:
        return str(_("complet"))
    return str(_("en ligne")) if slot.state is SlotState.MOVED_ONLINE else ""


def _other_days(held: Held) -> str:
    others = sorted(
        {slot.day for slot in held.activity.times if slot.state not in OFF}
        - {slot.day for slot in held.slots}
    )
    if not others:
        return ""
    if len(others) <= _MOST_DAYS:
        return " ".join([_("aussi"), ", ".join(map(short_day, others))])
    return str(
        _(
            "et %(count)s autres jours, jusqu’au %(last)s",
            count=len(others),
            last=short_day(others[-1]),
        )
    )


def _where(held: Held, order: Order) -> list[str]:
    lines = [_place(place, order) for place in held.places[:_MOST_PLACES]]
    if (more := len(held.places) - _MOST_PLACES) > 0:
        lines.append(ngettext("et %(num)s autre lieu", "et %(num)s autres lieux", more))
    if held.activity.mode is Mode.BOTH:
        lines.append(_("aussi en ligne"))
    return lines or [title for _rank, title, _name in _heads(held)]


def _place(place: Venue, order: Order) -> str:
    parts = [_short(place.name), _short(place.address)]
    if order is Order.DAY:
        parts.append(f"{place.commune.name} ({place.commune.departement_code})")
    return ", ".join(filter(None, parts))


def _names(activity: Activity) -> str:
    return ", ".join(_short(organisation.name) for organisation in activity.organisers)


def _short(text: str) -> str:
    return cut(text, _NAME_LENGTH).text


def _contacts(booked: Activity) -> list[dict[str, str]]:
    """Return how one books: each as one reads it, with the address that it leads to, if it is one."""
    if booked.booking is Booking.NONE:
        return []
    phone = re.sub(r"[^\d+]", "", booked.booking_phone)
    link = booked.booking_link
    known = (
        (booked.booking_phone, f"tel:{phone}" if phone else ""),
        (booked.booking_email, f"mailto:{booked.booking_email}"),
        (bare(link), link if link.startswith(("https://", "http://")) else ""),
    )
    return [
        {
            "text": _short(text).replace(" ", "\u00a0"),
            "url": url if len(url) < _MOST_OF_LINK else "",
        }
        for text, url in known
        if text
    ]


def stands_of(held: Held, bounds: Bounds) -> list[tuple[Activity, list[Slot]]]:
    """Return what a village holds, by title, each with times of its own; of one cancelled, what takes place all the same."""
    found = []
    for stand in sorted(held.activity.published_children, key=lambda each: fold(each.title)):
        own = [slot for slot in stand.slots if _is_told(slot, bounds)]
        takes_place = any(slot.state not in OFF for slot in own)
        if takes_place if held.is_off else own or not stand.slots:
            found.append((stand, own))
    return found


def _is_told(slot: Slot, bounds: Bounds) -> bool:
    return (
        (bounds.first is None or slot.last_day >= bounds.first)
        and (bounds.last is None or slot.day <= bounds.last)
        and (bounds.with_cancelled or slot.state is not SlotState.CANCELLED)
    )


def _stand(stand: Activity, own: Sequence[Slot]) -> dict[str, Any]:
    return {
        "kind": stand.kind.label if stand.kind else "",
        "title": printed_title(stand),
        "by": _names(stand),
        "when": _stretches(own),
    }


def printed_title(activity: Activity) -> str:
    """Return the title as there is room for it."""
    return _short(activity.title) or str(_("Sans titre"))


# What stands around


def _front(front: Front, count: int) -> dict[str, Any]:
    title = _("Programme %(year)s", year=front.year)
    words = cut(front.words, _WORDS_LENGTH).text
    # What a telephone reads of a code of that size: a longer search leads to the whole programme.
    url = front.url if len(front.url) <= _CODED_LENGTH else front.url.partition("?")[0]
    return {
        "title": " — ".join(filter(None, [front.site, title, words])),
        "site": front.site,
        "name": title,
        "network": front.network,
        "dates": front.dates,
        "theme": front.theme,
        "selection": words,
        "count": ngettext("%(num)s activité", "%(num)s activités", count),
        "printed_on": _("Imprimé le %(day)s", day=long_day(front.printed_on)),
        "date": [front.printed_on.year, front.printed_on.month, front.printed_on.day],
        "demo": _("Données de démonstration : ces activités sont inventées, aucune n’a lieu.")
        if front.is_demo
        else "",
        "url": url,
        "address": bare(url),
        "code": code_of(url),
    }


def _words() -> dict[str, str]:
    return {
        "again": _("Aussi ce jour-là"),
        "again_here": _("Aussi dans cette commune"),
        "by": _("Par"),
        "contents": _("Sommaire"),
        "nothing_sure": _(
            "Horaires et places peuvent changer : le programme en ligne est tenu à jour."
        ),
        "on_site": _("Au programme sur place"),
        "online": _("Le programme en ligne"),
        "page": _("p."),
        "theme": _("Thème"),
        "within": _("Dans le cadre de"),
    }


def _communes(sections: Iterable[Section]) -> list[dict[str, Any]]:
    return _rows(
        (f"{place.commune.name} ({place.commune.departement_code})", held.activity.id)
        for section in sections
        for held in section.held
        for place in held.places
    )


def _structures(sections: Iterable[Section], bounds: Bounds) -> list[dict[str, Any]]:
    return _rows(
        (_short(organisation.name), held.activity.id)
        for section in sections
        for held in section.held
        for activity in (held.activity, *(stand for stand, _own in stands_of(held, bounds)))
        for organisation in activity.organisers
    )


def _rows(found: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    rows: dict[str, dict[int, None]] = {}
    for name, number in found:
        rows.setdefault(name, {})[number] = None
    return [{"name": name, "ids": list(rows[name])} for name in sorted(rows, key=fold)]


@lru_cache(maxsize=1_000)
def code_of(address: str) -> str:
    """Return the code that a telephone reads an address from, as SVG."""
    # A fixed mask: weighing all eight takes five times as long, and telephones read any of them.
    code = segno.make(address, error="l", boost_error=False, micro=False, mask=2)
    return code.svg_inline(border=0, omitsize=True)


def drawn(value: Any, *, name: str = "") -> Any:  # noqa: ANN401  # whatever is printed
    """Return the same with every text as the fonts can draw it, and every endless word in pieces."""
    if isinstance(value, dict):
        return {key: drawn(each, name=key) for key, each in value.items()}
    if isinstance(value, list):
        return [drawn(each) for each in value]
    return drawable(str(value)) if isinstance(value, str) and name not in _RAW else value


def drawable(text: str) -> str:
    """Return the text without what no font draws; a letter that is missing, or a text of which nothing is left, is a box."""
    kept = _UNDRAWN.sub(
        lambda found: _BOX if unicodedata.category(found[0])[0] == "L" else " ",
        clean(text).replace("\n", " "),
    )
    in_pieces = _ENDLESS.sub(lambda found: "\u200b".join(_PIECE.findall(found[0])), kept)
    # What leads somewhere must show something.
    return in_pieces.strip() or (_BOX if text else "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
