"""Villages, festivals and trails of a made-up edition, and the stands in them."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from fete.demo import writing
from fete.demo.declaring import Declared, Desk, Draft
from fete.demo.territory import Setting
from fete.demo.timetable import opening_of, stand_sessions
from fete.demo.writing import ActivityText
from fete.geography.models import Commune
from fete.programme.models import Edition

# What stands at a table or on a small stage.
_STANDS = frozenset({"workshop", "demonstration", "game", "exhibition", "show", "science_cafe"})
_OWN_HOURS = 0.4
_CITY = 50_000
_FOR_SMALL_TOWNS = ("petit", "itinérant")


def containers(
    rng: random.Random,
    desk: Desk,
    edition: Edition,
    wanted: Sequence[tuple[Commune, str]],
    *,
    at: datetime,
) -> list[Draft]:
    """Return a container of each kind wanted, in its commune, as few as can be from one text."""
    told: Counter[str] = Counter()
    drafts = []
    for rank, (commune, kind) in enumerate(wanted):
        text = _least_told(rng, kind, commune, told)
        told[text.subject] += 1
        sessions = opening_of(rng, text, first=edition.starts_on, last=edition.ends_on)
        drafts.append(
            desk.draft(f"{edition.year}/container/{rank}", text, commune, sessions, at=at)
        )
    return drafts


def _least_told(
    rng: random.Random, kind: str, commune: Commune, told: Mapping[str, int]
) -> ActivityText:
    """Return the text of a container that suits the town, one that other towns have least."""
    possible: list[ActivityText] = []
    while True:
        taken = {text.title for text in possible}
        try:
            text = writing.compose_container(rng, kind=kind, commune_name=commune.name, taken=taken)
        except ValueError:
            break
        possible.append(text)
    if commune.population >= _CITY:
        possible = [
            text for text in possible if not any(word in text.title for word in _FOR_SMALL_TOWNS)
        ]
    return min(possible, key=lambda text: told[text.subject])


def take_stands(
    settings: list[Setting], commune: Commune, *, least: int, most: int
) -> list[Setting]:
    """Take out of the list what suits a container of the commune, and return it.

    Half of what the commune has stays by itself; a small town calls on its neighbours of the département.
    """
    suited = [
        setting
        for setting in settings
        if setting.commune.departement_code == commune.departement_code
        and setting.text.kind in _STANDS
        and setting.text.for_public
        and setting.text.moment != "evening"
    ]
    own = [setting for setting in suited if setting.commune is commune]
    near = [setting for setting in suited if setting.commune is not commune]
    inside = own[: min(most, -(-len(own) // 2))]
    inside += near[: max(0, least - len(inside))]
    for setting in inside:
        settings.remove(setting)
    return inside


def stands(
    rng: random.Random,
    desk: Desk,
    settings: Sequence[Setting],
    container: Declared,
    *,
    at: datetime,
) -> list[Draft]:
    """Return the stands of a container, some with hours of their own."""
    return [
        desk.draft(
            f"{container.draft.name}/{rank}",
            setting.text,
            setting.commune,
            stand_sessions(rng, setting.text, openings=container.draft.sessions)
            if rng.random() < _OWN_HOURS
            else [],
            at=at,
            parent=container.activity,
        )
        for rank, setting in enumerate(settings)
    ]
