"""Suggestions for the commune field."""

import pytest


def test_communes_are_suggested(client):
    answer = client.get("/communes?q=auch 32")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.get_json() == [{"code": "32013", "label": "Auch (32000)"}]


def test_suggestions_may_be_kept_a_day_by_anybody(client):
    answer = client.get("/communes?q=toulouse")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("query", ["", "?q=", "?q=a", "?q=%25", "?q=%00", "?x=toulouse"])
def test_nothing_is_suggested_too_early(client, query):
    answer = client.get(f"/communes{query}")
    assert (answer.status_code, answer.get_json()) == (200, [])


def test_at_most_ten_are_suggested(client):
    assert len(client.get("/communes?q=saint").get_json()) == 10


def test_suggestions_ask_one_question(client, queries):
    with queries() as asked:
        client.get("/communes?q=saint")
    assert len(asked) == 1


def test_a_suggestion_is_read_only(client):
    assert client.post("/communes", data={"q": "auch"}).status_code in {400, 405}


def test_the_outlines_are_those_of_the_region_of_the_network(client):
    answer = client.get("/departements.json")
    codes = ["09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"]
    assert [each["properties"]["code"] for each in answer.json["features"]] == codes
    assert answer.json["type"] == "FeatureCollection"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert len(answer.data) < 40_000
