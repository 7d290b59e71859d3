"""What every answer carries and what every request must be: headers, cookies, host names, sizes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, Response, request
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from fete.core.settings import Mode, Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Of the pages made to be framed elsewhere: they send nothing and run nothing.
_FRAMED = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors {}"
PERMISSIONS = "camera=(), geolocation=(self), microphone=(), payment=(), usb=(), interest-cohort=()"
# The greatest number that the key of a row can be, on both engines.
GREATEST_KEY = 2**31 - 1
BODY_LIMIT = 12 * 1024 * 1024
FIELDS_LIMIT = 2_000


class KeyConverter(IntegerConverter):
    """A whole number in an address; one that no row can have names nothing, and is not asked for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **({"max": GREATEST_KEY} | options))


def is_key(number: int) -> bool:
    """Whether a row can have this number as its key: no other is asked for."""
    return 0 < number <= GREATEST_KEY


def keep_apart(response: Response) -> Response:
    """Keep a page whose address is a key out of what robots list, others keep and other sites are told."""
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def init_security(app: Flask, settings: Settings) -> None:
    """Set cookies, sizes, host names and headers as the settings ask."""
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=BODY_LIMIT,
        MAX_FORM_PARTS=FIELDS_LIMIT,
        # Without any action; the whole length is bounded where people sign in.
        PERMANENT_SESSION_LIFETIME=timedelta(
            hours=min(settings.idle_hours, settings.session_hours)
        ),
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_NAME="fete",
        TRUSTED_HOSTS=settings.external_hosts if settings.mode is Mode.PRODUCTION else None,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.is_secure,
    )
    app.url_map.converters["int"] = KeyConverter
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
            headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        if settings.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if (
            "Cache-Control" not in headers
            and request.endpoint not in {"static", "vendor"}
            and current_user.is_authenticated
        ):
            headers["Cache-Control"] = "private, no-store"
        return response


def framed_policy(hosts: Sequence[str]) -> str:
    """Return the policy of a page that these sites may frame, and our own, which shows how it looks."""
    return _FRAMED.format("*" if "*" in hosts else " ".join(["'self'", *hosts]))


def policy_with_images(hosts: Sequence[str]) -> str:
    """Return the policy of a page that also shows pictures from these hosts."""
    return POLICY.replace("img-src", " ".join(["img-src", *hosts]))
