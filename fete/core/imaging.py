"""Pictures as people send them, made anew by us: upright, in plain colours, in two sizes, with nothing hidden in them."""

import re
import struct
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps

from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _, lazy_gettext

LARGE, SMALL = 1600, 640
HEAVIEST = 10 * 1024 * 1024
CONTENT_TYPE = "image/webp"
# Of the file sent: fewer are a stamp on a page, more than a good camera makes are a trap.
FEWEST_PIXELS = 200
MOST_PIXELS = 60_000_000
LONGEST_SHAPE = 5
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82
_PAPER = (255, 255, 255)
_SRGB = ImageCms.createProfile("sRGB")
# What is often sent instead, by its first bytes: the sentence tells how to go on.
_OTHERS = (
    (
        re.compile(rb".{4}ftyp(?:hei|hev|mif|msf|avi)", re.DOTALL),
        lazy_gettext(
            "C’est une photo HEIC ou AVIF, que tous les navigateurs ne savent pas montrer. Enregistrez-la en JPEG, puis recommencez."
        ),
    ),
    (
        re.compile(rb"GIF8"),
        lazy_gettext("C’est une image GIF. Enregistrez-la en JPEG ou en PNG, puis recommencez."),
    ),
    (
        re.compile(rb"%PDF"),
        lazy_gettext("C’est un document PDF. Enregistrez l’image seule, en JPEG ou en PNG."),
    ),
    (
        re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!DOCTYPE svg|!--)", re.IGNORECASE),
        lazy_gettext("C’est un dessin SVG. Enregistrez-le en PNG, puis recommencez."),
    ),
)
_BROKEN = lazy_gettext(
    "Ce fichier est abîmé ou incomplet : l’image ne se lit pas jusqu’au bout. Enregistrez-la de nouveau, ou choisissez-en une autre."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoded:
    """A picture in its two sizes; width and height are those of the larger."""

    large: bytes
    small: bytes
    width: int
    height: int


def encode(sent: bytes, *, field: str) -> Encoded:
    """Return the picture made anew; raise `RuleBrokenError` about the field for anything else than a picture."""
    try:
        return _encoded(sent)
    except _Refused as refused:
        raise RuleBrokenError(str(refused), field=field) from refused


def fitted(width: int, height: int, most: int) -> tuple[int, int]:
    """Return the size of a picture made to fit a square, in proportion; a smaller one stays as it is."""
    scale = min(1.0, most / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


class _Refused(Exception):  # noqa: N818  # it never leaves this module
    """The sentence says why."""


def _encoded(sent: bytes) -> Encoded:
    if not sent:
        raise _Refused(_("Ce fichier est vide. Choisissez-en un autre."))
    if len(sent) > HEAVIEST:
        raise _Refused(
            _("Ce fichier est trop lourd : 10 Mo au plus. Enregistrez l’image en plus petit.")
        )
    picture = _upright(_opened(sent))
    large = picture.resize(fitted(*picture.size, LARGE), Image.Resampling.LANCZOS)
    small = large.resize(fitted(*large.size, SMALL), Image.Resampling.LANCZOS)
    return Encoded(large=_file(large), small=_file(small), width=large.width, height=large.height)


def _opened(sent: bytes) -> Image.Image:
    for beginning, sentence in _OTHERS:
        if beginning.match(sent):
            raise _Refused(str(sentence))
    try:
        picture = Image.open(BytesIO(sent), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _Refused(_too_many()) from error
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise _Refused(
            _("Ce fichier n’est pas une image JPEG, PNG ou WebP. Choisissez-en un autre.")
        ) from error
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _Refused(_too_many())
    if min(width, height) < FEWEST_PIXELS:
        raise _Refused(
            _(
                "Cette image est trop petite (%(width)s × %(height)s pixels) : il en faut au moins %(least)s de chaque côté, et plutôt 1600 de large.",
                width=width,
                height=height,
                least=FEWEST_PIXELS,
            )
        )
    if max(width, height) > LONGEST_SHAPE * min(width, height):
        raise _Refused(_("Cette image est trop étirée : recadrez-la, puis recommencez."))
    # A telephone puts a second view beside a JPEG: the first one is the photograph.
    if picture.format in {"PNG", "WEBP"} and getattr(picture, "is_animated", False):
        raise _Refused(_("Cette image est animée. Choisissez une image fixe."))
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    """Return the picture read to its end, the right way up, on white paper, in the colours of screens."""
    profile = picture.info.get("icc_profile")
    try:
        # Much less to read, when it is a JPEG much larger than needed.
        picture.draft("RGB", (2 * LARGE, 2 * LARGE))
        picture.load()
        turned = ImageOps.exif_transpose(picture)
    except (OSError, SyntaxError, ValueError, struct.error, EOFError, IndexError) as error:
        raise _Refused(str(_BROKEN)) from error
    if profile and turned.mode in {"RGB", "CMYK"}:
        turned = _in_screen_colours(turned, profile)
    if turned.mode.startswith("I"):
        # Sixteen bits a point: the eight that a screen can show.
        turned = turned.convert("I").point(lambda value: value / 256).convert("L")
    plain = Image.new("RGB", turned.size, _PAPER)
    if turned.has_transparency_data:
        clear = turned.convert("RGBA")
        plain.paste(clear, mask=clear.getchannel("A"))
    else:
        plain.paste(turned.convert("RGB"))
    return plain


def _in_screen_colours(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        found = ImageCms.profileToProfile(picture, own, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture  # A profile that cannot be read is as none.
    return found or picture


def _file(picture: Image.Image) -> bytes:
    written = BytesIO()
    picture.save(written, "WEBP", quality=_QUALITY, method=4)
    return written.getvalue()


def _too_many() -> str:
    return str(_("Cette image est trop grande : 60 millions de pixels au plus. Réduisez-la."))
