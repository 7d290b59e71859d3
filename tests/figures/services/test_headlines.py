"""Figures published elsewhere."""

from typing import Any

import pytest
from sqlalchemy import func, select

from fete.figures.models import Headline, Nature
from fete.figures.queries import headlines, headlines_of
from fete.figures.services import load_headlines, record_headline

BROCHURE = {
    "activities": 600,
    "lab_open_days": 45,
    "host_communes": 90,
    "visitors": 75_300,
    "pupils": 24_500,
    "researchers": 500,
    "mediators": 350,
    "volunteers": 580,
}


def number_of_headlines(db):
    return db.session.scalar(select(func.count()).select_from(Headline))


def test_a_figure_recorded_twice_stands_once_and_takes_its_correction(db):
    known: dict[str, Any] = {
        "year": 2016,
        "key": "activities",
        "scope": "Occitanie",
        "nature": Nature.ANNOUNCED,
    }
    record_headline(**known, value=400, source="Journal")
    record_headline(**known, value=500, source="Journal, rectifié")
    (headline,) = headlines_of(2016)
    assert (headline.value, headline.source) == (500, "Journal, rectifié")


def test_another_scope_or_nature_is_another_figure(db):
    for scope, nature in (
        ("Occitanie", Nature.ANNOUNCED),
        ("Occitanie", Nature.MEASURED),
        ("France", Nature.MEASURED),
    ):
        record_headline(
            year=2016, key="visitors", value=1, scope=scope, nature=nature, source="Journal"
        )
    assert number_of_headlines(db) == 3


def test_a_figure_without_definition_is_refused(db):
    with pytest.raises(ValueError, match="happiness"):
        record_headline(
            year=2016,
            key="happiness",
            value=1,
            scope="Occitanie",
            nature=Nature.ANNOUNCED,
            source="Journal",
        )


def test_the_shipped_figures_are_loaded_once_with_their_source(db):
    number = load_headlines()
    assert load_headlines() == number == number_of_headlines(db)
    assert all(each.source and each.scope for each in headlines())
    measured = [each for each in headlines() if each.nature is Nature.MEASURED]
    assert {each.key: each.value for each in measured} == BROCHURE
    assert {(each.year, each.scope) for each in measured} == {(2017, "Occitanie")}
    assert [each.year for each in headlines()] == sorted(
        (each.year for each in headlines()), reverse=True
    )


def test_the_command_says_how_many(app, db):
    outcome = app.test_cli_runner().invoke(args=["figures", "load"])
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output == f"Chiffres publiés ailleurs\u00a0: {number_of_headlines(db)}.\n"
