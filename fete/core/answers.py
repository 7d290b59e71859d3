"""Answers given again as they stand: who asks the same question gets the same bytes, as long as nothing changed.

A calendar is asked for every few hours by each of its subscribers, a list by everybody at the same time: what is kept
here costs one short question to the database, and nothing of the rest of the site.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from flask import Flask, request

from fete.core import clock

_ASKED = "fete.answer_stands"
# All that an answer to somebody who is nobody in particular depends on.
_QUESTION = (
    "REQUEST_METHOD",
    "wsgi.url_scheme",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
)
_LONGEST = 2_000
_METHODS = frozenset({"GET", "HEAD"})
_log = logging.getLogger("fete.requests")
Question = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    # As long as this stands, by who is asked, until this instant; and whose answer it is.
    standing: str
    asked: Callable[[], str]
    until: datetime
    rule: str


def stands(standing: str, *, until: datetime, asked: Callable[[], str] | None = None) -> None:
    """Let the answer to this request be given again as long as this stands, until an instant.

    `asked` says what stands, outside any transaction; without it, the site says whether its programme does.
    Nothing of the request may be in it but its address and its conditional headers.
    """
    if standing:
        rule = request.url_rule.rule if request.url_rule else "-"
        request.environ[_ASKED] = (standing, asked, until, rule)


class Answers:
    """The site, which gives again the answers that stand."""

    def __init__(self, app: Flask, *, standing: Callable[[], str], most_bytes: int) -> None:
        self._app = app
        self._site = app.wsgi_app
        self._standing = standing
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Question, _Answer] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Give the answer that stands, or ask the site."""
        question = _question(environ)
        if question is None:
            return self._site(environ, start_response)
        answer = self._kept.get(question)
        if answer is not None and self._still_stands(answer):
            _log.info("%s %s %s 0 ms", question[0], answer.rule, answer.status[:3])
            start_response(answer.status, list(answer.headers))
            return [answer.body] if answer.body else []
        return self._asked(environ, start_response, question)

    def _still_stands(self, answer: _Answer) -> bool:
        if clock.now() >= answer.until:
            return False
        with self._app.app_context():
            return answer.asked() == answer.standing

    def _asked(
        self, environ: dict[str, Any], start_response: Callable[..., Any], question: Question
    ) -> Iterable[bytes]:
        told: list[Any] = []

        def note(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:  # noqa: ANN401
            told[:] = [status, list(headers)]
            return start_response(status, headers, *rest)

        chunks = self._site(environ, note)
        if _ASKED not in environ:
            return chunks
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        standing, by, until, rule = environ[_ASKED]
        status, headers = told
        if _is_anybodys(status, headers):
            self._keep(
                question,
                _Answer(
                    status=status,
                    headers=headers,
                    body=body,
                    standing=standing,
                    asked=by or self._standing,
                    until=until,
                    rule=rule,
                ),
            )
        return [body]

    def _keep(self, question: Question, answer: _Answer) -> None:
        with self._lock:
            before = self._kept.pop(question, None)
            self._kept[question] = answer
            self._bytes += _weight(answer) - (_weight(before) if before else 0)
            while self._bytes > self._most_bytes:
                _question, gone = self._kept.popitem(last=False)
                self._bytes -= _weight(gone)


def _is_anybodys(status: str, headers: list[tuple[str, str]]) -> bool:
    """Whether an answer may be given to somebody else: no failure of the moment, and no cookie of one person."""
    return status < "500" and all(name.lower() != "set-cookie" for name, _value in headers)


def _weight(answer: _Answer) -> int:
    """Return how many bytes an answer takes, its question with it."""
    return len(answer.body) + _LONGEST


def _question(environ: dict[str, Any]) -> Question | None:
    """Return what is asked, when the answer can be anybody's."""
    if environ["REQUEST_METHOD"] not in _METHODS or "HTTP_COOKIE" in environ:
        return None
    question = tuple([environ.get(name, "") for name in _QUESTION])
    return question if sum(map(len, question)) <= _LONGEST else None
