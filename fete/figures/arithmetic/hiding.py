"""Which parts are too small to say how many people made them, and which others would give these away. Knows nothing else.

Those who came are a crowd; those who made an activity are known by name to whoever was there. Therefore:
- what fewer than three structures tell together of the people mobilised is secret (`Totals.is_of_few`);
- where parts add up to a total that is told, a secret part never stands alone: the smallest other one goes with it.
  Those of a theme, an audience or a level may not add up, and do as soon as no activity has two: so are they treated;
- where parts add up to a secret one, they are not all told;
- communes add up to their département, asked for beside them or not: a commune says in which one it lies.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from fete.figures.arithmetic.counting import cross
from fete.figures.arithmetic.lines import Line
from fete.figures.arithmetic.tally import Totals

Key = tuple[str | None, ...]
Parts = Mapping[Key, Totals]
AnyKey = TypeVar("AnyKey", str | None, Key)
# Parts that add up, and whether what they add up to is secret itself.
Sums = Iterable[tuple[Collection[AnyKey], bool]]


def hidden_keys(lines: Sequence[Line], names: Sequence[str]) -> frozenset[Key]:
    """Return the parts of the cross of these breakdowns whose people are secret."""
    parts = cross(lines, names)
    hidden = frozenset(key for key, each in parts.items() if each.is_of_few)
    if "commune" in names and "departement" not in names:
        wider = hidden_keys(lines, ["departement", *names])
        hidden |= {key[1:] for key in wider}
    sums = [
        each
        for place, name in enumerate(names)
        # The one département of a commune is the commune over again.
        if not (name == "departement" and "commune" in names)
        for each in _sums(lines, names, place, parts=parts)
    ]
    return _with_company(hidden, parts, sums)


def secret_parts(parts: Mapping[AnyKey, Totals], sums: Sums[AnyKey]) -> frozenset[AnyKey]:
    """Return the parts whose people are secret, where some of them add up to what is told or secret."""
    return _with_company((key for key, each in parts.items() if each.is_of_few), parts, sums)


def _with_company(
    secret: Iterable[AnyKey], parts: Mapping[AnyKey, Totals], sums: Sums[AnyKey]
) -> frozenset[AnyKey]:
    hidden = set(secret)
    known = [([key for key in keys if parts[key].teams], secret) for keys, secret in sums]
    # Company for one sum may leave another with one unknown.
    while any(_give_company(keys, hidden, parts, is_secret=secret) for keys, secret in known):
        pass
    return frozenset(hidden)


def _sums(
    lines: Sequence[Line], names: Sequence[str], place: int, *, parts: Parts
) -> list[tuple[list[Key], bool]]:
    """Return what adds up along one breakdown: the parts of each sum, and whether the sum itself is secret."""
    secret = hidden_keys(lines, [*names[:place], *names[place + 1 :]])
    sums: dict[Key, list[Key]] = {}
    for key in parts:
        sums.setdefault(key[:place] + key[place + 1 :], []).append(key)
    return [(keys, whole in secret) for whole, keys in sums.items()]


def _give_company(
    keys: Sequence[AnyKey],
    hidden: set[AnyKey],
    parts: Mapping[AnyKey, Totals],
    *,
    is_secret: bool,
) -> bool:
    """Hide the smallest part that is told when a sum has one unknown only, and say whether one was hidden."""
    told = [key for key in keys if key not in hidden]
    if is_secret + len(keys) - len(told) != 1 or not told:
        return False
    hidden.add(min(told, key=lambda key: (parts[key].teams, str(key))))
    return True
