"""Draw the figures of an edition on the map: a shade a département, a dot a host commune."""

from collections.abc import Sequence
from dataclasses import dataclass

from fete.figures.arithmetic import Shade, shades_of
from fete.figures.queries.counting import EditionFigures
from fete.geography.arithmetic import Box, Outline, Spot
from fete.geography.queries import atlas, communes_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Shaded:
    """A département on the map, with its value."""

    outline: Outline
    value: int
    shade: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FiguresMap:
    """The map of one figure."""

    box: Box
    departements: Sequence[Shaded]
    dots: Sequence[Spot]
    classes: Sequence[Shade]


def map_of_figures(figures: EditionFigures, key: str) -> FiguresMap | None:
    """Return the map of a figure by département, with the host communes; `None` where no outline is known."""
    drawn = atlas()
    if drawn is None:
        return None
    values = {
        part.code: getattr(part.totals, key)
        for part in figures.breakdowns["departement"]
        if part.code in drawn.outlines
    }
    shades, classes = shades_of(values)
    hosts = {
        part.code
        for part in figures.breakdowns["commune"]
        if part.code is not None and part.totals.host_communes
    }
    dots = [
        drawn.projection.place(commune.longitude, commune.latitude)
        for commune in communes_of(hosts)
        if commune.longitude is not None
        and commune.latitude is not None
        and commune.departement_code in drawn.outlines
    ]
    return FiguresMap(
        box=drawn.box,
        departements=[
            Shaded(outline=drawn.outlines[code], value=value, shade=shades[code])
            for code, value in values.items()
            if code is not None
        ],
        dots=dots,
        classes=classes,
    )
