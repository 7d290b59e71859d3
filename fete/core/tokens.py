"""Links that prove themselves: signed, bound to one purpose, dated."""

from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

from fete.core.settings import settings


def sign(purpose: str, payload: list[str | int]) -> str:
    """Return a token for one purpose that carries the payload."""
    return _serializer(purpose).dumps(payload)


def read(purpose: str, token: str, *, within: timedelta) -> list[str | int] | None:
    """Return the payload of a token, or `None` when it is forged, old, or meant for something else."""
    try:
        payload = _serializer(purpose).loads(token, max_age=int(within.total_seconds()))
    except BadData:
        return None
    return payload if isinstance(payload, list) else None


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt=f"fete.{purpose}")
