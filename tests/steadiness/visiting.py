"""Many people at once: plain HTTP clients that fill forms as they are shown, each in a thread of its own."""

import http.client
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from threading import Barrier
from typing import TypeVar
from urllib.parse import urlencode

import html5lib

from tests.site import PATIENCE, Site

Result = TypeVar("Result")
Fields = dict[str, list[str]]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_HTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the site answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def words(self) -> str:
        """The first heading of the page, or the whole of what is no page."""
        if not self.headers.get("Content-Type", "").startswith("text/html"):
            return self.text.strip()
        heading = html5lib.parse(self.text).find(f".//{_HTML}h1")
        return " ".join("".join(heading.itertext()).split()) if heading is not None else ""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody, signed in when there is a cookie."""

    site: Site
    cookie: str = ""
    host: str = ""

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request on a connection of its own."""
        connection = self._connection()
        connection.request(method, path, body, self._headers() | dict(headers or {}))
        return answer_of(connection)

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=PATIENCE)

    def _headers(self) -> dict[str, str]:
        cookie = {"Cookie": f"fete={self.cookie}"} if self.cookie else {}
        return cookie | ({"Host": self.host} if self.host else {})

    def get(self, path: str) -> Answer:
        """Read a page."""
        return self.ask("GET", path)

    def form(self, path: str, action: str | None = None) -> Fields:
        """Return what a browser would send of the form that leads to `action`, by default the page itself."""
        page = self.get(path)
        assert page.status == 200, page.text
        return fields_of(page, action or path)

    def send(self, path: str, form: Fields, **changed: str) -> Answer:
        """Send a form, some of its fields typed anew."""
        return self.ask("POST", path, urlencode(form | changed, doseq=True).encode(), FORM)

    def ask_and_leave(self, path: str, form: Fields, **changed: str) -> http.client.HTTPConnection:
        """Send a form, and return the connection without waiting for the answer: `answer_of` reads it."""
        connection = self._connection()
        body = urlencode(form | changed, doseq=True).encode()
        connection.request("POST", path, body, self._headers() | FORM)
        return connection


def answer_of(connection: http.client.HTTPConnection) -> Answer:
    """Return what the site answers on a connection, and close it."""
    with closing(connection):
        answer = connection.getresponse()
        return Answer(
            status=answer.status,
            headers=dict(answer.getheaders()),
            text=answer.read().decode(),
        )


def fields_of(page: Answer, action: str) -> Fields:
    """Return the fields of a form as they stand, buttons left out."""
    form = next(
        form
        for form in html5lib.parse(page.text).iter(f"{_HTML}form")
        if form.get("method") == "post" and form.get("action", action) == action
    )
    found: Fields = {}
    for control in form.iter():
        name, tag = control.get("name"), control.tag.removeprefix(_HTML)
        if not name or control.get("type") in {"submit", "button"}:
            continue
        if tag == "textarea":
            found.setdefault(name, []).append("".join(control.itertext()).removeprefix("\n"))
        elif tag == "select":
            options = list(control.iter(f"{_HTML}option"))
            chosen = [option for option in options if option.get("selected") is not None]
            found[name] = [option.get("value", "") for option in chosen or options[:1]]
        elif tag == "input" and (
            control.get("type") not in {"checkbox", "radio"} or control.get("checked") is not None
        ):
            found.setdefault(name, []).append(control.get("value", ""))
    return found


def at_once(*acts: Callable[[], Result]) -> Sequence[Result]:
    """Do everything at the same instant; return what came of each, in order."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], Result]) -> Result:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))
