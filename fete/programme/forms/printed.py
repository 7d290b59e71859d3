"""An activity as the printed programme will set it: short, in plain words, cut where there is no more room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fete.core.clock import to_paris
from fete.core.i18n import gettext as _, ngettext, spaced
from fete.core.templating import hour, short_day
from fete.programme.models import STANDFIRST_LENGTH, Activity, Booking, Mode, Slot
from fete.programme.rules.plain_words import LONGEST_TITLE
from fete.programme.workflow import SlotState
from fete.vocabulary.models import TermList

TEXT_LENGTH = STANDFIRST_LENGTH
_MOST_LINES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """A text as it is printed, and what is left out for want of room."""

    text: str
    left_out: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry of the printed programme, each of its lines; an empty one is not printed."""

    kind: str
    title: Printed
    text: Printed
    # Whether the text is the beginning of the description, for want of a standfirst.
    is_borrowed: bool
    when: str
    where: str
    whom: str
    booking: str
    accessibility: str


def printed(activity: Activity) -> Entry:
    """Return the activity as the brochure prints it."""
    is_borrowed = not activity.standfirst
    return Entry(
        kind=activity.kind.label if activity.kind else "",
        title=cut(activity.title, LONGEST_TITLE),
        text=cut(activity.description if is_borrowed else activity.standfirst, TEXT_LENGTH),
        is_borrowed=is_borrowed,
        when=_when(activity),
        where=_where(activity),
        whom=_whom(activity),
        booking=_booking(activity),
        accessibility=_accessibility(activity),
    )


def cut(text: str, most: int) -> Printed:
    """Return the text as far as it fits, whole words only, and the rest."""
    line = " ".join(text.split())
    if len(line) <= most:
        return Printed(text=line)
    place = line.rfind(" ", 0, most)
    place = place if place > 0 else most - 1
    return Printed(text=line[:place].rstrip(" ,;:–-") + "…", left_out=line[place:].strip())


def dates(slots: Sequence[Slot]) -> str:
    """Return times in short words, the first of them when there are many."""
    held = [slot for slot in slots if slot.state is not SlotState.CANCELLED]
    return f"{spaced(';')} ".join(stretches(held, hours_of, most=_MOST_LINES))


def stretches(slots: Sequence[Slot], say: Callable[[Slot], str], *, most: int) -> list[str]:
    """Return times in short words: days that follow each other of which the same is said are one line."""
    days: dict[date, list[str]] = {}
    for slot in slots:
        days.setdefault(to_paris(slot.starts_at).date(), []).append(say(slot))
    lines: list[tuple[date, date, list[str]]] = []
    for day, held in sorted(days.items()):
        if lines and lines[-1][1] == day - timedelta(days=1) and lines[-1][2] == held:
            lines[-1] = (lines[-1][0], day, held)
        else:
            lines.append((day, day, held))
    said = [_line(*line) for line in lines[:most]]
    more = len(lines) - most
    if more > 0:
        said.append(ngettext("et %(num)s autre date", "et %(num)s autres dates", more))
    return said


def hours_of(slot: Slot) -> str:
    """Return the hours of a time: « 10 h – 12 h »."""
    return f"{hour(slot.starts_at)}\u00a0–\u00a0{hour(slot.ends_at)}"


def _line(first: date, last: date, hours: Sequence[str]) -> str:
    days = short_day(first)
    if last != first:
        days = _("du %(first)s au %(last)s", first=short_day(first), last=short_day(last))
    return f"{days}, {', '.join(hours)}"


def _when(activity: Activity) -> str:
    return dates(activity.times) or _("Dates à venir")


def _where(activity: Activity) -> str:
    if activity.mode is Mode.ONLINE:
        return str(_("En ligne"))
    places = activity.places
    if not places:
        return str(_("Lieu à préciser"))
    first, more = places[0], len(places) - 1
    place = f"{first.name}, {first.commune.name} ({first.commune.departement_code})"
    if more:
        others = ngettext("et %(num)s autre lieu", "et %(num)s autres lieux", more)
        place = f"{place}, {others}"
    return place if activity.mode is Mode.ON_SITE else _("%(place)s, et en ligne", place=place)


def _whom(activity: Activity) -> str:
    said = []
    if activity.for_schools and not activity.for_public:
        said.append(_("Pour les classes"))
    youngest, oldest = activity.age_min, activity.age_max
    if youngest is not None and oldest is not None:
        said.append(_("De %(youngest)s à %(oldest)s ans", youngest=youngest, oldest=oldest))
    elif youngest is not None:
        said.append(ngettext("Dès %(num)s an", "Dès %(num)s ans", youngest))
    elif oldest is not None:
        said.append(ngettext("Jusqu’à %(num)s an", "Jusqu’à %(num)s ans", oldest))
    else:
        said += [term.label for term in activity.terms_of(TermList.AUDIENCE)]
    return ", ".join(said)


def _booking(activity: Activity) -> str:
    booked = activity.booking_from
    contacts = (booked.booking_phone, booked.booking_email, bare(booked.booking_link))
    reached = " · ".join(filter(None, contacts)) if booked.booking is not Booking.NONE else ""
    words = booking_words(activity)
    return f"{words}{spaced(':')} {reached}" if reached else words


def booking_words(activity: Activity) -> str:
    """Return whether one pays and whether one books: « Gratuit, sur réservation »."""
    said = [_("Gratuit")] if activity.is_free else []
    booking = activity.booking_from.booking
    if booking is Booking.NONE:
        said.append(_("sans réservation"))
    elif booking is Booking.REQUIRED:
        said.append(_("sur réservation"))
    else:
        said.append(_("réservation conseillée"))
    return ", ".join(said).capitalize()


def bare(link: str) -> str:
    """Return an address as one copies it from paper."""
    return link.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def _accessibility(activity: Activity) -> str:
    labels = [term.label for term in activity.terms_of(TermList.ACCESSIBILITY)]
    if labels:
        return str(_("Accessible : %(words)s", words=", ".join(labels)))
    return "" if activity.accessibility_known else str(_("Accessibilité non renseignée"))
