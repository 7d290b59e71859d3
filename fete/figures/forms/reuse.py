"""What an address asks of the figures as open data: which parts, in which form, known on which day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fete.core.clock import end_of, today
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.figures.rules import COUNTED, FIGURE_WORDS, WORDS, Figure, day_known

MOST_BREAKDOWNS = 2
_NAMES = {word: name for name, word in WORDS.items()}
_FIGURES = {word: each for each in COUNTED for word in (FIGURE_WORDS[each.key], each.key)}


class Shape(StrEnum):
    """How a table is laid out: one value a line, or one part a line with a column for each figure."""

    LONG = "long"
    WIDE = "large"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is asked: names of breakdowns, the form, the figures in their order, and the day on which they were known."""

    breakdowns: tuple[str, ...] = ()
    shape: Shape = Shape.WIDE
    figures: tuple[Figure, ...] = COUNTED
    day: date | None = None

    @property
    def known_on(self) -> datetime | None:
        """The end of that day in Paris; nothing for what is told now."""
        return end_of(self.day) if self.day else None


def read_asked(args: Mapping[str, str]) -> Asked:
    """Return what the address asks; raise `RuleBrokenError` with what may be asked when it is something else."""
    return Asked(
        breakdowns=_breakdowns(_listed(args.get("par", ""))),
        shape=_shape(args.get("forme", Shape.WIDE.value)),
        figures=_figures(_listed(args.get("chiffres", ""))),
        day=day_known(args.get("au", ""), today=today()),
    )


def _listed(words: str) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in words.split(",") if word.strip()))


def _breakdowns(words: Sequence[str]) -> tuple[str, ...]:
    if not set(words) <= set(_NAMES) or len(words) > MOST_BREAKDOWNS:
        raise RuleBrokenError(
            _(
                "« par » prend un ou deux de ces mots, séparés par une virgule : %(words)s.",
                words=", ".join(_NAMES),
            ),
            field="par",
        )
    return tuple(_NAMES[word] for word in words)


def _shape(word: str) -> Shape:
    if word not in set(Shape):
        raise RuleBrokenError(
            _("« forme » vaut large (une colonne par chiffre) ou long (une valeur par ligne)."),
            field="forme",
        )
    return Shape(word)


def _figures(words: Sequence[str]) -> tuple[Figure, ...]:
    if not set(words) <= set(_FIGURES):
        raise RuleBrokenError(
            _(
                "« chiffres » prend des mots de cette liste, séparés par des virgules : %(words)s.",
                words=", ".join(FIGURE_WORDS.values()),
            ),
            field="chiffres",
        )
    return tuple(dict.fromkeys(_FIGURES[word] for word in words)) or COUNTED
