"""The rules of labelling, pure: the criteria of the label, what speaks for each, and what a decision lacks."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from fete.core.i18n import gettext as _, lazy_gettext, ngettext
from fete.programme.models import Activity, Decision, EditionState
from fete.programme.rules.editions import is_in_window
from fete.programme.workflow import SlotState, Status, Step, next_status

# The criteria of the label, by the code that a decision keeps, in the order in which a committee goes through them.
CRITERIA: dict[str, Any] = {
    "period": lazy_gettext("Une date au moins tombe dans la période officielle"),
    "free": lazy_gettext("L’activité est gratuite pour tous les publics"),
    "content": lazy_gettext("Le contenu est scientifique ou technique"),
    "referent": lazy_gettext("Une personne ou un organisme répond du contenu scientifique"),
    "mediation": lazy_gettext("La médiation convient aux publics annoncés"),
    "neutrality": lazy_gettext("L’activité reste neutre, surtout sur les sujets débattus"),
}

# The same in a word, where there is little room.
CRITERIA_NAMES: dict[str, Any] = {
    "period": lazy_gettext("Période"),
    "free": lazy_gettext("Gratuité"),
    "content": lazy_gettext("Contenu"),
    "referent": lazy_gettext("Référent"),
    "mediation": lazy_gettext("Médiation"),
    "neutrality": lazy_gettext("Neutralité"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What the declaration says about a criterion: whether it holds where that can be told, and in words."""

    code: str
    holds: bool | None
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A decision about the label as it was taken: by which committee, on what day, what was found to hold."""

    committee: str = ""
    decided_on: date | None = None
    criteria: frozenset[str] = field(default_factory=frozenset)


def evidence(activity: Activity) -> list[Evidence]:
    """Return, for each criterion in order, what the declaration says about it; people judge the rest."""
    said = {
        "period": _period(activity),
        "free": (
            activity.is_free,
            _("La structure confirme la gratuité.")
            if activity.is_free
            else _("La structure n’a pas confirmé la gratuité."),
        ),
        "referent": (
            bool(activity.scientific_referent),
            activity.scientific_referent or _("Aucun référent scientifique n’est donné."),
        ),
    }
    return [
        Evidence(code=code, holds=said[code][0], words=str(said[code][1]))
        if code in said
        else Evidence(code=code, holds=None, words="")
        for code in CRITERIA
    ]


def told_by_itself(activity: Activity) -> frozenset[str]:
    """Return the criteria that the declaration alone shows to hold."""
    return frozenset(each.code for each in evidence(activity) if each.holds)


def contradicted(activity: Activity) -> frozenset[str]:
    """Return the criteria that the declaration alone shows not to hold."""
    return frozenset(each.code for each in evidence(activity) if each.holds is False)


def on_evidence(verdict: Verdict, activity: Activity) -> Verdict:
    """Return a verdict on several activities as it stands for one: what its declaration contradicts does not hold."""
    return replace(verdict, criteria=verdict.criteria - contradicted(activity))


def lacking(criteria: Collection[str]) -> list[str]:
    """Return the criteria that were not found to hold, in a word each, in order."""
    return [str(word).lower() for code, word in CRITERIA_NAMES.items() if code not in criteria]


def written(criteria: Collection[str]) -> str:
    """Return criteria as a decision keeps them."""
    return ",".join(code for code in CRITERIA if code in criteria)


def criteria_of(decision: Decision) -> list[tuple[str, bool]]:
    """Return each criterion in words with whether it was found to hold; nothing where nobody looked."""
    if not decision.criteria:
        return []
    held = decision.criteria.split(",")
    return [(str(words), code in held) for code, words in CRITERIA.items()]


def why_not(activity: Activity, step: Step) -> str:
    """Return why the coordination cannot take a step about the activity, in a sentence; nothing when it can."""
    if activity.edition.state is EditionState.CLOSED:
        return str(_("Son édition est close."))
    if next_status(activity.status, step) is None:
        return str(_STANDS[activity.status])
    return ""


_STANDS = {
    Status.DRAFT: lazy_gettext("Elle n’est pas déposée."),
    Status.SUBMITTED: lazy_gettext("Elle attend d’être relue."),
    Status.CHANGES_REQUESTED: lazy_gettext("Elle est chez la structure, qui la complète."),
    Status.LABELLED: lazy_gettext("Elle est déjà labellisée."),
    Status.PUBLISHED: lazy_gettext("Elle est déjà publiée."),
    Status.REFUSED: lazy_gettext("Elle est refusée."),
    Status.WITHDRAWN: lazy_gettext("Elle est retirée."),
}


def _period(activity: Activity) -> tuple[bool, str]:
    slots = [slot for slot in activity.times if slot.state is not SlotState.CANCELLED]
    inside = sum(is_in_window(slot.starts_at, activity.edition) for slot in slots)
    if not slots:
        return False, str(_("Aucun créneau."))
    words = ngettext(
        "%(inside)s sur %(num)s créneau dans la période officielle.",
        "%(inside)s sur %(num)s créneaux dans la période officielle.",
        len(slots),
        inside=inside,
    )
    return inside > 0, str(words)
