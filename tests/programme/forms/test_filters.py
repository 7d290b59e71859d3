"""The filters of the programme between the address and words."""

from datetime import date
from typing import Any

import pytest
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings, strategies as st
from werkzeug.datastructures import MultiDict

from fete.core.db import db as database
from fete.geography.services import load_reference
from fete.programme.forms.filters import (
    chosen,
    days_in_words,
    describe,
    filter_arguments,
    read_filters,
    read_request,
)
from fete.programme.queries.search import names_of
from fete.programme.rules.filters import Filters
from fete.programme.workflow import Status
from tests.factories.network import AUCH, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

FRIDAY, SATURDAY = date(2026, 10, 2), date(2026, 10, 3)


def read(*pairs: tuple[str, str]) -> Filters:
    return read_filters(MultiDict(list(pairs)), None)


@pytest.mark.parametrize(
    ("pairs", "filters"),
    [
        ([], Filters()),
        ([("q", "  les   étoiles\x00 ")], Filters(text="les étoiles")),
        ([("q", "a"), ("q", "b")], Filters(text="a")),
        (
            [("departement", "32"), ("departement", "09,31")],
            Filters(departements=("09", "31", "32")),
        ),
        ([("departement", "32,32,, ")], Filters(departements=("32",))),
        ([("commune", "2A004")], Filters(communes=("2A004",))),
        ([("type", "talk,workshop")], Filters(kinds=("talk", "workshop"))),
        ([("theme", "exact")], Filters(themes=("exact",))),
        ([("public", "families")], Filters(audiences=("families",))),
        ([("accessibilite", "mi")], Filters(accessibility=("mi",))),
        ([("structure", "12,3")], Filters(organisations=(3, 12))),
        ([("structure", "abc")], Filters(organisations=(0,))),
        ([("structure", "99999999999999999999")], Filters(organisations=(0,))),
        ([("structure", "4294967296")], Filters(organisations=(0,))),
        ([("structure", "-1")], Filters(organisations=(0,))),
        ([("date", "2026-10-03")], Filters(first=SATURDAY, last=SATURDAY)),
        ([("date", "3/10/2026")], Filters(first=SATURDAY, last=SATURDAY)),
        ([("du", "2026-10-02"), ("au", "2026-10-03")], Filters(first=FRIDAY, last=SATURDAY)),
        ([("du", "2026-10-03"), ("date", "2026-10-03")], Filters(first=SATURDAY, last=SATURDAY)),
        ([("du", "2026-10-03")], Filters(first=SATURDAY)),
        ([("au", "2026-10-03")], Filters(last=SATURDAY)),
        ([("annules", "non")], Filters(with_cancelled=False)),
        ([("annules", "peut-être")], Filters()),
        ([("inconnu", "x")], Filters()),
    ],
)
def test_an_address_names_filters(app, pairs, filters):
    with app.test_request_context():
        assert read(*pairs) == filters


def test_an_edition_is_that_of_the_page(app, db):
    edition = make_edition()
    assert read_filters(MultiDict(), edition) == Filters(edition_id=edition.id)


@pytest.mark.parametrize(
    ("pairs", "filters", "wrong"),
    [
        ([("date", "demain")], Filters(), {"date"}),
        ([("du", "2026-02-30"), ("au", "2026-10-03")], Filters(last=SATURDAY), {"du"}),
        ([("du", "2026-10-03"), ("au", "2026-10-02")], Filters(first=SATURDAY), {"au"}),
        ([("au", "9999-12-31")], Filters(), {"au"}),
        ([("du", "0001-01-01")], Filters(), {"du"}),
        ([("du", "2026-10-03"), ("au", "x" * 500)], Filters(first=SATURDAY), {"au"}),
    ],
)
def test_a_day_that_cannot_be_is_told_and_left_out(app, pairs, filters, wrong):
    with app.test_request_context():
        asked = read_request(MultiDict(pairs), None)
        assert asked.filters == filters
        assert set(asked.errors) == wrong == set(asked.typed)
        assert all(asked.errors.values())
        assert all(len(typed) <= 40 for typed in asked.typed.values())


def test_too_many_values_are_not_all_taken(app):
    with app.test_request_context():
        assert len(read(("commune", ",".join(str(number) for number in range(999)))).communes) == 50


CODES = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=12)
SEVERAL = st.lists(CODES, max_size=4, unique=True).map(sorted).map(tuple)
DAYS = st.dates(date(1992, 1, 1), date(2200, 12, 31))


@st.composite
def any_filters(draw: Any) -> Filters:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    fields = ("departements", "communes", "kinds", "themes", "audiences", "accessibility")
    several: dict[str, Any] = {field: draw(SEVERAL) for field in fields}
    return Filters(
        text=" ".join(draw(st.text('éabc d’"&+%#,', max_size=20)).split()),
        first=draw(st.sampled_from([None, first])),
        last=draw(st.sampled_from([None, first, last])),
        organisations=tuple(sorted(draw(st.sets(st.integers(0, 2**31 - 1), max_size=3)))),
        venues=tuple(sorted(draw(st.sets(st.integers(0, 2**31 - 1), max_size=3)))),
        with_cancelled=draw(st.booleans()),
        **several,
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=any_filters())
def test_the_address_of_filters_gives_them_again(app, filters):
    arguments = filter_arguments(filters)
    with app.test_request_context("/programme", query_string=arguments) as context:
        assert read_filters(context.request.args, None) == filters
        assert filter_arguments(read_filters(context.request.args, None)) == arguments


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(["q", "date", "du", "au", "structure", "type"]), st.text(max_size=30)
        )
    )
)
def test_any_address_can_be_read(app, pairs):
    with app.test_request_context():
        filters = read(*pairs)
        assert read(*filter_arguments(filters).items()) == filters


def test_the_canonical_address_says_one_day_once_and_nothing_that_is_not_asked(app):
    filters = Filters(first=SATURDAY, last=SATURDAY, departements=("31", "32"))
    assert filter_arguments(filters) == {"departement": "31,32", "date": "2026-10-03"}
    assert filter_arguments(Filters(edition_id=3)) == {}


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (Filters(), "Activités"),
        (
            Filters(kinds=("workshop",), departements=("32",), first=SATURDAY, last=SATURDAY),
            "Ateliers dans le Gers, 3 octobre 2026",
        ),
        (
            Filters(kinds=("talk", "workshop"), departements=("09", "31")),
            "Ateliers et conférences en Ariège ou en Haute-Garonne",
        ),
        (Filters(departements=("11",)), "Activités dans l’Aude"),
        (Filters(departements=("65",)), "Activités dans les Hautes-Pyrénées"),
        (Filters(departements=("48",)), "Activités en Lozère"),
        (Filters(communes=(AUCH, TOULOUSE)), "Activités à Auch ou à Toulouse"),
        (Filters(kinds=("game",), communes=(AUCH,)), "Jeux à Auch"),
        (Filters(kinds=("lab_open_day",)), "Portes ouvertes de laboratoire"),
        (Filters(kinds=("debate",)), "Rencontres / débats"),
        (Filters(kinds=("nature_outing",)), "Sorties nature ou de terrain"),
        (Filters(text="étoiles"), "Activités, « étoiles »"),
        (
            Filters(audiences=("families", "all"), with_cancelled=False),
            "Activités, Tout public ou Familles, sans les annulations",
        ),
        (Filters(themes=("nope",)), "Activités, nope"),
        (Filters(organisations=(0,)), "Activités, structure inconnue"),
        (Filters(departements=("ZZ",)), "Activités dans le département ZZ"),
    ],
)
def test_filters_are_told_in_words(app, db, filters, words):
    with app.test_request_context():
        assert describe(filters).replace("\u00a0", " ") == words


def test_the_departements_of_other_regions_take_their_preposition_too(app, db):
    load_reference(regions={"27", "53"})
    with app.test_request_context():
        assert describe(Filters(departements=("21",))) == "Activités en Côte-d’Or"
        assert describe(Filters(departements=("22",))) == "Activités dans les Côtes-d’Armor"


def test_filters_are_told_in_english_too(app, db):
    with app.test_request_context(environ_overrides={"fete.language": "en"}), force_locale("en"):
        asked = Filters(kinds=("workshop",), departements=("32",), first=FRIDAY, last=SATURDAY)
        assert describe(asked) == "Workshop in Gers, from 2 to 3 October 2026"


def test_a_place_is_told_by_its_name_if_something_published_is_held_there(app, db):
    hall, secret = make_venue(name="Halle"), make_venue(name="Salle secrète")
    make_activity(venue=hall)
    make_activity(venue=secret, status=Status.SUBMITTED)
    with app.test_request_context():
        assert describe(Filters(venues=(hall.id,))) == "Activités, Halle"
        assert describe(Filters(venues=(secret.id,))) == "Activités, lieu inconnu"


def test_of_a_merged_place_the_one_in_its_place_is_asked_for(app, db):
    one, other = make_venue(), make_venue()
    other.merged_into_id = one.id
    database.session.flush()
    with app.test_request_context():
        assert read(("lieu", f"{other.id},{one.id}")) == Filters(venues=(one.id,))
        assert read(("lieu", "x")) == Filters(venues=(0,))


def test_a_structure_is_told_by_its_name(app, db):
    organisation = make_organisation(name="Muséum")
    with app.test_request_context():
        assert describe(Filters(organisations=(organisation.id,))) == "Activités, Muséum"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, ""),
        (SATURDAY, SATURDAY, "3 octobre 2026"),
        (date(2026, 10, 1), date(2026, 10, 1), "1er octobre 2026"),
        (FRIDAY, SATURDAY, "du 2 au 3 octobre 2026"),
        (date(2026, 10, 1), SATURDAY, "du 1er au 3 octobre 2026"),
        (date(2026, 9, 30), SATURDAY, "du 30 septembre au 3 octobre 2026"),
        (date(2025, 10, 3), SATURDAY, "du 3 octobre 2025 au 3 octobre 2026"),
        (SATURDAY, None, "à partir du 3 octobre 2026"),
        (None, SATURDAY, "jusqu’au 3 octobre 2026"),
    ],
)
def test_days_are_told_once(app, first, last, words):
    with app.test_request_context():
        assert days_in_words(first, last) == words


def test_each_value_can_be_given_up_alone(app, db):
    organisation = make_organisation(name="Muséum")
    filters = Filters(
        edition_id=7,
        text="eau",
        departements=("31", "32"),
        first=FRIDAY,
        last=SATURDAY,
        kinds=("workshop",),
        organisations=(organisation.id,),
        with_cancelled=False,
    )
    with app.test_request_context():
        found = chosen(filters, names_of(filters))
    assert [(each.label.replace("\u00a0", " "), each.field) for each in found] == [
        ("« eau »", "text"),
        ("du 2 au 3 octobre 2026", "days"),
        ("Haute-Garonne", "departements"),
        ("Gers", "departements"),
        ("Atelier", "kinds"),
        ("Muséum", "organisations"),
        ("sans les annulations", "with_cancelled"),
    ]
    assert found[2].without.departements == ("32",)
    assert found[1].without == Filters(
        edition_id=7,
        text="eau",
        departements=("31", "32"),
        kinds=("workshop",),
        organisations=(organisation.id,),
        with_cancelled=False,
    )
    assert chosen(Filters(edition_id=7), names_of(Filters())) == []
