"""Which parts are too small to say how many people made them, and which others would give these away. Knows nothing else.

Those who came are a crowd; those who made an activity are known by name to whoever was there. Therefore:
- what fewer than three activities, or fewer than three structures, tell together of the people mobilised is secret;
- where parts add up to a total that is told, a secret part never stands alone: the smallest other one goes with it;
- where parts add up to a secret one, they are not all told.
"""

from collections.abc import Collection, Mapping, Sequence

from fete.figures.arithmetic.counting import cross
from fete.figures.arithmetic.lines import Line
from fete.figures.arithmetic.tally import Totals

# The figures that tell of people who could be recognised.
PERSONAL = frozenset({"researchers", "mediators", "volunteers", "others"})
FEWEST_TOGETHER = 3

Key = tuple[str | None, ...]
Parts = Mapping[Key, Totals]


def hidden_keys(
    lines: Sequence[Line], names: Sequence[str], *, additive: Collection[str]
) -> frozenset[Key]:
    """Return the parts of the cross of these breakdowns whose people are secret; `additive` names those that add up."""
    parts = cross(lines, names)
    hidden = {key for key, each in parts.items() if _is_small(each)}
    sums = [
        each
        for place, name in enumerate(names)
        if name in additive
        for each in _sums(lines, names, place, parts=parts, additive=additive)
    ]
    # Company for one sum may leave another with one unknown.
    while any(_give_company(keys, hidden, parts, is_secret=secret) for keys, secret in sums):
        pass
    return frozenset(hidden)


def secret_codes(
    parts: Mapping[str | None, Totals], *, whole: Totals, adds_up: bool
) -> frozenset[str | None]:
    """Return the parts of one breakdown whose people are secret, beside the whole that they are parts of."""
    keyed: dict[Key, Totals] = {(code,): each for code, each in parts.items()}
    hidden = {key for key, each in keyed.items() if _is_small(each)}
    if adds_up:
        made = [key for key, each in keyed.items() if _made_by(each)]
        while _give_company(made, hidden, keyed, is_secret=_is_small(whole)):
            pass
    return frozenset(code for (code,) in hidden)


def _sums(
    lines: Sequence[Line],
    names: Sequence[str],
    place: int,
    *,
    parts: Parts,
    additive: Collection[str],
) -> list[tuple[list[Key], bool]]:
    """Return what adds up along one breakdown: the parts of each sum, and whether the sum itself is secret."""
    secret = hidden_keys(lines, [*names[:place], *names[place + 1 :]], additive=additive)
    sums: dict[Key, list[Key]] = {}
    for key, each in parts.items():
        if _made_by(each):
            sums.setdefault(key[:place] + key[place + 1 :], []).append(key)
    return [(keys, whole in secret) for whole, keys in sums.items()]


def _give_company(keys: Sequence[Key], hidden: set[Key], parts: Parts, *, is_secret: bool) -> bool:
    """Hide the smallest part that is told when a sum has one unknown only, and say whether one was hidden."""
    told = [key for key in keys if key not in hidden]
    if is_secret + len(keys) - len(told) != 1 or not told:
        return False
    hidden.add(min(told, key=lambda key: (_made_by(parts[key]), str(key))))
    return True


def _is_small(part: Totals) -> bool:
    return _made_by(part) > 0 and min(_made_by(part), part.organisations) < FEWEST_TOGETHER


def _made_by(part: Totals) -> int:
    """Return how many activities, villages, festivals and trails tell the people of a part."""
    return part.activities + part.containers
