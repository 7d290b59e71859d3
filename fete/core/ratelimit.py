"""Slow down guesses: a number of tries an address and a while, in memory or in Redis."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from fete.core.settings import Mode, Settings

limiter = Limiter(key_func=get_remote_address)

# What a person needs on a bad day, and what a guessing machine cannot live on.
GUESSES = "20 per 5 minutes"
# As many letters as anybody may have sent to one address.
LETTERS = "5 per hour"


def init_ratelimit(app: Flask, settings: Settings) -> None:
    """Count tries where the settings say."""
    app.config.update(
        RATELIMIT_ENABLED=True,
        RATELIMIT_STORAGE_URI=settings.redis or "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis),
        RATELIMIT_IN_MEMORY_FALLBACK=[],
        RATELIMIT_HEADERS_ENABLED=False,
    )
    limiter.init_app(app)
    # Tests do in a second what takes people a day; those about guesses switch it on.
    limiter.enabled = settings.mode is not Mode.TEST


def typed_address() -> str:
    """Return the address that a form names, as one counts what is done to it."""
    return request.form.get("email", "").strip().lower()[:254] or "-"


def only_posts() -> bool:
    """Whether the present request needs no counting: reading a form guesses nothing."""
    return request.method != "POST"


by_place = limiter.shared_limit(GUESSES, scope="guesses", exempt_when=only_posts)
by_letter = limiter.shared_limit(
    LETTERS, scope="letters", key_func=typed_address, exempt_when=only_posts
)
