"""What a report may be asked beside its figures, in words; nobody has to answer."""

from collections.abc import Mapping

from fete.core.i18n import lazy_gettext as _
from fete.reports.workflow import Question

LABELS = {
    Question.SATISFACTION: _("Êtes-vous satisfait·e de votre participation ?"),
    Question.PUBLIC_SATISFACTION: _("Le public vous a-t-il paru satisfait ?"),
    Question.WENT_WELL: _("Ce qui a bien marché"),
    Question.DIFFICULTIES: _("Les difficultés rencontrées"),
    Question.SUGGESTIONS: _("Vos suggestions pour la suite"),
    Question.PRESS: _("Ce qu’en a dit la presse"),
    Question.COMMUNICATION: _("Comment vous avez fait connaître l’activité"),
    Question.PARTNERS: _("Vos partenaires"),
    Question.BUDGET: _("Ce que l’activité a coûté"),
    Question.NEXT_YEAR: _("Participerez-vous l’an prochain ?"),
}
HELP = {
    Question.PRESS: _(
        "Articles, radio, télévision, sites : le titre, la date, l’adresse de la page."
    ),
    Question.COMMUNICATION: _("Affiches, réseaux sociaux, lettre d’information, bouche à oreille…"),
    Question.PARTNERS: _("Qui vous a aidés, et comment : salle, matériel, argent, bénévoles."),
    Question.BUDGET: _(
        "Une ligne par dépense ou par recette : « Location du planétarium : 450 € »."
    ),
}
_MARKS = {
    "1": _("1, pas du tout"),
    "2": _("2, plutôt non"),
    "3": _("3, moyennement"),
    "4": _("4, plutôt oui"),
    "5": _("5, tout à fait"),
}
# The questions answered by one choice among a few; the others are answered in words.
CHOICES: Mapping[Question, Mapping[str, object]] = {
    Question.SATISFACTION: _MARKS,
    Question.PUBLIC_SATISFACTION: _MARKS,
    Question.NEXT_YEAR: {"yes": _("Oui"), "no": _("Non"), "maybe": _("Peut-être")},
}


def answer_in_words(question: Question, answer: str) -> str:
    """Return an answer as people read it."""
    return str(CHOICES.get(question, {}).get(answer, answer))
