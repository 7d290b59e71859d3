"""Which letters may be read on the site, gathered, or refused at one stroke."""

import re

from fete.core.i18n import gettext as _, lazy_gettext
from fete.mailing.models import Channel, Topic

# How the site calls what letters are about, and the ways to receive them.
TOPIC_NAMES = {
    Topic.DECISIONS: lazy_gettext("Vos activités et vos bilans"),
    Topic.CONVERSATIONS: lazy_gettext("Les conversations"),
    Topic.REVIEW: lazy_gettext("Ce qui arrive à la coordination"),
    Topic.REMINDERS: lazy_gettext("Les rappels"),
    Topic.NEWS: lazy_gettext("Les nouvelles du réseau"),
}
CHANNEL_NAMES = {
    Channel.AT_ONCE: lazy_gettext("Tout de suite, par courriel"),
    Channel.DIGEST: lazy_gettext("Une fois par jour, dans un seul courriel"),
    Channel.SITE: lazy_gettext("Seulement sur le site"),
}

# The letter that gathers, once a day, those that wait for it.
DIGEST_KIND = "mailing/digest"
# What an unsubscription may be about, beside a topic: the daily letter.
DIGEST = "digest"
# The law asks for a way out of these; what is decided of one's own activities is no publicity.
STOPPABLE = frozenset({Topic.NEWS, Topic.REMINDERS})

# What the answer of a mail server begins or goes with, and what it means to who reads no such answers.
_REASONS = (
    (
        r"address: ",
        lazy_gettext("Cette adresse est mal écrite : aucun courriel ne peut y arriver."),
    ),
    (
        r"5\d\d .*(unknown|no such|not exist|unavailable|rejected|disabled)",
        lazy_gettext("L’adresse est refusée : elle est sans doute fausse, ou fermée."),
    ),
    (r"552|.*(quota|full)", lazy_gettext("La boîte du destinataire est pleine.")),
    (r"5\d\d ", lazy_gettext("Le serveur du destinataire refuse ce courriel.")),
    (r"4\d\d ", lazy_gettext("Le serveur du destinataire demande d’attendre.")),
    (
        r".*(Connection|Timeout|timed out|gaierror|Errno|SSL)",
        lazy_gettext("Le serveur d’envoi ne répond pas."),
    ),
)


# An answer that says that nobody reads an address; not that our own letters are refused, nor that something is broken.
_NOBODY = re.compile(r"address: |5\d\d .*(unknown|no such|not exist|disabled)", re.I | re.S)


def is_nobodys(failure: str) -> bool:
    """Whether the answer of a mail server says that nobody reads the address."""
    return _NOBODY.match(failure) is not None


def in_plain_words(failure: str) -> str:
    """Return what the answer of a mail server means."""
    for pattern, words in _REASONS:
        if re.match(pattern, failure, re.IGNORECASE | re.DOTALL):
            return str(words)
    return str(_("Raison inconnue."))


def what_stops(kind: str, topic: Topic | None) -> str:
    """Return what an unsubscription from this letter is about: a topic, the daily letter, or nothing."""
    if kind == DIGEST_KIND:
        return DIGEST
    return topic.value if topic in STOPPABLE else ""


def can_be_stopped(what: str) -> bool:
    """Whether an unsubscription may be about this."""
    return what == DIGEST or what in STOPPABLE
