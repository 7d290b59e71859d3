"""Dates, numbers and texts as pages write them."""

import re
from datetime import UTC, date, datetime

import html5lib
import pytest
from flask_babel import force_locale
from hypothesis import given, strategies as st
from jinja2 import ChoiceLoader, DictLoader

from fete.core.templating import (
    absolute_url,
    age,
    day,
    hour,
    icon_svg,
    in_french,
    markdown,
    moment,
    number,
    ordinal,
    path_of,
    percent,
    render_letter,
    short_day,
    until,
    weight,
)


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context():
        yield


def test_dates_and_hours_are_french():
    start = datetime(2026, 10, 3, 8, 30, tzinfo=UTC)
    assert day(start) == "samedi 3 octobre 2026"
    assert day(date(2027, 1, 1)) == "vendredi 1er janvier 2027"
    assert short_day(start) == "sam. 3 oct."
    assert hour(start) == "10\u00a0h\u00a030"
    assert hour(datetime(2026, 10, 3, 8, tzinfo=UTC)) == "10\u00a0h"
    assert moment(start) == "samedi 3 octobre 2026 à 10\u00a0h\u00a030"


@pytest.mark.parametrize(("value", "written"), [(75300, "75\u202f300"), (0, "0"), (None, "–")])
def test_numbers_have_their_thin_spaces(value, written):
    assert number(value) == written


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "1\u00a0ko"),
        (1_600, "2\u00a0ko"),
        (43_265, "45\u00a0ko"),
        (219_016, "200\u00a0ko"),
        (990_000, "1\u202f000\u00a0ko"),
        (1_732_241, "1,7\u00a0Mo"),
        (12_000_000, "12\u00a0Mo"),
    ],
)
def test_a_weight_is_told_as_one_says_it(size, written):
    assert weight(size) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.325, "32\u202f%"),
        (0.0, "0\u202f%"),
        (1.0, "100\u202f%"),
        (0.001, "1\u202f%"),
        (0.999, "99\u202f%"),
        (None, "–"),
    ],
)
def test_a_share_is_whole_only_when_it_is(share, written):
    assert percent(share) == written


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**gras**", "<p><strong>gras</strong></p>\n"),
        ("# Titre", "<h3>Titre</h3>\n"),
        ("## Un\n#### Deux\n## Trois", "<h3>Un</h3>\n<h4>Deux</h4>\n<h3>Trois</h3>\n"),
        (
            "[site](https://example.org)",
            '<p><a href="https://example.org" rel="noopener nofollow ugc">site</a></p>\n',
        ),
        ("[piège](javascript:alert(1))", "<p>[piège](javascript:alert(1))</p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        (None, ""),
    ],
)
def test_markdown_gives_safe_pages(typed, shown):
    assert markdown(typed) == shown


TAGS = {"p", "br", "strong", "em", "s", "ul", "ol", "li", "blockquote", "a", "code", "pre", "hr"}
PIECES = (
    "<script>",
    "<img src=x onerror=y>",
    '<p style="a">',
    "[a](javascript:b)",
    "![c](d)",
    "**",
    "# ",
)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=20)).map(" ".join))
def test_no_text_ever_becomes_another_element_or_attribute(text):
    found = html5lib.parseFragment(str(markdown(text)), namespaceHTMLElements=False)
    for element in found.iter():
        if element is not found:
            assert element.tag in TAGS or re.fullmatch("h[3-6]", element.tag)
            assert set(element.attrib) <= ({"href", "rel"} if element.tag == "a" else set())
            assert not element.get("href", "").lower().startswith(("javascript:", "data:"))


def test_an_icon_is_hidden_from_screen_readers_and_an_unknown_one_is_an_error():
    assert 'aria-hidden="true"' in icon_svg("calendar")
    with pytest.raises(KeyError):
        icon_svg("no-such-icon")


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (datetime(2026, 3, 16, 8, 0, tzinfo=UTC), "aujourd’hui"),
        # The evening before by the clocks of Paris.
        (datetime(2026, 3, 15, 22, 59, tzinfo=UTC), "hier"),
        (datetime(2026, 3, 14, 12, 0, tzinfo=UTC), "il y a 2 jours"),
        (datetime(2026, 3, 3, 12, 0, tzinfo=UTC), "il y a 13 jours"),
        (datetime(2026, 3, 2, 12, 0, tzinfo=UTC), "il y a 2 semaines"),
        (datetime(2025, 12, 16, 12, 0, tzinfo=UTC), "il y a 3 mois"),
    ],
)
def test_an_age_is_told_in_words(then, words):
    assert age(then) == words


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (date(2026, 10, 2), date(2026, 10, 12), "du vendredi 2 au lundi 12 octobre 2026"),
        (date(2026, 10, 1), date(2026, 10, 4), "du jeudi 1er au dimanche 4 octobre 2026"),
        (
            date(2026, 9, 30),
            date(2026, 10, 1),
            "du mercredi 30 septembre au jeudi 1er octobre 2026",
        ),
        (
            date(2026, 12, 31),
            date(2027, 1, 1),
            "du jeudi 31 décembre 2026 au vendredi 1er janvier 2027",
        ),
        (date(2026, 10, 3), date(2026, 10, 3), "samedi 3 octobre 2026"),
    ],
)
def test_a_stretch_of_days_says_nothing_twice(first, last, written):
    assert until(first, last) == written


@pytest.mark.parametrize(
    ("rank", "french", "english"),
    [
        (1, "1re", "1st"),
        (2, "2e", "2nd"),
        (11, "11e", "11th"),
        (23, "23e", "23rd"),
        (35, "35e", "35th"),
        (111, "111e", "111th"),
    ],
)
def test_a_rank_is_said_as_each_language_says_it(app, rank, french, english):
    assert ordinal(rank) == french
    with app.test_request_context(environ_overrides={"fete.language": "en"}):
        assert ordinal(rank) == english


def test_dates_hours_and_numbers_are_british_in_english(app):
    start = datetime(2026, 10, 3, 8, 30, tzinfo=UTC)
    english = app.test_request_context(environ_overrides={"fete.language": "en"})
    with english, force_locale("en"):
        assert day(start) == "Saturday 3 October 2026"
        assert short_day(start) == "Sat 3 Oct"
        assert hour(start) == "10:30"
        assert moment(start) == "Saturday 3 October 2026 at 10:30"
        assert number(75300) == "75,300"
        assert percent(0.325) == "32%"
        assert until(date(2026, 10, 2), date(2026, 10, 12)) == (
            "from Friday 2 to Monday 12 October 2026"
        )


def test_an_address_follows_the_language_of_the_letter_that_holds_it_and_of_nothing_else(app):
    there = "https://fete.example.org"
    page = "{{ absolute_url('pages.home') }} {{ absolute_url('pages.home', language='fr') }}"
    templates = {
        "letters/trial/place.txt": "{% block subject %}{% endblock %}" + page,
        "letters/trial/place.html": page,
    }
    loader = app.jinja_env.loader
    app.jinja_env.loader = ChoiceLoader([DictLoader(templates), loader])
    try:
        for language, address in (("fr", f"{there}/"), ("en", f"{there}/en/")):
            letter = render_letter("trial/place", language=language)
            assert letter.text == letter.html == f"{address} {there}/\n"
        with app.test_request_context("/", environ_overrides={"fete.language": "en"}):
            # What an agenda or a code leads to does not depend on who asks.
            assert absolute_url("pages.home") == f"{there}/"
            assert render_letter("trial/place", language="en").html.startswith(f"{there}/en/")
            assert render_letter("trial/place", language="fr").html.startswith(f"{there}/ ")
    finally:
        app.jinja_env.loader = loader


def test_a_path_has_no_language_and_no_host(app):
    assert path_of("activities.preview", activity_id=12) == "/mes-activites/12/apercu"
    assert path_of("programme.index", page=None) == "/programme"


def test_a_mark_that_a_page_holds_is_in_the_language_of_each_reader(app):
    template = app.jinja_env.from_string('{{ spaced(":") }}')
    assert template.render() == "\u00a0:"
    with force_locale("en"):
        assert template.render() == ":"


@pytest.mark.parametrize(("language", "said"), [("fr", "2\u202f207 séances"), ("en", "2,207 ")])
def test_what_a_page_counts_is_written_as_its_reader_writes_it(app, language, said):
    words = '{{ ngettext("%(num)s séance", "%(num)s séances", 2207) }}'
    with force_locale(language):
        assert app.jinja_env.from_string(words).render().startswith(said)


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "l’Aude & co"), ("en", '<span lang="fr">l’Aude &amp; co</span>')]
)
def test_french_inside_a_sentence_says_so_on_an_english_page(app, language, said):
    with app.test_request_context(environ_overrides={"fete.language": language}):
        assert in_french("l’Aude & co") == said
