"""The groups that the coordination may write to at once: what they are called, and how their letters are sent."""

from dataclasses import dataclass
from enum import StrEnum

from fete.core.i18n import lazy_gettext
from fete.mailing.models import Topic


class Group(StrEnum):
    """A group of structures, by the word of its address."""

    LATE = "structures-en-retard"
    DRAFTS = "brouillons"
    TO_COMPLETE = "a-completer"
    NO_REPORT = "sans-bilan"
    PARTICIPANTS = "participants"


@dataclass(frozen=True, kw_only=True, slots=True)
class Manner:
    """How a group is called and written to: its topic, why one receives the letter, and the page it leads to."""

    name: object
    # Ends « Vous recevez cette lettre parce que… ».
    reason: object
    topic: Topic
    page: str
    link: object


# What is about somebody's own declaration or report reminds them; the rest is news, for those who agreed to it.
MANNERS = {
    Group.LATE: Manner(
        name=lazy_gettext("Structures en retard"),
        reason=lazy_gettext(
            "votre structure a participé à l’édition précédente et n’a encore rien déposé"
        ),
        topic=Topic.NEWS,
        page="activities.choose",
        link=lazy_gettext("Déclarer une activité"),
    ),
    Group.DRAFTS: Manner(
        name=lazy_gettext("Structures qui ont un brouillon"),
        reason=lazy_gettext("votre structure a commencé une activité sans la déposer"),
        topic=Topic.REMINDERS,
        page="activities.index",
        link=lazy_gettext("Voir mes activités"),
    ),
    Group.TO_COMPLETE: Manner(
        name=lazy_gettext("Structures qui ont une activité à compléter"),
        reason=lazy_gettext("une activité de votre structure vous a été renvoyée pour compléments"),
        topic=Topic.REMINDERS,
        page="activities.index",
        link=lazy_gettext("Voir mes activités"),
    ),
    Group.NO_REPORT: Manner(
        name=lazy_gettext("Structures qui doivent un bilan"),
        reason=lazy_gettext("votre structure doit encore un bilan"),
        topic=Topic.REMINDERS,
        page="reports.due",
        link=lazy_gettext("Remplir mes bilans"),
    ),
    Group.PARTICIPANTS: Manner(
        name=lazy_gettext("Toutes les structures qui participent"),
        reason=lazy_gettext("votre structure participe à cette édition"),
        topic=Topic.NEWS,
        page="dashboard.actor",
        link=lazy_gettext("Ouvrir mon espace"),
    ),
}
