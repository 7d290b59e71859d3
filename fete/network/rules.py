"""Pure rules of the network: what makes a charter signature valid, an identifier right, two structures alike."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
# What a folded name is written with; of each, as many as are counted.
_LETTERS = " abcdefghijklmnopqrstuvwxyz0123456789"
_MOST_COUNTED = 12
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
    return _are_near(_read(one), _read(other))


def near_names(likenesses: Sequence[Likeness]) -> list[tuple[int, int]]:
    """Return the ranks of those whose names are near, two by two: each name is read once."""
    names = [_read(each) for each in likenesses]
    return [
        pair
        for pair in combinations(range(len(names)), 2)
        if _are_near(names[pair[0]], names[pair[1]])
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Name:
    """A name as it is held against others."""

    words: frozenset[str]
    numbers: frozenset[str]
    letters: str
    # One bit for each time that each letter comes.
    counted: int
    joined: str
    acronym: str


def _read(like: Likeness) -> _Name:
    words = _words(like.name)
    letters = " ".join(words)
    return _Name(
        words=frozenset(words),
        numbers=frozenset(word for word in words if word.isdecimal()),
        letters=letters,
        counted=_counted(letters),
        joined="".join(words),
        acronym="".join(_words(like.acronym)),
    )


def _counted(letters: str) -> int:
    bits = 0
    for letter, count in Counter(letters).items():
        bits |= ((1 << min(count, _MOST_COUNTED)) - 1) << (_LETTERS.index(letter) * _MOST_COUNTED)
    return bits


def _are_near(one: _Name, other: _Name) -> bool:
    # « Toulouse 1 » is not « Toulouse 3 ».
    if not one.words or not other.words or one.numbers != other.numbers:
        return False
    if one.words == other.words or _holds(one.words, other.words) or _holds(other.words, one.words):
        return True
    if _is_acronym(one, other) or _is_acronym(other, one):
        return True
    length = len(one.letters) + len(other.letters)
    if (one.counted ^ other.counted).bit_count() > (1 - _NEAR) * length:
        # Too many letters are in one only: whatever their order, the names cannot agree enough.
        return False
    return SequenceMatcher(None, one.letters, other.letters).ratio() >= _NEAR


def _words(name: str) -> list[str]:
    return [word for word in fold_name(name).split() if word not in _EMPTY_WORDS]


def _holds(longer: frozenset[str], shorter: frozenset[str]) -> bool:
    """Whether the longer name says all of the shorter one and more: « Planète Sciences » with « … Occitanie »."""
    return len(shorter) > 1 and shorter < longer


def _is_acronym(one: _Name, other: _Name) -> bool:
    return bool(one.acronym) and one.acronym in {other.joined, other.acronym}


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
    likenesses = [likeness_of(each) for each in organisations]
    near = {
        pair
        for group in _grouped(likenesses, lambda like: like.siret)
        for pair in combinations(group, 2)
    }
    for group in _grouped(likenesses, lambda like: like.commune_code):
        pairs = near_names([likenesses[rank] for rank in group])
        near |= {(group[one], group[other]) for one, other in pairs}
    for group in _grouped(likenesses, lambda like: tuple(_words(like.name))):
        near |= {
            pair
            for pair in combinations(group, 2)
            if not all(likenesses[rank].commune_code for rank in pair)
        }
    return [(organisations[one], organisations[other]) for one, other in sorted(near)]


def _grouped(
    likenesses: Sequence[Likeness], key: Callable[[Likeness], object]
) -> Iterable[list[int]]:
    """Return the ranks of those that have the same, whatever they have."""
    groups: dict[object, list[int]] = {}
    for rank, like in enumerate(likenesses):
        if found := key(like):
            groups.setdefault(found, []).append(rank)
    return groups.values()


def likeness_of(organisation: Organisation) -> Likeness:
    """Return what a structure is compared by."""
    return Likeness(
        name=organisation.name,
        acronym=organisation.acronym,
        commune_code=organisation.commune_code,
        siret=organisation.siret,
    )
