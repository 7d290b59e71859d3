"""What the addresses of the arrangements ask besides the search: a month, an order."""

import re
from datetime import date

from fete.core.i18n import gettext as _
from fete.core.text import clean

ORDERS = ("heure", "commune")


def read_month(typed: str) -> date | None:
    """Return the first day of the month that the address names; raise `ValueError` with a sentence if it is none."""
    typed = clean(typed)
    if not typed:
        return None
    found = re.fullmatch(r"(?!0000)([0-9]{4})-(0[1-9]|1[0-2])", typed)
    if found is None:
        raise ValueError(_("Ce mois n’existe pas dans le calendrier."))
    return date(int(found[1]), int(found[2]), 1)


def read_order(typed: str) -> str:
    """Return the order asked for: by the hours, unless it is by commune."""
    return typed if typed in ORDERS else ORDERS[0]
