"""Colours as people choose them: read, compared, made readable on one another (WCAG 2.2, 1.4.3)."""

import re

READABLE = 4.5
_HEXADECIMAL = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")
_BLACK, _WHITE = "000000", "ffffff"
_STEPS = 100


def read_colour(typed: str) -> str | None:
    """Return a colour as six hexadecimal digits: « #17315F », « fff »; `None` for anything else."""
    found = _HEXADECIMAL.fullmatch(typed.strip().lower())
    if found is None:
        return None
    digits = found[1]
    return digits if len(digits) == len(_BLACK) else "".join(digit * 2 for digit in digits)


def contrast(one: str, other: str) -> float:
    """Return how well two colours are told apart: from 1, the same, to 21, black and white."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(background: str) -> str:
    """Return black or white, whichever is read best on a colour: one of them always can be."""
    return max((_BLACK, _WHITE), key=lambda ink: contrast(ink, background))


def readable(colour: str, background: str) -> str:
    """Return the colour, moved towards black or white as little as lets it be read on its background."""
    ink = ink_on(background)
    for step in range(_STEPS + 1):
        moved = _between(colour, ink, step / _STEPS)
        if contrast(moved, background) >= READABLE:
            return moved
    return ink


def _between(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (0, 2, 4)]


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # as WCAG writes it
