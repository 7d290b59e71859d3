"""Slots in, iCalendar bytes out (RFC 5545, RFC 7986). Pure: the same slot gives the same bytes.

The writer is ours because feeding calendars is what this site is for: every byte is chosen after what Google
Calendar, Outlook, Apple Calendar and Thunderbird were seen to need, and a cold feed costs little.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from babel.dates import format_date

from fete.core.clock import to_paris
from fete.core.text import clean
from fete.programme.models import Activity, Booking, Mode, Slot
from fete.programme.rules import LONGEST_SLOT, hours_of
from fete.programme.workflow import SlotState
from fete.vocabulary.models import TermList

# Changes whenever the same slot would be written otherwise: fragments written before are then written anew.
WRITER = "4"
PRODUCT = "-//Réseau Science(s) en Occitanie//fete//FR"
REFRESH = "PT6H"
LINE = 75
LOCATION_LENGTH = 250

# Outlook reads one pair of yearly rules and no list of dates: hence RRULE, both changes, nothing else.
PARIS = (
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Paris",
    "BEGIN:DAYLIGHT",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "TZNAME:CEST",
    "DTSTART:19700329T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "TZNAME:CET",
    "DTSTART:19701025T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "END:STANDARD",
    "END:VTIMEZONE",
)
# Calendars differ in what they show of a status: the title says it too, in the words of the programme.
PREFIXES = {
    SlotState.CANCELLED: "Annulé : ",
    SlotState.POSTPONED: "Reporté : ",
    SlotState.FULL: "Complet : ",
    SlotState.MOVED_ONLINE: "En ligne : ",
}
STATUSES = {SlotState.CANCELLED: "CANCELLED", SlotState.POSTPONED: "TENTATIVE"}
WITHDRAWN = "Cette activité a été retirée du programme : elle n’a pas lieu comme annoncé."
BOOKINGS = {
    Booking.NONE: "Entrée libre.",
    Booking.RECOMMENDED: "Réservation conseillée",
    Booking.REQUIRED: "Réservation obligatoire",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """What a calendar says of itself."""

    name: str
    description: str
    # The addresses of the page that people read and of the feed itself.
    page: str
    source: str


def calendar(heading: Heading, fragments: Iterable[bytes]) -> bytes:
    """Return one VCALENDAR that holds the fragments as they stand."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{escape(PRODUCT)}",
        "CALSCALE:GREGORIAN",
        f"NAME:{escape(heading.name)}",
        f"X-WR-CALNAME:{escape(heading.name)}",
        f"DESCRIPTION:{escape(heading.description)}",
        f"X-WR-CALDESC:{escape(heading.description)}",
        f"URL:{heading.page}",
        f"SOURCE;VALUE=URI:{heading.source}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
        "X-WR-TIMEZONE:Europe/Paris",
        *PARIS,
    )
    return b"".join((written(lines), *fragments, b"END:VCALENDAR\r\n"))


def fragment(*slots: Slot, page: str, picture: str | None = None) -> bytes:
    """Return the VEVENT of a slot, or of opening hours that are the same day after day: one bar over their days.

    `page` is the address of its activity, `picture` that of its picture.
    """
    slot = bearer(slots)
    activity = slot.activity
    changed = utc(max(each.changed_at for each in slots))
    lines = [
        "BEGIN:VEVENT",
        # Drawn with the slot and alone here: a site that moves to another address keeps its subscribers' events.
        f"UID:{slot.uid}",
        f"DTSTAMP:{changed}",
        f"CREATED:{utc(activity.created_at)}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{slot.revision}",
        *times(slots),
        f"SUMMARY:{escape(one_line(PREFIXES.get(slot.state, '') + activity.title))}",
        f"STATUS:{STATUSES.get(slot.state, 'CONFIRMED')}",
        f"DESCRIPTION:{escape(description(slots, page))}",
        f"LOCATION:{escape(location(slot))}",
        *position(slot),
        f"CATEGORIES:{','.join(escape(word) for word in categories(activity))}",
        f"URL:{page}",
        *([f"IMAGE;VALUE=URI;FMTTYPE=image/webp:{picture}"] if picture else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]
    return written(lines)


def withdrawn(*slots: Slot, page: str) -> bytes:
    """Return the VEVENT of what was withdrawn, as `fragment` would: whoever has it learns that it does not take place."""
    slot = bearer(slots)
    changed = utc(max(each.changed_at for each in slots))
    lines = [
        "BEGIN:VEVENT",
        f"UID:{slot.uid}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{slot.revision}",
        *times(slots),
        f"SUMMARY:{escape(one_line(PREFIXES[SlotState.CANCELLED] + slot.activity.title))}",
        "STATUS:CANCELLED",
        f"DESCRIPTION:{escape(WITHDRAWN)}",
        f"LOCATION:{escape(location(slot))}",
        f"URL:{page}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]
    return written(lines)


def bearer(slots: Sequence[Slot]) -> Slot:
    """Return the slot whose name and revision an event bears: the first that was entered.

    Days added before it, or closed after it, leave it its name; its revision rises with that of any of them.
    """
    return min(slots, key=lambda slot: slot.id)


def times(slots: Sequence[Slot]) -> list[str]:
    """Return when an event begins and ends: whole days for a stretch of days, else hours."""
    if is_bar(slots):
        # The end of whole days is the day after.
        end = max(slot.last_day for slot in slots) + timedelta(days=1)
        return [
            f"DTSTART;VALUE=DATE:{min(slot.day for slot in slots):%Y%m%d}",
            f"DTEND;VALUE=DATE:{end:%Y%m%d}",
        ]
    (slot,) = slots
    return [
        f"DTSTART;TZID=Europe/Paris:{paris(slot.starts_at)}",
        f"DTEND;TZID=Europe/Paris:{paris(slot.ends_at)}",
    ]


def is_bar(slots: Sequence[Slot]) -> bool:
    """Whether calendars show it above the hours: several days, or a slot that is longer than a day."""
    return len(slots) > 1 or slots[0].ends_at - slots[0].starts_at > LONGEST_SLOT


def description(slots: Sequence[Slot], page: str) -> str:
    """Return what a calendar shows under the title: what it is, who makes it, how to book, the page."""
    slot = slots[0]
    activity = slot.activity
    parts = [
        slot.note and f"{PREFIXES.get(slot.state, '')}{slot.note}",
        opening(slots) if is_bar(slots) else "",
        activity.standfirst,
        "Réservé aux groupes scolaires." if slot.is_for_schools else "",
        f"Aussi à : {also}." if (also := other_places(slot)) else "",
        f"Proposé par {activity.organisation.name}.",
        booking(activity.booking_from),
        f"Lien : {activity.online_link}"
        if activity.online_link and activity.mode is not Mode.ON_SITE
        else "",
        page,
    ]
    return "\n".join(clean(part) for part in parts if part)


def opening(slots: Sequence[Slot]) -> str:
    """Return the hours that a bar does not show: « Ouvert chaque jour de 10 h à 12 h et de 14 h à 18 h. »."""
    if len(slots) > 1:
        hours = (f"de {hour(start)} à {hour(end)}" for start, end in hours_of(slots))
        return f"Ouvert chaque jour {' et '.join(hours)}."
    starts, ends = to_paris(slots[0].starts_at), to_paris(slots[0].ends_at)
    return f"Du {day(starts)} à {hour(starts.time())} au {day(ends)} à {hour(ends.time())}."


def day(value: date) -> str:
    """Return a day in French whoever asks: « samedi 3 octobre »."""
    return format_date(value, "EEEE d MMMM", locale="fr")


def hour(value: time) -> str:
    """Return an hour in French whoever asks: « 10 h », « 14 h 30 »."""
    return f"{value.hour}\u00a0h" + (f"\u00a0{value.minute:02}" if value.minute else "")


def booking(activity: Activity) -> str:
    """Return in one line whether and where one books."""
    contacts = [activity.booking_phone, activity.booking_email, activity.booking_link]
    words = BOOKINGS[activity.booking]
    if activity.booking is Booking.NONE:
        return words
    known = " · ".join(contact for contact in contacts if contact)
    return f"{words} : {known}" if known else f"{words}."


def location(slot: Slot) -> str:
    """Return the place in one line under 255 characters, as a map finds it: place, address, post code town."""
    venue, mode = slot.place, slot.activity.mode
    if not is_on_site(slot) or venue is None:
        return "En ligne" if mode is not Mode.ON_SITE or not is_on_site(slot) else ""
    town = f"{venue.commune.post_code} {venue.commune.name}"
    return one_line(", ".join(part for part in (venue.name, venue.address, town) if part))[
        :LOCATION_LENGTH
    ]


def other_places(slot: Slot) -> str:
    """Return the sites that are open at the same hours as the place that a map finds."""
    others = [place for place in slot.places if place is not slot.place]
    if not is_on_site(slot):
        return ""
    return ", ".join(f"{place.name} ({place.commune.name})" for place in others)


def is_on_site(slot: Slot) -> bool:
    """Whether one can go there."""
    return slot.activity.mode is not Mode.ONLINE and slot.state is not SlotState.MOVED_ONLINE


def position(slot: Slot) -> list[str]:
    """Return the GEO line of a slot held somewhere that is known."""
    venue = slot.place
    if venue is None or not is_on_site(slot):
        return []
    place = venue if venue.latitude is not None else venue.commune
    if place.latitude is None or place.longitude is None:
        return []
    return [f"GEO:{place.latitude:.5f};{place.longitude:.5f}"]


def categories(activity: Activity) -> Sequence[str]:
    """Return the kind and the themes, in French whoever asks: the feed is the same for all."""
    kind = [activity.kind.label_fr] if activity.kind else []
    return kind + [term.label_fr for term in activity.terms_of(TermList.THEME)] or [
        "Fête de la science"
    ]


def one_line(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return re.sub(r"\s+", " ", clean(text))


def escape(text: str) -> str:
    """Return a text value as RFC 5545 3.3.11 writes it."""
    text = clean(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def utc(instant: datetime) -> str:
    """Return an instant in UTC form."""
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def paris(instant: datetime) -> str:
    """Return an instant as the clocks of Paris show it."""
    return to_paris(instant).strftime("%Y%m%dT%H%M%S")


def written(lines: Iterable[str]) -> bytes:
    """Return content lines folded at 75 octets, each ended by CRLF (RFC 5545 3.1)."""
    return b"".join(folded(line) for line in lines)


def folded(line: str) -> bytes:
    """Return one content line, folded so that no character and no escape is cut in two."""
    octets = line.encode()
    if len(octets) <= LINE:
        return octets + b"\r\n"
    parts, start, room = [], 0, LINE
    while len(octets) - start > room:
        cut = start + room
        while octets[cut] & 0xC0 == 0x80:  # noqa: PLR2004  # the middle of a UTF-8 character
            cut -= 1
        # A backslash stays with what it escapes: an odd run of them before the cut goes to the next line.
        run = len(octets[start:cut]) - len(octets[start:cut].rstrip(b"\\"))
        cut -= run % 2
        parts.append(octets[start:cut])
        start, room = cut, LINE - 1
    parts.append(octets[start:])
    return b"\r\n ".join(parts) + b"\r\n"
