"""What each figure counts, in one sentence: the page, the JSON and the CSV say the same."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext, lazy_gettext as _, ngettext
from fete.figures.models import Headline
from fete.programme.models import Edition

_SEVERAL = 2
# Before it, the Fête de la science was not held.
_FIRST_YEAR = 1991
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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

DETAILS = (
    Figure(
        key="slots",
        named=lambda n: ngettext("séance", "séances", n),
        definition=_(
            "Séances des activités tenues, sauf celles que le programme annonce annulées ou reportées. Une journée "
            "d’ouverture en est une."
        ),
    ),
    Figure(
        key="organisations",
        named=lambda n: ngettext("structure participante", "structures participantes", n),
        definition=_(
            "Structures différentes qui ont tenu au moins une activité, un village, un festival ou un parcours d’après "
            "un bilan validé : celle qui a déclaré chacun, sans ses partenaires."
        ),
    ),
    Figure(
        key="public",
        named=lambda n: ngettext("visiteur du grand public", "visiteurs du grand public", n),
        definition=_("Parmi les visiteurs, ceux qui ne venaient pas avec une classe."),
    ),
    Figure(
        key="adults",
        named=lambda n: ngettext("accompagnateur", "accompagnateurs", n),
        definition=_("Parmi les visiteurs, les adultes venus avec une classe."),
    ),
    Figure(
        key="others",
        named=lambda n: ngettext("autre personne mobilisée", "autres personnes mobilisées", n),
        definition=_(
            "Présences d’ingénieurs, de techniciens, d’enseignants ou d’étudiants déclarées dans les bilans validés, "
            "comptées comme celles des chercheurs."
        ),
    ),
    Figure(
        key="visitor_minutes",
        named=lambda n: ngettext(
            "minute passée par les visiteurs", "minutes passées par les visiteurs", n
        ),
        definition=_(
            "Indice de relation culturelle : chaque visiteur compte pour la durée de sa visite. C’est celle de la séance, "
            "ou sa durée moyenne quand les visiteurs ne sont pas dits séance par séance ; une heure là où l’on vient et "
            "repart comme on veut, et dans les villages, festivals et parcours."
        ),
    ),
)

COVERAGE = Figure(
    key="coverage",
    named=lambda n: ngettext("bilan", "bilans", n),
    definition=_(
        "Bilans validés parmi ceux qui sont attendus : ceux des activités publiées dont le dernier créneau est "
        "terminé, sauf dispense, et sauf dans un village, un festival ou un parcours qui a compté ses entrées. Ce "
        "qui manque n’est deviné dans aucun chiffre."
    ),
)

# What is drawn over the years.
CHARTED = ("visitors", "pupils", "activities", "host_communes")

COUNTED = (*KEY_FIGURES, *DETAILS, *BESIDE)
ALL_FIGURES = {each.key: each for each in (*COUNTED, COVERAGE)}


def definitions() -> dict[str, str]:
    """Return what each figure counts today, in the language of the reader."""
    return {key: str(figure.definition) for key, figure in ALL_FIGURES.items()}


_EVERY = frozenset(ALL_FIGURES)
# Who came and who made it: of a day when it is known, of no day otherwise, and never of two.
_OF_ONE_DAY = frozenset(
    {
        "slots",
        "visitors",
        "public",
        "pupils",
        "adults",
        "estimated",
        "visitor_minutes",
        "online",
        "researchers",
        "mediators",
        "volunteers",
        "others",
        "apart_visitors",
    }
)

# The parts of a breakdown add up to its total for these figures only.
ADDITIVE = {
    "departement": _EVERY - {"organisations"},
    "commune": _EVERY - {"organisations"},
    "kind": _EVERY - {"host_communes", "organisations"},
    "family": _EVERY - {"host_communes"},
    "day": _OF_ONE_DAY,
    "theme": frozenset[str](),
    "audience": frozenset[str](),
    "level": frozenset[str](),
}

BREAKDOWNS = {
    "departement": _("par département"),
    "commune": _("par commune"),
    "kind": _("par type d’activité"),
    "family": _("par famille de structures"),
    "day": _("par jour"),
    "theme": _("par thématique"),
    "audience": _("par public"),
    "level": _("par niveau scolaire"),
}

# What is told of the lines that have no value in a breakdown.
NAMELESS = {
    "departement": _("Sans lieu connu"),
    "commune": _("En ligne ou sans lieu"),
    "kind": _("Sans type"),
    "family": _("Famille non dite"),
    "day": _("Sur plusieurs jours, sans détail"),
    "theme": _("Sans thématique"),
    "audience": _("Public non dit"),
    "level": _("Sans niveau scolaire"),
}

# Why the parts of a breakdown do not all add up, in a sentence.
OVERLAPS = {
    "departement": _(
        "Une structure peut agir dans plusieurs départements : leur nombre ne s’additionne pas."
    ),
    "commune": _(
        "Une structure peut agir dans plusieurs communes : leur nombre ne s’additionne pas."
    ),
    "kind": _(
        "Une commune ou une structure peut accueillir ou tenir plusieurs types d’activités : leur nombre ne "
        "s’additionne pas. Les villages, festivals et parcours qui comptent leurs entrées les comptent pour leurs activités."
    ),
    "family": _(
        "Une commune peut accueillir plusieurs familles de structures : leur nombre ne s’additionne pas."
    ),
    "day": _(
        "Une activité de plusieurs jours compte chaque jour : seuls s’additionnent les visiteurs, les séances et les "
        "personnes mobilisées."
    ),
    "theme": _("Une activité peut avoir plusieurs thématiques : les lignes ne s’additionnent pas."),
    "audience": _(
        "Une activité peut s’adresser à plusieurs publics : les lignes ne s’additionnent pas."
    ),
    "level": _(
        "Une activité peut convenir à plusieurs niveaux : les lignes ne s’additionnent pas."
    ),
}

# The words by which an address names a breakdown.
WORDS = {
    "departement": "departement",
    "commune": "commune",
    "kind": "type",
    "family": "famille",
    "day": "jour",
    "theme": "thematique",
    "audience": "public",
    "level": "niveau",
}

# The words by which an address names a figure; its column bears its key.
FIGURE_WORDS = {
    "activities": "activites",
    "lab_open_days": "portes-ouvertes",
    "host_communes": "communes",
    "visitors": "visiteurs",
    "pupils": "scolaires",
    "researchers": "chercheurs",
    "mediators": "mediateurs",
    "volunteers": "benevoles",
    "slots": "seances",
    "organisations": "structures",
    "public": "grand-public",
    "adults": "accompagnateurs",
    "others": "autres",
    "visitor_minutes": "minutes",
    "estimated": "estimes",
    "containers": "villages",
    "online": "connexions",
    "cancelled": "annulees",
    "apart_activities": "interventions",
    "apart_visitors": "rencontrees",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of the open data: its name, which never changes, what stands in it, and by which rule."""

    name: str
    kind: Any
    meaning: Any
    rule: Any


_WHOLE, _TEXT = _("nombre entier"), _("texte")
_CODES = {
    "departement": _("Code officiel du département."),
    "commune": _("Code officiel de la commune (INSEE)."),
    "kind": _("Code du type d’activité."),
    "family": _("Code de la famille de la structure qui déclare."),
    "day": _("Jour, à l’heure de Paris : 2026-10-03."),
    "theme": _("Code de la thématique."),
    "audience": _("Code du public."),
    "level": _("Code du niveau scolaire."),
}
YEAR = Column(
    name="year", kind=_WHOLE, meaning=_("Année de l’édition."), rule=_("Toujours la première.")
)
CODES = {
    name: Column(
        name=name,
        kind=_TEXT,
        meaning=meaning,
        rule=_("Présente si « par » la demande. Vide pour ce qui n’en a pas."),
    )
    for name, meaning in _CODES.items()
}
LABELS = {
    name: Column(
        name=f"{name}_label",
        kind=_TEXT,
        meaning=_("Nom de ce code, dans la langue de l’adresse."),
        rule=_("Suit la colonne du code. Le nom peut changer, le code non."),
    )
    for name in _CODES
}
LONG = (
    Column(
        name="figure",
        kind=_TEXT,
        meaning=_("Nom du chiffre : celui de sa colonne dans la forme large."),
        rule=_("Forme longue seulement."),
    ),
    Column(
        name="figure_label",
        kind=_TEXT,
        meaning=_("Comment le chiffre s’appelle, dans la langue de l’adresse."),
        rule=_("Forme longue seulement."),
    ),
    Column(
        name="value",
        kind=_WHOLE,
        meaning=_(
            "Valeur du chiffre. Vide quand elle est secrète, ou tant qu’aucun bilan attendu n’est validé."
        ),
        rule=_("Forme longue seulement."),
    ),
)
BESIDE_EACH = (
    Column(
        name="reports_due",
        kind=_WHOLE,
        meaning=_("Bilans attendus."),
        rule=_(
            "Activités publiées dont le dernier créneau est terminé, sauf dispense, et sauf dans un village, un festival "
            "ou un parcours qui a compté ses entrées."
        ),
    ),
    Column(
        name="reports_received",
        kind=_WHOLE,
        meaning=_("Bilans reçus, validés ou non."),
        rule=_("Parmi les bilans attendus."),
    ),
    Column(
        name="reports_validated",
        kind=_WHOLE,
        meaning=_("Bilans validés : les seuls qui comptent."),
        rule=_("Parmi les bilans reçus. Ce qui manque n’est jamais estimé ici."),
    ),
    Column(
        name="reports_waived",
        kind=_WHOLE,
        meaning=_("Activités dispensées de bilan."),
        rule=_("En dehors des bilans attendus."),
    ),
    Column(
        name="secret",
        kind=_WHOLE,
        meaning=_("Nombre de valeurs laissées vides sur la ligne parce qu’elles sont secrètes."),
        rule=_(
            "Personnes que moins de trois structures disent avoir mobilisées, et ce qui permettrait de les retrouver par "
            "différence. Les visiteurs ne sont pas concernés."
        ),
    ),
    Column(
        name="note",
        kind=_TEXT,
        meaning=_("« Données de démonstration » quand l’édition est inventée."),
        rule=_("Vide pour une vraie édition."),
    ),
    Column(
        name="frozen_on",
        kind=_TEXT,
        meaning=_("Jour où ces chiffres ont été figés, à l’heure de Paris."),
        rule=_("Vide tant qu’ils sont provisoires, et quand l’adresse demande ceux d’un jour."),
    ),
    Column(
        name="frozen_version",
        kind=_WHOLE,
        meaning=_("Version des chiffres figés et publiés."),
        rule=_("Vide avec la colonne précédente."),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What was counted of one year: under which definitions, from what happened or from what was made up."""

    year: int
    values: Mapping[str, Any]
    definitions: Mapping[str, str]
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A figure over the years: what was counted here, and what others published, which no line joins."""

    figure: Figure
    # The years whose value is not joined to the one before, each with its reason.
    breaks: Mapping[int, str]
    counted: Mapping[int, int]
    beside: Sequence[Headline]

    @property
    def years(self) -> tuple[int, ...]:
        """Every year from the first to the last of which anything is told."""
        told = [*self.counted, *(each.year for each in self.beside)]
        return tuple(range(min(told), max(told) + 1)) if told else ()

    @property
    def greatest(self) -> int:
        """The greatest value told."""
        return max([*self.counted.values(), *(each.value for each in self.beside)], default=0)


def series_of(key: str, counted: Sequence[Counted], beside: Sequence[Headline]) -> Series:
    """Return a figure over the years, from what was counted in their order and what was published elsewhere."""
    return Series(
        figure=ALL_FIGURES[key],
        breaks=breaks_of(key, counted),
        counted={each.year: each.values[key] for each in counted},
        beside=[each for each in beside if each.key == key],
    )


def breaks_of(key: str, counted: Sequence[Counted]) -> dict[int, str]:
    """Return the years whose figure is not to be joined to that of the year before among these, each with its reason.

    Figures published elsewhere never come here: whatever their nature, how they were counted is not known.
    """
    reasons = {}
    for before, after in pairwise(counted):
        reason = _reason(key, before, after)
        if reason:
            reasons[after.year] = reason
    return reasons


def _reason(key: str, before: Counted, after: Counted) -> str:
    if before.definitions.get(key) != after.definitions.get(key):
        return str(
            gettext(
                "Entre %(before)s et %(after)s, la définition a changé.",
                before=before.year,
                after=after.year,
            )
        )
    if before.is_demo != after.is_demo:
        return str(
            gettext(
                "Entre %(before)s et %(after)s, on passe de données inventées à des données réelles, ou l’inverse.",
                before=before.year,
                after=after.year,
            )
        )
    if after.year - before.year > 1:
        return str(
            gettext(
                "Entre %(before)s et %(after)s, des éditions n’ont pas été comptées ici.",
                before=before.year,
                after=after.year,
            )
        )
    return ""


def same_day(edition: Edition, other: Edition, *, today: date) -> date:
    """Return the day that is as far from the first day of another edition as today is from the one of this edition."""
    return other.starts_on + (today - edition.starts_on)


def day_known(typed: str, *, today: date) -> date | None:
    """Return the day on which figures are to be known, as an address has it; nothing when it asks for none.

    Raise `RuleBrokenError` for what is no day, or one that has not passed.
    """
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed) if _DAY.fullmatch(typed) else None
    except ValueError:
        day = None
    if day is None or day.year < _FIRST_YEAR:
        raise RuleBrokenError(
            gettext(
                "Cette adresse demande un jour que l’on ne connaît pas\u00a0: un jour s’écrit %(day)s.",
                day=today.isoformat(),
            )
        )
    if day > today:
        raise RuleBrokenError(
            gettext(
                "Ce jour n’est pas encore venu\u00a0: le dernier que l’on connaisse est %(day)s.",
                day=today.isoformat(),
            )
        )
    return day
