"""Errors as people can read them, each with a number to quote."""

import logging
import secrets

from flask import Flask, Response, g, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    SecurityError,
    ServiceUnavailable,
    Unauthorized,
)

from fete.core.db import db
from fete.core.i18n import lazy_gettext
from fete.core.unsent import unsent

_log = logging.getLogger("fete.errors")
_PAGES = frozenset({400, 401, 403, 404, 405, 413, 429, 500, 503})
# PostgreSQL's word for a database that is only read, as a copy that has not taken over yet.
_READ_ONLY = "25006"
_PLAIN = (".ics", ".atom", ".json", ".csv", ".txt", ".xml")
# What such a reader shows to the person behind it, if anything.
_IN_WORDS = {
    400: lazy_gettext("Cette demande n’a pas pu être comprise."),
    404: lazy_gettext("Il n’y a rien à cette adresse : vérifiez-la, ou reprenez-la sur le site."),
    405: lazy_gettext("On ne peut que lire à cette adresse."),
    429: lazy_gettext("Trop de demandes en peu de temps : réessayez dans quelques minutes."),
    500: lazy_gettext("Le site a rencontré une difficulté : réessayez plus tard."),
}


def init_errorpages(app: Flask) -> None:
    """Answer every error with a page in words, or with a line to what reads no page."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return _page(error)

    @app.errorhandler(RateLimitExceeded)
    def slowed(error: RateLimitExceeded) -> Response:
        response = _page(error)
        response.headers["Retry-After"] = "300"
        return response

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> Response:
        return _page(error)

    @app.errorhandler(OperationalError)
    def database_away(error: DBAPIError) -> Response:
        number = secrets.token_hex(4)
        _log.error(
            "%s: the database does not answer: %s",
            number,
            type(error.orig).__name__,
            exc_info=error,
        )
        _leave_database()
        response = _page(ServiceUnavailable(), number=number)
        response.headers["Retry-After"] = "30"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(InternalError)
    def database_refuses(error: InternalError) -> Response:
        if getattr(error.orig, "sqlstate", None) != _READ_ONLY:
            raise error
        return database_away(error)

    @app.errorhandler(InternalServerError)
    def broken(error: InternalServerError) -> Response:
        number = secrets.token_hex(4)
        _log.error(
            "%s: %s %s", number, request.method, request.url_rule, exc_info=error.original_exception
        )
        _leave_database()
        response = _page(error, number=number)
        response.headers["Cache-Control"] = "no-store"
        return response


def _leave_database() -> None:
    """End what was begun, and ask no more: who is reading is not known to the page that tells of a failure."""
    db.session.rollback()
    g._login_user = AnonymousUserMixin()  # where the library keeps the person of a request


def _page(error: HTTPException, *, number: str | None = None) -> Response:
    code = error.code or 500
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    number = number or secrets.token_hex(4)
    # Under a host name that is not ours there are no addresses to make links of.
    if request.path.endswith(_PLAIN) or isinstance(error, SecurityError):
        words = _IN_WORDS.get(code, _IN_WORDS[400 if code < 500 else 500])  # noqa: PLR2004
        body: str = f"{code} {error.name} ({number})\n{words}\n"
        response = Response(body, status=code, mimetype="text/plain")
    else:
        template = f"errors/{code}.html" if code in _PAGES else "errors/400.html"
        # Nothing typed is lost with a session that ended.
        typed = unsent() if isinstance(error, CSRFError | Unauthorized) else []
        page = render_template(template, error_number=number, typed=typed)
        response = Response(page, status=code)
        if typed:
            response.headers["Cache-Control"] = "private, no-store"
    for name, value in error.get_headers(request.environ):
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response
