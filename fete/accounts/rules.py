"""What makes a password acceptable, what ties a link to it, how the roles are called, what is kept of a page half filled."""

import json
from functools import lru_cache
from hashlib import sha256

from fete.accounts.models import RoleName
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.text import fold

PASSWORD_LENGTH = range(12, 129)
_FINGERPRINT = 16
SKETCH_SIZE = 64 * 1024
MOST_SKETCHES = 50
_NEVER_KEPT = ("csrf_token", "password")

ROLE_NAMES = {
    RoleName.DEPARTMENTAL: lazy_gettext("Coordination départementale"),
    RoleName.REGIONAL: lazy_gettext("Coordination régionale"),
    RoleName.ADMINISTRATOR: lazy_gettext("Administration du site"),
}


def password_fault(password: str, *, email: str = "", name: str = "") -> str | None:
    """Return the sentence that refuses a password, or nothing: long enough, and not among those tried first."""
    if len(password) < PASSWORD_LENGTH.start:
        return str(
            _(
                "Ce mot de passe est trop court : il faut %(count)s caractères au moins. "
                "Une phrase avec ses espaces convient très bien.",
                count=PASSWORD_LENGTH.start,
            )
        )
    if len(password) not in PASSWORD_LENGTH:
        return str(
            _(
                "Ce mot de passe est trop long : %(count)s caractères au plus.",
                count=PASSWORD_LENGTH.stop - 1,
            )
        )
    if _repeated_part(password.lower()) in _common():
        return str(
            _(
                "Ce mot de passe est parmi les plus employés : c’est l’un des premiers que l’on essaie. "
                "Choisissez-en un autre, par exemple trois ou quatre mots sans rapport entre eux."
            )
        )
    if fold(password) in {fold(email), fold(name)}:
        return str(_("Votre mot de passe ne peut être ni votre adresse ni votre nom."))
    return None


def _repeated_part(text: str) -> str:
    """Return the shortest part that makes the text when repeated: `azerty` for `azertyazerty`."""
    return text[: (text + text).find(text, 1)]


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Return what is tried first: the lists of common passwords and words, and each single character."""
    # Thirteen megabytes, for the process in which somebody chooses a password.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    words = {word for words in FREQUENCY_LISTS.values() for word in words}
    return frozenset(words | {chr(code) for code in range(32, 383)})


def fingerprint(password_hash: str) -> str:
    """Return what a link carries of a password, so that it serves no more once the password has changed."""
    return sha256(password_hash.encode()).hexdigest()[:_FINGERPRINT]


def sketch_fields(typed: str) -> dict[str, list[str]]:
    """Return the fields of a page as a browser tells them, by name, without what is never kept.

    Raise `ValueError` for what is no list of names with their values, or is too long to be typed.
    """
    if len(typed.encode()) > SKETCH_SIZE:
        raise ValueError("too long")
    fields: dict[str, list[str]] = {}
    for name, value in json.loads(typed):
        if not isinstance(name, str) or not isinstance(value, str):
            raise ValueError("not a field")  # noqa: TRY004  # wrong words, not a wrong program
        if not any(word in name for word in _NEVER_KEPT):
            fields.setdefault(name, []).append(value)
    return fields
