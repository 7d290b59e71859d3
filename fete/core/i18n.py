"""Languages: French first, English under `/en`; the address alone says which, so no cookie is needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, has_request_context, request
from flask_babel import (
    Babel,
    get_locale,
    gettext,
    lazy_gettext,
    ngettext,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = [  # what others take from here, the library's own first
    "address_in",
    "base_path",
    "current_language",
    "current_locale",
    "gettext",
    "init_i18n",
    "language_links",
    "lazy_gettext",
    "ngettext",
    "spaced",
]

LANGUAGES = {"fr": "Français", "en": "English"}
DEFAULT = "fr"
# Whose habits dates and figures follow: British ones, where the day comes before the month.
_LOCALES = {"fr": "fr", "en": "en_GB"}
_TERRITORIES = {"fr": "fr_FR", "en": "en_GB"}


class LanguagePrefix:
    """Read `/en` off the address before routing: links built from then on keep it by themselves."""

    def __init__(self, site: "WSGIApplication") -> None:
        self.site = site

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Serve the request in the language that its address names."""
        path = environ.get("PATH_INFO", "")
        for code in LANGUAGES:
            if code != DEFAULT and (path == f"/{code}" or path.startswith(f"/{code}/")):
                environ["fete.base"] = environ.get("SCRIPT_NAME", "")
                environ["SCRIPT_NAME"] = environ["fete.base"] + f"/{code}"
                environ["PATH_INFO"] = path.removeprefix(f"/{code}") or "/"
                environ["fete.language"] = code
        return self.site(environ, start_response)


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageLink:
    """The page one is on, in one language."""

    code: str
    label: str
    # The language and the country whose habits it follows, as sites that show links write them.
    territory: str
    url: str
    current: bool


def init_i18n(app: Flask) -> None:
    """Make the site speak its languages."""
    Babel(app, locale_selector=current_language, default_timezone="Europe/Paris")
    # As the sentences are gathered: on one line, whether or not a block says so.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]


def current_language() -> str:
    """Return the code of the language in which the request is answered."""
    if has_request_context():
        return str(request.environ.get("fete.language", DEFAULT))
    return DEFAULT


def current_locale() -> str:
    """Return the Babel locale in use, also outside a request."""
    locale = get_locale()
    return _LOCALES[locale.language if locale else DEFAULT]


def spaced(mark: str) -> str:
    """Return a mark as it follows a word in the reader's language: French keeps it apart from the word."""
    return f"\u00a0{mark}" if current_locale() == DEFAULT else mark


def base_path() -> str:
    """Return what stands before the language in addresses: nothing, or where the site is mounted."""
    return str(request.environ.get("fete.base", request.script_root))


def address_in(language: str, address: str) -> str:
    """Return the address of a page of ours, as `url_for` gives it, in another language."""
    path = address.removeprefix(request.script_root)
    return base_path() + ("" if language == DEFAULT else f"/{language}") + path


def language_links() -> list[LanguageLink]:
    """Return this page's address in each language."""
    here = request.full_path.rstrip("?")
    return [
        LanguageLink(
            code=code,
            label=label,
            territory=_TERRITORIES[code],
            url=base_path() + ("" if code == DEFAULT else f"/{code}") + here,
            current=code == current_language(),
        )
        for code, label in LANGUAGES.items()
    ]
