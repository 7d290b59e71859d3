"""Pictures made anew: what comes in is a picture and nothing else, what goes out hides nothing."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from fete.core.errors import RuleBrokenError
from fete.core.imaging import HEAVIEST, LARGE, SMALL, encode, fitted

RED, GREEN, WHITE = (200, 30, 30), (30, 160, 60), (255, 255, 255)


def file_of(picture: Image.Image, kind: str, **options: object) -> bytes:
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def plain(width: int = 800, height: int = 600, colour=RED, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), colour)


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def close(one, other, by=12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_comes_out_in_two_sizes(kind):
    encoded = encode(file_of(plain(2000, 1000), kind), field="file")
    large, small = opened(encoded.large), opened(encoded.small)
    assert (large.format, large.size, small.format, small.size) == (
        "WEBP",
        (1600, 800),
        "WEBP",
        (640, 320),
    )
    assert (encoded.width, encoded.height) == large.size
    assert close(large.getpixel((5, 5)), RED)


def test_a_small_picture_is_not_made_larger():
    encoded = encode(file_of(plain(300, 240), "PNG"), field="file")
    assert opened(encoded.large).size == opened(encoded.small).size == (300, 240)


@pytest.mark.parametrize(
    ("size", "most", "made"),
    [
        ((1600, 1200), SMALL, (640, 480)),
        ((1200, 1600), SMALL, (480, 640)),
        ((1601, 1000), LARGE, (1600, 999)),
        ((100, 100), SMALL, (100, 100)),
        ((6000, 2), SMALL, (640, 1)),
    ],
)
def test_a_size_is_fitted_in_proportion(size, most, made):
    width, height = size
    assert fitted(width, height, most) == made


def test_nothing_that_the_camera_wrote_is_left():
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825)[2] = (43.0, 38.0, 0.0)
    sent = file_of(
        plain(),
        "JPEG",
        exif=exif,
        comment=b"secret comment",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>secret</x:xmpmeta>",
    )
    assert b"Camera of Ada" in sent
    encoded = encode(sent, field="file")
    for content in (encoded.large, encoded.small):
        assert b"Camera of Ada" not in content
        assert b"secret" not in content
        picture = opened(content)
        assert dict(picture.getexif()) == {}
        assert set(picture.info) <= {"loop", "background", "timestamp", "duration"}
        # The bare form of the format: no room for anything beside the picture.
        assert content[12:16] == b"VP8 "


def test_the_words_hidden_in_a_png_are_gone():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "secret", zip=False)
    sent = file_of(plain(), "PNG", pnginfo=words)
    assert b"secret" in sent
    assert b"secret" not in encode(sent, field="file").large


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_is_put_upright(turned):
    picture = plain(800, 400)
    picture.paste(GREEN, (0, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112] = turned
    corner = {
        1: (10, 10),
        2: (-10, 10),
        3: (-10, -10),
        4: (10, -10),
        5: (10, 10),
        6: (-10, 10),
        7: (-10, -10),
        8: (10, -10),
    }[turned]
    made = opened(encode(file_of(picture, "JPEG", exif=exif, quality=95), field="file").large)
    assert made.size == ((800, 400) if turned < 5 else (400, 800))
    x, y = corner
    place = (x % made.width, y % made.height)
    assert close(made.getpixel(place), GREEN, 20)


def test_printers_colours_become_those_of_screens():
    sent = file_of(plain(mode="CMYK", colour=(0, 255, 255, 0)), "JPEG")
    assert close(opened(encode(sent, field="file").large).getpixel((5, 5)), (220, 40, 40), 45)


def test_a_profile_that_cannot_be_read_is_as_none():
    sent = file_of(plain(), "PNG", icc_profile=b"not a profile at all")
    assert close(opened(encode(sent, field="file").large).getpixel((5, 5)), RED)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1"])
def test_every_kind_of_png_is_read_on_white_paper(mode):
    picture = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    picture.paste((*RED, 255), (0, 0, 200, 300))
    sent = file_of(picture.convert(mode), "PNG")
    made = opened(encode(sent, field="file").large)
    assert made.mode == "RGB"
    if mode in {"RGBA", "LA"}:
        assert close(made.getpixel((390, 10)), WHITE)


def test_sixteen_bits_a_point_keep_their_greys():
    picture = Image.new("I;16", (400, 300), 0x8000)
    made = opened(encode(file_of(picture, "PNG"), field="file").large)
    assert close(made.getpixel((5, 5)), (128, 128, 128))


def chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it is enormous."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def animated(kind: str) -> bytes:
    return file_of(
        plain(300, 300), kind, save_all=True, append_images=[plain(300, 300, GREEN)], duration=100
    )


WHOLE_JPEG = file_of(Image.effect_noise((800, 600), 80).convert("RGB"), "JPEG")
WHOLE_PNG = file_of(Image.effect_noise((800, 600), 80).convert("RGB"), "PNG")
REFUSED = {
    "nothing": (b"", "vide"),
    "words": (b"Bonjour", "n’est pas une image JPEG, PNG ou WebP"),
    "a page": (b"<html><script>alert(1)</script></html>", "n’est pas une image"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "a drawing after its prologue": (b"<?xml version='1.0'?><svg/>", "SVG"),
    "a telephone's": (b"\0\0\0\x18ftypheic" + b"\0" * 50, "HEIC"),
    "avif": (b"\0\0\0\x18ftypavif" + b"\0" * 50, "AVIF"),
    "gif": (file_of(plain().convert("P"), "GIF"), "GIF"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "tiff": (file_of(plain(), "TIFF"), "n’est pas une image"),
    "bmp": (file_of(plain(), "BMP"), "n’est pas une image"),
    "cut jpeg": (WHOLE_JPEG[: len(WHOLE_JPEG) // 2], "abîmé"),
    "cut png": (WHOLE_PNG[: len(WHOLE_PNG) // 2], "abîmé"),
    "cut webp": (file_of(plain(), "WEBP")[:60], "n’est pas une image|abîmé"),
    "the beginning of a png": (WHOLE_PNG[:20], "n’est pas une image"),
    "the beginning of a jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "n’est pas une image"),
    "a wrong sum": (WHOLE_PNG[:60] + b"\0" * 400 + WHOLE_PNG[460:], "abîmé"),
    "a point": (file_of(plain(1, 1), "PNG"), "trop petite \\(1 × 1"),
    "a stamp": (file_of(plain(900, 199), "PNG"), "trop petite"),
    "a ribbon": (file_of(plain(1500, 200), "PNG"), "étirée"),
    "a bomb": (bomb(20_000, 20_000), "trop grande"),
    "a smaller bomb": (bomb(10_000, 10_000), "trop grande"),
    "one that is only much": (bomb(8_000, 8_000), "trop grande"),
    "less than it says": (bomb(3_000, 3_000), "abîmé"),
    "moving png": (animated("PNG"), "animée"),
    "moving webp": (animated("WEBP"), "animée"),
    "too heavy": (b"\xff\xd8" + b"\0" * HEAVIEST, "10\u00a0Mo au plus"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused_in_words(name, app):
    sent, words = REFUSED[name]
    with app.test_request_context(), pytest.raises(RuleBrokenError, match=words) as refused:
        encode(sent, field="file")
    assert refused.value.field == "file"


def test_a_telephone_s_second_view_is_left_out():
    written = BytesIO()
    plain(640, 480).save(written, "MPO", save_all=True, append_images=[plain(640, 480, GREEN)])
    made = opened(encode(written.getvalue(), field="file").large)
    assert close(made.getpixel((5, 5)), RED)


def test_a_large_photograph_is_taken():
    sent = file_of(plain(7000, 5000), "JPEG", quality=50)
    assert encode(sent, field="file").width == 1600
