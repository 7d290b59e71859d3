"""How one address is given to each of the great calendars, and drawn for a telephone. Pure."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno
from markupsafe import Markup

from fete.core.i18n import gettext as _

# Beyond, Google refuses an address without a word.
LONGEST_FOR_GOOGLE = 240
# Beyond, a code has squares too small for a telephone held at arm's length.
LONGEST_TO_SCAN = 400
GOOGLE = "https://calendar.google.com/calendar/r?cid="
OUTLOOK = "https://outlook.live.com/calendar/0/addfromweb?"
OFFICE = "https://outlook.office.com/calendar/0/addfromweb?"


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A calendar, the link that gives it an address, and how often it reads it."""

    name: str
    url: str
    rhythm: str


def ways(address: str, name: str) -> list[Way]:
    """Return the calendars that can take an address, that of the device at hand first; `name` is how it is called."""
    webcal = webcal_of(address)
    query = urlencode({"url": address, "name": name})
    device = Way(
        name=_("Apple ou Thunderbird"),
        url=webcal,
        rhythm=_(
            "Ouvre l’agenda de cet appareil. Relu par Apple selon votre réglage, de cinq minutes à une semaine ; par Thunderbird toutes les demi-heures."
        ),
    )
    # It takes an address by webcal only.
    google = Way(
        name=_("Google Agenda"),
        url=GOOGLE + quote(webcal, safe=""),
        rhythm=_("Relu au bout de quatre heures à une journée, sans moyen de le hâter."),
    )
    outlook = Way(
        name=_("Outlook.com"),
        url=f"{OUTLOOK}{query}",
        rhythm=_("Relu toutes les trois heures environ, parfois au bout d’une journée."),
    )
    office = Way(
        name=_("Outlook au bureau (Microsoft 365)"),
        url=f"{OFFICE}{query}",
        rhythm=_("Relu au bout de quelques heures, parfois d’une journée."),
    )
    fits = len(webcal) <= LONGEST_FOR_GOOGLE
    return [device, *([google] if fits else []), outlook, office]


def webcal_of(address: str) -> str:
    """Return the address as the calendar of a device claims it."""
    return f"webcal://{address.split('://', 1)[1]}"


def to_scan(address: str) -> Markup | None:
    """Return the address as an SVG that a telephone scans, dark on light in every theme; `None` when it is too long."""
    if len(address) > LONGEST_TO_SCAN:
        return None
    code = segno.make(webcal_of(address), error="m", micro=False)
    drawn = code.svg_inline(omitsize=True, svgclass=None, lineclass=None, light="#fff", border=3)
    return Markup(drawn)  # noqa: S704  # drawn by the library: squares, none of the text
