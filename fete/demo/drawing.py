"""Simple abstract pictures, drawn by the same code the same way each time: no photograph of anybody or anywhere."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from fete.core.imaging import Encoded, encode

CREDIT = "Dessin inventé pour la démonstration"
_WIDTH, _HEIGHT = 1200, 800
# Drawn larger, then reduced: edges come out smooth.
_FINER = 2
_NIGHT, _SKY, _PAPER = (23, 49, 95), (126, 166, 232), (251, 247, 239)
_SUN, _BRICK, _LEAF, _PLUM = (244, 167, 29), (224, 99, 63), (28, 99, 64), (123, 47, 111)
_Colour = tuple[int, int, int]
_Canvas = ImageDraw.ImageDraw


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """A picture and what is said of it to who does not see it."""

    encoded: Encoded
    alternative: str


def drawings() -> list[Drawing]:
    """Return every picture, always the same ones in the same order."""
    return [
        Drawing(encoded=_drawn(motif, paper), alternative=words) for motif, paper, words in _MOTIFS
    ]


def _drawn(motif: Callable[[_Canvas, random.Random], None], paper: _Colour) -> Encoded:
    picture = Image.new("RGB", (_WIDTH * _FINER, _HEIGHT * _FINER), paper)
    motif(ImageDraw.Draw(picture), random.Random(motif.__name__))  # noqa: S311  # the same each time
    written = BytesIO()
    picture.reduce(_FINER).save(written, "PNG", compress_level=1)
    return encode(written.getvalue(), field="file")


def _scaled(*numbers: float) -> list[float]:
    return [number * _FINER for number in numbers]


def _disc(canvas: _Canvas, x: float, y: float, radius: float, colour: _Colour) -> None:
    canvas.ellipse(_scaled(x - radius, y - radius, x + radius, y + radius), fill=colour)


def _orbits(canvas: _Canvas, _luck: random.Random) -> None:
    for rank, (colour, angle) in enumerate(
        ((_SKY, 0.7), (_BRICK, 2.5), (_PAPER, 4.1), (_SKY, 5.6))
    ):
        radius = 150 + 100 * rank
        canvas.ellipse(
            _scaled(600 - radius, 400 - radius, 600 + radius, 400 + radius),
            outline=(60, 88, 140),
            width=3 * _FINER,
        )
        x, y = 600 + radius * math.cos(angle), 400 + radius * math.sin(angle)
        _disc(canvas, x, y, 20 + 7 * rank, colour)
    _disc(canvas, 600, 400, 85, _SUN)


def _waves(canvas: _Canvas, _luck: random.Random) -> None:
    for rank, colour in enumerate((_SKY, (84, 128, 205), (44, 84, 156), _NIGHT)):
        crest = [
            (x, 300 + 120 * rank + 45 * math.sin(x / (150 + 30 * rank) + rank))
            for x in range(0, _WIDTH + 1, 10)
        ]
        outline = [*crest, (_WIDTH, _HEIGHT), (0, _HEIGHT)]
        canvas.polygon([(x * _FINER, y * _FINER) for x, y in outline], fill=colour)
    _disc(canvas, 940, 170, 80, _SUN)


def _honeycomb(canvas: _Canvas, luck: random.Random) -> None:
    side = 80
    step = side * math.sqrt(3)
    for row in range(8):
        for column in range(10):
            x, y = (column + row % 2 / 2) * step, row * side * 1.5
            corners = [
                (x + 74 * math.sin(turn * math.pi / 3), y + 74 * math.cos(turn * math.pi / 3))
                for turn in range(6)
            ]
            colour = luck.choice((_SUN, _SUN, (255, 205, 110), (255, 228, 170), _BRICK))
            canvas.polygon([(a * _FINER, b * _FINER) for a, b in corners], fill=colour)


def _strata(canvas: _Canvas, luck: random.Random) -> None:
    colours = ((232, 205, 160), (214, 160, 98), _BRICK, (150, 72, 44), (98, 52, 40), (62, 40, 44))
    for rank, colour in enumerate(colours):
        edge = [(x, 180 + 110 * rank + luck.randint(-26, 26)) for x in range(0, _WIDTH + 1, 120)]
        outline = [*edge, (_WIDTH, _HEIGHT), (0, _HEIGHT)]
        canvas.polygon([(x * _FINER, y * _FINER) for x, y in outline], fill=colour)


def _constellation(canvas: _Canvas, luck: random.Random) -> None:
    for _ in range(150):
        _disc(
            canvas, luck.randrange(_WIDTH), luck.randrange(_HEIGHT), luck.choice((1, 2, 2, 3)), _SKY
        )
    stars = [(180, 560), (330, 400), (500, 450), (650, 290), (820, 330), (930, 180), (1040, 380)]
    canvas.line(
        [(x * _FINER, y * _FINER) for x, y in stars], fill=(100, 128, 180), width=4 * _FINER
    )
    for x, y in stars:
        _disc(canvas, x, y, luck.randint(10, 20), _SUN)


def _prism(canvas: _Canvas, _luck: random.Random) -> None:
    canvas.line(_scaled(0, 520, 520, 400), fill=_PAPER, width=10 * _FINER)
    rays = (_BRICK, _SUN, (250, 222, 110), (90, 170, 110), _SKY, (120, 90, 180))
    for rank, colour in enumerate(rays):
        low = 330 + 75 * rank
        canvas.polygon(
            _scaled(640, 385 + 8 * rank, 1200, low, 1200, low + 75, 640, 393 + 8 * rank),
            fill=colour,
        )
    canvas.polygon(
        _scaled(580, 180, 400, 560, 760, 560), fill=_SKY, outline=_PAPER, width=6 * _FINER
    )


def _leaves(canvas: _Canvas, luck: random.Random) -> None:
    canvas.line(_scaled(100, 760, 1100, 90), fill=_LEAF, width=12 * _FINER)
    for rank in range(8):
        x, y = 190 + 115 * rank, 700 - 77 * rank
        colour = luck.choice((_LEAF, (72, 146, 90), (134, 188, 106)))
        for side in (-1, 1):
            tip = (x + 60 + 70 * side, y - 90 + 160 * (side > 0))
            middle = ((x + tip[0]) / 2, (y + tip[1]) / 2)
            across = ((tip[1] - y) * 0.28, (x - tip[0]) * 0.28)
            corners = (
                (x, y),
                (middle[0] + across[0], middle[1] + across[1]),
                tip,
                (middle[0] - across[0], middle[1] - across[1]),
            )
            canvas.polygon([(a * _FINER, b * _FINER) for a, b in corners], fill=colour)


def _gears(canvas: _Canvas, _luck: random.Random) -> None:
    for x, y, radius, teeth, colour in (
        (420, 430, 220, 16, _PLUM),
        (775, 300, 150, 11, _BRICK),
        (800, 610, 130, 10, _SUN),
    ):
        for tooth in range(teeth):
            turn = 2 * math.pi * tooth / teeth
            _disc(canvas, x + radius * math.cos(turn), y + radius * math.sin(turn), 26, colour)
        _disc(canvas, x, y, radius, colour)
        _disc(canvas, x, y, radius * 0.35, _PAPER)


_MOTIFS: Sequence[tuple[Callable[[_Canvas, random.Random], None], _Colour, str]] = (
    (_orbits, _NIGHT, "Dessin\u00a0: quatre disques de couleur tournent autour d’un soleil."),
    (_waves, _PAPER, "Dessin\u00a0: des vagues bleues, et un soleil au-dessus."),
    (_honeycomb, (150, 92, 20), "Dessin\u00a0: les cellules dorées d’une ruche."),
    (_strata, _SKY, "Dessin\u00a0: des couches de terre, de la plus claire à la plus sombre."),
    (
        _constellation,
        _NIGHT,
        "Dessin\u00a0: sept étoiles reliées par un trait dans un ciel de nuit.",
    ),
    (_prism, _NIGHT, "Dessin\u00a0: un rayon blanc traverse un prisme et en sort en couleurs."),
    (_leaves, _PAPER, "Dessin\u00a0: un rameau et ses feuilles, de trois verts."),
    (_gears, _PAPER, "Dessin\u00a0: trois roues dentées, qui se touchent."),
)
