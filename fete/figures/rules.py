"""What each figure counts, in one sentence: the page, the JSON and the CSV say the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fete.core.i18n import lazy_gettext as _, ngettext

_SEVERAL = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure: its stable name, how people call it, what it counts."""

    key: str
    named: Callable[[int], str]
    # A text that waits for the language of its reader.
    definition: Any

    @property
    def label(self) -> str:
        """How the figure is called, whatever its value."""
        return self.named(_SEVERAL)


KEY_FIGURES = (
    Figure(
        key="activities",
        named=lambda n: ngettext("activité", "activités", n),
        definition=_(
            "Activités publiées qui ont eu lieu, en tout ou en partie, d’après un bilan validé. Les villages, festivals "
            "et parcours sont comptés à part, comme les interventions en classe ; une activité à plusieurs créneaux "
            "compte une fois."
        ),
    ),
    Figure(
        key="lab_open_days",
        named=lambda n: ngettext(
            "portes ouvertes de laboratoire", "portes ouvertes de laboratoire", n
        ),
        definition=_(
            "Parmi les activités, celles dont le type est « Portes ouvertes de laboratoire »."
        ),
    ),
    Figure(
        key="host_communes",
        named=lambda n: ngettext("commune accueillante", "communes accueillantes", n),
        definition=_(
            "Communes différentes (d’après leur code INSEE) où au moins une activité, un village, un festival ou un "
            "parcours a eu lieu d’après un bilan validé."
        ),
    ),
    Figure(
        key="visitors",
        named=lambda n: ngettext("visiteur", "visiteurs", n),
        definition=_(
            "Personnes venues sur place : grand public, élèves et accompagnateurs, d’après les bilans validés. Quand un "
            "village, un festival ou un parcours a compté ses entrées, elles remplacent celles de ses activités. "
            "Les connexions en ligne ne sont jamais ajoutées."
        ),
    ),
    Figure(
        key="pupils",
        named=lambda n: ngettext("scolaire", "scolaires", n),
        definition=_(
            "Parmi les visiteurs, les élèves venus avec leur classe. Leurs accompagnateurs sont des visiteurs, mais pas "
            "des scolaires."
        ),
    ),
    Figure(
        key="researchers",
        named=lambda n: ngettext("chercheur ou chercheuse", "chercheurs et chercheuses", n),
        definition=_(
            "Présences déclarées dans les bilans validés : une personne présente à deux activités compte deux fois. "
            "Quand un village, un festival ou un parcours donne ses effectifs, ils remplacent ceux de ses activités."
        ),
    ),
    Figure(
        key="mediators",
        named=lambda n: ngettext("médiateur ou médiatrice", "médiateurs et médiatrices", n),
        definition=_(
            "Présences de médiateurs et médiatrices scientifiques déclarées dans les bilans validés, comptées comme "
            "celles des chercheurs."
        ),
    ),
    Figure(
        key="volunteers",
        named=lambda n: ngettext("bénévole", "bénévoles", n),
        definition=_(
            "Présences de bénévoles déclarées dans les bilans validés, comptées comme celles des chercheurs."
        ),
    ),
)

BESIDE = (
    Figure(
        key="estimated",
        named=lambda n: ngettext("visiteur estimé", "visiteurs estimés", n),
        definition=_(
            "Parmi les visiteurs, ceux que les bilans disent estimés à vue d’œil ; les autres ont été comptés un par un "
            "ou d’après des billets."
        ),
    ),
    Figure(
        key="containers",
        named=lambda n: ngettext(
            "village, festival ou parcours", "villages, festivals et parcours", n
        ),
        definition=_(
            "Événements qui en rassemblent d’autres, tenus d’après un bilan validé. Ils ne comptent pas parmi les activités."
        ),
    ),
    Figure(
        key="online",
        named=lambda n: ngettext("connexion en ligne", "connexions en ligne", n),
        definition=_(
            "Connexions déclarées dans les bilans validés. Ce ne sont pas des visiteurs : elles ne s’y ajoutent jamais."
        ),
    ),
    Figure(
        key="cancelled",
        named=lambda n: ngettext("activité annulée", "activités annulées", n),
        definition=_(
            "Activités, villages, festivals et parcours publiés, puis annulés d’après un bilan validé."
        ),
    ),
    Figure(
        key="apart_activities",
        named=lambda n: ngettext("intervention en classe", "interventions en classe", n),
        definition=_(
            "Interventions en classe tenues d’après un bilan validé. L’école n’accueille pas le public : elles "
            "sont comptées à part."
        ),
    ),
    Figure(
        key="apart_visitors",
        named=lambda n: ngettext(
            "personne rencontrée en classe", "personnes rencontrées en classe", n
        ),
        definition=_(
            "Élèves et adultes présents aux interventions en classe. Ils ne comptent pas parmi les visiteurs."
        ),
    ),
)

COVERAGE = Figure(
    key="coverage",
    named=lambda n: ngettext("bilan", "bilans", n),
    definition=_(
        "Bilans validés parmi ceux qui sont attendus : ceux des activités publiées dont le dernier créneau est "
        "terminé, sauf dispense. Rien n’est extrapolé : ce qui manque n’est pas deviné."
    ),
)

# What only headlines tell.
ELSEWHERE = (
    Figure(
        key="organisations",
        named=lambda n: ngettext("structure participante", "structures participantes", n),
        definition=_("Structures qui proposent au moins une activité."),
    ),
)

ALL_FIGURES = {each.key: each for each in (*KEY_FIGURES, *BESIDE, COVERAGE, *ELSEWHERE)}

# The parts of a breakdown add up to its total for these figures only; by theme, for none.
ADDITIVE = {
    "departement": frozenset({each.key for each in (*KEY_FIGURES, *BESIDE, COVERAGE)}),
    "kind": frozenset({each.key for each in (*KEY_FIGURES, *BESIDE, COVERAGE)} - {"host_communes"}),
    "theme": frozenset[str](),
}

BREAKDOWNS = {
    "departement": _("par département"),
    "kind": _("par type d’activité"),
    "theme": _("par thématique"),
}
