"""Pure rules of the network: what makes a charter signature valid, an identifier right, two structures alike."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from itertools import combinations

from fete.core.i18n import lazy_gettext
from fete.core.text import fold_name
from fete.mailing.models import Topic
from fete.network.models import CharterSignature, Invitation, Organisation

# Raised whenever the text of the charter changes: what was signed before counts no more.
CHARTER_VERSION = "1"

# How long the link of an invitation serves, and how long one waits before it is sent again.
INVITATION_LASTS = timedelta(days=14)
INVITATION_RESTS = timedelta(days=1)

# How the fields of a structure are called, in forms and in the journal.
FIELD_NAMES = {
    "name": lazy_gettext("Nom de la structure"),
    "acronym": lazy_gettext("Sigle"),
    "family": lazy_gettext("Famille"),
    "legal_status": lazy_gettext("Statut juridique"),
    "siret": lazy_gettext("Numéro SIRET"),
    "rna": lazy_gettext("Numéro RNA"),
    "commune_code": lazy_gettext("Commune"),
    "address": lazy_gettext("Adresse"),
    "email": lazy_gettext("Adresse électronique publique"),
    "phone": lazy_gettext("Téléphone public"),
    "website": lazy_gettext("Site web"),
    "description": lazy_gettext("Présentation"),
}
CONSENT_NAMES = {
    "charter": lazy_gettext("charte"),
    "listing": lazy_gettext("annuaire public"),
    "letters": lazy_gettext("lettres du réseau"),
}

# La Poste has so many establishments that it was given a rule of its own.
_LA_POSTE = "356000000"
_SIRET = re.compile(r"[0-9]{14}")
_RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
# Two names whose letters agree this much are told as likely twins: one slip in a short name, two in a long one.
_NEAR = 0.86
_EMPTY_WORDS = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "pour",
        "association",
        "asso",
    ]
)


def valid_signature(organisation: Organisation) -> CharterSignature | None:
    """Return the latest signature that counts: of the present version, accepted, not taken back."""
    for signature in organisation.signatures:
        if (
            signature.version == CHARTER_VERSION
            and signature.accepts_charter
            and signature.charter_withdrawn_at is None
        ):
            return signature
    return None


def charter_is_signed(organisation: Organisation) -> bool:
    """Whether the structure has signed the present charter, and still stands by it."""
    return valid_signature(organisation) is not None


def agrees_to_letters(organisation: Organisation) -> bool:
    """Whether the structure agreed to be written to by the network, and did not take it back."""
    signature = valid_signature(organisation)
    return (
        signature is not None
        and signature.agrees_to_letters
        and signature.letters_withdrawn_at is None
    )


def topics_for(*, coordinates: bool, organisations: Sequence[Organisation]) -> list[Topic]:
    """Return what a person is written to about, who coordinates or not and acts for these structures."""
    concerns = {
        Topic.DECISIONS: bool(organisations),
        Topic.CONVERSATIONS: coordinates or bool(organisations),
        Topic.REVIEW: coordinates,
        Topic.REMINDERS: bool(organisations),
        Topic.NEWS: any(agrees_to_letters(each) for each in organisations),
    }
    return [topic for topic, holds in concerns.items() if holds]


def awaits_answer(invitation: Invitation) -> bool:
    """Whether nobody has answered the invitation nor taken it back, be it old."""
    return invitation.accepted_at is None and invitation.withdrawn_at is None


def is_open(invitation: Invitation, at: datetime) -> bool:
    """Whether the invitation can still be accepted."""
    return awaits_answer(invitation) and at < invitation.invited_at + INVITATION_LASTS


def may_be_sent_again(invitation: Invitation, at: datetime) -> bool:
    """Whether a day has passed since the letter left: nobody is written to more often."""
    return at >= invitation.invited_at + INVITATION_RESTS


def siret_is_valid(siret: str) -> bool:
    """Whether these fourteen digits can be a SIRET: their weighted sum is a multiple of 10.

    La Poste's may also have a plain sum that is a multiple of 5.
    """
    if not _SIRET.fullmatch(siret) or not int(siret):
        return False
    doubled = [int(digit) * (2 - position % 2) for position, digit in enumerate(siret)]
    if sum(value - 9 * (value > 9) for value in doubled) % 10 == 0:  # noqa: PLR2004  # Luhn
        return True
    return siret.startswith(_LA_POSTE) and sum(map(int, siret)) % 5 == 0


def rna_is_valid(rna: str) -> bool:
    """Whether this can be a number of the national register of associations: W and nine signs."""
    return _RNA.fullmatch(rna) is not None


def bare_identifier(typed: str) -> str:
    """Return a SIRET or RNA number as it is kept: capitals and digits, nothing between."""
    return re.sub(r"[\s.\-\u00a0\u202f]", "", typed).upper()


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """What two structures are compared by."""

    name: str
    acronym: str = ""
    commune_code: str | None = None
    siret: str | None = None


def are_alike(one: Likeness, other: Likeness) -> bool:
    """Whether these are likely the same structure, entered twice.

    The same SIRET says so; two different ones say no more than that an address changed. Else the same
    commune and near names, or the same name where a commune is not known.
    """
    if one.siret and one.siret == other.siret:
        return True
    if one.commune_code and other.commune_code:
        return one.commune_code == other.commune_code and names_are_near(one, other)
    return _words(one.name) == _words(other.name) != []


def names_are_near(one: Likeness, other: Likeness) -> bool:
    """Whether two names are the same but for small words, their order, an acronym or a slip of the hand."""
    first, second = _words(one.name), _words(other.name)
    if not first or not second or _numbers(first) != _numbers(second):
        return False
    if set(first) == set(second) or _holds(first, second) or _holds(second, first):
        return True
    if _is_acronym(one, other) or _is_acronym(other, one):
        return True
    letters = SequenceMatcher(None, " ".join(first), " ".join(second))
    # The first two only tell soon that the third cannot be high enough.
    return (
        letters.real_quick_ratio() >= _NEAR
        and letters.quick_ratio() >= _NEAR
        and letters.ratio() >= _NEAR
    )


def _words(name: str) -> list[str]:
    return [word for word in fold_name(name).split() if word not in _EMPTY_WORDS]


def _numbers(words: list[str]) -> set[str]:
    """Return the numbers of a name: « Toulouse 1 » is not « Toulouse 3 »."""
    return {word for word in words if word.isdecimal()}


def _holds(longer: list[str], shorter: list[str]) -> bool:
    """Whether the longer name says all of the shorter one and more: « Planète Sciences » with « … Occitanie »."""
    return len(shorter) > 1 and set(shorter) < set(longer)


def _is_acronym(one: Likeness, other: Likeness) -> bool:
    acronym = "".join(_words(one.acronym))
    return bool(acronym) and acronym in {
        "".join(_words(other.name)),
        "".join(_words(other.acronym)),
    }


def twins_among(like: Likeness, organisations: Iterable[Organisation]) -> list[Organisation]:
    """Return those that are likely the same as the one described, in the order given."""
    return [
        organisation for organisation in organisations if are_alike(like, likeness_of(organisation))
    ]


def likely_pairs(
    organisations: Sequence[Organisation],
) -> list[tuple[Organisation, Organisation]]:
    """Return the structures that are likely the same, two by two, in the order given.

    Only those of one commune, of one name or of one SIRET are held against each other.
    """
    groups: dict[object, list[int]] = {}
    likenesses = [likeness_of(each) for each in organisations]
    for rank, like in enumerate(likenesses):
        for key in (like.commune_code, like.siret, tuple(_words(like.name))):
            if key:
                groups.setdefault(key, []).append(rank)
    near = {
        pair
        for group in groups.values()
        for pair in combinations(group, 2)
        if are_alike(likenesses[pair[0]], likenesses[pair[1]])
    }
    return [(organisations[one], organisations[other]) for one, other in sorted(near)]


def likeness_of(organisation: Organisation) -> Likeness:
    """Return what a structure is compared by."""
    return Likeness(
        name=organisation.name,
        acronym=organisation.acronym,
        commune_code=organisation.commune_code,
        siret=organisation.siret,
    )
