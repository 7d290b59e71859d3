"""Which letters may be read on the site, gathered, or refused at one stroke."""

from fete.core.i18n import lazy_gettext
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


def what_stops(kind: str, topic: Topic | None) -> str:
    """Return what an unsubscription from this letter is about: a topic, the daily letter, or nothing."""
    if kind == DIGEST_KIND:
        return DIGEST
    return topic.value if topic in STOPPABLE else ""


def can_be_stopped(what: str) -> bool:
    """Whether an unsubscription may be about this."""
    return what == DIGEST or what in STOPPABLE
