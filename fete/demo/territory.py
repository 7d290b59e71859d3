"""Where the made-up editions take place: real communes, more activities in the larger ones."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select

from fete.core.db import db
from fete.demo.shares import apportion
from fete.demo.writing import ActivityText
from fete.geography.models import Commune, Departement

REGION = "76"
# Towns that have a university, a school of engineers or a research station: laboratories open their doors there.
RESEARCH_TOWNS = (
    "31555",  # Toulouse
    "34172",  # Montpellier
    "66136",  # Perpignan
    "30189",  # Nîmes
    "81004",  # Albi
    "81065",  # Castres
    "65440",  # Tarbes
    "30007",  # Alès
    "12202",  # Rodez
    "34301",  # Sète
    "31113",  # Castanet-Tolosan
    "32013",  # Auch
    "11262",  # Narbonne
    "82121",  # Montauban
    "46102",  # Figeac
    "66016",  # Banyuls-sur-Mer
    "48095",  # Mende
    "09261",  # Saint-Girons
)
_LARGEST_SHARE = 0.6
_SMALLEST = 450
_LEAST_IN_A_DEPARTEMENT = 3
_LEAST_IN_A_COMMUNE = 2
_SIZE = 0.62


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """An activity and the commune where it is held."""

    text: ActivityText
    commune: Commune


def communes_by_departement() -> dict[str, list[Commune]]:
    """Return the communes of the region under the codes of their départements, the most populated first."""
    statement = (
        select(Commune)
        .join(Commune.departement)
        .where(Departement.region_code == REGION)
        .order_by(Commune.departement_code, Commune.population.desc(), Commune.code)
    )
    return {
        code: list(communes)
        for code, communes in groupby(
            db.session.scalars(statement), key=lambda commune: commune.departement_code
        )
    }


def host_communes(
    rng: random.Random, known: Mapping[str, list[Commune]], *, count: int
) -> list[Commune]:
    """Return so many communes of the region, in every département: its towns, and some villages."""
    shares = apportion(
        count - _LEAST_IN_A_DEPARTEMENT * len(known),
        [sum(each.population for each in communes) ** 0.8 for communes in known.values()],
    )
    chosen: list[Commune] = []
    for communes, share in zip(known.values(), shares, strict=True):
        wanted = share + _LEAST_IN_A_DEPARTEMENT
        largest = communes[: round(wanted * _LARGEST_SHARE)]
        research = [each for each in research_towns(communes) if each not in largest]
        towns = [*largest, *research][:wanted]
        smaller = [each for each in communes if each not in towns and each.population >= _SMALLEST]
        chosen += towns
        chosen += rng.sample(smaller[: 6 * wanted], wanted - len(towns))
    return chosen


def has_research(commune: Commune) -> bool:
    """Whether laboratories are found in the commune."""
    return commune.code in RESEARCH_TOWNS


def research_towns(communes: Sequence[Commune]) -> list[Commune]:
    """Return those of the communes where laboratories are found."""
    return [commune for commune in communes if has_research(commune)]


def settle(
    rng: random.Random, texts: Sequence[ActivityText], communes: Sequence[Commune]
) -> list[Setting]:
    """Return where each activity is held: each commune has two at least, and texts about a place are told there."""
    places = Counter(
        dict(
            zip(
                (each.code for each in communes),
                (
                    share + _LEAST_IN_A_COMMUNE
                    for share in apportion(
                        len(texts) - _LEAST_IN_A_COMMUNE * len(communes),
                        [each.population**_SIZE for each in communes],
                    )
                ),
                strict=True,
            )
        )
    )
    by_code = {each.code: each for each in communes}
    departements = {each.code: each.departement_code for each in communes}
    settings: list[Setting] = []

    def put(text: ActivityText, codes: Sequence[str]) -> None:
        free = [code for code in codes if places[code]] or [code for code in places if places[code]]
        (code,) = rng.choices(free, [places[code] for code in free])
        places[code] -= 1
        settings.append(Setting(text=text, commune=by_code[code]))

    research = [each.code for each in research_towns(communes)]
    for text in sorted(texts, key=_freedom):
        at_home = [
            code
            for code in by_code
            if not text.departements or departements[code] in text.departements
        ]
        if text.kind == "lab_open_day":
            put(text, [code for code in research if code in at_home] or research)
        else:
            put(text, at_home)
    rng.shuffle(settings)
    return settings


def _freedom(text: ActivityText) -> tuple[bool, int]:
    """Return what puts those that can be held in the fewest places first."""
    return text.kind != "lab_open_day", len(text.departements) or 99
