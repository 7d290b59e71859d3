"""Compose the texts of a made-up edition: activities, containers, venues, organisations and remarks.

The sentences are in `texts/`, written by hand; this module chooses, joins and dates nothing. Everything follows from the
`random.Random` it is given: the same seed gives the same edition, word for word.
"""

import random
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

SHORTEST_DESCRIPTION = 350
"""Characters under which a description says too little to be read with pleasure."""

CONTAINERS = ("science_village", "festival", "trail")
"""The kinds that hold other activities."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityText:
    """What a made-up activity says of itself; codes are those of the vocabularies, without their scheme."""

    subject: str  # the idea it comes from; several activities of an edition may share one
    kind: str
    title: str  # at most 140 characters, once in an edition
    standfirst: str  # at most 200 characters
    description: str  # Markdown
    themes: tuple[str, ...]
    audiences: tuple[str, ...]
    school_levels: tuple[str, ...]  # empty when not for schools
    for_public: bool
    for_schools: bool
    age_min: int | None
    age_max: int | None
    minutes: int  # usual length of one slot
    moment: str | None  # "morning", "day" or "evening" where the text says so
    capacity: int | None
    departements: tuple[str, ...]  # codes where the subject is at home; empty when it fits anywhere


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationName:
    """The name of a made-up organisation, with the codes of its family and legal status."""

    name: str
    family: str
    legal_status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """How long a slot of a kind lasts, in minutes, and how many it holds; no capacity where people come and go."""

    minutes: tuple[int, ...]
    capacities: tuple[int, ...]


MEASURES: Mapping[str, Measures] = {
    "lab_open_day": Measures(
        minutes=(180, 210, 240, 300, 360, 420, 480), capacities=(15, 20, 24, 25, 30, 40)
    ),
    "workshop": Measures(
        minutes=(60, 75, 90, 90, 120), capacities=(12, 14, 15, 16, 18, 20, 24, 30)
    ),
    "talk": Measures(
        minutes=(75, 90, 90, 90, 105, 120), capacities=(80, 90, 100, 120, 150, 180, 200, 250)
    ),
    "debate": Measures(minutes=(90, 105, 120), capacities=(50, 60, 80, 100, 150)),
    "science_cafe": Measures(minutes=(90, 105, 120), capacities=(30, 35, 40, 50, 60, 70)),
    "exhibition": Measures(minutes=(180, 240, 300, 360, 420, 480), capacities=()),
    "show": Measures(minutes=(35, 45, 50, 60, 75), capacities=(60, 80, 90, 120, 150, 200, 250)),
    "game": Measures(minutes=(60, 60, 75, 90, 120), capacities=(12, 16, 20, 24, 30, 40)),
    "demonstration": Measures(minutes=(20, 30, 30, 45, 60), capacities=(30, 40, 50, 60, 80, 100)),
    "screening": Measures(minutes=(75, 90, 105, 120), capacities=(50, 60, 80, 100, 120, 200)),
    "site_visit": Measures(minutes=(60, 75, 90, 120), capacities=(12, 15, 18, 20, 25)),
    "nature_outing": Measures(
        minutes=(90, 105, 120, 150, 180, 240), capacities=(12, 15, 15, 18, 20, 25)
    ),
    "visit": Measures(minutes=(60, 75, 90), capacities=(12, 15, 18, 20, 25, 30)),
    "class_intervention": Measures(minutes=(55, 60, 110, 120), capacities=(25, 26, 28, 30)),
    "online": Measures(minutes=(45, 60, 60, 90), capacities=(100, 150, 200, 300, 500)),
    "science_village": Measures(minutes=(360, 420, 450, 480), capacities=()),
    "festival": Measures(minutes=(360, 420, 480, 540), capacities=()),
    "trail": Measures(minutes=(180, 240, 300, 420), capacities=()),
}

CLASS_MINUTES = (45, 55, 60, 75, 90, 110)
"""How long a session kept for schools may last: it fits between two bells or two coaches."""

HALLS = frozenset({"talk", "show", "screening", "online"})
"""Kinds that take two classes at a time."""

LEVELS: Mapping[str, tuple[str, str, int, int]] = {
    "nursery": ("de la maternelle", "à la maternelle", 3, 6),
    "primary_c2": ("du CP", "au CE2", 6, 9),
    "primary_c3": ("du CM1", "à la sixième", 9, 12),
    "lower_c4": ("de la cinquième", "à la troisième", 12, 15),
    "upper_general": ("de la seconde", "à la terminale", 15, 18),
}
"""Levels in the order of a schooling: how a range begins, how it ends, youngest and oldest age."""

SIDE_LEVELS: Mapping[str, str] = {
    "upper_vocational": "du lycée professionnel",
    "agri": "de l’enseignement agricole",
    "higher": "de l’enseignement supérieur",
}
"""Levels beside that order."""

FOR_THE_YOUNG = (
    "enfant",
    "jeune",
    "petits",
    "Parents",
    "cousin",
    "famille",
    "poussette",
    "onze ans",
)
"""Words that a sentence meant for grown-ups does without."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Form:
    """One way of giving a subject: a format, a title, an angle, for the public or kept for schools."""

    subject: str
    themes: tuple[str, ...]
    departements: tuple[str, ...]
    idea: str
    kind: str
    title: str
    standfirst: str  # empty for a session kept for schools: it follows from the levels
    text: str
    age_min: int | None
    minutes: int | None  # when the text says how long it lasts
    moment: str | None
    since: int  # the first year that can tell it
    school_levels: tuple[str, ...]


def compose(rng: random.Random, *, kinds: Mapping[str, int], year: int) -> list[ActivityText]:
    """Return the activities of this year's edition, so many of each kind, in no particular order.

    No title comes twice, and the subjects that have served least come first;
    what was not known in that year is not told. Raise `ValueError` when more are asked of a kind than `available()` has.
    """
    stock = available(year)
    told: dict[str, str] = {}  # what the edition already says of a subject
    uses: Counter[str] = Counter()
    composed: list[ActivityText] = []
    # The kinds with least to choose from choose first.
    for kind in sorted(kinds, key=lambda code: (stock.get(code, 0) - kinds[code], code)):
        wanted = kinds[kind]
        if wanted > stock.get(kind, 0):
            msg = f"{wanted} activities of kind {kind} asked for, {stock.get(kind, 0)} written"
            raise ValueError(msg)
        left = [form for form in _forms() if form.kind == kind and form.since <= year]
        rng.shuffle(left)
        for _ in range(wanted):
            form = min(left, key=lambda candidate: uses[candidate.subject])
            left.remove(form)
            uses[form.subject] += 1
            one = _activity(rng, form, told.get(form.subject, ""))
            told[form.subject] = told.get(form.subject, "") + one.description
            composed.append(one)
    rng.shuffle(composed)
    return composed


def available(year: int) -> Counter[str]:
    """Return how many activities of each kind the edition of this year can hold, containers aside."""
    return Counter(form.kind for form in _forms() if form.since <= year)


def usual_kinds(count: int, *, year: int, lab_open_days: int | None = None) -> dict[str, int]:
    """Return how many of each kind a plausible edition of `count` activities holds, containers aside.

    The shares are those of what is written; the lab open days may be fixed beforehand.
    """
    stock = available(year)
    kinds: dict[str, int] = {}
    if lab_open_days is not None:
        kinds["lab_open_day"] = lab_open_days
        del stock["lab_open_day"]
    left, remaining = count - sum(kinds.values()), stock.total()
    for kind in sorted(stock):
        kinds[kind] = round(left * stock[kind] / remaining) if remaining else 0
        left -= kinds[kind]
        remaining -= stock[kind]
    return kinds


def compose_container(
    rng: random.Random, *, kind: str, commune_name: str, taken: Collection[str] = ()
) -> ActivityText:
    """Return a village, festival or trail of this commune, under a title that is not `taken`.

    Raise `ValueError` when every title of the kind is taken.
    """
    place = {"de": of(commune_name), "a": at(commune_name), "nom": commune_name}
    free = [
        (title, written)
        for written in _table("containers")["container"]
        if written["kind"] == kind
        and (title := written["title"].format(**place, Nom=commune_name)) not in taken
    ]
    if not free:
        msg = f"every title of kind {kind} is taken in {commune_name}"
        raise ValueError(msg)
    title, written = rng.choice(free)
    closings = _table("closings")
    themes = rng.sample(
        [
            "environment",
            "engineering",
            "earth_universe",
            "life_health",
            "exact",
            "humanities",
            "digital",
        ],
        3,
    )
    for_schools = kind != "festival"
    return ActivityText(
        subject=f"{kind}:{written['title']}",
        kind=kind,
        title=title,
        standfirst=written["standfirst"],
        description=_long_enough(
            rng, [written["text"]], closings["any"], closings["any"], told="", grown_up=False
        ),
        themes=tuple(sorted(themes)),
        audiences=rng.choice([("all",), ("all", "families"), ("all", "priority")])
        + (("schools",) if for_schools else ()),
        school_levels=("mixed",) if for_schools else (),
        for_public=True,
        for_schools=for_schools,
        age_min=None,
        age_max=None,
        minutes=rng.choice(MEASURES[kind].minutes),
        moment=None,
        capacity=None,
        departements=(),
    )


def place_name(rng: random.Random, *, kind: str, commune_name: str) -> str:
    """Return the name of a venue that any commune may have and that suits the kind."""
    names: list[str] = _table("places")[kind]
    return rng.choice(names).format(de=of(commune_name))


def organisation_names(commune_name: str) -> list[OrganisationName]:
    """Return every made-up organisation, those that bear a place's name bearing this commune's."""
    return [
        OrganisationName(
            name=written["name"].format(de=of(commune_name)),
            family=written["family"],
            legal_status=written["legal_status"],
        )
        for written in _table("organisations")["organisation"]
    ]


def remarks() -> tuple[str, ...]:
    """Return what a coordinator writes when sending an activity back."""
    return tuple(_table("notes")["remarks"])


def refusals() -> tuple[str, ...]:
    """Return reasons for which a coordinator refuses an activity."""
    return tuple(_table("notes")["refusals"])


def report_remarks() -> tuple[str, ...]:
    """Return what actors write freely in their reports."""
    return tuple(_table("notes")["report_remarks"])


def cancellations() -> tuple[str, ...]:
    """Return reasons for which a slot is cancelled."""
    return tuple(_table("notes")["cancellations"])


def edition_themes() -> tuple[str, ...]:
    """Return made-up themes of editions, each in one statement."""
    return tuple(_table("notes")["themes"])


def of(commune_name: str) -> str:
    """Return the name after « de »: d’Albi, du Vigan, des Angles, de La Canourgue."""
    if commune_name.startswith("Le "):
        return f"du {commune_name[3:]}"
    if commune_name.startswith("Les "):
        return f"des {commune_name[4:]}"
    return f"d’{commune_name}" if commune_name[0] in "AEIOUYÉÈÊÎÔHŒ" else f"de {commune_name}"


def at(commune_name: str) -> str:
    """Return the name after « à »: à Albi, au Vigan, aux Angles, à La Canourgue."""
    if commune_name.startswith("Le "):
        return f"au {commune_name[3:]}"
    if commune_name.startswith("Les "):
        return f"aux {commune_name[4:]}"
    return f"à {commune_name}"


def _activity(rng: random.Random, form: _Form, told: str) -> ActivityText:
    classes_only = not form.standfirst or form.kind == "class_intervention"
    return _for_classes(rng, form, told) if classes_only else _for_public(rng, form, told)


def _for_public(rng: random.Random, form: _Form, told: str) -> ActivityText:
    measures = MEASURES[form.kind]
    closings = _table("closings")
    age = form.age_min
    for_schools = (
        form.kind in _OPEN_TO_CLASSES
        and (age is None or age < _ADULT)
        and rng.random() < _SHARE_OPEN_TO_CLASSES
    )
    audiences = list(rng.choice(_audiences(age)))
    if (
        form.kind in {"workshop", "game"}
        and age is not None
        and age <= _SMALL
        and rng.random() < _SHARE_RARE
    ):
        audiences.append("leisure_centres")
    if form.kind in {"debate", "talk", "online"} and rng.random() < _SHARE_RARE:
        audiences.append(rng.choice(["teachers", "professionals", "priority"]))
    if for_schools:
        audiences.append("schools")
    young_workshop = form.kind in {"workshop", "show"} and age is not None and age <= _SMALL
    return ActivityText(
        subject=form.subject,
        kind=form.kind,
        title=form.title,
        standfirst=form.standfirst,
        description=_long_enough(
            rng,
            [form.idea, form.text],
            closings[form.kind],
            closings[form.kind if form.kind in _APART else "any"],
            told=told,
            grown_up=age is not None and age >= _GROWN_UP,
        ),
        themes=form.themes,
        audiences=tuple(dict.fromkeys(audiences)),
        school_levels=_levels_from(age) if for_schools else (),
        for_public=True,
        for_schools=for_schools,
        age_min=age,
        age_max=age + 6
        if age is not None and young_workshop and rng.random() < _SHARE_RARE
        else None,
        minutes=form.minutes or rng.choice(measures.minutes),
        moment=form.moment,
        capacity=rng.choice(measures.capacities) if measures.capacities else None,
        departements=form.departements,
    )


def _for_classes(rng: random.Random, form: _Form, told: str) -> ActivityText:
    intervention = form.kind == "class_intervention"
    ages = [_AGES[level] for level in form.school_levels]
    closings = _table("closings")["class_intervention" if intervention else "classes"]
    capacity = rng.choice(MEASURES["class_intervention"].capacities)
    return ActivityText(
        subject=form.subject,
        kind=form.kind,
        title=form.title,
        standfirst=form.standfirst
        or rng.choice(_table("closings")["class_standfirsts"]).format(
            levels=_range(form.school_levels)
        ),
        description=_long_enough(
            rng,
            [form.idea, form.text],
            closings,
            closings,
            told=told,
            grown_up=True,
        ),
        themes=form.themes,
        audiences=rng.choice([("schools",), ("schools",), ("schools", "teachers")]),
        school_levels=form.school_levels,
        for_public=False,
        for_schools=True,
        age_min=min(youngest for youngest, _ in ages),
        age_max=max(oldest for _, oldest in ages),
        minutes=form.minutes
        or rng.choice(MEASURES[form.kind].minutes if intervention else CLASS_MINUTES),
        moment="day",
        capacity=capacity * 2 if form.kind in HALLS else capacity,
        departements=form.departements,
    )


def _long_enough(
    rng: random.Random,
    paragraphs: Sequence[str],
    closings: Sequence[str],
    further: Sequence[str],
    *,
    told: str,
    grown_up: bool,
) -> str:
    """Join the paragraphs and close with one of the `closings`, then `further` ones until the whole says enough.

    A sentence of `told` is not said again.
    """

    def fitting(sentences: Sequence[str]) -> list[str]:
        return [
            one
            for one in sentences
            if one not in told and (not grown_up or not any(word in one for word in FOR_THE_YOUNG))
        ]

    last = [rng.choice(fitting(closings))]
    two = rng.random() < _SHARE_TWO_CLOSINGS
    while (two and len(last) == 1) or sum(map(len, paragraphs)) + sum(
        map(len, last)
    ) < SHORTEST_DESCRIPTION:
        last.append(rng.choice([one for one in fitting(further) if one not in last]))
    heading = f"### {rng.choice(_HEADINGS)}\n\n" if rng.random() < _SHARE_HEADING else ""
    return "\n\n".join([*paragraphs, heading + " ".join(last)])


def _audiences(age: int | None) -> list[tuple[str, ...]]:
    return next(choices for oldest, choices in _AUDIENCES_UP_TO if age is None or age <= oldest)


def _levels_from(age: int | None) -> tuple[str, ...]:
    return next(levels for oldest, levels in _LEVELS_UP_TO if age is None or age <= oldest)


def _range(levels: Collection[str]) -> str:
    """Return « du CP à la sixième et du lycée professionnel » for these levels."""
    told = [LEVELS[level] for level in LEVELS if level in levels]
    words = [f"{told[0][0]} {told[-1][1]}"] if told else []
    words += [name for level, name in SIDE_LEVELS.items() if level in levels]
    return " et ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


@cache
def _forms() -> tuple[_Form, ...]:
    """Return every form of every subject, in the order of the files."""
    forms: list[_Form] = []
    for subject in subjects():
        common: dict[str, Any] = {
            "subject": subject["key"],
            "themes": tuple(subject["themes"]),
            "departements": tuple(subject.get("departements", ())),
            "idea": subject["idea"],
        }
        for form in subject["form"]:
            forms.append(
                _Form(
                    kind=form["kind"],
                    title=form["title"],
                    standfirst=form["standfirst"],
                    text=form["text"],
                    age_min=form.get("age_min"),
                    minutes=form.get("minutes"),
                    moment=form.get("moment"),
                    since=form.get("since", subject.get("since", 0)),
                    school_levels=tuple(form.get("levels", ())),
                    **common,
                )
            )
            if "classes" in form:
                classes = form["classes"]
                forms.append(
                    _Form(
                        kind=classes.get("kind", form["kind"]),
                        title=classes["title"],
                        standfirst="",
                        text=classes["text"],
                        age_min=None,
                        minutes=None,
                        moment=None,
                        since=form.get("since", subject.get("since", 0)),
                        school_levels=tuple(classes["levels"]),
                        **common,
                    )
                )
    return tuple(forms)


@cache
def subjects() -> tuple[dict[str, Any], ...]:
    """Return the subjects as they are written in `texts/subjects/`, file by file."""
    folder = files("fete.demo").joinpath("texts", "subjects")
    pages = sorted(
        (page for page in folder.iterdir() if page.name.endswith(".toml")),
        key=lambda page: page.name,
    )
    return tuple(
        subject
        for page in pages
        for subject in tomllib.loads(page.read_text(encoding="utf-8"))["subject"]
    )


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(
        files("fete.demo").joinpath("texts", f"{name}.toml").read_text(encoding="utf-8")
    )


_AGES: Mapping[str, tuple[int, int]] = {
    **{level: (youngest, oldest) for level, (_, _, youngest, oldest) in LEVELS.items()},
    "upper_vocational": (15, 18),
    "agri": (14, 20),
    "higher": (18, 25),
}

_OPEN_TO_CLASSES = frozenset({"exhibition", "visit", "lab_open_day", "demonstration"})
_APART = frozenset({"nature_outing", "site_visit", "online"})  # no cloakroom, no shelf of books
_ADULT = 16
_GROWN_UP = 14
_SMALL = 7
_SHARE_OPEN_TO_CLASSES = 0.3
_SHARE_RARE = 0.15
_SHARE_TWO_CLOSINGS = 0.3
_SHARE_HEADING = 0.12
_HEADINGS = ("En pratique", "Comment cela se passe", "Bon à savoir", "Le jour venu")

_ANY_AGE = 99
_AUDIENCES_UP_TO: tuple[tuple[int, list[tuple[str, ...]]], ...] = (
    (6, [("families", "children"), ("families",), ("all",), ("children", "families")]),
    (9, [("families", "children"), ("all",), ("families",), ("all", "families")]),
    (12, [("all",), ("families", "teens"), ("all",), ("teens", "adults")]),
    (
        15,
        [("teens", "adults"), ("adults",), ("adults", "students"), ("teens", "adults", "seniors")],
    ),
    (18, [("adults",), ("adults", "students"), ("adults", "seniors")]),
    (_ANY_AGE, [("seniors", "adults")]),
)
_LEVELS_UP_TO: tuple[tuple[int, tuple[str, ...]], ...] = (
    (6, ("primary_c2", "primary_c3")),
    (9, ("primary_c3", "lower_c4")),
    (12, ("lower_c4", "upper_general")),
    (_ANY_AGE, ("upper_general", "upper_vocational")),
)
