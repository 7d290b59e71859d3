"""What was answered to somebody who is nobody in particular is given again, as long as it stands and no longer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask, Response, request

from fete.core.answers import Answers, stands
from fete.core.clock import now

PAGE = "/page"


class Site:
    """A small site that counts how often it is asked."""

    def __init__(self, most_bytes: int = 1_000_000) -> None:
        self.asked: list[str] = []
        self.standing = "first"
        self.until: datetime = now() + timedelta(minutes=1)
        self.body = "words"
        app = Flask("small")

        @app.route(PAGE, methods=["GET", "POST"])
        def page() -> Response:
            self.asked.append(request.full_path)
            stands(self.standing, until=self.until)
            response = Response(self.body)
            response.set_etag(self.standing)
            response.make_conditional(request)
            return response

        @app.route("/cookie")
        def cookie() -> Response:
            self.asked.append("cookie")
            stands(self.standing, until=self.until)
            response = Response("words")
            response.set_cookie("of", "one person")
            return response

        @app.route("/failing")
        def failing() -> tuple[str, int]:
            self.asked.append("failing")
            stands(self.standing, until=self.until)
            return "not now", 503

        @app.route("/other")
        def other() -> str:
            self.asked.append("other")
            return "other"

        app.wsgi_app = Answers(  # type: ignore[method-assign]
            app, standing=lambda: self.standing, most_bytes=most_bytes
        )
        self.client = app.test_client()

    def ask(self, path: str = PAGE, **options: Any) -> tuple[int, bytes]:
        answer = self.client.open(path, **{"method": "GET", **options})
        return answer.status_code, answer.data


@pytest.fixture
def site() -> Site:
    return Site()


def test_the_same_question_gets_the_same_bytes_and_headers(site):
    first = site.client.get(PAGE)
    site.body = "other words"
    again = site.client.get(PAGE)
    assert (again.status, again.data, again.headers) == (first.status, b"words", first.headers)
    assert len(site.asked) == 1


def test_what_no_longer_stands_is_asked_anew(site):
    site.ask()
    site.standing, site.body = "second", "other words"
    assert site.ask() == (200, b"other words")
    assert site.ask() == (200, b"other words")
    assert len(site.asked) == 2


def test_what_has_had_its_time_is_asked_anew(site, clock):
    site.ask()
    clock.shift(timedelta(seconds=59))
    site.ask()
    assert len(site.asked) == 1
    clock.shift(timedelta(seconds=1))
    site.ask()
    assert len(site.asked) == 2


def test_who_has_the_bytes_already_is_told_so_again(site):
    for _ in range(2):
        assert site.ask(headers={"If-None-Match": '"first"'}) == (304, b"")
    assert site.ask(headers={"If-None-Match": '"another"'}) == (200, b"words")
    assert len(site.asked) == 2


@pytest.mark.parametrize(
    "options",
    [
        {"path": f"{PAGE}?q=1"},
        {"headers": {"Accept-Encoding": "gzip"}},
        {"headers": {"Host": "other.example.org"}},
        {"headers": {"X-Forwarded-Proto": "https"}},
        {"method": "HEAD"},
    ],
)
def test_another_question_is_asked(site, options):
    site.ask()
    site.ask(**options)
    site.ask(**options)
    assert len(site.asked) == 2


@pytest.mark.parametrize(
    "options",
    [
        {"method": "POST"},
        {"path": f"{PAGE}?q={'x' * 3_000}"},
        {"path": "/other"},
    ],
)
def test_what_is_not_said_to_stand_is_asked_each_time(site, options):
    for _ in range(2):
        site.ask(**options)
    assert len(site.asked) == 2


def test_who_may_be_somebody_is_answered_each_time(site):
    site.client.set_cookie("fete", "somebody")
    for _ in range(2):
        site.ask()
    assert len(site.asked) == 2


@pytest.mark.parametrize("path", ["/cookie", "/failing"])
def test_what_is_of_one_person_or_of_the_moment_is_given_to_nobody_else(site, path):
    for _ in range(2):
        # Somebody new each time, who brings no cookie back.
        site.client.delete_cookie("of")
        site.ask(path)
    assert len(site.asked) == 2


def test_what_stands_on_nothing_is_not_kept(site):
    site.standing = ""
    for _ in range(2):
        site.ask()
    assert len(site.asked) == 2


def test_no_more_is_kept_than_there_is_room_for():
    site = Site(most_bytes=5_000)
    for number in (1, 2, 3, 1):
        site.ask(f"{PAGE}?q={number}")
    assert len(site.asked) == 4
    site.ask(f"{PAGE}?q=3")
    assert len(site.asked) == 4
