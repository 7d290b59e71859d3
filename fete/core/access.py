"""Who may call a view: silence is refused, and what a person may not touch is not loaded."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.core.i18n import gettext as _
from fete.core.unsent import unsent

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
Policy = Callable[..., bool]
Finder = Callable[[Any], Any]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def public(view: View) -> View:
    """Let everybody call this view."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(user: object) -> bool:  # noqa: ARG001  # as every policy
    """Whether a person may do what only asks to be signed in."""
    return True


def requires(
    policy: Policy,
) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """Let those call the view whom the policy admits: it is asked about the signed-in person."""

    def decorate(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                return to_sign_in()
            if not policy(current_user):
                abort(403)
            return view(**values)

        guarded.access = f"requires {policy.__name__}"  # type: ignore[attr-defined]
        return guarded

    return decorate


def allows(
    policy: Policy, *, load: Finder
) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """Load the object that the address names, and hand it to the view if the policy admits the person.

    The first value of the address is given to `load`. An object that is not there and one that the person
    may not touch look the same: 404.
    """

    def decorate(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                return to_sign_in()
            # Values come in the order of the address.
            name = next(iter(values))
            found = load(values.pop(name))
            if found is None or not policy(current_user, found):
                abort(404)
            return view(found, **values)

        guarded.access = f"allows {policy.__name__}"  # type: ignore[attr-defined]
        return guarded

    return decorate


def to_sign_in() -> ResponseReturnValue:
    """Send the person to the sign-in page, and back here afterwards when this was only reading.

    A form that was filled meanwhile is not lost: the page that answers (401) keeps it, to be sent again.
    """
    if unsent():
        abort(401)
    flash(_("Connectez-vous pour continuer."), "info")
    after = request.full_path.rstrip("?") if request.method in _READING else None
    return redirect(url_for("sign.enter", suite=after))


def init_access(app: Flask) -> None:
    """Refuse every view that does not say who may call it."""

    @app.before_request
    def refuse_silence() -> None:
        if request.endpoint is None:
            return
        view = current_app.view_functions[request.endpoint]
        if not hasattr(view, "access"):
            raise RuntimeError(f"{request.endpoint} does not say who may call it")
