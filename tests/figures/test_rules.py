"""What a line joins over the years, and which days may be asked for."""

from datetime import date

import pytest

from fete.core.errors import RuleBrokenError
from fete.figures.models import Headline, Nature
from fete.figures.rules import ALL_FIGURES, Counted, breaks_of, day_known, definitions, series_of


def counted(year, value=0, *, is_demo=False, **changed):
    return Counted(
        year=year,
        values={"visitors": value, "activities": 1},
        definitions=definitions() | changed,
        is_demo=is_demo,
    )


def headline(year, key, value):
    return Headline(
        year=year, key=key, value=value, scope="Occitanie", nature=Nature.MEASURED, source="x"
    )


def test_years_counted_alike_one_after_the_other_are_joined(app):
    with app.test_request_context():
        assert breaks_of("visitors", [counted(2024), counted(2025), counted(2026)]) == {}
        assert breaks_of("visitors", []) == {}


def test_a_definition_that_changed_breaks_its_own_figure_only(app):
    with app.test_request_context():
        years = [counted(2024, visitors="Autrefois"), counted(2025)]

        assert breaks_of("visitors", years) == {2025: "Entre 2024 et 2025, la définition a changé."}
        assert breaks_of("activities", years) == {}


def test_years_that_nobody_counted_and_made_up_data_break_a_line(app):
    with app.test_request_context():
        broken = breaks_of("visitors", [counted(2017), counted(2026), counted(2027, is_demo=True)])
        assert list(broken) == [2026, 2027]
        assert "n’ont pas été comptées" in broken[2026]
        assert "inventées" in broken[2027]


def test_a_series_keeps_what_others_published_apart(app):
    with app.test_request_context():
        beside = [headline(2015, "visitors", 90_000), headline(2016, "activities", 500)]
        series = series_of("visitors", [counted(2017, 75_300), counted(2018, 80_000)], beside)
    assert series.figure is ALL_FIGURES["visitors"]
    assert series.counted == {2017: 75_300, 2018: 80_000}
    assert [each.year for each in series.beside] == [2015]
    assert (series.years, series.greatest) == ((2015, 2016, 2017, 2018), 90_000)


def test_a_series_of_nothing_has_no_year(app):
    with app.test_request_context():
        series = series_of("visitors", [], [])
    assert (series.years, series.greatest) == ((), 0)


def test_a_day_that_has_passed_may_be_asked_for():
    today = date(2026, 11, 25)
    assert day_known("", today=today) is None
    assert day_known("2026-11-25", today=today) == today
    assert day_known("1991-01-01", today=today) == date(1991, 1, 1)


@pytest.mark.parametrize(
    "typed", ["2026-11-26", "1990-12-31", "2026-2-3", "2026-02-30", " ", "٢٠٢٦-١١-٠١"]
)
def test_another_is_refused(app, typed):
    with app.test_request_context(), pytest.raises(RuleBrokenError):
        day_known(typed, today=date(2026, 11, 25))
