"""The region chooses how an edition asks for its reports."""

import pytest

from fete.reports.models import Question
from fete.reports.queries.ladder import ladder_of
from fete.reports.queries.questions import asked_in
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.programme import make_edition
from tests.reports.views.test_reports import text_of

PATH = "/coordination/editions/2026/bilans"
CHOSEN = {
    "days_after": "2, 10",
    "days_before": "",
    "questions": ["press", "satisfaction"],
    "shows_estimate": "y",
}


@pytest.fixture
def edition(db):
    return make_edition()


@pytest.fixture
def region(edition, sign_in):
    return sign_in(make_coordinator())


def told_of(edition):
    ladder = ladder_of(edition)
    if ladder is None:
        return None
    return ladder.days_after, ladder.days_before, ladder.shows_estimate, asked_in(edition)


def test_the_page_shows_the_usual_days_until_others_are_chosen(region):
    page = region.get(PATH).get_data(as_text=True)
    assert 'value="1, 7, 21"' in page
    assert 'value="3"' in page
    assert "checked" not in page


def test_the_days_the_questions_and_the_estimate_are_chosen_and_shown(region, edition):
    response = region.send(PATH, CHOSEN, token_from=PATH)
    assert response.location == "/coordination/editions/2026"
    expected = ("2,10", "", True, [Question.SATISFACTION, Question.PRESS])
    assert told_of(edition) == expected
    page = region.get(PATH).get_data(as_text=True)
    assert 'value="2, 10"' in page
    assert page.count("checked") == 3
    region.send(PATH, {"days_after": "", "days_before": "5"}, token_from=PATH)
    assert told_of(edition) == ("", "5", False, [])
    history = text_of(region.get("/coordination/editions/2026"))
    assert "a choisi comment les bilans sont demandés." in history


@pytest.mark.parametrize(
    "wrong",
    [
        {"days_after": "demain"},
        {"days_after": "x" * 1_000},
        {"days_before": "-3"},
        {"days_before": "400"},
        {"questions": ["press", "salary"]},
    ],
)
def test_what_cannot_be_chosen_is_said_and_nothing_changes(region, edition, wrong):
    response = region.send(PATH, CHOSEN | wrong, token_from=PATH)
    assert response.status_code == 200
    assert "error-summary" in response.get_data(as_text=True)
    assert told_of(edition) is None


@pytest.mark.parametrize("departement", ["32"])
def test_only_the_region_chooses(sign_in, client, edition, departement):
    assert client.get(PATH).status_code == 302
    for person in (make_user(), make_coordinator(departement)):
        other = sign_in(person)
        assert other.get(PATH).status_code == 404
        assert other.send(PATH, CHOSEN).status_code == 404
    assert told_of(edition) is None


def test_an_edition_that_is_not_there_has_no_page(region):
    assert region.get("/coordination/editions/1999/bilans").status_code == 404
