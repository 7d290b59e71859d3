"""A long search as a short code of an address, and back: nothing is kept, any code that reads is taken. Pure.

Google takes no address of more than 256 characters, and says nothing when it refuses one.
"""

import binascii
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

VERSION = b"\x01"
LONGEST_CODE = 1_500
LONGEST_QUERY = 8_000
MOST_ARGUMENTS = 40
# What searches are made of, the most frequent last: belongs to the version, and never changes under it.
_KNOWN = (
    b"village=&activite=&q=&accessibilite=&niveau=nursery,primary_c2,primary_c3,lower_c4,upper_general"
    b"&public=all,families,children,teens,students,adults,seniors,schools,leisure_centres,priority"
    b"&theme=digital,earth_universe,engineering,environment,exact,humanities,life_health"
    b"&type=debate,demonstration,exhibition,festival,game,lab_open_day,nature_outing,science_cafe,"
    b"science_village,screening,show,site_visit,talk,trail,visit,workshop&structure=&lieu="
    b"&commune=09122,11069,12202,30189,31555,32013,34172,46042,48095,65440,66136,81004,82121"
    b"&annee=20&date=20&du=2026-10-0&au=2026-10-1&annules=non"
    b"&departement=09,11,12,30,31,32,34,46,48,65,66,81,82"
)
_WRITTEN = re.compile(r"[A-Za-z0-9_-]+")
_RAW = -15


class BadCodeError(ValueError):
    """The code was not made here, or was cut on its way."""


def shortened(arguments: Mapping[str, str]) -> str | None:
    """Return the code of a search; `None` for one that is too long for any address."""
    query = urlencode(arguments, safe=",").encode()
    packing = zlib.compressobj(9, wbits=_RAW, zdict=_KNOWN)
    packed = VERSION + packing.compress(query) + packing.flush()
    code = urlsafe_b64encode(packed).rstrip(b"=").decode()
    fits = len(query) <= LONGEST_QUERY and len(arguments) <= MOST_ARGUMENTS
    return code if fits and len(code) <= LONGEST_CODE else None


def lengthened(code: str) -> list[tuple[str, str]]:
    """Return the search of a code, argument by argument; raise `BadCodeError` for what is none."""
    if len(code) > LONGEST_CODE or not _WRITTEN.fullmatch(code):
        raise BadCodeError
    try:
        packed = urlsafe_b64decode(code + "=" * (-len(code) % 4))
        return parse_qsl(
            _unpacked(packed).decode(),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_ARGUMENTS,
        )
    except (binascii.Error, zlib.error, ValueError) as error:
        raise BadCodeError from error


def _unpacked(packed: bytes) -> bytes:
    """Return what was packed, never more than a search is long whatever the code would grow to."""
    if not packed.startswith(VERSION):
        raise BadCodeError
    unpacking = zlib.decompressobj(wbits=_RAW, zdict=_KNOWN)
    query = unpacking.decompress(packed.removeprefix(VERSION), LONGEST_QUERY)
    if not unpacking.eof or unpacking.unused_data:
        raise BadCodeError
    return query
