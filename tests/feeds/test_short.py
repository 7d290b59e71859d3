"""Long searches as short codes."""

import zlib
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given, strategies as st

from fete.feeds import short
from fete.feeds.short import BadCodeError, lengthened, shortened

WORDS = st.sampled_from(["q", "departement", "commune", "type", "theme", "annules", "annee"])
TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=200)


@given(st.dictionaries(WORDS | TEXT.filter(bool), TEXT, max_size=8))
def test_any_search_comes_back_whole_from_its_code(arguments):
    code = shortened(arguments)
    assert code is not None
    assert code.isascii()
    assert lengthened(code) == list(arguments.items())
    assert shortened(arguments) == code  # the same search has the same address


@given(st.text(max_size=300) | st.text(alphabet="AQIDabcdefgh0123456789-_", max_size=2_000))
def test_any_other_code_is_refused_or_is_a_search_of_a_bounded_length(code):
    try:
        found = lengthened(code)
    except BadCodeError:
        return
    assert len(found) <= short.MOST_ARGUMENTS
    assert sum(len(name) + len(value) for name, value in found) <= short.LONGEST_QUERY


@given(st.binary(max_size=400))
def test_whatever_is_unpacked_is_refused_or_is_a_search(packed):
    code = urlsafe_b64encode(short.VERSION + packed).rstrip(b"=").decode()
    try:
        lengthened(code)
    except BadCodeError:
        return


def packed(query: bytes, *, version: bytes = short.VERSION, after: bytes = b"") -> str:
    packing = zlib.compressobj(9, wbits=-15, zdict=short._KNOWN)
    content = version + packing.compress(query) + packing.flush() + after
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "code",
    [
        "",
        "A",
        "é",
        "AQ",
        "../agenda",
        packed(b"q=eau", version=b"\x02"),
        packed(b"q=eau", after=b"more"),
        packed(b"q=eau")[:-3],
        packed(b"q=%FF"),
        packed(b"\xff=eau"),
        packed(b"no argument"),
        packed(b"&".join(b"a=b" for _ in range(short.MOST_ARGUMENTS + 1))),
        # It would grow to a hundred times what a search may be.
        packed(b"q=" + b"a" * 100 * short.LONGEST_QUERY),
        "A" * (short.LONGEST_CODE + 1),
    ],
    ids=lambda code: code[:12],
)
def test_what_was_cut_made_up_or_would_grow_too_long_is_no_search(code):
    with pytest.raises(BadCodeError):
        lengthened(code)


def test_a_search_of_every_departement_and_many_words_fits_in_an_address_that_google_takes():
    arguments = {
        "departement": "09,11,12,30,31,32,34,46,48,65,66,81,82",
        "type": "debate,exhibition,lab_open_day,talk,visit,workshop",
        "theme": "digital,earth_universe,environment,exact,life_health",
        "public": "all,children,families,schools",
        "du": "2026-10-03",
        "au": "2026-10-11",
        "annules": "non",
    }
    code = shortened(arguments)
    assert code is not None
    assert len(code) < 100


def test_a_search_too_long_for_any_address_has_no_code():
    assert shortened({"q": "".join(f"{number:x}" for number in range(4_000))}) is None


def test_a_code_given_once_reads_the_same_for_ever():
    # Whoever changes what this code stands for breaks the calendars of those who have it: add a version instead.
    assert lengthened("AUPWAVYFiQBwAMA9XWir6mys6mhZkp8JtAnZRgA") == [
        ("departement", "31,32"),
        ("type", "talk,workshop"),
        ("q", "étoiles"),
        ("annules", "non"),
    ]
