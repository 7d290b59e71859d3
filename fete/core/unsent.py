"""What was typed in a form that could not be taken: kept on the page that says so, to be sent again."""

from flask import request
from flask_wtf.csrf import generate_csrf

_TOKEN = "csrf_token"  # noqa: S105  # the name of a field


def unsent() -> list[tuple[str, str]]:
    """Return the fields of the form under way, with a token of now; empty when there is nothing to keep.

    Only what a page of this site sent: another one must not have its words offered for sending. What holds
    a password is typed anew.
    """
    if request.method != "POST" or not _comes_from_here():
        return []
    typed = list(request.form.items(multi=True))
    if all(name.endswith(_TOKEN) for name, _value in typed):
        return []
    if any("password" in name for name, _value in typed):
        return []
    kept = [(name, value) for name, value in typed if not name.endswith(_TOKEN)]
    return [*kept, (_TOKEN, generate_csrf())]


def _comes_from_here() -> bool:
    """Whether the browser says that a page of this site sent the form; what says nothing does not."""
    if origin := request.headers.get("Sec-Fetch-Site"):
        return origin == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")
